"""The outbox: messages are written in the transaction of what they tell about, and leave the house later."""

import hashlib
import secrets
import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Table, bindparam, case, cast, func, literal, select, text, union_all, update
from sqlalchemy.sql.dml import ReturningUpdate

from certhub.database import db
from certhub.models.messages import Message, MessageStatus
from certhub.notifications import rendering
from certhub.notifications.letters import SECRET_KINDS, Letter
from certhub.notifications.transports import (
    LONGEST_SENDING,
    DeliveryProblem,
    MayHaveArrived,
    RefusedForGood,
    SenderRefused,
    Unreachable,
)
from certhub.rules import mail_attempts
from certhub.rules.refusal import Refusal
from certhub.services.bulk_changes import insert_new, rows_changed

PARKED = "The sending was cut off, so nobody knows whether it arrived."

_LONGEST_ADDRESS = 254
_LONGEST_KEY = 160

# The two statements that every delivery runs are built once: building them anew costs as much as running them.
_TABLE = typing.cast("Table", Message.__table__)
_COLUMN = _TABLE.c

_WAITING = (MessageStatus.QUEUED,)
_WAITING_OR_IN_DOUBT = (MessageStatus.QUEUED, MessageStatus.SENDING)
_UNSENT = text("message.status IN ('queued', 'sending')")  # in the very words of the index, which is only about these


def _claim_of(statuses: tuple[MessageStatus, ...]) -> ReturningUpdate[Any]:
    return (
        update(_TABLE)
        .where(
            _COLUMN.id == bindparam("number"),
            _COLUMN.status.in_(statuses),
            _COLUMN.next_attempt_at <= bindparam("now", type_=_COLUMN.next_attempt_at.type),
        )
        .values(
            status=MessageStatus.SENDING,
            attempts=_COLUMN.attempts + 1,
            doubts=case(  # whoever sent it before has died, and nobody knows whether it arrived
                (_COLUMN.status == MessageStatus.SENDING, _COLUMN.doubts + 1), else_=_COLUMN.doubts
            ),
            next_attempt_at=bindparam("again", type_=_COLUMN.next_attempt_at.type),
            message_id=case(
                (_COLUMN.message_id.contains("@"), _COLUMN.message_id),
                else_=literal("<msg-")
                + cast(_COLUMN.id, String)
                + literal("-")
                + _COLUMN.message_id
                + literal("@")
                + bindparam("host", type_=String)
                + literal(">"),
            ),
        )
        .returning(
            _COLUMN.kind,
            _COLUMN.attempts,
            _COLUMN.message_id,
            _COLUMN.recipient,
            _COLUMN.recipient_name,
            _COLUMN.subject,
            _COLUMN.body_text,
            _COLUMN.body_html,
            _COLUMN.created_at,
            _COLUMN.calendar,
            _COLUMN.opt_out,
            _COLUMN.doubts,
            _COLUMN.waits_since,
        )
    )


_CLAIMS = {repeat: _claim_of(_WAITING_OR_IN_DOUBT if repeat else _WAITING) for repeat in (True, False)}
_SENT = (
    update(_TABLE)
    .where(
        _COLUMN.id == bindparam("number"),
        _COLUMN.status.in_((MessageStatus.SENDING, MessageStatus.IN_DOUBT)),  # parked while a slow server took it
        _COLUMN.attempts == bindparam("attempt"),
    )
    .values(status=MessageStatus.SENT, sent_at=bindparam("now", type_=_COLUMN.sent_at.type), last_error=None)
)


def enqueue(
    kind: str,
    *,
    recipient: str,
    dedupe_key: str,
    context: Mapping[str, Any],
    at: datetime,
    recipient_name: str = "",
    party_id: int | None = None,
    calendar: bytes = b"",
    opt_out: str = "",
) -> Message | None:
    """Put a message into the outbox, once for each `dedupe_key`; None where it was told before.

    `calendar` is a calendar file that goes along (see `documents.calendar`); `opt_out` names the kinds of reminders in
    it that its reader may opt out of.

    The templates under `templates/emails/<kind>/` see `context` and `recipient_name`. Addresses of pages in the
    context are whole ones (https://...). Raises `Refusal` for what cannot be an e-mail address.
    """
    name = rendering.one_line(recipient_name)[:200]
    told = rendering.render(kind, {"recipient_name": name, **context})
    new = db.session.execute(
        insert_new(Message, ["dedupe_key"])
        .values(
            kind=kind,
            dedupe_key=_key(dedupe_key),
            message_id=secrets.token_hex(16),  # made a whole Message-ID when delivery first takes the message up
            recipient=require_address(recipient),
            recipient_name=name,
            party_id=party_id,
            subject=told.subject,
            body_text=told.text,
            body_html=told.html,
            calendar=calendar.decode(),
            opt_out=opt_out,
            status=MessageStatus.QUEUED,
            attempts=0,
            created_at=at,
            next_attempt_at=at,
        )
        .returning(Message.id)
    ).scalar_one_or_none()
    return None if new is None else db.session.get_one(Message, new)


