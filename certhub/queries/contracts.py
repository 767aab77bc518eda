"""Contracts: which there are, where each stands, what its years come to, and on which days it is in force."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from certhub.database import db
from certhub.models.contracts import (
    BudgetLine,
    Contract,
    ContractAmendment,
    ContractPeriod,
    ContractRate,
    ContractStep,
)
from certhub.models.parties import Assignment, Employment, Party, VendorOrganization
from certhub.queries.knowledge import known
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.assignment import Load
from certhub.rules.contract_amendments import AmendmentKind, Money, outside_in_words
from certhub.rules.contracts import EXPIRING_DAYS, ContractStage, Life, Step, StepKind, stage_on
from certhub.rules.independence import Span
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer

MOST_PLACEMENTS = 200
"""How many assignments one page of a contract lists."""

_party = Party.__table__
_KEYS: tuple[InstrumentedAttribute[Any], ...] = (Contract.ends_on, Contract.id)


class Standing(StrEnum):
    """The part of the contracts that a list shows."""

    IN_FORCE = "in-force"
    ENDING = "ending"
    IN_PREPARATION = "in-preparation"
    ENDED = "ended"


STANDING_LABELS: dict[Standing, str] = {
    Standing.IN_FORCE: "In force",
    Standing.ENDING: f"Ends within {EXPIRING_DAYS} days",
    Standing.IN_PREPARATION: "Not executed yet",
    Standing.ENDED: "Ended",
}


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in a list."""

    id: int
    number: str
    title: str
    vendor_id: int
    vendor: str
    stage: ContractStage
    starts_on: date | None
    ends_on: date
    maximum_cents: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the contracts is asked for."""

    standing: Standing | None = None
    vendor: str = ""


def in_force(
    contract_id: int | SQLColumnExpression[int], day: date, known_at: datetime | None = None
) -> ColumnElement[bool]:
    """Condition that a contract is in force on a day."""
    period = aliased(ContractPeriod)
    return exists().where(
        period.contract_id == contract_id, known(period, known_at), period.starts_on <= day, period.ends_on >= day
    )


def one(viewer: Viewer, contract_id: int) -> Contract:
    """A contract that the viewer may read. Raises `NotVisible`: a vendor sees its own, once it is sent to be signed."""
    found = db.session.scalar(
        select(Contract).options(joinedload(Contract.vendor)).where(Contract.id == contract_id, _visible_to(viewer))
    )
    if found is None:
        raise NotVisible(contract_id)
    return found


def amendment(viewer: Viewer, amendment_id: int) -> ContractAmendment:
    """An amendment of a contract that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        select(ContractAmendment)
        .join(Contract, Contract.id == ContractAmendment.contract_id)
        .where(ContractAmendment.id == amendment_id, _visible_to(viewer), _amendment_visible_to(viewer))
    )
    if found is None:
        raise NotVisible(amendment_id)
    return found


def page(viewer: Viewer, day: date, filters: Filters | None = None, *, cursor: str | None = None) -> Page[ContractRow]:
    """Contracts that the viewer may read, the one that ends last first; where each stands on `day`."""
    asked = filters or Filters()
    statement: Any = (
        select(Contract, _party.c.name.label("vendor"))
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(_visible_to(viewer), _standing(asked.standing, day))
    )
    if asked.vendor:
        statement = statement.where(_party.c.sort_name.contains(folded(asked.vendor), autoescape=True))
    found: Page[Any] = paged(statement, _KEYS, lambda row: row, cursor=cursor, newest_first=True)
    contracts = [row[0] for row in found.rows]
    lives, totals = lives_of(contracts), maxima({one.id for one in contracts})
    rows = [
        ContractRow(
            contract.id, contract.number, contract.title, contract.vendor_id, vendor,
            stage_on(lives[contract.id], day), first_day(contract, lives[contract.id]),
            last_day(contract, lives[contract.id]), sum(totals.get(contract.id, {}).values()),
        )
        for contract, vendor in found.rows
    ]  # fmt: skip
    return Page(rows, found.next, found.previous)


def first_day(contract: Contract, life: Life) -> date | None:
    """The first day on which a contract is or will be in force, as far as it is known."""
    return life.spans[0].from_on if life.spans else contract.start_on


