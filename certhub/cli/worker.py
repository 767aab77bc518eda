"""`certhub worker`: the process that runs the jobs by the clock."""

import signal
import sys
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from certhub.jobs.worker import Worker
from certhub.models.jobs import JobStatus
from certhub.web.addresses import due_link
from certhub.web.context import settings


@click.command("worker")
@click.option(
    "--once", is_flag=True, help="Run each job once, whatever its schedule, and end. Paused jobs are left alone."
)
@with_appcontext
def worker(*, once: bool) -> None:
    """Run the jobs by the clock, until it is asked to end.

    Any number of workers may run, on any number of hosts: one holds the lease and does the work, the others wait.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # how Flask hands the application to threads
    clockwork = Worker(app.app_context, settings(), due_link(app))
    if once:
        sys.exit(0 if _each_once(clockwork) else 1)

    def end(_signal: int, _frame: FrameType | None) -> None:
        clockwork.ask_to_end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    clockwork.start()
    clockwork.wait()
    clockwork.stop()


def _each_once(clockwork: Worker) -> bool:
    """Run the reminders first, so that what they write is delivered in the same go."""
    well = True
    for job, result in clockwork.once():
        if result is None:
            click.echo(f"{job.name}: paused")
            continue
        counts = ", ".join(f"{number:,} {what}" for what, number in result.counts.items()) or "nothing to do"
        click.echo(f"{job.name}: {result.error or counts}")
        well = well and result.status is not JobStatus.FAILED
    return well


COMMANDS: list[click.Command] = [worker]
