"""`certhub job list` and `certhub job run NAME`: the jobs by hand."""

import sys
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from certhub import clock
from certhub.cli.dates import Day
from certhub.jobs import runner, timetable
from certhub.jobs.catalog import all_jobs, find
from certhub.jobs.registry import Occasion
from certhub.models.jobs import JobStatus
from certhub.queries import job_runs
from certhub.web.addresses import due_link
from certhub.web.context import settings


@click.group("job")
def job_group() -> None:
    """List the jobs of the worker, or run one now."""


@job_group.command("list")
@with_appcontext
def list_jobs() -> None:
    """Show each job with its schedule, its last run and its next."""
    now, last = clock.now(), job_runs.last_started()
    for job in all_jobs().values():
        when = timetable.appointment(job, last.get(job.name), now=now)
        click.echo(f"{job.name}: {job.summary}")
        click.echo(f"  schedule {job.schedule} (Massachusetts time)")
        click.echo(f"  last run {_moment(when.last_started_at)}, next run {_moment(when.next_at)}")


@job_group.command("run")
@click.argument("name")
@click.option("--on", "day", type=Day(), help="The day to run it for; today unless given.")
@click.option("--dry-run", is_flag=True, help="Count what would be done, and change nothing.")
@with_appcontext
def run_job(name: str, day: date | None, *, dry_run: bool) -> None:
    """Run the job NAME now and show what came of it."""
    job = find(name)
    run_on = day or clock.today()
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(job.name, total=None)
        occasion = Occasion(
            day=run_on,
            settings=settings(),
            link=due_link(current_app),
            dry_run=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
        result = runner.run(job, occasion)
    counts = ", ".join(f"{number:,} {what}" for what, number in result.counts.items()) or "nothing to do"
    click.echo(f"{job.name} for {run_on}{' (dry run, nothing was changed)' if dry_run else ''}: {counts}")
    if result.status is JobStatus.FAILED:
        click.echo(result.error, err=True)
        sys.exit(1)


def _moment(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(clock.AGENCY_ZONE).strftime("%Y-%m-%d %H:%M")


COMMANDS: list[click.Command] = [job_group]
