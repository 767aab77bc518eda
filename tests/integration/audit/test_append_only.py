"""The database refuses to change, remove or replace rows of the tables that only grow."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from certhub.database import db
from certhub.models.protection import APPEND_ONLY


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "verb",
    # SQLite has no TRUNCATE; DELETE without a condition is refused row by row.
    ["UPDATE", "DELETE", pytest.param("TRUNCATE", marks=pytest.mark.only_on("postgresql"))],
)
def test_the_database_refuses_to_change_or_remove_rows_that_only_grow(app: Flask, table: str, verb: str) -> None:
    connection = db.session.connection()
    kind = connection.dialect.name
    if kind == "sqlite":
        names = set(
            connection.execute(text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"))
            .scalars()
            .all()
        )
        assert f"{table}_refuses_{verb.lower()}" in names
    seed(table)
    column = next(iter(db.metadata.tables[table].primary_key.columns)).name
    statement = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]

    with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
        db.session.execute(text(statement))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("table", [*APPEND_ONLY, "standard_version", "audit_head"])
def test_a_row_that_only_grows_is_not_replaced(app: Flask, table: str) -> None:
    """SQLite's REPLACE removes the row in the way without asking the DELETE trigger.

    PostgreSQL has no REPLACE: ON CONFLICT DO UPDATE is an UPDATE.
    """
    seed(table)
    columns = db.metadata.tables[table].columns
    keys = [column.name for column in columns if column.primary_key]
    names = ", ".join(column.name for column in columns)
    before = db.session.execute(text(f"SELECT * FROM {table}")).all()
    # The same row once more, and with a key of its own where another unique key is in the way.
    fresh = ", ".join("99999" if column.name in keys else column.name for column in columns)
    unique = {"certificate", "decision", "standard_version"}
    for values in (names, fresh) if table in unique else (names,):
        with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
            db.session.execute(text(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} LIMIT 1"))

    assert db.session.execute(text(f"SELECT * FROM {table}")).all() == before


NOT_EMPTY = {
    "action_notice": {"decision_id": "1"},
    "assessment": {"total_cents": "2"},  # the share and the adjustment are 1 each
    "caseload_count": {"line_id": "1"},  # half of its key
    "caseload_line": {"children": "3"},  # 1 in each tier
    "correction": {"period_id": "1"},
    "employer_change_effect": {"employment_after_id": "1"},
    "ledger_entry": {"payer_id": "1"},  # an entry is about one thing
    "ledger_posting": {"debit": "cash", "credit": "payable"},  # two accounts
}
"""What the constraints of some tables ask of a row besides one value in each column that cannot be empty."""


def seed(table: str) -> None:
    """A row in `table` for the trigger to protect; foreign keys are beside the point here."""
    connection = db.session.connection()
    if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar():
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    values = dict(NOT_EMPTY.get(table, {}))
    for column in db.metadata.tables[table].columns:
        numbers_itself = column.primary_key and "INT" in str(column.type).upper()
        if numbers_itself or column.nullable or column.name in values:
            continue
        values[column.name] = sample(str(column.type).upper(), [*getattr(column.type, "enums", [])])
    names, marks = ", ".join(values), ", ".join(f"'{value}'" for value in values.values())
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})".replace("%", "%%"))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


def sample(kind: str, members: list[str]) -> str:
    if members:
        return members[0]
    if "DATETIME" in kind or "TIMESTAMP" in kind:
        return "2026-03-02 15:00:00"
    if "DATE" in kind:
        return "2026-03-02"
    if "JSON" in kind:
        return "{}"
    if "BOOL" in kind:
        return "0"
    return "1" if "INT" in kind else "x"
