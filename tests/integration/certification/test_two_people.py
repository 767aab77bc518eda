"""Setting a critical requirement aside takes two people: one recommends it with a reason, another one decides."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Decision
from certhub.models.parties import Coordinator, Employment
from certhub.models.review import ApplicationStage, Recommendation
from certhub.models.training import TrainingCompletion
from certhub.queries import evaluations
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Role, Verdict
from certhub.services import applications, audit, recommendations
from certhub.web.context import press
from tests import factories
from tests.factories import ARRANGING
from tests.integration.certification.test_lifecycle import train
from tests.integration.certification.test_pages import post

WHY = "The core training was taken in another state; the hours are confirmed by telephone."


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def second(app: Flask) -> User:
    return factories.make_user(Role.DPH_REVIEWER)


def short_of_hours(desk: lifecycle.Desk) -> Application:
    """A coordinator's application under review: all is met but core training (CC-02), which the standard can waive."""
    at = clock.now() - timedelta(days=3)
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=at - timedelta(days=30))  # type: ignore[arg-type]  # HR has one
    person = factories.make_coordinator(vendor=desk.applicant.party)  # type: ignore[arg-type]  # the vendor's row
    train(
        person, desk, on=clock.today() - timedelta(days=60), categories={"core": 34, "ethics_scope": 3, "cultural": 3}
    )
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(person, desk, at=at), desk, at=at)
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=at), desk, at=at)
    rejected(person, desk)
    return application


def rejected(person: Coordinator, desk: lifecycle.Desk) -> None:
    """What makes the hours too few after the submission: the largest of the trainings is taken back."""
    with transaction():
        largest = db.session.scalars(
            select(TrainingCompletion)
            .where(TrainingCompletion.coordinator_id == person.id)
            .order_by(TrainingCompletion.minutes.desc())
            .limit(1)
        ).one()
        largest.withdrawn = True
        audit.record(desk.applicant, AuditAction.TRAINING_WITHDRAWN, largest, at=clock.now(), party_id=person.id)


def recommend(application: Application, actor: User, why: str = WHY) -> Recommendation:
    with transaction():
        return recommendations.recommend(application, DecisionOutcome.APPROVED, "", why, actor=actor, at=clock.now())


def approve(application: Application, actor: User, reason: str = "As recommended.") -> Decision:
    with transaction():
        return applications.approve(application, reason, press=press(), actor=actor, at=clock.now())


def test_one_person_cannot_set_a_critical_requirement_aside(desk: lifecycle.Desk) -> None:
    application = short_of_hours(desk)

    with pytest.raises(Refusal, match=r"CC-02 .* That takes two people"):
        approve(application, desk.reviewer)
    with pytest.raises(Refusal, match=r"Say why CC-02 .* is set aside"):
        recommend(application, desk.reviewer, " ")
    recommend(application, desk.reviewer)
    with pytest.raises(Refusal):  # it is with the second person now
        recommend(application, desk.reviewer)
    with pytest.raises(Refusal, match="another person makes it"):
        approve(application, desk.reviewer)
    with pytest.raises(Refusal, match="another person makes it"), transaction():
        applications.deny(application, "No.", base_url="https://x.example", actor=desk.reviewer, at=clock.now())

    assert application.status is ApplicationStatus.RECOMMENDED
    assert not db.session.scalars(select(Decision).where(Decision.application_id == application.id)).all()


def test_a_second_person_approves_and_the_record_keeps_both_and_why(desk: lifecycle.Desk, second: User) -> None:
    application = short_of_hours(desk)
    recommended = recommend(application, desk.reviewer)

    decision = approve(application, second)

    assert application.status is ApplicationStatus.APPROVED
    assert (decision.overridden, decision.recommended_by_id, decision.decided_by_id) == (
        True, desk.reviewer.id, second.id,
    )  # fmt: skip
    [item] = recommended.overrides
    assert (item["code"], item["reason"]) == ("CC-02", WHY)
    told = db.session.scalars(
        select(AuditEntry.changes).where(AuditEntry.action.in_(["application.recommended", "application.approved"]))
    )
    kept = [json.loads(one).get("overrides") for one in told]
    assert [WHY in json.dumps(one) for one in kept if one] == [True, True]


def test_independence_is_never_set_aside(desk: lifecycle.Desk, second: User) -> None:
    application = short_of_hours(desk)
    with transaction() as session:
        spell = session.scalars(select(Employment).where(Employment.coordinator_id == application.party_id)).one()
        spell.ends_on = clock.today() - timedelta(days=1)
        audit.record(ARRANGING, AuditAction.EMPLOYMENT_ENDED, spell, at=clock.now(), party_id=application.party_id)
    assert "CC-08" in evaluations.judge(application, as_of=clock.today()).evaluation.unmet_critical

    with pytest.raises(Refusal, match=r"cannot be approved while a critical requirement is not met\. CC-08"):
        recommend(application, desk.reviewer)
    with pytest.raises(Refusal, match=r"cannot be approved while a critical requirement is not met\. CC-08"):
        approve(application, second)