def _key(told: str) -> str:
    """The key as it is kept: one that is too long for its column by its hash."""
    return told if len(told) <= _LONGEST_KEY else hashlib.sha256(told.encode()).hexdigest()


def require_address(typed: str, *, field: str = "email") -> str:
    """The address as it can stand in an envelope. Raises `Refusal`."""
    address = typed.strip()
    before, _, after = address.rpartition("@")
    unfit = not before or not after or len(address) > _LONGEST_ADDRESS or rendering.one_line(address) != address
    if unfit or any(char in address for char in " ,;<>"):
        raise Refusal("This e-mail address cannot be used.", field=field)
    return address


@dataclass(frozen=True, slots=True)
class Doubt:
    """What happens to a message whose outcome is unknown, because the process that sent it died."""

    after: timedelta = LONGEST_SENDING + timedelta(minutes=1)
    """When it counts as in doubt: later than any sending lasts."""
    repeat: bool = True
    """Whether it is sent again under the same Message-ID; otherwise it is parked until a person decides."""


_USUAL_DOUBT = Doubt()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this deliverer, and no other, is sending."""

    id: int
    kind: str
    attempt: int
    letter: Letter
    opt_out: str
    """The kinds of mail in it that its reader may opt out of."""
    doubts: int
    """How often it may have arrived before: no answer came, or the process that sent it died."""
    waits_since: datetime


def due(at: datetime, limit: int, *, repeat: bool = True) -> list[int]:
    """The messages whose turn it is, the longest waiting first; those in doubt after a crash among them to `repeat`.

    Letters with a link that lets its reader in come before all others: somebody waits for them in front of a page.
    """
    turn = [
        select(Message.id, Message.next_attempt_at, literal(place).label("place"))
        .where(Message.status == status, Message.next_attempt_at <= at, *chosen)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(limit)
        .subquery()
        for status in (_WAITING_OR_IN_DOUBT if repeat else _WAITING)
        for place, chosen in enumerate(((_UNSENT, Message.kind.in_(SECRET_KINDS)), ()))
    ]
    found = union_all(*(select(one) for one in turn)).subquery()
    each = (
        select(found.c.id, func.min(found.c.place).label("place"), func.min(found.c.next_attempt_at).label("since"))
        .group_by(found.c.id)
        .subquery()
    )
    return list(db.session.scalars(select(each.c.id).order_by(each.c.place, each.c.since, each.c.id).limit(limit)))


def waiting(at: datetime, *, repeat: bool = True) -> int:
    """How many messages could be sent now."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Message)
            .where(Message.status.in_(_WAITING_OR_IN_DOUBT if repeat else _WAITING), Message.next_attempt_at <= at)
        )
        or 0
    )


def took_lately(at: datetime) -> bool:
    """Whether the mail server has taken anything in the last day."""
    since = at - timedelta(days=1)
    taken = select(Message.id).where(Message.status == MessageStatus.SENT, Message.sent_at > since).limit(1)
    return db.session.scalar(taken) is not None


def park(at: datetime) -> int:
    """Put aside the messages that a process left behind while it sent them, for a person to decide; how many."""
    left = update(Message).where(Message.status == MessageStatus.SENDING, Message.next_attempt_at <= at)
    return rows_changed(left.values(status=MessageStatus.IN_DOUBT, last_error=PARKED, next_attempt_at=at))


def claim(message_id: int, *, host: str, at: datetime, doubt: Doubt = _USUAL_DOUBT) -> Claimed | None:
    """Take up a message for sending; None where another deliverer was faster.

    Its outcome is unknown until `settle`. If this process dies, it is sent again under the same Message-ID, so that
    nothing is lost and mail programs can tell the repeat, or parked (`Doubt`).
    """
    row = (
        db.session.connection()
        .execute(_CLAIMS[doubt.repeat], {"number": message_id, "now": at, "again": at + doubt.after, "host": host})
        .one_or_none()
    )
    return None if row is None else Claimed(message_id, row[0], row[1], Letter(*row[2:-3]), *row[-3:])


