"""The only session and the only commit.

Reading happens in a plain transaction. Everything that writes happens inside `transaction()`: on SQLite it takes the
write lock at once (`BEGIN IMMEDIATE`), so that what a rule checks is still true when it is saved; it chains the audit
entries of the unit of work; and it refuses to commit a change that no audit entry tells of.
"""

import enum
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import ColumnElement, Connection, event, func, inspect, literal, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.attributes import get_history

from certhub import clock
from certhub.connections import WRITES
from certhub.models import Base
from certhub.models.base import UtcDateTime
from certhub.rules.audit_chain import GENESIS, entry_hash, hashed_text, instant_text

log = structlog.get_logger("certhub.database")

# Savepoints matter only where the session is bound to an open connection: in the tests, which roll it back.
db = SQLAlchemy(
    metadata=Base.metadata, session_options={"expire_on_commit": False, "join_transaction_mode": "create_savepoint"}
)

Row = TypeVar("Row", bound=Base)

_ROWS_LOOKED_AT = 1000
"""Rows of each index that statistics are made of: a few milliseconds, however large the table is."""
_AUDIT_LOCK = 7_203_111
"""Key of PostgreSQL's advisory lock under which entries are chained."""
_LOCK = f"SELECT pg_advisory_xact_lock({_AUDIT_LOCK})"
_COLUMNS = (
    "seq", "at", "actor_id", "actor", "action", "subject_type", "subject_id", "party_id", "changes", "previous_hash",
    "hash",
)  # fmt: skip
_ENTRIES = f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  (our own words)
"""Entries in SQLite: texts and numbers as they are kept, instants as they are hashed."""
_ENTRIES_AT_ONCE = (
    "INSERT INTO audit_entry"
    " (seq, at, actor_id, actor, action, subject_type, subject_id, party_id, changes, previous_hash, hash)"
    " SELECT * FROM unnest(%(seq)s::bigint[], %(at)s::timestamptz[], %(actor_id)s::integer[], %(actor)s::text[],"
    " %(action)s::text[], %(subject_type)s::text[], %(subject_id)s::bigint[], %(party_id)s::integer[],"
    " %(changes)s::text[], %(previous_hash)s::text[], %(hash)s::text[])"
)
"""Entries in PostgreSQL: one array for each column. As `text`, for a cast to `varchar(n)` would cut without a word."""
_HEAD = text(
    "SELECT seq, hash FROM (SELECT seq, hash, 1 AS place FROM audit_head UNION ALL SELECT * FROM "
    "(SELECT seq, hash, 2 AS place FROM audit_entry ORDER BY seq DESC LIMIT 1) AS newest) AS heads "
    "ORDER BY seq DESC, place LIMIT 1"
)
"""The highest entry ever chained, even if it is gone: writing on after a tail was cut off leaves a gap for good."""


class UnauditedChange(RuntimeError):
    """A unit of work changed a record without an audit entry: a programming error, so nothing is saved."""


@dataclass(slots=True)
class PendingEntry:
    """An audit entry before it is chained; `row` is the changed object where its columns are to be told."""

    at: datetime
    actor_id: int | None
    actor: str
    action: str
    subject_type: str
    subject_id: int | None
    party_id: int | None
    changes: dict[str, Any] = field(default_factory=dict)
    row: Base | None = None


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of a unit of work that is undone alone where it fails; what came before it in the unit stays."""
    with db.session.begin_nested():
        yield


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: all of it is saved together with its audit entries, or none of it.

    Records that were read before are read again, under the lock where the database has one, so a check inside the block
    never rests on stale values.
    """
    session: Session = db.session()
    if session.info.get(WRITES):
        raise RuntimeError("a transaction is already open; services never open one")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("records were changed before the transaction began")
    session.commit()
    session.expire_all()
    session.info[WRITES] = True
    session.info["entries"] = []
    session.info["changed"] = {}
    try:
        session.connection(execution_options={WRITES: True})
        yield session
        session.flush()
        _seal(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in (WRITES, "entries", "changed"):
            session.info.pop(key, None)


def is_writing() -> bool:
    """Whether a transaction is open, so that what is read now is part of it."""
    return bool(db.session().info.get(WRITES))


def own_clock() -> datetime:
    """What time it is by the clock that all hosts share: the database's. The clocks of hosts differ.

    A file of SQLite has no clock but that of the one host that it is on.
    """
    if db.engine.dialect.name == "sqlite":
        return clock.now()
    told: datetime = db.session.execute(select(own_clock_column())).scalar_one()
    return told


def own_clock_column() -> ColumnElement[datetime]:
    """The same for a statement that asks for something else, too."""
    if db.engine.dialect.name == "sqlite":
        return literal(clock.now(), UtcDateTime())
    return func.clock_timestamp()


def init_database(app: Flask) -> None:
    """Bind the session to the application, and end what a request has read."""
    db.init_app(app)

    @app.teardown_appcontext
    def end_reading(problem: BaseException | None) -> None:
        # Nothing waits to be saved here, but psycopg forgets all its prepared statements when a transaction is rolled
        # back, and then PostgreSQL plans each statement of each page anew, which takes longer than running it.
        if problem is not None or not db.session.registry.has():
            return
        try:
            db.session.commit()
        except SQLAlchemyError as lost:
            # The answer is there already. What comes from here would reach the server's log with its text.
            log.warning("database", error=type(lost).__name__)
            with suppress(SQLAlchemyError):
                db.session.rollback()


def give_up() -> None:
    """End the transaction of a request that failed: nothing of it is kept, and what is read next is as it then is."""
    db.session.rollback()


def looks_only_when_asked() -> bool:
    """Whether the database looks at how its tables are filled only when it is asked to, as SQLite does."""
    return db.engine.dialect.name == "sqlite"


def refresh_statistics() -> bool:
    """Let SQLite look at some rows of each index, so that it picks the one that narrows most; whether it did.

    PostgreSQL does so by itself.
    """
    if not looks_only_when_asked():
        return False
    with db.engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS_LOOKED_AT}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return True


