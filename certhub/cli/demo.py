"""`certhub demo load`."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from certhub import clock
from certhub.cli.run import print_accounts
from certhub.cli.upgrade import migrate
from certhub.database import db
from certhub.demo import state
from certhub.models.accounts import User
from certhub.rules.refusal import Refusal
from certhub.web import context
from certhub.web.addresses import due_link


@click.group()
def demo() -> None:
    """The demo state: fictional vendors, coordinators and practices."""


@demo.command()
@with_appcontext
def load() -> None:
    """Load the demo state into an empty database."""
    migrate()
    if db.session.scalar(select(User.id).limit(1)) is not None:
        raise Refusal("This database has accounts already. The demo state is only loaded into an empty one.")
    link = due_link(current_app)
    state.load(context.press(), today=clock.today(), link=link, progress=click.echo)
    print_accounts()


COMMANDS: list[click.Command] = [demo]
