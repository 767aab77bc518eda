"""Changes of sessions: what was held stays, what is to come moves, and people hear of what is new."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import CourseSession
from certhub.models.messages import Message
from certhub.rules import local_times
from certhub.rules.course_meetings import Meeting
from certhub.rules.courses import Delivery
from certhub.rules.refusal import Refusal
from certhub.services import course_sessions, session_results
from certhub.services.course_sessions import Changed, SessionFacts
from certhub.services.session_results import Marked
from tests.factories import ARRANGING, make_vendor
from tests.integration.parties.browsing import administrator, checked, fetched, send
from tests.integration.training.arranging import CORE, URL, course, enrol, facts, people, place, session
from tests.integration.training.test_results import close, hours, sheet, there


def change(room: CourseSession, given: SessionFacts) -> Changed:
    with transaction():
        return course_sessions.change(room, given, base_url=URL, actor=ARRANGING, at=clock.now())


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == "session-changed").order_by(Message.id)))


def planned(room: CourseSession) -> list[Meeting]:
    return [Meeting(one.starts_at, one.ends_at, one.id) for one in room.meetings]


def test_people_are_told_of_what_is_new_to_them_and_of_nothing_else(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course())
    enrol(room, person)
    assert change(room, facts(of=room, seats=12, notes="Bring a pen")) == Changed(0, ())
    assert letters() == []
    told = change(room, facts(of=room, seats=12, language="es", trainers="Imani Brooks"))
    assert told.told_of == ("language", "trainer")
    assert change(room, facts(of=room, days=31, language="es", trainers="Imani Brooks")).told_of == ("time",)
    assert [one.subject for one in letters()] == [
        "New language and trainer: Course CARE-1", "New time: Course CARE-1",
    ]  # fmt: skip
    assert "In Spanish, given by Imani Brooks" in letters()[0].body_text


def test_a_session_under_way_keeps_what_was_held_and_moves_what_is_to_come(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course(), meetings=2)
    enrol(room, person)
    first, second = planned(room)
    later = Meeting(second.starts_at + timedelta(days=7), second.ends_at + timedelta(days=7), second.number)
    until: Any = {"enrol_until": room.enrol_until, "withdraw_until": room.withdraw_until}
    with time_machine.travel(first.ends_at, tick=False):
        sheet(room, {place(room, person).id: there(room, 180, 0)})
        for wrong in ([later], [Meeting(first.starts_at, first.ends_at + timedelta(hours=1), first.number), later]):
            with pytest.raises(Refusal, match="Leave the meeting"):
                change(room, facts(held=wrong, **until))
        with pytest.raises(Refusal, match="Change the meetings that are left"), transaction():
            course_sessions.cancel(room, reason="Snow", base_url=URL, actor=ARRANGING, at=clock.now())
        assert change(room, facts(held=[first, later], **until)).told_of == ("time",)
    assert [one.id for one in room.meetings] == [first.number, second.number]
    with time_machine.travel(later.ends_at, tick=False):
        sheet(room, {place(room, person).id: there(room, 180, 180)})
        close(room)
        with pytest.raises(Refusal, match="is over"):
            change(room, facts(held=[first, later], **until))
    assert hours(person) == {"core": 360}


def test_a_meeting_to_which_somebody_checked_in_early_is_not_moved_any_more(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    room = session(course())
    enrol(room, person)
    with time_machine.travel(room.starts_at - timedelta(minutes=20), tick=False):
        with transaction():
            session_results.check_in(place(room, person), code=room.meetings[0].code, actor=ARRANGING, at=clock.now())
        with pytest.raises(Refusal, match="somebody checked in"):
            change(room, facts(of=room, days=31))


def test_meetings_shorter_than_the_hours_of_the_course_are_refused_and_more_are_added(client: FlaskClient) -> None:
    administrator(client)
    room = session(course(hours={CORE: Decimal(6)}), meetings=2)
    address = f"/training/sessions/{room.id}/edit"
    page = fetched(client, address)
    keys = [str(one.id) for one in room.meetings]
    assert all(f'value="{key}"' in page for key in keys)
    day, begins = local_times.shown(room.starts_at)
    following = (day + timedelta(days=1)).isoformat()
    form = {
        "day_1": day.isoformat(), "from_1": begins.strftime("%H:%M"), "to_1": "12:30", "meeting_1": keys[0],
        "day_2": following, "from_2": "9:00", "to_2": "10:00", "meeting_2": keys[1], "seats": "10",
        "trainers": "Dana Reyes", "language": "en", "enrol_until": day.isoformat(), "withdraw_until": day.isoformat(),
    }  # fmt: skip
    assert "Make them longer, or add one" in checked(send(client, address, **form))
    answer = send(client, address, **{**form, "to_2": "14:00"})
    assert answer.status_code == 302
    assert "Everybody who has a place was told of the new time." in fetched(client, answer.location)
    db.session.expire_all()
    assert [str(one.id) for one in room.meetings] == keys


def test_odd_numbers_in_hidden_fields_are_refused_or_passed_over(client: FlaskClient) -> None:
    administrator(client)
    room = session(course())
    day = local_times.shown(room.starts_at)[0].isoformat()
    form = {
        "day_1": day, "from_1": "9:00", "to_1": "15:00", "seats": "10", "trainers": "Dana Reyes", "language": "en",
        "enrol_until": day, "withdraw_until": day,
    }  # fmt: skip
    assert send(client, f"/training/sessions/{room.id}/edit", **form, meeting_1="9" * 5000).status_code == 302
    people = ["9" * 40, "x", ""]
    assert "no longer on" in checked(send(client, f"/training/sessions/{room.id}/enrol", people=people))


def test_a_period_holds_the_days_on_which_people_finished(app: Flask) -> None:
    person = people(make_vendor(), 1)[0]
    first = clock.today() + timedelta(days=1)

    def period(*, begins: int, ends: int) -> list[Meeting]:
        start, end = (local_times.first_moment(first + timedelta(days=days)) for days in (begins, ends))
        return [Meeting(start, end - timedelta(minutes=1), room.meetings[0].id if room else None)]

    room: CourseSession | None = None
    room = session(course(delivery=Delivery.SELF_PACED), held=period(begins=0, ends=60))
    enrol(room, person)
    with time_machine.travel(room.starts_at + timedelta(days=20), tick=False):
        tenth = first + timedelta(days=10)
        sheet(room, {place(room, person).id: Marked({room.meetings[0].id: 360}, finished_on=tenth)})
        with pytest.raises(Refusal, match="The period has to hold that day"):
            change(room, facts(held=period(begins=11, ends=60), enrol_until=first, withdraw_until=first))
        later = change(room, facts(held=period(begins=0, ends=90), enrol_until=first, withdraw_until=first))
        assert later.told_of == ("time",)
