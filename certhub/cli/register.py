"""`certhub register SUBJECT`: the register of credentials as of any date."""

import sys
from datetime import date, datetime

import click
from flask.cli import with_appcontext
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from certhub import clock
from certhub.cli.dates import Day, Instant
from certhub.documents.delimited import cell, csv_text
from certhub.queries import registers
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import SubjectType

SUBJECTS = {
    "coordinators": SubjectType.COORDINATOR,
    "vendors": SubjectType.VENDOR,
    "practices": SubjectType.PRACTICE,
    "training-programs": SubjectType.TRAINING_PROGRAM,
}
_WRAPPED = ("name", "employer", "status")
_LEAST, _WIDEST = 12, 100_000
_IN_TABLE = ("number", "name", "employer", "starts_on", "expires_on", "status", "authorized")


@click.command("register")
@click.argument("subject", type=click.Choice(sorted(SUBJECTS)))
@click.option("--as-of", type=Day(), help="The day to tell about; today unless given.")
@click.option("--known-at", type=Instant(), help="What was known at this time; now unless given.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True)
@with_appcontext
def register(subject: str, as_of: date | None, known_at: datetime | None, form: str) -> None:
    """Print who held a credential on a day, with the status on that day."""
    day = as_of or clock.today()
    rows = registers.whole(OPERATOR, SUBJECTS[subject], day, known_at)
    if form == "csv":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream, also in tests
        for piece in csv_text(registers.HEADING, (registers.cells(row) for row in rows)):
            click.echo(piece, nl=False)
        return
    table = Table(title=f"{subject} as of {day}", box=box.SIMPLE_HEAD)
    for column in _IN_TABLE:
        wraps = column in _WRAPPED
        table.add_column(
            column.replace("_", " ").capitalize(),
            no_wrap=not wraps,
            overflow="fold",
            min_width=_LEAST if wraps else None,
        )
    for row in rows:
        table.add_row(*(escape(cell(getattr(row, column))) for column in _IN_TABLE))
    console = Console()
    # Lines that are too long for a terminal are broken by it; a number or a date is never cut. A file takes any length.
    needed = console.measure(table, options=console.options.update(max_width=_WIDEST))
    Console(width=max(console.width, needed.minimum) if console.is_terminal else needed.maximum).print(table)
    if not table.row_count:
        click.echo("No credential was held on that day.", err=True)


COMMANDS: list[click.Command] = [register]
