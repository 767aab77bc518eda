"""The reviewer sees which training counts, and finds for each whether it is approved."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application
from certhub.models.parties import Coordinator
from certhub.models.training import TrainingCompletion
from certhub.queries import evaluations
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import Role
from certhub.services import applications, training
from certhub.web.context import press
from tests import factories
from tests.integration.parties.browsing import checked, fetched, send


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        lifecycle.certified(vendor, desk, at=clock.now() - timedelta(days=60))
    return desk


@pytest.fixture
def application(desk: lifecycle.Desk) -> Application:
    """A first application under review, with 40 hours of core training in two parts."""
    at = clock.now() - timedelta(days=2)
    person = factories.make_coordinator(vendor=desk.applicant.party)  # type: ignore[arg-type]  # the vendor's row
    with transaction():
        for number, category in enumerate((TrainingCategory.CORE, TrainingCategory.SYSTEMS), start=1):
            training.record(
                person, vendor_id=desk.applicant.party_id, title=f"Core part {number}", provider="Institute",
                provider_approved=True, course_code="", completed_on=clock.civil_date(at),
                hours={category: Decimal(20)}, score=None, file=None, actor=desk.applicant, at=at,
            )  # fmt: skip
        for number in range(1, 6):
            training.record(
                person, vendor_id=desk.applicant.party_id, title=f"Module {number}", provider="Institute",
                provider_approved=True, course_code=f"pccc-m{number}", completed_on=clock.civil_date(at),
                hours={TrainingCategory.GENERAL: Decimal(1)}, score=None, file=None, actor=desk.applicant, at=at,
            )  # fmt: skip
        found = lifecycle.furnished(lifecycle.opened(person, desk, at=at), desk, at=at)
        lifecycle.submitted(found, desk, at=at)
        applications.take_up(found, actor=desk.reviewer, at=at)
    return found


def judged(application: Application, code: str) -> Finding:
    db.session.expire_all()
    found = evaluations.judge(application, as_of=clock.today()).evaluation.finding(code)
    assert found is not None
    return found


def entry(title: str) -> TrainingCompletion:
    return db.session.scalars(select(TrainingCompletion).where(TrainingCompletion.title == title)).one()


def rule(application: Application, title: str, desk: lifecycle.Desk, **given: Any) -> None:
    with transaction():
        training.rule_on_approval(entry(title), application, actor=desk.reviewer, at=clock.now(), **given)


def test_the_review_page_lists_the_training_that_counts(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.reviewer)

    page = fetched(client, f"/applications/{application.id}/requirements/CC-02/review")

    assert "What counts" in page
    for told in ("Core part 1", "Institute", "20", "Yes, as entered", "Core care coordination"):
        assert told in page
    assert f"/requirements/CC-02/training/{entry('Core part 1').id}" in page


def test_a_training_that_is_not_approved_no_longer_counts_until_it_is_confirmed(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.reviewer)
    before = judged(application, "CC-02")
    path = f"/applications/{application.id}/requirements/CC-02/training/{entry('Core part 1').id}"

    assert "Say why" in checked(send(client, path, approved="no", reason=""))
    assert send(client, path, approved="no", reason="The board has not approved it.").status_code == 302

    after = judged(application, "CC-02")
    assert set(before.evidence_ids) - set(after.evidence_ids) == {entry("Core part 1").id}
    assert not after.satisfied
    page = fetched(client, f"/applications/{application.id}/requirements/CC-02/review")
    assert re.search(r"Other training on file.*No, says DPH: The board has not approved it\.", page, re.DOTALL)
    assert isinstance(application.party, Coordinator)
    record = fetched(client, f"/coordinators/{application.party_id}")
    assert "not approved (DPH: The board has not approved it.)" in record
    assert db.session.scalars(
        select(AuditEntry.party_id).where(AuditEntry.action == "training.approval_rejected")
    ).all() == [application.party_id]

    rule(application, "Core part 1", desk, approved=True, reason="")
    assert judged(application, "CC-02") == before


def test_training_is_checked_under_review_and_only_what_still_stands(
    desk: lifecycle.Desk, application: Application
) -> None:
    with transaction():
        training.withdraw(entry("Core part 2"), reason="Twice", actor=desk.applicant, at=clock.now())
    gone = db.session.scalars(
        select(TrainingCompletion).where(
            TrainingCompletion.title == "Core part 2", TrainingCompletion.superseded_at.is_not(None)
        )
    ).one()
    with pytest.raises(Refusal, match="taken back"), transaction():
        training.rule_on_approval(gone, application, approved=False, reason="No", actor=desk.reviewer, at=clock.now())
    with transaction():
        applications.withdraw(application, actor=desk.applicant, at=clock.now())
    with pytest.raises(Refusal, match="under review"):
        rule(application, "Core part 1", desk, approved=False, reason="No")


def test_training_of_another_person_is_not_found(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    other = factories.make_coordinator()
    stranger = factories.saved(
        TrainingCompletion(
            coordinator_id=other.id, title="Ethics", provider="Institute", category="ethics_scope", minutes=90,
            completed_on=clock.today(), recorded_at=factories.WHEN,
        )
    )  # fmt: skip
    factories.sign_in(client, desk.reviewer)

    answer = client.get(f"/applications/{application.id}/requirements/CC-09/training/{stranger.id}")

    assert answer.status_code == 404
