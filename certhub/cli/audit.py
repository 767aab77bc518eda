"""`certhub audit verify`: prove the audit trail unbroken."""

import sys

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.database import transaction
from certhub.rules.audit_actions import AuditAction
from certhub.services import audit, audit_heads, audit_verification
from certhub.services.audit_verification import Kept, VerificationReport
from certhub.web.context import settings


@click.group("audit")
def audit_group() -> None:
    """Look after the audit trail."""


@audit_group.command("verify")
@click.option("--entries", type=click.IntRange(min=1), help="How many entries the trail had when its head was kept.")
@click.option("--head", help="The hash of the last of those entries, as it was kept outside CertHub.")
@with_appcontext
def verify(entries: int | None, head: str | None) -> None:
    """Hash every entry again and compare; exit with 1 and name the first broken one if there is one.

    The trail is also compared with the head that the database keeps, with the last one written down in the data folder,
    and with --entries and --head from an earlier verification: so a trail that was cut off or written anew is found.
    """
    if (entries is None) != (head is None):
        raise click.UsageError("Give both --entries and --head, or neither.")
    file = settings().audit_heads_file
    kept = [found for found in [audit_heads.last_kept(file)] if found is not None]
    if entries is not None and head is not None:
        kept.append(Kept(entries, head))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Verifying", total=audit_verification.size() or None)
        report = audit_verification.verify(lambda read: bar.update(task, completed=read), kept=kept)
    if report.broken is not None:
        click.echo(f"BROKEN at entry {report.broken.seq}: {report.broken.problem}.", err=True)
        click.echo(f"The {report.entries:,} entries before it hold.", err=True)
    _enter(report)
    if report.broken is not None:
        sys.exit(1)
    audit_heads.keep(file, Kept(report.entries, report.head), at=clock.now())
    click.echo(f"Unbroken: {report.entries:,} entries hold (verified in {report.seconds:.2f} s).")
    click.echo(f"Written down in {file}. Keep it outside CertHub, too: --entries {report.entries} --head {report.head}")


def _enter(report: VerificationReport) -> None:
    try:
        with transaction():
            audit.record_plain(
                audit.SystemActor("certhub audit verify"),
                AuditAction.AUDIT_VERIFIED,
                "audit_entry",
                None,
                at=clock.now(),
                told=audit_verification.told(report),
            )
    except (TypeError, SQLAlchemyError):
        # What somebody wrote into the head by hand need not be text that an entry can be chained to.
        if report.broken is None:
            raise
        click.echo("The trail is too damaged to take up an entry about this verification.", err=True)


COMMANDS: list[click.Command] = [audit_group]
