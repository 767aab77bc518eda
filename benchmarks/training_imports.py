"""Goal 5, for training: 5,000 and 100,000 completions checked, matched, imported and audited row by row by the worker.

The goals are for CSV. An Excel file of 100,000 is measured beside it, without a goal: most of its time goes into XML.

The import runs in a process of its own, whose memory is told by the system, while this one asks the web server for
pages all the time. The floor is the bare insert of the same rows in the same process.
"""

import csv
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import flask_migrate
import openpyxl
from flask import Flask
from sqlalchemy import insert, select

from benchmarks.databases import Database, copied
from benchmarks.http_load import Connection, serving
from benchmarks.lists import cookie_of
from benchmarks.results import Measure
from certhub import clock
from certhub.app import create_app
from certhub.database import db, transaction
from certhub.jobs.registry import Occasion
from certhub.jobs.training_imports import work_off
from certhub.models.accounts import User
from certhub.models.jobs import Lease
from certhub.models.parties import Coordinator, Party
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import ImportWork, TrainingImport, TrainingImportStatus
from certhub.queries.job_runs import WORKER
from certhub.rules.file_types import CSV, XLSX
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_columns import CERTHUB_HEADINGS, propose
from certhub.rules.vocabulary import SubjectType
from certhub.services import training_import_check, training_imports

