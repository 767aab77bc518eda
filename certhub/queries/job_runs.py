"""The runs of jobs, and who holds the worker's lease. DPH sees all of it; the permission decides who is asked."""

from datetime import datetime

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission, Viewer, may

WORKER = "worker"
"""The name of the worker's lease."""


def last_started() -> dict[str, datetime]:
    """When each job began its last real run; a dry run does not count."""
    rows = db.session.execute(
        select(JobRun.name, func.max(JobRun.id)).where(JobRun.dry_run.is_(False)).group_by(JobRun.name)
    ).all()
    newest = select(JobRun.name, JobRun.started_at).where(JobRun.id.in_([row[1] for row in rows]))
    return {row.name: row.started_at for row in db.session.execute(newest)}


def latest(viewer: Viewer, *, cursor: str | None, name: str | None = None) -> Page[JobRun]:
    """The runs, newest first."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    statement = select(JobRun)
    if name:
        statement = statement.where(JobRun.name == name)
    return paged(statement, [JobRun.id], lambda row: row[0], cursor=cursor, newest_first=True)


def newest_results(viewer: Viewer) -> dict[str, JobRun]:
    """The last run of each job that came to an end."""
    if not may(viewer, Permission.JOB_READ):
        raise NotVisible("runs of jobs")
    ended = (
        select(func.max(JobRun.id))
        .where(JobRun.status != JobStatus.RUNNING, JobRun.dry_run.is_(False))
        .group_by(JobRun.name)
    )
    return {run.name: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(ended)))}


def lease() -> Lease | None:
    """The worker's lease, if any worker ever ran."""
    return db.session.get(Lease, WORKER)
