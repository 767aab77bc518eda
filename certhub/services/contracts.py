"""Contracts: drafted, signed step by step, executed by the last signature, suspended, ended and closed out."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import (
    BudgetLine,
    Contract,
    ContractAmendment,
    ContractDocumentId,
    ContractPeriod,
    ContractRate,
    ContractStep,
)
from certhub.models.parties import VendorOrganization
from certhub.queries import contract_budgets, contract_oversight, contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import DaysInForce, PeriodReason, require_budget
from certhub.rules.contract_oversight import require_insured, require_not_debarred, require_qualified
from certhub.rules.contracts import (
    CHANGEABLE,
    ENDING,
    SIGNING,
    STEP_LABELS,
    Compensation,
    ContractStage,
    ProcurementType,
    StartRule,
    Step,
    StepKind,
    Terms,
    effective_date,
    require_step,
    stage_on,
)
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, written
from certhub.services import audit


@dataclass(frozen=True, slots=True)
class ContractText:
    """What a contract says, as it was typed; the names are those of the columns."""

    number: str
    title: str
    scope: str
    procurement_id: str
    procurement_type: ProcurementType
    compensation: Compensation
    terms: Terms
    start_rule: StartRule
    start_on: date | None
    ends_on: date
    needs_secretariat: bool
    rfr_posted_on: date | None
    awarded_on: date | None
    procurement_ends_on: date | None
    option_count: int
    option_months: int
    legal_name: str
    doing_business_as: str | None
    legal_address: str
    remittance_address: str | None
    address_code: str | None
    contractor_manager: str
    contractor_email: str
    contractor_phone: str | None
    department_manager: str
    department_email: str
    discount_10_days: int
    discount_15_days: int
    discount_20_days: int
    discount_30_days: int
    supplier_diversity: str | None
    continues_id: int | None = None


def draft(vendor: VendorOrganization, given: ContractText, *, actor: User, at: datetime) -> Contract:
    """Write a contract down; nothing counts until the last signature. Raises `Refusal`."""
    _require_text(given)
    contract = Contract(vendor_id=vendor.id, drafted_by_id=actor.id, drafted_at=at)
    _write(contract, given)
    db.session.add(contract)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_DRAFTED, contract, at=at, party_id=vendor.id)
    return contract


def change(contract: Contract, given: ContractText, *, actor: User, at: datetime) -> None:
    """Change what a contract says before it is sent to be signed. Raises `Refusal`."""
    require_changeable(locked(contract), on=clock.civil_date(at))
    _require_text(given, own=contract)
    _write(contract, given)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_CHANGED, contract, at=at, party_id=contract.vendor_id)


def require_changeable(contract: Contract, *, on: date) -> None:
    """Refuse a change of what is out to be signed, or signed. Raises `Refusal`."""
    if contracts.stage(contract, on) not in CHANGEABLE:
        raise Refusal(
            "The contract is out to be signed, or signed. Take it back to change it, or write an amendment once it is "
            "executed."
        )


def add_line(
    contract: Contract,
    *,
    fiscal_year: int,
    object_code: str,
    purpose: str,
    amount_cents: int,
    actor: User,
    at: datetime,
) -> BudgetLine:
    """Add an amount to the budget of a draft. Raises `Refusal`."""
    require_changeable(locked(contract), on=clock.civil_date(at))
    if amount_cents <= 0:
        raise Refusal("Type an amount above zero.", field="amount")
    line = BudgetLine(
        contract_id=contract.id, fiscal_year=fiscal_year, object_code=object_code, purpose=purpose,
        amount_cents=amount_cents,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    audit.record(actor, AuditAction.BUDGET_LINE_ADDED, line, at=at, party_id=contract.vendor_id)
    return line


def remove_line(contract: Contract, line: BudgetLine, *, actor: User, at: datetime) -> None:
    """Take an amount out of the budget of a draft. Raises `Refusal`."""
    require_changeable(locked(contract), on=clock.civil_date(at))
    audit.record(actor, AuditAction.BUDGET_LINE_REMOVED, line, at=at, party_id=contract.vendor_id)
    db.session.delete(line)


def add_rate(
    contract: Contract, *, service: str, unit: str, rate_cents: int, actor: User, at: datetime
) -> ContractRate:
    """Add a price to a draft. Raises `Refusal`."""
    require_changeable(locked(contract), on=clock.civil_date(at))
    if rate_cents <= 0:
        raise Refusal("Type an amount above zero.", field="rate")
    rate = ContractRate(contract_id=contract.id, service=service, unit=unit, rate_cents=rate_cents)
    db.session.add(rate)
    db.session.flush()
    audit.record(actor, AuditAction.RATE_ADDED, rate, at=at, party_id=contract.vendor_id)
    return rate


def remove_rate(contract: Contract, rate: ContractRate, *, actor: User, at: datetime) -> None:
    """Take a price out of a draft. Raises `Refusal`."""
    require_changeable(locked(contract), on=clock.civil_date(at))
    audit.record(actor, AuditAction.RATE_REMOVED, rate, at=at, party_id=contract.vendor_id)
    db.session.delete(rate)


def add_document_id(contract: Contract, number: str, *, actor: User, at: datetime) -> ContractDocumentId:
    """Note a further document of the accounting system, at any time. Raises `Refusal`."""
    locked(contract)
    if number in {contract.number, *(one.number for one in contract.document_ids)}:
        raise Refusal("This document number is on file for this contract already.", field="document_number")
    document = ContractDocumentId(contract_id=contract.id, number=number, recorded_at=at)
    db.session.add(document)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_DOCUMENT_ADDED, document, at=at, party_id=contract.vendor_id)
    return document


def record_step(
    contract: Contract,
    kind: StepKind,
    *,
    happened_on: date,
    person: str | None = None,
    person_title: str | None = None,
    note: str | None = None,
    actor: User,
    at: datetime,
) -> ContractStep:
    """Note a step; the last signature that is needed executes the contract. Raises `Refusal`."""
    locked(contract)
    life = contracts.lives_of([contract])[contract.id]
    today = clock.civil_date(at)
    require_step(stage_on(life, today), kind, on=happened_on, steps=life.steps, today=today)
    require_particulars(kind, person=person, note=note)
    if kind in ENDING and any(step.kind in ENDING for step in life.steps):
        raise Refusal("A termination is on file already. Ask DPH's contract manager before you record another one.")
    if kind is StepKind.SUSPENDED and contract.effective_on is not None and happened_on < contract.effective_on:
        raise Refusal(
            f"The contract begins on {written(contract.effective_on)}. It cannot be suspended before that.",
            field="happened_on",
        )
    if kind is StepKind.SENT_FOR_SIGNATURE:
        _require_whole(contract)
    if kind is StepKind.DEPARTMENT_SIGNED:
        require_vendor_in_order(contract, on=happened_on, what="contract")
    step = ContractStep(
        contract_id=contract.id, kind=kind, happened_on=happened_on, person=person, person_title=person_title,
        note=note, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_STEP_RECORDED, step, at=at, party_id=contract.vendor_id)
    if kind is (StepKind.SECRETARIAT_APPROVED if contract.needs_secretariat else StepKind.DEPARTMENT_SIGNED):
        _execute(contract, actor=actor, at=at)
    elif kind in (StepKind.SUSPENDED, StepKind.REINSTATED, *ENDING):
        _change_days(contract, step, actor=actor, at=at)
    return step


def require_vendor_in_order(contract: Contract, *, on: date, what: str) -> None:
    """Refuse DPH's signature unless the vendor is qualified and not debarred on its day. Raises `Refusal`."""
    require_not_debarred(contract_oversight.checks(contract.vendor_id), on=on, what=what)
    require_qualified(contract_oversight.qualification_status(contract.vendor_id, fiscal_year_of(on)))


