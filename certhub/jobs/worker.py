"""The worker: a clock that runs what is due, on one host at a time.

APScheduler only ticks. What is due follows from the rows of past runs, so that a worker that was down catches up,
and the start of each run is decided in one transaction with the lease, so that two workers never run the same one.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.config import Settings
from certhub.database import db, own_clock, transaction
from certhub.jobs import runner, timetable
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import MAIL, Job, Occasion
from certhub.models.jobs import JobRun
from certhub.queries import job_runs
from certhub.rules.refusal import Refusal
from certhub.services import job_control, leases
from certhub.services.digests import Link

log = structlog.get_logger("certhub.worker")

HEARTBEAT_SECONDS = 10
TICK_SECONDS = 5
_LOOKS_AGAIN_SECONDS = 0.1


class _Lanes:
    """The threads that work: beside each other, but for a job that is to run alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._working = 0
        self._alone = False

    def enter(self, *, alone: bool) -> bool:
        """Begin to work; False where that has to wait for another thread."""
        with self._lock:
            if self._alone or (alone and self._working):
                return False
            self._working += 1
            self._alone = alone
            return True

    def leave(self) -> None:
        """End the work."""
        with self._lock:
            self._working -= 1
            self._alone = False


class Worker:
    """Holds the lease and runs the jobs; `context` opens what the database session needs."""

    def __init__(self, context: Callable[[], AbstractContextManager[object]], settings: Settings, link: Link) -> None:
        self.context = context
        self.settings = settings
        self.link = link
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.fence: int | None = None
        self._stop = threading.Event()
        self._running: set[int] = set()
        """The runs that this worker is at: a row of its own that is not among them was left behind."""
        self._lanes = _Lanes()
        self._scheduler: BackgroundScheduler | None = None

    @property
    def holds_lease(self) -> bool:
        """Whether this worker runs the jobs at present, as far as it knows."""
        return self.fence is not None

    def start(self) -> None:
        """Begin to tick in threads of its own."""
        scheduler = BackgroundScheduler(
            executors={lane: ThreadPoolExecutor(1) for lane in ("default", "heartbeat", "mail")},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        now = clock.now()
        scheduler.add_job(
            self.beat, "interval", seconds=HEARTBEAT_SECONDS, executor="heartbeat", next_run_time=now, id="heartbeat"
        )
        others, mail = {"but_for": MAIL}, {"only": MAIL}
        scheduler.add_job(self.tick, "interval", kwargs=others, seconds=TICK_SECONDS, id="tick")
        scheduler.add_job(self.tick, "interval", kwargs=mail, seconds=TICK_SECONDS, id="mail", executor="mail")
        scheduler.start()
        self._scheduler = scheduler
        log.info("worker_started", owner=self.owner)

    def stop(self) -> None:
        """End between two pieces of work and give the lease up, which is renewed until that piece is done."""
        self._stop.set()
        while self._scheduler is not None and self._running:
            time.sleep(_LOOKS_AGAIN_SECONDS)
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        with self.context():
            if self.fence is not None:
                with transaction():
                    leases.release(job_runs.WORKER, self.owner, at=own_clock())
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
        if self._stop.is_set() and not self._running:
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
        with transaction():
            now = own_clock()
            fence = leases.acquire(job_runs.WORKER, self.owner, at=now)
            if fence is not None:
                runner.abandon_runs(
                    now, but_for=self._running
                )  # also after a beat that failed, and took the fence away
                runner.abandon_silent_runs(now)
        if fence != self.fence:
            log.info("lease_taken" if fence is not None else "lease_lost", owner=self.owner, fence=fence)
        self.fence = fence

    def tick(self, *, only: Collection[str] = (), but_for: Collection[str] = ()) -> int:
        """Run each job that is due, of all, of some only, or of all but some; how many ran. Nothing without the lease.

        Each of the two threads of `start` has jobs of its own.
        """
        ran = 0
        with self.context():
            try:
                paused = job_runs.pauses()
                for job in all_jobs().values():
                    if job.name in but_for or (only and job.name not in only):
                        continue
                    ran += self._run_what_was_asked(only, but_for)
                    ran += job.name not in paused and self._run_if_due(job)
            except SQLAlchemyError as problem:
                log.error("tick_failed", error=type(problem).__name__)
            finally:
                db.session.remove()
        return ran

    def once(self) -> Iterator[tuple[Job, JobRun | None]]:
        """Run each job now whatever its schedule says, mail last; None for one that is paused.

        Raises `Refusal` where another worker has the lease, and ends where it takes it.
        """
        self.beat()
        if self.fence is None:
            raise Refusal("Another worker is running. Look under Jobs who it is, and ask there for a run.")
        beats = BackgroundScheduler(timezone="UTC")
        beats.add_job(self.beat, "interval", seconds=HEARTBEAT_SECONDS)
        beats.start()
        try:
            for job in sorted(all_jobs().values(), key=lambda each: each.name in MAIL):
                result = None if job_runs.is_paused(job.name) else self._result(job, self._occasion(clock.today()))
                yield job, result
        finally:
            beats.shutdown(wait=True)
            self.stop()

    def _run_if_due(self, job: Job) -> bool:
        if self.fence is None or self._stop.is_set() or not self._is_due(job, clock.now()):
            return False
        return self._ran(job, self._occasion(clock.today()), lambda at: self._admitted(job, at))

    def _run_what_was_asked(self, only: Collection[str], but_for: Collection[str]) -> int:
        """Run what people asked for on the page of the jobs; how many ran."""
        ran, known = 0, all_jobs()
        while self.fence is not None and not self._stop.is_set():
            asked = job_runs.next_request(only=only, but_for=but_for)
            if asked is None:
                break
            number, job = asked.id, known.get(asked.name)
            if job is None:  # it was asked for before an upgrade took the job away
                with transaction():
                    job_control.drop(number, at=clock.now())
                continue
            occasion = self._occasion(asked.run_on, dry_run=asked.dry_run)
            if not self._ran(job, occasion, self._still_holds, partial(job_control.take, number)):
                break
            ran += 1
        return ran

    def _occasion(self, day: date, *, dry_run: bool = False) -> Occasion:
        return Occasion(day, self.settings, self.link, dry_run=dry_run, stopping=self._is_ending)

    def _ran(
        self,
        job: Job,
        occasion: Occasion,
        admitted: Callable[[datetime], bool],
        begun: Callable[[int], None] = lambda _run: None,
    ) -> bool:
        """Run a job; False where it is not its turn. What may be what ends the process takes no other job with it."""
        if not self._lanes.enter(alone=job_runs.standing_of(job.name).goes_alone):
            return False
        try:
            self._result(job, occasion, admitted, begun)
        except (runner.Declined, job_control.AlreadyTaken):
            return False
        finally:
            self._lanes.leave()
        return True

    def _result(
        self,
        job: Job,
        occasion: Occasion,
        admitted: Callable[[datetime], bool] | None = None,
        begun: Callable[[int], None] = lambda _run: None,
    ) -> JobRun:
        own: list[int] = []

        def begin(number: int) -> None:
            own.append(number)
            self._running.add(number)  # before anybody sees the row
            begun(number)

        try:
            result = runner.run(job, occasion, admitted=admitted or self._still_holds, begun=begin)
        finally:
            self._running.difference_update(own)
        log.info("job_ended", job=job.name, run=result.id, status=result.status.value, **result.counts)
        return result

    def _still_holds(self, _at: datetime) -> bool:
        return leases.still_held(job_runs.WORKER, self.owner, at=own_clock())

    def _is_due(self, job: Job, at: datetime) -> bool:
        return timetable.appointment(job, job_runs.standing_of(job.name), now=at).is_due(at)

    def _admitted(self, job: Job, at: datetime) -> bool:
        """Asked in the transaction that begins the run: what was read before may be minutes old."""
        return self._still_holds(at) and not job_runs.is_paused(job.name) and self._is_due(job, at)

    def _is_ending(self) -> bool:
        return self._stop.is_set() or self.fence is None
