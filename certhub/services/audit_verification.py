"""Proving the audit trail: every entry is hashed again and compared, from the first to the last.

A chain that was cut off at its end, or written anew from some entry on, holds in itself. It is found by comparing with
a head (number of entries and hash) that was kept outside the database: see `Kept`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String, Text, cast, func, literal, select

from certhub.database import db
from certhub.models.audit import AuditEntry
from certhub.models.base import UtcDateTime
from certhub.rules.audit_chain import GENESIS, HASHED, Broken, first_break

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Kept:
    """A head of the chain that somebody wrote down: after `entries` entries the hash was `head`."""

    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What the verification found: how many entries hold, the hash of the last of them, and the first that does not."""

    entries: int
    head: str
    broken: Broken | None
    seconds: float


def verify(progress: Callable[[int], None] | None = None, *, kept: Kept | None = None) -> VerificationReport:
    """Walk the whole chain in one read; memory stays flat.

    `progress` is told the number of entries read so far. With `kept`, the chain must also run through that head.
    """
    began = time.perf_counter()
    if kept is not None and kept.entries > 0:
        last, head, broken = first_break(_rows(progress, through=kept.entries))
        if broken is None:
            broken = _compared(kept, last, head)
        if broken is None:
            last, head, broken = first_break(_rows(progress, after=last), after=last, previous=head)
    else:
        last, head, broken = first_break(_rows(progress))
    return VerificationReport(last, head, broken, time.perf_counter() - began)


def head() -> Kept:
    """The head of the chain as it is now, to be kept elsewhere."""
    found = db.session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).one_or_none()
    return Kept(0, GENESIS) if found is None else Kept(found.seq, found.hash)


def told(report: VerificationReport) -> dict[str, Any]:
    """What the audit trail keeps of a verification."""
    return {
        "entries": report.entries,
        "head": report.head,
        "broken": None if report.broken is None else report.broken.problem,
    }


def _compared(kept: Kept, last: int, head: str) -> Broken | None:
    if last < kept.entries:
        return Broken(
            last + 1, f"entry {last + 1} is missing: the trail ends at {last}, but had {kept.entries} entries"
        )
    if head != kept.head.strip().lower():
        return Broken(last, f"entry {last} has another hash than the one that was kept: the trail was written anew")
    return None


def _rows(
    progress: Callable[[int], None] | None, *, after: int = 0, through: int | None = None
) -> Iterator[tuple[int, str, str, str]]:
    """Entries as the chain's rule takes them, straight from the driver: no objects, no dates parsed."""
    connection = db.session.connection()
    statement = (
        select(AuditEntry.seq, AuditEntry.previous_hash, AuditEntry.hash, _hashed_text(connection.dialect.name))
        .where(AuditEntry.seq > after)
        .order_by(AuditEntry.seq)
    )
    if through is not None:
        statement = statement.where(AuditEntry.seq <= through)
    sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    # A named cursor stays on PostgreSQL's side, so that the driver does not fetch everything at once.
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="audit_chain")
    cursor.execute(sql)
    try:
        read = after
        while batch := cursor.fetchmany(BATCH):
            yield from batch
            read += len(batch)
            if progress is not None:
                progress(read)
    finally:
        cursor.close()


def _hashed_text(dialect: str) -> ColumnElement[str]:
    """`audit_chain.hashed_text` of a row, put together by the database: half the work of doing it in Python."""
    texts = [_as_text(AuditEntry.__table__.c[name], dialect) for name in HASHED]
    if dialect == "sqlite":
        sized: list[ColumnElement[Any]] = []
        for text in texts:
            sized += [func.length(cast(text, LargeBinary)), text]
        return func.printf("%d:%s," * len(texts), *sized, type_=Text())
    pieces: list[ColumnElement[str]] = []
    for text in texts:
        pieces += [cast(func.octet_length(text), Text), literal(":"), text, literal(",")]
    return reduce(lambda sofar, piece: sofar.concat(piece), pieces)


def _as_text(column: ColumnElement[Any], dialect: str) -> ColumnElement[str]:
    """A hashed column as `audit_chain` writes it."""
    if dialect == "sqlite":
        return func.ifnull(column, literal(""))  # SQLite keeps instants as the very text that was hashed
    if isinstance(column.type, UtcDateTime):
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return column if isinstance(column.type, String) else func.coalesce(cast(column, Text), literal(""))
