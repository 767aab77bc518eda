"""The registry of private payers: registering them, mergers, and leaving the market."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.rules.audit_actions import AuditAction
from certhub.rules.name_order import folded
from certhub.rules.pooled_fund.configuration import PayerKind
from certhub.rules.pooled_fund.payers import require_no_circle
from certhub.rules.refusal import Refusal
from certhub.services import audit


@dataclass(frozen=True, slots=True)
class PayerEntry:
    """What was typed of a payer."""

    name: str
    kind: PayerKind
    attention: str = ""
    address: str = ""
    email: str | None = None
    successor_id: int | None = None
    merged_on: date | None = None
    left_on: date | None = None


def register(entry: PayerEntry, *, actor: User, at: datetime) -> Payer:
    """Put a payer into the registry. Raises `Refusal`."""
    _require(entry, None)
    found = Payer(registered_by_id=actor.id, registered_at=at)
    _fill(found, entry)
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.PAYER_REGISTERED, found, at=at)
    return found


def change(payer: Payer, entry: PayerEntry, *, actor: User, at: datetime) -> None:
    """Change what is on file of a payer, its merger or its leaving. Raises `Refusal`."""
    if entry.successor_id is not None:
        # Two mergers at once could lead into each other: whoever comes second waits, and then sees the first one.
        db.session.execute(select(Payer.id).order_by(Payer.id).with_for_update(key_share=True))
    locked(payer)
    _require(entry, payer)
    _fill(payer, entry)
    audit.record(actor, AuditAction.PAYER_CHANGED, payer, at=at)


def _fill(payer: Payer, entry: PayerEntry) -> None:
    payer.name, payer.sort_name, payer.kind = entry.name, folded(entry.name), entry.kind
    payer.attention, payer.address, payer.email = entry.attention, entry.address, entry.email
    payer.successor_id, payer.merged_on, payer.left_on = entry.successor_id, entry.merged_on, entry.left_on


def _require(entry: PayerEntry, payer: Payer | None) -> None:
    same = select(Payer.id).where(func.lower(Payer.name) == entry.name.lower())
    if payer is not None:
        same = same.where(Payer.id != payer.id)
    if db.session.scalars(same).first() is not None:
        raise Refusal("A payer of this name is in the registry already. Open it instead.", field="name")
    if (entry.successor_id is None) != (entry.merged_on is None):
        raise Refusal(
            "A merger has both a payer into which it went and a first day. Fill in both, or neither.",
            field="merged_on" if entry.merged_on is None else "successor_id",
        )
    if entry.successor_id is None or payer is None:
        return
    if db.session.get(Payer, entry.successor_id) is None:
        raise Refusal("Choose a payer of the list.", field="successor_id")
    merged = select(Payer.id, Payer.successor_id).where(Payer.successor_id.is_not(None))
    into = {one: successor for one, successor in db.session.execute(merged) if successor is not None}
    require_no_circle(payer.id, entry.successor_id, into)
