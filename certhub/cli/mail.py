"""`certhub mail bounce`: what the mail server pipes to CertHub when a message comes back."""

import os
import sys

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.config import SettingsError
from certhub.database import transaction
from certhub.rules.bounces import MOST_BYTES
from certhub.rules.refusal import Refusal
from certhub.services import bounces
from certhub.web.context import settings


@click.group("mail")
def mail() -> None:
    """What mail servers report."""


@mail.command("bounce")
@click.pass_context
def bounce(context: click.Context) -> None:
    """Take a report about a message that came back, or is late, from the standard input.

    What is no report about a message of ours changes nothing, and ends with 0 as well: a mail server sends back what
    ends otherwise. It ends with 75, upon which a mail server tries again, while the database or a setting is not right.
    """
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with context.ensure_object(ScriptInfo).load_app().app_context(), transaction():
            outcome = bounces.take(raw, base_url=settings().base_url, at=clock.now())
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
    except SettingsError as problem:
        click.echo(str(problem), err=True)
        sys.exit(os.EX_TEMPFAIL)
    except (SQLAlchemyError, OSError) as problem:
        click.echo(f"The report cannot be taken now ({type(problem).__name__}).", err=True)
        sys.exit(os.EX_TEMPFAIL)
    else:
        click.echo(f"The message is {outcome.value}." if outcome is not bounces.Outcome.KNOWN else "Nothing new.")


COMMANDS: list[click.Command] = [mail]
