"""Mail servers that are down, slow, refuse some letters, or hang up in the middle of one: no mail is lost."""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.config import Settings
from certhub.database import db
from certhub.jobs.registry import JobProblem
from certhub.models.messages import Message, MessageStatus
from certhub.notifications.transports import SmtpTransport
from tests.conftest import settings_for
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.delivery.test_mail_delivery import deliver, statuses, with_smtp, write
from tests.reliability.conftest import Counted
from tests.reliability.shares import shared_out


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(
        db.engine.url.render_as_string(hide_password=False), tmp_path, base_url="http://certhub.example"
    )


def test_with_one_in_ten_refused_for_now_every_message_arrives_once(
    settings: Settings, count: Counted, proven: Callable[..., None]
) -> None:
    messages = count(300, 10_000)
    chance = random.Random(11)  # noqa: S311  (a seed that a failure can be repeated with)
    refusals = Counter[str]()

    def answer(recipient: str, _attempt: int) -> str:
        if chance.random() < 0.1:
            refusals[recipient] += 1
            return "451 4.3.0 Please try again later"
        return "250 OK"

    write(messages)
    mailbox, minutes = Mailbox(answer), 0
    with serving(mailbox) as url, time_machine.travel(clock.now(), tick=True) as travelled:
        while db.session.scalar(select(func.count()).select_from(Message).where(Message.status != MessageStatus.SENT)):
            deliver(with_smtp(settings, url, mail_ceiling=1_000_000))
            minutes += 1
            travelled.shift(timedelta(minutes=1))
            assert minutes < 200

    assert statuses() == {"sent": messages}
    assert Counter(mailbox.ids()).most_common(1)[0][1] == 1
    assert len(mailbox.taken) == messages
    proven(messages=messages, refused_for_now=refusals.total(), minutes=minutes, lost=0, repeated=0)


def test_while_a_server_is_down_everything_waits_and_then_leaves_once(
    settings: Settings, count: Counted, proven: Callable[..., None]
) -> None:
    messages, minutes = count(30, 1_000), count(5, 120)
    write(messages)
    with serving(Mailbox()) as url:
        gone = with_smtp(settings, url)  # nobody listens there any more after this
    with time_machine.travel(clock.now(), tick=True) as travelled:
        for _minute in range(minutes):
            if db.session.scalar(select(func.count()).where(Message.next_attempt_at <= clock.now())):
                with pytest.raises(JobProblem, match="The messages wait and will be sent later"):
                    deliver(gone)
            travelled.shift(timedelta(minutes=1))
        assert statuses() == {"queued": messages}
        assert db.session.scalar(select(func.max(Message.attempts))) == 0, "an outage counts for no message"
        mailbox = Mailbox()
        travelled.shift(timedelta(days=1))
        with serving(mailbox) as url:
            assert deliver(with_smtp(settings, url, mail_ceiling=messages)) == {"sent": messages}
    assert len(set(mailbox.ids())) == len(mailbox.taken) == messages
    proven(messages=messages, minutes_down=minutes, lost=0, repeated=0)


def test_a_recipient_that_is_refused_fails_alone(
    settings: Settings, count: Counted, proven: Callable[..., None]
) -> None:
    messages = count(30, 1_000)
    write(messages)
    refused = f"person{messages // 2}@example.org"
    mailbox = Mailbox(rcpt=lambda to, _attempt: "550 5.1.1 No such user" if to == refused else "250 OK")
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url, mail_ceiling=messages)) == {"sent": messages - 1, "failed": 1}
        assert deliver(with_smtp(settings, url)) == {}
    failed = db.session.scalars(select(Message.recipient).where(Message.status == MessageStatus.FAILED)).all()
    assert failed == [refused]
    assert mailbox.asked[refused] == 1, "what was refused for good is not tried again"
    assert len(set(mailbox.ids())) == len(mailbox.taken) == messages - 1
    proven(messages=messages, refused=1, sent=messages - 1, repeated=0)


def test_a_server_that_takes_its_time_gets_every_message_once(settings: Settings) -> None:
    def answer(_recipient: str, _attempt: int) -> str:
        time.sleep(0.3)
        return "250 OK"

    write(4)
    mailbox = Mailbox(answer)
    with serving(mailbox) as url:
        assert deliver(with_smtp(settings, url)) == {"sent": 4}
    assert len(set(mailbox.ids())) == len(mailbox.taken) == 4


@contextmanager
def hanging_up(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what `talk` says to each connection, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # closed: the test is over
                    return
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def says(connection: socket.socket, *answers: str) -> None:
    """Greet, and give one answer to each line that comes."""
    connection.sendall(b"220 ready\r\n")
    for one in answers:
        connection.recv(65_536)
        connection.sendall(one.encode() + b"\r\n")


def mute(connection: socket.socket) -> None:
    """Take the connection and never say a word."""
    connection.recv(65_536)
    time.sleep(2)


def in_the_middle(connection: socket.socket) -> None:
    """Ask for the text, and hang up after its first bytes."""
    says(connection, "250 hello", "250 sender", "250 recipient", "354 go on")
    connection.recv(200)


@pytest.mark.parametrize("in_doubt", shared_out(["repeat", "park"]))
def test_a_server_that_hangs_up_in_the_middle_of_the_text_leaves_that_message_in_doubt_and_no_other(
    settings: Settings, in_doubt: str
) -> None:
    write(3)
    with hanging_up(in_the_middle) as url:
        deliver(with_smtp(settings, url, mail_in_doubt=in_doubt, mail_ceiling=1))
    assert statuses() == ({"in_doubt": 1, "queued": 2} if in_doubt == "park" else {"queued": 3})

    mailbox = Mailbox()
    later = clock.now() + timedelta(hours=7)
    with serving(mailbox) as url, time_machine.travel(later, tick=True):
        deliver(with_smtp(settings, url, mail_in_doubt=in_doubt))
    expected = {"in_doubt": 1, "sent": 2} if in_doubt == "park" else {"sent": 3}
    assert statuses() == expected
    assert Counter(mailbox.ids()).total() == expected["sent"] == len(set(mailbox.ids()))


def test_a_server_that_never_answers_is_given_up_for_now_and_nothing_is_lost(settings: Settings) -> None:
    write(3)
    with hanging_up(mute) as url, pytest.raises(JobProblem, match="The messages wait and will be sent later"):
        deliver(
            with_smtp(settings, url), lambda chosen: SmtpTransport(str(chosen.smtp_url), "x@y.example", timeout=0.5)
        )
    assert statuses() == {"queued": 3}


def test_a_server_that_takes_no_mail_from_us_at_present_loses_none(settings: Settings) -> None:
    def busy(connection: socket.socket) -> None:
        connection.sendall(b"421 4.3.2 too many connections\r\n")

    write(3)
    with hanging_up(busy) as url, pytest.raises(JobProblem):
        deliver(with_smtp(settings, url))
    assert statuses() == {"queued": 3}
