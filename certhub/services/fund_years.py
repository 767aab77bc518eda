"""A fund year before and after it: opened, filled with what its shares rest on, closed, and opened again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundLine, FundUnits, FundYear, FundYearEvent, Payer, PayerBase
from certhub.queries import fund, fund_true_ups, ledger
from certhub.rules.audit_actions import AuditAction
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.ledger import Account, require_repaid
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    Knowledge,
    LineKind,
    require_configuration,
)
from certhub.rules.pooled_fund.fiscal_year import months
from certhub.rules.pooled_fund.year_state import (
    YearEventKind,
    require_changeable,
    require_closable,
    require_correctable,
    require_open,
    require_reopenable,
)
from certhub.rules.refusal import Refusal
from certhub.services import audit

_ACTIONS = {
    YearEventKind.CLOSED: AuditAction.FUND_YEAR_CLOSED,
    YearEventKind.REOPENED: AuditAction.FUND_YEAR_REOPENED,
    YearEventKind.CORRECTION: AuditAction.FUND_SHARES_OPENED,
}
FIRST_YEAR, LAST_YEAR = 2001, 2199


@dataclass(frozen=True, slots=True)
class BaseEntry:
    """What was typed of a payer's base; what was left out is not known."""

    payments_cents: int | None
    child_months: int | None
    units_hundredths: int | None
    source: str


def open_year(chosen: Configuration, *, actor: User, at: datetime) -> FundYear:
    """Open a fund year with its choices. Raises `Refusal`."""
    if not FIRST_YEAR <= chosen.fiscal_year <= LAST_YEAR:
        raise Refusal(f"Type a year from {FIRST_YEAR} to {LAST_YEAR}.", field="fiscal_year")
    if fund.of_fiscal_year(chosen.fiscal_year) is not None:
        raise Refusal(f"{named(chosen.fiscal_year)} is open already. Choose it in the list.", field="fiscal_year")
    require_configuration(chosen)
    year = FundYear(fiscal_year=chosen.fiscal_year, opened_by_id=actor.id, opened_at=at)
    _fill(year, chosen)
    db.session.add(year)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_YEAR_OPENED, year, at=at)
    return year


def configure(year: FundYear, chosen: Configuration, *, actor: User, at: datetime) -> None:
    """Change the choices of a year that is not adopted. Raises `Refusal`."""
    locked(year)
    require_changeable(fund.facts(year))
    require_configuration(chosen)
    _fill(year, chosen)
    audit.record(actor, AuditAction.FUND_YEAR_CONFIGURED, year, at=at)


def add_line(
    year: FundYear, kind: LineKind, label: str, cents: int, *, source: str, actor: User, at: datetime
) -> FundLine:
    """Add a line to the need. Raises `Refusal`."""
    locked(year)
    require_changeable(fund.facts(year))
    if kind is LineKind.CARRY:
        if fund.carry(year) is not None:
            raise Refusal(
                "The true-up of the year before is on record, and its carry is in the need already.", field="kind"
            )
    elif cents < 0:
        raise Refusal("Only a carry can be below zero. Type the amount without a minus sign.", field="amount")
    found = FundLine(
        fund_year_id=year.id, kind=kind, label=label, cents=cents, source=source, recorded_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_LINE_ADDED, found, at=at)
    return found


def withdraw_line(year: FundYear, line: FundLine, *, actor: User, at: datetime) -> None:
    """Take a line out of the need; it stays on file. Raises `Refusal`."""
    locked(year)
    require_changeable(fund.facts(year))
    line.superseded_at = at
    audit.record(actor, AuditAction.FUND_LINE_WITHDRAWN, line, at=at)


def record_units(
    year: FundYear,
    knowledge: Knowledge,
    counted: dict[CoverageClass, int],
    *,
    from_on: date,
    to_on: date,
    source: str,
    actor: User,
    at: datetime,
) -> int:
    """Record the same units for each month of a span; how many months. Raises `Refusal`."""
    locked(year)
    _require_recordable(year, knowledge)
    span = [month for month in months(year.fiscal_year) if from_on <= month <= to_on]
    if not span:
        raise Refusal(
            f"Choose months of {named(year.fiscal_year)}, the first one before the last one.",
            field="to_month",
        )
    _supersede(FundUnits, year, knowledge, FundUnits.month_on.in_(span), at)
    for month in span:
        for one, hundredths in counted.items():
            db.session.add(
                FundUnits(
                    fund_year_id=year.id, knowledge=knowledge, month_on=month, coverage=one,
                    units_hundredths=hundredths, source=source, recorded_by_id=actor.id, recorded_at=at,
                )
            )  # fmt: skip
    db.session.flush()
    audit.record_plain(
        actor, AuditAction.FUND_UNITS_RECORDED, "fund_year", year.id, at=at,
        told={"knowledge": knowledge, "from": span[0], "to": span[-1], **{one.value: n for one, n in counted.items()}},
    )  # fmt: skip
    return len(span)


