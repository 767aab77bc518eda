"""The worker: a clock that runs what is due, on one host at a time.

APScheduler only ticks. What is due follows from the rows of past runs, so that a worker that was down catches up,
and the start of each run is decided in one transaction with the lease, so that two workers never run the same one.
"""

import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import runner, timetable
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Job, Occasion
from certhub.queries import job_runs
from certhub.services import leases
from certhub.services.digests import Link

log = structlog.get_logger("certhub.worker")

HEARTBEAT_SECONDS = 10
TICK_SECONDS = 5


class Worker:
    """Holds the lease and runs the jobs; `context` opens what the database session needs."""

    def __init__(self, context: Callable[[], AbstractContextManager[object]], settings: Settings, link: Link) -> None:
        self.context = context
        self.settings = settings
        self.link = link
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.fence: int | None = None
        self._stop = threading.Event()
        self._scheduler: BackgroundScheduler | None = None

    @property
    def holds_lease(self) -> bool:
        """Whether this worker runs the jobs at present, as far as it knows."""
        return self.fence is not None

    def start(self) -> None:
        """Begin to tick in threads of its own."""
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1), "heartbeat": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        now = clock.now()
        scheduler.add_job(
            self.beat, "interval", seconds=HEARTBEAT_SECONDS, executor="heartbeat", next_run_time=now, id="heartbeat"
        )
        scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS, id="tick")
        scheduler.start()
        self._scheduler = scheduler
        log.info("worker_started", owner=self.owner)

    def stop(self) -> None:
        """End between two pieces of work and give the lease up."""
        self._stop.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        with self.context():
            if self.fence is not None:
                with transaction():
                    leases.release(job_runs.WORKER, self.owner, at=clock.now())
                self.fence = None
        log.info("worker_stopped", owner=self.owner)

    def wait(self) -> None:
        """Wait until somebody asks the worker to end."""
        self._stop.wait()

    def ask_to_end(self) -> None:
        """Let `wait` return; safe in a signal handler."""
        self._stop.set()

    def beat(self) -> None:
        """Take the lease or renew it. A database that is away is tried again at the next beat."""
        if self._stop.is_set():
            return
        with self.context():
            try:
                self._renew()
            except SQLAlchemyError as problem:
                self.fence = None
                log.error("heartbeat_failed", error=type(problem).__name__)
            finally:
                db.session.remove()

    def _renew(self) -> None:
        now = clock.now()
        with transaction():
            fence = leases.acquire(job_runs.WORKER, self.owner, at=now)
            if fence is not None and fence != self.fence:
                runner.abandon_runs(now)
        if fence != self.fence:
            log.info("lease_taken" if fence is not None else "lease_lost", owner=self.owner, fence=fence)
        self.fence = fence

    def tick(self) -> int:
        """Run each job that is due; how many ran. Does nothing without the lease."""
        ran = 0
        with self.context():
            try:
                for job in all_jobs().values():
                    ran += self._run_if_due(job)
            except SQLAlchemyError as problem:
                log.error("tick_failed", error=type(problem).__name__)
            finally:
                db.session.remove()
        return ran

    def _run_if_due(self, job: Job) -> bool:
        if self.fence is None or self._stop.is_set() or not self._is_due(job, clock.now()):
            return False
        occasion = Occasion(day=clock.today(), settings=self.settings, link=self.link, stopping=self._is_ending)
        try:
            result = runner.run(job, occasion, admitted=lambda at: self._admitted(job, at))
        except runner.Declined:
            return False
        log.info("job_ended", job=job.name, run=result.id, status=result.status.value, **result.counts)
        return True

    def _is_due(self, job: Job, at: datetime) -> bool:
        last = job_runs.last_started().get(job.name)
        return timetable.appointment(job, last, now=at).is_due(at)

    def _admitted(self, job: Job, at: datetime) -> bool:
        return leases.still_held(job_runs.WORKER, self.owner, at=at) and self._is_due(job, at)

    def _is_ending(self) -> bool:
        return self._stop.is_set() or self.fence is None
