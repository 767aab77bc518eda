"""Proving the audit trail: every entry is hashed again and compared, from the first to the last.

A chain that was cut off at its end, or written anew from some entry on, holds in itself. A cut is found by the head
that the database keeps beside the trail (`AuditHead`). Whoever can change that as well is found by comparing with a
head that was kept outside the database: see `Kept` and `services.audit_heads`.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, String, Text, case, cast, func, literal, select

from certhub.database import db
from certhub.models.audit import AuditEntry, AuditHead
from certhub.models.base import UtcDateTime
from certhub.models.standards import StandardVersion
from certhub.rules.audit_chain import GENESIS, HASHED, Broken, first_break

BATCH = 5000
_ROWS_AT_ONCE = 500
_FREE_TEXT = ("actor", "changes")
_INSTANT = len("2026-03-02 15:00:00.000000")
_INSTANT_FORMAT = "YYYY-MM-DD HH24:MI:SS.US"


@dataclass(frozen=True, slots=True)
class Kept:
    """A head of the chain that was kept: after `entries` entries the hash was `head`."""

    entries: int
    head: str
    where: str = field(default="the head that was given", compare=False)


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What the verification found: how many entries hold, the hash of the last of them, and the first that does not."""

    entries: int
    head: str
    broken: Broken | None
    seconds: float


def verify(progress: Callable[[int], None] | None = None, *, kept: Collection[Kept] = ()) -> VerificationReport:
    """Walk the whole chain in one read; memory stays flat.

    `progress` is told the number of entries read so far. The chain must run through every head in `kept`, and through
    the one that the database keeps.
    """
    began = time.perf_counter()
    last, head = 0, GENESIS
    sealed = _sealed()
    broken: Broken | None = None
    for through in sorted([*kept, *([sealed] if sealed else [])], key=attrgetter("entries")):
        if broken is None and through.entries > last:
            last, head, broken = first_break(
                _rows(progress, after=last, through=through.entries), after=last, previous=head
            )
        broken = broken or _compared(through, last, head)
    if broken is None:
        last, head, broken = first_break(_rows(progress, after=last), after=last, previous=head)
    broken = broken or _emptied(last) or _unsealed(last)
    return VerificationReport(last, head, broken, time.perf_counter() - began)


def runs_through(kept: Kept) -> bool:
    """Whether the trail still has the entry at which this head was kept; looks at that entry alone."""
    if kept.entries == 0:
        return True
    return db.session.scalar(select(AuditEntry.hash).where(AuditEntry.seq == kept.entries)) == kept.head


def head() -> Kept:
    """The head of the chain as it is now, to be kept elsewhere."""
    found = db.session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).one_or_none()
    return Kept(0, GENESIS) if found is None else Kept(found.seq, found.hash)


def size() -> int:
    """The number of the newest entry."""
    return db.session.scalar(select(func.max(AuditEntry.seq))) or 0


def told(report: VerificationReport) -> dict[str, Any]:
    """What the audit trail keeps of a verification."""
    return {
        "entries": report.entries,
        "head": report.head,
        "broken": None if report.broken is None else report.broken.problem,
    }


def _sealed() -> Kept | None:
    """The head that the database keeps; None where somebody removed it."""
    found = db.session.execute(select(AuditHead.seq, cast(AuditHead.hash, LargeBinary))).one_or_none()
    if found is None:
        return None
    stated = bytes(found[1]).decode("utf-8", "replace")
    return Kept(found[0], stated, "the head that the database keeps")


def _compared(kept: Kept, last: int, head: str) -> Broken | None:
    if last < kept.entries:
        missing = f"entry {last + 1} is missing: the trail ends at {last}"
        return Broken(last + 1, f"{missing}, but by {kept.where} it had {kept.entries} entries")
    if last == kept.entries and head != kept.head.strip().lower():
        return Broken(last, f"entry {last} has another hash than by {kept.where}: the trail was written anew")
    return None


