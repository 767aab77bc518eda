"""Calendar files: read back by a parser of our own that follows RFC 5545, and by the library that calendars use."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.documents.calendar import AllDay, Event, Standing, feed, invitation, taken_off

STARTS = datetime(2027, 3, 14, 7, 0, tzinfo=UTC)  # 3:00 AM in Boston, the first minute after the skipped hour
EVENT = Event(
    uid="convening-1@certhub", sequence=2, when=(STARTS, STARTS + timedelta(hours=3)), summary="Spring meeting",
    changed_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC), place="250 Washington Street, Boston; room 2",
    description="Agenda:\n1. Welcome\n2. Backslash \\ and more", link="https://certhub.example/convenings/1",
)  # fmt: skip
WORDS = st.text(max_size=300)


def unfolded(body: bytes) -> list[tuple[str, str]]:
    """Name (with its parameters) and value of each line, as the standard says that they are read."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for line in body.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    whole = body.decode().replace("\r\n ", "")
    found = [re.fullmatch(r'((?:[^":]|"[^"]*")+):(.*)', line, re.S) for line in whole.split("\r\n")[:-1]]
    return [(one[1], one[2]) for one in found if one]


def one_event(body: bytes) -> dict[str, str]:
    lines = unfolded(body)
    assert [value for name, value in lines if name == "BEGIN"] == ["VCALENDAR", "VEVENT"]
    return {name: re.sub(r"\\(.)", lambda at: "\n" if at[1] == "n" else at[1], value) for name, value in lines}


def test_a_feed_says_what_is_on_in_utc_and_gives_what_was_written() -> None:
    found = one_event(feed([EVENT], title="CertHub"))
    assert (found["METHOD"], found["UID"], found["SEQUENCE"]) == ("PUBLISH", EVENT.uid, "2")
    assert (found["DTSTART"], found["DTEND"]) == ("20270314T070000Z", "20270314T100000Z")
    assert (found["DTSTAMP"], found["LAST-MODIFIED"]) == ("20261101T053000Z", "20261101T053000Z")
    assert (found["LOCATION"], found["DESCRIPTION"]) == (EVENT.place, EVENT.description)
    assert (found["STATUS"], found["TRANSP"], found["URL"]) == ("CONFIRMED", "OPAQUE", EVENT.link)


def test_a_cancelled_event_keeps_its_name_counts_up_and_takes_no_time() -> None:
    gone = replace(EVENT, sequence=3, standing=Standing.CANCELLED)
    found = one_event(invitation(gone, organizer='"DPH: Training" <certhub@example.org>', attendee="ana@example.org"))
    assert (found["METHOD"], found["UID"], found["SEQUENCE"]) == ("CANCEL", EVENT.uid, "3")
    assert (found["STATUS"], found["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert found['ORGANIZER;CN="DPH: Training"'] == "mailto:certhub@example.org"


def test_what_is_taken_off_one_calendar_is_the_same_event_cancelled_under_a_higher_number_and_later() -> None:
    at = EVENT.changed_at + timedelta(days=2)
    gone = taken_off(EVENT, at=at, because="You gave your place up.")
    found = one_event(feed([gone], title="CertHub"))
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == (EVENT.uid, "3", "CANCELLED")
    assert (found["DTSTAMP"], found["TRANSP"]) == ("20261103T053000Z", "TRANSPARENT")
    assert found["DESCRIPTION"] == f"You gave your place up.\n{EVENT.description}"
    assert taken_off(EVENT, at=EVENT.changed_at - timedelta(days=2)).changed_at == EVENT.changed_at


def test_an_invitation_names_who_invites_and_who_is_invited() -> None:
    body = invitation(EVENT, organizer=r'"The \"Board\"" <certhub@example.org>', attendee="ana@example.org")
    found = one_event(body)
    assert found["METHOD"] == "REQUEST"
    assert found["ORGANIZER;CN=\"The 'Board'\""] == "mailto:certhub@example.org"
    assert found["ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE"] == "mailto:ana@example.org"


def test_the_last_day_of_what_has_no_time_belongs_to_it_and_nobody_is_busy_in_it() -> None:
    found = one_event(feed([replace(EVENT, when=AllDay(date(2026, 12, 31), date(2026, 12, 31)))], title="CertHub"))
    assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    assert found["TRANSP"] == "TRANSPARENT"


def test_the_same_facts_are_the_same_bytes_and_no_event_is_a_calendar_too() -> None:
    assert feed([EVENT], title="CertHub") == feed([EVENT], title="CertHub")
    assert ("END", "VCALENDAR") in unfolded(feed([], title="CertHub"))


@given(WORDS)
def test_no_text_breaks_out_of_its_line(words: str) -> None:
    event = replace(EVENT, summary=words, place=words, description=words, link=f"https://x.example/{words}")
    lines = unfolded(feed([event], title=words))
    assert [name for name, _ in lines].count("BEGIN") == 2
    assert [name for name, _ in lines].count("UID") == 1


@given(WORDS)
def test_letters_of_any_script_come_back_as_they_were(words: str) -> None:
    kept = "".join(char for char in words if char.isprintable())
    assert one_event(feed([replace(EVENT, summary=kept)], title="CertHub"))["SUMMARY"] == kept


@pytest.mark.parametrize(
    "summary", ["Réunion d’État: Bảo, 李, שלום", 'a;b,c\\d "e"', "long " * 60, "\N{FAMILY} " * 40, "two\nlines"]
)
def test_the_library_reads_the_same_events(summary: str) -> None:
    event = replace(EVENT, summary=summary)
    for body in (
        feed([event], title="CertHub"),
        invitation(event, organizer="a@example.org", attendee="b@example.org"),
    ):
        calendar: Any = icalendar.Calendar.from_ical(body)
        (found,) = calendar.walk("VEVENT")
        assert (str(found["SUMMARY"]), str(found["UID"]), int(found["SEQUENCE"])) == (summary, EVENT.uid, 2)
        assert (found["DTSTART"].dt, found["DTEND"].dt) == event.when
        assert (str(found["LOCATION"]), str(found["DESCRIPTION"])) == (EVENT.place, EVENT.description)
        assert not found.errors
