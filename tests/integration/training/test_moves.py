"""From one session to another, and from one employer to another: what comes along, and who is told."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.messages import Message
from certhub.queries import enrolments as queries
from certhub.queries.visibility import NotVisible
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import course_sessions, enrolments
from tests.factories import ARRANGING, make_user, make_vendor
from tests.integration.training.arranging import (
    URL,
    course,
    enrol,
    facts,
    moved,
    people,
    place,
    places,
    session,
    withdraw,
)
from tests.integration.training.test_results import finished

ENROLLED, WAITLISTED = EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED


def test_moving_keeps_the_last_day_the_employers_word_and_what_the_first_employer_was_told(app: Flask) -> None:
    vendor, following = make_vendor(), make_vendor()
    person = people(vendor, 1)[0]
    of = course()
    room, same_day, later = session(of), session(of), session(of, days=40)
    enrol(room, person)
    user = make_user(Role.COORDINATOR, person)
    with transaction():
        enrolments.ask_for(place(room, person), interpreter="es", accommodation="Captions", actor=user, at=clock.now())

    def move(to: CourseSession, by: User) -> Enrolment:
        held = next(one for one in (room, same_day, later) if place_in(one) in (ENROLLED, WAITLISTED))
        with transaction():
            return enrolments.move(place(held, person), to, may_be_late=False, base_url=URL, actor=by, at=clock.now())

    def place_in(one: CourseSession) -> EnrolmentStatus | None:
        return places(one).get(person.name)

    with pytest.raises(Refusal, match="Ask your employer to move you"):
        move(same_day, user)
    with transaction():
        enrolments.allow_self_enrolment(vendor, allowed=True, actor=ARRANGING, at=clock.now())
    move(same_day, user)  # at the same hours as the seat that is left
    assert (place_in(room), place_in(same_day)) == (EnrolmentStatus.MOVED, ENROLLED)
    told = db.session.scalars(select(Message).where(Message.recipient == vendor.email).order_by(Message.id)).all()
    assert [one.subject for one in told] == [f"{person.name} moved: {of.title}"]
    assert "There is a seat in it." in told[0].body_text

    moved(person, to=following.id)
    hr = make_user(Role.VENDOR_HR, following)
    new = move(later, hr)
    assert (new.vendor_id, new.accommodation) == (following.id, "Captions")
    seen = {one.name: one for one in queries.of_session(hr, later)}[person.name]
    assert (seen.accommodation, seen.interpreter) == ("", "")
    with pytest.raises(NotVisible):
        queries.with_needs(hr, new.id)
    assert queries.with_needs(user, new.id) is not None
    assert {one.name: one for one in queries.of_session(make_user(Role.DPH_ADMINISTRATOR), later)}[
        person.name
    ].interpreter == "es"
    withdraw(new, may_be_late=True)
    with pytest.raises(Refusal, match="Nothing can be prepared"), transaction():
        enrolments.ask_for(new, interpreter="es", accommodation="", actor=user, at=clock.now())


def test_what_is_needed_before_counts_until_the_first_day_and_in_a_period_until_today(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    basics = course(code="BASICS", valid_months=12)
    room = session(course(code="AFTER", prerequisites=[basics.id]))
    late = finished(person, "BASICS", clock.civil_date(room.starts_at) + timedelta(days=1))
    assert enrol(room, person)[0].reason == "Needs BASICS first."
    finished(person, "BASICS", clock.today() - timedelta(days=30))
    assert enrol(room, person)[0].status is ENROLLED

    period = facts(days=5, hours=24 * 60, enrol_until=clock.today() + timedelta(days=50))
    pace = course(code="PACE", delivery=Delivery.SELF_PACED, prerequisites=[basics.id])
    with transaction():
        own_pace = course_sessions.schedule(pace, period, actor=ARRANGING, at=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        assert late.completed_on < clock.today()
        assert enrol(own_pace, person)[0].status is ENROLLED


def test_letters_go_to_the_present_employer(app: Flask) -> None:
    former, present = make_vendor(), make_vendor()
    person = people(former, 1)[0]
    room = session(course())
    enrol(room, person)
    moved(person, to=present.id)
    with transaction():
        course_sessions.cancel(room, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())
    told = db.session.scalars(select(Message.recipient).where(Message.kind == "session-cancelled")).all()
    assert sorted(told) == sorted([str(person.email), str(present.email)])


def test_nobody_gets_a_second_seat_of_a_course_or_one_at_the_same_hours_by_waiting(app: Flask) -> None:
    vendor = make_vendor()
    first, second, third = people(vendor, 3)
    of = course()
    room, later = session(of, seats=1), session(of, days=40)
    enrol(room, first, second, third)
    assert "Move the person instead" in enrol(later, first)[0].reason
    enrol(session(course(code="SAME-DAY")), second)  # who waits takes something else at the same hours
    withdraw(place(room, first), may_be_late=True)
    assert places(room) == {
        first.name: EnrolmentStatus.WITHDRAWN, second.name: WAITLISTED, third.name: ENROLLED,
    }  # fmt: skip
    enrol(later, second)
    withdraw(place(room, third), may_be_late=True)
    assert places(room)[second.name] is WAITLISTED
