"""The runs of jobs, and who holds the worker's lease. DPH sees all of it; the permission decides who is asked."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import and_, select, union_all
from sqlalchemy.orm import joinedload

from certhub import clock
from certhub.database import db
from certhub.models.jobs import JobPause, JobRequest, JobRun, JobStatus, Lease
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible
from certhub.rules import job_retries
from certhub.rules.permissions import Permission, Viewer, may

WORKER = "worker"
"""The name of the worker's lease."""


BACKUP = "backup"
"""The name under which backups by the clock stand among the runs; no job of the worker."""

_LOOKED_AT = job_retries.DEATHS_BORNE
"""How many of the last runs of a job say when it is to run again."""


def recent(names: Collection[str]) -> dict[str, list[JobRun]]:
    """The last real runs of each of these jobs, newest first; dry runs are left out."""
    last = [
        select(JobRun.id)
        .where(JobRun.name == name, JobRun.dry_run.is_(False))
        .order_by(JobRun.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
        for name in sorted(names)
    ]
    found: dict[str, list[JobRun]] = {name: [] for name in names}
    if last:
        ids = union_all(*(select(one.c.id) for one in last))
        for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(ids)).order_by(JobRun.id.desc())):
            found[run.name].append(run)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last runs of a job say about its next one."""

    started_at: datetime | None
    """When the last run began that counts for the schedule."""
    failures: int = 0
    """How many of the last ones in a row failed, or ended with their process."""
    again_at: datetime | None = None
    """When it is tried again whatever the schedule says; None where nothing went wrong."""
    deaths: int = 0
    """How many of the last ones in a row ended with their process, as far as anybody looks back."""

    @property
    def waits(self) -> bool:
        """Whether it begins no earlier than `again_at`, however often its schedule has it."""
        return self.deaths >= job_retries.DEATHS_BORNE

    @property
    def goes_alone(self) -> bool:
        """Whether no other job is to run beside it."""
        return self.deaths >= job_retries.ALONE_AFTER


def standing_of(name: str) -> Standing:
    """What the last runs of one job say about its next one."""
    return standing(recent([name])[name])


def standing(runs: Sequence[JobRun]) -> Standing:
    """What the last runs of a job, the newest first, say about its next one.

    One that was interrupted does not count, so that the next worker goes on at once; but if all of them ended with
    their process, it may be that run that ends it, and it waits. One that failed is tried again after a pause. A run
    for another day than its own counts for none.
    """
    ended = [run for run in runs if run.status is not JobStatus.RUNNING]
    deaths = _in_a_row(ended, _has_died)
    if deaths >= job_retries.DEATHS_BORNE:
        began = runs[0].started_at
        return Standing(began, deaths, began + job_retries.LONGEST_PAUSE, deaths)
    own = [run for run in runs if run.run_on == clock.civil_date(run.started_at)]
    failures = _in_a_row([run for run in own if run.status is not JobStatus.RUNNING], _went_wrong)
    counting = [run for run in own if run.status is not JobStatus.INTERRUPTED]
    if not counting:
        return Standing(None, failures, deaths=deaths)
    failed = list(takewhile(lambda run: run.status is JobStatus.FAILED, counting))
    if not failed:
        return Standing(counting[0].started_at, failures, deaths=deaths)
    ended_at = failed[0].finished_at or failed[0].started_at
    return Standing(counting[0].started_at, failures, ended_at + job_retries.pause_after(len(failed)), deaths)


def _in_a_row(runs: Sequence[JobRun], went_wrong: Callable[[JobRun], bool]) -> int:
    return sum(1 for _ in takewhile(went_wrong, runs))


def _went_wrong(run: JobRun) -> bool:
    return run.status is JobStatus.FAILED or _has_died(run)


def _has_died(run: JobRun) -> bool:
    return run.status is JobStatus.INTERRUPTED and run.error in job_retries.DEATHS


def latest(viewer: Viewer, *, cursor: str | None, name: str | None = None) -> Page[JobRun]:
    """The runs, newest first."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    statement = select(JobRun).options(joinedload(JobRun.cancel_asked_by))
    if name:
        statement = statement.where(JobRun.name == name)
    return paged(statement, [JobRun.id], lambda row: row[0], cursor=cursor, newest_first=True)


def one(viewer: Viewer, run_id: int) -> JobRun:
    """One run."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    found = db.session.get(JobRun, run_id)
    if found is None:
        raise NotVisible(run_id)
    return found


def requests_waiting(viewer: Viewer) -> list[JobRequest]:
    """The runs that somebody asked for and no worker has taken up, the first one first."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    statement = select(JobRequest).options(joinedload(JobRequest.asked_by)).where(_IS_WAITING)
    return list(db.session.scalars(statement.order_by(JobRequest.id)))


def request(viewer: Viewer, request_id: int) -> JobRequest:
    """One run that was asked for."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    found = db.session.get(JobRequest, request_id)
    if found is None:
        raise NotVisible(request_id)
    return found


_IS_WAITING = and_(JobRequest.run_id.is_(None), JobRequest.withdrawn_at.is_(None))


def next_request(*, but_for: Collection[str] = (), only: Collection[str] = ()) -> JobRequest | None:
    """The run that was asked for first, for the worker: of all jobs but some, or of some only."""
    asked = select(JobRequest).where(_IS_WAITING, JobRequest.name.not_in(but_for))
    if only:
        asked = asked.where(JobRequest.name.in_(only))
    return db.session.scalar(asked.order_by(JobRequest.id).limit(1))


def pauses() -> dict[str, JobPause]:
    """The jobs that the worker leaves alone."""
    statement = select(JobPause).options(joinedload(JobPause.paused_by)).where(JobPause.ended_at.is_(None))
    return {pause.name: pause for pause in db.session.scalars(statement)}


def is_paused(name: str) -> bool:
    """Whether the worker leaves a job alone, as it is now."""
    statement = select(JobPause.id).where(JobPause.name == name, JobPause.ended_at.is_(None))
    return db.session.scalar(statement) is not None


def pause(viewer: Viewer, pause_id: int) -> JobPause:
    """One pause."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("jobs")
    found = db.session.get(JobPause, pause_id)
    if found is None:
        raise NotVisible(pause_id)
    return found


def lease() -> Lease | None:
    """The worker's lease, if any worker ever ran."""
    return db.session.get(Lease, WORKER)
