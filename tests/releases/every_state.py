"""Adds to the data of a release what they lack: a row for every table, and one for every member of an enumeration.

The demo state that a snapshot holds is a calm one: all mail has left, no run failed, nobody is about to sign in. Which
tables and states there are is read from the release's schema, so a later release needs no line here. Rows are drawn
until the database takes one: most are copies of a row that is there, with what its CHECKs speak of drawn anew. They
need not make sense to a reader of the field; an upgrade has to carry them along all the same.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

MOST_TRIES = 1500
_DAY = date(2026, 3, 2)


def lacking(connection: Connection, schema: MetaData) -> list[str]:
    """The tables without a row, and the members of enumerations that no row has."""
    found = []
    for table in schema.sorted_tables:
        if not connection.scalar(select(func.count()).select_from(table)):
            found.append(f"{table.name}: no row")
        found += [f"{table.name}.{column.name}: {member}" for column, member in _missing(connection, table)]
    return found


def complete(connection: Connection, schema: MetaData) -> None:
    """Add rows until every table has one and every state is there, as far as the database takes any."""
    drawing = _Drawing(connection, random.Random(20261123))  # noqa: S311  (rows of a test)
    for table in schema.sorted_tables:
        if not connection.scalar(select(func.count()).select_from(table)):
            drawing.add(table, {})
        for column, member in _missing(connection, table):
            drawing.add(table, {column.name: member})


def _missing(connection: Connection, table: Table) -> Iterator[tuple[Column[Any], str]]:
    for column in table.columns:
        if isinstance(column.type, Enum):
            there = set(connection.scalars(select(column).distinct()))
            for member in column.type.enums:
                if member not in there and not _ruled_out(connection, column, member):
                    yield column, member


def _ruled_out(connection: Connection, column: Column[Any], member: str) -> bool:
    """Whether a CHECK that speaks of this column alone refuses the member: no row can ever have it."""
    return any(
        connection.scalar(select(text(f"({words})")).select_from(select(literal(member).label(column.name)).subquery()))
        in (False, 0)
        for words in _checks(column.table)
        if [one for one in column.table.columns if _names(words, one)] == [column]
    )


def _checks(table: Table) -> list[str]:
    """The words of the CHECKs, other than that an enumeration has its members."""
    found = (str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint))
    return [words for words in found if "POSTCOMPILE" not in words]


def _names(words: str, column: Column[Any]) -> bool:
    return re.search(rf"\b{column.name}\b", words) is not None


@cache
def _spoken_of(table: Table) -> list[Column[Any]]:
    """The columns that a CHECK looks at."""
    return [column for column in table.columns if any(_names(words, column) for words in _checks(table))]


@cache
def _to_be_new(table: Table) -> list[Column[Any]]:
    """One column of each set that no two rows may share: the one that is free to choose where there is any."""
    unique = {str(one.name): list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)}
    unique |= {str(one.name): list(one.columns) for one in table.indexes if one.unique}
    sets = [columns for _name, columns in sorted(unique.items())]
    if table.autoincrement_column is None:
        sets.append(list(table.primary_key.columns))
    return [min(one, key=lambda column: (isinstance(column.type, Enum), bool(column.foreign_keys))) for one in sets]


class _Drawing:
    """Draws rows, always the same ones for the same data."""

    def __init__(self, connection: Connection, chance: random.Random) -> None:
        self.connection, self.chance = connection, chance

    def add(self, table: Table, wanted: dict[str, Any]) -> None:
        rows = self.connection.execute(select(table).order_by(*table.primary_key.columns).limit(400))
        there = [dict(row) for row in rows.mappings()]
        for number in range(MOST_TRIES):
            row = self._row(table, there, wanted, boldness=min(number // 25, 12))
            try:
                with self.connection.begin_nested():
                    self.connection.execute(insert(table), row)
            except DBAPIError:
                continue
            return

    def _row(
        self, table: Table, there: list[dict[str, Any]], wanted: dict[str, Any], *, boldness: int
    ) -> dict[str, Any]:
        row = dict(self.chance.choice(there)) if there else self._from_nothing(table, boldness)
        # What is empty may be empty in many rows.
        again = [column for column in _to_be_new(table) if there and row[column.name] is not None]
        free = [column for column in table.columns if column.name not in wanted]
        again += self.chance.choices(_spoken_of(table) or free, k=self.chance.randint(0, boldness))
        for column in again:
            nothing = column.nullable and self.chance.random() < 0.5
            row[column.name] = None if nothing else self._value(column)
        row |= wanted
        if table.autoincrement_column is not None:
            row.pop(table.autoincrement_column.name, None)
        return row

    def _from_nothing(self, table: Table, boldness: int) -> dict[str, Any]:
        return {
            column.name: None if column.nullable and self.chance.randint(0, 12) >= boldness else self._value(column)
            for column in table.columns
        }

    def _value(self, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            return self._key(column, key.column)
        kind = column.type
        if isinstance(kind, Enum):
            return self.chance.choice(kind.enums)
        if isinstance(kind, String):
            return f"{self.chance.getrandbits(120):030x}"[: kind.length or 30]
        return next((make(self.chance) for known, make in _MAKERS if isinstance(kind, known)), None)

    def _key(self, column: Column[Any], referred: Column[Any]) -> Any:
        """A row to refer to; where no two may refer to the same, one that is free, made where there is none."""
        known = select(referred).order_by(referred)
        if column in _to_be_new(column.table) and self.chance.random() < 0.8:
            known = known.where(referred.not_in(select(column).where(column.is_not(None))))
            if referred.table is not column.table and self.connection.scalar(known.limit(1)) is None:
                self.add(referred.table, {})
        found = self.connection.scalars(known.limit(2000)).all()
        return self.chance.choice(found) if found else None


_MAKERS: list[tuple[type, Any]] = [
    (Boolean, lambda chance: chance.random() < 0.5),
    (Integer, lambda chance: chance.choice((0, 1, 2, 12, -100, chance.randint(1000, 1_000_000)))),
    (Numeric, lambda chance: chance.randint(0, 40)),
    (DateTime, lambda chance: datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 300_000))),
    (Date, lambda chance: _DAY + timedelta(days=chance.randint(0, 200))),
    (JSON, lambda _chance: {}),
]
