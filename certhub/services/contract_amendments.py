"""Amendments of a contract: drafted, signed by both, and executed before obligations are incurred under them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractAmendment, ContractPeriod
from certhub.queries import contract_budgets, contract_spending, contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import (
    AMENDMENT_LABELS,
    AmendmentKind,
    DaysInForce,
    extended,
    require_budget,
    require_counts_by,
    require_in_time,
    require_not_below,
    require_option,
    require_within_procurement,
)
from certhub.rules.contracts import (
    IN_FORCE,
    ContractStage,
    StartRule,
    StepKind,
    effective_date,
    signatures_of,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import Explained
from certhub.services import audit, contract_days, contract_money
from certhub.services.contracts import require_named_day

_OPEN_TO_AMEND = IN_FORCE | {ContractStage.EXECUTED, ContractStage.SUSPENDED}


@dataclass(frozen=True, slots=True)
class AmendmentText:
    """What an amendment says, as it was typed."""

    kind: AmendmentKind
    reason: str
    scope: str | None
    start_rule: StartRule
    start_on: date | None
    new_ends_on: date | None


def draft(contract: Contract, given: AmendmentText, *, actor: User, at: datetime) -> ContractAmendment:
    """Write an amendment down; nothing counts until the last signature. Raises `Refusal`."""
    locked(contract)
    today = clock.civil_date(at)
    _require_stage(contract, "Only a contract that is executed and has not ended can be amended.", on=today)
    waiting = db.session.scalar(
        select(ContractAmendment.number).where(
            ContractAmendment.contract_id == contract.id,
            ContractAmendment.executed_at.is_(None),
            ContractAmendment.withdrawn_at.is_(None),
        )
    )
    if waiting is not None:
        raise Refusal(f"Amendment {waiting} is not executed yet. Finish it or withdraw it first.")
    last = db.session.scalar(
        select(func.max(ContractAmendment.number)).where(ContractAmendment.contract_id == contract.id)
    )
    amendment = ContractAmendment(
        contract_id=contract.id, number=(last or 0) + 1, drafted_by_id=actor.id, drafted_at=at,
        ends_before_on=contracts.last_day_agreed(contract),
    )  # fmt: skip
    _write(amendment, contract, given)
    db.session.add(amendment)
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_DRAFTED, amendment, at=at, party_id=contract.vendor_id)
    return amendment


def change(amendment: ContractAmendment, given: AmendmentText, *, actor: User, at: datetime) -> None:
    """Change what an amendment says before it is sent to be signed. Raises `Refusal`."""
    contract_money.require_changeable(amendment.contract, amendment, at=at)
    _write(amendment, amendment.contract, given)
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_CHANGED, amendment, at=at, party_id=amendment.contract.vendor_id)


def require_open(amendment: ContractAmendment, kind: StepKind, *, on: date) -> None:
    """Refuse a step of an amendment that is settled, or of one whose contract has ended. Raises `Refusal`."""
    if amendment.executed_at is not None or amendment.withdrawn_at is not None:
        raise Refusal("This amendment is settled already. Open it again and look.")
    if kind not in (StepKind.WITHDRAWN, StepKind.RECALLED):
        _require_stage(amendment.contract, "The contract has ended, so this amendment can only be withdrawn.", on=on)


def withdraw(amendment: ContractAmendment, *, actor: User, at: datetime) -> None:
    """Give an amendment up before it is executed."""
    amendment.withdrawn_at = at
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_WITHDRAWN, amendment, at=at, party_id=amendment.contract.vendor_id)


def execute(amendment: ContractAmendment, *, actor: User, at: datetime) -> None:
    """Let an amendment count, once the last signature is on file. Raises `Refusal`."""
    contract = amendment.contract
    signatures = signatures_of(contracts.life_of_amendment(amendment).steps)
    require_in_time(signed_on=max(step.on for step in signatures), ends_before_on=amendment.ends_before_on)
    effective = effective_date(signatures, amendment.start_rule, amendment.start_on, what="amendment")
    if amendment.new_ends_on is not None:
        require_counts_by(amendment.new_ends_on, effective)
    new_lines = contract_budgets.lines(contract, amendment)
    totals = require_budget(
        contract_budgets.as_money([*contract_budgets.lines_in_force(contract), *new_lines]),
        starts_on=contract.effective_on or effective.on,
        ends_on=amendment.new_ends_on or amendment.ends_before_on,
    )
    require_not_below(totals, contract_spending.drawn_by_year(contract.id))
    contract_money.count_from(new_lines, contract_budgets.rates(contract, amendment), at)
    amendment.effective_on, amendment.effective_because, amendment.executed_at = effective.on, effective.because, at
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_EXECUTED, amendment, at=at, party_id=contract.vendor_id)
    if amendment.new_ends_on is not None:
        _move_last_day(amendment, contract, effective, actor=actor, at=at)


def _move_last_day(
    amendment: ContractAmendment, contract: Contract, effective: Explained, *, actor: User, at: datetime
) -> None:
    periods = contracts.periods(contract)
    assert amendment.new_ends_on is not None  # noqa: S101  (asked before the call)
    what = f"Amendment {amendment.number} ({AMENDMENT_LABELS[amendment.kind].lower()})"
    if amendment.new_ends_on > amendment.ends_before_on:
        if not periods or periods[-1].ends_on != amendment.ends_before_on:
            return  # a suspension or a termination cut the days short; what takes it back takes the new last day
        days = extended(_days_of(periods[-1]), effective=effective, new_ends_on=amendment.new_ends_on, what=what)
        contract_days.put_in_force(contract, days[-1], amendment=amendment, actor=actor, at=at)
        return
    for period in periods:  # an earlier last day can lie in days before an option, or before a termination
        if period.ends_on <= amendment.new_ends_on:
            continue
        contract_days.supersede(contract, period, actor=actor, at=at)
        if period.starts_on <= amendment.new_ends_on:
            (kept,) = extended(_days_of(period), effective=effective, new_ends_on=amendment.new_ends_on, what=what)
            contract_days.put_in_force(contract, kept, amendment=amendment, supersedes=period, actor=actor, at=at)


def _days_of(period: ContractPeriod) -> DaysInForce:
    return DaysInForce(Span(period.starts_on, period.ends_on), period.reason, period.because)


def _write(amendment: ContractAmendment, contract: Contract, given: AmendmentText) -> None:
    require_named_day(given.start_rule, given.start_on)
    new_ends_on = given.new_ends_on
    if given.kind is AmendmentKind.OPTION:
        new_ends_on = require_option(
            used=contracts.options_used(contract), count=contract.option_count, months=contract.option_months,
            ends_on=amendment.ends_before_on, procurement_ends_on=contract.procurement_ends_on,
        )  # fmt: skip
    elif new_ends_on == amendment.ends_before_on:
        raise Refusal("This is the last day already. Leave it empty, or type another day.", field="new_ends_on")
    require_within_procurement(new_ends_on, contract.procurement_ends_on)
    amendment.kind, amendment.reason, amendment.scope = given.kind, given.reason, given.scope
    amendment.start_rule, amendment.start_on, amendment.new_ends_on = given.start_rule, given.start_on, new_ends_on


def _require_stage(contract: Contract, sentence: str, *, on: date) -> None:
    if contracts.stage(contract, on) not in _OPEN_TO_AMEND:
        raise Refusal(sentence)
