"""The reminders of the last weeks, so that the ledger has something to answer: sent, overtaken, or not needed."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from certhub import clock
from certhub.database import db
from certhub.demo.deadlines import last_office_day
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment
from certhub.models.messages import Message, MessageStatus, ReminderStart, ReminderStatus
from certhub.services import digests, obligations, reminder_channels, reminder_policies, reminders
from certhub.services.digests import Link

_RUNS = (42, 28, 14, 7, 1)
"""Days before the last office day on which the reminders ran; a day that was left out was caught up by the next run."""
_AFTER_OPENING = 5
"""Minutes: before people begin to work on what they were reminded of."""


def week_after_week(office: Office, link: Link) -> Story[None]:
    """Dates have been watched for six weeks; what was due by the last office day is left to the first run."""
    last = last_office_day(office.today)
    for days in _RUNS:
        at = moment(last - timedelta(days=days), _AFTER_OPENING)
        yield at
        if days == _RUNS[0]:
            watched_from = clock.civil_date(at)
            kinds = reminder_policies.in_force(watched_from)
            db.session.execute(insert(ReminderStart), [{"kind": kind, "watched_from": watched_from} for kind in kinds])
        _run(link, at)


def _run(link: Link, at: datetime) -> None:
    """What the job does on a day, and the mail that it wrote has left."""
    day = clock.civil_date(at)
    policies = reminder_policies.in_force(day)
    obligations.derive(day, policies=policies, at=at)
    reminders.plan(day, policies=policies, at=at)
    told = reminder_channels.waiting_recipients("", None)
    reminder_channels.write(told, day, policies=policies, link=link, at=at)
    written = db.session.scalars(
        select(Message).where(Message.status == MessageStatus.QUEUED, Message.created_at == at)
    ).all()
    for message in written:
        message.status, message.sent_at, message.attempts = MessageStatus.SENT, at, 1
    db.session.flush()
    for message in written:
        digests.record_outcome(message.id, ReminderStatus.SENT, at=at)
