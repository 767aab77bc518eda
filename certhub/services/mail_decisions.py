"""What people decide about mail: that it arrived, or that it goes out again, to an address that works."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, case, func, or_, select, union
from sqlalchemy.orm import aliased

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.models.messages import Message, MessageStatus, ReminderStatus
from certhub.models.parties import Party
from certhub.notifications.letters import SECRET_KINDS
from certhub.queries import payer_successors
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.services import audit, digests, outbox

CAN_BE_RETRIED = (MessageStatus.FAILED, MessageStatus.BOUNCED, MessageStatus.IN_DOUBT)


def retry(message: Message, recipient: str, *, actor: audit.Actor, at: datetime) -> None:
    """Put a message that failed, came back or is in doubt back into the queue, with all its attempts before it.

    It goes to `recipient`: the address it had, or another one that is on file.
    """
    message = locked(message)
    require_retriable(message)
    address = recipient.strip()
    elsewhere = address.lower() != message.recipient.lower()
    if elsewhere:
        _require_known(message, address, clock.civil_date(at))
        digests.readdress(message.id, address.lower())
        message.recipient = address
    if message.status is not MessageStatus.IN_DOUBT:
        message.attempts = 0  # one in doubt keeps counting, so that whoever sent it and is still alive changes nothing
    message.status = MessageStatus.QUEUED
    message.failed_at = None
    message.doubts = 0
    message.waits_since = message.next_attempt_at = at
    db.session.flush()
    digests.record_outcome(message.id, ReminderStatus.PLANNED, at=at)
    audit.record(
        actor, AuditAction.MESSAGE_RETRIED, message, at=at, error=message.last_error, to_another_address=elsewhere
    )


def confirm(message: Message, *, forget_links: bool, actor: audit.Actor, at: datetime) -> None:
    """Enter that a message in doubt has arrived, because a person found out; with a server its link is forgotten."""
    message = locked(message)
    if message.status is not MessageStatus.IN_DOUBT:
        raise Refusal("Only a message in doubt can be confirmed.")
    message.status = MessageStatus.SENT
    message.sent_at = at
    message.last_error = None
    db.session.flush()
    digests.record_outcome(message.id, ReminderStatus.SENT, at=at)
    audit.record(actor, AuditAction.MESSAGE_CONFIRMED, message, at=at)
    if forget_links and message.kind in SECRET_KINDS:
        outbox.forget_words(message.id)


def decide(messages: Sequence[Message], *, again: bool, forget_links: bool, actor: audit.Actor, at: datetime) -> int:
    """Take one decision about many messages, each to the address it has; about how many it could be taken."""
    done = 0
    for message in messages:
        if not again:
            confirm(message, forget_links=forget_links, actor=actor, at=at)
        elif message.body_html:
            retry(message, message.recipient, actor=actor, at=at)
        else:  # its personal link was removed: it stays as it is
            continue
        done += 1
    return done


def require_retriable(message: Message) -> None:
    """Refuse to send again what waits or was sent, and what has lost its words."""
    if message.status not in CAN_BE_RETRIED:
        raise Refusal("Only a message that failed, came back or is in doubt can be sent again.")
    if not message.body_html:
        raise Refusal(
            "The text had a personal link and was removed when the message was sent. Start again on the page that "
            "sent it, such as a new invitation."
        )


def present_address(message: Message, day: date) -> str:
    """Where a message would go on a day, as far as CertHub can tell; a person looks at it before it goes.

    That is the address it has while somebody has it on file; otherwise the address of the one who has its recipient's
    name, where there is exactly one. A letter with a personal link never goes anywhere else.
    """
    if message.kind in SECRET_KINDS or not message.recipient_name or is_on_file(message.recipient, day):
        return message.recipient
    named = (address.where(called == message.recipient_name) for address, _, called in _on_file(day))
    found = db.session.scalars(union(*named).limit(2)).all()
    return found[0] if len(found) == 1 else message.recipient


def _require_known(message: Message, address: str, day: date) -> None:
    """Mail about people goes only to addresses that are on file, so that no letter is sent to whom nobody knows."""
    outbox.require_address(address, field="recipient")
    if message.kind in SECRET_KINDS:
        raise Refusal(
            "This message has a personal link, which is for this one address. Start again on the page that sent it.",
            field="recipient",
        )
    if not is_on_file(address, day):
        raise Refusal("No account, record or payer has this address. Enter it there first.", field="recipient")


def _on_file(day: date) -> list[tuple[Select[Any], SQLColumnExpression[Any], SQLColumnExpression[Any]]]:
    """The addresses that CertHub writes to: a SELECT of each kind, its column, and the name that letters use.

    A payer that merged is written to at the address of whoever stands for it, as its reminders are.
    """
    stands, its = payer_successors.standing_for(day), aliased(Payer)
    of_payers = (
        select(Payer.email)
        .join(stands, stands.c.stands_id == Payer.id)
        .join(its, its.id == stands.c.payer_id)
        .where(Payer.email.is_not(None))
    )
    return [
        (select(User.email).where(User.deactivated_at.is_(None)), User.email, User.name),
        (select(Party.email).where(Party.email.is_not(None)), Party.email, Party.name),
        (of_payers, Payer.email, case((its.attention != "", its.attention), else_=its.name)),
    ]


def is_on_file(address: str, day: date) -> bool:
    """Whether an open account, a record or a payer has this address on a day."""
    found = (whose.where(func.lower(column) == address.lower()).exists() for whose, column, _ in _on_file(day))
    return bool(db.session.scalar(select(or_(*found))))
