"""What changes a released schema into the one of the models, as statements for each of the two databases.

Both schemas are compared in the words in which they are created, so that CHECKs, members of enumerations, partial
indexes, comments and triggers count like columns do; Alembic compares none of them. PostgreSQL gets the smallest
change of each table. SQLite, which can hardly change a table, gets the changed table anew, under its own name and in
the very words that the models have for it, with its rows.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Constraint,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import (
    CreateColumn,
    CreateIndex,
    CreateTable,
    SetColumnComment,
    SetTableComment,
    sort_tables_and_constraints,
)
from sqlalchemy.sql.elements import conv

DIALECTS: dict[str, Dialect] = {"postgresql": postgresql.psycopg.dialect(), "sqlite": sqlite.dialect()}  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialects untyped

_CONSTANT = re.compile(r"\s*(-?\d+|'(?:[^']|'')*'|true|false|null)\s*", re.IGNORECASE)
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)")


class NoValue(ValueError):
    """Nobody said what the rows that are there already hold in a new column that is required."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a release or of the models, and the statements by dialect that protect them."""

    metadata: MetaData
    protection: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Statements:
    """What is run before the step by hand, and after it."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


class _Recorder:
    """Stands where Alembic's `op` stands, and keeps the tables that a migration would create."""

    def __init__(self, naming: Any) -> None:
        self.metadata = MetaData(naming_convention=naming)

    def f(self, name: str) -> conv:
        return conv(name)

    def create_table(self, name: str, *parts: Any, **options: Any) -> None:
        Table(name, self.metadata, *parts, **options)

    def create_index(self, name: str, table: str, columns: list[Any], **options: Any) -> None:
        found = self.metadata.tables[table]
        parts = [found.columns[column] if isinstance(column, str) else column for column in columns]
        Index(name, *parts, _table=found, **options)

    def get_bind(self) -> "_Recorder":
        return self

    @property
    def dialect(self) -> Dialect:
        return DIALECTS["sqlite"]

    def exec_driver_sql(self, _statement: str) -> None:
        """Triggers are told by the module's PROTECT."""


def released(path: Path, naming: Any) -> Schema:
    """The schema that a file of a release tells, without a database."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recorder = _Recorder(naming)
    module.op = recorder  # type: ignore[attr-defined]  # the migration's own name for Alembic's operations
    module.upgrade()
    return Schema(recorder.metadata, module.PROTECT)


def changes(old: Schema, new: Schema, dialect: str, filled: Mapping[str, str], *, back: bool = False) -> Statements:
    """The statements that turn `old` into `new`; none where the two say the same.

    `filled` says what rows hold in new columns. On the way back, where nothing is said, they hold something empty.
    """
    make = _on_postgresql if dialect == "postgresql" else _on_sqlite
    if dialect == "postgresql":  # whose driver reads a single % as a place for a value
        filled = {column: expression.replace("%", "%%") for column, expression in filled.items()}
    return make(old, new, _Values(filled, _empty if back else _default))


# The value of a new column


def _default(column: Column[Any], dialect: Dialect) -> str | None:
    """The model's own default as a constant, where it is one."""
    if column.default is None:
        return None
    if column.default.is_callable:
        value = column.default.arg(None)  # type: ignore[attr-defined]  # a ColumnDefault, which it says it is
        return f"'{json.dumps(value)}'" if value in ({}, []) else None
    if not column.default.is_scalar:
        return None
    value = column.default.arg  # type: ignore[attr-defined]  # as above
    if isinstance(column.type, JSON):
        return "'" + json.dumps(value).replace("'", "''") + "'"
    written = literal(value, column.type).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return str(written).split("::")[0]


def _empty(column: Column[Any], _dialect: Dialect) -> str | None:
    kinds: list[tuple[type, str]] = [
        (Enum, f"'{column.type.enums[0]}'" if isinstance(column.type, Enum) else ""),
        (Boolean, "false"),
        (DateTime, "'2000-01-01 00:00:00.000000'"),
        (Date, "'2000-01-01'"),
        (JSON, "'{}'"),
        (Integer, "0"),
        (Numeric, "0"),
    ]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "''")


