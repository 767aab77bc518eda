"""Calendar files as RFC 5545 asks for them: facts in, bytes out.

Instants are written in UTC, which every calendar shows in its own zone, so that no rule for daylight saving time has to
be sent along and none can be wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum

MEDIA_TYPE = "text/calendar"
_PRODUCT = "-//Massachusetts Department of Public Health//CertHub//EN"
_LONGEST_LINE = 75
"""Octets of a line, without its end (RFC 5545, 3.1)."""


class Standing(StrEnum):
    """Whether an event takes place."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class AllDay:
    """The first and the last day of what has no time of day; the last day belongs to it."""

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


def feed(events: Iterable[Event], *, title: str) -> bytes:
    """All events of a feed, for a calendar program that asks again by itself."""
    head = [
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(title)}",
        "X-WR-TIMEZONE:America/New_York",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    return _calendar([*head, *(line for event in events for line in _event(event))])


def invitation(event: Event, *, organizer: str, attendee: str) -> bytes:
    """One event for one person: to be added or changed, or to be taken off where it is cancelled.

    `organizer` is a sender as mail knows it ("CertHub <certhub@example.org>").
    """
    method = "CANCEL" if event.standing is Standing.CANCELLED else "REQUEST"
    name, address = parseaddr(organizer)
    people = [
        f"ORGANIZER;CN={_quoted(name or address)}:mailto:{address}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{attendee}",
    ]
    return _calendar([f"METHOD:{method}", *_event(event, people)])


def _calendar(lines: Iterable[str]) -> bytes:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", *lines, "END:VCALENDAR"]
    return b"".join(_folded(line) for line in whole)


def _event(event: Event, people: Iterable[str] = ()) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(event.changed_at)}"
    if isinstance(event.when, AllDay):
        yield f"DTSTART;VALUE=DATE:{event.when.first:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.when.last + timedelta(days=1):%Y%m%d}"  # the day after, as the standard has it
    else:
        starts_at, ends_at = event.when
        yield f"DTSTART:{_instant(starts_at)}"
        yield f"DTEND:{_instant(ends_at)}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.link:
        yield f"URL:{_one_line(event.link)}"
    yield from people
    yield f"STATUS:{event.standing.value}"
    yield "TRANSP:" + ("TRANSPARENT" if event.standing is Standing.CANCELLED else "OPAQUE")
    yield "END:VEVENT"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text with what means something to the format escaped, and no other control character."""
    kept = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in kept if char in "\n\t" or char.isprintable() or char == "\u00a0")
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _quoted(value: str) -> str:
    """The value of a parameter; nothing can escape a quotation mark in it, so it becomes an apostrophe."""
    return '"' + _one_line(value).replace('"', "'") + '"'


def _one_line(value: str) -> str:
    return "".join(char for char in value if char.isprintable())


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, each after the first with a space before it; no letter is cut in two."""
    pieces: list[bytes] = []
    piece = b""
    for char in line:
        octets = char.encode()
        if len(piece) + len(octets) > _LONGEST_LINE - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
