"""Mail that did not arrive for good: the address is marked, and the employer of the person hears of it once.

A message about mail that failed never makes another one, and nobody is written to about the own address.
"""

import hashlib
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.messages import FailingAddress, Message, MessageStatus
from certhub.models.parties import Coordinator, Employment, Party
from certhub.rules.vocabulary import Role
from certhub.services import outbox
from certhub.services.bulk_changes import insert_or, rows_changed

LETTER = "mail-failed"
"""The message that tells HR that mail to somebody does not arrive."""

PROVEN_AFTER = timedelta(days=5)
"""How long mail must have stayed away before an address that bounced counts as good: servers try for 4 to 5 days."""


def failing() -> set[str]:
    """The addresses that take no mail at present."""
    return set(db.session.scalars(select(FailingAddress.address)))


def mark(message: Message, *, bounced: bool, today: date, base_url: str, at: datetime) -> None:
    """Mark the address of a message that failed or came back, and tell HR where that is new."""
    address = message.recipient.lower()
    known = db.session.get(FailingAddress, address) is not None
    problem = message.last_error or "Mail to this address did not arrive."
    row = {"message_id": message.id, "failed_at": at, "problem": problem, "bounced": bounced}
    db.session.execute(
        insert_or(FailingAddress)
        .values(address=address, **row)
        .on_conflict_do_update(index_elements=["address"], set_=row)
    )
    if not known and message.kind != LETTER:
        _tell_hr(address, today, base_url=base_url, at=at)


def clear(address: str) -> None:
    """A server has taken mail for this address again; where mail had come back, that proves nothing yet."""
    at = FailingAddress.address == address.lower()
    rows_changed(delete(FailingAddress).where(at, FailingAddress.bounced.is_(False)))


def forget(address: str) -> None:
    """Remove the mark of an address, because nobody has it any more, or somebody has just read mail there."""
    rows_changed(delete(FailingAddress).where(FailingAddress.address == address.lower()))


def is_failing(address: str) -> bool:
    """Whether an address takes no mail at present."""
    return db.session.get(FailingAddress, address.lower()) is not None


def clear_proven(at: datetime) -> int:
    """Remove the marks of addresses that bounced, and then took mail that did not come back; how many."""
    return rows_changed(delete(FailingAddress).where(_is_proven(at)))


def proven(at: datetime) -> int:
    """How many marks are of addresses that took mail since, which did not come back."""
    return db.session.scalar(select(func.count()).select_from(FailingAddress).where(_is_proven(at))) or 0


def _is_proven(at: datetime) -> ColumnElement[bool]:
    later = (
        select(Message.id)
        .where(
            func.lower(Message.recipient) == FailingAddress.address,
            Message.status == MessageStatus.SENT,
            Message.sent_at > FailingAddress.failed_at,
            Message.sent_at < at - PROVEN_AFTER,
        )
        .exists()
    )
    return and_(FailingAddress.failed_at < at - PROVEN_AFTER, later)


def _tell_hr(address: str, today: date, *, base_url: str, at: datetime) -> None:
    """Write to HR at the present employer of the coordinator whose address it is, if there is one."""
    owner = (
        select(
            Coordinator.id,
            case((User.email == address, User.id)).label("account_id"),
            (func.lower(Party.email) == address).label("on_record"),
        )
        .outerjoin(User, (User.party_id == Coordinator.id) & User.deactivated_at.is_(None))
        .where(or_(func.lower(Party.email) == address, User.email == address))
        .subquery()
    )
    present = (
        Employment.superseded_at.is_(None),
        Employment.starts_on <= today,
        or_(Employment.ends_on.is_(None), Employment.ends_on >= today),
    )
    told = db.session.execute(
        select(User.email, User.name, Party.id, Party.name, owner.c.account_id, owner.c.on_record)
        .select_from(Employment)
        .join(owner, owner.c.id == Employment.coordinator_id)
        .join(Party, Party.id == Employment.coordinator_id)
        .join(User, User.party_id == Employment.employer_id)
        .where(*present)
        .where(User.role == Role.VENDOR_HR, User.deactivated_at.is_(None), User.email != address)
        .distinct()
        .order_by(User.email)
    ).all()
    for email, name, person_id, person, account_id, on_record in told:
        key = hashlib.sha256(f"{address} {email}".encode()).hexdigest()[:32]
        outbox.enqueue(
            LETTER,
            recipient=email,
            recipient_name=name,
            dedupe_key=f"{LETTER}:{today}:{key}",
            context={
                "person": person,
                "address": address,
                "on_record": on_record,
                "account_link": f"{base_url}/accounts/{account_id}/address" if account_id else "",
                "link": f"{base_url}/coordinators/{person_id}",
            },
            at=at,
            party_id=person_id,
        )