def signatures_of(steps: list[Step]) -> list[Step]:
    """The signatures that stand: those after the last time that it was sent to be signed."""
    last = max(
        (place for place, step in enumerate(steps) if step.kind is StepKind.SENT_FOR_SIGNATURE), default=len(steps)
    )
    return [step for step in steps[last:] if step.kind in SIGNING]


def _execute(contract: Contract, *, actor: User, at: datetime) -> None:
    steps = list(contracts.lives_of([contract])[contract.id].steps)
    effective = effective_date(signatures_of(steps), contract.start_rule, contract.start_on)
    if effective.on > contract.ends_on:
        raise Refusal(
            f"The contract would begin on {written(effective.on)}, after its last day, {written(contract.ends_on)}. "
            "Take it back and change its days.",
            field="happened_on",
        )
    lines = contract_budgets.lines(contract)
    require_budget(contract_budgets.as_money(lines), starts_on=effective.on, ends_on=contract.ends_on)
    require_insured(contract_oversight.insured(contract.vendor_id), on=effective.on)
    for line in lines:
        line.in_force_at = at
    for rate in contract_budgets.rates(contract):
        rate.in_force_at = at
    contract.effective_on, contract.effective_because, contract.executed_at = effective.on, effective.because, at
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_EXECUTED, contract, at=at, party_id=contract.vendor_id)
    days = DaysInForce(
        Span(effective.on, contract.ends_on), PeriodReason.EXECUTED, f"In force from {effective.because}"
    )
    put_in_force(contract, days, actor=actor, at=at)


