"""What must be attested anew: facts under a signed statement that changed, and that nobody has signed for since."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from certhub.database import db
from certhub.models.parties import Party
from certhub.models.signatures import Drift, Statement
from certhub.queries import statements
from certhub.queries.paging import Page, paged
from certhub.queries.standing import holds_credential
from certhub.queries.visibility import party_visible
from certhub.rules.permissions import Viewer

_KEYS: tuple[InstrumentedAttribute[Any], ...] = (Drift.due_on, Drift.id)


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A statement that somebody must sign anew, and why."""

    drift_id: int
    party_id: int
    party: str
    statement_id: int
    signed_for: str
    requirement_code: str
    sentence: str
    changed_on: date
    due_on: date


def page(viewer: Viewer, day: date, *, cursor: str | None = None) -> Page[DriftRow]:
    """What the viewer may see of all that is to be attested anew, the nearest date first."""
    return paged(_open(viewer, day), _KEYS, _row, cursor=cursor)


def first(viewer: Viewer, day: date, *, number: int) -> tuple[int, list[DriftRow]]:
    """How much is to be attested anew, and the first of it, in one statement for the first page."""
    statement = _open(viewer, day).add_columns(func.count().over().label("all"))
    rows = db.session.execute(statement.order_by(*_KEYS).limit(number)).all()
    return (rows[0].all if rows else 0), [_row(row) for row in rows]


def of_party(party_id: int) -> list[Drift]:
    """What changed under the signed statements of a party since they were given, certified or not."""
    return list(
        db.session.scalars(
            select(Drift)
            .join(Drift.statement)
            .where(Drift.party_id == party_id, is_open())
            .options(contains_eager(Drift.statement))
            .order_by(*_KEYS)
        )
    )


def of_statement(statement: Statement) -> list[Drift]:
    """What changed under one signed statement; none once it was signed anew or no longer stands."""
    return list(
        db.session.scalars(
            select(Drift)
            .join(Statement, Statement.id == Drift.statement_id)
            .where(Drift.statement_id == statement.id, is_open())
            .order_by(*_KEYS)
        )
    )


def is_open() -> ColumnElement[bool]:
    """Condition on drifts beside their statements: the fact is not as it was, and nobody has signed anew."""
    return and_(Drift.withdrawn_at.is_(None), statements.stands(Statement), ~statements.signed_anew(Statement))


def _open(viewer: Viewer, day: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Drift.id,
            Drift.party_id,
            Party.name,
            Drift.statement_id,
            Statement.signed_for,
            Drift.requirement_code,
            Drift.sentence,
            Drift.changed_on,
            Drift.due_on,
        )
        .join(Statement, Statement.id == Drift.statement_id)
        .join(Party, Party.id == Drift.party_id)
        .where(
            is_open(),
            holds_credential(day, Drift.__table__.c.party_id),
            party_visible(viewer, Drift.__table__.c.party_id),
        )
    )


def _row(row: Row[*tuple[Any, ...]]) -> DriftRow:
    return DriftRow(*row[:9])