def last_day(contract: Contract, life: Life) -> date:
    """The last day of a contract with its amendments."""
    ends = [span.to_on for span in life.spans if span.to_on is not None]
    return max(ends, default=contract.ends_on)


def lives_of(contracts: Collection[Contract]) -> dict[int, Life]:
    """What tells where each contract stands, in four statements for any number of them."""
    ids = {contract.id for contract in contracts}
    steps: dict[int, list[Step]] = {contract_id: [] for contract_id in ids}
    for row in db.session.execute(
        select(ContractStep.contract_id, ContractStep.kind, ContractStep.happened_on)
        .where(ContractStep.contract_id.in_(ids), ContractStep.amendment_id.is_(None))
        .order_by(ContractStep.id)
    ):
        steps[row.contract_id].append(Step(row.kind, row.happened_on))
    spans: dict[int, list[Span]] = {contract_id: [] for contract_id in ids}
    for period in db.session.execute(
        select(ContractPeriod.contract_id, ContractPeriod.starts_on, ContractPeriod.ends_on)
        .where(ContractPeriod.contract_id.in_(ids), known(ContractPeriod, None))
        .order_by(ContractPeriod.starts_on)
    ):
        spans[period.contract_id].append(Span(period.starts_on, period.ends_on))
    amending = set(
        db.session.scalars(
            select(ContractAmendment.contract_id).where(
                ContractAmendment.contract_id.in_(ids),
                ContractAmendment.executed_at.is_(None),
                ContractAmendment.withdrawn_at.is_(None),
                _sent_to_sign(ContractAmendment),
            )
        )
    )
    continued = set(
        db.session.scalars(
            select(Contract.continues_id).where(Contract.continues_id.in_(ids), Contract.executed_at.is_not(None))
        )
    )
    return {
        contract.id: Life(
            tuple(steps[contract.id]), tuple(spans[contract.id]), needs_secretariat=contract.needs_secretariat,
            amending=contract.id in amending, continued=contract.id in continued,
        )
        for contract in contracts
    }  # fmt: skip


def stage(contract: Contract, day: date) -> ContractStage:
    """Where one contract stands on a day."""
    return stage_on(lives_of([contract])[contract.id], day)


def life_of_amendment(one_amendment: ContractAmendment) -> Life:
    """What tells where an amendment stands before it is executed."""
    steps = db.session.execute(
        select(ContractStep.kind, ContractStep.happened_on)
        .where(ContractStep.amendment_id == one_amendment.id)
        .order_by(ContractStep.id)
    )
    return Life(
        tuple(Step(row.kind, row.happened_on) for row in steps),
        needs_secretariat=one_amendment.contract.needs_secretariat,
    )


def stage_of_amendment(one_amendment: ContractAmendment, day: date) -> ContractStage:
    """Where an amendment stands: as a contract does until it is executed."""
    if one_amendment.executed_at is not None:
        return ContractStage.EXECUTED
    if one_amendment.withdrawn_at is not None:
        return ContractStage.WITHDRAWN
    return stage_on(life_of_amendment(one_amendment), day)


def periods(contract: Contract) -> list[ContractPeriod]:
    """The days on which the contract is in force, as known now, the earliest first."""
    return list(
        db.session.scalars(
            select(ContractPeriod)
            .where(ContractPeriod.contract_id == contract.id, known(ContractPeriod, None))
            .order_by(ContractPeriod.starts_on)
        )
    )


def steps_of(contract: Contract) -> list[ContractStep]:
    """Every step of the contract and its amendments, the latest first."""
    return list(
        db.session.scalars(
            select(ContractStep)
            .options(joinedload(ContractStep.recorded_by))
            .where(ContractStep.contract_id == contract.id)
            .order_by(ContractStep.id.desc())
        )
    )


def amendments(viewer: Viewer, contract: Contract) -> list[ContractAmendment]:
    """The amendments of a contract, the first one first."""
    return list(
        db.session.scalars(
            select(ContractAmendment)
            .where(ContractAmendment.contract_id == contract.id, _amendment_visible_to(viewer))
            .order_by(ContractAmendment.number)
        )
    )


def options_used(contract: Contract) -> int:
    """How many options to renew were exercised."""
    found = select(func.count()).where(
        ContractAmendment.contract_id == contract.id,
        ContractAmendment.kind == AmendmentKind.OPTION,
        ContractAmendment.executed_at.is_not(None),
    )
    return db.session.scalar(found) or 0


