"""`certhub register SUBJECT`: the register of credentials as of any date."""

import sys
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.table import Table

from certhub import clock
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
_IN_TABLE = ("number", "name", "employer", "starts_on", "expires_on", "status", "authorized")


class Instant(click.ParamType[datetime]):
    """A day and time; without a zone it is Massachusetts time."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an ISO instant such as 2026-07-31T16:30 or 2026-07-31T20:30Z."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; write it like 2026-07-31T16:30 or 2026-07-31T20:30Z.", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=clock.AGENCY_ZONE)).astimezone(UTC)


@click.command("register")
@click.argument("subject", type=click.Choice(sorted(SUBJECTS)))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day to tell about; today unless given.")
@click.option("--known-at", type=Instant(), help="What was known at this time; now unless given.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True)
@with_appcontext
def register(subject: str, as_of: datetime | None, known_at: datetime | None, form: str) -> None:
    """Print who held a credential on a day, with the status on that day."""
    day = as_of.date() if as_of else clock.today()
    rows = registers.whole(OPERATOR, SUBJECTS[subject], day, known_at)
    if form == "csv":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream, also in tests
        for piece in csv_text(registers.HEADING, (registers.cells(row) for row in rows)):
            click.echo(piece, nl=False)
        return
    table = Table(*(column.replace("_", " ").capitalize() for column in _IN_TABLE), title=f"{subject} as of {day}")
    for row in rows:
        table.add_row(*(cell(getattr(row, column)) for column in _IN_TABLE))
    Console().print(table)
    if not table.row_count:
        click.echo("No credential was held on that day.", err=True)


COMMANDS: list[click.Command] = [register]