LIMITS = {(5_000, "sqlite"): 2.5, (5_000, "postgresql"): 2.5, (100_000, "sqlite"): 30.0, (100_000, "postgresql"): 40.0}
MOST_MEGABYTES = 300.0
LONGEST_WAIT_SECONDS = {"sqlite": 15.0, "postgresql": 2.0}
"""For a page while a file is worked on. SQLite has one writer at a time: a page whose reading is logged waits for it,
and after 15 seconds (`busy_timeout`) it answers 503."""
READY_SECONDS = 0.05
"""For `/readyz` while a file is worked on: its statements wait for nobody."""
_FILES = ((5_000, CSV), (100_000, CSV), (100_000, XLSX))
_PAGES = ("list", "record")
_OK = 200
_ADMINISTRATOR = 1
_PAUSE_SECONDS = 0.1
_WARMING = 6
"""Times that each page is asked for before, so that both processes of the server have met it."""
_LEASE = timedelta(days=1)
_COURSES = 50


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Import files of both sizes; at a smaller scale, smaller ones."""
    share = min(1.0, database.size.coordinators / 20_000)
    with copied(database, address) as copy, _served(copy) as server:
        for whole, media_type in _FILES[1:] if quick else _FILES:
            limit = LIMITS[whole, copy.kind] if media_type == CSV else None
            rows = max(20, round(whole * share)) if quick or share < 1 else whole
            with _asking(server) as waits:
                done = subprocess.run(
                    [sys.executable, "-m", "benchmarks.training_imports", str(rows), media_type],
                    env=copy.environment(), check=True, stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
            told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            total = told["checking"] + told["importing"]
            what = f"training import of {rows:,} rows" + ("" if media_type == CSV else " of Excel")
            yield Measure("5", what, copy.kind, total, "s", limit, ratio=total / told["floor"], details=told)
            yield Measure("5", f"{what}: memory", copy.kind, told["megabytes"], "MB", MOST_MEGABYTES)
            yield Measure("5", f"{what}: undone", copy.kind, told["undoing"], "s", None)
            for page in _PAGES:
                slowest, most = 1000 * waits.slowest[page], 1000 * LONGEST_WAIT_SECONDS[copy.kind]
                yield Measure("5", f"{what}: slowest {page} meanwhile", copy.kind, slowest, "ms", most)
            yield Measure("5", f"{what}: pages refused meanwhile", copy.kind, waits.refused, "", 0)
            ready = sorted(waits.ready)
            most, limit = ready[len(ready) * 99 // 100], 1000 * READY_SECONDS
            yield Measure("5", f"{what}: /readyz meanwhile, 99 of 100", copy.kind, 1000 * most, "ms", limit)
            yield Measure("5", f"{what}: slowest /readyz meanwhile", copy.kind, 1000 * ready[-1], "ms", None)


@dataclass
class Waits:
    """The slowest answers of a server while something else is at work."""

    slowest: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    ready: list[float] = field(default_factory=list)
    """The seconds of each answer of `/readyz` that said that all is well; another one ends the asking."""
    problem: Exception | None = None
    """What ended the asking before the work was done; then nothing was measured."""


class _Server(NamedTuple):
    """A web server, and what an administrator asks it for: a list, and a record, whose reading is written down."""

    port: int
    pages: dict[str, str]
    cookie: str


@contextmanager
def _served(copy: Database) -> Iterator[_Server]:
    cookie = cookie_of(copy.app(), _ADMINISTRATOR)
    with copy.app().app_context():
        flask_migrate.stamp()  # else there would be nothing to compare with the newest migration
        with transaction() as session:  # a worker holds the lease, as at work: then nothing keeps `/readyz` from 200
            session.merge(Lease(name=WORKER, owner="benchmark", expires_at=clock.now() + _LEASE, fence=1))
        record = db.session.scalar(select(Coordinator.__table__.c.id).limit(1))
        db.session.remove()
    pages = dict(zip(_PAGES, ("/coordinators", f"/coordinators/{record}"), strict=True))
    with serving("certhub:create_app()", copy.environment()) as port:
        for path in [*pages.values(), "/readyz"] * _WARMING:
            warming = Connection(port)
            warming.get(path, cookie)
            warming.close()
        yield _Server(port, pages, cookie)


@contextmanager
def _asking(server: _Server) -> Iterator[Waits]:
    """Ask the web server for pages until the work is done."""
    waits, ended = Waits(), threading.Event()

    def ask() -> None:
        try:
            ask_on()
        except Exception as problem:  # noqa: BLE001  (raised again by the thread that measures)
            waits.problem = problem

    def ask_on() -> None:
        connection = Connection(server.port)
        while not ended.is_set():
            for name, path in server.pages.items():
                began = time.perf_counter()
                answer = connection.get(path, server.cookie)
                waits.refused += answer.status != _OK
                waits.slowest[name] = max(waits.slowest.get(name, 0.0), time.perf_counter() - began)
            began = time.perf_counter()
            answer = connection.get("/readyz")
            waits.ready.append(time.perf_counter() - began)
            if answer.status != _OK:  # quick, perhaps, but not what is measured
                raise RuntimeError(f"/readyz answered {answer.status}: {answer.body.decode()}")
            ended.wait(_PAUSE_SECONDS)
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield waits
    finally:
        ended.set()
        asking.join()
    if waits.problem is not None:
        raise waits.problem


def _file(rows: int, media_type: str) -> bytes:
    heading = list(CERTHUB_HEADINGS.values())
    if media_type == CSV:
        text = io.StringIO()
        csv.writer(text).writerows([heading, *_rows(rows)])
        return text.getvalue().encode()
    book, packed = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in chain([heading], _rows(rows)):
        sheet.append(row)
    book.save(packed)
    return packed.getvalue()


def _rows(rows: int) -> Iterator[list[Any]]:
    known = db.session.execute(
        select(Party.email, Party.name).where(Party.email.is_not(None), Party.kind == SubjectType.COORDINATOR)
    ).all()
    categories = list(TrainingCategory)
    today = clock.today()
    for number in range(rows):
        email, name = known[number % len(known)]
        yield [
            "", email, name, f"Imported course {number % _COURSES}, part {number // len(known)} of {rows}",
            "Online Institute", (today - timedelta(days=1 + number % 300)).isoformat(), "1.5",
            categories[number % len(categories)].value, f"OI-{number % _COURSES}-{number // len(known)}", 90, "yes",
        ]  # fmt: skip


def _work(app: Flask, found: int) -> float:
    """Seconds that the worker takes for what was asked of it."""
    began = time.perf_counter()
    work_off(Occasion(clock.today(), app.extensions["certhub"].settings, lambda *_parts, **_named: ""))
    seconds = time.perf_counter() - began
    db.session.remove()
    problem = db.session.get_one(TrainingImport, found).problem
    assert not problem, problem
    return seconds


def _floor(rows: int) -> float:
    """Seconds of the bare insert of as many rows."""
    person = db.session.scalar(select(Coordinator.__table__.c.id).limit(1))
    at = clock.now()
    values = [
        {
            "coordinator_id": person, "title": f"Imported course {number}", "provider": "Online Institute",
            "provider_approved": True, "course_code": "OI-1", "category": "core", "minutes": 90, "score": 90,
            "completed_on": at.date(), "recorded_at": at, "withdrawn": False,
        }
        for number in range(rows)
    ]  # fmt: skip
    table: Any = TrainingCompletion.__table__
    with db.engine.connect() as connection:
        began = time.perf_counter()
        connection.execute(insert(table), values)
        seconds = time.perf_counter() - began
        connection.rollback()
    return seconds


def _imported(rows: int, media_type: str) -> dict[str, float]:
    """Seconds of each step, and the most memory that the process took."""
    app = create_app()
    with app.app_context():
        data = _file(rows, media_type)
        administrator = db.session.get_one(User, _ADMINISTRATOR)
        glance = training_import_check.glance(data, media_type)
        layout = propose(glance.headings, (), glance.samples).layout
        with transaction():
            found = training_imports.upload(
                None, glance, sha256=app.extensions["certhub"].files.put(data), media_type=media_type, name="training",
                actor=administrator, at=clock.now(),
            )  # fmt: skip
            training_imports.lay_out(found, layout, glance.headings, save_as="", actor=administrator, at=clock.now())
            training_imports.ask(found, ImportWork.CHECK, actor=administrator, at=clock.now())
            number = found.id
        del data, glance
        told = {"checking": _work(app, number)}
        with transaction() as session:
            found = session.get_one(TrainingImport, number)
            assert found.counts["ready"] == rows, found.counts
            training_imports.choose(found, leave_out=False, actor=administrator, at=clock.now())
        told["importing"] = _work(app, number)
        assert db.session.get_one(TrainingImport, number).status is TrainingImportStatus.APPLIED
        told["megabytes"] = _most_megabytes()
        told["floor"] = _floor(rows)
        with transaction() as session:
            found = session.get_one(TrainingImport, number)
            found.undo_reason = "Measured"
            training_imports.ask(found, ImportWork.UNDO, actor=administrator, at=clock.now())
        told["undoing"] = _work(app, number)
    return told


def _most_megabytes() -> float:
    """The most memory that this program took; `ru_maxrss` also counts whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    print(json.dumps(_imported(int(sys.argv[1]), sys.argv[2])))
