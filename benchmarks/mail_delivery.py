"""Goal of delivery: messages a second to a local mail server, with one durable commit for each message.

The server is aiosmtpd in a process of its own. The floor sends the same texts with bare `smtplib` over one connection,
and commits, as the delivery does, what became of one message together with taking up the next one.
"""

import contextlib
import multiprocessing
import smtplib
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from multiprocessing.synchronize import Event
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from sqlalchemy import func, insert, select, update

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import mail_delivery, renewal_reminders
from certhub.jobs.registry import Occasion
from certhub.models.messages import Message, MessageStatus
from certhub.notifications.letters import Letter, as_email
from certhub.services.digests import DIGEST

LEAST_PER_SECOND = 200.0
MESSAGES = 2_000
_QUEUED = Message.status == MessageStatus.QUEUED
_SENDER = "CertHub <certhub@example.org>"
_TEXT = "A decision was made about your application.\n\n" + "Open the record to read what it says. " * 20 + "\n"


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Deliver plain messages, then the digests of a day of reminders; nothing may be lost or sent twice."""
    count = 50 if quick else MESSAGES
    with copied(database, address) as copy, _mail_server() as port:
        app = copy.app()
        settings = replace(app.extensions["certhub"].settings, smtp_url=f"smtp://127.0.0.1:{port}", mail_ceiling=10**6)
        with app.app_context():
            _write(count)
            floor = count / _timed(lambda: _bare(copy, port, count))
            _queue_again()
            plain = count / _timed(lambda: _deliver(settings, count))
            digests = _write_digests(settings, count)
            told = digests / _timed(lambda: _deliver(settings, digests)) if digests else None
            db.session.remove()
            db.engine.dispose()
    yield Measure("floor", "messages, bare smtplib and bare commits", copy.kind, floor, "/s", None)
    yield Measure(
        "mail", "messages delivered, each committed", copy.kind, plain, "/s", LEAST_PER_SECOND, floor / plain,
        at_least=True,
    )  # fmt: skip
    if told is not None:
        yield Measure(
            "mail", "digests delivered, each read again and committed", copy.kind, told, "/s", LEAST_PER_SECOND,
            floor / told, at_least=True, details={"digests": digests},
        )  # fmt: skip


class _Takes:
    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        return "250 OK"


@contextlib.contextmanager
def _mail_server() -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    up, end = context.Event(), context.Event()
    process = context.Process(target=_serve, args=(port, up, end), daemon=True)
    process.start()
    try:
        if not up.wait(60):
            raise RuntimeError("the mail server of the benchmark did not start")
        yield port
    finally:
        end.set()
        process.join(10)


def _serve(port: int, up: Event, end: Event) -> None:
    controller = Controller(_Takes(), hostname="127.0.0.1", port=port)
    controller.start()
    up.set()
    end.wait()
    controller.stop()


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _write(count: int) -> None:
    now = clock.now()
    with transaction() as session:
        session.execute(update(Message).values(status=MessageStatus.SENT))
        session.execute(
            insert(Message),
            [
                {
                    "kind": "application-received", "dedupe_key": f"delivery:{number}", "message_id": f"{number:032x}",
                    "recipient": f"person{number}@example.org", "recipient_name": f"Person {number}",
                    "subject": "A decision about your application", "body_text": _TEXT, "body_html": f"<p>{_TEXT}</p>",
                    "status": MessageStatus.QUEUED, "attempts": 0, "created_at": now, "next_attempt_at": now,
                }
                for number in range(count)
            ],
        )  # fmt: skip


def _queue_again() -> None:
    with transaction() as session:
        ours = update(Message).where(Message.dedupe_key.like("delivery:%"))
        session.execute(ours.values(status=MessageStatus.QUEUED, attempts=0, next_attempt_at=clock.now()))


def _write_digests(settings: Settings, most: int) -> int:
    """The digests of one day, which was a month after reminders were switched on; at most so many are left waiting."""
    today = clock.today()
    for day in (today - timedelta(days=30), today):
        renewal_reminders.remind(Occasion(day, settings, lambda _item: "https://certhub.example/records/1"))
    with transaction() as session:
        ids = list(session.scalars(select(Message.id).where(Message.kind == DIGEST, _QUEUED).order_by(Message.id)))
        rest = update(Message).where(Message.id.in_(ids[most:]))
        session.execute(rest.values(status=MessageStatus.WITHDRAWN))
    return len(ids[:most])


def _deliver(settings: Settings, count: int) -> None:
    occasion = Occasion(clock.today(), settings, lambda _item: "https://certhub.example/records/1")
    counts = mail_delivery.deliver(occasion)
    sent = counts.get("sent", 0) + counts.get("withdrawn", 0)
    assert sent == count, counts
    waiting = select(func.count()).where(_QUEUED)
    assert db.session.scalar(waiting) == 0


def _bare(database: Database, port: int, count: int) -> None:
    now = clock.now()
    with smtplib.SMTP("127.0.0.1", port) as server, _driver(database) as (begin, mark, run):
        claim = (
            f"UPDATE message SET status = 'sending', attempts = attempts + 1 WHERE dedupe_key = {mark}"
            " AND status = 'queued' RETURNING id, recipient, recipient_name, subject, body_text, body_html"
        )
        settle = f"UPDATE message SET status = 'sent' WHERE id = {mark} AND status = 'sending'"
        before = None
        for number in range(count):
            run(begin, ())
            if before is not None:
                run(settle, (before,))
            before, recipient, name, subject, text, html = run(claim, (f"delivery:{number}",)).fetchone()
            run("COMMIT", ())
            letter = Letter(f"<{number}@example.org>", recipient, name, subject, text, html, now)
            server.sendmail("certhub@example.org", [recipient], as_email(letter, _SENDER).as_bytes())
        run(begin, ())
        run(settle, (before,))
        run("COMMIT", ())


@contextlib.contextmanager
def _driver(database: Database) -> Iterator[tuple[str, str, Callable[[str, tuple[Any, ...]], Any]]]:
    """How this database begins a write and marks a parameter, and what runs a statement."""
    if database.kind == "sqlite":
        path = database.url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as lite:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
                lite.execute(f"PRAGMA {pragma}")
            yield "BEGIN IMMEDIATE", "?", lite.execute
        return
    with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as post:
        yield "BEGIN", "%s", post.execute
