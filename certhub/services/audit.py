"""Writing the audit trail and the access log, in the transaction of what they tell about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certhub.database import PendingEntry, canonical, db, note
from certhub.models import Base
from certhub.models.accounts import User
from certhub.models.audit import AccessLog
from certhub.models.parties import Party
from certhub.rules.audit_actions import AuditAction


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A job or a command that acts without an account; `name` says which."""

    name: str


Actor = User | SystemActor


def record(
    actor: Actor, action: AuditAction, subject: Base, *, at: datetime, party_id: int | None = None, **told: Any
) -> None:
    """Tell that `actor` did `action` to `subject`.

    Before and after of each changed column are added by themselves when the transaction ends; `told` adds what columns
    do not say, such as a reason. `party_id` is whom it concerns: taken from the subject unless given.
    """
    if party_id is None:
        party_id = subject.id if isinstance(subject, Party) else getattr(subject, "party_id", None)
    note(
        PendingEntry(
            at=at,
            actor_id=actor.id if isinstance(actor, User) else None,
            actor=f"{actor.name} <{actor.email}>" if isinstance(actor, User) else actor.name,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=None,
            party_id=party_id,
            changes=dict(told),
            row=subject,
        )
    )


def record_plain(
    actor: Actor,
    action: AuditAction,
    subject_type: str,
    subject_id: int | None,
    *,
    at: datetime,
    party_id: int | None = None,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Tell of something that is not one ORM row: a bulk insert, a failed sign-in, an export."""
    note(
        PendingEntry(
            at=at,
            actor_id=actor.id if isinstance(actor, User) else None,
            actor=f"{actor.name} <{actor.email}>" if isinstance(actor, User) else actor.name,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            party_id=party_id,
            changes=dict(told or {}),
        )
    )


def record_many(
    actor: Actor,
    action: AuditAction,
    subject_type: str,
    done: Iterable[tuple[int, int | None, dict[str, Any]]],
    *,
    at: datetime,
) -> None:
    """Tell of many rows that `actor` did the same to: for each its number, whom it concerns, and what is told of it."""
    actor_id = actor.id if isinstance(actor, User) else None
    name = f"{actor.name} <{actor.email}>" if isinstance(actor, User) else actor.name
    note(
        *(
            PendingEntry(
                at=at, actor_id=actor_id, actor=name, action=action, subject_type=subject_type, subject_id=key,
                party_id=party_id, changes=told,
            )
            for key, party_id, told in done
        )
    )  # fmt: skip


def record_read(
    reader: User, party_id: int | None, what: str, *, listing: Mapping[str, Any] | None = None, at: datetime
) -> None:
    """Tell that `reader` read a party's personal record, or a list of them, on the page `what` (M.G.L. c.66A)."""
    told = canonical(listing) if listing else ""
    db.session.add(AccessLog(at=at, user_id=reader.id, party_id=party_id, what=what, listing=told))
