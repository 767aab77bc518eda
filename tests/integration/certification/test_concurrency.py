"""Two people at once: one result, or none. What dies in the middle is in tests/reliability."""

from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Application, Certificate, Credential, Decision
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Role
from certhub.services import applications, recommendations
from certhub.services.audit_verification import verify
from certhub.web.context import press
from tests import factories
from tests.at_once import at_once


def ready(count: int = 1) -> tuple[list[int], int]:
    """Applications that only wait for the decision, and the reviewer's account."""
    reviewer = factories.make_user(Role.DPH_REVIEWER)
    found = []
    for _ in range(count):
        vendor = factories.make_vendor()
        desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), reviewer, press())
        with transaction():
            application = lifecycle.opened(vendor, desk, at=clock.now())
            lifecycle.submitted(lifecycle.furnished(application, desk, at=clock.now()), desk, at=clock.now())
            lifecycle.reviewed(application, desk, at=clock.now())
        found.append(application.id)
    return found, reviewer.id


def approve(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        applications.approve(application, "", press=press(), actor=reviewer, at=clock.now())


def deny(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        applications.deny(application, "No.", base_url="https://x.example", actor=reviewer, at=clock.now())


def test_two_reviewers_who_decide_at_once_make_one_decision(committed_app: Flask) -> None:
    """Lesson 3."""
    [application], reviewer = ready()

    problems = at_once(
        committed_app, *[lambda: approve(application, reviewer), lambda: deny(application, reviewer)] * 3
    )

    db.session.expire_all()
    assert len(problems) == 5
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
    assert db.session.get_one(Application, application).status in (ApplicationStatus.APPROVED, ApplicationStatus.DENIED)
    assert verify().broken is None


def recommend(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        recommendations.recommend(application, DecisionOutcome.APPROVED, "", "", actor=reviewer, at=clock.now())


def send_back(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        recommendations.send_back(application, "Look again.", actor=reviewer, at=clock.now())


def test_two_people_who_act_on_a_recommendation_at_once_do_one_thing_and_the_others_read_what_is_true(
    committed_app: Flask,
) -> None:
    [application], reviewer = ready()
    recommend(application, reviewer)
    others = [factories.make_user(Role.DPH_REVIEWER).id for _ in range(4)]

    problems = at_once(
        committed_app,
        *[lambda one=one: approve(application, one) for one in others[:2]],
        *[lambda one=one: deny(application, one) for one in others[2:]],
        lambda: approve(application, reviewer),
    )

    db.session.expire_all()
    decision = db.session.scalars(select(Decision)).one()
    assert decision.decided_by_id in others
    assert decision.recommended_by_id == reviewer
    assert len(problems) == 4
    assert all("closed" in str(one) or "already been" in str(one) or "another person" in str(one) for one in problems)
    assert verify().broken is None


def test_a_recommendation_that_is_taken_back_while_somebody_decides_is_decided_or_taken_back(
    committed_app: Flask,
) -> None:
    [application], reviewer = ready()
    recommend(application, reviewer)
    other = factories.make_user(Role.DPH_REVIEWER).id

    problems = at_once(committed_app, lambda: deny(application, other), lambda: send_back(application, reviewer))

    db.session.expire_all()
    found = db.session.scalars(select(Decision)).all()
    status = db.session.get_one(Application, application).status
    # Taken back first, it is under review again, and the denial that follows is one person's own decision.
    assert status is ApplicationStatus.DENIED
    assert len(found) == 1
    assert len(problems) == (0 if found[0].recommendation_id is None else 1)


def test_credentials_granted_at_the_same_time_have_numbers_of_their_own(committed_app: Flask) -> None:
    waiting, reviewer = ready(6)

    problems = at_once(committed_app, *[lambda one=one: approve(one, reviewer) for one in waiting])

    assert problems == []
    numbers = db.session.scalars(select(Credential.number)).all()
    assert len(numbers) == len(set(numbers)) == 6
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 6
    assert verify().broken is None
