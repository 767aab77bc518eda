"""Copies of the whole database: taken while people write, and put back.

Each kind of database has its own way: SQLite's online backup, or PostgreSQL's pg_dump. What is counted for the manifest
is read in the very snapshot that is copied.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from certhub.rules.audit_chain import GENESIS
from certhub.rules.refusal import Refusal

Progress = Callable[[int, int], None]
_PAGES_AT_ONCE = 2000
_SQLITE_BEGINS = b"SQLite format 3\0"
_ASIDE = "before_restore_"
_RIGHTS = text(
    "SELECT current_user, pg_get_userbyid(nspowner), pg_has_role(nspowner, 'USAGE'), current_database(),"
    " has_database_privilege(current_database(), 'CREATE') FROM pg_namespace WHERE nspname = 'public'"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was in the database at the moment of the copy."""

    revision: str
    rows: dict[str, int]
    audit_entries: int
    audit_head: str
    files: tuple[str, ...]
    """The hashes of all files that records name."""


class Copies(Protocol):
    """Taking and putting back copies of one database."""

    kind: str
    name: str
    """The name of the copy inside a backup."""

    def take(self, target: Path, naming: Iterable[tuple[str, str]], progress: Progress) -> Contents:
        """Copy the database to `target`. `naming` are the columns that name files of the store."""

    def holds_data(self) -> bool:
        """Whether somebody's records would be lost by putting a copy back."""

    def obstacle(self) -> str:
        """Why no copy could be put back here, in a sentence that says what to do; empty where one could."""

    def put_back(self, copy: Path, at: datetime) -> str:
        """Make the copy the database; returns where the old one was put, empty where there was none."""

    def undo(self, aside: str) -> None:
        """Make the database that was put aside the database again."""


def copies_of(url: URL) -> Copies:
    """How the database at `url` is copied."""
    return SqliteCopies(Path(str(url.database))) if url.get_backend_name() == "sqlite" else PostgresqlCopies(url)


def _contents(fetch: Callable[[str], list[Any]], tables: Iterable[str], naming: Iterable[tuple[str, str]]) -> Contents:
    known = sorted(tables)
    if "alembic_version" not in known or "audit_entry" not in known:
        raise Refusal("The database has no tables of CertHub yet, so there is nothing to back up.")
    rows = {name: fetch(f'SELECT count(*) FROM "{name}"')[0][0] for name in known if name != "alembic_version"}  # noqa: S608  (names of tables)
    head = fetch("SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1") or [(0, GENESIS)]
    files = {
        row[0]
        for table, column in naming
        if table in known
        for row in fetch(f'SELECT DISTINCT {column} FROM "{table}" WHERE {column} IS NOT NULL')  # noqa: S608  (names of our own columns)
    }
    revision = fetch("SELECT version_num FROM alembic_version")
    return Contents(str(revision[0][0]), rows, int(head[0][0]), str(head[0][1]), tuple(sorted(files)))


def _filled(fetch: Callable[[str], list[Any]], tables: Iterable[str]) -> bool:
    ours = (name for name in tables if name not in ("alembic_version", "audit_head"))
    return any(fetch(f'SELECT 1 FROM "{name}" LIMIT 1') for name in ours)  # noqa: S608  (names of tables)


