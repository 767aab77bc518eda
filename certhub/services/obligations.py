"""Obligations: what falls due, derived from the records in bulk. Deriving twice changes nothing."""

import importlib.resources
import tomllib
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import String, exists, literal, select, update
from sqlalchemy.orm import aliased

from certhub.database import look_at
from certhub.models.base import UtcDateTime
from certhub.models.messages import Obligation
from certhub.queries import obligations
from certhub.queries.obligation_sources.source import Source
from certhub.rules.reminder_policies import Policies, parse_policies
from certhub.services.bulk_changes import insert_or, rows_changed

_MANY = 1_000


@cache
def shipped_policies() -> Policies:
    """The default policies, checked. Raises `PolicyError`."""
    source = importlib.resources.files("certhub.data").joinpath("reminder_policies.toml")
    return parse_policies(tomllib.loads(source.read_text(encoding="utf-8")), source.name)


def derive(day: date, *, policies: Policies, at: datetime) -> dict[str, int]:
    """Open an obligation for each date that somebody must act on, and close those that need nobody any more.

    One that was closed and stands again, such as after a revocation that was reversed, is opened again.
    """
    closed = _close(day, policies, at)
    opened = sum(
        _open(source, day, day - timedelta(days=policies[source.kind].open_days), at)
        for source in obligations.sources()
    )
    if opened >= _MANY:
        look_at(Obligation.__tablename__)  # what follows in this transaction asks of them all
    return {"opened": opened, "closed": closed}


def _open(source: Source, day: date, floor: date, at: datetime) -> int:
    """Open what falls due and is not open yet."""
    due, standing = source.falls_due(day, floor).subquery(), aliased(Obligation)
    derived = select(
        literal(source.kind.value, String), due.c.subject_id, due.c.party_id, due.c.payer_id, due.c.due_on,
        literal(at, UtcDateTime()),
    ).where(
        ~exists().where(
            standing.kind == source.kind,
            standing.subject_id == due.c.subject_id,
            standing.due_on == due.c.due_on,
            standing.closed_at.is_(None),
        )
    )  # fmt: skip
    columns = ["kind", "subject_id", "party_id", "payer_id", "due_on", "created_at"]
    again = {"closed_at": None, "closed_because": None}
    return rows_changed(
        insert_or(Obligation)
        .from_select(columns, derived)
        .on_conflict_do_update(
            index_elements=["kind", "subject_id", "due_on"], set_=again, where=Obligation.closed_at.is_not(None)
        )
    )


def _close(day: date, policies: Policies, at: datetime) -> int:
    """Close what needs nobody any more, kind by kind: so each statement stays small, and is planned well."""
    closed = 0
    for kind in obligations.open_kinds():
        reason = obligations.settled_because(day, policies, [kind])
        closed += rows_changed(
            update(Obligation)
            .where(Obligation.kind == kind, Obligation.closed_at.is_(None), reason.is_not(None))
            .values(closed_at=at, closed_because=reason)
        )
    return closed