def test_what_comes_up_after_the_recommendation_is_not_approved_with_it(desk: lifecycle.Desk, second: User) -> None:
    application = short_of_hours(desk)
    with transaction():
        requirement = evaluations.judge(application, as_of=clock.today()).requirement("CC-02")
        assert requirement is not None
        applications.review_item(
            application, requirement, Verdict.WAIVED, "Abroad", actor=desk.reviewer, at=clock.now()
        )
        recommended = recommendations.recommend(
            application, DecisionOutcome.DENIED, "Too few hours.", "", actor=desk.reviewer, at=clock.now()
        )
    assert recommended.overrides == []

    with pytest.raises(Refusal, match=r"does not say why CC-02 .* is set aside"):
        approve(application, second)


def test_sent_back_it_is_under_review_again_and_the_next_recommendation_counts(
    desk: lifecycle.Desk, second: User
) -> None:
    application = short_of_hours(desk)
    recommend(application, desk.reviewer)
    with pytest.raises(Refusal, match="Say what is still to be done"), transaction():
        recommendations.send_back(application, "", actor=second, at=clock.now())
    with transaction():
        recommendations.send_back(application, "Ask for the transcript.", actor=second, at=clock.now())
    assert application.status is ApplicationStatus.UNDER_REVIEW
    with pytest.raises(Refusal, match="No recommendation waits"), transaction():
        recommendations.send_back(application, "Once more.", actor=second, at=clock.now())

    recommend(application, second, "I saw the transcript.")
    decision = approve(application, desk.reviewer)

    assert decision.recommended_by_id == second.id
    reasons = db.session.scalars(select(ApplicationStage.reason).where(ApplicationStage.reason != "")).all()
    assert reasons == ["Ask for the transcript."]


def test_the_database_itself_refuses_a_decision_by_the_person_who_recommended_it(
    desk: lifecycle.Desk, second: User
) -> None:
    application = short_of_hours(desk)
    recommended = recommend(application, desk.reviewer)

    def decided(**changed: Any) -> Decision:
        values = {
            "application_id": application.id, "outcome": DecisionOutcome.APPROVED,
            "evaluation_id": recommended.evaluation_id, "decided_by_id": second.id, "decided_at": clock.now(),
            "decided_on": clock.today(), "recommendation_id": recommended.id,
            "recommended_by_id": desk.reviewer.id, "overridden": True,
        }  # fmt: skip
        return Decision(**{**values, **changed})

    for wrong in (
        decided(decided_by_id=desk.reviewer.id),
        decided(recommended_by_id=factories.make_user(Role.DPH_REVIEWER).id),  # somebody who recommended nothing
        decided(recommendation_id=None, recommended_by_id=None),
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(wrong)


def test_the_pages_lead_two_people_through_an_override(client: FlaskClient, desk: lifecycle.Desk, second: User) -> None:
    application = short_of_hours(desk)
    page = f"/applications/{application.id}"
    factories.sign_in(client, desk.reviewer)
    assert "One person cannot decide that alone" in client.get(f"{page}/decision").text
    status, text, _ = post(client, f"{page}/recommendation", outcome="approved", override_reason="")
    assert (status, "Say why CC-02" in text) == (422, True)
    form = client.get(f"{page}/recommendation")
    for _ in range(2):  # a double click
        status, text, _ = post(client, f"{page}/recommendation", page=form, outcome="approved", override_reason=WHY)
        assert status == 302, text
    assert len(db.session.scalars(select(Recommendation)).all()) == 1
    own = client.get(f"{page}/decision").text
    assert "You recommended this, so another person decides." in own
    assert 'value="approved"' not in own

    factories.sign_in(client, second)
    shown = client.get(f"{page}/decision").text
    assert WHY in shown
    status, text, _ = post(client, f"{page}/decision", outcome="approved", reason="As recommended.")
    assert status == 302, text

    told = client.get(page).text
    assert "A critical requirement was set aside by two people" in told
    assert WHY in told
    assert desk.reviewer.name in told
    db.session.expire_all()
    credential = application.credential_id
    assert "Granted with an override" in client.get(f"/credentials/{credential}").text
    factories.sign_in(client, desk.applicant)
    assert WHY not in client.get(f"/credentials/{credential}").text
    assert WHY not in client.get(page).text


def test_a_recommended_application_waits_in_the_queue(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = short_of_hours(desk)
    recommend(application, desk.reviewer)
    factories.sign_in(client, desk.reviewer)

    queue = client.get("/work?status=recommended").text

    assert re.search(rf'href="/applications/{application.id}"', queue)


def test_a_denial_is_recommended_with_its_reason(desk: lifecycle.Desk) -> None:
    application = short_of_hours(desk)
    given = {"actor": desk.reviewer, "at": clock.now()}
    with pytest.raises(Refusal, match="Say why you recommend a denial") as refused, transaction():
        recommendations.recommend(application, DecisionOutcome.DENIED, " ", "", **given)  # type: ignore[arg-type]  # of two types
    assert (refused.value.field, application.status) == ("reason", ApplicationStatus.UNDER_REVIEW)
    with transaction():
        recommendations.recommend(application, DecisionOutcome.DENIED, "Too few hours.", "", **given)  # type: ignore[arg-type]  # as above
    assert application.status is ApplicationStatus.RECOMMENDED