class SqliteCopies:
    """Copies of an SQLite file."""

    kind = "SQLite"
    name = "database.sqlite"

    def __init__(self, file: Path) -> None:
        self.file = file

    def take(self, target: Path, naming: Iterable[tuple[str, str]], progress: Progress) -> Contents:
        """Copy one snapshot of the file, whatever is written meanwhile, and check the copy."""
        if not self.file.exists():
            raise Refusal(f"There is no database at {self.file}.")
        with closing(sqlite3.connect(self.file, timeout=15)) as source, closing(sqlite3.connect(target)) as copy:
            source.isolation_level = copy.isolation_level = None
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from now on it reads this one snapshot
            source.backup(copy, pages=_PAGES_AT_ONCE, progress=lambda _s, left, total: progress(total - left, total))
            source.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise Refusal(f"The database is damaged ({found}), so no backup was made. Restore an earlier one.")
            return _contents(lambda sql: copy.execute(sql).fetchall(), _sqlite_tables(copy), naming)

    def holds_data(self) -> bool:
        """Whether the file has a table with rows."""
        if not self.file.exists() or not self.file.stat().st_size:
            return False
        if self._begins_wrongly():
            return True
        try:
            with closing(sqlite3.connect(self.file, timeout=15)) as there:
                return _filled(lambda sql: there.execute(sql).fetchall(), _sqlite_tables(there))
        except sqlite3.DatabaseError:
            return True  # damaged, but somebody's

    def obstacle(self) -> str:
        """Whoever may write the file may also rename it."""
        return ""

    def put_back(self, copy: Path, at: datetime) -> str:
        """Rename the old file and put the copy in its place, once nobody uses it any more."""
        aside = ""
        if self.file.exists():
            self._require_unused()
        if any(path.exists() for path in _all_of(self.file)):
            old = self.file.with_name(f"{self.file.name}.{_ASIDE}{at:%Y%m%d%H%M%S}")
            _rename(self.file, old)
            aside = str(old)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_name(f".{self.file.name}.part")
        try:
            shutil.copyfile(copy, part)
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            part.rename(self.file)
        except BaseException:
            part.unlink(missing_ok=True)
            if aside:
                _rename(Path(aside), self.file)
            raise
        return aside

    def undo(self, aside: str) -> None:
        """Take the file that was put aside again."""
        for path in _all_of(self.file):
            path.unlink(missing_ok=True)
        if aside:
            _rename(Path(aside), self.file)

    def _begins_wrongly(self) -> bool:
        """Whether this is no database any more. SQLite would throw away the log beside it, which may be of use yet."""
        with self.file.open("rb") as damaged:
            return damaged.read(len(_SQLITE_BEGINS)) not in (_SQLITE_BEGINS, b"")

    def _require_unused(self) -> None:
        if self._begins_wrongly():
            return
        try:
            with closing(sqlite3.connect(self.file, timeout=1)) as there:
                # Writes the log back into the file; SQLite refuses it while anybody else has the file open.
                there.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            raise Refusal("The database is in use. Stop CertHub (web and worker), then restore again.") from None
        except sqlite3.DatabaseError:
            return  # too damaged to be in use


def _all_of(file: Path) -> list[Path]:
    """The file and what SQLite keeps beside it: changes that are not in the file yet, and their index."""
    return [file.with_name(file.name + rest) for rest in ("", "-wal", "-shm")]


def _rename(file: Path, new: Path) -> None:
    """Take along what belongs to the file: SQLite would enter a log that stays behind into the file that comes."""
    for old, target in zip(_all_of(file), _all_of(new), strict=True):
        if old.exists():
            old.rename(target)


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in rows.fetchall()]


