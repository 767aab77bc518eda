"""The tool that writes migrations: whatever changes in the models, both databases end as if made from them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)

from certhub.models.base import NAMING, BigKey, JsonDocument
from migrations import released_schema, renew_unreleased
from migrations.schema_difference import DIALECTS, NoValue, Schema, Statements, changes, released
from tests.catalog import catalog
from tests.conftest import Databases

REFUSING = "SELECT RAISE(ABORT, 'never')"
FUNCTION = """CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'never'; END $$"""


def protection(*tables: str) -> dict[str, list[str]]:
    return {
        "sqlite": [f"CREATE TRIGGER {one}_kept BEFORE UPDATE ON {one} BEGIN {REFUSING}; END" for one in tables],
        "postgresql": [
            FUNCTION,
            *(
                f"CREATE TRIGGER {one}_kept BEFORE UPDATE ON {one} FOR EACH ROW EXECUTE FUNCTION refuse()"
                for one in tables
            ),
        ],
    }


def kinds(*members: str) -> Enum:
    return Enum(*members, name="kind", native_enum=False, create_constraint=True, length=40)


def old_schema() -> Schema:
    data = MetaData(naming_convention=NAMING)
    Table("town", data, Column("id", Integer, primary_key=True), Column("name", String(20), nullable=False))
    Table(
        "person", data,
        Column("id", Integer, primary_key=True),
        Column("kind", kinds("a", "b"), nullable=False),
        Column("given", String(20), nullable=False, comment="The first name"),
        Column("town_id", ForeignKey("town.id"), nullable=True),
        Column("note", String(40), nullable=True),
        Column("gone", Integer, nullable=False),
        CheckConstraint("length(given) > 0", name="given"),
        UniqueConstraint("given", "kind"),
        Index("ix_person_town", "town_id"),
        comment="Somebody",
    )  # fmt: skip
    Table("visit", data, Column("id", BigKey, primary_key=True), Column("person_id", ForeignKey("person.id")))
    Table("forgotten", data, Column("id", Integer, primary_key=True), Column("visit_id", ForeignKey("visit.id")))
    return Schema(data, protection("person"))


def new_schema() -> Schema:
    data = MetaData(naming_convention=NAMING)
    Table("region", data, Column("id", Integer, primary_key=True), Column("name", String(9)))
    Table("town", data, Column("id", Integer, primary_key=True), Column("name", String(60), nullable=False))
    Table(
        "person", data,
        Column("id", Integer, primary_key=True),
        Column("kind", kinds("a", "b", "it's 100 %"), nullable=False, comment="What it's like"),
        Column("first_name", String(20), nullable=False, comment="The given name, 100 %"),
        Column("town_id", ForeignKey("town.id", ondelete="CASCADE"), nullable=True),
        Column("note", String(40), nullable=False, default=""),
        Column("active", Boolean, nullable=False, default=True),
        Column("seen_on", Date, nullable=True),
        Column("answers", JsonDocument, nullable=False, default=dict),
        Column("region_id", ForeignKey("region.id"), nullable=True),
        CheckConstraint("length(first_name) > 1 AND first_name NOT LIKE '%x'", name="first_name"),
        Index("ix_person_town", "town_id", sqlite_where=text("active"), postgresql_where=text("active")),
        Index("uq_person_first_name", "first_name", unique=True),
        comment="A person",
    )  # fmt: skip
    Table("visit", data, Column("id", BigKey, primary_key=True), Column("person_id", ForeignKey("person.id")))
    return Schema(data, protection("person", "visit"))


FILLED = {"person.first_name": "given", "person.kind": "CASE kind WHEN 'b' THEN 'it''s 100 %' ELSE kind END"}
ROWS = (
    "INSERT INTO town (id, name) VALUES (1, 'Lynn')",
    "INSERT INTO person (id, kind, given, town_id, note, gone)"
    " VALUES (7, 'a', 'Ana', 1, NULL, 3), (8, 'b', 'Bo', 1, 'n', 4)",
    "INSERT INTO visit (id, person_id) VALUES (1, 7)",
)


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    engine = create_engine(address)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            connection.connection.cursor().execute("PRAGMA legacy_alter_table=ON")
        yield connection
        connection.commit()
    engine.dispose()


def made(connection: Connection, schema: Schema) -> None:
    schema.metadata.create_all(connection)
    for statement in schema.protection[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def changed(connection: Connection, old: Schema, new: Schema, filled: dict[str, str], *, back: bool = False) -> None:
    statements = changes(old, new, connection.dialect.name, filled, back=back)
    for statement in [*statements.before, *statements.after]:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("before", "after", "filled", "back"),
    [(old_schema, new_schema, FILLED, False), (new_schema, old_schema, {}, True), (old_schema, old_schema, {}, False)],
    ids=["forth", "back", "nothing"],
)
def test_a_changed_schema_is_the_same_as_one_made_anew(
    databases: Databases,
    before: Callable[[], Schema],
    after: Callable[[], Schema],
    filled: dict[str, str],
    back: bool,
) -> None:
    with connected(databases.empty()) as left, connected(databases.empty()) as right:
        made(left, before())
        changed(left, before(), after(), filled, back=back)
        made(right, after())

        assert catalog(left) == catalog(right)


def test_rows_keep_what_they_hold_and_get_what_is_said_for_new_columns(databases: Databases) -> None:
    with connected(databases.empty()) as connection:
        made(connection, old_schema())
        for statement in ROWS:
            connection.exec_driver_sql(statement)
        changed(connection, old_schema(), new_schema(), FILLED)

        rows = connection.execute(text("SELECT id, kind, first_name, note, active, seen_on FROM person ORDER BY id"))
        assert rows.all() == [(7, "a", "Ana", "", True, None), (8, "it's 100 %", "Bo", "n", True, None)]
        assert connection.execute(text("SELECT person_id FROM visit")).scalar() == 7
        with pytest.raises(Exception, match="never"):
            connection.execute(text("UPDATE person SET note = 'x'"))
        connection.rollback()


def test_a_required_column_that_nobody_filled_is_not_guessed() -> None:
    without = {"person.kind": FILLED["person.kind"]}
    for dialect in ("sqlite", "postgresql"):
        with pytest.raises(NoValue, match=r"person\.first_name is new and required: say in FILLED"):
            changes(old_schema(), new_schema(), dialect, without)


def test_a_release_can_be_written_down_so_that_nothing_differs_from_the_models(tmp_path: Path) -> None:
    """What the next release's migration is compared with, once this one is out."""
    told = tmp_path / "schema.py"
    released_schema.main(told)
    old, new = released(told, NAMING), renew_unreleased.modelled()

    assert {dialect: changes(old, new, dialect, {}) for dialect in DIALECTS} == dict.fromkeys(DIALECTS, Statements())
