"""How the installation is doing, in figures without names: for probes and for whoever watches them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, String, and_, column, func, inspect, not_, or_, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from certhub.database import db, own_clock_column, savepoint
from certhub.models.audit import AuditHead
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.models.messages import Message, MessageStatus
from certhub.queries.job_runs import WORKER
from certhub.rules.mail_attempts import ABOUT_ONE_MAILBOX

_BY_STATUS = select(Message.status, func.count()).group_by(Message.status)
_UNSENT = text("message.status IN ('queued', 'sending')")  # in the very words of the index, which is only about these
_VERSION = select(column("version_num", String)).select_from(table("alembic_version"))


@dataclass(frozen=True, slots=True)
class JobFigures:
    """One job: how often it ended how, and when it last ended well."""

    name: str
    finished: int
    failed: int
    last_success_at: datetime | None


def revision() -> str | None:
    """The migration that the database is at; None where it has none."""
    try:
        with savepoint():
            return db.session.scalar(_VERSION)
    except DBAPIError:
        if inspect(db.session.connection()).has_table("alembic_version"):
            raise
        return None


def lease_left() -> timedelta | None:
    """How long the worker's lease lasts unless renewed, by the clock by which it was taken; None where none was."""
    row = db.session.execute(select(Lease.expires_at, own_clock_column()).where(Lease.name == WORKER)).one_or_none()
    return None if row is None else row[0] - row[1]


def oldest_unsent() -> datetime | None:
    """Since when the message waits that has waited longest, but for those that were refused by themselves.

    An outage counts for no message as a try, so all of its messages are here. What was refused counts as well while the
    server has taken nothing since it was written: it may take nothing at all. A full mailbox is its owner's trouble.
    """
    never_refused = or_(
        and_(Message.status == MessageStatus.QUEUED, Message.attempts == 0),
        and_(Message.status == MessageStatus.SENDING, Message.attempts <= 1),
    )
    said = func.coalesce(Message.last_error, "")
    refused_like_all = and_(
        *(not_(said.contains(f" {status}:")) for status in ABOUT_ONE_MAILBOX),
        *(
            or_(taken.is_(None), Message.waits_since > taken)
            for taken in map(_last_taken, (MessageStatus.SENT, MessageStatus.BOUNCED))
        ),
    )
    return db.session.scalar(
        select(Message.waits_since)
        .where(_UNSENT, or_(never_refused, refused_like_all))
        .order_by(Message.waits_since)
        .limit(1)
    )


def _last_taken(status: MessageStatus) -> ScalarSelect[datetime | None]:
    """When the mail server took the last message that now stands there, by the index in whose order they were sent."""
    taken = aliased(Message)
    return (
        select(taken.sent_at)
        .where(taken.status == status, taken.sent_at.is_not(None))
        .order_by(taken.next_attempt_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def messages_by_status() -> dict[MessageStatus, int]:
    """How many messages stand where."""
    counted = dict(iter(db.session.execute(_BY_STATUS)))
    return {status: counted.get(status, 0) for status in MessageStatus}


def jobs() -> Iterator[JobFigures]:
    """Each job that ever ran."""
    finished = JobRun.status == JobStatus.FINISHED
    rows = db.session.execute(
        select(
            JobRun.name,
            func.count().filter(finished),
            func.count().filter(JobRun.status == JobStatus.FAILED),
            func.max(JobRun.finished_at).filter(finished),
        )
        .where(JobRun.dry_run.is_(False))
        .group_by(JobRun.name)
        .order_by(JobRun.name)
    )
    return (JobFigures(*row) for row in rows)


def audit_entries() -> int:
    """How many entries the audit trail has."""
    return db.session.scalar(select(AuditHead.seq)) or 0
