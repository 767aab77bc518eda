"""Running a job: each run is a row with its progress, its counts and its error."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import delete, update

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Job, JobProblem, Occasion
from certhub.models.jobs import JobRun, JobStatus
from certhub.services.bulk_changes import rows_changed

log = structlog.get_logger("certhub.jobs")

_SECONDS_BETWEEN_PROGRESS = 2.0
_IDLE_RUNS_KEPT = timedelta(days=1)


class Declined(Exception):
    """The run was not begun, because somebody else has the lease or has done it."""


def run(job: Job, occasion: Occasion, *, admitted: Callable[[datetime], bool] = lambda _at: True) -> JobRun:
    """Run `job`, and keep what came of it. A failure is kept in the row and logged, not raised.

    `admitted` is asked in the transaction that begins the run. Raises `Declined` where it says no.
    """
    row = JobRun(
        name=job.name,
        run_on=occasion.day,
        dry_run=occasion.dry_run,
        status=JobStatus.RUNNING,
        started_at=clock.now(),
        done=0,
        counts={},
    )
    with transaction() as session:
        if not admitted(row.started_at):
            raise Declined(job.name)
        session.add(row)
        session.flush()
        number = row.id
    progress = _Progress(number, occasion.progress)
    try:
        counts, error = job.run(replace(occasion, progress=progress.tell)), None
    except JobProblem as problem:
        counts, error = problem.counts, str(problem)
    except Exception as problem:
        # The kind only: its text can hold values of records. The trace is in the log, without local values.
        log.exception("job_failed", job=job.name, run=number, error=type(problem).__name__)
        counts, error = {}, f"Unexpected: {type(problem).__name__}. The log has the details (run {number})."
    return _finish(number, counts, error, progress)


def abandon_runs(at: datetime) -> int:
    """Mark the runs that a worker left behind when it died; the caller holds the lease."""
    left = update(JobRun).where(JobRun.status == JobStatus.RUNNING)
    return rows_changed(
        left.values(status=JobStatus.FAILED, finished_at=at, error="The worker stopped before this run ended.")
    )


class _Progress:
    """Passes on how far a run is, and writes it into the row every now and then."""

    def __init__(self, number: int, watch: Callable[[int, int | None], None]) -> None:
        self.number = number
        self.watch = watch
        self.done = 0
        self.total: int | None = None
        self._written = monotonic()

    def tell(self, done: int, total: int | None) -> None:
        """Take up a new state; saved with the transaction of the work that it tells of."""
        self.done, self.total = done, total
        self.watch(done, total)
        if monotonic() - self._written >= _SECONDS_BETWEEN_PROGRESS:
            self._written = monotonic()
            rows_changed(update(JobRun).where(JobRun.id == self.number).values(done=done, total=total))


def _finish(number: int, counts: Counts, error: str | None, progress: _Progress) -> JobRun:
    now = clock.now()
    with transaction() as session:
        row = session.get_one(JobRun, number)
        row.status = JobStatus.FAILED if error else JobStatus.FINISHED
        row.finished_at = now
        row.counts = counts
        row.error = error
        row.done, row.total = progress.done, progress.total
        session.flush()
        # A job that runs each minute and finds nothing to do would bury the runs that did something.
        session.execute(
            delete(JobRun).where(
                JobRun.name == row.name,
                JobRun.status == JobStatus.FINISHED,
                JobRun.done == 0,
                JobRun.started_at < now - _IDLE_RUNS_KEPT,
                JobRun.id < number,
            )
        )
    return row