class PostgresqlCopies:
    """Copies of a PostgreSQL database, by the client tools of PostgreSQL."""

    kind = "PostgreSQL"
    name = "database.pgdump"

    def __init__(self, url: URL) -> None:
        self.url = url

    def take(self, target: Path, naming: Iterable[tuple[str, str]], progress: Progress) -> Contents:
        """Let pg_dump copy the snapshot in which the rows are counted."""
        engine = self._engine()
        try:
            with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
                self._run("pg_dump", "--format=custom", f"--snapshot={snapshot}", "--schema=public", "--no-owner",
                          "--no-privileges", f"--file={target}")  # fmt: skip
                progress(1, 2)
                tables = inspect(connection).get_table_names()
                contents = _contents(lambda sql: list(connection.execute(text(sql)).all()), tables, naming)
                progress(2, 2)
                return contents
        finally:
            engine.dispose()

    def holds_data(self) -> bool:
        """Whether the database has a table with rows."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                tables = inspect(connection).get_table_names()
                return _filled(lambda sql: list(connection.execute(text(sql)).all()), tables)
        finally:
            engine.dispose()

    def obstacle(self) -> str:
        """The rights without which the old schema can neither be renamed nor a new one made."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                found = connection.execute(_RIGHTS).one_or_none()
        finally:
            engine.dispose()
        if found is None:
            return "This database has no schema public. Let its owner say in it: CREATE SCHEMA public;"
        user, owner, owned, database, may_create = found
        quote = engine.dialect.identifier_preparer.quote
        wanted = [] if owned else [f"ALTER SCHEMA public OWNER TO {quote(user)};"]
        if not may_create:
            wanted.append(f"GRANT CREATE ON DATABASE {quote(database)} TO {quote(user)};")
        if not wanted:
            return ""
        why = f"{user} may make no schema in it" if owned else f"its schema public belongs to {owner}"
        return (
            f"No backup can be restored into this database: {why}. "
            f"Let a superuser of PostgreSQL say in it: {' '.join(wanted)}"
        )

    def put_back(self, copy: Path, at: datetime) -> str:
        """Rename the old schema, and fill a new one from the copy."""
        aside = f"{_ASIDE}{at:%Y%m%d%H%M%S}"
        self._require_unused()
        self._execute(f"ALTER SCHEMA public RENAME TO {aside}", "CREATE SCHEMA public")
        try:
            self._run("pg_restore", "--exit-on-error", "--single-transaction", "--schema=public", "--no-owner",
                      "--no-privileges", f"--dbname={self.url.database}", str(copy))  # fmt: skip
        except BaseException:
            self.undo(aside)
            raise
        if not self._tables(aside):
            self._execute(f"DROP SCHEMA {aside} CASCADE")
            return ""
        return f"schema {aside}"

    def undo(self, aside: str) -> None:
        """Take the schema that was put aside again."""
        if aside:
            old = aside.removeprefix("schema ")
            self._execute("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {old} RENAME TO public")
        else:
            self._execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

    def _engine(self) -> Engine:
        return create_engine(self.url, poolclass=NullPool)

    def _execute(self, *statements: str) -> None:
        engine = self._engine()
        try:
            with engine.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '10s'"))
                for statement in statements:
                    connection.execute(text(statement))
        except OperationalError:
            raise Refusal("The database is in use. Stop CertHub (web and worker), then restore again.") from None
        finally:
            engine.dispose()

    def _tables(self, schema: str) -> list[str]:
        engine = self._engine()
        try:
            return inspect(engine).get_table_names(schema=schema)
        finally:
            engine.dispose()

    def _require_unused(self) -> None:
        others = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        engine = self._engine()
        try:
            with engine.connect() as connection:
                count = connection.execute(others).scalar_one()
        finally:
            engine.dispose()
        if count:
            raise Refusal(
                f"The database is in use ({count} other connections). "
                "Stop CertHub (web and worker), then restore again."
            )

    def _run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program)
        if found is None:
            raise Refusal(
                f"{program} was not found. Install the client tools of PostgreSQL, of the server's version or newer "
                "(on Debian the package postgresql-client), so that it is on the PATH."
            )
        done = subprocess.run(  # noqa: S603  (PostgreSQL's own program, told by its name)
            [found, *arguments], env={**os.environ, **self._access()}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            raise Refusal(f"{program} failed: {last}")

    def _access(self) -> dict[str, str]:
        """How the client tools reach the database: by the environment, since anybody can see a command's arguments."""
        given = {
            "PGHOST": self.url.host or _one(self.url.query.get("host")),
            "PGPORT": str(self.url.port or _one(self.url.query.get("port")) or ""),
            "PGUSER": self.url.username,
            "PGPASSWORD": str(self.url.password) if self.url.password else "",
            "PGDATABASE": self.url.database,
            "PGSSLMODE": _one(self.url.query.get("sslmode")),
            "PGSSLROOTCERT": _one(self.url.query.get("sslrootcert")),
        }
        return {name: value for name, value in given.items() if value}


def _one(value: str | tuple[str, ...] | None) -> str:
    return value if isinstance(value, str) else (value or ("",))[0]
