"""Family feedback in counts, and outside recognition in place of the first self-assessment: end to end."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import FamilyFeedback
from certhub.queries import evaluations
from certhub.rules.findings import Finding
from certhub.rules.vocabulary import Result, Role, Verdict
from certhub.services import applications
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_pages import post


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    practice = factories.make_practice()
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice)
    return lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())


def draft(desk: lifecycle.Desk, leave_out: frozenset[str] = frozenset()) -> Application:
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=clock.now())  # type: ignore[arg-type]  # a practice
        return lifecycle.furnished(application, desk, at=clock.now(), leave_out=leave_out)


def finding(application: Application, code: str) -> Finding:
    found = evaluations.judge(application, as_of=clock.today()).evaluation.finding(code)
    assert found is not None
    return found


def a_round(**changed: object) -> dict[str, Any]:
    today = clock.today()
    return {
        "method": "sample_survey", "starts_on": (today - timedelta(days=40)).isoformat(),
        "ends_on": (today - timedelta(days=5)).isoformat(), "families": "310", "asked": "60", "answered": "26",
        "favourable-access": "81", "favourable-plan": "44", **changed,
    }  # fmt: skip


def recorded(client: FlaskClient, manager: User, **changed: object) -> tuple[int, str, str]:
    return post(client, f"/practices/{manager.party_id}/family-feedback/new", **a_round(**changed))


def test_a_round_is_recorded_and_handed_in_and_waits_for_review(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = draft(desk, frozenset({"PR-04"}))
    factories.sign_in(client, desk.applicant)
    assert recorded(client, desk.applicant)[0] == 302
    feedback = db.session.scalars(select(FamilyFeedback)).one()
    show = client.get(f"/applications/{application.id}")
    assert "Hand in the round that ended on" in show.text

    address = f"/applications/{application.id}/family-feedback/{feedback.id}/hand-in"
    for _ in range(2):
        assert post(client, address, page=show)[0] == 302

    (evidence,) = db.session.scalars(select(Evidence).where(Evidence.requirement_code == "PR-04"))
    assert "26 of 60 families answered (43 percent)" in evidence.value["note"]
    assert finding(application, "PR-04").awaiting_review
    assert "81 %" in client.get(f"/practices/{desk.applicant.party_id}/self-assessments").text


def test_a_round_that_cannot_be_keeps_what_was_typed(client: FlaskClient, desk: lifecycle.Desk) -> None:
    factories.sign_in(client, desk.applicant)
    status, text, _ = recorded(client, desk.applicant, answered="3")
    assert (status, "at least 5" in text, 'value="310"' in text) == (422, True, True)
    assert not db.session.scalars(select(FamilyFeedback)).all()


def test_a_survey_of_too_few_families_is_kept_and_not_handed_in(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = draft(desk, frozenset({"PR-04"}))
    factories.sign_in(client, desk.applicant)
    recorded(client, desk.applicant, asked="30", answered="12")
    feedback = db.session.scalars(select(FamilyFeedback)).one()
    page = client.get(f"/applications/{application.id}")
    status, text, _ = post(client, f"/applications/{application.id}/family-feedback/{feedback.id}/hand-in", page=page)
    assert (status, "that is 31; you asked 30" in text) == (409, True)
    assert not db.session.scalars(select(Evidence).where(Evidence.requirement_code == "PR-04")).all()


def test_a_correction_supersedes_once(client: FlaskClient, desk: lifecycle.Desk) -> None:
    factories.sign_in(client, desk.applicant)
    recorded(client, desk.applicant)
    first = db.session.scalars(select(FamilyFeedback)).one()
    address = f"/family-feedback/{first.id}/correct"
    assert 'value="81"' in client.get(address).text
    assert post(client, address, **a_round(answered="28"))[0] == 302
    status, text, _ = post(client, address, **a_round(answered="29"))
    assert (status, "corrected this round already" in text) == (422, True)
    page = client.get(f"/practices/{desk.applicant.party_id}/self-assessments").text
    assert ("28 <" in page, "26 <" in page) == (True, False)
    assert [one.answered for one in db.session.scalars(select(FamilyFeedback).order_by(FamilyFeedback.id))] == [26, 28]


def recognition(**changed: object) -> dict[str, Any]:
    today = clock.today()
    return {
        "credential": "ncqa_pcmh", "status": "current", "occurred_on": (today - timedelta(days=90)).isoformat(),
        "expires_on": (today + timedelta(days=200)).isoformat(), "core_criteria": "40", "elective_credits": "25",
        "file": (io.BytesIO(PAPER), "letter.pdf"), **changed,
    }  # fmt: skip


def test_ncqa_recognition_counts_for_the_first_index_once_it_is_accepted(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = draft(desk, frozenset({"PR-03"}))
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{application.id}/requirements/PR-11/evidence/new"
    assert post(client, address, **recognition())[0] == 302
    found = finding(application, "PR-03")
    assert (found.result, found.provided) == (Result.PARTIAL, True)
    assert "once it is accepted under PR-11" in client.get(f"/applications/{application.id}").text

    with transaction():
        lifecycle.submitted(application, desk, at=clock.now())
        applications.take_up(application, actor=desk.reviewer, at=clock.now())
        requirement = evaluations.judge(application, as_of=clock.today()).requirement("PR-11")
        assert requirement is not None
        applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=desk.reviewer, at=clock.now())

    found = finding(application, "PR-03")
    assert (found.result, "in place of the first self-assessment" in found.explanation) == (Result.MET, True)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"core_criteria": "39"}, "all 40 core criteria"),
        ({"core_criteria": ""}, "all 40 core criteria"),
        ({"elective_credits": "24.5"}, "at least 25 elective credits"),
        ({"expires_on": ""}, "last day of the recognition"),
    ],
)
def test_ncqa_recognition_is_not_taken_without_what_it_rests_on(
    client: FlaskClient, desk: lifecycle.Desk, changed: dict[str, Any], says: str
) -> None:
    application = draft(desk, frozenset({"PR-03"}))
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{application.id}/requirements/PR-11/evidence/new"
    status, text, _ = post(client, address, **recognition(**changed))
    assert (status, says in text) == (422, True)


def test_a_masshealth_tier_needs_no_points(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = draft(desk, frozenset({"PR-03"}))
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{application.id}/requirements/PR-11/evidence/new"
    tier = recognition(credential="masshealth_tier_2", core_criteria="", elective_credits="", expires_on="")
    assert post(client, address, **tier)[0] == 302
    assert finding(application, "PR-03").provided
