"""`certhub job list` and `certhub job run NAME`: the jobs by hand."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from certhub import clock
from certhub.cli.dates import Day
from certhub.database import transaction
from certhub.jobs import runner, timetable
from certhub.jobs.catalog import all_jobs, find
from certhub.jobs.registry import Occasion
from certhub.models.jobs import JobStatus
from certhub.queries import job_runs
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.services import job_control
from certhub.services.audit import SystemActor
from certhub.web.addresses import due_link
from certhub.web.context import settings

_ENDED_EARLY = 130
"""The exit code of what Ctrl-C or a person on the page of the jobs has ended, as shells know it."""


@click.group("job")
def job_group() -> None:
    """List the jobs of the worker, or run one now."""


@job_group.command("list")
@with_appcontext
def list_jobs() -> None:
    """Show each job with its schedule, its last run and its next."""
    now, known = clock.now(), all_jobs()
    recent = job_runs.recent(known)
    for job in known.values():
        when = timetable.appointment(job, job_runs.standing(recent[job.name]), now=now)
        click.echo(f"{job.name}: {job.summary}")
        click.echo(f"  schedule {job.schedule} (Massachusetts time)")
        click.echo(f"  last run {_moment(when.last_started_at)}, next run {_moment(when.next_at)}")
        for run in recent[job.name]:
            if run.status is JobStatus.RUNNING:
                click.echo(f"  under way: number {run.id}, since {_moment(run.started_at)}, on {run.runner}")


@job_group.command("run")
@click.argument("name")
@click.option("--on", "day", type=Day(), help="The day to run it for; today unless given.")
@click.option("--dry-run", is_flag=True, help="Count what would be done, and change nothing.")
@with_appcontext
def run_job(name: str, day: date | None, *, dry_run: bool) -> None:
    """Run the job NAME now and show what came of it.

    Ctrl-C ends it between two pieces of work; pressed once more, it breaks off the piece that it is at.
    """
    job = find(name)
    ending = threading.Event()
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
            stopping=ending.is_set,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
        with _ending_on_ctrl_c(ending, console):
            result = runner.run(job, occasion, by_hand=True)
    counts = ", ".join(f"{number:,} {what}" for what, number in result.counts.items()) or "nothing to do"
    click.echo(f"{job.name} for {run_on}{' (dry run, nothing was changed)' if dry_run else ''}: {counts}")
    if result.error:
        click.echo(result.error, err=True)
    if result.status is not JobStatus.FINISHED:
        sys.exit(_ENDED_EARLY if result.status is JobStatus.CANCELLED else 1)


@job_group.command("cancel")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@with_appcontext
def cancel_run(number: int) -> None:
    """Ask the run NUMBER to end between two pieces of work, on whatever host it is.

    `certhub job list` and the page of the jobs tell the numbers of the runs that are under way.
    """
    try:
        run = job_runs.one(OPERATOR, number)
    except NotVisible as problem:
        raise Refusal(f"There is no run with the number {number}.") from problem
    name = run.name
    with transaction():
        job_control.cancel(run, actor=SystemActor("certhub job cancel"), at=clock.now())
    click.echo(f"{name}, number {number}, ends after the piece of work that it is at. What is done stays done.")


@contextmanager
def _ending_on_ctrl_c(ending: threading.Event, console: Console) -> Iterator[None]:
    """Let the first Ctrl-C ask the run to end, and the second one break it off."""
    usual = signal.getsignal(signal.SIGINT)

    def ask(_signal: int, _frame: FrameType | None) -> None:
        ending.set()
        signal.signal(signal.SIGINT, usual)
        console.print("Ending after the piece of work that is under way. Press Ctrl-C again to break it off.")

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _moment(at: datetime | None) -> str:
    return "never" if at is None else at.astimezone(clock.AGENCY_ZONE).strftime("%Y-%m-%d %H:%M")


COMMANDS: list[click.Command] = [job_group]
