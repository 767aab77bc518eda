"""Snapshots of releases: what was in the database of each, to be brought up to date by each later one."""

import json
import lzma
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Date, DateTime, MetaData, Table, insert, text

from certhub.config import shipped
from certhub.models import Base
from migrations.schema_difference import released

FOLDER = Path(__file__).parent
_BY_TRIGGER = "audit_head"
"""Kept by the database itself while the entries go in."""


class Snapshot:
    """The rows of one release."""

    def __init__(self, version: str) -> None:
        whole = json.loads(lzma.decompress(path_of(version).read_bytes()))
        self.at = datetime.fromisoformat(whole["at"])
        self.tables: dict[str, dict[str, Any]] = whole["tables"]

    def counts(self) -> dict[str, int]:
        return {name: len(table["rows"]) for name, table in self.tables.items()}

    def column(self, table: str, name: str) -> list[Any]:
        """What the rows of a table hold in one column."""
        place = self.tables[table]["columns"].index(name)
        return [row[place] for row in self.tables[table]["rows"]]

    def load(self, connection: Connection, schema: MetaData) -> None:
        """Put every row into an empty database of the release."""
        on_postgresql = connection.dialect.name == "postgresql"
        for table in schema.sorted_tables:
            if table.name == _BY_TRIGGER:
                continue
            columns, rows = self.tables[table.name]["columns"], self.tables[table.name]["rows"]
            told = [dict(zip(columns, map(_value, _readers(table, columns), row), strict=True)) for row in rows]
            if told:
                connection.execute(insert(table), told)
            if on_postgresql and told and table.autoincrement_column is not None:
                key = table.autoincrement_column.name
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key}'), max({key})) FROM {table.name}"
                    )
                )


def schema_of(release: dict[str, Any]) -> MetaData:
    """The tables as the release had them; where there is no JSON the column is empty, and is not the word `null`."""
    found = released(shipped("migrations") / release["schema"], Base.metadata.naming_convention).metadata
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return found


def path_of(version: str) -> Path:
    return FOLDER / f"{version}.json.xz"


def _readers(table: Table, columns: list[str]) -> list[Any]:
    kinds = (table.columns[name].type for name in columns)
    return [
        datetime.fromisoformat if isinstance(kind, DateTime) else date.fromisoformat if isinstance(kind, Date) else None
        for kind in kinds
    ]


def _value(reader: Any, value: Any) -> Any:
    return value if value is None or reader is None else reader(value)
