"""`certhub data-dictionary`: every table and column in words, written from the models' own comments."""

from pathlib import Path

import click
from sqlalchemy import CheckConstraint, Column, Enum, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from certhub.models import Base
from certhub.models.protection import APPEND_ONLY

HEADING = """# Data dictionary

Written by `certhub data-dictionary docs/data-dictionary.md` from the comments of the models; a test keeps it current.
Types are PostgreSQL's. Names that end in `_at` are instants in UTC, names that end in `_on` are calendar dates of the
agency (America/New_York). Columns may be empty only where it says so.
"""


def written() -> str:
    """The whole dictionary in Markdown, tables by name."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return "\n".join([HEADING, *(_table(table) for table in tables)])


def _table(table: Table) -> str:
    lines = [f"## {table.name}", "", table.comment or ""]
    if table.name in APPEND_ONLY:
        lines += ["", "The database refuses to change or remove a row of this table."]
    lines += ["", "| column | type | empty | what it is |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {column.name} | {_type(column)} | {'yes' if column.nullable else ''} | {_meaning(column)} |"
        for column in table.columns
    ]
    rules = sorted(rule for constraint in table.constraints if (rule := _rule(constraint)))
    rules += sorted(
        f"- one row only for each {', '.join(column.name for column in index.columns)}"
        + (
            f", where {_cell(str(where))}"
            if (where := index.dialect_kwargs.get("postgresql_where")) is not None
            else ""
        )
        for index in table.indexes
        if index.unique
    )
    return "\n".join([*lines, *(["", "Held by the database:", "", *rules] if rules else []), ""])


def _type(column: Column[object]) -> str:
    if isinstance(column.type, Enum):
        return "one of " + ", ".join(f"`{value}`" for value in column.type.enums)
    return str(column.type.compile(dialect=postgresql.dialect())).lower()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialects untyped


def _meaning(column: Column[object]) -> str:
    parts = ["Key" if column.primary_key else "", *sorted(f"→ {key.target_fullname}" for key in column.foreign_keys)]
    parts += [column.comment or "", "Not repeated in the audit trail" if column.info.get("secret") else ""]
    return _cell(". ".join(part for part in parts if part))


def _rule(constraint: SchemaItem) -> str | None:
    if isinstance(constraint, UniqueConstraint):
        return f"- one row only for each {', '.join(column.name for column in constraint.columns)}"
    # The list of an enumeration's words stands beside its column already.
    if isinstance(constraint, CheckConstraint) and not getattr(constraint, "_type_bound", False):
        return f"- `{constraint.name}`: {_cell(str(constraint.sqltext))}"
    return None


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


@click.command("data-dictionary")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("docs/data-dictionary.md"))
def data_dictionary(file: Path) -> None:
    """Write the data dictionary to FILE (docs/data-dictionary.md by default)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written(), encoding="utf-8")
    click.echo(f"{file}: {len(Base.metadata.tables)} tables")


COMMANDS: list[click.Command] = [data_dictionary]
