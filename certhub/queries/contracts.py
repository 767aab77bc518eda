"""Contracts: which there are, where each stands, what its years come to, and on which days it is in force."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
from certhub.models.contracts import (
    Contract,
    ContractAmendment,
    ContractPeriod,
    ContractStep,
)
from certhub.models.parties import Party, VendorOrganization
from certhub.queries import contract_budgets
from certhub.queries.knowledge import known
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contracts import ENDING, EXPIRING_DAYS, ContractStage, Life, Step, StepKind, stage_on
from certhub.rules.independence import Span
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer

_party = Party.__table__


class Standing(StrEnum):
    """The part of the contracts that a list shows."""

    IN_FORCE = "in-force"
    ENDING = "ending"
    TO_BEGIN = "to-begin"
    SUSPENDED = "suspended"
    IN_PREPARATION = "in-preparation"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


STANDING_LABELS: dict[Standing, str] = {
    Standing.IN_FORCE: "In force",
    Standing.ENDING: f"Ends within {EXPIRING_DAYS} days",
    Standing.TO_BEGIN: "Executed, begins later",
    Standing.SUSPENDED: "Suspended",
    Standing.IN_PREPARATION: "Not executed yet",
    Standing.ENDED: "Ended",
    Standing.WITHDRAWN: "Withdrawn before it was executed",
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
        select(Contract).options(joinedload(Contract.vendor)).where(Contract.id == contract_id, visible_to(viewer))
    )
    if found is None:
        raise NotVisible(contract_id)
    return found


def amendment(viewer: Viewer, amendment_id: int) -> ContractAmendment:
    """An amendment of a contract that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        select(ContractAmendment)
        .join(Contract, Contract.id == ContractAmendment.contract_id)
        .where(ContractAmendment.id == amendment_id, visible_to(viewer), _amendment_visible_to(viewer))
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
        .where(visible_to(viewer), _standing(asked.standing, day))
    )
    if asked.vendor:
        statement = statement.where(_party.c.sort_name.contains(folded(asked.vendor), autoescape=True))
    keys = (last_day_sql(), Contract.id)
    found: Page[Any] = paged(statement, keys, lambda row: row, cursor=cursor, newest_first=True)
    contracts = [row[0] for row in found.rows]
    lives, totals = lives_of(contracts), contract_budgets.maxima({one.id for one in contracts})
    rows = [
        ContractRow(
            contract.id, contract.number, contract.title, contract.vendor_id, row.vendor,
            stage_on(lives[contract.id], day), first_day(contract, lives[contract.id]),
            last_day(contract, lives[contract.id]), sum(totals.get(contract.id, {}).values()),
        )
        for row in found.rows
        for contract in [row[0]]
    ]  # fmt: skip
    return Page(rows, found.next, found.previous)


def first_day(contract: Contract, life: Life) -> date | None:
    """The first day on which a contract is or will be in force, as far as it is known."""
    return life.begins_on or contract.start_on


def last_day(contract: Contract, life: Life) -> date:
    """The day on which a contract really ends, with its amendments and a termination."""
    return life.ends_on or contract.ends_on


def last_day_agreed(contract: Contract) -> date:
    """The last day that the contract and its executed amendments name, whatever a suspension or a termination did."""
    agreed = [one.new_ends_on for one in executed_amendments(contract) if one.new_ends_on is not None]
    return agreed[-1] if agreed else contract.ends_on


def last_day_sql() -> ColumnElement[date]:
    """The day on which each contract really ends, as `last_day` finds it, for lists that are sorted by it."""
    moved, ending, taken_back = aliased(ContractAmendment), aliased(ContractStep), aliased(ContractStep)
    agreed = func.coalesce(
        select(moved.new_ends_on)
        .where(moved.contract_id == Contract.id, moved.executed_at.is_not(None), moved.new_ends_on.is_not(None))
        .order_by(moved.executed_at.desc(), moved.id.desc())
        .limit(1)
        .correlate(Contract)
        .scalar_subquery(),
        Contract.ends_on,
    )
    terminated = (
        select(func.max(ending.happened_on))
        .where(
            ending.contract_id == Contract.id,
            ending.amendment_id.is_(None),
            ending.kind.in_(ENDING),
            ~exists().where(
                taken_back.contract_id == Contract.id,
                taken_back.kind == StepKind.TERMINATION_TAKEN_BACK,
                taken_back.id > ending.id,
            ),
        )
        .correlate(Contract)
        .scalar_subquery()
    )
    return case((terminated < agreed, terminated), else_=agreed)


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
    amending: set[int] = set()
    agreed = {contract.id: contract.ends_on for contract in contracts}
    for changed in db.session.execute(
        select(ContractAmendment.contract_id, ContractAmendment.executed_at, ContractAmendment.new_ends_on)
        .where(
            ContractAmendment.contract_id.in_(ids),
            ContractAmendment.withdrawn_at.is_(None),
            or_(ContractAmendment.executed_at.is_not(None), _sent_to_sign(ContractAmendment)),
        )
        .order_by(ContractAmendment.executed_at, ContractAmendment.id)
    ):
        if changed.executed_at is None:
            amending.add(changed.contract_id)
        elif changed.new_ends_on is not None:
            agreed[changed.contract_id] = changed.new_ends_on
    continued = set(
        db.session.scalars(
            select(Contract.continues_id).where(Contract.continues_id.in_(ids), Contract.executed_at.is_not(None))
        )
    )
    return {
        contract.id: Life(
            tuple(steps[contract.id]), tuple(spans[contract.id]), begins_on=contract.effective_on,
            agreed_to_on=agreed[contract.id], needs_secretariat=contract.needs_secretariat,
            amending=contract.id in amending, continued=contract.id in continued,
        )
        for contract in contracts
    }  # fmt: skip


