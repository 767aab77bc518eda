"""What falls due of one kind, why it was closed, and who was told."""

from datetime import date

from sqlalchemy import select

from certhub.database import db
from certhub.models.messages import Obligation
from certhub.rules.reminder_policies import ObligationKind
from tests.integration.reminders.arranging import messages, run_on


def due(kind: ObligationKind) -> list[date]:
    """The days on which something of a kind is open."""
    db.session.expire_all()
    rows = select(Obligation.due_on).where(Obligation.kind == kind, Obligation.closed_at.is_(None))
    return list(db.session.scalars(rows.order_by(Obligation.due_on)))


def closed(kind: ObligationKind) -> list[str | None]:
    """Why those of a kind were closed."""
    db.session.expire_all()
    rows = select(Obligation.closed_because).where(Obligation.kind == kind, Obligation.closed_at.is_not(None))
    return list(db.session.scalars(rows.order_by(Obligation.id)))


def after(day: date, kind: ObligationKind) -> tuple[list[date], list[str | None]]:
    """What is open and why the rest was closed, after the job of a day."""
    run_on(day)
    return due(kind), closed(kind)


def told(recipient: str) -> str:
    """Everything that somebody was told."""
    return "\n".join(one.body_text for one in messages() if one.recipient == recipient)
