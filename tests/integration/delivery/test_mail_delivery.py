"""Delivery over real SMTP: nothing lost, at most the message under way repeated, refusals told apart."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import mail_delivery
from certhub.jobs.registry import Counts, JobProblem, Occasion
from certhub.models.messages import Message, MessageStatus
from certhub.notifications.rendering import Rendered
from certhub.notifications.transports import FolderTransport, Opening, SmtpTransport, Transport, transport_for
from certhub.rules.mail_attempts import MOST_COPIES
from certhub.services import digests, mail_failures, outbox
from tests.conftest import settings_for
from tests.integration.delivery.mail_server import DyingTransport, Mailbox, serving


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(str(db.engine.url), tmp_path, base_url="http://certhub.example")


def with_smtp(settings: Settings, url: str, **overrides: object) -> Settings:
    return settings_for(settings.database_url, settings.data_dir, base_url=settings.base_url, smtp_url=url, **overrides)


def write(count: int, *, kind: str = "application-received") -> None:
    with transaction() as session:
        for number in range(count):
            told = Message(
                kind=kind, dedupe_key=f"{kind}:{number}", message_id=f"{number:032x}", subject="A test",
                recipient=f"person{number}@example.org", recipient_name=f"Person {number}", body_text="Text.\n",
                body_html="<p>Text.</p>\n", status=MessageStatus.QUEUED, attempts=0, created_at=clock.now(),
                next_attempt_at=clock.now(),
            )  # fmt: skip
            session.add(told)


def deliver(settings: Settings, opening: Opening = transport_for) -> Counts:
    occasion = Occasion(
        day=clock.today(), settings=settings, link=lambda _item: "https://certhub.example/", opening=opening
    )
    return mail_delivery.deliver(occasion)


def statuses() -> Counter[str]:
    db.session.expire_all()
    return Counter(status.value for status in db.session.scalars(select(Message.status)))


def only() -> Message:
    db.session.expire_all()
    return db.session.scalars(select(Message)).one()


def test_each_message_arrives_once_over_one_connection_with_both_bodies(settings: Settings) -> None:
    write(25)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 25}
        assert deliver(with_smtp(settings, url)) == {}

    assert len(set(mailbox.ids())) == len(mailbox.taken) == 25
    mail = mailbox.taken[0]
    assert mail["To"] == "Person 0 <person0@example.org>"
    assert mail["Message-ID"] == f"<msg-1-{0:032x}@certhub.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]


def test_one_in_ten_temporary_failures_lose_nothing_and_repeat_nothing(settings: Settings) -> None:
    write(100)
    mailbox = Mailbox(
        lambda recipient, attempt: "451 4.3.0 Later" if attempt <= int(recipient[6:-12]) % 10 // 9 else "250 OK"
    )
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 90, "put off": 10}
        assert deliver(with_smtp(settings, url)) == {}
        with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
            assert deliver(with_smtp(settings, url)) == {"sent": 10}
    assert len(set(mailbox.ids())) == len(mailbox.taken) == 100


def test_a_refused_recipient_fails_at_once_and_the_others_arrive(settings: Settings) -> None:
    write(3)
    mailbox = Mailbox(
        rcpt=lambda recipient, _: "550 5.1.1 No such person" if recipient.startswith("person1@") else "250 OK"
    )
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 2, "failed": 1}
    failed = db.session.scalars(select(Message).where(Message.status == MessageStatus.FAILED)).one()
    assert failed.last_error == "The mail server said 550 5.1.1: the recipient was refused."
    assert "person1" not in failed.last_error


def test_a_message_that_is_refused_for_now_backs_off_and_is_given_up_after_five_days(settings: Settings) -> None:
    write(1)
    mailbox = Mailbox(lambda _recipient, _attempt: "452 4.2.2 Mailbox full")
    pauses = []
    with serving(mailbox) as url, time_machine.travel(clock.now(), tick=False) as travelled:
        begun = clock.now()
        while only().status is not MessageStatus.FAILED:
            deliver(with_smtp(settings, url))
            pauses.append(only().next_attempt_at - clock.now())
            travelled.move_to(max(only().next_attempt_at, clock.now()))
            assert clock.now() < begun + timedelta(days=6)
        assert deliver(with_smtp(settings, url)) == {}
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(pauses[:-1]) == timedelta(hours=6)
    assert clock.now() < begun + timedelta(days=5) <= (only().failed_at or begun)
    assert mail_failures.failing() == {"person0@example.org"}  # full for five days: so is a report judged that says so


def test_a_message_that_waited_through_an_outage_has_all_its_tries_before_it(settings: Settings) -> None:
    write(1)
    with transaction() as session:
        session.get_one(Message, 1).waits_since = clock.now() - timedelta(days=9)
    with serving(Mailbox(lambda _recipient, _attempt: "451 4.3.0 Later")) as url:
        assert deliver(with_smtp(settings, url)) == {"put off": 1}


def test_a_server_that_answers_later_than_every_other_answer_may_take_gets_the_message_once(settings: Settings) -> None:
    def slow(_recipient: str, _attempt: int) -> str:
        time.sleep(1.5)
        return "250 OK"

    def opening(chosen: Settings) -> Transport:
        return SmtpTransport(str(chosen.smtp_url), chosen.mail_from, timeout=0.5)

    write(1)
    mailbox = Mailbox(slow)
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url), opening) == {"sent": 1}
    assert len(mailbox.taken) == 1


def test_a_message_that_may_have_arrived_is_sent_three_times_at_most_and_never_fails(settings: Settings) -> None:
    write(1)
    mailbox = Mailbox(lambda _recipient, _attempt: "drop")
    with serving(mailbox) as url, time_machine.travel(clock.now(), tick=False) as travelled:
        for _ in range(20):
            deliver(with_smtp(settings, url))
            travelled.shift(timedelta(hours=12))
    assert mailbox.tried["person0@example.org"] == MOST_COPIES == 3
    assert only().status is MessageStatus.IN_DOUBT
    assert mail_failures.failing() == set()


@pytest.mark.parametrize(
    "answer",
    ["530 5.7.0 Authentication required", "550 5.7.1 Relaying denied", "550 5.4.5 Daily quota", "550 No such user",
     "550 5.1.1 No such user", "451 4.3.2 Busy"],
)  # fmt: skip
def test_a_server_that_refuses_everybody_in_the_same_words_loses_nothing_and_marks_nobody(
    settings: Settings, answer: str
) -> None:
    write(12)
    mailbox = Mailbox(rcpt=lambda _recipient, _attempt: answer)
    with serving(mailbox) as url, time_machine.travel(clock.now(), tick=False) as travelled:
        for _ in range(4):
            with pytest.raises(JobProblem, match="takes nothing from CertHub"):
                deliver(with_smtp(settings, url))
            travelled.shift(timedelta(days=2))
        assert statuses() == {"queued": 12}
        assert mail_failures.failing() == set()
        mailbox.rcpt = lambda _recipient, _attempt: "250 OK"
        assert deliver(with_smtp(settings, url)) == {"sent": 12}


def test_a_sender_that_is_refused_for_one_recipient_only_is_told_so_after_five_days(settings: Settings) -> None:
    write(3)
    denied = Mailbox(rcpt=lambda to, _: "550 5.7.1 Blocked by policy" if to.startswith("person1@") else "250 OK")
    with serving(denied) as url, time_machine.travel(clock.now(), tick=False) as travelled:
        assert deliver(with_smtp(settings, url)) == {"sent": 2, "put off": 1}
        travelled.shift(timedelta(days=4, hours=23))
        assert deliver(with_smtp(settings, url)) == {"put off": 1}  # the server took nothing lately: is it us?
        travelled.shift(timedelta(hours=2))
        with transaction() as session:
            session.get_one(Message, 1).sent_at = clock.now()
        assert deliver(with_smtp(settings, url)) == {"failed": 1}
    assert mail_failures.failing() == set()


def test_addresses_that_are_refused_one_after_the_other_fail_where_the_server_takes_others(settings: Settings) -> None:
    write(8)
    mailbox = Mailbox(rcpt=lambda to, _: "250 OK" if to.startswith("person0@") else "550 5.1.1 No such user")
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 1, "failed": 7}
    assert len(mail_failures.failing()) == 7


def test_a_letter_that_cannot_be_prepared_is_put_off_and_the_outcome_before_it_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1)
    write(2, kind="deadlines")
    write(1, kind="application-closed")

    def read_again(message_id: int, *_arguments: object, **_named: object) -> Rendered | None:
        if message_id == 2:
            db.session.execute(text("SELECT nothing FROM nowhere"))
        return Rendered("A test", "Text.\n", "<p>Text.</p>\n")

    monkeypatch.setattr(digests, "read_again", read_again)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        with pytest.raises(JobProblem, match="could be prepared") as problem:
            deliver(with_smtp(settings, url))
        assert problem.value.counts == {"sent": 3, "not prepared": 1}
        assert statuses() == {"sent": 3, "queued": 1}
        assert deliver(with_smtp(settings, url)) == {}  # it waits its minute
    assert len(set(mailbox.ids())) == len(mailbox.taken) == 3
    bad = db.session.get_one(Message, 2)
    assert bad.attempts == 1
    assert str(bad.last_error).startswith("It could not be prepared (")


def test_whoever_waits_for_a_link_is_not_behind_all_others(settings: Settings) -> None:
    write(6)
    write(1, kind="password-reset")
    mailbox = Mailbox()
    with serving(mailbox) as url:
        deliver(with_smtp(settings, url, mail_ceiling=2))
    assert [mail["Message-ID"].split("-")[1] for mail in mailbox.taken] == ["7", "1"]


def test_while_the_server_is_down_nothing_is_lost_however_long_it_lasts(settings: Settings) -> None:
    write(5)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        pass  # the server has gone, its address is known
    start = clock.now()
    for hours in range(30):
        with time_machine.travel(start + timedelta(hours=hours), tick=True), pytest.raises(JobProblem) as problem:
            deliver(with_smtp(settings, url))
        assert "cannot be reached" in str(problem.value)
    assert statuses() == {"queued": 5}
    with serving(mailbox) as url, time_machine.travel(start + timedelta(hours=31), tick=True):
        assert deliver(with_smtp(settings, url)) == {"sent": 5}


def test_a_crash_after_the_servers_250_repeats_that_one_message_under_the_same_message_id(settings: Settings) -> None:
    write(10)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        smtp = with_smtp(settings, url)
        with pytest.raises(SystemExit):
            deliver(smtp, lambda chosen: DyingTransport(transport_for(chosen), dies_after=4))
        assert statuses() == {"sent": 3, "sending": 1, "queued": 6}

        assert deliver(smtp) == {"sent": 6}  # the one in doubt waits: its sender might still be alive
        with time_machine.travel(clock.now() + outbox.Doubt().after + timedelta(seconds=1), tick=True):
            assert deliver(smtp) == {"sent": 1}

    assert statuses() == {"sent": 10}
    assert Counter(Counter(mailbox.ids()).values()) == {1: 9, 2: 1}


@pytest.mark.parametrize("broken", [1, 3])
def test_what_the_server_took_while_the_database_was_away_is_entered_afterwards_and_leaves_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    write(3)
    mailbox, left = Mailbox(), [broken]

    @contextmanager
    def transaction_that_is_lost() -> Iterator[Session]:
        with transaction() as session:
            yield session
            if mailbox.taken and left[0]:
                left[0] -= 1
                raise OperationalError("COMMIT", None, Exception("The file is locked."))

    monkeypatch.setattr(mail_delivery, "transaction", transaction_that_is_lost)
    monkeypatch.setattr(mail_delivery, "_PAUSES_OF_THE_DATABASE", (0, 0))
    with serving(mailbox) as url:
        with pytest.raises(OperationalError):
            deliver(with_smtp(settings, url))
        assert statuses() == {"sent": 1, "queued": 2}
        with time_machine.travel(clock.now() + outbox.Doubt().after + timedelta(seconds=1), tick=True):
            assert deliver(with_smtp(settings, url)) == {"sent": 2}
    assert len(set(mailbox.ids())) == len(mailbox.taken) == 3


def test_a_message_whose_senders_died_three_times_waits_for_a_person(settings: Settings) -> None:
    write(1)
    mailbox = Mailbox()
    with serving(mailbox) as url, time_machine.travel(clock.now(), tick=False) as travelled:
        smtp = with_smtp(settings, url)
        for _ in range(MOST_COPIES):
            with pytest.raises(SystemExit):
                deliver(smtp, lambda chosen: DyingTransport(transport_for(chosen), dies_after=1))
            travelled.shift(outbox.Doubt().after + timedelta(seconds=1))
        write(1, kind="application-closed")
        assert deliver(smtp) == {"in doubt": 1, "sent": 1}
        travelled.shift(timedelta(days=1))
        assert deliver(smtp) == {}
    assert statuses() == {"in_doubt": 1, "sent": 1}
    assert Counter(Counter(mailbox.ids()).values()) == {MOST_COPIES: 1, 1: 1}
    assert db.session.scalar(select(Message.doubts).where(Message.status == MessageStatus.IN_DOUBT)) == MOST_COPIES


def test_with_park_a_crash_after_the_servers_250_repeats_nothing_and_waits_for_a_person(settings: Settings) -> None:
    write(10)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        smtp = with_smtp(settings, url, mail_in_doubt="park", mail_in_doubt_minutes=1)
        with pytest.raises(SystemExit):
            deliver(smtp, lambda chosen: DyingTransport(transport_for(chosen), dies_after=4))
        assert deliver(smtp) == {"sent": 6}  # its sender might still be alive
        with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
            assert deliver(smtp) == {"put aside as in doubt": 1}
            assert deliver(smtp) == {}
    assert statuses() == {"sent": 9, "in_doubt": 1}
    assert Counter(mailbox.ids()) == dict.fromkeys(mailbox.ids(), 1)


@pytest.mark.parametrize(
    ("setting", "status", "counted"), [("repeat", "queued", "put off"), ("park", "in_doubt", "in doubt")]
)
def test_a_connection_that_broke_before_the_answer_leaves_a_message_that_may_have_arrived(
    settings: Settings, setting: str, status: str, counted: str
) -> None:
    write(3)
    mailbox = Mailbox(lambda recipient, _attempt: "drop" if recipient.startswith("person1@") else "250 OK")
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url, mail_in_doubt=setting)) == {"sent": 2, counted: 1}
    assert statuses() == {"sent": 2, status: 1}
    broken = db.session.scalars(select(Message).where(Message.status != MessageStatus.SENT)).one()
    assert broken.last_error == "The connection broke while the message was handed over; it may have arrived."


def test_a_slow_sender_whose_message_was_put_aside_meanwhile_still_enters_that_it_was_sent(settings: Settings) -> None:
    write(1)
    start = clock.now()
    with transaction():
        claimed = outbox.claim(1, host="h", at=start, doubt=outbox.Doubt(repeat=False))
    assert claimed is not None
    with transaction():
        assert outbox.park(start + timedelta(minutes=21)) == 1
    assert only().status is MessageStatus.IN_DOUBT
    with transaction():
        outbox.settle(claimed, None, at=start + timedelta(minutes=22))
    assert only().status is MessageStatus.SENT


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(settings: Settings) -> None:
    write(1)
    with transaction() as session:
        session.get_one(Message, 1).body_text = "First\n.hidden\n..\nLast\n"
    mailbox = Mailbox()
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 1}
    text = mailbox.taken[0].get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[:4] == ["First", ".hidden", "..", "Last"]


def test_two_deliverers_at_once_send_nothing_twice(settings: Settings, committed_app: Flask) -> None:
    write(60)
    mailbox = Mailbox()
    counted: list[Counts] = []
    with serving(mailbox) as url:
        smtp = with_smtp(settings, url)

        def work() -> None:
            with committed_app.app_context():
                counted.append(deliver(smtp))
                db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(counted) == 2
    assert statuses() == {"sent": 60}
    assert len(set(mailbox.ids())) == len(mailbox.taken) == 60


def test_the_ceiling_holds_the_rest_for_the_next_run(settings: Settings) -> None:
    write(7)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        smtp = with_smtp(settings, url, mail_ceiling=5)
        assert deliver(smtp) == {"sent": 5, "held": 2}
        assert deliver(smtp) == {"sent": 2}


def test_a_server_that_closes_idle_connections_is_asked_again(settings: Settings) -> None:
    write(2)
    mailbox = Mailbox()
    with serving(mailbox) as url:
        transport = SmtpTransport(url, "CertHub <certhub@example.org>")
        letters = []
        for number in (1, 2):
            with transaction():
                claimed = outbox.claim(number, host="h", at=clock.now())
            assert claimed is not None
            letters.append(claimed.letter)
        transport.send(letters[0])
        assert transport._open is not None
        transport._open.close()
        transport.send(letters[1])
        transport.close()
    assert len(mailbox.taken) == 2


def test_without_a_server_mail_is_written_to_a_folder_where_a_repeat_replaces_itself(settings: Settings) -> None:
    write(2)
    with pytest.raises(SystemExit):
        deliver(settings, lambda chosen: DyingTransport(FolderTransport(chosen.mail_dir, chosen.mail_from), 1))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        assert deliver(settings) == {"sent": 2}
    files = sorted(path.name for path in settings.mail_dir.iterdir())
    assert files == [f"msg-{number + 1}-{number:032x}.eml" for number in range(2)]


def test_the_text_of_a_secret_link_is_not_kept_after_it_was_sent(settings: Settings) -> None:
    write(1, kind="password-reset")
    with serving(Mailbox()) as url:
        deliver(with_smtp(settings, url))
    assert "was removed" in only().body_text
    assert only().body_html == ""
