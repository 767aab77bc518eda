"""The assignments under a contract, and the contracts that an assignment can be made under."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.contracts import Contract, ContractPeriod
from certhub.models.parties import Assignment, Employment, Party
from certhub.queries.contracts import in_force, periods, visible_to
from certhub.queries.knowledge import known
from certhub.queries.paging import PAGE_SIZE, Page, paged
from certhub.rules.assignment import Load
from certhub.rules.contract_amendments import outside_in_words
from certhub.rules.contracts import EXPIRING_DAYS
from certhub.rules.independence import Span
from certhub.rules.permissions import Viewer

_party = Party.__table__


@dataclass(frozen=True, slots=True)
class Offer:
    """A contract that an assignment can be made under."""

    id: int
    number: str
    vendor: str


def for_placing(viewer: Viewer, coordinator_id: int, *, on: date) -> list[Offer]:
    """The contracts, in force now or later, of the vendors that employ a coordinator now or later."""
    period = aliased(ContractPeriod)
    rows = db.session.execute(
        select(Contract.id, Contract.number, _party.c.name)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(
            visible_to(viewer),
            exists().where(period.contract_id == Contract.id, known(period, None), period.ends_on >= on),
            exists().where(
                Employment.employer_id == Contract.vendor_id,
                Employment.coordinator_id == coordinator_id,
                Employment.superseded_at.is_(None),
                or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
            ),
        )
        .order_by(Contract.number)
    )
    return [Offer(row.id, row.number, row.name) for row in rows]


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """An assignment under a contract; `outside` are its first days on which the contract is not in force."""

    coordinator_id: int
    coordinator: str
    practice: str
    load: Load
    starts_on: date
    ends_on: date | None
    outside: str


def placements(
    contract: Contract, day: date, *, lately: bool = False, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[PlacementRow]:
    """The assignments under the contract, flagged where they go on outside the days on which it is in force.

    `lately` leaves those out that ended long before `day`.
    """
    person, practice = (Party.__table__.alias(name).c for name in ("person", "place"))
    statement = (
        select(Assignment, person.name.label("coordinator"), practice.name.label("practice"))
        .join(person.id.table, person.id == Assignment.coordinator_id)
        .join(practice.id.table, practice.id == Assignment.practice_id)
        .where(Assignment.contract_id == contract.id, Assignment.superseded_at.is_(None))
    )
    if lately:
        since = day - timedelta(days=EXPIRING_DAYS)
        statement = statement.where(or_(Assignment.ends_on.is_(None), Assignment.ends_on >= since))
    spans = [Span(one.starts_on, one.ends_on) for one in periods(contract)]

    def row(found: Any) -> PlacementRow:
        one = found[0]
        return PlacementRow(
            one.coordinator_id, found.coordinator, found.practice, Load(one.places, one.share_percent), one.starts_on,
            one.ends_on, outside_in_words(Span(one.starts_on, one.ends_on or max(day, one.starts_on)), spans),
        )  # fmt: skip

    return paged(statement, (person.sort_name, Assignment.id), row, cursor=cursor, size=size)


def of_vendor_on(vendor_id: int, days: Span) -> list[Contract]:
    """A vendor's executed contracts that are in force on the first of some days, the one that ends last first."""
    return list(
        db.session.scalars(
            select(Contract)
            .where(Contract.vendor_id == vendor_id, in_force(Contract.id, days.from_on))
            .order_by(Contract.ends_on.desc(), Contract.id.desc())
        )
    )
