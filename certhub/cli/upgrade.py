"""`certhub upgrade`: the database as this version needs it."""

import logging

import click
from alembic import command
from alembic.util import CommandError
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from certhub import clock
from certhub.database import give_up, transaction
from certhub.queries import condition
from certhub.rules.refusal import Refusal
from certhub.services import reference_data
from certhub.services.audit import SystemActor
from certhub.web.condition import newest_migration

STARTING = SystemActor("certhub run")

LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's word for a lock that was waited for in vain, see migrations/env.py."""


@click.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the database to this version, and load municipalities and standards where they are missing.

    Programs that do so at the same time come one after the other. Take a backup first.
    """
    migrate()
    click.echo(f"The database is at {newest_migration()}, as this version needs it.")


def migrate() -> None:
    """Bring the database to this version's schema and load the municipalities and default standards."""
    migrate_schema()
    with transaction():
        reference_data.load(STARTING, at=clock.now())


def migrate_schema() -> None:
    """Run the migrations that are missing. Raises `Refusal` where the database knows more than this program."""
    found, wanted = condition.revision(), newest_migration()
    give_up()  # the transaction of the question, which would stand in the way of the migration
    if found is not None and found > wanted:
        raise Refusal(
            f"The database is at {found}, and this program knows {wanted} at the most. "
            "Install the newer version here as well, or restore the backup that was made before it."
        )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        # Not by flask_migrate's own function, which writes the reason to the log and ends the program.
        command.upgrade(current_app.extensions["migrate"].migrate.get_config(), "head")
    except (CommandError, RuntimeError) as problem:
        raise Refusal(f"The database cannot be brought to {wanted}, and is as it was: {problem}") from problem
    except OperationalError as problem:
        if getattr(problem.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise Refusal(
            f"The database cannot be brought to {wanted}, and is as it was: somebody else is at work on one of its "
            "tables. Stop all that use the database, on every host, and start again."
        ) from problem


COMMANDS: list[click.Command] = [upgrade]
