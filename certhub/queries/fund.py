"""The pooled fund: its years and payers, what their shares rest on, and what was adopted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, cast, exists, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from certhub import clock
from certhub.database import canonical, db
from certhub.models.fund import (
    FundAllocation,
    FundLine,
    FundTrueUp,
    FundUnits,
    FundYear,
    FundYearEvent,
    Payer,
    PayerBase,
)
from certhub.models.fund_accounts import Assessment, FundNotice, FundPayment, FundWriteOff
from certhub.queries import contract_obligations
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.configuration import (
    Basis,
    Configuration,
    CoverageClass,
    FederalShare,
    Knowledge,
    LineKind,
)
from certhub.rules.pooled_fund.fiscal_year import months
from certhub.rules.pooled_fund.payers import PayerFacts
from certhub.rules.pooled_fund.shares import Inputs, NeedLine, Units, carry_line
from certhub.rules.pooled_fund.year_state import YearEventKind, YearFacts, YearState, state_of

_NUMBERS = {
    Basis.SURCHARGE_PAYMENTS: "payments_cents",
    Basis.COVERED_CHILD_MONTHS: "child_months",
    Basis.ATTRIBUTED_UNITS: "units_hundredths",
}
_ENDS = (YearEventKind.CLOSED, YearEventKind.REOPENED)


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year in the list of years."""

    id: int
    fiscal_year: int
    state: YearState
    need_cents: int | None
    billed_cents: int
    paid_cents: int


def one(viewer: Viewer, fund_year_id: int) -> FundYear:
    """A fund year; for DPH. Raises `NotVisible`."""
    found = db.session.get(FundYear, fund_year_id)
    if found is None or not sees_everything(viewer):
        raise NotVisible(fund_year_id)
    return found


