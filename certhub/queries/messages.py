"""The outbox and the ledger of reminders, as administrators and auditors read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.messages import Message, MessageStatus
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission, Viewer, may

_LONGEST_SEARCH = 100


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
    statement = select(*columns)
    if status is not None:
        statement = statement.where(Message.status == status)
    if kind:
        statement = statement.where(Message.kind == kind)
    if recipient:
        typed = recipient[:_LONGEST_SEARCH].lower()
        statement = statement.where(func.lower(Message.recipient).contains(typed, autoescape=True))
    return paged(statement, [Message.id], lambda row: MessageRow(row[-1], *row[:-1]), cursor=cursor, newest_first=True)


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
