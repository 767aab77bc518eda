"""What people decide about mail: that it arrived, or that it goes out again, to an address that works."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, union

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.models.messages import Message, MessageStatus, ReminderStatus
from certhub.models.parties import Party
from certhub.notifications.letters import SECRET_KINDS
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
        _require_known(message, address)
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


def present_address(message: Message) -> str:
    """Where a message would go today, as far as CertHub can tell; a person looks at it before it goes.

    That is the address it has while somebody has it on file; otherwise the address of the one who has its recipient's
    name, where there is exactly one. A letter with a personal link never goes anywhere else.
    """
    if message.kind in SECRET_KINDS or not message.recipient_name or _is_on_file(message.recipient):
        return message.recipient
    addresses, names = _on_file()
    named = [
        select(address).where(whose, name == message.recipient_name)
        for (address, whose), name in zip(addresses, names, strict=True)
    ]
    found = db.session.scalars(union(*named).limit(2)).all()
    return found[0] if len(found) == 1 else message.recipient


def _require_known(message: Message, address: str) -> None:
    """Mail about people goes only to addresses that are on file, so that no letter is sent to whom nobody knows."""
    outbox.require_address(address, field="recipient")
    if message.kind in SECRET_KINDS:
        raise Refusal(
            "This message has a personal link, which is for this one address. Start again on the page that sent it.",
            field="recipient",
        )
    if not _is_on_file(address):
        raise Refusal("No account, record or payer has this address. Enter it there first.", field="recipient")


def _on_file() -> tuple[list[tuple[Any, ColumnElement[bool]]], list[Any]]:
    """The addresses that CertHub writes to, each with whose they may be, and the names that letters use for them."""
    return [
        (User.email, User.deactivated_at.is_(None)),
        (Party.email, Party.email.is_not(None)),
        (Payer.email, and_(Payer.email.is_not(None), Payer.successor_id.is_(None))),
    ], [User.name, Party.name, case((Payer.attention != "", Payer.attention), else_=Payer.name)]


def _is_on_file(address: str) -> bool:
    addresses, _ = _on_file()
    found = (exists().where(func.lower(column) == address.lower(), whose) for column, whose in addresses)
    return bool(db.session.scalar(select(or_(*found))))
