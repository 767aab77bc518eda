"""The outbox and the ledger of reminders, as administrators and auditors read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from certhub.database import db
from certhub.models.messages import Message, MessageStatus
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission, Viewer, may

_LONGEST_SEARCH = 100

MOST_AT_ONCE = 500
"""About how many messages one decision of a person is taken."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of the list of messages."""

    id: int
    kind: str
    recipient: str
    subject: str
    status: MessageStatus
    attempts: int
    created_at: datetime
    sent_at: datetime | None


def listed(
    viewer: Viewer, *, status: MessageStatus | None, kind: str, recipient: str, cursor: str | None
) -> Page[MessageRow]:
    """The messages that fit the filters, newest first."""
    _require(viewer)
    columns: tuple[Any, ...] = (
        Message.kind, Message.recipient, Message.subject, Message.status, Message.attempts, Message.created_at,
        Message.sent_at,
    )  # fmt: skip
    statement = select(*columns).where(*_fitting(status, kind, recipient))
    return paged(statement, [Message.id], lambda row: MessageRow(row[-1], *row[:-1]), cursor=cursor, newest_first=True)


def matching(viewer: Viewer, *, status: MessageStatus, kind: str, recipient: str) -> tuple[int, int]:
    """How many messages fit the filters, and the number of the newest."""
    _require(viewer)
    counted = select(func.count(), func.coalesce(func.max(Message.id), 0)).where(*_fitting(status, kind, recipient))
    number, newest = db.session.execute(counted).one()
    return int(number), int(newest)


def some_matching(viewer: Viewer, *, status: MessageStatus, kind: str, recipient: str, up_to: int) -> list[Message]:
    """The oldest messages that fit the filters, as many as are decided about at once."""
    _require(viewer)
    fitting = (*_fitting(status, kind, recipient), Message.id <= up_to)
    return list(db.session.scalars(select(Message).where(*fitting).order_by(Message.id).limit(MOST_AT_ONCE)))


def _fitting(status: MessageStatus | None, kind: str, recipient: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        conditions.append(Message.status == status)
    if kind:
        conditions.append(Message.kind == kind)
    if recipient:
        typed = recipient[:_LONGEST_SEARCH].lower()
        conditions.append(func.lower(Message.recipient).contains(typed, autoescape=True))
    return conditions


def one(viewer: Viewer, message_id: int) -> Message:
    """One message."""
    _require(viewer)
    found = db.session.get(Message, message_id)
    if found is None:
        raise NotVisible(message_id)
    return found


def counts(viewer: Viewer) -> dict[MessageStatus, int]:
    """How many messages wait, are in doubt or failed; the sent ones are not counted, there are too many."""
    _require(viewer)
    telling = (
        MessageStatus.QUEUED,
        MessageStatus.SENDING,
        MessageStatus.IN_DOUBT,
        MessageStatus.FAILED,
        MessageStatus.BOUNCED,
    )
    rows = db.session.execute(
        select(Message.status, func.count()).where(Message.status.in_(telling)).group_by(Message.status)
    ).all()
    found = {row[0]: int(row[1]) for row in rows}
    return {status: found.get(status, 0) for status in telling}


def _require(viewer: Viewer) -> None:
    if not may(viewer, Permission.MESSAGE_READ):
        raise NotVisible("messages")
