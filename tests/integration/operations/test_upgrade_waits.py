"""An upgrade that cannot have a table to itself gives up, says so, and leaves everything as it was."""

import re
import shutil
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import create_engine, inspect, text

from certhub.app import create_app
from certhub.cli.upgrade import migrate_schema
from certhub.config import shipped
from certhub.database import db
from certhub.queries import condition
from certhub.rules.refusal import Refusal
from tests.conftest import Databases, settings_for

WAITING = re.compile(r"^LOCK_SECONDS = \d+$", re.M)
MIGRATION = """
from alembic import op

revision, down_revision = {revision!r}, {down!r}


def upgrade() -> None:
    for statement in {statements!r}:
        op.execute(statement)
"""
STEPS = {
    "0001": ["CREATE TABLE shelf (id INTEGER)"],
    "0002": ["CREATE TABLE book (id INTEGER)", "ALTER TABLE shelf ADD COLUMN room INTEGER"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our own environment with two small migrations, which waits for a second only."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    env = (shipped("migrations") / "env.py").read_text()
    assert WAITING.search(env)
    (folder / "env.py").write_text(WAITING.sub("LOCK_SECONDS = 1", env))
    shutil.copyfile(shipped("migrations") / "alembic.ini", folder / "alembic.ini")
    for down, (revision, statements) in zip((None, "0001"), STEPS.items(), strict=True):
        told = MIGRATION.format(revision=revision, down=down, statements=statements)
        (folder / "versions" / f"{revision}_step.py").write_text(told)
    return folder


@pytest.mark.only_on("postgresql")
def test_an_upgrade_waits_for_a_table_that_others_use_and_then_takes_everything_back(
    databases: Databases, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = databases.empty()
    app = create_app(settings_for(address, tmp_path))
    other = create_engine(address)
    with app.app_context():
        monkeypatch.setattr(app.extensions["migrate"].migrate, "directory", str(folder))
        flask_migrate.upgrade(revision="0001")
        with other.connect() as somebody:
            somebody.execute(text("SELECT * FROM shelf"))  # and stays in that transaction
            with pytest.raises(Refusal, match=r"is as it was: somebody else is at work on one of its tables\.") as told:
                migrate_schema()
        assert "\n" not in told.value.message
        assert condition.revision() == "0001"
        assert not inspect(other).has_table("book"), "what was done before is taken back"

        migrate_schema()
        assert condition.revision() == "0002"
        db.session.remove()
        db.engine.dispose()
    other.dispose()
