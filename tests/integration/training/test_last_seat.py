"""Two at once at the last seat: it goes to one person, the others stand in one line, and nobody sits on a seat less."""

import re
from functools import partial

from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, give_up, transaction
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, CourseSessionSeat, Enrolment
from certhub.models.messages import Message
from certhub.queries import enrolments as queries
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.vocabulary import Role
from certhub.services import course_sessions, enrolments
from tests.at_once import at_once
from tests.factories import ARRANGING, make_coordinator, make_user, make_vendor
from tests.integration.training.arranging import URL, course, enrol, facts, session

_ROUNDS = 4
"""Who comes first differs; each round begins behind a barrier."""


def hr_with_two_people(name: str) -> tuple[int, int, list[int]]:
    """The HR person of a new vendor, the vendor, and the people who are picked: numbers only, as threads share them."""
    vendor = make_vendor()
    chosen = [make_coordinator(f"{name} {place}", vendor=vendor).id for place in range(2)]
    return make_user(Role.VENDOR_HR, vendor).id, vendor.id, chosen


def places_in(room: int) -> list[Enrolment]:
    """The places in the order in which they were given, as they are now: what was read before the threads is over."""
    give_up()
    return list(db.session.scalars(select(Enrolment).where(Enrolment.session_id == room).order_by(Enrolment.id)))


def numbers_told(places: list[Enrolment]) -> list[int]:
    """The numbers on the waiting list that the letters name, in the order in which people came."""
    return [
        int(number)
        for one in places
        for body in db.session.scalars(
            select(Message.body_text).where(
                Message.kind == "session-place", Message.dedupe_key.contains(f":{one.id}:waiting")
            )
        )
        for number in re.findall(r"number (\d+) on", body)
    ]


def test_two_hr_people_who_take_the_last_seat_at_once_give_it_to_one_person_and_the_others_one_line(
    committed_app: Flask,
) -> None:
    rooms = [session(course(code=f"R-{number}"), days=30 + number, seats=1).id for number in range(_ROUNDS)]
    both = [hr_with_two_people(name) for name in ("Ash", "Birch")]
    db.session.remove()

    def pick(room: int, hr: int, vendor: int, chosen: list[int]) -> None:
        found, actor = db.session.get_one(CourseSession, room), db.session.get_one(User, hr)
        with transaction():
            enrolments.enrol(found, chosen, vendor_id=vendor, base_url=URL, actor=actor, at=clock.now())

    for room in rooms:
        assert at_once(committed_app, *(partial(pick, room, *one) for one in both)) == []

    for room in rooms:
        places = places_in(room)
        assert [one.seat_number for one in places] == [1, None, None, None]
        assert [queries.place_in_line(one) for one in places] == [0, 1, 2, 3]
        assert numbers_told(places) == [1, 2, 3]
        first, second = {one.vendor_id for one in places[:2]}, {one.vendor_id for one in places[2:]}
        assert (len(first), len(second), first & second) == (1, 1, set())  # the picks of one HR person, then the other


def test_nobody_sits_on_a_seat_that_is_taken_away_while_they_enrol(committed_app: Flask) -> None:
    _, vendor, chosen = hr_with_two_people("Cedar")
    rooms = []
    for number in range(_ROUNDS):
        planned = session(course(code=f"R-{number}"), days=30 + number, seats=3)
        enrol(planned, make_coordinator(f"Early {number}", vendor=make_vendor()))
        rooms.append(planned.id)
    db.session.remove()

    def take(room: int) -> None:
        found = db.session.get_one(CourseSession, room)
        with transaction():
            enrolments.enrol(found, chosen, vendor_id=vendor, base_url=URL, actor=ARRANGING, at=clock.now())

    def fewer(room: int) -> None:
        found = db.session.get_one(CourseSession, room)
        wanted = facts(of=found, days=30 + rooms.index(room), seats=2)
        with transaction():
            course_sessions.change(found, wanted, base_url=URL, actor=ARRANGING, at=clock.now())

    for room in rooms:
        work = (partial(take, room), partial(fewer, room))
        problems = at_once(committed_app, *(work if room % 2 else reversed(work)))

        places = places_in(room)
        held = {one.seat_number for one in places if one.status is EnrolmentStatus.ENROLLED}
        numbers = db.session.scalars(select(CourseSessionSeat.number).where(CourseSessionSeat.session_id == room)).all()
        seats = db.session.get_one(CourseSession, room).seats
        assert len(places) == 3
        assert held <= set(numbers)
        if problems:  # whoever enrols was first: nobody loses a seat
            assert [str(one).partition(".")[0] for one in problems] == ["3 people have a seat"]
            assert (seats, len(numbers), len(held)) == (3, 3, 3)
        else:
            assert (seats, len(numbers), len(held)) == (2, 2, 2)
