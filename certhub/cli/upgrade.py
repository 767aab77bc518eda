"""`certhub upgrade`: the database as this version needs it."""

import click
from flask.cli import with_appcontext

from certhub.cli.run import migrate
from certhub.web.condition import newest_migration


@click.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the database to this version, and load municipalities and standards where they are missing.

    Programs that do so at the same time come one after the other. Take a backup first.
    """
    migrate()
    click.echo(f"The database is at {newest_migration()}, as this version needs it.")


COMMANDS: list[click.Command] = [upgrade]