def look_at(table: str) -> None:
    """Let PostgreSQL look at once at a table that this unit of work has filled with many rows.

    It does so by itself within a minute or so. Until then it takes the table for empty, and what asks of its rows in
    that minute takes many times as long.
    """
    connection = db.session().connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {connection.dialect.identifier_preparer.quote(table)}")


def locked(row: Row, *, with_key: bool = True) -> Row:
    """`row` as it is now, locked until the transaction ends: two people deciding at once come one after the other.

    Rows that refer to it cannot be put in meanwhile. Without its key they can, and two people who hold other rows do
    not wait for each other in a ring: for what is locked before rows that refer to several others are put in.
    """
    # Only the row itself: PostgreSQL locks nothing that is read along with it by an outer join.
    db.session.refresh(row, with_for_update={"of": type(row), "key_share": not with_key})
    return row


def note(*noted: PendingEntry) -> None:
    """Take up audit entries for the unit of work under way."""
    entries: list[PendingEntry] | None = db.session().info.get("entries")
    if entries is None:
        raise RuntimeError("audit entries are written inside transaction()")
    entries.extend(noted)


def stream(statement: Any, *, batch: int = 2000) -> Iterator[Any]:
    """Rows of a long result, fetched in batches so that memory stays flat."""
    result = db.session.execute(statement, execution_options={"yield_per": batch})
    yield from result


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value always gives the same text."""
    return _CANONICAL.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


@event.listens_for(FlaskSession, "do_orm_execute")
def _write_in_transactions_only(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and not state.session.info.get(WRITES):
        raise RuntimeError("records are changed inside transaction() only")


@event.listens_for(FlaskSession, "before_flush")
def _collect_changes(session: Session, _context: Any, _instances: Any) -> None:
    """Keep before and after of each changed column until the entries are chained."""
    changed: dict[Base, dict[str, list[Any]]] | None = session.info.get("changed")
    if changed is None:
        if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
            raise RuntimeError("records are changed inside transaction() only")
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        if getattr(type(row), "audited", True):
            _collect_row(row, changed.setdefault(row, {}), gone=row in session.deleted)


def _collect_row(row: Any, diff: dict[str, list[Any]], *, gone: bool) -> None:
    state = inspect(row)
    touched = None if gone or not state.persistent else state.committed_state
    for attribute in state.mapper.column_attrs:
        if touched is not None and attribute.key not in touched:
            continue
        column = attribute.columns[0]
        history = get_history(row, attribute.key)
        if gone:
            before, after = getattr(row, attribute.key), None
        elif history.has_changes():
            before = history.deleted[0] if history.deleted else _stored(row, column)
            after = history.added[0] if history.added else None
        else:
            continue
        if column.info.get("secret"):
            before, after = (None if before is None else "(kept secret)"), (None if after is None else "(kept secret)")
        elif before == after:
            continue
        diff[attribute.key] = [diff[attribute.key][0] if attribute.key in diff else before, after]


def _stored(row: Any, column: Any) -> Any:
    """What the database holds in `column`: a value that is set before it was read leaves no trace of the old one."""
    state = inspect(row)
    if not state.persistent:
        return None
    key = zip(column.table.primary_key.columns, state.identity, strict=True)
    statement = select(column).where(*(part == value for part, value in key))
    return state.session.connection().execute(statement).scalar_one()


def _seal(session: Session) -> None:
    """Chain the entries of the unit of work, and let PostgreSQL commit it in the same breath.

    Everybody who writes waits for whoever holds the chain's lock. So the lock and the head are asked for in one round
    trip, and the entries and the COMMIT are sent together: a writer whose thread has to wait for its turn in Python
    holds up nobody, and eight writers get twice as much done. The session's own commit then finds nothing left to do.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite" or connection.in_nested_transaction():  # nested: the tests' own isolation
        _chain(session)
        return
    driver: Any = connection.connection.driver_connection
    refused = connection.dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            _chain(session)
            driver.execute("COMMIT")
    except refused as problem:  # the driver's own, since it comes at the end of the trip; told as any other statement's
        raise DBAPIError.instance(
            "COMMIT", None, problem, refused, connection_invalidated=driver.closed, dialect=connection.dialect
        ) from problem


