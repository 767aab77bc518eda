"""Calendar files as RFC 5545 asks for them: facts in, bytes out.

Instants are written in UTC, which every calendar shows in its own zone, so that no rule for daylight saving time has to
be sent along and none can be wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum

import icalendar

MEDIA_TYPE = "text/calendar"
_ASKED_AGAIN = timedelta(hours=6)
_PRODUCT = "-//Massachusetts Department of Public Health//CertHub//EN"


class Standing(StrEnum):
    """Whether an event takes place."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class AllDay:
    """The first and the last day of what has no time of day and makes nobody busy; the last day belongs to it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Event:
    """One event as calendars know it.

    `uid` never changes, and `sequence` rises with each change: a calendar then changes the event that it has, and adds
    no second one.
    """

    uid: str
    sequence: int
    when: tuple[datetime, datetime] | AllDay
    summary: str
    changed_at: datetime
    place: str = ""
    description: str = ""
    link: str = ""
    standing: Standing = Standing.CONFIRMED


def taken_off(event: Event, *, at: datetime, because: str = "") -> Event:
    """The same event as it is taken off one calendar at an instant: cancelled, under a higher number."""
    return replace(
        event,
        standing=Standing.CANCELLED,
        sequence=event.sequence + 1,
        changed_at=max(event.changed_at, at),
        description="\n".join(line for line in (because, event.description) if line),
    )


def feed(events: Iterable[Event], *, title: str) -> bytes:
    """All events of a feed, for a calendar program that asks again by itself."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", icalendar.vText(_kept(title)))
    calendar.add("x-wr-timezone", "America/New_York")
    calendar.add("refresh-interval", _ASKED_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _ASKED_AGAIN)
    for event in events:
        calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def invitation(event: Event, *, organizer: str, attendee: str) -> bytes:
    """One event for one person: to be added or changed, or to be taken off where it is cancelled.

    `organizer` is a sender as mail knows it ("CertHub <certhub@example.org>").
    """
    calendar = _calendar("CANCEL" if event.standing is Standing.CANCELLED else "REQUEST")
    one = _event(event)
    name, address = parseaddr(organizer)
    host = icalendar.vCalAddress(f"mailto:{address}")
    host.params["CN"] = _one_line(name or address).replace('"', "'")  # nothing can escape a quotation mark in it
    guest = icalendar.vCalAddress(f"mailto:{attendee}")
    guest.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    one.add("organizer", host)
    one.add("attendee", guest)
    calendar.add_component(one)
    return bytes(calendar.to_ical())


def _calendar(method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(event: Event) -> icalendar.Event:
    one = icalendar.Event()
    one.add("uid", event.uid)
    one.add("sequence", event.sequence)
    one.add("dtstamp", event.changed_at.astimezone(UTC))
    one.add("last-modified", event.changed_at.astimezone(UTC))
    if isinstance(event.when, AllDay):
        one.add("dtstart", event.when.first)
        one.add("dtend", event.when.last + timedelta(days=1))  # the day after, as the standard has it
    else:
        starts_at, ends_at = event.when
        one.add("dtstart", starts_at.astimezone(UTC))
        one.add("dtend", ends_at.astimezone(UTC))
    for name, words in (("summary", event.summary), ("location", event.place), ("description", event.description)):
        if words or name == "summary":
            one.add(name, _kept(words))
    if event.link:
        one.add("url", _one_line(event.link))
    one.add("status", event.standing.value)
    # A period in which somebody learns at their own pace keeps nobody from meeting anybody.
    takes_time = event.standing is Standing.CONFIRMED and not isinstance(event.when, AllDay)
    one.add("transp", "OPAQUE" if takes_time else "TRANSPARENT")
    return one


def _kept(value: str) -> str:
    """A text without control characters, but for the ends of its lines."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or char.isprintable() or char == "\u00a0")


def _one_line(value: str) -> str:
    return "".join(char for char in value if char.isprintable())