@dataclass(frozen=True, slots=True)
class _Values:
    """What is said of the rows that are there already, and what they hold where nothing is said."""

    filled: Mapping[str, str]
    otherwise: Callable[[Column[Any], Dialect], str | None]

    def given(self, column: Column[Any]) -> str | None:
        return self.filled.get(f"{column.table.name}.{column.name}")

    def touch(self, table: str) -> bool:
        return any(key.split(".")[0] == table for key in self.filled)

    def of_required(self, column: Column[Any], quoted: str, dialect: Dialect) -> str | None:
        """What a column holds that could be empty and no longer can."""
        empty = self.otherwise(column, dialect)
        return self.given(column) or (f"coalesce({quoted}, {empty})" if empty is not None else None)

    def of_new(self, column: Column[Any], dialect: Dialect) -> str | None:
        """What a new column holds; None for nothing. Raises `NoValue`."""
        given = self.given(column)
        if given is not None or column.server_default is not None or column.nullable:
            return given
        found = self.otherwise(column, dialect)
        if found is None:
            raise NoValue(
                f"{column.table.name}.{column.name} is new and required: say in FILLED of "
                "migrations/unreleased_steps.py what the rows hold that are there already"
            )
        return found


# In the words of a database


def _constraints(table: Table, dialect: Dialect) -> dict[str, tuple[Constraint, str]]:
    ddl = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # as SQLAlchemy's own tools call it
    found = {}
    for constraint in table.constraints:
        rule = constraint._create_rule
        if rule is not None and not rule(ddl):
            continue
        words = ddl.process(constraint)
        named = re.match(r'CONSTRAINT "?(\w+)"?', words)
        if named:
            found[named[1]] = (constraint, words)
    return dict(sorted(found.items()))  # a table keeps them as a set, which has no order of its own


def _indexes(metadata: MetaData, dialect: Dialect) -> dict[str, tuple[str, str]]:
    """Each index by name, with its table and its statement."""
    return {
        str(index.name): (table.name, str(CreateIndex(index).compile(dialect=dialect)))
        for table in metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda index: str(index.name))
    }


def _triggers(statements: list[str]) -> dict[str, tuple[str, str]]:
    """Each trigger by name, with its table and its statement."""
    found = ((_TRIGGER.match(statement), statement) for statement in statements)
    return {match[1]: (match[2], statement) for match, statement in found if match}


def _functions(statements: list[str]) -> dict[str, str]:
    found = ((_FUNCTION.match(statement.strip()), statement) for statement in statements)
    return {match[1]: statement for match, statement in found if match}


def _gone(old: Schema, new: Schema) -> list[Table]:
    return [table for table in reversed(old.metadata.sorted_tables) if table.name not in new.metadata.tables]


# SQLite


def _on_sqlite(old: Schema, new: Schema, values: _Values) -> Statements:
    dialect = DIALECTS["sqlite"]
    done = Statements()
    before, after = old.metadata.tables, new.metadata.tables
    rebuilt = [
        name for name in after if name in before and (_lines(before[name]) != _lines(after[name]) or values.touch(name))
    ]
    old_indexes, new_indexes = _indexes(old.metadata, dialect), _indexes(new.metadata, dialect)
    anew = {
        name
        for name, (table, words) in new_indexes.items()
        if table in rebuilt or old_indexes.get(name) != (table, words)
    }
    for name, (table, words) in old_indexes.items():
        if table in after and (table in rebuilt or new_indexes.get(name) != (table, words)):
            done.before.append(f"DROP INDEX {name}")
    for name in (table.name for table in new.metadata.sorted_tables):
        if name not in before:
            done.before.append(_created(after[name]))
        elif name in rebuilt:
            done.before.extend(_copied(before[name], after[name], values))
    # After the step by hand, as on PostgreSQL: it may take away what a unique index would stumble over.
    done.after.extend(new_indexes[name][1] for name in new_indexes if name in anew)
    done.after.extend(f"DROP TABLE {table.name}" for table in _gone(old, new))
    old_triggers, new_triggers = _triggers(old.protection["sqlite"]), _triggers(new.protection["sqlite"])
    # With a table that is rebuilt go its triggers.
    lost = {name for name, found in old_triggers.items() if found[0] in rebuilt or new_triggers.get(name) != found}
    done.before[:0] = [f"DROP TRIGGER {name}" for name in old_triggers if name in lost]
    done.after.extend(
        found[1] for name, found in new_triggers.items() if name in lost or old_triggers.get(name) != found
    )
    return done