def settle(
    claimed: Claimed,
    problem: DeliveryProblem | None,
    *,
    at: datetime,
    doubt: Doubt = _USUAL_DOUBT,
    takes_others: bool = True,
) -> MessageStatus:
    """Enter what became of a claimed message, and when it is tried again.

    `takes_others` says whether the server has taken other mail lately: while it has not, no refusal of the sender,
    however long, makes a message fail.
    """
    if problem is None:
        db.session.connection().execute(_SENT, {"number": claimed.id, "attempt": claimed.attempt, "now": at})
        return MessageStatus.SENT
    changes: dict[str, Any] = {"last_error": str(problem)[:300]}
    if isinstance(problem, MayHaveArrived):
        changes |= {"doubts": claimed.doubts + 1} | _after_a_doubt(claimed, doubt, at)
    elif _is_final(claimed, problem, at, takes_others=takes_others):
        changes |= {"status": MessageStatus.FAILED, "failed_at": at}
    else:
        changes |= {"status": MessageStatus.QUEUED} | _next_try(claimed, problem, at)
    parked_or_mine = Message.status.in_((MessageStatus.SENDING, MessageStatus.IN_DOUBT))
    mine = (Message.id == claimed.id, parked_or_mine, Message.attempts == claimed.attempt)
    rows_changed(update(Message).where(*mine).values(**changes))
    return MessageStatus(changes["status"])


def _after_a_doubt(claimed: Claimed, doubt: Doubt, at: datetime) -> dict[str, Any]:
    """A message that may have arrived never counts as failed; after some copies a person looks."""
    if not doubt.repeat or claimed.doubts + 1 >= mail_attempts.MOST_COPIES:
        return {"status": MessageStatus.IN_DOUBT, "next_attempt_at": at}
    pause = mail_attempts.pause_after(claimed.attempt)
    return {"status": MessageStatus.QUEUED, "next_attempt_at": at + pause}


def _is_final(claimed: Claimed, problem: DeliveryProblem, at: datetime, *, takes_others: bool) -> bool:
    waited = at - claimed.waits_since
    if isinstance(problem, Unreachable):  # says nothing of the message: no outage, however long, makes it fail
        return False
    if isinstance(problem, SenderRefused):
        return takes_others and waited >= mail_attempts.GIVE_UP_AFTER
    return isinstance(problem, RefusedForGood) or mail_attempts.gives_up(claimed.attempt, waited)


def _next_try(claimed: Claimed, problem: DeliveryProblem, at: datetime) -> dict[str, Any]:
    """When a message is tried again; what says nothing of it does not count as a try."""
    if isinstance(problem, Unreachable):
        return {"attempts": claimed.attempt - 1, "next_attempt_at": at + mail_attempts.FIRST_PAUSE}
    if isinstance(problem, SenderRefused):
        pause = mail_attempts.PAUSE_OF_A_REFUSED_SENDER
        return {"attempts": claimed.attempt - 1, "next_attempt_at": at + pause}
    return {"next_attempt_at": at + mail_attempts.pause_after(claimed.attempt)}


def forget_words(message_id: int) -> None:
    """Remove the text of a message that was sent, because its link lets its reader in."""
    gone = "The text had a personal link. It was removed when the message was sent.\n"
    rows_changed(update(Message).where(Message.id == message_id).values(body_text=gone, body_html=""))


def reword(claimed: Claimed, told: rendering.Rendered | None, *, at: datetime) -> Claimed | None:
    """Give a claimed message its words of now; where nothing is left to tell, withdraw it."""
    if told is None:
        changes: dict[str, Any] = {"status": MessageStatus.WITHDRAWN, "last_error": None, "next_attempt_at": at}
        rows_changed(update(Message).where(Message.id == claimed.id).values(**changes))
        return None
    letter = replace(claimed.letter, subject=told.subject, text=told.text, html=told.html)
    if letter != claimed.letter:
        changes = {"subject": told.subject, "body_text": told.text, "body_html": told.html}
        rows_changed(update(Message).where(Message.id == claimed.id).values(**changes))
    return replace(claimed, letter=letter)
