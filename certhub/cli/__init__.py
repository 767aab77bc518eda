"""The command line: `certhub ...`, and the same commands under `flask --app certhub ...`.

Each module of this room exposes its commands as `COMMANDS`.
"""

import importlib
import pkgutil
import sys

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

import certhub
from certhub.config import SettingsError
from certhub.documents.engines import EngineUnavailable
from certhub.filestore import FileMissing
from certhub.rules.refusal import Refusal

NOT_ALLOWED = "42501"
"""PostgreSQL's word for a right that is lacking."""


def all_commands() -> list[click.Command]:
    """Every command of every module in this room."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return [command for module in modules for command in module.COMMANDS]


def init_commands(app: Flask) -> None:
    """Offer the commands under `flask --app certhub`, too."""
    for command in all_commands():
        app.cli.add_command(command)


def main() -> None:
    """Run one command; a refusal or a wrong setting is one sentence and a non-zero exit."""
    group = FlaskGroup(
        name="certhub",
        help="CertHub: certification and contracting for pediatric care coordination.",
        create_app=certhub.create_app,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
    )
    for command in all_commands():
        group.add_command(command)
    try:
        group.main(prog_name="certhub", standalone_mode=True)
    except SettingsError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    except EngineUnavailable as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    except FileMissing as problem:
        told = str(problem)
        click.echo(f"{told[:1].upper()}{told[1:]}. Restore the files of the data folder from the backup.", err=True)
        sys.exit(1)
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as problem:
        click.echo(_about_the_database(problem), err=True)
        sys.exit(2)


def _about_the_database(problem: DBAPIError) -> str:
    told = f"The database cannot be used ({str(problem.orig).splitlines()[0]})."
    if getattr(problem.orig, "sqlstate", None) == NOT_ALLOWED:
        return f"{told} The role of CERTHUB_DATABASE_URL must own its database, the schema public and all tables in it."
    return (
        f"{told} If it is new or from an earlier version, run `certhub upgrade`; "
        "if not, see whether it is running and CERTHUB_DATABASE_URL is right."
    )