def _created(table: Table) -> str:
    return str(CreateTable(table).compile(dialect=DIALECTS["sqlite"])).strip()


def _lines(table: Table) -> list[str]:
    return sorted(line.strip().rstrip(",") for line in _created(table).splitlines())


def _copied(old: Table, new: Table, values: _Values) -> Iterator[str]:
    """The table in its new words with the old rows; what refers to it keeps its name (see `legacy_alter_table`)."""
    dialect, put = DIALECTS["sqlite"], {}
    for column in new.columns:
        if column.name not in old.columns:
            value = values.of_new(column, dialect)
        elif old.columns[column.name].nullable and not column.nullable:
            value = values.of_required(column, column.name, dialect) or column.name
        else:
            value = values.given(column) or column.name
        if value is not None:
            put[column.name] = value
    yield f"ALTER TABLE {old.name} RENAME TO {old.name}_before"
    yield _created(new)
    yield (f"INSERT INTO {new.name} ({', '.join(put)})\nSELECT {', '.join(put.values())}\nFROM {old.name}_before")
    yield f"DROP TABLE {old.name}_before"


# PostgreSQL


def _on_postgresql(old: Schema, new: Schema, values: _Values) -> Statements:
    dialect = DIALECTS["postgresql"]
    done = Statements()
    before, after = old.metadata.tables, new.metadata.tables
    both = [table.name for table in new.metadata.sorted_tables if table.name in before]
    old_triggers, new_triggers = _triggers(old.protection["postgresql"]), _triggers(new.protection["postgresql"])
    for name, (table, statement) in old_triggers.items():
        if new_triggers.get(name) != (table, statement):
            done.before.append(f"DROP TRIGGER {name} ON {table}")

    added: list[tuple[int, str]] = []
    for name in both:
        left, right = _constraints(before[name], dialect), _constraints(after[name], dialect)
        gone = [key for key in left if key not in right or left[key][1] != right[key][1]]
        gone.sort(key=lambda key: not isinstance(left[key][0], ForeignKeyConstraint))
        done.before.extend(f"ALTER TABLE {name} DROP CONSTRAINT {key}" for key in gone)
        added += [
            (isinstance(constraint, ForeignKeyConstraint), f"ALTER TABLE {name} ADD {words}")
            for key, (constraint, words) in right.items()
            if key not in left or left[key][1] != words
        ]
    done.before.sort(key=lambda statement: "DROP CONSTRAINT fk_" not in statement)  # nothing may lean on what goes
    old_indexes, new_indexes = _indexes(old.metadata, dialect), _indexes(new.metadata, dialect)
    for name, (table, words) in old_indexes.items():
        if table in after and new_indexes.get(name) != (table, words):
            done.before.append(f"DROP INDEX {name}")

    added += [(True, words) for words in _new_tables(new.metadata, set(before), done.before)]
    for name in both:
        _columns(before[name], after[name], values, done)
    done.after.extend(statement for _later, statement in sorted(added))
    done.after.extend(words for name, (table, words) in new_indexes.items() if old_indexes.get(name) != (table, words))
    done.after.extend(f"DROP TABLE {table.name} CASCADE" for table in _gone(old, new))
    done.after.extend(_comments(old.metadata, new.metadata))

    old_functions, new_functions = _functions(old.protection["postgresql"]), _functions(new.protection["postgresql"])
    done.after.extend(words for name, words in new_functions.items() if old_functions.get(name) != words)
    for name, (table, statement) in new_triggers.items():
        if old_triggers.get(name) != (table, statement):
            done.after.append(statement)
    done.after.extend(f"DROP FUNCTION {name}()" for name in old_functions if name not in new_functions)
    return done


def _new_tables(metadata: MetaData, known: set[str], statements: list[str]) -> list[str]:
    """Create the new tables in an order that works; what refers around a ring is returned, to be added in the end."""
    late: list[str] = []
    dialect = DIALECTS["postgresql"]
    ddl = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # as above
    new = [table for table in metadata.sorted_tables if table.name not in known]
    for table, keys in sort_tables_and_constraints(new):  # type: ignore[no-untyped-call]  # as above
        if table is not None:
            # References to tables that were there are added in the end as well: what they point to may change.
            inline = [key for key in keys if key.referred_table.name not in known]
            made = CreateTable(table, include_foreign_key_constraints=inline)
            statements.append(str(made.compile(dialect=dialect)).strip())
            keys = [key for key in keys if key not in inline]  # noqa: PLW2901  (the rest of them)
        late += [f"ALTER TABLE {key.table.name} ADD {ddl.process(key)}" for key in keys]
    return late


