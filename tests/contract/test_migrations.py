"""Migrations and models say the same, on both databases, down to triggers, CHECKs and comments."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, Enum, create_engine, inspect, select, text
from sqlalchemy.sql.schema import Column, Table

from certhub.app import create_app
from certhub.config import shipped
from certhub.database import db
from certhub.models import Base
from certhub.models.protection import APPEND_ONLY
from migrations import renew_unreleased
from migrations.renew_unreleased import releases
from tests.catalog import catalog
from tests.conftest import Databases, settings_for


@pytest.fixture(scope="module")
def migrated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings_for(databases.empty(), tmp_path_factory.mktemp("migrated")))
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def modelled(databases: Databases) -> Iterator[Engine]:
    """A database made from the models, as the other tests use it."""
    engine = create_engine(databases.empty())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def enum_columns() -> list[tuple[Table, Column[object]]]:
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    ]


def test_there_is_one_head_and_each_file_is_reached_from_it() -> None:
    scripts = ScriptDirectory(str(shipped("migrations")))

    assert len(scripts.get_heads()) == 1
    reached = {Path(script.path).name for script in scripts.walk_revisions()}
    assert reached == {path.name for path in (shipped("migrations") / "versions").glob("*.py")}


def test_a_released_migration_never_changes_again() -> None:
    folder = shipped("migrations")
    for release in releases():
        found = {
            name: hashlib.sha256((folder / "versions" / name).read_bytes()).hexdigest()
            for name in release["migrations"]
        }
        assert found == release["migrations"], f"release {release['version']} left {release['revision']} as it was"


def test_at_most_one_migration_is_unreleased_and_it_is_as_the_tool_writes_it() -> None:
    released = {name for release in releases() for name in release["migrations"]}
    unreleased = sorted({path.name for path in (shipped("migrations") / "versions").glob("*.py")} - released)
    assert unreleased in ([], [renew_unreleased.target().name])
    wanted = renew_unreleased.current()
    assert [(shipped("migrations") / "versions" / name).read_text() for name in unreleased] == (
        [] if wanted is None else [renew_unreleased.formatted(wanted)]
    ), "run `make migration`"


def test_migrations_stand_on_their_own_and_write_no_message() -> None:
    for path in (shipped("migrations") / "versions").glob("*.py"):
        source = path.read_text()
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        assert imported <= {"alembic", "sqlalchemy", "datetime", "json"}, f"{path.name} imports {imported}"
        # A table that is rebuilt on SQLite gets its own rows back, and no others.
        copies = re.compile(r"INSERT INTO (\w+) \([\w, ]+\)\nSELECT [^;]+?\nFROM \1_before\b(?=\"\"\",\n)")
        assert "into message" not in copies.sub("", source).lower(), f"{path.name} writes messages"


def test_the_migrated_schema_is_the_one_of_the_models(migrated: Flask, modelled: Engine) -> None:
    with db.engine.connect() as left, modelled.connect() as right:
        found, wanted = catalog(left), catalog(right)

    assert sorted(found.keys() ^ wanted.keys()) == [], "run `make migration`"
    assert {key: (found[key], wanted[key]) for key in wanted if found[key] != wanted[key]} == {}
    assert [key for key in found if key[0] == "trigger"], "the catalogue shows the triggers"


def test_alembic_finds_nothing_to_change(migrated: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []


def test_up_and_down_and_up_again_leaves_the_same_schema_and_no_rest(databases: Databases, tmp_path: Path) -> None:
    app = create_app(settings_for(databases.empty(), tmp_path))
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            first = catalog(connection)
        flask_migrate.downgrade(revision="base")
        with db.engine.connect() as connection:
            assert catalog(connection) == {}
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert catalog(connection) == first
        db.engine.dispose()


@pytest.mark.parametrize(("table", "column"), enum_columns(), ids=lambda item: getattr(item, "name", str(item)))
def test_the_migrated_check_takes_every_member_and_nothing_else(
    migrated: Flask, table: Table, column: Column[object]
) -> None:
    members = [str(member.value) for member in column.type.enum_class]  # type: ignore[attr-defined]  # an Enum, see above
    with db.engine.connect() as connection:
        own = [
            check["sqltext"]
            for check in inspect(connection).get_check_constraints(table.name)
            if check["name"] == f"ck_{table.name}_{column.type.name}"  # type: ignore[attr-defined]  # as above
        ]
        assert len(own) == 1, f"{table.name}.{column.name} has no CHECK of its members"
        judge = text(f"SELECT {own[0]} FROM (SELECT CAST(:value AS VARCHAR(60)) AS {column.name}) AS probe")
        taken = {value: bool(connection.execute(judge, {"value": value}).scalar()) for value in [*members, "nonsense"]}

    assert taken == {**dict.fromkeys(members, True), "nonsense": False}
    assert max(map(len, members)) <= (column.type.length or 0)  # type: ignore[attr-defined]  # as above


def test_a_migrated_database_is_empty_and_sends_nothing(migrated: Flask) -> None:
    with db.engine.connect() as connection:
        filled = [t.name for t in Base.metadata.sorted_tables if connection.execute(select(t).limit(1)).first()]
    assert filled == ["audit_head"]  # which begins at nothing


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_append_only_table_has_its_triggers_after_a_migration(migrated: Flask, table: str) -> None:
    with db.engine.connect() as connection:
        kinds = [name for (kind, name, part) in catalog(connection) if kind == "trigger" and table in (name, part)]
    assert len(kinds) >= 2
