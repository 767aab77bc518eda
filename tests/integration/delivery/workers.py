"""Workers whose clock a test turns, and the rows of runs."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs.catalog import all_jobs
from certhub.jobs.worker import Worker
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.rules.job_retries import ABANDONED

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
FAILED, DONE, CUT, ON = JobStatus.FAILED, JobStatus.FINISHED, JobStatus.INTERRUPTED, JobStatus.RUNNING
DEAD = "its process died"


def a_worker(app: Flask, settings: Settings) -> Worker:
    return Worker(app.app_context, settings, lambda _item: "https://h/")


def runs() -> list[JobRun]:
    db.session.rollback()  # so that what others have written meanwhile is seen
    return list(db.session.scalars(select(JobRun).order_by(JobRun.id)))


def begin_and_die(worker: Worker, name: str) -> None:
    """Begin the job if it is due, and leave its row as a process does that is killed."""
    if worker._is_due(all_jobs()[name], clock.now()):
        with transaction() as session:
            session.add(
                JobRun(
                    name=name, run_on=clock.today(), status=JobStatus.RUNNING, started_at=clock.now(), dry_run=False,
                    done=0, counts={},
                )
            )  # fmt: skip


def let_the_lease_run_out() -> None:
    """As time does, by any clock: the lease is reckoned by that of the database, which does not travel."""
    with transaction() as session:
        session.execute(update(Lease).values(expires_at=clock.now() - timedelta(days=1)))


def a_run(status: JobStatus | str, minutes: int, *, run_on: date = TODAY, name: str = "x") -> JobRun:
    at = NOW + timedelta(minutes=minutes)
    ended = None if status is JobStatus.RUNNING else at
    error = ABANDONED if status == DEAD else None
    status = JobStatus.INTERRUPTED if status == DEAD else JobStatus(status)
    return JobRun(name=name, run_on=run_on, status=status, started_at=at, finished_at=ended, counts={}, error=error)