def _chain(session: Session) -> None:
    """Hash the entries of this unit of work one after another onto the chain."""
    entries: list[PendingEntry] = session.info["entries"]
    changed: dict[Base, dict[str, list[Any]]] = {row: diff for row, diff in session.info["changed"].items() if diff}
    if not entries:
        if changed:
            raise UnauditedChange(f"no audit entry tells of the change of {', '.join(repr(row) for row in changed)}")
        return
    for entry in entries:
        if entry.row is not None:
            entry.subject_id = _key(entry.row)
            entry.changes = {**changed.pop(entry.row, {}), **entry.changes}
    if changed:
        also = {f"{row.__tablename__} {_key(row)}": diff for row, diff in changed.items()}
        entries[-1].changes = {**entries[-1].changes, "also": also}
    append_entries(session, entries)


def repeat_plans() -> None:
    """Let PostgreSQL plan once what this unit of work does for each of many rows: a third of the time of an import."""
    connection = db.session().connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = auto")


def chain_so_far() -> None:
    """Chain what was noted so far inside a long unit of work, so that each step's entries tell its own changes only."""
    session: Session = db.session()
    if not session.info.get(WRITES):
        raise RuntimeError("audit entries are written inside transaction()")
    session.flush()
    _chain(session)
    session.info["entries"] = []
    session.info["changed"] = {}


def _key(row: Base) -> int | None:
    identity = inspect(row).identity
    return identity[0] if identity and isinstance(identity[0], int) else None


def _locked_head(connection: Connection) -> tuple[int, str] | None:
    """Number and hash of the last entry, after the lock was taken (SQLite took its own when the transaction began).

    The second statement sees what was saved while the first one waited for the lock.
    """
    if connection.dialect.name == "sqlite":
        found = connection.execute(_HEAD).first()
        return (found.seq, found.hash) if found else None
    driver: Any = connection.connection.driver_connection
    driver.execute(_LOCK)
    row: tuple[int, str] | None = driver.execute(_HEAD.text).fetchone()
    return row


def append_entries(session: Session, entries: Iterable[PendingEntry]) -> None:
    """Write `entries` at the end of the chain, under the lock that keeps the chain a chain."""
    seq, head = _locked_head(session.connection()) or (0, GENESIS)
    rows = []
    for entry in entries:
        seq += 1
        row = {
            "seq": seq,
            "at": entry.at,
            "actor_id": entry.actor_id,
            "actor": entry.actor,
            "action": str(entry.action),
            "subject_type": entry.subject_type,
            "subject_id": entry.subject_id,
            "party_id": entry.party_id,
            "changes": canonical(entry.changes),
        }
        hashed = entry_hash(head, hashed_text(row))
        rows.append({**row, "previous_hash": head, "hash": hashed})
        head = hashed
    # Straight to the table: entries are never read back as objects, and everybody who writes waits for this.
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        values = (row.values() for row in rows)
        connection.exec_driver_sql(_ENTRIES, [(seq, instant_text(at), *others) for seq, at, *others in values])
    else:
        # One statement for all of them, so that the trigger moves the kept head along once.
        connection.exec_driver_sql(_ENTRIES_AT_ONCE, {name: [row[name] for row in rows] for name in rows[0]})
