"""Who wants to write to SQLite waits until the others are done, for so long and no longer."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from certhub import connections

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "waiting.db"


@pytest.fixture
def engine(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(connections, "_LONGEST_WAIT", 0.3)
    engine = create_engine(f"sqlite:///{file}", execution_options={connections.WRITES: True})
    yield engine
    engine.dispose()


def test_a_turn_that_never_comes_is_an_error_and_the_connection_can_be_used_afterwards(
    engine: Engine, file: Path
) -> None:
    with engine.connect() as waits:
        with closing(sqlite3.connect(file, isolation_level=None)) as holds:
            holds.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="database is locked"):
                waits.begin()
        with waits.begin():
            waits.exec_driver_sql("CREATE TABLE note (text)")
            assert waits.exec_driver_sql("PRAGMA busy_timeout").scalar() == 300, "what else may be busy is waited for"


def test_a_turn_that_comes_in_time_is_taken(engine: Engine, file: Path) -> None:
    holds = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(holds), engine.connect() as waits:
        holds.execute("BEGIN IMMEDIATE")
        holds.execute("CREATE TABLE note (text)")
        threading.Timer(0.1, holds.commit).start()
        with waits.begin():
            assert waits.exec_driver_sql("SELECT count(*) FROM note").scalar() == 0


def test_what_is_wrong_for_another_reason_is_told_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_LONGEST_WAIT", 1e9)
    engine = create_engine(f"sqlite:///{file}", execution_options={connections.WRITES: True})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.rollback()
        with pytest.raises(OperationalError, match="readonly database"):
            connection.begin()
    engine.dispose()