def of_fiscal_year(fiscal_year: int) -> FundYear | None:
    """The fund year of a fiscal year, if it is opened."""
    return db.session.scalars(select(FundYear).where(FundYear.fiscal_year == fiscal_year)).first()


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[YearRow]:
    """The years, the latest first; for DPH."""
    need = (
        select(FundAllocation.need_cents)
        .where(FundAllocation.fund_year_id == FundYear.id)
        .order_by(FundAllocation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    billed = (
        select(cast(func.coalesce(func.sum(Assessment.total_cents), 0), BigInteger))
        .where(Assessment.fund_year_id == FundYear.id, stands())
        .scalar_subquery()
    )
    paid = (
        select(cast(func.coalesce(func.sum(FundPayment.cents), 0), BigInteger))
        .where(FundPayment.fund_year_id == FundYear.id)
        .scalar_subquery()
    )
    statement = select(FundYear.id, FundYear.fiscal_year, need, billed, paid, *_fact_columns())
    if not sees_everything(viewer):
        statement = statement.where(FundYear.id.is_(None))
    today = clock.today()
    return paged(
        statement,
        [FundYear.fiscal_year],
        lambda row: YearRow(row[0], row[1], state_of(_facts(row[1], row[5:10]), today), row[2], row[3], row[4]),
        cursor=cursor,
        newest_first=True,
    )


def facts(year: FundYear) -> YearFacts:
    """What the state of a year follows from."""
    row = db.session.execute(select(*_fact_columns()).select_from(FundYear).where(FundYear.id == year.id)).one()
    return _facts(year.fiscal_year, row)


def stands() -> ColumnElement[bool]:
    """Whether an assessment is the one that counts."""
    later = aliased(Assessment)
    return ~exists().where(later.supersedes_id == Assessment.id)


def allocation(year: FundYear) -> FundAllocation | None:
    """The adopted allocation that counts."""
    return db.session.scalars(
        select(FundAllocation)
        .options(joinedload(FundAllocation.adopted_by))
        .where(FundAllocation.fund_year_id == year.id)
        .order_by(FundAllocation.id.desc())
        .limit(1)
    ).first()


def true_up(year: FundYear) -> FundTrueUp | None:
    """The recorded true-up that counts."""
    return db.session.scalars(
        select(FundTrueUp)
        .options(joinedload(FundTrueUp.recorded_by))
        .where(FundTrueUp.fund_year_id == year.id)
        .order_by(FundTrueUp.id.desc())
        .limit(1)
    ).first()


def earlier(year: FundYear) -> tuple[list[FundAllocation], list[FundTrueUp]]:
    """What was adopted and recorded before and is replaced, the latest first."""
    allocations = db.session.scalars(
        select(FundAllocation)
        .where(FundAllocation.fund_year_id == year.id)
        .order_by(FundAllocation.id.desc())
        .offset(1)
    )
    true_ups = db.session.scalars(
        select(FundTrueUp).where(FundTrueUp.fund_year_id == year.id).order_by(FundTrueUp.id.desc()).offset(1)
    )
    return list(allocations), list(true_ups)


def events(year: FundYear) -> Sequence[FundYearEvent]:
    """When the year was closed and opened again, the latest first."""
    return db.session.scalars(
        select(FundYearEvent)
        .options(joinedload(FundYearEvent.recorded_by))
        .where(FundYearEvent.fund_year_id == year.id)
        .order_by(FundYearEvent.id.desc())
    ).all()


def closed_at(year: FundYear) -> datetime | None:
    """When the year was closed, if it is closed."""
    latest = db.session.execute(
        select(FundYearEvent.kind, FundYearEvent.recorded_at)
        .where(FundYearEvent.fund_year_id == year.id, FundYearEvent.kind.in_(_ENDS))
        .order_by(FundYearEvent.id.desc())
        .limit(1)
    ).first()
    return latest.recorded_at if latest is not None and latest.kind is YearEventKind.CLOSED else None


def lines(year: FundYear) -> Sequence[FundLine]:
    """The lines that were entered and count."""
    return db.session.scalars(
        select(FundLine).where(FundLine.fund_year_id == year.id, FundLine.superseded_at.is_(None)).order_by(FundLine.id)
    ).all()


def line(year: FundYear, line_id: int) -> FundLine:
    """One line of the year that counts. Raises `NotVisible`."""
    found = db.session.get(FundLine, line_id)
    if found is None or found.fund_year_id != year.id or found.superseded_at is not None:
        raise NotVisible(line_id)
    return found


def unit_rows(year: FundYear, knowledge: Knowledge) -> Sequence[FundUnits]:
    """The units of a year that count."""
    return db.session.scalars(
        select(FundUnits)
        .where(FundUnits.fund_year_id == year.id, FundUnits.knowledge == knowledge, FundUnits.superseded_at.is_(None))
        .order_by(FundUnits.month_on)
    ).all()


def base_rows(year: FundYear, knowledge: Knowledge) -> Mapping[int, PayerBase]:
    """The bases of a year that count, by payer."""
    found = db.session.scalars(
        select(PayerBase).where(
            PayerBase.fund_year_id == year.id, PayerBase.knowledge == knowledge, PayerBase.superseded_at.is_(None)
        )
    )
    return {row.payer_id: row for row in found}


def payers(viewer: Viewer, *, cursor: str | None = None) -> Page[Payer]:
    """The payers in the order of names; for DPH."""
    statement = select(Payer).options(joinedload(Payer.successor))
    statement = statement.where(Payer.id.is_not(None) if sees_everything(viewer) else Payer.id.is_(None))
    return paged(statement, [Payer.sort_name, Payer.id], lambda row: row[0], cursor=cursor)


def every_payer(viewer: Viewer) -> Sequence[Payer]:
    """All payers in the order of names, for choices and shares."""
    if not sees_everything(viewer):
        return []
    return db.session.scalars(select(Payer).order_by(Payer.sort_name, Payer.id)).all()


def mergers(*, through: date | None = None) -> dict[int, int]:
    """For each payer that merged (by a day) into whom."""
    statement = select(Payer.id, Payer.successor_id).where(Payer.successor_id.is_not(None))
    if through is not None:
        statement = statement.where(Payer.merged_on <= through)
    return {one: to for one, to in db.session.execute(statement) if to is not None}


def payer(viewer: Viewer, payer_id: int) -> Payer:
    """One payer; for DPH. Raises `NotVisible`."""
    found = db.session.get(Payer, payer_id)
    if found is None or not sees_everything(viewer):
        raise NotVisible(payer_id)
    return found


def configuration(year: FundYear) -> Configuration:
    """The choices of a year."""
    return Configuration(
        fiscal_year=year.fiscal_year,
        basis=year.basis,
        threshold_cents=year.threshold_cents,
        admin_cap=year.admin_cap,
        reserve_cap=year.reserve_cap,
        prior_cost_cents=year.prior_cost_cents,
        medicaid_rate_cents=year.medicaid_rate_cents,
        federal_shares=tuple(
            FederalShare(date.fromisoformat(one["from_on"]), one["hundredths"]) for one in year.federal_shares
        ),
        instalments=year.instalments,
        true_up_mode=year.true_up_mode,
        excluded_share_to=year.excluded_share_to,
        appeal_days=year.appeal_days,
        notice_days=year.notice_days,
    )


def inputs(viewer: Viewer, year: FundYear) -> Inputs:
    """What the shares of a year rest on, as it was foreseen."""
    bases = base_rows(year, Knowledge.ESTIMATE)
    return Inputs(
        configuration=configuration(year),
        lines=tuple(need_lines(viewer, year)),
        units=units(year, Knowledge.ESTIMATE),
        payers=tuple(facts_of(payer, numbers(bases.get(payer.id)), year.basis) for payer in every_payer(viewer)),
        # What is written off is still in the assessments of the payers, so shares adopted anew never count it again.
        written_off_cents=0,
    )


def numbers(base: PayerBase | None) -> dict[str, int | None]:
    """The numbers of a base; without one nothing is known."""
    names = ("payments_cents", "child_months", "units_hundredths")
    return {name: getattr(base, name) if base else None for name in names}


def is_known(known: Mapping[str, int | None], basis: Basis) -> bool:
    """Whether the number that payers share by is among what is known."""
    return known[_NUMBERS[basis]] is not None


def facts_of(payer: Payer, known: Mapping[str, int | None], basis: Basis) -> PayerFacts:
    """A payer with what is known of its base."""
    return PayerFacts(
        id=payer.id, name=payer.name, base=known[_NUMBERS[basis]] or 0, payments_cents=known["payments_cents"],
        successor_id=payer.successor_id, merged_on=payer.merged_on, left_on=payer.left_on,
    )  # fmt: skip


def units(year: FundYear, knowledge: Knowledge) -> Units:
    """The units of each month of a year that are on file."""
    found: dict[date, dict[CoverageClass, int]] = {month: {} for month in months(year.fiscal_year)}
    for row in unit_rows(year, knowledge):
        found[row.month_on][row.coverage] = row.units_hundredths
    return found


def need_lines(viewer: Viewer, year: FundYear) -> list[NeedLine]:
    """The lines of the need: the executed contracts, what was entered, and the carry of the year before."""
    found = [
        NeedLine(LineKind.CONTRACT, f"{one.number}, {one.vendor}", one.maximum_cents, "Maximum obligation on record")
        for one in contract_obligations.of_year(viewer, year.fiscal_year)
        if one.maximum_cents
    ]
    carried = carry(year)
    found += [
        NeedLine(row.kind, row.label, row.cents, row.source)
        for row in lines(year)
        if carried is None or row.kind is not LineKind.CARRY  # a true-up on record takes the place of a typed carry
    ]
    if carried is not None:
        found.append(carry_line(carried, year.fiscal_year - 1))
    order = list(LineKind)
    return sorted(found, key=lambda one: order.index(one.kind))


def carry(year: FundYear) -> int | None:
    """What the true-up of the year before carries into this one; None where there is none on record."""
    return db.session.scalars(
        select(FundTrueUp.carry_cents)
        .join(FundYear, FundYear.id == FundTrueUp.fund_year_id)
        .where(FundYear.fiscal_year == year.fiscal_year - 1)
        .order_by(FundTrueUp.id.desc())
        .limit(1)
    ).first()


def carried_into(year: FundYear) -> int:
    """The carry of the year before as it stands now: of its true-up, or as typed where there is none; 0 without."""
    recorded = carry(year)
    if recorded is not None:
        return recorded
    return sum(row.cents for row in lines(year) if row.kind is LineKind.CARRY)


def earmarked(year: FundYear) -> int:
    """The earmarked money that the need of the year counts with."""
    return sum(row.cents for row in lines(year) if row.kind is LineKind.EARMARKED)


def written_off(year: FundYear) -> int:
    """What will not be collected for the year."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(FundWriteOff.cents), 0)).where(FundWriteOff.fund_year_id == year.id)
        )
        or 0
    )


def next_year(year: FundYear) -> int:
    """The fiscal year whose notices go out next: the one after the last year that is adopted."""
    adopted = select(func.max(FundYear.fiscal_year)).where(FundYear.id.in_(select(FundAllocation.fund_year_id)))
    return max(db.session.scalar(adopted) or 0, year.fiscal_year) + 1


def fingerprint(told: Mapping[str, Any]) -> str:
    """The SHA-256 of all that an allocation or a true-up rests on."""
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def _fact_columns() -> tuple[ColumnElement[Any], ...]:
    """Whether a year is adopted, noticed, trued up and being corrected, and its last end; correlated with the year."""
    unnoticed = (
        select(literal(1))
        .select_from(Assessment)
        .outerjoin(FundNotice, FundNotice.assessment_id == Assessment.id)
        .where(Assessment.fund_year_id == FundYear.id, FundNotice.id.is_(None), stands())
        .exists()
    )
    event = (
        select(FundYearEvent.kind)
        .where(FundYearEvent.fund_year_id == FundYear.id, FundYearEvent.kind.in_(_ENDS))
        .order_by(FundYearEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    corrected = aliased(FundAllocation)
    correcting = (
        select(FundYearEvent.id)
        .where(
            FundYearEvent.fund_year_id == FundYear.id,
            FundYearEvent.allocation_id.is_not(None),
            ~exists().where(corrected.supersedes_id == FundYearEvent.allocation_id),
        )
        .exists()
    )
    adopted = select(FundAllocation.id).where(FundAllocation.fund_year_id == FundYear.id).exists()
    trued_up = select(FundTrueUp.id).where(FundTrueUp.fund_year_id == FundYear.id).exists()
    return (adopted, ~unnoticed, trued_up, event, correcting)


def _facts(fiscal_year: int, row: Row[*tuple[Any, ...]] | Sequence[Any]) -> YearFacts:
    adopted, noticed, trued_up, event, correcting = row
    return YearFacts(
        fiscal_year=fiscal_year, is_adopted=bool(adopted), is_noticed=bool(adopted and noticed),
        is_trued_up=bool(trued_up), last_event=YearEventKind(event) if event else None, is_correcting=bool(correcting),
    )  # fmt: skip