def record_base(
    year: FundYear, payer: Payer, knowledge: Knowledge, entry: BaseEntry, *, actor: User, at: datetime
) -> PayerBase:
    """Record what a payer's share rests on; what stood before is superseded. Raises `Refusal`."""
    locked(year)
    _require_recordable(year, knowledge)
    if entry.payments_cents is None and entry.child_months is None and entry.units_hundredths is None:
        raise Refusal("Type at least one number.", field="payments")
    _supersede(PayerBase, year, knowledge, PayerBase.payer_id == payer.id, at)
    found = PayerBase(
        fund_year_id=year.id, payer_id=payer.id, knowledge=knowledge, payments_cents=entry.payments_cents,
        child_months=entry.child_months, units_hundredths=entry.units_hundredths, source=entry.source,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.PAYER_BASE_RECORDED, found, at=at)
    return found


def close(year: FundYear, *, actor: User, at: datetime) -> None:
    """Close a year that is trued up. Raises `Refusal`."""
    locked(year)
    facts = fund.facts(year)
    is_stale = facts.is_trued_up and fund_true_ups.is_stale(actor, year, fund.true_up(year))
    require_closable(facts, is_stale=is_stale)
    balances = {one.account: one.cents for one in ledger.trial_balance(actor, year.fiscal_year)}
    require_repaid(balances.get(Account.ADVANCES, 0), year=named(year.fiscal_year))
    _event(year, YearEventKind.CLOSED, actor=actor, at=at)


def reopen(year: FundYear, reason: str, *, actor: User, at: datetime) -> None:
    """Open a closed year again; what is corrected then supersedes, and nothing is rewritten. Raises `Refusal`."""
    locked(year)
    require_reopenable(fund.facts(year), reason)
    _event(year, YearEventKind.REOPENED, reason, actor=actor, at=at)


def correct(year: FundYear, reason: str, *, actor: User, at: datetime) -> None:
    """Open adopted shares to be corrected while the year is open: until they are adopted anew. Raises `Refusal`."""
    locked(year)
    require_correctable(fund.facts(year), reason)
    _event(year, YearEventKind.CORRECTION, reason, actor=actor, at=at)


def _event(year: FundYear, kind: YearEventKind, reason: str = "", *, actor: User, at: datetime) -> None:
    adopted = fund.allocation(year) if kind is YearEventKind.CORRECTION else None
    found = FundYearEvent(
        fund_year_id=year.id, kind=kind, reason=reason, allocation_id=adopted.id if adopted else None,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    audit.record(actor, _ACTIONS[kind], found, at=at)


def _require_recordable(year: FundYear, knowledge: Knowledge) -> None:
    """What was foreseen is fixed by the adoption; what was counted comes in until the year is closed."""
    facts = fund.facts(year)
    if knowledge is Knowledge.ESTIMATE:
        require_changeable(facts)
        return
    require_open(facts)
    if facts.is_trued_up and not facts.is_changeable:
        raise Refusal(
            f"The true-up of {named(year.fiscal_year)} is recorded. Close the year and open it again with a reason to "
            "correct what it rests on."
        )


def _supersede(
    model: type[FundUnits | PayerBase], year: FundYear, knowledge: Knowledge, which: object, at: datetime
) -> None:
    standing = select(model.id).where(
        model.fund_year_id == year.id,
        model.knowledge == knowledge,
        model.superseded_at.is_(None),
        which,  # type: ignore[arg-type]  # a condition on the model's own column
    )
    numbers = db.session.scalars(standing).all()
    if numbers:
        db.session.execute(update(model).where(model.id.in_(numbers)).values(superseded_at=at))


def _fill(year: FundYear, chosen: Configuration) -> None:
    year.basis, year.threshold_cents = chosen.basis, chosen.threshold_cents
    year.admin_cap, year.reserve_cap = chosen.admin_cap, chosen.reserve_cap
    year.prior_cost_cents, year.medicaid_rate_cents = chosen.prior_cost_cents, chosen.medicaid_rate_cents
    year.federal_shares = [
        {"from_on": one.from_on.isoformat(), "hundredths": one.hundredths} for one in chosen.federal_shares
    ]
    year.instalments, year.true_up_mode = chosen.instalments, chosen.true_up_mode
    year.excluded_share_to = chosen.excluded_share_to
    year.appeal_days, year.notice_days = chosen.appeal_days, chosen.notice_days