def life(contract: Contract) -> Life:
    """What tells where one contract stands."""
    return lives_of([contract])[contract.id]


def stage(contract: Contract, day: date) -> ContractStage:
    """Where one contract stands on a day."""
    return stage_on(life(contract), day)


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


def vendor_choices() -> list[tuple[int, str]]:
    """Every vendor, for choosing whom a contract is with."""
    rows = db.session.execute(
        select(_party.c.id, _party.c.name)
        .join(VendorOrganization.__table__, VendorOrganization.__table__.c.id == _party.c.id)
        .order_by(_party.c.sort_name)
    )
    return [(row.id, row.name) for row in rows]


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on contracts: DPH sees all, a vendor its own once they are sent to be signed."""
    if sees_everything(viewer):
        return true()
    return and_(Contract.vendor_id == (viewer.party_id or 0), or_(Contract.executed_at.is_not(None), _sent(Contract)))


def _amendment_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    if sees_everything(viewer):
        return true()
    return or_(ContractAmendment.executed_at.is_not(None), _sent_to_sign(ContractAmendment))


def _sent(contract: type[Contract]) -> ColumnElement[bool]:
    return _out(lambda step: and_(step.contract_id == contract.id, step.amendment_id.is_(None)))


def _sent_to_sign(one_amendment: type[ContractAmendment]) -> ColumnElement[bool]:
    return _out(lambda step: step.amendment_id == one_amendment.id)


def _out(whose: Callable[[type[ContractStep]], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Condition that something was sent to be signed and not taken back since."""
    sent, recalled = aliased(ContractStep), aliased(ContractStep)
    return exists().where(
        whose(sent),
        sent.kind == StepKind.SENT_FOR_SIGNATURE,
        ~exists().where(whose(recalled), recalled.kind == StepKind.RECALLED, recalled.id > sent.id),
    )


def _standing(standing: Standing | None, day: date) -> ColumnElement[bool]:
    if standing is None:
        return true()
    if standing is Standing.IN_FORCE:
        return in_force(Contract.id, day)
    if standing is Standing.IN_PREPARATION:
        return and_(Contract.executed_at.is_(None), ~taken(StepKind.WITHDRAWN))
    if standing is Standing.WITHDRAWN:
        return and_(Contract.executed_at.is_(None), taken(StepKind.WITHDRAWN))
    if standing is Standing.ENDING:
        return and_(in_force(Contract.id, day), last_day_sql() <= day + timedelta(days=EXPIRING_DAYS))
    if standing is Standing.ENDED:
        return and_(Contract.executed_at.is_not(None), or_(last_day_sql() < day, taken(StepKind.CLOSED_OUT)))
    idle = and_(Contract.executed_at.is_not(None), ~in_force(Contract.id, day), last_day_sql() >= day)
    suspended = taken(StepKind.SUSPENDED, unless_followed_by=StepKind.REINSTATED)
    return and_(idle, suspended if standing is Standing.SUSPENDED else ~suspended)


def taken(kind: StepKind, *, unless_followed_by: StepKind | None = None) -> ColumnElement[bool]:
    """Condition that a step of the contract itself was taken, and not another one after it."""
    step, later = aliased(ContractStep), aliased(ContractStep)
    found = and_(step.contract_id == Contract.id, step.amendment_id.is_(None), step.kind == kind)
    if unless_followed_by is None:
        return exists().where(found)
    return exists().where(
        found, ~exists().where(later.contract_id == Contract.id, later.kind == unless_followed_by, later.id > step.id)
    )


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


def is_renewed(contract_id: int, *, but: Contract | None = None) -> bool:
    """Whether a contract other than `but` says that it renews this one."""
    found = db.session.scalar(select(Contract.id).where(Contract.continues_id == contract_id))
    return found is not None and (but is None or found != but.id)


def renewed_by(viewer: Viewer, contract: Contract) -> Contract | None:
    """The contract that continues this one, if the viewer may read it."""
    return db.session.scalar(select(Contract).where(Contract.continues_id == contract.id, visible_to(viewer)))


def renewable_choices(*, renewed_now: int | None = None) -> list[tuple[int, str]]:
    """The executed contracts that no other one renews, for choosing which one a draft renews."""
    later = aliased(Contract)
    rows = db.session.execute(
        select(Contract.id, Contract.number, _party.c.name)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(
            Contract.executed_at.is_not(None),
            or_(Contract.id == (renewed_now or 0), ~exists().where(later.continues_id == Contract.id)),
        )
        .order_by(_party.c.sort_name, Contract.number)
    )
    return [(row.id, f"{row.name}: {row.number}") for row in rows]
