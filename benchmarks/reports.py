"""Goal 9: the register of coordinators as of a past day, beside its raw SQL, and 10,000 rows of it as CSV."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import event

from benchmarks.databases import Database
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db
from certhub.documents.delimited import csv_text
from certhub.models.accounts import User
from certhub.queries import registers
from certhub.rules.vocabulary import SubjectType

TO_RAW = 2.0
CSV_ROWS, CSV_SECONDS = 10_000, 0.5


def measure(database: Database, _address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Read the register of a year ago, as objects and raw, in turn."""
    kind = database.kind
    rounds = 1 if quick else 5
    with database.app().app_context():
        viewer = db.session.get_one(User, 1)
        day = clock.today() - timedelta(days=365)
        sent: list[tuple[str, Any]] = []

        def tell(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                sent.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", tell)
        rows = list(registers.whole(viewer, SubjectType.COORDINATOR, day))
        event.remove(db.engine, "before_cursor_execute", tell)
        yield Measure("9", f"register of {len(rows):,} rows, statements", kind, len(sent), "", 1)

        statement, parameters = sent[0]
        cooked, raw = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            assert len(list(registers.whole(viewer, SubjectType.COORDINATOR, day))) == len(rows)
            cooked.append(time.perf_counter() - began)
            raw.append(_raw_seconds(statement, parameters))
        yield Measure(
            "9", "register as of a year ago", kind, 1000 * min(cooked), "ms", None, min(cooked) / min(raw), TO_RAW,
            details={"raw_ms": 1000 * min(raw)},
        )  # fmt: skip

        began = time.perf_counter()
        pieces = csv_text(
            registers.HEADING,
            (
                registers.cells(row)
                for row in islice(registers.whole(viewer, SubjectType.COORDINATOR, clock.today()), CSV_ROWS)
            ),
        )
        first = len(next(pieces))
        until_first = time.perf_counter() - began
        size = first + sum(len(piece) for piece in pieces)
        yield Measure(
            "9", f"CSV of {min(CSV_ROWS, len(rows)):,} rows", kind, time.perf_counter() - began, "s", CSV_SECONDS,
            details={"characters": size, "until_the_first": until_first},
        )  # fmt: skip
        db.session.remove()
        db.engine.dispose()


def _raw_seconds(statement: str, parameters: Any) -> float:
    """The same SQL through the driver and nothing else."""
    driver: Any = db.session.connection().connection.driver_connection
    cursor = driver.cursor()
    began = time.perf_counter()
    cursor.execute(statement, parameters)
    cursor.fetchall()
    seconds = time.perf_counter() - began
    cursor.close()
    return seconds