def _columns(old: Table, new: Table, values: _Values, done: Statements) -> None:
    dialect = DIALECTS["postgresql"]
    ddl = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # as above
    alter = f"ALTER TABLE {new.name}"
    updates: dict[str, str] = {}
    for column in new.columns:
        quoted = ddl.preparer.format_column(column)
        if column.name not in old.columns:
            value = _add_column(column, quoted, values, done)
        else:
            value = _change_column(old.columns[column.name], column, quoted, values, done)
        if value is not None:
            updates[quoted] = value
    if updates:
        # What is set for many rows would be refused by the triggers of a table that only grows.
        done.before.extend(
            [
                f"{alter} DISABLE TRIGGER USER",
                f"UPDATE {new.name} SET {', '.join(f'{name} = {value}' for name, value in updates.items())}",  # noqa: S608  (our own words)
                f"{alter} ENABLE TRIGGER USER",
            ]
        )
    gone = [column for column in old.columns if column.name not in new.columns]
    done.after.extend(f"{alter} DROP COLUMN {ddl.preparer.format_column(column)}" for column in gone)


def _change_column(old: Column[Any], new: Column[Any], quoted: str, values: _Values, done: Statements) -> str | None:
    """Change a column; returns what its rows are to hold, where they change."""
    dialect = DIALECTS["postgresql"]
    ddl = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # as above
    alter = f"ALTER TABLE {new.table.name} ALTER COLUMN {quoted}"
    was, becomes = (str(one.type.compile(dialect=dialect)) for one in (old, new))
    if was != becomes:
        done.before.append(f"{alter} TYPE {becomes} USING {quoted}::{becomes}")
    value = values.given(new)
    if old.nullable and not new.nullable:
        value = values.of_required(new, quoted, dialect)
        done.after.append(f"{alter} SET NOT NULL")
    elif new.nullable and not old.nullable:
        done.before.append(f"{alter} DROP NOT NULL")
    was, becomes = (ddl.get_column_default_string(one) or "" for one in (old, new))
    if was != becomes:
        done.after.append(f"{alter} SET DEFAULT {becomes}" if becomes else f"{alter} DROP DEFAULT")
    return value


def _add_column(column: Column[Any], quoted: str, values: _Values, done: Statements) -> str | None:
    """Add a column; returns what its rows are to hold, where that is worked out for each.

    A constant costs no pass over the rows: PostgreSQL keeps it once for all of them.
    """
    alter = f"ALTER TABLE {column.table.name}"
    words = str(CreateColumn(column).compile(dialect=DIALECTS["postgresql"]))
    value = values.of_new(column, DIALECTS["postgresql"])
    if value is None:
        done.before.append(f"{alter} ADD COLUMN {words}")
        return None
    optional, required = words.removesuffix(" NOT NULL"), "" if column.nullable else " NOT NULL"
    if _CONSTANT.fullmatch(value) and column.server_default is None:
        done.before.append(f"{alter} ADD COLUMN {optional} DEFAULT {value}{required}")
        done.before.append(f"{alter} ALTER COLUMN {quoted} DROP DEFAULT")
        return None
    done.before.append(f"{alter} ADD COLUMN {optional}")
    if required:
        done.after.append(f"{alter} ALTER COLUMN {quoted} SET NOT NULL")
    return value


def _comments(old: MetaData, new: MetaData) -> Iterator[str]:
    for table in new.sorted_tables:
        known = old.tables.get(table.name)
        if table.comment != (None if known is None else known.comment):
            yield str(SetTableComment(table).compile(dialect=DIALECTS["postgresql"]))
        for column in table.columns:
            before = None if known is None or column.name not in known.columns else known.columns[column.name].comment
            if column.comment != before:
                yield str(SetColumnComment(column).compile(dialect=DIALECTS["postgresql"]))
