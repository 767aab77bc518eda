"""Digests are read again in groups just before they leave, and each for itself where the mail server is slow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from certhub import clock
from certhub.config import Settings
from certhub.database import db
from certhub.jobs import mail_delivery
from certhub.jobs.registry import Counts, JobProblem, Occasion
from certhub.models.certification import Credential
from certhub.models.messages import MessageStatus
from certhub.notifications.letters import Letter
from certhub.services import digest_readings
from tests.factories import make_coordinator
from tests.integration.reminders.arranging import a_credential, a_period, instant, link, messages, run_on, watch_from

DUE = date(2027, 6, 30)
TODAY = DUE - timedelta(days=30)
RENEWED_UNTIL = DUE + timedelta(days=730)


class Server:
    """Takes everything, after `before` was called with the number of letters that it took so far."""

    def __init__(self, before: Callable[[int], None]) -> None:
        self.before = before
        self.taken: list[str] = []

    def send(self, letter: Letter) -> None:
        self.before(len(self.taken))
        self.taken.append(letter.recipient)

    def close(self) -> None:
        """Nothing is open."""


def waiting(people: int) -> list[Credential]:
    """One digest waits for each of so many coordinators, whose credentials end."""
    watch_from(DUE - timedelta(days=200))
    credentials = [a_credential(make_coordinator(f"Person {number:03d}"), DUE) for number in range(people)]
    run_on(TODAY)
    assert len(messages(MessageStatus.QUEUED)) == people
    return credentials


def deliver(app: Flask, server: Server) -> Counts:
    settings: Settings = app.extensions["certhub"].settings
    return mail_delivery.deliver(Occasion(clock.today(), settings, link, opening=lambda _settings: server))


@contextmanager
def statements() -> Iterator[list[str]]:
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        run.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_who_renews_while_a_slow_server_takes_the_letters_before_is_not_told_any_more(app: Flask) -> None:
    credentials = waiting(8)
    with time_machine.travel(instant(TODAY), tick=False) as now:

        def before(taken: int) -> None:
            if taken == 4:  # what is left was read with the letters before
                now.shift(digest_readings.GOOD_FOR + timedelta(seconds=1))
                a_period(credentials[-1], RENEWED_UNTIL, starts_on=DUE + timedelta(days=1))

        server = Server(before)
        assert deliver(app, server) == {"sent": 7, "withdrawn": 1}
    assert str(credentials[-1].party.email) not in server.taken


def test_many_digests_are_read_again_together(app: Flask) -> None:
    waiting(100)
    with time_machine.travel(instant(TODAY), tick=False), statements() as run:
        assert deliver(app, Server(lambda _taken: None)) == {"sent": 100}
    readings = [one for one in run if one.startswith("SELECT") and "reminder_notice" in one]
    assert len(readings) == 2 * 8, "1, 2, 4, 8, 16, 32, 32 and the 5 that are left: their kinds, and the one kind"


def test_with_a_slow_server_no_letter_is_read_again_in_vain(app: Flask) -> None:
    waiting(20)
    with time_machine.travel(instant(TODAY), tick=False) as now, statements() as run:
        server = Server(lambda _taken: now.shift(digest_readings.GOOD_FOR * 2))
        assert deliver(app, server) == {"sent": 20}
    told = [one for one in run if one.startswith("SELECT") and "message.created_at" in one and "reminder_notice" in one]
    assert len(told) == 20


def test_what_cannot_be_read_with_others_is_tried_alone_and_no_letter_is_withdrawn(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(8)
    asked: list[int] = []
    kinds_told = digest_readings.kinds_told

    def failing(message_ids: list[int]) -> list[object]:
        asked.append(len(message_ids))
        if len(message_ids) == 4:
            raise LookupError
        return list(kinds_told(message_ids))

    monkeypatch.setattr(digest_readings, "kinds_told", failing)
    server = Server(lambda _taken: None)
    with (
        time_machine.travel(instant(TODAY), tick=False),
        pytest.raises(JobProblem, match="Not all messages could be prepared"),
    ):
        deliver(app, server)
    assert asked == [1, 2, 4, 1, 2, 1]
    assert len(server.taken) == 7
    assert len(messages(MessageStatus.QUEUED)) == 1
    assert not messages(MessageStatus.WITHDRAWN)
