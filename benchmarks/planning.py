"""Goal of reminders: the day's planning for 100,000 due dates as set-based SQL, on a day on which all of them are new.

The floor copies as many rows as were written, from a table without any index into another one like it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, cast, func, insert, literal, select, text

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, look_at, transaction
from certhub.models.messages import Obligation, Reminder, ReminderNotice
from certhub.models.parties import Coordinator, ExternalLicence
from certhub.rules.licences import LICENCE_KINDS
from certhub.services import obligations, reminders

DUE_DATES = 100_000
LIMIT_SECONDS = 10.0
_DAYS_AHEAD = 200
_WATCHED_DAYS = 60
"""Reminders were switched on so long ago, so that each step whose day came since is one to tell."""


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Plan a first day, the day after it, and the same day again."""
    wanted = 300 if quick else DUE_DATES
    with copied(database, address) as copy:
        app = copy.app()
        with app.app_context():
            day = clock.today()
            _switch_on(day - timedelta(days=_WATCHED_DAYS))
            _add_licences(wanted, day)
            first = _planned(day)
            rows = sum(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in _WRITTEN)
            due = db.session.scalar(select(func.count()).select_from(Obligation)) or 0
            again, next_day = _planned(day), _planned(day + timedelta(days=1))
            db.session.remove()
            with db.engine.connect() as connection:
                floor = _copying(connection, rows)
            db.engine.dispose()
    details = {"due dates": due, "rows written": rows}
    yield Measure("floor", f"copying {rows:,} rows without an index", copy.kind, floor, "s", None)
    yield Measure(
        "planning", f"a day on which {due:,} due dates are new", copy.kind, first, "s", LIMIT_SECONDS,
        first / floor, details=details,
    )  # fmt: skip
    yield Measure("planning", "the same day again", copy.kind, again, "s", LIMIT_SECONDS)
    yield Measure("planning", "the day after it", copy.kind, next_day, "s", LIMIT_SECONDS)


_WRITTEN = (Obligation, Reminder, ReminderNotice)


def _switch_on(day: date) -> None:
    """Plan a day on which nothing is there yet to be reminded of: from it on, CertHub watches."""
    with transaction():
        reminders.plan(day, policies=obligations.shipped_policies(), at=clock.now())


def _add_licences(wanted: int, day: date) -> None:
    """Give coordinators licences of some kinds until there are as many due dates as are wanted."""
    with transaction() as session:
        people = session.scalar(select(func.count()).select_from(Coordinator)) or 1
        each = -(-wanted // people)
        for place, kind in enumerate(list(LICENCE_KINDS)[:each]):
            number = Coordinator.__table__.c.id
            due_on = _days_after(day, (number * 7 + place * 31) % _DAYS_AHEAD)
            licences = select(
                number, literal(kind), literal(f"{kind}-") + cast(number, ExternalLicence.number.type),
                literal(LICENCE_KINDS[kind][1]), literal("current"), due_on, literal(clock.now()),
            )  # fmt: skip
            columns = ["coordinator_id", "kind", "number", "issued_by", "status", "expires_on", "recorded_at"]
            session.execute(insert(ExternalLicence).from_select(columns, licences))
        look_at("external_licence")


def _days_after(day: date, days: Any) -> ColumnElement[Any]:
    if db.engine.dialect.name == "postgresql":
        later: ColumnElement[Any] = literal(day) + days
        return later
    found: ColumnElement[Any] = func.date(
        literal(day.isoformat()), cast(days, ExternalLicence.number.type) + literal(" days")
    )
    return found


def _planned(day: date) -> float:
    """Seconds in which a day is planned as the job does it, up to the messages."""
    policies = obligations.shipped_policies()

    def plan() -> None:
        with transaction():
            obligations.derive(day, policies=policies, at=clock.now())
            reminders.plan(day, policies=policies, at=clock.now())

    return _timed(plan)


def _copying(connection: Connection, rows: int) -> float:
    columns = "kind, subject_id, party_id, due_on, created_at"
    for name in ("bare", "copy"):
        connection.execute(text(f"CREATE TABLE planning_{name} AS SELECT {columns} FROM obligation WHERE 1 = 0"))
    have = connection.scalar(select(func.count(cast(Obligation.id, Integer)))) or 1
    for _ in range(-(-rows // have)):
        connection.execute(text(f"INSERT INTO planning_bare SELECT {columns} FROM obligation"))
    connection.commit()

    def copy() -> None:
        connection.execute(text(f"INSERT INTO planning_copy SELECT * FROM planning_bare LIMIT {rows}"))
        connection.commit()

    return _timed(copy)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