def lines(contract: Contract, one_amendment: ContractAmendment | None = None) -> list[BudgetLine]:
    """The budget lines of the contract as signed, or what an amendment adds and takes away."""
    whose = BudgetLine.amendment_id.is_(None) if one_amendment is None else BudgetLine.amendment_id == one_amendment.id
    return list(
        db.session.scalars(
            select(BudgetLine)
            .where(BudgetLine.contract_id == contract.id, whose)
            .order_by(BudgetLine.fiscal_year, BudgetLine.object_code, BudgetLine.id)
        )
    )


def lines_in_force(contract: Contract) -> list[BudgetLine]:
    """Every line that counts, of the contract and of its executed amendments."""
    return list(
        db.session.scalars(
            select(BudgetLine)
            .where(BudgetLine.contract_id == contract.id, BudgetLine.in_force_at.is_not(None))
            .order_by(BudgetLine.fiscal_year, BudgetLine.object_code, BudgetLine.id)
        )
    )


def rates(contract: Contract, one_amendment: ContractAmendment | None = None) -> list[ContractRate]:
    """The rates of the contract as signed, or those that an amendment adds."""
    whose = (
        ContractRate.amendment_id.is_(None) if one_amendment is None else ContractRate.amendment_id == one_amendment.id
    )
    return list(
        db.session.scalars(
            select(ContractRate).where(ContractRate.contract_id == contract.id, whose).order_by(ContractRate.id)
        )
    )


def as_money(found: Collection[BudgetLine]) -> list[Money]:
    """Budget lines as the rules see them."""
    return [Money(line.fiscal_year, line.object_code, line.amount_cents) for line in found]


def maxima(contract_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """The maximum obligation of each fiscal year in cents, by contract: all lines of what is executed.

    A contract that is not executed yet has the lines of its draft.
    """
    rows = db.session.execute(
        select(BudgetLine.contract_id, BudgetLine.fiscal_year, func.sum(BudgetLine.amount_cents).label("cents"))
        .where(
            BudgetLine.contract_id.in_(contract_ids),
            or_(BudgetLine.in_force_at.is_not(None), BudgetLine.amendment_id.is_(None)),
        )
        .group_by(BudgetLine.contract_id, BudgetLine.fiscal_year)
        .order_by(BudgetLine.fiscal_year)
    )
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.contract_id, {})[row.fiscal_year] = int(row.cents)
    return found


@dataclass(frozen=True, slots=True)
class Obligation:
    """The maximum obligation of one executed contract in a fiscal year."""

    contract_id: int
    number: str
    vendor_id: int
    vendor: str
    maximum_cents: int


