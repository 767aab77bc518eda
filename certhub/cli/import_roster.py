"""`certhub import roster FILE`: the import of a spreadsheet without the pages."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from certhub import clock
from certhub.database import db, transaction
from certhub.queries import organizations
from certhub.rules.file_types import SPREADSHEET_TYPES, display_name, require_file_type
from certhub.rules.identifiers import require_vendor_code
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import MOST_ROWS
from certhub.services import files, roster_import
from certhub.services.audit import SystemActor
from certhub.services.roster_plan import Plan, plan_for
from certhub.web.context import file_store, settings

_SHOWN = 50


@click.group("import")
def import_group() -> None:
    """Bring in records from files."""


@import_group.command("roster")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vendor-code", required=True, help="The vendor that employs the people, such as VC6000000001.")
@click.option("--dry-run", is_flag=True, help="Check the file and show the report; change nothing.")
@with_appcontext
def roster(path: Path, vendor_code: str, *, dry_run: bool) -> None:
    """Import the coordinators in FILE (CSV or XLSX): all of them, or none where a row is wrong."""
    vendor = organizations.vendor_with_code(require_vendor_code(vendor_code))
    if vendor is None:
        raise Refusal("No vendor organization has this vendor code.")
    limit = settings().max_spreadsheet_bytes
    if path.stat().st_size > limit:
        raise Refusal(f"This file is larger than {limit // (1024 * 1024)} MB (CERTHUB_MAX_SPREADSHEET_MB).")
    data = path.read_bytes()
    media_type = require_file_type(data, SPREADSHEET_TYPES)
    actor, at = SystemActor("certhub import roster"), clock.now()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Checking rows", total=data.count(b"\n") or MOST_ROWS)
        checked = roster_import.read(data, media_type, at=at, progress=lambda done: bar.update(task, completed=done))
        bar.update(task, description="Comparing with the records")
        plan = plan_for(vendor.id, checked)
        if not plan.problems and not dry_run:
            bar.update(task, description="Importing", total=None)
            with transaction():
                file = files.keep(
                    data,
                    media_type=media_type,
                    name=display_name(path.name),
                    owner_id=vendor.id,
                    party_id=vendor.id,
                    store=file_store(),
                    actor=actor,
                    at=at,
                )
                kept = roster_import.check(vendor, file, plan, actor=actor, at=at)
                db.session.flush()
                roster_import.carry_out(kept, checked, actor=actor, at=at)
    _tell(plan, dry_run=dry_run)
    if plan.problems:
        sys.exit(1)


def _tell(plan: Plan, *, dry_run: bool) -> None:
    console = Console()
    for title, problems in (("To correct", plan.problems), ("To look at", plan.notices)):
        if problems:
            table = Table("Row", "Column", "What is there", "What to do", title=title, title_justify="left")
            for problem in problems[:_SHOWN]:
                table.add_row(
                    str(problem.row), *(_plain(text) for text in (problem.column, problem.value)), problem.message
                )
            console.print(table)
            if len(problems) > _SHOWN:
                console.print(f"... and {len(problems) - _SHOWN:,} more")
    counts = (
        f"{plan.checked.row_count:,} rows: {len(plan.new):,} new, {len(plan.changed):,} changed, "
        f"{len(plan.known) - len(plan.changed):,} with nothing new, {len(plan.problems):,} to correct."
    )
    if plan.problems:
        click.echo(f"{counts} Nothing was imported.")
    else:
        click.echo(f"{counts} {'Nothing was imported: this was a dry run.' if dry_run else 'Imported.'}")


def _plain(text: str) -> str:
    """A cell of the file in a table of `rich`, which would read square brackets as its own markup."""
    return text.replace("[", "\\[")


COMMANDS: list[click.Command] = [import_group]
