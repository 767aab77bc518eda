"""Opting out of courtesies, and wanting them again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update

from certhub.database import db
from certhub.models.messages import MailOptOut, Message, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import Channel, ObligationKind, Policies
from certhub.rules.reminder_reasons import OPTED_OUT
from certhub.services import audit
from certhub.services.bulk_changes import rows_changed

LINK = audit.SystemActor("opt-out-link")
"""Whoever followed the link of a message: known by nothing but that link."""


def optional(policies: Policies) -> frozenset[ObligationKind]:
    """The kinds of reminders that people may opt out of."""
    return frozenset(kind for kind, policy in policies.items() if policy.may_opt_out)


def choose(address: str, kinds: Collection[str], *, actor: audit.Actor, at: datetime) -> int:
    """Enter that `address` wants no more mail of these kinds; how many it had not opted out of before."""
    new = 0
    for kind in sorted(set(kinds)):
        known = _of(address, kind)
        if known is not None and known.ended_at is None:
            continue
        if known is None:
            known = MailOptOut(address=address.lower(), kind=kind, chosen_at=at)
            db.session.add(known)
        known.chosen_at, known.ended_at = at, None
        db.session.flush()
        audit.record(actor, AuditAction.MAIL_OPTED_OUT, known, at=at)
        new += 1
    return new


def take_back(address: str, kind: str, *, actor: audit.Actor, at: datetime) -> None:
    """Enter that `address` wants mail of this kind again."""
    known = _of(address, kind)
    if known is None or known.ended_at is not None:
        raise Refusal("You get this mail already.")
    known.ended_at = at
    db.session.flush()
    audit.record(actor, AuditAction.MAIL_OPTED_IN, known, at=at)


def move(former: str, address: str, *, still_used: bool, actor: audit.Actor, at: datetime) -> None:
    """Let what was opted out of at `former` hold for `address`; at `former` it ends, unless others read there."""
    chosen = select(MailOptOut).where(MailOptOut.address == former.lower(), MailOptOut.ended_at.is_(None))
    rows = db.session.scalars(chosen.order_by(MailOptOut.kind)).all()
    choose(address, [row.kind for row in rows], actor=actor, at=at)
    for row in rows if not still_used else ():
        row.ended_at = at
        audit.record(actor, AuditAction.MAIL_OPTED_IN, row, at=at, reason="the account has another address now")


def follow_link(message: Message, *, at: datetime) -> None:
    """Opt the reader of a message out of the courtesies in it."""
    choose(message.recipient, message.opt_out.split(), actor=LINK, at=at)


def opted_out(kinds: Collection[ObligationKind]) -> ColumnElement[bool]:
    """Whether the reader of a notice does not want it. For a query of `ReminderNotice` with its `Obligation`."""
    return exists().where(
        MailOptOut.address == ReminderNotice.recipient,
        MailOptOut.kind == Obligation.kind,
        MailOptOut.kind.in_([kind.value for kind in kinds]),
        MailOptOut.ended_at.is_(None),
    )


def suppress(recipients: Collection[str], kinds: Collection[ObligationKind], *, at: datetime) -> int:
    """Enter into the ledger which planned notices nobody gets by mail, because their readers opted out; how many."""
    if not kinds:
        return 0
    unwanted = (
        select(ReminderNotice.id)
        .join(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(
            ReminderNotice.status == ReminderStatus.PLANNED,
            ReminderNotice.message_id.is_(None),
            ReminderNotice.channel == Channel.MAIL,
            ReminderNotice.recipient.in_(recipients),
            opted_out(kinds),
        )
    )
    ids = list(db.session.scalars(unwanted))
    if not ids:
        return 0
    rows_changed(
        update(ReminderNotice)
        .where(ReminderNotice.id.in_(ids))
        .values(status=ReminderStatus.SUPPRESSED, reason=OPTED_OUT)
    )
    told_of = select(ReminderNotice.reminder_id).where(ReminderNotice.id.in_(ids))
    others = exists().where(
        ReminderNotice.reminder_id == Reminder.id, ReminderNotice.status != ReminderStatus.SUPPRESSED
    )
    rows_changed(
        update(Reminder)
        .where(Reminder.id.in_(told_of), ~others, Reminder.status == ReminderStatus.PLANNED)
        .values(status=ReminderStatus.SUPPRESSED, reason=OPTED_OUT, decided_at=at)
    )
    return len(ids)


def _of(address: str, kind: str) -> MailOptOut | None:
    return db.session.scalar(select(MailOptOut).where(MailOptOut.address == address.lower(), MailOptOut.kind == kind))


def kinds_that_may(policies: Policies) -> list[str]:
    """All kinds of mail that people may opt out of."""
    return sorted(kind.value for kind in optional(policies))
