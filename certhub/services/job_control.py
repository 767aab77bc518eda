"""What people tell the worker: run a job now, end a run, leave a job alone. The worker reads it in the database."""

from datetime import date, datetime

from sqlalchemy import select, update

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.jobs import JobPause, JobRequest, JobRun, JobStatus
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.services import audit
from certhub.services.bulk_changes import rows_changed

_FURTHEST_DAYS = 3660


class AlreadyTaken(Exception):
    """The request was withdrawn, or another worker has taken it up."""


def require_day(day: date, *, today: date, dry_run: bool) -> None:
    """Refuse to do today what is to be done on a day to come: reminders would leave too early, and never again."""
    if day > today and not dry_run:
        raise Refusal("A day to come can only be counted, not worked: choose the dry run.", field="day")


def request(name: str, day: date, *, dry_run: bool, today: date, actor: User, at: datetime) -> JobRequest:
    """Ask the worker to run a job for a day."""
    require_day(day, today=today, dry_run=dry_run)
    if abs((day - today).days) > _FURTHEST_DAYS:
        raise Refusal("Choose a day that is not more than ten years away.", field="day")
    waiting = select(JobRequest.id).where(
        JobRequest.name == name,
        JobRequest.run_on == day,
        JobRequest.dry_run == dry_run,
        JobRequest.run_id.is_(None),
        JobRequest.withdrawn_at.is_(None),
    )
    if db.session.scalar(waiting) is not None:
        raise Refusal("This run was asked for before and waits for the worker.", field="name")
    asked = JobRequest(name=name, run_on=day, dry_run=dry_run, asked_at=at, asked_by_id=actor.id)
    db.session.add(asked)
    db.session.flush()
    audit.record(actor, AuditAction.JOB_REQUESTED, asked, at=at)
    return asked


def withdraw(asked: JobRequest, *, actor: User, at: datetime) -> None:
    """Take a run back that no worker has begun."""
    asked = locked(asked)
    if asked.run_id is not None or asked.withdrawn_at is not None:
        raise Refusal("This run has begun, or was taken back before. Look at the runs below.")
    asked.withdrawn_at = at
    db.session.flush()
    audit.record(actor, AuditAction.JOB_REQUEST_WITHDRAWN, asked, at=at)


def take(request_id: int, run_id: int) -> None:
    """Tie a request to the run that it has become. Raises `AlreadyTaken`."""
    mine = update(JobRequest).where(
        JobRequest.id == request_id, JobRequest.run_id.is_(None), JobRequest.withdrawn_at.is_(None)
    )
    if not rows_changed(mine.values(run_id=run_id)):
        raise AlreadyTaken(request_id)


def drop(request_id: int, *, at: datetime) -> None:
    """Lay a request aside that no job answers to any more."""
    rows_changed(update(JobRequest).where(JobRequest.id == request_id).values(withdrawn_at=at))


def cancel(run: JobRun, *, actor: audit.Actor, at: datetime) -> None:
    """Ask a run to end between two pieces of work; its process reads it within some seconds, wherever it runs."""
    run = locked(run)
    if run.status is not JobStatus.RUNNING:
        raise Refusal("This run has ended already.")
    if run.cancel_asked_at is not None:
        raise Refusal("Somebody has asked this run to end already. It ends after the piece of work that it is at.")
    run.cancel_asked_at = at
    run.cancel_asked_by_id = actor.id if isinstance(actor, User) else None
    db.session.flush()
    audit.record(actor, AuditAction.JOB_RUN_CANCELLED, run, at=at, job=run.name)


def pause(name: str, reason: str, *, actor: User, at: datetime) -> JobPause:
    """Let the worker leave a job alone until somebody lets it go on."""
    if db.session.scalar(select(JobPause.id).where(JobPause.name == name, JobPause.ended_at.is_(None))) is not None:
        raise Refusal("This job is paused already.", field="name")
    if not reason.strip():
        raise Refusal("Say why, so that others know when the job can go on.", field="reason")
    new = JobPause(name=name, reason=reason.strip(), paused_at=at, paused_by_id=actor.id)
    db.session.add(new)
    db.session.flush()
    audit.record(actor, AuditAction.JOB_PAUSED, new, at=at)
    return new


def resume(paused: JobPause, *, actor: User, at: datetime) -> None:
    """Let a paused job go on; what it has missed is done with its next run."""
    paused = locked(paused)
    if paused.ended_at is not None:
        raise Refusal("This job goes on already.")
    paused.ended_at = at
    db.session.flush()
    audit.record(actor, AuditAction.JOB_RESUMED, paused, at=at, job=paused.name)
