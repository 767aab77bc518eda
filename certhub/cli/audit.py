"""`certhub audit verify`: prove the audit trail unbroken."""

import sys

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from certhub import clock
from certhub.database import transaction
from certhub.rules.audit_actions import AuditAction
from certhub.services import audit, audit_verification
from certhub.services.audit_verification import Kept


@click.group("audit")
def audit_group() -> None:
    """Look after the audit trail."""


@audit_group.command("verify")
@click.option("--entries", type=click.IntRange(min=1), help="How many entries the trail had when its head was kept.")
@click.option("--head", help="The hash of the last of those entries, as it was kept outside CertHub.")
@with_appcontext
def verify(entries: int | None, head: str | None) -> None:
    """Hash every entry again and compare; exit with 1 and name the first broken one if there is one.

    With --entries and --head from an earlier verification, a trail that was cut off or written anew is found, too.
    """
    if (entries is None) != (head is None):
        raise click.UsageError("Give both --entries and --head, or neither.")
    kept = Kept(entries, head) if entries is not None and head is not None else None
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Verifying", total=audit_verification.head().entries or None)
        report = audit_verification.verify(lambda read: bar.update(task, completed=read), kept=kept)
    with transaction():
        audit.record_plain(
            audit.SystemActor("certhub audit verify"),
            AuditAction.AUDIT_VERIFIED,
            "audit_entry",
            None,
            at=clock.now(),
            told=audit_verification.told(report),
        )
    if report.broken is not None:
        click.echo(f"BROKEN at entry {report.broken.seq}: {report.broken.problem}.", err=True)
        click.echo(f"The {report.entries:,} entries before it hold.", err=True)
        sys.exit(1)
    click.echo(f"Unbroken: {report.entries:,} entries hold (verified in {report.seconds:.2f} s).")
    click.echo(f"Keep these outside CertHub: --entries {report.entries} --head {report.head}")


COMMANDS: list[click.Command] = [audit_group]
