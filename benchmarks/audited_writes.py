"""Goal 8: changes of records with their audit entries, each durable, by eight writers at once.

Two processes with four threads each, as `certhub run` starts its web workers. The floor does the same work with bare
SQL through the driver: read the record, change it, take the lock, read the head, hash, insert, commit.
"""

import hashlib
import itertools
import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import func, select

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.parties import Coordinator
from certhub.rules.audit_actions import AuditAction
from certhub.services import audit, audit_verification
from certhub.services.audit import SystemActor

PROCESSES, THREADS = 2, 4
LEAST_PER_SECOND = 800.0
_SOME_TEXT = "7:a change, told as long as one of a record's columns usually is," * 3

Writer = Callable[[], None]
Kind = Callable[[Database], Callable[[int], Writer]]
"""For one process, and then for the writer with a number."""


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Let the writers write into copies of the state for some seconds; the chain must hold afterwards."""
    seconds = 0.5 if quick else 5.0
    with copied(database, address) as copy:
        floor = _per_second(copy, _bare, seconds)
    with copied(database, address) as copy:
        per_second = _per_second(copy, _product, seconds)
        with copy.app().app_context():
            entries = db.session.scalar(select(func.max(AuditEntry.seq))) or 0
            assert entries >= copy.size.audit + round(per_second * seconds)
            after = audit_verification.verify()
            assert after.broken is None, after.broken
            db.session.remove()
            db.engine.dispose()
    limit = LEAST_PER_SECOND if copy.kind == "postgresql" else None
    writers = f"{PROCESSES * THREADS} writers"
    yield Measure("floor", f"chained writes in bare SQL, {writers}", copy.kind, floor, "/s", None)
    yield Measure(
        "8", f"audited writes, {writers}", copy.kind, per_second, "/s", limit, floor / per_second, at_least=True
    )


def _per_second(database: Database, kind: Kind, seconds: float) -> float:
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as processes:
        together = manager.Barrier(PROCESSES)
        futures = [processes.submit(_write, database, kind, together, seconds, place) for place in range(PROCESSES)]
        return sum(future.result() for future in futures) / seconds


def _write(database: Database, kind: Kind, together: threading.Barrier, seconds: float, place: int) -> int:
    """One process: the number of transactions that its threads committed in time."""
    done, writer_of = [0] * THREADS, kind(database)

    def meet() -> None:
        together.wait(120)

    ready = threading.Barrier(THREADS, action=meet)  # the last thread of each process meets the other processes

    def work(thread: int) -> None:
        write = writer_of(place * THREADS + thread)
        ready.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            write()
            done[thread] += 1

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


def _product(database: Database) -> Callable[[int], Writer]:
    """Writes as a view does; each thread keeps its session open."""
    app, actor = database.app(), SystemActor("benchmark")

    def writer_of(number: int) -> Writer:
        app.app_context().push()
        mine = db.session.scalars(select(Coordinator.id).order_by(Coordinator.id).offset(10 * number).limit(10)).all()
        turns = itertools.count()

        def write() -> None:
            turn = next(turns)
            with transaction():
                person = db.session.get_one(Coordinator, mine[turn % len(mine)])
                person.phone = f"617-555-{turn % 10_000:04d}"
                audit.record(actor, AuditAction.PARTY_UPDATED, person, at=clock.now())

        return write

    return writer_of


def _bare(database: Database) -> Callable[[int], Writer]:
    """The statements of `_product` and nothing around them."""

    def writer_of(number: int) -> Writer:
        begin, lock, mark, run = _driver(database)
        turns = itertools.count()

        def write() -> None:
            turn = next(turns)
            party = 10 * number + turn % 10 + 1
            begin()
            run(f"SELECT * FROM party WHERE id = {mark}", (party,))
            run(f"UPDATE party SET phone = {mark} WHERE id = {mark}", (f"617-555-{turn % 10_000:04d}", party))
            lock()
            seq, head = run("SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1", ())
            hashed = hashlib.sha256(f"{head}{seq}{_SOME_TEXT}".encode()).hexdigest()
            run(
                "INSERT INTO audit_entry (seq, at, actor, action, subject_type, changes, previous_hash, hash)"
                f" VALUES ({mark}, {mark}, 'benchmark', 'party.updated', 'party', {mark}, {mark}, {mark})",
                (seq + 1, "2026-03-02 15:00:00.000000+00:00", _SOME_TEXT, head, hashed),
            )
            run("COMMIT", ())

        return write

    return writer_of


def _driver(database: Database) -> tuple[Writer, Writer, str, Callable[[str, tuple[object, ...]], Any]]:
    """How this database begins a write, takes the chain's lock, marks a parameter, and runs a statement."""
    if database.kind == "sqlite":
        file = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
        file.execute("PRAGMA synchronous=FULL")
        return (
            partial(_ignored, file.execute, "BEGIN IMMEDIATE"),
            lambda: None,
            "?",
            lambda sql, values: file.execute(sql, values).fetchone(),
        )
    server = psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True)

    def run(sql: str, values: tuple[object, ...]) -> Any:
        cursor = server.execute(sql, values or None)
        return cursor.fetchone() if cursor.description else None

    return partial(_ignored, run, "BEGIN", ()), partial(_ignored, run, "SELECT pg_advisory_xact_lock(1)", ()), "%s", run


def _ignored(call: Callable[..., object], *arguments: object) -> None:
    call(*arguments)
