"""Mail that does not arrive for good: marked, told to HR once, and followed by the ledger."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from certhub import clock
from certhub.config import SettingsError
from certhub.database import db, transaction
from certhub.jobs import bounces as bounce_job
from certhub.jobs.mail_delivery import deliver
from certhub.jobs.registry import JobProblem, Occasion
from certhub.models.messages import (
    FailingAddress,
    MailReport,
    Message,
    MessageStatus,
    Reminder,
    ReminderNotice,
    ReminderStatus,
)
from certhub.models.parties import Coordinator
from certhub.rules.mail_attempts import GIVE_UP_AFTER, LEAST_ATTEMPTS
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import bounces, mail_decisions, mail_failures, outbox
from certhub.services.audit import SystemActor
from certhub.services.bounces import Outcome
from tests.conftest import settings_for
from tests.factories import make_coordinator, make_employment, make_user, make_vendor, sign_in
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.reminders.arranging import a_credential, deliver_on, run_on, watch_from
from tests.unit.rules.test_bounces import in_form, in_words

DUE = date(2027, 7, 30)
BASE = "http://certhub.example"


def take(raw: bytes) -> Outcome:
    with transaction():
        return bounces.take(raw, base_url=BASE, at=clock.now())


def report_about(message: Message, action: str = "failed", status: str = "5.1.1") -> bytes:
    return in_form(action, status, f"Message-ID: {message.message_id}\r\n")


@pytest.fixture
def sent(app: Flask) -> Message:
    """The digest of a coordinator, which a server has taken."""
    watch_from(date(2026, 3, 2))
    a_credential(make_coordinator("Ana Ferreira"), DUE)
    run_on(DUE - timedelta(days=20))
    [message] = deliver_on(DUE - timedelta(days=20))
    return message


def test_a_message_that_came_back_is_marked_with_its_reminder_and_its_address(sent: Message) -> None:
    assert take(report_about(sent)) is Outcome.BOUNCED
    db.session.expire_all()
    assert sent.status is MessageStatus.BOUNCED
    assert sent.last_error == "A mail server sent the message back (5.1.1)."
    assert {one.status for one in db.session.scalars(select(ReminderNotice))} >= {ReminderStatus.BOUNCED}
    assert ReminderStatus.BOUNCED in set(db.session.scalars(select(Reminder.status)))
    assert db.session.get_one(FailingAddress, sent.recipient).bounced


@pytest.mark.parametrize("report", ["5.7.1", "5.4.7", "5.3.4", "5.2.3", "5.0.0", None])
def test_a_report_that_is_not_about_the_address_marks_the_message_and_nobodys_address(
    sent: Message, report: str | None
) -> None:
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor)
    make_employment(db.session.scalars(select(Coordinator)).one(), vendor)
    without_status = in_words("failure notice", f"Sorry.\nMessage-ID: {sent.message_id}")
    assert take(report_about(sent, status=report) if report else without_status) is Outcome.BOUNCED
    db.session.expire_all()
    assert sent.status is MessageStatus.BOUNCED
    assert ReminderStatus.BOUNCED in set(db.session.scalars(select(ReminderNotice.status)))
    assert (mail_failures.failing(), told()) == (set(), [])
    assert ("not about the address" if report else "without a status") in str(sent.last_error)


def test_the_same_report_twice_and_a_second_one_about_the_same_message_change_nothing(sent: Message) -> None:
    take(report_about(sent))
    assert take(report_about(sent)) is Outcome.KNOWN
    assert take(report_about(sent, status="5.0.0")) is Outcome.KNOWN
    assert len(db.session.scalars(select(MailReport)).all()) == 2
    db.session.expire_all()
    assert sent.last_error == "A mail server sent the message back (5.1.1)."


def test_a_message_that_is_only_late_stays_sent_and_says_so(sent: Message) -> None:
    assert take(report_about(sent, "delayed", "4.4.1")) is Outcome.DELAYED
    db.session.expire_all()
    assert sent.status is MessageStatus.SENT
    assert "late (4.4.1)" in str(sent.last_error)
    assert db.session.scalars(select(FailingAddress)).all() == []


def test_a_report_with_a_guessed_number_is_refused_and_harms_nothing(sent: Message) -> None:
    forged = in_form("failed", "5.1.1", f"Message-ID: <msg-{sent.id}-{'0' * 32}@certhub.example>\r\n")
    with pytest.raises(Refusal, match="does not name a message"):
        take(forged)
    db.session.expire_all()
    assert sent.status is MessageStatus.SENT


def a_failure(recipient: str, *, kind: str = "application-received", bounced: bool = False) -> Message:
    with transaction() as session:
        message = Message(
            kind=kind, dedupe_key=f"{recipient}:{clock.now()}", message_id="x", recipient=recipient, subject="S",
            body_text="T", body_html="H", status=MessageStatus.FAILED, created_at=clock.now(), attempts=1,
            next_attempt_at=clock.now(), failed_at=clock.now(), last_error="The mail server said 550 5.1.1.",
        )  # fmt: skip
        session.add(message)
        session.flush()
        mail_failures.mark(message, bounced=bounced, today=clock.today(), base_url=BASE, at=clock.now())
    return message


def told() -> list[str]:
    kind = (Message.kind == mail_failures.LETTER) & (Message.status == MessageStatus.QUEUED)
    return list(db.session.scalars(select(Message.recipient).where(kind).order_by(Message.recipient)))


def test_hr_at_the_present_employer_hears_once_that_mail_does_not_arrive(app: Flask) -> None:
    present, past = make_vendor(), make_vendor()
    hr, _other = make_user(Role.VENDOR_HR, present), make_user(Role.VENDOR_HR, past)
    person = make_coordinator("Ana Ferreira")
    make_employment(person, present)
    a_failure(str(person.email))
    a_failure(str(person.email))
    assert told() == [hr.email]
    letter = db.session.scalars(select(Message).where(Message.kind == mail_failures.LETTER)).one()
    assert "Ana Ferreira" in letter.body_text
    assert f"{BASE}/coordinators/{person.id}" in letter.body_text


@pytest.mark.parametrize(
    ("answer", "marked"),
    [
        ("452 4.2.2 Mailbox full", True),
        ("450 4.1.1 Unknown", True),
        ("451 4.3.0 Later", False),
        ("452 4.2.3 Too long", False),
        ("450 Later", False),
    ],
)
def test_what_is_given_up_after_days_is_told_to_hr_where_the_last_answer_is_about_the_address(
    app: Flask, answer: str, marked: bool
) -> None:
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    person = make_coordinator("Ana Ferreira", email="ana@example.org")
    make_employment(person, vendor)
    waits_since = clock.now() - GIVE_UP_AFTER
    with transaction() as session:
        session.add(
            Message(
                kind="application-received",
                dedupe_key="x",
                message_id="0" * 32,
                subject="S",
                body_text="T",
                body_html="H",
                recipient="Ana@example.org",
                status=MessageStatus.QUEUED,
                attempts=LEAST_ATTEMPTS,
                created_at=waits_since,
                waits_since=waits_since,
                next_attempt_at=clock.now(),
            )
        )
    with serving(Mailbox(lambda _recipient, _attempt: answer)) as url:
        settings = replace(app.extensions["certhub"].settings, smtp_url=url)
        assert deliver(Occasion(clock.today(), settings, lambda _item: BASE)) == {"failed": 1}
    assert mail_failures.failing() == ({"ana@example.org"} if marked else set())
    assert told() == ([hr.email] if marked else [])


def test_the_roster_the_record_and_the_account_say_that_mail_fails(client: FlaskClient) -> None:
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    person = make_coordinator("Ana Ferreira")
    make_employment(person, vendor)
    a_failure(str(person.email))
    a_failure(hr.email)
    signed_in = sign_in(client, hr)
    assert f"Mail to {person.email} failed on" in signed_in.get("/coordinators").text
    assert f"Mail to {person.email} failed on" in signed_in.get(f"/coordinators/{person.id}").text
    assert "to one that works" in signed_in.get("/account").text
    assert "Mail failed on" in sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get("/accounts").text


def test_a_failure_of_hrs_own_mail_or_of_such_a_letter_makes_no_other_letter(app: Flask) -> None:
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    person = make_coordinator("Ana Ferreira")
    make_employment(person, vendor)
    a_failure(hr.email)
    a_failure(str(person.email), kind=mail_failures.LETTER)
    assert told() == []


def test_a_later_success_clears_a_refusal_at_once_and_a_bounce_only_when_nothing_comes_back(app: Flask) -> None:
    a_failure("refused@example.org")
    a_failure("bounced@example.org", bounced=True)
    with transaction():
        for address in ("refused@example.org", "bounced@example.org"):
            mail_failures.clear(address)
    assert mail_failures.failing() == {"bounced@example.org"}
    later = clock.now() + timedelta(days=1)
    with transaction() as session:
        session.add(
            Message(
                kind="deadlines", dedupe_key="later", message_id="y", recipient="Bounced@example.org", subject="S",
                body_text="T", body_html="H", status=MessageStatus.SENT, created_at=later, sent_at=later, attempts=1,
                next_attempt_at=later,
            )
        )  # fmt: skip
    for days, left in ((4, {"bounced@example.org"}), (7, set())):
        with transaction():
            mail_failures.clear_proven(clock.now() + timedelta(days=days))
        assert mail_failures.failing() == left


def test_a_message_whose_text_is_gone_cannot_be_sent_again(app: Flask) -> None:
    message = a_failure("ana@example.org", kind="invitation")
    with transaction():
        outbox.forget_words(message.id)
    with pytest.raises(Refusal, match="personal link"), transaction():
        mail_decisions.retry(message, message.recipient, actor=SystemActor("test"), at=clock.now())


def test_the_job_reads_a_maildir_puts_each_report_aside_and_refuses_what_is_none(sent: Message, tmp_path: Path) -> None:
    inbox = tmp_path / "bounces"
    settings = settings_for("sqlite:///unused", tmp_path, bounce_dir=inbox, base_url=BASE)
    occasion = Occasion(clock.today(), settings, lambda _item: BASE)
    with pytest.raises(JobProblem, match="is not there"):
        bounce_job.take(occasion)
    for place in ("new", "cur"):
        (inbox / place).mkdir(parents=True)
    (inbox / "new" / "1").write_bytes(report_about(sent))
    (inbox / "cur" / "2").write_bytes(report_about(sent))
    (inbox / "new" / "3").write_bytes(b"garbage \x00\xff")
    (inbox / "new" / "4").symlink_to("/etc/hostname")
    assert bounce_job.take(occasion) == {"bounced": 1, "refused": 1, "known before": 1}
    assert sorted(path.name for path in (inbox / "taken").iterdir()) == ["1", "2"]
    assert [path.name for path in (inbox / "refused").iterdir()] == ["3"]
    assert bounce_job.take(occasion) == {}


def test_a_folder_in_which_the_worker_may_not_write_is_told_with_what_to_do(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"garbage")
    (tmp_path / "refused").write_text("in the way")
    settings = settings_for("sqlite:///unused", tmp_path, bounce_dir=tmp_path, base_url=BASE)
    with pytest.raises(JobProblem, match="may not move files within the folder that CERTHUB_BOUNCE_DIR names"):
        bounce_job.take(Occasion(clock.today(), settings, lambda _item: BASE))


def test_one_report_that_cannot_be_read_keeps_no_other_from_being_read(
    sent: Message, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "bounces"
    inbox.mkdir()
    (inbox / "1").write_bytes(b"locked away")
    (inbox / "2").write_bytes(report_about(sent))
    whole = Path.open

    def locked_away(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "1":
            raise PermissionError(13, "Permission denied")
        return whole(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", locked_away)
    settings = settings_for("sqlite:///unused", tmp_path, bounce_dir=inbox, base_url=BASE)
    with pytest.raises(JobProblem, match="Some reports cannot be read") as problem:
        bounce_job.take(Occasion(clock.today(), settings, lambda _item: BASE))
    assert problem.value.counts == {"cannot be read": 1, "bounced": 1}
    assert sorted(path.name for path in inbox.iterdir()) == ["1", "taken"]


def test_the_command_takes_a_report_from_a_pipe_and_forty_megabytes_change_nothing(sent: Message, app: Flask) -> None:
    runner = app.test_cli_runner()
    taken = runner.invoke(args=["mail", "bounce"], input=io.BytesIO(report_about(sent)))
    assert (taken.exit_code, taken.output) == (0, "The message is bounced.\n")
    large = runner.invoke(args=["mail", "bounce"], input=io.BytesIO(b"x" * 40_000_000))
    assert (large.exit_code, large.output) == (0, "The message is too large for a report of a mail server.\n")


def test_an_answer_of_a_person_is_not_sent_back_to_them(sent: Message, app: Flask) -> None:
    answer = f"From: ana@example.org\r\nSubject: Re: x\r\nIn-Reply-To: {sent.message_id}\r\n\r\nThank you.\r\n"
    done = app.test_cli_runner().invoke(args=["mail", "bounce"], input=io.BytesIO(answer.encode()))
    assert (done.exit_code, done.output.count("\n")) == (0, 1)
    assert sent.status is MessageStatus.SENT


@pytest.mark.parametrize(
    "problem",
    [
        OperationalError("BEGIN", None, Exception("canary@example.org")),
        InterfaceError("BEGIN", None, Exception("canary@example.org")),
        SettingsError("CERTHUB_SMTP_URL must begin with smtp://."),
        PermissionError(13, "Permission denied", "/canary"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_a_report_that_cannot_be_taken_now_is_asked_for_again_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fails(*_arguments: object, **_more: object) -> None:
        raise problem

    monkeypatch.setattr(bounces, "take", fails)
    done = app.test_cli_runner().invoke(args=["mail", "bounce"], input=io.BytesIO(b"x"))
    assert done.exit_code == 75
    assert "canary" not in done.output
