"""Two people work on one self-assessment at the same moment: one result, one open one, nobody's answers lost."""

from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.medical_home import SelfAssessment, SelfAssessmentRespondent, SelfAssessmentResult
from certhub.models.parties import Practice
from certhub.rules.vocabulary import RespondentRole, Role
from certhub.services import self_assessments
from tests import factories
from tests.at_once import at_once
from tests.integration.medical_home.test_self_assessments import FOURS, added, opened


def ready() -> tuple[int, int]:
    """A self-assessment that waits for closing only, and its manager's account."""
    manager = factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice())
    assessment = opened(manager)
    added(assessment, manager, FOURS, role=RespondentRole.NURSE)
    with transaction():
        self_assessments.record_consensus(assessment, dict(FOURS), actor=manager, at=clock.now())
    return assessment.id, manager.id


def test_two_who_close_at_once_leave_one_result(committed_app: Flask) -> None:
    assessment_id, manager_id = ready()

    def close() -> None:
        assessment = db.session.get_one(SelfAssessment, assessment_id)
        manager = db.session.get_one(User, manager_id)
        with transaction():
            self_assessments.close(assessment, held_on=clock.today(), actor=manager, at=clock.now())

    refused = at_once(committed_app, close, close)

    assert ["is closed" in str(refusal) for refusal in refused] == [True]
    assert len(db.session.scalars(select(SelfAssessmentResult)).all()) == 1


def test_two_who_open_at_once_open_one(committed_app: Flask) -> None:
    manager = factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice())
    practice_id, manager_id = manager.party_id, manager.id

    def start() -> None:
        practice = db.session.get_one(Practice, practice_id)
        actor = db.session.get_one(User, manager_id)
        with transaction():
            self_assessments.open_(
                practice, instrument_id="MHI-FV", licensed_copy="Office", actor=actor, at=clock.now()
            )

    refused = at_once(committed_app, start, start)

    assert ["under way already" in str(refusal) for refusal in refused] == [True]
    assert len(db.session.scalars(select(SelfAssessment)).all()) == 1


def test_two_pages_of_one_person_that_are_saved_at_once_are_both_kept(committed_app: Flask) -> None:
    _, manager_id = ready()
    number = db.session.scalars(select(SelfAssessmentRespondent.id)).one()

    def save(theme: str) -> None:
        respondent = db.session.get_one(SelfAssessmentRespondent, number)
        actor = db.session.get_one(User, manager_id)
        with transaction():
            self_assessments.save_answers(respondent, {theme: 8}, actor=actor, at=clock.now())

    assert at_once(committed_app, lambda: save("4.1"), lambda: save("5.1")) == []
    db.session.remove()  # SQLite still shows what was there when this session began to read
    answers = db.session.get_one(SelfAssessmentRespondent, number).answers
    assert (answers["4.1"], answers["5.1"], answers["4.2"]) == (8, 8, 4)
