"""Amendments of a contract: drafted, signed by both, and executed before obligations are incurred under them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import BudgetLine, Contract, ContractAmendment, ContractRate, ContractStep
from certhub.queries import contract_budgets, contract_spending, contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import (
    AMENDMENT_LABELS,
    AmendmentKind,
    DaysInForce,
    changes_of,
    extended,
    require_budget,
    require_in_time,
    require_not_below,
    require_option,
)
from certhub.rules.contracts import (
    CHANGEABLE,
    IN_FORCE,
    ContractStage,
    StartRule,
    StepKind,
    effective_date,
    require_step,
    stage_on,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import Explained
from certhub.services import audit
from certhub.services import contracts as contracts_service

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
    contracts_service.require_stage(
        contract, _OPEN_TO_AMEND, "Only a contract that is executed and has not ended can be amended.", on=today
    )
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
        ends_before_on=contracts_service.last_day_agreed(contract),
    )  # fmt: skip
    _write(amendment, contract, given)
    db.session.add(amendment)
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_DRAFTED, amendment, at=at, party_id=contract.vendor_id)
    return amendment


def change(amendment: ContractAmendment, given: AmendmentText, *, actor: User, at: datetime) -> None:
    """Change what an amendment says before it is sent to be signed. Raises `Refusal`."""
    _require_changeable(locked(amendment), on=clock.civil_date(at))
    _write(amendment, amendment.contract, given)
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_CHANGED, amendment, at=at, party_id=amendment.contract.vendor_id)


def add_line(
    amendment: ContractAmendment,
    *,
    fiscal_year: int,
    object_code: str,
    purpose: str,
    amount_cents: int,
    actor: User,
    at: datetime,
) -> BudgetLine:
    """Add what the amendment adds to a year, or takes away from it. Raises `Refusal`."""
    _require_changeable(locked(amendment), on=clock.civil_date(at))
    if amount_cents == 0:
        raise Refusal("Type an amount other than zero; one below zero takes money away.", field="amount")
    line = BudgetLine(
        contract_id=amendment.contract_id, amendment_id=amendment.id, fiscal_year=fiscal_year,
        object_code=object_code, purpose=purpose, amount_cents=amount_cents,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    audit.record(actor, AuditAction.BUDGET_LINE_ADDED, line, at=at, party_id=amendment.contract.vendor_id)
    return line


def remove_line(amendment: ContractAmendment, line: BudgetLine, *, actor: User, at: datetime) -> None:
    """Take an amount out of the draft. Raises `Refusal`."""
    _require_changeable(locked(amendment), on=clock.civil_date(at))
    audit.record(actor, AuditAction.BUDGET_LINE_REMOVED, line, at=at, party_id=amendment.contract.vendor_id)
    db.session.delete(line)


def add_rate(
    amendment: ContractAmendment, *, service: str, unit: str, rate_cents: int, actor: User, at: datetime
) -> ContractRate:
    """Add a price that counts from the amendment on. Raises `Refusal`."""
    _require_changeable(locked(amendment), on=clock.civil_date(at))
    if rate_cents <= 0:
        raise Refusal("Type an amount above zero.", field="rate")
    rate = ContractRate(
        contract_id=amendment.contract_id, amendment_id=amendment.id, service=service, unit=unit, rate_cents=rate_cents
    )
    db.session.add(rate)
    db.session.flush()
    audit.record(actor, AuditAction.RATE_ADDED, rate, at=at, party_id=amendment.contract.vendor_id)
    return rate


def remove_rate(amendment: ContractAmendment, rate: ContractRate, *, actor: User, at: datetime) -> None:
    """Take a price out of the draft. Raises `Refusal`."""
    _require_changeable(locked(amendment), on=clock.civil_date(at))
    audit.record(actor, AuditAction.RATE_REMOVED, rate, at=at, party_id=amendment.contract.vendor_id)
    db.session.delete(rate)


def record_step(
    amendment: ContractAmendment,
    kind: StepKind,
    *,
    happened_on: date,
    person: str | None = None,
    person_title: str | None = None,
    note: str | None = None,
    actor: User,
    at: datetime,
) -> ContractStep:
    """Note a step; the last signature that is needed executes the amendment. Raises `Refusal`."""
    locked(amendment)
    contract = locked(amendment.contract)
    today = clock.civil_date(at)
    if amendment.executed_at is not None or amendment.withdrawn_at is not None:
        raise Refusal("This amendment is settled already. Open it again and look.")
    if kind not in (StepKind.WITHDRAWN, StepKind.RECALLED):
        contracts_service.require_stage(
            contract, _OPEN_TO_AMEND, "The contract has ended, so this amendment can only be withdrawn.", on=today
        )
    life = contracts.life_of_amendment(amendment)
    require_step(stage_on(life, today), kind, on=happened_on, steps=life.steps, today=today)
    contracts_service.require_particulars(kind, person=person, note=note)
    if kind is StepKind.SENT_FOR_SIGNATURE:
        _require_whole(amendment)
    if kind is StepKind.DEPARTMENT_SIGNED:
        what = AMENDMENT_LABELS[amendment.kind].lower()
        contracts_service.require_vendor_in_order(contract, on=happened_on, what=what)
    step = ContractStep(
        contract_id=contract.id, amendment_id=amendment.id, kind=kind, happened_on=happened_on, person=person,
        person_title=person_title, note=note, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_STEP_RECORDED, step, at=at, party_id=contract.vendor_id)
    if kind is StepKind.WITHDRAWN:
        amendment.withdrawn_at = at
        audit.record(actor, AuditAction.AMENDMENT_WITHDRAWN, amendment, at=at, party_id=contract.vendor_id)
    elif kind is (StepKind.SECRETARIAT_APPROVED if contract.needs_secretariat else StepKind.DEPARTMENT_SIGNED):
        _execute(amendment, contract, actor=actor, at=at)
    return step


def _execute(amendment: ContractAmendment, contract: Contract, *, actor: User, at: datetime) -> None:
    signatures = contracts_service.signatures_of(list(contracts.life_of_amendment(amendment).steps))
    require_in_time(signed_on=max(step.on for step in signatures), ends_before_on=amendment.ends_before_on)
    effective = effective_date(signatures, amendment.start_rule, amendment.start_on, what="amendment")
    new_lines = contract_budgets.lines(contract, amendment)
    totals = require_budget(
        contract_budgets.as_money([*contract_budgets.lines_in_force(contract), *new_lines]),
        starts_on=contract.effective_on or effective.on,
        ends_on=amendment.new_ends_on or amendment.ends_before_on,
    )
    require_not_below(totals, contract_spending.drawn_by_year(contract.id))
    for line in new_lines:
        line.in_force_at = at
    for rate in contract_budgets.rates(contract, amendment):
        rate.in_force_at = at
    amendment.effective_on, amendment.effective_because, amendment.executed_at = effective.on, effective.because, at
    db.session.flush()
    audit.record(actor, AuditAction.AMENDMENT_EXECUTED, amendment, at=at, party_id=contract.vendor_id)
    if amendment.new_ends_on is not None:
        _move_last_day(amendment, contract, effective, actor=actor, at=at)


def _move_last_day(
    amendment: ContractAmendment, contract: Contract, effective: Explained, *, actor: User, at: datetime
) -> None:
    periods = contracts.periods(contract)
    if not periods or periods[-1].ends_on != amendment.ends_before_on:
        return  # a suspension cut the days short; its end takes the new last day
    assert amendment.new_ends_on is not None  # noqa: S101  (asked before the call)
    what = f"Amendment {amendment.number} ({AMENDMENT_LABELS[amendment.kind].lower()})"
    # An earlier last day can lie in days that came before an option; a later one follows the last days.
    within = [one for one in periods if one.starts_on <= amendment.new_ends_on]
    kept = within[-1] if within else periods[0]
    days = extended(
        DaysInForce(Span(kept.starts_on, kept.ends_on), kept.reason, kept.because),
        effective=effective,
        new_ends_on=amendment.new_ends_on,
        what=what,
    )
    if len(days) > 1:
        contracts_service.put_in_force(contract, days[1], amendment=amendment, actor=actor, at=at)
        return
    for period in periods:
        if period.starts_on > amendment.new_ends_on or period is kept:
            contracts_service.supersede(contract, period, actor=actor, at=at)
    contracts_service.put_in_force(contract, days[0], amendment=amendment, supersedes=kept, actor=actor, at=at)


def _require_changeable(amendment: ContractAmendment, *, on: date) -> None:
    if contracts.stage_of_amendment(amendment, on) not in CHANGEABLE:
        raise Refusal(
            "The amendment is out to be signed, or settled. Take it back to change it, or write another amendment."
        )


def _require_whole(amendment: ContractAmendment) -> None:
    contract = amendment.contract
    changes = changes_of(
        scope=amendment.scope,
        new_ends_on=amendment.new_ends_on,
        lines=contract_budgets.as_money(contract_budgets.lines(contract, amendment)),
        rates=len(contract_budgets.rates(contract, amendment)),
    )
    if not changes:
        raise Refusal("The amendment changes nothing yet. Change the performance, the budget, a rate or the last day.")


def _write(amendment: ContractAmendment, contract: Contract, given: AmendmentText) -> None:
    contracts_service.require_named_day(given.start_rule, given.start_on)
    new_ends_on = given.new_ends_on
    if given.kind is AmendmentKind.OPTION:
        new_ends_on = require_option(
            used=contracts.options_used(contract), count=contract.option_count, months=contract.option_months,
            ends_on=amendment.ends_before_on, procurement_ends_on=contract.procurement_ends_on,
        )  # fmt: skip
    elif new_ends_on == amendment.ends_before_on:
        raise Refusal("This is the last day already. Leave it empty, or type another day.", field="new_ends_on")
    amendment.kind, amendment.reason, amendment.scope = given.kind, given.reason, given.scope
    amendment.start_rule, amendment.start_on, amendment.new_ends_on = given.start_rule, given.start_on, new_ends_on