def obligations_of_year(viewer: Viewer, fiscal_year: int) -> list[Obligation]:
    """The maximum obligations of a fiscal year by executed contract, in the order of their numbers."""
    rows = db.session.execute(
        select(
            Contract.id, Contract.number, Contract.vendor_id, _party.c.name,
            func.sum(BudgetLine.amount_cents).label("cents"),
        )
        .join(BudgetLine, BudgetLine.contract_id == Contract.id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(BudgetLine.fiscal_year == fiscal_year, BudgetLine.in_force_at.is_not(None), _visible_to(viewer))
        .group_by(Contract.id, Contract.number, Contract.vendor_id, _party.c.name)
        .order_by(Contract.number)
    )  # fmt: skip
    return [Obligation(row.id, row.number, row.vendor_id, row.name, int(row.cents)) for row in rows]


def of_vendor_on(vendor_id: int, days: Span) -> list[Contract]:
    """A vendor's executed contracts that are in force on the first of some days, the one that ends last first."""
    return list(
        db.session.scalars(
            select(Contract)
            .where(Contract.vendor_id == vendor_id, in_force(Contract.id, days.from_on))
            .order_by(Contract.ends_on.desc(), Contract.id.desc())
        )
    )


def vendor_choices() -> list[tuple[int, str]]:
    """Every vendor, for choosing whom a contract is with."""
    rows = db.session.execute(
        select(_party.c.id, _party.c.name)
        .join(VendorOrganization.__table__, VendorOrganization.__table__.c.id == _party.c.id)
        .order_by(_party.c.sort_name)
    )
    return [(row.id, row.name) for row in rows]


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    if sees_everything(viewer):
        return true()
    return and_(Contract.vendor_id == (viewer.party_id or 0), or_(Contract.executed_at.is_not(None), _sent(Contract)))


def _amendment_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    if sees_everything(viewer):
        return true()
    return or_(ContractAmendment.executed_at.is_not(None), _sent_to_sign(ContractAmendment))


def _sent(contract: type[Contract]) -> ColumnElement[bool]:
    return exists().where(
        ContractStep.contract_id == contract.id,
        ContractStep.amendment_id.is_(None),
        ContractStep.kind == StepKind.SENT_FOR_SIGNATURE,
    )


def _sent_to_sign(one_amendment: type[ContractAmendment]) -> ColumnElement[bool]:
    return exists().where(
        ContractStep.amendment_id == one_amendment.id, ContractStep.kind == StepKind.SENT_FOR_SIGNATURE
    )


def _standing(standing: Standing | None, day: date) -> ColumnElement[bool]:
    if standing is None:
        return true()
    period = aliased(ContractPeriod)
    of_contract = and_(period.contract_id == Contract.id, known(period, None))
    if standing is Standing.IN_FORCE:
        return in_force(Contract.id, day)
    if standing is Standing.IN_PREPARATION:
        return Contract.executed_at.is_(None)
    goes_on = exists().where(of_contract, period.ends_on > day + timedelta(days=EXPIRING_DAYS))
    if standing is Standing.ENDING:
        return and_(in_force(Contract.id, day), ~goes_on)
    return and_(Contract.executed_at.is_not(None), ~exists().where(of_contract, period.ends_on >= day))


def executed_amendments(contract: Contract) -> list[ContractAmendment]:
    """The amendments that count, in the order in which they were executed."""
    return list(
        db.session.scalars(
            select(ContractAmendment)
            .where(ContractAmendment.contract_id == contract.id, ContractAmendment.executed_at.is_not(None))
            .order_by(ContractAmendment.executed_at, ContractAmendment.id)
        )
    )


def number_taken(number: str, *, but: Contract | None = None) -> bool:
    """Whether another contract has this document number."""
    found = db.session.scalar(select(Contract.id).where(Contract.number == number))
    return found is not None and (but is None or found != but.id)


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
            _visible_to(viewer),
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


def line(contract: Contract, line_id: int, one_amendment: ContractAmendment | None = None) -> BudgetLine:
    """A budget line of the contract or of one of its amendments. Raises `NotVisible`."""
    for found in lines(contract, one_amendment):
        if found.id == line_id:
            return found
    raise NotVisible(line_id)


def rate(contract: Contract, rate_id: int, one_amendment: ContractAmendment | None = None) -> ContractRate:
    """A rate of the contract or of one of its amendments. Raises `NotVisible`."""
    for found in rates(contract, one_amendment):
        if found.id == rate_id:
            return found
    raise NotVisible(rate_id)


def rates_in_force(contract: Contract) -> list[ContractRate]:
    """Every rate that counts, the latest of each service first."""
    return list(
        db.session.scalars(
            select(ContractRate)
            .where(ContractRate.contract_id == contract.id, ContractRate.in_force_at.is_not(None))
            .order_by(ContractRate.service, ContractRate.id.desc())
        )
    )


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


def placements(contract: Contract, day: date) -> list[PlacementRow]:
    """The assignments under the contract, flagged where they go on outside the days on which it is in force."""
    person, practice = (Party.__table__.alias(name).c for name in ("person", "place"))
    rows = db.session.execute(
        select(Assignment, person.name.label("coordinator"), practice.name.label("practice"))
        .join(person.id.table, person.id == Assignment.coordinator_id)
        .join(practice.id.table, practice.id == Assignment.practice_id)
        .where(
            Assignment.contract_id == contract.id,
            Assignment.superseded_at.is_(None),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= day - timedelta(days=EXPIRING_DAYS)),
        )
        .order_by(person.sort_name, Assignment.id)
        .limit(MOST_PLACEMENTS)
    ).all()
    spans = [Span(one.starts_on, one.ends_on) for one in periods(contract)]
    return [
        PlacementRow(
            one.coordinator_id, coordinator, place, Load(one.places, one.share_percent), one.starts_on, one.ends_on,
            outside_in_words(Span(one.starts_on, one.ends_on or max(day, one.starts_on)), spans),
        )
        for one, coordinator, place in rows
    ]  # fmt: skip
