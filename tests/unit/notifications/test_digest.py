"""The words of digests, and rendering without surprises."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import icalendar
import pytest
from jinja2 import UndefinedError

from certhub.config import load, shipped
from certhub.documents.calendar import Event, feed
from certhub.notifications import digest, rendering
from certhub.notifications.letters import Letter, as_email
from certhub.notifications.transports import transport_for
from certhub.queries.obligation_sources import SOURCES
from certhub.rules.reminder_policies import Audience, ObligationKind

TODAY = date(2027, 7, 1)


def a_line(due_on: date, audience: Audience = Audience.HOLDER, name: str = "Ana Ferreira") -> digest.Line:
    return digest.line(
        words=SOURCES[ObligationKind.CREDENTIAL_RENEWAL].words, name=name, what="CC-CORE CC-2026-000123-4",
        due_on=due_on, audience=audience, today=TODAY, address="https://h/coordinators/1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2027, 7, 31), "It ends on July 31, 2027, in 30 days."),
        (date(2027, 7, 2), "It ends on July 2, 2027, in 1 day."),
        (date(2027, 7, 1), "It ends today, July 1, 2027. It is valid through the end of the day."),
        (date(2027, 6, 30), "It ended on June 30, 2027, 1 day ago."),
    ],
)
def test_the_distance_is_said_in_words(due_on: date, words: str) -> None:
    assert a_line(due_on).when == words


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2027, 7, 31), "It is due on July 31, 2027, in 30 days."),
        (date(2027, 7, 1), "It is due today, July 1, 2027."),
        (date(2027, 6, 30), "It was due on June 30, 2027, 1 day ago."),
    ],
)
def test_what_somebody_asked_for_is_due_and_does_not_end(due_on: date, words: str) -> None:
    told = digest.line(
        words=SOURCES[ObligationKind.CE_PROOF].words, name="Ana Ferreira", what="for CC-2026-000123-4", due_on=due_on,
        audience=Audience.HOLDER, today=TODAY, address="https://h/coordinators/1",
    )  # fmt: skip
    assert told.when == words
    assert told.title == "Your proof of training for CC-2026-000123-4"


@pytest.mark.parametrize("due_on", [date(2027, 6, 1), TODAY, date(2027, 7, 20)])
def test_a_renewal_that_was_filed_in_time_and_returned_ends_nothing(due_on: date) -> None:
    told = digest.line(
        words=SOURCES[ObligationKind.CREDENTIAL_RENEWAL].words, name="Ana Ferreira", what="CC-CORE", due_on=due_on,
        audience=Audience.HOLDER, today=TODAY, address="https://h/", stays_in_force=True,
    )  # fmt: skip
    assert "stays in force until DPH decides" in told.when
    assert "ended" not in told.when
    assert told.todo == "DPH has returned the renewal. Correct what DPH asks for, and send it in again."


def test_each_reader_learns_why_and_what_to_do() -> None:
    assert a_line(TODAY).title.startswith("Your credential")
    assert "works for your organization" in a_line(TODAY, Audience.EMPLOYER).why
    assert "Assignments stop" in a_line(date(2027, 6, 1), Audience.EMPLOYER).todo
    assert "speak to the organization" in a_line(TODAY, Audience.DPH).todo


def test_names_are_text_in_the_html_and_one_line_in_the_subject() -> None:
    told = rendering.render(
        "deadlines",
        {
            "recipient_name": "<b>HR</b>",
            "written_on": TODAY,
            "lines": [a_line(TODAY, Audience.EMPLOYER, "O'Neil <script>\r\nBcc: x")],
        },
    )
    assert "<script>" not in told.html
    assert "&lt;b&gt;HR&lt;/b&gt;" in told.html
    assert "\n" not in told.subject
    assert "O'Neil <script>" in told.text


def test_a_name_that_the_context_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendering.render("deadlines", {"recipient_name": "Ana"})


def test_names_in_any_script_survive_in_headers_and_bodies() -> None:
    letter = Letter("<a@h>", "ana@example.org", "مريم حداد", "Erinnerung für Ana", "Grüße\n", "<p>Grüße</p>", _AT)
    mail = as_email(letter, "CertHub <c@example.org>")
    assert mail["To"].addresses[0].display_name == "مريم حداد"
    assert mail.as_bytes().isascii()
    assert max(len(line) for line in mail.as_bytes().splitlines()) <= 998


@pytest.mark.parametrize("reply_to", ["", "Certification <certification@agency.gov>"])
def test_answers_go_to_people_where_an_address_of_theirs_is_set(reply_to: str, tmp_path: Path) -> None:
    letter = Letter("<a@h>", "ana@example.org", "Ana", "A reminder", "Text\n", "<p>Text</p>", _AT)
    settings = load({}, secret_key="k" * 40, data_dir=tmp_path, mail_reply_to=reply_to)
    transport_for(settings).send(letter)
    mail = message_from_bytes((settings.mail_dir / "a.eml").read_bytes())
    assert mail["Reply-To"] == (reply_to or None)
    bodies = [one.get_payload(decode=True) for one in mail.walk() if one.get_content_maintype() == "text"]
    assert len(bodies) == 2
    for body in bodies:
        words = body.decode() if isinstance(body, bytes) else ""
        assert ("If you have a question, answer this mail." in words) is bool(reply_to)
        assert ("You cannot answer this mail." in words) is not bool(reply_to)


def test_the_foot_for_a_payer_speaks_of_the_fund_and_of_no_work_or_account() -> None:
    payers = {"recipient_name": "", "written_on": TODAY, "lines": [replace(a_line(TODAY, Audience.PAYER), address="")]}
    ours = {"recipient_name": "", "written_on": TODAY, "lines": [a_line(TODAY)]}
    for one, is_payer in ((rendering.render("deadlines", payers), True), (rendering.render("deadlines", ours), False)):
        for words in (one.text, one.html):
            assert ("notices of the pooled fund go to this address" in words) is is_payer
            assert ("your work in the" in words) is not is_payer
            assert ("sign in to CertHub" in words) is not is_payer


@pytest.mark.parametrize("kind", rendering.kinds())
def test_whether_a_mail_can_be_answered_is_said_once_where_the_address_for_answers_is_known(kind: str) -> None:
    for part in ("body.txt", "body.html"):
        assert "answer it" not in (shipped("templates") / "emails" / kind / part).read_text(encoding="utf-8")


def test_a_calendar_file_goes_along_as_a_part_of_its_own_that_calendars_read() -> None:
    event = Event("session-1@certhub", 2, (_AT, _AT + timedelta(hours=3)), "Réunion", _AT)
    letter = Letter(
        "<a@h>",
        "ana@example.org",
        "Ana",
        "A seat",
        "Text\n",
        "<p>Text</p>",
        _AT,
        feed([event], title="CertHub").decode(),
    )
    mail = as_email(letter, "CertHub <c@example.org>")
    (part,) = list(mail.iter_attachments())
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "calendar.ics")
    assert part.get_param("method") == "PUBLISH"
    found: list[Any] = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert [(str(one["SUMMARY"]), int(one["SEQUENCE"])) for one in found] == [("Réunion", 2)]
    assert mail.get_body(("plain",)) is not None
    assert mail.as_bytes().isascii()


@pytest.mark.parametrize("calendar", ["", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
def test_each_letter_says_when_and_in_what_language_it_was_written_and_that_a_program_sent_it(calendar: str) -> None:
    letter = Letter("<a@h>", "ana@example.org", "Ana", "A seat", "Text\n", "<p>Text</p>", _AT, calendar)
    for _again in range(2):  # what is the same in every letter is parsed once
        mail = message_from_bytes(as_email(letter, "CertHub <c@example.org>", "Help <help@example.org>").as_bytes())
        told = {name: mail.get_all(name) for name in ("From", "Reply-To", "Date", "Content-Language", "Auto-Submitted")}
        assert told == {
            "From": ["CertHub <c@example.org>"],
            "Reply-To": ["Help <help@example.org>"],
            "Date": ["Thu, 01 Jul 2027 00:00:00 +0000"],
            "Content-Language": ["en"],
            "Auto-Submitted": ["auto-generated"],
        }


_AT = datetime(2027, 7, 1, tzinfo=UTC)