def _change_days(contract: Contract, step: ContractStep, *, actor: User, at: datetime) -> None:
    """What a suspension, its end or a termination does to the days in force."""
    if step.kind is StepKind.REINSTATED:
        _go_on(contract, step, actor=actor, at=at)
        return
    # A suspension counts from its day; a termination leaves its day as the last one.
    last_on = step.happened_on - ONE_DAY if step.kind is StepKind.SUSPENDED else step.happened_on
    reason = PeriodReason.SUSPENDED if step.kind is StepKind.SUSPENDED else PeriodReason.TERMINATED
    because = f"{STEP_LABELS[step.kind]} on {written(step.happened_on)}"
    for period in contracts.periods(contract):
        if period.ends_on <= last_on:
            continue
        supersede(contract, period, actor=actor, at=at)
        if period.starts_on <= last_on:
            days = DaysInForce(Span(period.starts_on, last_on), reason, because)
            put_in_force(contract, days, supersedes=period, actor=actor, at=at)


def _go_on(contract: Contract, step: ContractStep, *, actor: User, at: datetime) -> None:
    ends_on = last_day_agreed(contract)
    terminated = [one.on for one in contracts.lives_of([contract])[contract.id].steps if one.kind in ENDING]
    ends_on = min([ends_on, *terminated])
    if step.happened_on > ends_on:
        raise Refusal(
            f"The contract ended on {written(ends_on)}. A suspension cannot end after that.", field="happened_on"
        )
    days = DaysInForce(
        Span(step.happened_on, ends_on), PeriodReason.REINSTATED,
        f"The suspension ended on {written(step.happened_on)}",
    )  # fmt: skip
    put_in_force(contract, days, actor=actor, at=at)


def supersede(contract: Contract, period: ContractPeriod, *, actor: User, at: datetime) -> None:
    """Set days in force aside; what was known stays on file."""
    period.superseded_at = at
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_PERIOD_CHANGED, period, at=at, party_id=contract.vendor_id)


def put_in_force(
    contract: Contract,
    days: DaysInForce,
    *,
    amendment: ContractAmendment | None = None,
    supersedes: ContractPeriod | None = None,
    actor: User,
    at: datetime,
) -> ContractPeriod:
    """Note days on which the contract is in force."""
    assert days.span.to_on is not None  # noqa: S101  (a contract always has a last day)
    period = ContractPeriod(
        contract_id=contract.id, amendment_id=amendment.id if amendment else None, reason=days.reason,
        because=days.because, starts_on=days.span.from_on, ends_on=days.span.to_on, recorded_at=at,
        supersedes_id=supersedes.id if supersedes else None,
    )  # fmt: skip
    db.session.add(period)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_PERIOD_CHANGED, period, at=at, party_id=contract.vendor_id)
    return period


def last_day_agreed(contract: Contract) -> date:
    """The last day that the contract and its executed amendments name, whatever a suspension did."""
    agreed = [one.new_ends_on for one in contracts.executed_amendments(contract) if one.new_ends_on is not None]
    return agreed[-1] if agreed else contract.ends_on


def require_particulars(kind: StepKind, *, person: str | None, note: str | None) -> None:
    """Refuse a signature without a name, and an end without a reason. Raises `Refusal`."""
    if kind in SIGNING and not person:
        raise Refusal("Type the name of the person who signed.", field="person")
    if kind in (StepKind.SUSPENDED, StepKind.RECALLED, StepKind.WITHDRAWN, *ENDING) and not note:
        raise Refusal("Say why, in a sentence.", field="note")


def require_named_day(rule: StartRule, start_on: date | None) -> None:
    """Refuse a day that is missing, or that does not go with the choice. Raises `Refusal`."""
    if rule is not StartRule.SIGNATURES and start_on is None:
        raise Refusal("Type the day on which it begins.", field="start_on")
    if rule is StartRule.SIGNATURES and start_on is not None:
        raise Refusal(
            "A day is typed, and the choice is “on the day of the last signature”. Choose another one, or leave the "
            "day empty.",
            field="start_on",
        )


def _require_whole(contract: Contract) -> None:
    if not contract_budgets.lines(contract):
        raise Refusal("The budget is empty. Add the amount of each fiscal year before it is sent to be signed.")
    if contract.compensation is Compensation.RATE and not contract_budgets.rates(contract):
        raise Refusal("A rate contract needs at least one rate. Add it before it is sent to be signed.")


def _require_text(given: ContractText, own: Contract | None = None) -> None:
    require_named_day(given.start_rule, given.start_on)
    if given.start_on is not None and given.ends_on < given.start_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if (given.option_count == 0) != (given.option_months == 0):
        raise Refusal("Type both how many options there are and how long each is, or neither.", field="option_count")
    if given.procurement_ends_on is not None and given.procurement_ends_on < given.ends_on:
        raise Refusal("The procurement cannot end before the contract.", field="procurement_ends_on")
    if contracts.number_taken(given.number, but=own):
        raise Refusal("This document number is on file for another contract.", field="number")


def _write(contract: Contract, given: ContractText) -> None:
    for field in fields(given):
        setattr(contract, field.name, getattr(given, field.name))


def require_stage(contract: Contract, stages: frozenset[ContractStage], sentence: str, *, on: date) -> None:
    """Refuse what can be done in some stages only. Raises `Refusal`."""
    if contracts.stage(contract, on) not in stages:
        raise Refusal(sentence)