def _unsealed(last: int) -> Broken | None:
    """Whether the head that the database keeps is gone or was turned back; read again, for the trail may have grown."""
    sealed = _sealed()
    if sealed is None:
        return Broken(last, "the head that the database keeps is missing, so a tail may have been cut off")
    if sealed.entries < last:
        return Broken(sealed.entries + 1, f"the head that the database keeps was turned back to {sealed.entries}")
    return None


def _emptied(last: int) -> Broken | None:
    """Whether nothing tells of the records that every installation has."""
    if last == 0 and db.session.scalar(select(StandardVersion.id).limit(1)) is not None:
        return Broken(1, "entry 1 is missing: the trail is empty, but the database holds records")
    return None


def _rows(
    progress: Callable[[int], None] | None, *, after: int = 0, through: int | None = None
) -> Iterator[tuple[int, bytes, bytes]]:
    """Entries as the chain's rule takes them, straight from the driver: no objects, no dates or letters read."""
    connection = db.session.connection()
    statement = (
        select(AuditEntry.seq, AuditEntry.hash, _hashed(connection.dialect.name))
        .where(AuditEntry.seq > after)
        .order_by(AuditEntry.seq)
    )
    if through is not None:
        statement = statement.where(AuditEntry.seq <= through)
    sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    batches = (
        _from_sqlite(driver, sql) if connection.dialect.name == "sqlite" else _from_postgresql(connection, driver, sql)
    )
    read = after
    for batch in batches:
        yield from batch
        read += len(batch)
        if progress is not None:
            progress(read)


def _from_sqlite(driver: Any, sql: str) -> Iterator[list[Any]]:
    cursor, letters = driver.cursor(), driver.text_factory
    driver.text_factory = bytes  # what is not UTF-8 is a broken entry, not an error
    try:
        cursor.execute(sql)
        while batch := cursor.fetchmany(BATCH):
            yield batch
    finally:
        driver.text_factory = letters
        cursor.close()


def _from_postgresql(connection: Connection, driver: Any, sql: str) -> Iterator[list[Any]]:
    # The rows arrive while those before them are hashed. Who stops early cancels the query, which would fail the whole
    # transaction without a savepoint around it.
    with (
        connection.begin_nested(),
        driver.cursor() as cursor,
        closing(cursor.stream(sql, binary=True, size=_ROWS_AT_ONCE)) as rows,
    ):
        while batch := [(seq, own.encode(), hashed.encode()) for seq, own, hashed in islice(rows, BATCH)]:
            yield batch


def _hashed(dialect: str) -> ColumnElement[str]:
    """What was hashed for a row, put together by the database: less than half the work of doing it in Python.

    A previous hash of another length gives nothing, so that no letters can be moved between it and the columns.
    """
    columns = [AuditEntry.__table__.c[name] for name in HASHED]
    previous = AuditEntry.__table__.c.previous_hash
    if dialect == "sqlite":  # SQLite keeps instants as the very text that was hashed
        sized: list[ColumnElement[Any]] = []
        for column in columns:
            # Only free text can hold letters of more than one byte. Whoever writes such a letter into another column
            # breaks the chain there, with whatever length.
            length = func.length(cast(column, LargeBinary) if column.name in _FREE_TEXT else column)
            sized += [func.ifnull(length, 0), column]
        netstrings: ColumnElement[str] = func.printf("%s" + "%d:%s," * len(columns), previous, *sized, type_=Text())
    else:
        netstrings = reduce(lambda sofar, piece: sofar.concat(piece), map(_netstring, columns), previous)
    return case((func.length(previous) == len(GENESIS), netstrings), else_=literal(""))


def _netstring(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A hashed column as `audit_chain` writes it, in PostgreSQL; an instant has always the same length."""
    if isinstance(column.type, UtcDateTime):
        return literal(f"{_INSTANT}:").concat(func.to_char(func.timezone("UTC", column), _INSTANT_FORMAT)).concat(",")
    text = column if isinstance(column.type, String) else cast(column, Text)
    written = cast(func.octet_length(text), Text).concat(":").concat(text).concat(",")
    return func.coalesce(written, literal("0:,"))
