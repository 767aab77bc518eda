"""Obligations: what falls due, derived from the records in bulk. Deriving twice changes nothing."""

import importlib.resources
import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import SQLColumnExpression, String, exists, func, literal, select, true, update
from sqlalchemy.orm import aliased

from certhub.database import db, look_at
from certhub.models.base import UtcDateTime
from certhub.models.messages import Obligation
from certhub.queries import obligations
from certhub.queries.obligation_sources.source import Source
from certhub.queries.standing import has_died
from certhub.rules.reminder_policies import ObligationKind, Policies, parse_policies
from certhub.services import filing_dues
from certhub.services.bulk_changes import chunks, insert_or, rows_changed

_MANY = 1_000


@cache
def shipped_policies() -> Policies:
    """The default policies, checked. Raises `PolicyError`."""
    source = importlib.resources.files("certhub.data").joinpath("reminder_policies.toml")
    return parse_policies(tomllib.loads(source.read_text(encoding="utf-8")), source.name)


def derive(day: date, *, policies: Policies, at: datetime) -> dict[str, int]:
    """Open an obligation for each date that somebody must act on, and close those that need nobody any more.

    One that was closed and stands again, such as after a revocation that was reversed, is opened again. One whose row
    was replaced with the date as it was goes on with the new row, so that a correction repeats no reminder.
    """
    filing_dues.note(day, floor=day - timedelta(days=policies[ObligationKind.FILING].open_days), at=at)
    for source in obligations.sources():
        if source.heir is not None:
            _carry_on(source.kind, source.heir(), day - timedelta(days=policies[source.kind].open_days))
    closed = _close(day, policies, at)
    opened = sum(
        _open(source, day, day - timedelta(days=policies[source.kind].open_days), at)
        for source in obligations.sources()
    )
    if opened >= _MANY:
        look_at(Obligation.__tablename__)  # what follows in this transaction asks of them all
    return {"opened": opened, "closed": closed}


def _carry_on(kind: ObligationKind, heir: SQLColumnExpression[Any], floor: date) -> None:
    """Let the obligations of rows that others took the place of go on with these, each heir with one of a date."""
    own = aliased(Obligation)
    replaced = (
        select(Obligation.id, heir.label("heir_id"), Obligation.due_on)
        .where(Obligation.kind == kind, Obligation.due_on >= floor)
        .subquery()
    )
    newest = (
        select(func.max(replaced.c.id))
        .where(
            replaced.c.heir_id.is_not(None),
            ~exists().where(own.kind == kind, own.subject_id == replaced.c.heir_id, own.due_on == replaced.c.due_on),
        )
        .group_by(replaced.c.heir_id, replaced.c.due_on)
    )
    ids = list(db.session.scalars(newest))
    for some in chunks(ids):
        db.session.execute(
            update(Obligation)
            .where(Obligation.id.in_(some))
            .values(subject_id=heir)
            .execution_options(synchronize_session=False)
        )


def _open(source: Source, day: date, floor: date, at: datetime) -> int:
    """Open what falls due and is not open yet."""
    due, standing = source.falls_due(day, floor).subquery(), aliased(Obligation)
    # In order, so that all is worked out before the first row is entered: PostgreSQL, which takes a new table for
    # empty, would otherwise read through all that it has entered so far for each row.
    derived = select(
        literal(source.kind.value, String), due.c.subject_id, due.c.party_id, due.c.payer_id, due.c.due_on,
        literal(at, UtcDateTime()),
    ).where(
        ~has_died(day, due.c.party_id) if source.stops_at_death else true(),
        ~exists().where(
            standing.kind == source.kind,
            standing.subject_id == due.c.subject_id,
            standing.due_on == due.c.due_on,
            standing.closed_at.is_(None),
        ),
    ).order_by(due.c.due_on, due.c.subject_id)  # fmt: skip
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
