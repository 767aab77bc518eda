"""Seats: never more people than seats, and the next in line moves up in the same breath (lesson 24)."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certhub import clock
from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.course_sessions import CourseSession, CourseSessionSeat, Enrolment
from certhub.models.messages import Message
from certhub.queries import course_sessions as queries
from certhub.rules.audit_actions import AuditAction
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.services import course_sessions, employment, enrolments
from tests.at_once import at_once
from tests.factories import ARRANGING, make_coordinator, make_vendor
from tests.integration.training.arranging import URL, course, enrol, facts, people, place, places, session, withdraw
from tests.integration.training.test_results import finished

ENROLLED, WAITLISTED, WITHDRAWN = EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED, EnrolmentStatus.WITHDRAWN


def test_fifty_people_at_once_get_ten_seats_and_forty_places_in_line(committed_app: Flask) -> None:
    vendor = make_vendor()
    crowd = [one.id for one in people(vendor, 50)]
    room = session(course(), seats=10).id
    vendor_id = vendor.id
    db.session.remove()

    def ask(person: int) -> None:
        found = db.session.get_one(CourseSession, room)
        with transaction():
            enrolments.enrol(found, [person], vendor_id=vendor_id, base_url=URL, actor=ARRANGING, at=clock.now())

    assert at_once(committed_app, *(partial(ask, person) for person in crowd)) == []
    rows = db.session.execute(select(Enrolment.status, Enrolment.seat_number).where(Enrolment.session_id == room)).all()
    assert Counter(row.status for row in rows) == {ENROLLED: 10, WAITLISTED: 40}
    assert sorted(row.seat_number for row in rows if row.seat_number) == list(range(1, 11))


def test_two_who_give_up_at_once_seat_the_two_who_waited_longest(committed_app: Flask) -> None:
    vendor = make_vendor()
    crowd = people(vendor, 5)
    room = session(course(), seats=2)
    enrol(room, *crowd)
    leaving = [place(room, one).id for one in crowd[:2]]
    room_id = room.id
    db.session.remove()

    def leave(number: int) -> None:
        withdraw(db.session.get_one(Enrolment, number))

    assert at_once(committed_app, *(partial(leave, number) for number in leaving)) == []
    assert places(db.session.get_one(CourseSession, room_id)) == {
        "Person 00": WITHDRAWN, "Person 01": WITHDRAWN, "Person 02": ENROLLED, "Person 03": ENROLLED,
        "Person 04": WAITLISTED,
    }  # fmt: skip


def test_the_database_itself_refuses_a_seat_that_is_taken_or_does_not_exist(app: Flask) -> None:
    first, second = people(make_vendor(), 2)
    room = session(course(), seats=1)
    enrol(room, first)

    def take(seat: int | None) -> None:
        row = Enrolment(
            session_id=room.id,
            coordinator_id=second.id,
            status=ENROLLED,
            seat_number=seat,
            requested_at=clock.now(),
        )
        with transaction() as open_session:
            open_session.add(row)
            open_session.flush()

    for seat in (1, 2, None):  # held by somebody, not in the room, and none at all
        with pytest.raises(IntegrityError):
            take(seat)


def test_whoever_waits_longest_gets_the_seat_that_comes_free_and_hears_of_it_once(app: Flask) -> None:
    vendor = make_vendor()
    first, second, third = people(vendor, 3)
    room = session(course(), seats=1)
    outcomes = enrol(room, first, second, third)
    assert [one.status for one in outcomes] == [ENROLLED, WAITLISTED, WAITLISTED]
    bodies = db.session.scalars(
        select(Message.body_text).where(Message.subject.startswith("Waiting list")).order_by(Message.id)
    ).all()
    assert ["number 1 on" in bodies[0], "number 2 on" in bodies[1]] == [True, True]

    seated = withdraw(place(room, first))

    assert seated is not None
    assert seated.coordinator_id == second.id
    assert places(room) == {"Person 00": WITHDRAWN, "Person 01": ENROLLED, "Person 02": WAITLISTED}
    told = db.session.scalars(
        select(Message).where(Message.kind == "session-place", Message.subject.startswith("A seat came free"))
    ).all()
    assert sorted(one.recipient for one in told) == sorted([str(second.email), str(vendor.email)])
    assert "number 1" not in told[0].body_text


def test_somebody_who_left_every_vendor_is_passed_over_in_line(app: Flask) -> None:
    """Lesson 11."""
    vendor = make_vendor()
    first, second, third = people(vendor, 3)
    room = session(course(), seats=1)
    enrol(room, first, second, third)
    with transaction():
        employment.end(
            second.employments[0], last_day=clock.today() - timedelta(days=1), base_url=URL, actor=ARRANGING,
            at=clock.now(),
        )  # fmt: skip

    withdraw(place(room, first))

    assert places(room)["Person 01"] is WAITLISTED
    assert places(room)["Person 02"] is ENROLLED


def test_more_seats_are_filled_at_once_and_fewer_than_are_held_are_refused(app: Flask) -> None:
    crowd = people(make_vendor(), 4)
    room = session(course(), seats=2)
    enrol(room, *crowd)

    with transaction():
        changed = course_sessions.change(room, facts(of=room, seats=3), base_url=URL, actor=ARRANGING, at=clock.now())

    assert changed.moved_up == 1
    assert places(room)["Person 02"] is ENROLLED
    with pytest.raises(Refusal, match="3 people have a seat") as refused, transaction():
        course_sessions.change(room, facts(of=room, seats=2), base_url=URL, actor=ARRANGING, at=clock.now())
    assert refused.value.field == "seats"


def test_seats_that_go_are_free_ones(app: Flask) -> None:
    crowd = people(make_vendor(), 3)
    room = session(course(), seats=3)
    enrol(room, *crowd)
    withdraw(place(room, crowd[0]))

    with transaction():
        course_sessions.change(room, facts(of=room, seats=2), base_url=URL, actor=ARRANGING, at=clock.now())

    numbers = db.session.scalars(
        select(CourseSessionSeat.number)
        .where(CourseSessionSeat.session_id == room.id)
        .order_by(CourseSessionSeat.number)
    ).all()
    assert numbers == [2, 3]
    assert [place(room, one).seat_number for one in crowd[1:]] == [2, 3]


def test_each_person_is_told_apart_enrolled_waitlisted_or_refused_with_the_reason(app: Flask) -> None:
    vendor, elsewhere = make_vendor(), make_vendor()
    seated, waits, already = people(vendor, 3)
    stranger = make_coordinator("Stranger", vendor=elsewhere)
    room = session(course(), seats=2)
    enrol(room, already)

    outcomes = {one.name: one for one in enrol(room, seated, waits, already, stranger, vendor=vendor)}
    without = enrol(room, make_coordinator("Between"))[0]

    assert outcomes["Person 00"].status is ENROLLED
    assert outcomes["Person 01"].status is WAITLISTED
    assert outcomes["Person 02"].reason == "Is enrolled already."
    assert without.reason == "Works for no vendor now."
    assert "Stranger" not in {**outcomes, **places(room)}  # a vendor learns no names by number


def test_a_course_that_is_needed_before_and_a_clash_of_hours_are_named(app: Flask) -> None:
    vendor = make_vendor()
    ready, new = people(vendor, 2)
    basics = course(code="BASICS")
    after = course(code="AFTER", prerequisites=[basics.id])
    finished(ready, "BASICS")
    room = session(after)
    outcomes = {one.name: one for one in enrol(room, ready, new)}
    assert outcomes["Person 00"].status is ENROLLED
    assert outcomes["Person 01"].reason == "Needs BASICS first."

    other = session(course(code="SAME-DAY"))
    clash = enrol(other, ready)[0]
    assert clash.status is None
    assert clash.reason == "Has a seat in Course AFTER at that time."


def test_moving_takes_the_new_place_first_and_frees_the_old_seat(app: Flask) -> None:
    crowd = people(make_vendor(), 2)
    of = course()
    room, later = session(of, seats=1), session(of, days=40)
    enrol(room, *crowd)

    with transaction():
        new = enrolments.move(
            place(room, crowd[0]), later, may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now()
        )

    assert new.status is ENROLLED
    assert places(room) == {"Person 00": EnrolmentStatus.MOVED, "Person 01": ENROLLED}
    other, staying = session(course(code="OTHER")), place(room, crowd[1])
    with pytest.raises(Refusal, match="another session of the same course"), transaction():
        enrolments.move(staying, other, may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now())
    assert places(room)["Person 01"] is ENROLLED


def test_a_seat_is_given_up_in_time_or_by_the_trainer(app: Flask) -> None:
    of = course()
    first, second = people(make_vendor(), 2)
    room, later = session(of, days=9, withdraw_until=clock.today(), seats=1), session(of, days=20)
    enrol(room, first, second)

    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        with pytest.raises(Refusal, match="Ask the trainer"):
            withdraw(place(room, first))
        with pytest.raises(Refusal, match="Ask the trainer"), transaction():
            enrolments.move(place(room, first), later, may_be_late=False, base_url=URL, actor=ARRANGING, at=clock.now())
        assert places(room)["Person 00"] is ENROLLED
        withdraw(place(room, first), may_be_late=True)
        assert places(room) == {"Person 00": WITHDRAWN, "Person 01": ENROLLED}
        told = db.session.scalars(select(Message.body_text).where(Message.subject.startswith("A seat came free"))).all()
        assert all("before the session begins" in one for one in told)
        withdraw(place(room, second))  # got the seat after the last day, and can give it back
    assert places(room)["Person 01"] is WITHDRAWN


def test_a_cancelled_session_frees_everybody_and_tells_each_person_and_each_vendor_once(app: Flask) -> None:
    vendor = make_vendor()
    crowd = people(vendor, 3)
    room = session(course(), seats=2)
    enrol(room, *crowd)

    for _ in range(2):  # a double click
        with transaction():
            course_sessions.cancel(room, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())

    assert set(places(room).values()) == {EnrolmentStatus.CANCELLED}
    assert room.calendar_sequence == 1
    told = db.session.scalars(select(Message.recipient).where(Message.kind == "session-cancelled")).all()
    assert sorted(told) == sorted([*(str(one.email) for one in crowd), str(vendor.email)])
    with pytest.raises(Refusal, match="was cancelled"):
        enrol(room, crowd[0])


def test_a_new_time_raises_the_sequence_and_tells_who_has_a_place_and_new_seats_alone_do_not(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course(), days=30)
    enrol(room, person)
    uid = room.calendar_uid

    def change(**values: Any) -> int:
        with transaction():
            course_sessions.change(room, facts(of=room, **values), base_url=URL, actor=ARRANGING, at=clock.now())
        return room.calendar_sequence

    assert change(seats=12) == 0
    assert change(seats=12, days=31) == 1
    assert room.calendar_uid == uid
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.kind == "session-changed")) == 1


def test_an_enrolment_leaves_an_entry_for_each_person(app: Flask) -> None:
    crowd = people(make_vendor(), 2)
    room = session(course())
    enrol(room, *crowd)

    found = db.session.scalars(
        select(AuditEntry.party_id).where(AuditEntry.action == AuditAction.ENROLMENT_REQUESTED)
    ).all()
    assert sorted(number for number in found if number) == sorted(one.id for one in crowd)


def test_a_course_at_ones_own_pace_is_joined_and_left_while_its_period_lasts(app: Flask) -> None:
    early, late = people(make_vendor(), 2)
    own_pace = course(delivery=Delivery.SELF_PACED)
    period = facts(days=5, hours=24 * 60, enrol_until=clock.today() + timedelta(days=50))
    with transaction():
        room = course_sessions.schedule(own_pace, period, actor=ARRANGING, at=clock.now())
    enrol(room, early)
    with time_machine.travel(room.starts_at + timedelta(days=20), tick=False):
        assert [one.status for one in enrol(room, late)] == [ENROLLED]
        withdraw(place(room, early), may_be_late=True)
        assert [one.id for one in queries.page(OPERATOR).rows] == [room.id]
    with time_machine.travel(room.ends_at, tick=False):
        assert queries.page(OPERATOR).rows == []
        with pytest.raises(Refusal, match="has begun"):
            enrol(room, early)
