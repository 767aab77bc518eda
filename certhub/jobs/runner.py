"""Running a job: each run is a row with its progress, its counts, its error, and whether somebody asked it to end."""

import os
import socket
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import delete, exists, select, update

from certhub import clock
from certhub.database import db, is_writing, transaction
from certhub.jobs.registry import Counts, Job, JobProblem, Occasion
from certhub.models.jobs import JobRequest, JobRun, JobStatus
from certhub.queries import job_runs
from certhub.rules.job_retries import ABANDONED, NO_SIGN_OF_LIFE, SILENT_FOR
from certhub.services import job_control
from certhub.services.bulk_changes import rows_changed

log = structlog.get_logger("certhub.jobs")

CANCELLED = "Ended between two pieces of work, because somebody asked for it. What was done stays done."
INTERRUPTED = "The worker ended or lost its lease before this run was done. The next worker goes on."
BROKEN_OFF = "Broken off in the middle of a piece of work; that piece was not kept."
_SECONDS_BETWEEN_SIGNS = 2.0
_IDLE_RUNS_KEPT = timedelta(days=1)


class Declined(Exception):
    """The run was not begun, because somebody else has the lease or has done it."""


def this_process() -> str:
    """Where a run happens, as people find it: the host and the number of the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run(
    job: Job,
    occasion: Occasion,
    *,
    admitted: Callable[[datetime], bool] = lambda _at: True,
    begun: Callable[[int], None] = lambda _number: None,
    by_hand: bool = False,
) -> JobRun:
    """Run `job`, and keep what came of it. A failure is kept in the row and logged, not raised.

    Whoever starts it, a day to come is only counted: `Refusal` otherwise.

    `admitted` is asked in the transaction that begins the run, and `begun` is told its number there. Raises `Declined`
    where the former says no.
    """
    job_control.require_day(occasion.day, today=clock.today(), dry_run=occasion.dry_run)
    deaths = job_runs.standing_of(job.name).deaths
    row = JobRun(
        name=job.name,
        run_on=occasion.day,
        dry_run=occasion.dry_run,
        status=JobStatus.RUNNING,
        started_at=clock.now(),
        heartbeat_at=clock.now(),
        runner=this_process(),
        by_hand=by_hand,
        done=0,
        counts={},
    )
    with transaction() as session:
        if not admitted(row.started_at):
            raise Declined(job.name)
        session.add(row)
        session.flush()
        number = row.id
        begun(number)
    control = _Control(number, occasion, by_hand=by_hand)
    counts: Counts
    error: str | None
    structlog.contextvars.bind_contextvars(job=job.name, run=number)  # on each line until the run has ended
    try:
        counts = job.run(
            replace(
                occasion,
                progress=control.tell,
                shown=occasion.progress,
                stopping=control.stopping,
                cancelled=control.is_cancelled,
                deaths=deaths,
            )
        )
        status, error = control.status, control.ending
    except JobProblem as problem:
        counts, error, status = problem.counts, str(problem), JobStatus.FAILED
    except KeyboardInterrupt:
        _finish(number, JobStatus.INTERRUPTED, {}, BROKEN_OFF, control)
        raise
    except Exception as problem:
        # The kind only: its text can hold values of records. The trace is in the log, without local values.
        log.exception("job_failed", error=type(problem).__name__)
        counts, status = {}, JobStatus.FAILED
        error = f"Unexpected: {type(problem).__name__}. The log has the details (run {number})."
    finally:
        structlog.contextvars.unbind_contextvars("job", "run")
    return _finish(number, status, counts, error, control)


def abandon_runs(at: datetime, *, but_for: Collection[int] = ()) -> int:
    """Mark the runs that a worker left behind; the caller holds the lease, and is at those in `but_for` itself.

    `but_for` is read after the rows, so that a run that ends meanwhile is neither among the one nor the other.
    """
    begun = select(JobRun.id).where(JobRun.status == JobStatus.RUNNING, JobRun.by_hand.is_(False))
    left = [number for number in db.session.scalars(begun).all() if number not in but_for]
    if not left:
        return 0
    marked = update(JobRun).where(JobRun.id.in_(left), JobRun.status == JobStatus.RUNNING)
    return rows_changed(marked.values(status=JobStatus.INTERRUPTED, finished_at=at, error=ABANDONED))


def abandon_silent_runs(at: datetime) -> int:
    """Mark the runs by hand whose process must have died."""
    silent = update(JobRun).where(
        JobRun.status == JobStatus.RUNNING, JobRun.by_hand.is_(True), JobRun.heartbeat_at < at - SILENT_FOR
    )
    return rows_changed(silent.values(status=JobStatus.INTERRUPTED, finished_at=at, error=NO_SIGN_OF_LIFE))


class _Control:
    """Passes on how far a run is, writes it into its row every now and then, and reads there whether it is to end."""

    def __init__(self, number: int, occasion: Occasion, *, by_hand: bool) -> None:
        self.number = number
        self.watch = occasion.progress
        self.ends = occasion.stopping
        self.done = 0
        self.total: int | None = None
        self.status = JobStatus.FINISHED
        self.ending: str | None = None
        self._when_ended = (JobStatus.CANCELLED, CANCELLED) if by_hand else (JobStatus.INTERRUPTED, INTERRUPTED)
        self._cancelled = False
        self._signed = monotonic()

    def tell(self, done: int, total: int | None) -> None:
        """Take up a new state; saved with the transaction of the work that it tells of, or before the next piece.

        Where an end comes in sight, it is saved at once: whoever looks on sees how much it is from the beginning.
        """
        in_sight = total is not None and total != self.total
        self.done, self.total = done, total
        self.watch(done, total)
        if (in_sight or self._is_time()) and is_writing():
            self._sign()

    def stopping(self) -> bool:
        """Whether to end between two pieces of work."""
        if self.ends():
            self.status, self.ending = self._when_ended
            return True
        if self._is_time() and not is_writing():
            with transaction():
                self._sign()
        if self._cancelled:
            self.status, self.ending = JobStatus.CANCELLED, CANCELLED
        return self._cancelled

    def is_cancelled(self) -> bool:
        """Whether a person has ended the run, and its work has been told to stop."""
        return self.status is JobStatus.CANCELLED

    def _is_time(self) -> bool:
        return monotonic() - self._signed >= _SECONDS_BETWEEN_SIGNS

    def _sign(self) -> None:
        """Give a sign of life with the progress, and read in the same breath whether somebody cancelled the run."""
        self._signed = monotonic()
        asked = db.session.scalar(
            update(JobRun)
            .where(JobRun.id == self.number)
            .values(done=self.done, total=self.total, heartbeat_at=clock.now())
            .returning(JobRun.cancel_asked_at)
        )
        self._cancelled = self._cancelled or asked is not None


def _finish(number: int, status: JobStatus, counts: Counts, error: str | None, control: _Control) -> JobRun:
    now = clock.now()
    with transaction() as session:
        row = session.get_one(JobRun, number)
        row.status = status
        row.finished_at = now
        row.counts = counts
        row.error = error
        row.done, row.total = control.done, control.total
        session.flush()
        # A job that runs each minute and finds nothing to do would bury the runs that did something.
        session.execute(
            delete(JobRun).where(
                JobRun.name == row.name,
                JobRun.status == JobStatus.FINISHED,
                JobRun.done == 0,
                JobRun.counts == {},
                JobRun.started_at < now - _IDLE_RUNS_KEPT,
                JobRun.id < number,
                ~exists().where(JobRequest.run_id == JobRun.id),
            )
        )
    return row
