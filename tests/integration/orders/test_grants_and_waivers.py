"""Orders beside the lifecycle: terms granted later, waived requirements, certificates, the public page."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.documents.engines import TypstEngine
from certhub.filestore import FolderStore
from certhub.models.accounts import User
from certhub.models.certification import Application, EvaluationRecord
from certhub.models.orders import BoardOrder
from certhub.models.parties import Party
from certhub.queries import credentials, evaluations, orders
from certhub.rules.audit_actions import AuditAction
from certhub.rules.orders import Cohort, OrderKind
from certhub.rules.vocabulary import ApplicationStatus, Result, Role
from certhub.services import applications, certificates
from tests import factories
from tests.integration.orders.arranging import in_force, last_day, revoked, standard, standing
from tests.integration.parties.browsing import entries

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
VOTE = date(2026, 3, 1)
WAIVABLE = "VO-11"


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> lifecycle.Desk:
    press = certificates.Press(
        TypstEngine(), FolderStore(tmp_path), "https://certhub.example.org", "A. Director", "Director"
    )
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press)


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def certify(desk: lifecycle.Desk, party_id: int | None = None, at: datetime = START) -> Application:
    party = db.session.get_one(Party, party_id or desk.applicant.party_id)
    with transaction():
        return lifecycle.certified(party, desk, at=at)


def waiver(administrator: User, *codes: str) -> BoardOrder:
    return in_force(
        administrator, at=START, adopted_on=VOTE, kind=OrderKind.WAIVER, waived_codes=codes,
        cohort=Cohort(standard_id=standard("VO-CORE").id), submitted_from=VOTE, submitted_to=date(2026, 3, 31),
    )  # fmt: skip


def draft(desk: lifecycle.Desk, leave_out: str, at: datetime = START) -> Application:
    party = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        application = lifecycle.opened(party, desk, at=at)
        return lifecycle.furnished(application, desk, at=at, leave_out=frozenset({leave_out}))


def test_a_term_granted_later_gets_the_effect_at_once_where_the_order_says_so(
    desk: lifecycle.Desk, administrator: User
) -> None:
    other = factories.make_vendor()
    certify(lifecycle.Desk(factories.make_user(Role.VENDOR_HR, other), desk.reviewer, desk.press))
    cohort = Cohort(standard_id=standard("VO-CORE").id, expires_to=date(2029, 1, 1))
    at = START + timedelta(days=20)
    order = in_force(
        administrator, at=at, adopted_on=VOTE, cohort=cohort, extends_days=10, extends_to=None, future_grants=True
    )

    application = certify(desk, at=at + timedelta(days=1))

    assert application.credential is not None
    [period] = standing(application.credential)
    assert period.because.endswith(f"by Order {order.number}")
    [issued] = credentials.view(application.credential, on=date(2026, 4, 20)).certificates
    assert (issued.period_id, issued.facts["expires_on"]) == (period.id, period.expires_on.isoformat())
    assert issued.facts["dates_because"] == period.because
    told = entries(AuditAction.TERM_MOVED)[-1]
    assert (told.subject_id, told.party_id) == (period.id, application.party_id)
    assert order.number in told.changes
    with_order = period.expires_on
    revoked(order, administrator, at=at + timedelta(days=60))
    assert last_day(application.credential) == with_order - timedelta(days=10)


def test_a_term_granted_later_stays_as_granted_where_the_order_does_not_say_so(
    desk: lifecycle.Desk, administrator: User
) -> None:
    other = factories.make_vendor()
    certify(lifecycle.Desk(factories.make_user(Role.VENDOR_HR, other), desk.reviewer, desk.press))
    at = START + timedelta(days=20)
    in_force(administrator, at=at, adopted_on=VOTE, cohort=Cohort(standard_id=standard("VO-CORE").id), extends_days=10)

    application = certify(desk, at=at + timedelta(days=1))

    assert application.credential is not None
    [period] = standing(application.credential)
    assert orders.of_periods([period.id]) == {}


def test_an_order_waives_a_requirement_for_applications_submitted_in_its_time(
    desk: lifecycle.Desk, administrator: User
) -> None:
    code = WAIVABLE
    application = draft(desk, code)
    before = evaluations.judge(application, as_of=START.date())
    found = before.evaluation.finding(code)
    assert found is not None
    assert not found.satisfied

    order = waiver(administrator, code)

    judged = evaluations.judge(application, as_of=START.date())
    found = judged.evaluation.finding(code)
    assert found is not None
    assert (found.result, found.explanation) == (Result.WAIVED, f"Waived by Order {order.number} of March 1, 2026.")
    assert judged.evaluation.inputs_hash != before.evaluation.inputs_hash
    later = evaluations.judge(application, as_of=date(2026, 4, 1)).evaluation.finding(code)
    assert later is not None
    assert later.result is not Result.WAIVED
    with transaction():
        applications.submit(application, base_url="https://certhub.example.org", actor=desk.applicant, at=START)
    assert application.status is ApplicationStatus.SUBMITTED
    in_time = evaluations.judge(application, as_of=date(2026, 4, 1)).evaluation.finding(code)
    assert in_time is not None
    assert in_time.result is Result.WAIVED
    kept = db.session.scalars(select(EvaluationRecord).where(EvaluationRecord.application_id == application.id)).one()
    assert f"Waived by Order {order.number}" in str(kept.findings)

    revoked(order, administrator, at=START + timedelta(days=2))
    again = evaluations.judge(application, as_of=START.date()).evaluation.finding(code)
    assert again is not None
    assert again.result is not Result.WAIVED


def test_a_certificate_stays_as_issued_while_its_page_tells_the_new_day_and_one_issued_again_prints_it(
    desk: lifecycle.Desk, administrator: User
) -> None:
    application = certify(desk)
    assert application.credential is not None
    [issued] = credentials.view(application.credential, on=START.date()).certificates
    printed = date.fromisoformat(issued.facts["expires_on"])
    at = START + timedelta(days=30)
    order = in_force(
        administrator, at=at, adopted_on=VOTE, cohort=Cohort(credential_id=application.credential.id), extends_days=10
    )

    found = credentials.verify(issued.verification_code, on=printed + timedelta(days=5))

    assert found is not None
    assert found.ended_on is None
    assert found.moved_to is not None
    assert (found.moved_to.expires_on, found.orders) == (printed + timedelta(days=10), [order])
    assert found.certificate.facts["expires_on"] == printed.isoformat()
    with transaction():
        again = certificates.reissue(issued, "The new day", press=desk.press, actor=desk.reviewer, at=at)
    assert date.fromisoformat(again.facts["expires_on"]) == printed + timedelta(days=10)
    assert f"by Order {order.number}" in again.facts["dates_because"]
    assert credentials.replacement_of(issued) == again
    told = credentials.verify(again.verification_code, on=printed)
    assert told is not None
    assert told.moved_to is None
