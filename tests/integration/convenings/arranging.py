"""Meetings for tests, planned by the same service that the pages use."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import icalendar
from sqlalchemy import select

from certhub import clock
from certhub.config import load
from certhub.database import db, transaction
from certhub.jobs.announcements import write
from certhub.jobs.registry import Occasion
from certhub.models.accounts import User
from certhub.models.convenings import Convening
from certhub.models.messages import Message
from certhub.models.parties import Coordinator
from certhub.queries import convenings
from certhub.rules.convenings import MeetingFacts
from certhub.services import convening_records
from certhub.services import convenings as service
from tests.factories import WHEN

URL = "http://certhub.example"
FACTS = MeetingFacts("Spring meeting", WHEN, WHEN, "250 Washington Street, Boston", "", None, ("Welcome", "Equipment"))


def planned(by: User, *, days: int = 30, **facts: object) -> Convening:
    """A meeting so many days from now; one of the past was planned before it."""
    at = clock.now().replace(microsecond=0)
    starts_at = at + timedelta(days=days)
    typed = replace(FACTS, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    typed = replace(typed, **facts)  # type: ignore[arg-type]  # facts are named by the tests
    with transaction():
        return service.plan(typed, actor=by, at=min(at, starts_at) - timedelta(days=1))


def answered(meeting: Convening, person: Coordinator, by: User, *, is_coming: bool = True) -> None:
    """Somebody says whether they come, a minute before the meeting begins."""
    with transaction():
        service.answer(
            meeting, {person: is_coming}, base_url=URL, actor=by, at=meeting.starts_at - timedelta(minutes=1)
        )


def attended(meeting: Convening, person: Coordinator, by: User, *, was_there: bool = True) -> None:
    """DPH records whether somebody was there."""
    with transaction():
        convening_records.record_attendance(meeting, {person: was_there}, actor=by, at=meeting.ends_at)


def changed(meeting: Convening, by: User, **facts: object) -> int:
    """DPH changes a meeting; how many people hear of it."""
    at = clock.now()
    with transaction():
        typed = replace(convenings.facts_of(meeting), **facts)  # type: ignore[arg-type]  # as above
        told = service.change(meeting, typed, shown=meeting.sequence, actor=by, at=at)
    db.session.refresh(meeting)
    return told


def invited(meeting: Convening, by: User) -> int:
    """DPH invites whoever was not invited before, and the worker writes the letters; how many were asked for."""
    with transaction():
        number = service.invite(meeting, actor=by, at=clock.now()).total
    letters_written()
    return number


def cancelled(meeting: Convening, by: User) -> int:
    """DPH cancels a meeting, and the worker writes the letters; how many were asked for."""
    with transaction():
        number = service.cancel(meeting, "Snow", actor=by, at=clock.now())
    letters_written()
    return number


def letters_written() -> None:
    """The worker writes what was asked for."""
    write(Occasion(clock.today(), load({"CERTHUB_BASE_URL": URL}), link=lambda _item: ""))


def mails(kind: str) -> list[Message]:
    """The letters of a kind, in the order of their recipients."""
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.recipient, Message.id)))


def told(meeting: Convening, person: Coordinator) -> list[tuple[str, str, int]]:
    """What the calendar files of somebody's letters about a meeting say: kind of letter, standing and number."""
    letters = db.session.scalars(select(Message).where(Message.recipient == person.email).order_by(Message.id))
    found: list[tuple[str, str, int]] = []
    for letter in letters:
        calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
        (event,) = calendar.walk("VEVENT")
        if str(event["UID"]) == f"{meeting.calendar_uid}@certhub":
            found.append((letter.kind.removeprefix("convening-"), str(event["STATUS"]), int(event["SEQUENCE"])))
    return found
