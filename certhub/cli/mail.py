"""`certhub mail bounce`: what the mail server pipes to CertHub when a message comes back."""

import sys

import click
from flask.cli import with_appcontext

from certhub import clock
from certhub.database import transaction
from certhub.rules.bounces import MOST_BYTES
from certhub.services import bounces
from certhub.web.context import settings


@click.group("mail")
def mail() -> None:
    """What mail servers report."""


@mail.command("bounce")
@with_appcontext
def bounce() -> None:
    """Take a report about a message that came back, or is late, from the standard input.

    Ends with 1 and one line where it is not a report about a message of ours; nothing is changed then.
    """
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    with transaction():
        outcome = bounces.take(raw, base_url=settings().base_url, at=clock.now())
    click.echo(f"The message is {outcome.value}." if outcome is not bounces.Outcome.KNOWN else "Nothing new.")


COMMANDS: list[click.Command] = [mail]
