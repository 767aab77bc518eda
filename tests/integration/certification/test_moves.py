"""Each step of an application asks the table of moves first, whatever page or job it comes from."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Decision, EvaluationRecord
from certhub.models.messages import Message
from certhub.models.review import ApplicationStage
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Role
from certhub.services import applications, recommendations
from certhub.web.context import press
from tests import factories
from tests.factories import WHEN

SITE = "https://certhub.example.org"
_S = ApplicationStatus
FROM_DPH = ("take_up", "return", "recommend", "approve", "deny")


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, factories.make_vendor()), factories.make_user(Role.DPH_REVIEWER), press()
    )


def brought_to(status: ApplicationStatus, desk: lifecycle.Desk) -> Application:
    """An application that has all it needs, and has come as far as `status`."""
    party = desk.applicant.party
    assert party is not None
    with transaction():
        if status is _S.APPROVED:
            return lifecycle.certified(party, desk, at=WHEN)
        application = lifecycle.furnished(lifecycle.opened(party, desk, at=WHEN), desk, at=WHEN)
        if status is _S.WITHDRAWN:
            applications.withdraw(application, actor=desk.applicant, at=WHEN)
        elif status is not _S.DRAFT:
            lifecycle.submitted(application, desk, at=WHEN)
    return application


def steps(application: Application, desk: lifecycle.Desk, at: datetime) -> dict[str, Callable[[], object]]:
    """Everything that can be done with an application, as somebody does it who may."""
    dph, applicant = desk.reviewer, desk.applicant
    return {
        "submit": lambda: applications.submit(application, base_url=SITE, actor=applicant, at=at),
        "withdraw": lambda: applications.withdraw(application, actor=applicant, at=at),
        "close": lambda: applications.close(application, "No answer.", base_url=SITE, actor=dph, at=at),
        "expire": lambda: applications.expire(application, base_url=SITE, actor=dph, at=at),
        "take_up": lambda: applications.take_up(application, actor=dph, at=at),
        "return": lambda: applications.return_for_correction(application, base_url=SITE, actor=dph, at=at),
        "recommend": lambda: recommendations.recommend(
            application, DecisionOutcome.DENIED, "No plan.", "", actor=dph, at=at
        ),
        "approve": lambda: applications.approve(application, "Good.", press=desk.press, actor=dph, at=at),
        "deny": lambda: applications.deny(application, "No plan.", base_url=SITE, actor=dph, at=at),
    }


def forbidden() -> Iterator[tuple[ApplicationStatus, str]]:
    for step in FROM_DPH:
        yield _S.DRAFT, step
    for step in ("submit", "recommend", "approve", "deny", "expire"):
        yield _S.SUBMITTED, step
    for closed in (_S.APPROVED, _S.WITHDRAWN):
        for step in ("submit", "withdraw", "close", "expire", *FROM_DPH):
            yield closed, step


@pytest.mark.parametrize(("status", "step"), list(forbidden()))
def test_a_step_that_the_table_does_not_have_is_refused_and_leaves_no_trace(
    desk: lifecycle.Desk, status: ApplicationStatus, step: str
) -> None:
    application = brought_to(status, desk)
    tables = (ApplicationStage, AuditEntry, Decision)
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]

    with pytest.raises(Refusal, match="application"), transaction():
        steps(application, desk, WHEN + timedelta(days=1))[step]()

    db.session.expire_all()
    assert application.status is status
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in tables] == before


def test_a_submitted_application_has_its_stages_from_the_draft_on_and_its_applicant_is_told(
    desk: lifecycle.Desk,
) -> None:
    application = brought_to(_S.SUBMITTED, desk)
    told = db.session.scalars(select(Message.recipient).where(Message.kind == "application-received")).all()
    assert set(told) == {desk.applicant.email, application.party.email}
    found = select(ApplicationStage.status).where(ApplicationStage.application_id == application.id)
    assert db.session.scalars(found.order_by(ApplicationStage.id)).all() == [_S.DRAFT, _S.SUBMITTED]


@pytest.mark.parametrize("step", ["submit", "withdraw", "close", "expire"])
def test_what_the_rules_said_is_kept_whenever_an_application_leaves_its_applicant(
    desk: lifecycle.Desk, step: str
) -> None:
    application = brought_to(_S.DRAFT, desk)
    at = WHEN + timedelta(days=1)
    with transaction():
        steps(application, desk, at)[step]()
    [kept] = db.session.scalars(select(EvaluationRecord).where(EvaluationRecord.application_id == application.id))
    assert (kept.as_of, kept.recorded_at) == (clock.civil_date(at), at)
