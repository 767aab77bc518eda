"""Connections to the database: how they are opened, how long they wait, and how a transaction on them begins.

Importing this module is enough for each connection that SQLAlchemy opens to be prepared so.
"""

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

WRITES = "certhub_writes"
"""The execution option of a connection whose transaction is going to write."""
_LONGEST_WAIT = 15.0
"""Seconds after which a person is told that the database is busy."""
_PAUSES = (0.001, 0.02)
"""Between how many seconds those who wait for SQLite's write lock ask again; a unit of work takes about as long."""
_CHANCE = random.Random()  # noqa: S311  (who asks when is no secret)


def engine_options(url: str) -> dict[str, Any]:
    """How connections are made: what is gone is noticed in seconds on a new one and in a minute on an old one.

    Without limits, a database host that vanishes without a word keeps a request waiting for a quarter of an hour.
    """
    options: dict[str, Any] = {
        "pool_pre_ping": True,  # a restart of PostgreSQL fails no request that comes after it
        "hide_parameters": True,  # what people typed stays out of the texts of errors, and so out of any log
    }
    if url.startswith("postgresql"):
        options["connect_args"] = {
            "connect_timeout": 5,
            "keepalives_idle": 20,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,  # milliseconds
        }
    return options


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # the driver's own BEGIN would come too late and never be IMMEDIATE
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_LONGEST_WAIT * 1000:.0f}",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")
    else:
        # The plan for any values at all, which PostgreSQL likes to make of a prepared statement, suits an average
        # vendor and takes a second for the largest. To plan for the values at hand takes a millisecond.
        connection.execute("SET plan_cache_mode = force_custom_plan")
        # A client that vanishes in the middle of its work must not hold the chain's lock for hours.
        connection.execute("SET tcp_keepalives_idle = 60")
        connection.execute("SET idle_in_transaction_session_timeout = '15min'")
        connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        if connection.get_execution_options().get(WRITES, False):
            _wait_for_a_turn(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _wait_for_a_turn(connection: Connection) -> None:
    """Take the write lock of SQLite as soon as nobody has it. Raises SQLAlchemy's error where that lasts too long.

    SQLite's own way of waiting asks ever more seldom, so those who come later go first, and one of fifty people who
    write at once waits in vain. Here those who have waited long ask as often as the others.
    """
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + _LONGEST_WAIT
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(_CHANCE.uniform(*_PAUSES))
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={_LONGEST_WAIT * 1000:.0f}")
