"""Sessions in calendars: stable names, rising sequence (lesson 25), and only what concerns the reader."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import icalendar
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.documents.calendar import Event, feed
from certhub.models.messages import Message
from certhub.queries import calendar, session_calendar
from certhub.rules.audit_actions import AuditAction
from certhub.rules.courses import Delivery
from certhub.rules.vocabulary import Role
from certhub.services import course_sessions, courses, enrolments
from certhub.services.courses import CourseFacts
from tests.factories import ARRANGING, make_program, make_user, make_vendor, sign_in
from tests.integration.parties.browsing import entries
from tests.integration.training.arranging import CORE, FIRST, URL, course, enrol, facts, people, place, session


def test_a_moved_and_cancelled_session_stays_one_event_for_each_meeting(client: FlaskClient) -> None:
    person = people(make_vendor(), 1)[0]
    user = make_user(Role.COORDINATOR, person)
    room = session(course(), meetings=2, link="https://meet.example.org/x")
    enrol(room, person)

    before = calendar.events_of(user, base_url=URL)
    with transaction():
        course_sessions.change(
            room, facts(of=room, days=33, meetings=2, link=room.link), base_url=URL, actor=ARRANGING, at=clock.now()
        )
    moved = calendar.events_of(user, base_url=URL)
    with transaction():
        course_sessions.cancel(room, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())
    gone = calendar.events_of(user, base_url=URL)

    assert [one.uid for one in before] == [one.uid for one in moved] == [one.uid for one in gone]
    assert [[one.sequence for one in some] for some in (before, moved, gone)] == [[0, 0], [1, 1], [2, 2]]
    assert [one.standing.value for one in gone] == ["CANCELLED", "CANCELLED"]
    assert "Join online: https://meet.example.org/x" in moved[0].description
    assert "Cancelled: Snow" in gone[0].description


def test_a_new_title_of_the_course_raises_the_number_of_what_is_to_come_and_nothing_else_does(
    client: FlaskClient,
) -> None:
    user = make_user(Role.DPH_ADMINISTRATOR)
    of = course()
    over, ahead, off = session(of, days=1), session(of, days=30), session(of, days=40)
    with transaction():
        course_sessions.cancel(off, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())

    def change(title: str, **values: Any) -> list[tuple[str, int]]:
        given = {
            "code": of.code, "title": title, "delivery": of.delivery, "hours": {CORE: Decimal(6)},
            "offered_from": FIRST, **values,
        }  # fmt: skip
        with transaction():
            courses.change(of, CourseFacts(**given), actor=ARRANGING, at=clock.now())
        db.session.expire_all()
        return [(one.summary, one.sequence) for one in calendar.events_of(user, base_url=URL)]

    first = of.title
    with time_machine.travel(over.ends_at + timedelta(hours=1), tick=False):
        assert change(first, summary="Only this is new") == [(first, 0), (first, 0), (first, 1)]
        assert change("Another title") == [("Another title", 0), ("Another title", 1), ("Another title", 2)]
        assert (over.changed_at < clock.now(), ahead.changed_at, off.changed_at) == (True, clock.now(), clock.now())
    told = entries(AuditAction.COURSE_SESSION_CHANGED)
    assert [one.subject_id for one in told] == [ahead.id, off.id]


def test_a_calendar_has_what_concerns_its_reader(client: FlaskClient) -> None:
    vendor, other, program = make_vendor(), make_vendor(), make_program()
    seated, waits = people(vendor, 2)
    room = session(course(program), seats=1, link="https://meet.example.org/x")
    enrol(room, seated, waits)
    readers = {
        make_user(Role.COORDINATOR, seated): 1, make_user(Role.COORDINATOR, waits): 0,
        make_user(Role.VENDOR_HR, vendor): 1, make_user(Role.VENDOR_HR, other): 0,
        make_user(Role.TRAINING_PROVIDER, program): 1, make_user(Role.TRAINING_PROVIDER, make_program()): 0,
        make_user(Role.AUDITOR): 0,
    }  # fmt: skip
    for reader, number in readers.items():
        found = calendar.events_of(reader, base_url=URL)
        assert (reader.role, len(found)) == (reader.role, number)
        if reader.role is Role.VENDOR_HR:
            assert not any("meet.example.org" in one.description or seated.name in str(one) for one in found)
    with transaction():
        enrolments.withdraw(
            place(room, seated), reason="Ill", may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now()
        )
    assert calendar.events_of(next(iter(readers)), base_url=URL) == []


def test_any_calendar_reads_the_file_of_a_session_and_only_who_has_a_seat_gets_the_link(client: FlaskClient) -> None:
    vendor = make_vendor()
    seated, waits = people(vendor, 2)
    room = session(course(title="Réunion; plan, A\\B"), meetings=3, hours=9, seats=1, link="https://meet.example.org/x")
    enrol(room, seated, waits)
    for person, told in ((seated, True), (waits, False)):
        sign_in(client, make_user(Role.COORDINATOR, person))
        body = client.get(f"/training/sessions/{room.id}/calendar.ics").data
        events: list[Any] = icalendar.Calendar.from_ical(body).walk("VEVENT")
        assert [(one["DTSTART"].dt, one["DTEND"].dt) for one in events] == [
            (one.starts_at, one.ends_at) for one in room.meetings
        ]
        assert {str(one["SUMMARY"]) for one in events} == {"Réunion; plan, A\\B"}
        assert (b"meet.example.org" in body) is told


def test_a_course_at_ones_own_pace_is_in_the_calendar_from_its_first_to_its_last_day(client: FlaskClient) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course(delivery=Delivery.SELF_PACED), hours=24 * 10)
    enrol(room, person)
    sign_in(client, make_user(Role.COORDINATOR, person))
    body = client.get(f"/training/sessions/{room.id}/calendar.ics").data
    found: list[Any] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    (event,) = found
    first = clock.civil_date(room.starts_at)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (first, first + timedelta(days=11))


def carried(recipient: str | None) -> list[tuple[str, int, str]]:
    """What the letters to somebody did to a calendar: kind, number and standing of each event."""
    told = db.session.scalars(select(Message).where(Message.recipient == recipient).order_by(Message.id))
    events: list[Any] = [
        (one.kind, event)
        for one in told
        if one.calendar
        for event in icalendar.Calendar.from_ical(one.calendar).walk("VEVENT")
    ]
    return [(kind, int(event["SEQUENCE"]), str(event["STATUS"])) for kind, event in events]


def test_letters_bring_the_meetings_along_to_who_has_a_seat_and_take_them_off_again(client: FlaskClient) -> None:
    seated, waits = people(make_vendor(), 2)
    room = session(course(), seats=1)
    enrol(room, seated, waits)
    with transaction():
        course_sessions.change(room, facts(of=room, days=33, seats=1), base_url=URL, actor=ARRANGING, at=clock.now())
    with transaction():
        course_sessions.cancel(room, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())

    assert calendar.events_of(make_user(Role.COORDINATOR, waits), base_url=URL) == []
    assert carried(seated.email) == [
        ("session-place", 0, "CONFIRMED"), ("session-changed", 1, "CONFIRMED"), ("session-cancelled", 2, "CANCELLED"),
    ]  # fmt: skip
    assert carried(waits.email) == []


def test_a_place_that_was_given_up_is_taken_off_and_a_new_one_is_put_back_under_a_higher_number(
    client: FlaskClient,
) -> None:
    person = people(make_vendor(), 1)[0]
    user = make_user(Role.COORDINATOR, person)
    room = session(course(), meetings=2, link="https://meet.example.org/x")
    seen: list[tuple[str, set[int]]] = []

    def noted(events: list[Event]) -> None:
        assert {one.uid for one in events} == {f"{room.calendar_uid}-{one.id}@certhub" for one in room.meetings}
        seen.append((events[0].standing.value, {one.sequence for one in events}))

    for _ in range(2):
        enrol(room, person)
        noted(calendar.events_of(user, base_url=URL))
        own, at = place(room, person), clock.now()
        with transaction():
            enrolments.withdraw(own, reason="Ill", may_be_late=True, base_url=URL, actor=ARRANGING, at=at)
        gone = session_calendar.events_taken_off(
            room, room.meetings, because="You gave your place up.", at=at, base_url=URL,
            given_up=session_calendar.given_up_before(own),
        )  # fmt: skip
        noted(gone)
        assert all(one.changed_at == at and "meet.example.org" not in one.description for one in gone)
    assert seen == [("CONFIRMED", {0}), ("CANCELLED", {1}), ("CONFIRMED", {2}), ("CANCELLED", {3})]


def test_a_meeting_that_a_session_dropped_is_taken_off_in_the_file_that_moves_the_others(client: FlaskClient) -> None:
    room = session(course(), meetings=2)
    dropped, at = room.meetings[1:], clock.now()
    with transaction():
        course_sessions.change(room, facts(of=room, days=33, meetings=1), base_url=URL, actor=ARRANGING, at=at)
    because = "This meeting was dropped."
    events = [
        *session_calendar.events_of_session(room, joins=True, base_url=URL),
        *session_calendar.events_taken_off(room, dropped, because=because, at=at, base_url=URL),
    ]
    read: Any = icalendar.Calendar.from_ical(feed(events, title="CertHub"))
    found = [(str(one["UID"]), str(one["STATUS"]), int(one["SEQUENCE"])) for one in read.walk("VEVENT")]
    assert found == [
        (f"{room.calendar_uid}-{room.meetings[0].id}@certhub", "CONFIRMED", 1),
        (f"{room.calendar_uid}-{dropped[0].id}@certhub", "CANCELLED", 2),
    ]


def test_letters_take_off_what_was_given_up_moved_or_dropped(client: FlaskClient) -> None:
    person = people(make_vendor(), 1)[0]
    of = course(hours={CORE: Decimal(3)})
    room, later = session(of, meetings=2), session(of, days=40)

    def give_up() -> None:
        with transaction():
            enrolments.withdraw(
                place(room, person), reason="Ill", may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now()
            )

    enrol(room, person)
    give_up()
    enrol(room, person)
    with transaction():
        course_sessions.change(room, facts(of=room, meetings=1, hours=3), base_url=URL, actor=ARRANGING, at=clock.now())
    with transaction():
        enrolments.move(place(room, person), later, may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now())
    assert carried(person.email) == [
        *[("session-place", 0, "CONFIRMED")] * 2,
        *[("session-place-given-up", 1, "CANCELLED")] * 2,
        *[("session-place", 2, "CONFIRMED")] * 2,
        ("session-changed", 3, "CONFIRMED"), ("session-changed", 4, "CANCELLED"),
        ("session-place", 4, "CANCELLED"), ("session-place", 0, "CONFIRMED"),
    ]  # fmt: skip
