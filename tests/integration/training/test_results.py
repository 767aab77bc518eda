"""What a session gives: attendance by sheet and code, hours with their categories, corrections that supersede."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import (
    CompletionCertificate,
    CourseSession,
    MeetingAttendance,
    SessionEvaluation,
)
from certhub.models.parties import Coordinator
from certhub.models.training import TrainingCompletion
from certhub.queries import session_evaluations
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.evaluation_form import STATEMENTS
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import Role
from certhub.services import session_results
from certhub.services.session_results import Marked
from tests.factories import ARRANGING, WHEN, make_program, make_user, make_vendor, saved, sign_in
from tests.integration.documents.pdf_text import contains
from tests.integration.documents.test_letters import assert_accessible_and_archivable
from tests.integration.parties.browsing import fetched
from tests.integration.reminders.arranging import a_credential
from tests.integration.training.arranging import CORE, course, enrol, people, place, places, session

ETHICS = TrainingCategory.ETHICS_SCOPE


def finished(person: Coordinator, code: str, on: date = date(2026, 2, 1)) -> TrainingCompletion:
    return saved(
        TrainingCompletion(
            coordinator_id=person.id, title=code, provider="Institute", course_code=code, category="core", minutes=60,
            completed_on=on, recorded_at=WHEN,
        )
    )  # fmt: skip


def hours(person: Coordinator) -> dict[str, int]:
    db.session.expire_all()
    rows = db.session.scalars(
        select(TrainingCompletion).where(
            TrainingCompletion.coordinator_id == person.id,
            TrainingCompletion.superseded_at.is_(None),
            TrainingCompletion.withdrawn.is_(False),
        )
    )
    return {one.category: one.minutes for one in rows}


def after(room: CourseSession) -> time_machine.travel:
    return time_machine.travel(room.ends_at + timedelta(hours=2), tick=False)


def sheet(room: CourseSession, marked: dict[int, Marked]) -> None:
    with transaction():
        session_results.mark(room, marked, actor=ARRANGING, at=clock.now())


def close(room: CourseSession) -> int:
    with transaction():
        return session_results.settle(room, actor=ARRANGING, at=clock.now())


def there(room: CourseSession, *minutes: int, score: int | None = None) -> Marked:
    return Marked({one.id: spent for one, spent in zip(room.meetings, minutes, strict=True)}, score)


def test_whoever_was_there_earns_each_category_and_who_was_not_earns_nothing(app: Flask) -> None:
    came, part, missed = people(make_vendor(), 3)
    of = course(hours={CORE: Decimal(4), ETHICS: Decimal(2)})
    room = session(of, meetings=2)
    enrol(room, came, part, missed)
    with after(room):
        sheet(
            room,
            {
                place(room, came).id: there(room, 180, 175),
                place(room, part).id: there(room, 180, 0),
                place(room, missed).id: there(room, 0, 0),
            },
        )
        assert close(room) == 1

    assert hours(came) == {"core": 240, "ethics_scope": 120}
    assert hours(part) == hours(missed) == {}
    assert places(room) == {
        "Person 00": EnrolmentStatus.COMPLETED,
        "Person 01": EnrolmentStatus.NOT_COMPLETED,
        "Person 02": EnrolmentStatus.NO_SHOW,
    }


def test_a_session_is_closed_once_and_not_before_its_end(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course(), meetings=2)
    enrol(room, person)
    with pytest.raises(Refusal, match="has not begun"):
        sheet(room, {})
    with time_machine.travel(room.starts_at + timedelta(hours=4), tick=False):
        sheet(room, {place(room, person).id: there(room, 180, 0)})
        with pytest.raises(Refusal, match="has not ended yet"):
            close(room)
    with after(room):
        close(room)
        with pytest.raises(Refusal, match="closed before"):
            close(room)


def test_a_correction_supersedes_the_hours_and_keeps_those_that_were_right(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    of = course(hours={CORE: Decimal(4), ETHICS: Decimal(2)}, partial_credit=True)
    room = session(of, meetings=2)
    enrol(room, person)
    with after(room):
        sheet(room, {place(room, person).id: there(room, 180, 180)})
        close(room)
        with transaction():
            session_results.correct(
                place(room, person), there(room, 180, 0), reason="Left at noon", actor=ARRANGING, at=clock.now()
            )
        assert hours(person) == {"core": 120, "ethics_scope": 60}
        with transaction():
            session_results.correct(
                place(room, person), there(room, 0, 0), reason="Another Person 00", actor=ARRANGING, at=clock.now()
            )

    assert hours(person) == {}
    assert places(room)["Person 00"] is EnrolmentStatus.NO_SHOW
    history = db.session.scalars(select(TrainingCompletion).order_by(TrainingCompletion.id)).all()
    assert [(one.category, one.minutes, one.withdrawn) for one in history] == [
        ("core", 240, False), ("ethics_scope", 120, False), ("core", 120, False), ("ethics_scope", 60, False),
        ("core", 120, True), ("ethics_scope", 60, True),
    ]  # fmt: skip
    marks = db.session.scalars(select(MeetingAttendance).where(MeetingAttendance.superseded_at.is_(None))).all()
    assert [one.minutes for one in marks] == [0, 0]


@pytest.mark.parametrize(("score", "earned"), [(79, {}), (None, {}), (80, {"core": 360})])
def test_the_pass_mark_decides(app: Flask, score: int | None, earned: dict[str, int]) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course(pass_mark=80))
    enrol(room, person)
    with after(room):
        sheet(room, {place(room, person).id: there(room, 360, score=score)})
        close(room)
    assert hours(person) == earned


def test_training_of_a_program_without_a_credential_is_entered_as_not_approved(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    for of, approved in ((course(make_program()), False), (course(code="DPH-1"), True)):
        room = session(of, days=30 if approved else 32)
        enrol(room, person)
        with after(room):
            sheet(room, {place(room, person).id: there(room, 360)})
            close(room)
        row = db.session.scalars(select(TrainingCompletion).where(TrainingCompletion.course_code == of.code)).one()
        assert row.provider_approved is approved
        assert row.enrolment_id == place(room, person).id


@pytest.mark.parametrize(("ended_before", "approved"), [(0, True), (1, False)])
def test_training_of_a_program_is_approved_through_the_last_day_of_its_credential(
    client: FlaskClient, ended_before: int, approved: bool
) -> None:
    program, person = make_program(), people(make_vendor(), 1)[0]
    room = session(course(program))
    enrol(room, person)
    completed_on = clock.civil_date(room.ends_at)
    a_credential(program, completed_on - timedelta(days=ended_before), "TP-CORE")
    with time_machine.travel(room.ends_at + timedelta(days=5), tick=False):  # when neither credential is in force
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        sign_in(client, make_user(Role.COORDINATOR, person))
        assert "Not approved now" in fetched(client, f"/training/courses/{room.course_id}")
    row = db.session.scalars(select(TrainingCompletion)).one()
    assert (row.completed_on, row.provider_approved) == (completed_on, approved)
    assert db.session.scalars(select(CompletionCertificate)).one().facts["approved"] is approved


def test_the_code_marks_somebody_as_there_only_around_the_meeting_and_once(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course())
    enrol(room, person)
    one, code = place(room, person), room.meetings[0].code

    def check_in(typed: str) -> None:
        with transaction():
            session_results.check_in(place(room, person), code=typed, actor=ARRANGING, at=clock.now())

    with pytest.raises(Refusal, match="half an hour before"):
        check_in(code)
    with time_machine.travel(room.starts_at, tick=False):
        with pytest.raises(Refusal, match="not the code"):
            check_in("XXXXXX")
        check_in(f" {code.lower()} ")
        check_in(code)
    marks = db.session.scalars(select(MeetingAttendance).where(MeetingAttendance.enrolment_id == one.id)).all()
    assert [mark.minutes for mark in marks] == [360]


def test_opinions_are_kept_without_a_name_and_shown_from_the_third_on(app: Flask) -> None:
    crowd = people(make_vendor(), 3)
    room = session(course())
    enrol(room, *crowd)
    answers = dict.fromkeys(STATEMENTS, 4)

    def evaluate(person: Coordinator) -> None:
        user = make_user(Role.COORDINATOR, person)
        with transaction():
            session_results.evaluate(
                place(room, person), answers=answers, comment="More time, please", actor=user, at=clock.now()
            )

    with pytest.raises(Refusal, match="when the session is over"):
        evaluate(crowd[0])
    with after(room):
        evaluate(crowd[0])
        with pytest.raises(Refusal, match="sent before"):
            evaluate(crowd[0])
        evaluate(crowd[1])
        few = session_evaluations.summary(room)
        assert (few.forms, few.statements, few.comments) == (2, (), ())
        evaluate(crowd[2])
    enough = session_evaluations.summary(room)
    assert [one.counts for one in enough.statements] == [(0, 0, 0, 3, 0)] * len(STATEMENTS)
    columns = set(SessionEvaluation.__table__.columns.keys())
    assert columns == {"id", "session_id", "answers", "comment"}


def test_a_certificate_of_completion_is_pdf_a_2a_and_pdf_ua_1(client: FlaskClient, tmp_path: Path) -> None:
    """Lesson 22."""
    person = people(make_vendor(), 1)[0]
    of = course(
        title="Łukasz’s guide: “Moving on”", hours={CORE: Decimal(4), ETHICS: Decimal(2)}, pass_mark=80,
        valid_months=24, tags=["education", "NCCS-6"],
    )  # fmt: skip
    room = session(of, meetings=2)
    enrol(room, person)
    with after(room):
        sheet(room, {place(room, person).id: there(room, 180, 180, score=90)})
        close(room)
        sign_in(client, make_user(Role.COORDINATOR, person))
        answer = client.get(f"/training/enrolments/{place(room, person).id}/certificate")
    assert answer.mimetype == "application/pdf"
    assert_accessible_and_archivable(answer.data, tmp_path)
    for words in (f"{person.name} completed this course", "Education to Promote", "90 percent", "Valid through"):
        assert contains(answer.data, words), words


def test_each_who_earns_hours_gets_a_certificate_and_a_correction_issues_the_next(client: FlaskClient) -> None:
    came, missed = people(make_vendor(), 2)
    room = session(course(partial_credit=True))
    enrol(room, came, missed)
    with after(room):
        sheet(room, {place(room, came).id: there(room, 360), place(room, missed).id: there(room, 0)})
        close(room)
        sign_in(client, make_user(Role.DPH_REVIEWER))
        for spent in (180, 180):  # the second correction says what the first one said
            with transaction():
                session_results.correct(
                    place(room, came), there(room, spent), reason="Left at noon", actor=ARRANGING, at=clock.now()
                )
        number = place(room, came).id
        issued = db.session.scalars(select(CompletionCertificate).order_by(CompletionCertificate.issue)).all()
        assert [(one.number[-9:], one.facts["minutes"]) for one in issued] == [
            (f"-{number:06d}-1", {"core": 360}),
            (f"-{number:06d}-2", {"core": 180}),
        ]
        answer = client.get(f"/training/enrolments/{number}/certificate")
        assert answer.mimetype == "application/pdf"
        for words in (
            "Certificate of attendance",
            f"{came.name} attended part of this course",
            "3 contact hours",
            issued[1].number,
        ):
            assert contains(answer.data, words)
        assert client.get(f"/training/enrolments/{place(room, missed).id}/certificate").status_code == 404
        with transaction():
            session_results.correct(
                place(room, came), there(room, 0), reason="Somebody else", actor=ARRANGING, at=clock.now()
            )
        assert client.get(f"/training/enrolments/{number}/certificate").status_code == 404
