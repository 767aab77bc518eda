"""The steps of a contract and of its amendments, from the first to close-out; the last signature executes."""

from collections.abc import Mapping
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractAmendment, ContractOpenItem, ContractStep
from certhub.models.files import StoredFile
from certhub.queries import contract_budgets, contract_close_out, contract_oversight, contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import AMENDMENT_LABELS, DaysInForce, PeriodReason, changes_of, require_budget
from certhub.rules.contract_close_out import require_settled
from certhub.rules.contract_oversight import require_insured, require_not_debarred, require_qualified
from certhub.rules.contracts import (
    ENDING,
    SIGNING,
    Compensation,
    StepKind,
    effective_date,
    require_step,
    signatures_of,
)
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import audit, contract_amendments, contract_days, contract_money

_CHANGES_DAYS = (StepKind.SUSPENDED, StepKind.REINSTATED, *ENDING, StepKind.TERMINATION_TAKEN_BACK)
_SAYS_WHY = (
    StepKind.SUSPENDED, StepKind.RECALLED, StepKind.WITHDRAWN, *ENDING, StepKind.TERMINATION_TAKEN_BACK,
    StepKind.OPTIONS_DECLINED,
)  # fmt: skip


def record(
    contract: Contract,
    kind: StepKind,
    *,
    amendment: ContractAmendment | None = None,
    happened_on: date,
    person: str | None = None,
    person_title: str | None = None,
    note: str | None = None,
    file: StoredFile | None = None,
    reasons: Mapping[str, str] | None = None,
    actor: User,
    at: datetime,
) -> ContractStep:
    """Note a step of the contract, or of an amendment; `file` is the signed page.

    `reasons` say for a close-out why each thing that is open stands in its way no more. Raises `Refusal`.
    """
    if amendment is not None:
        locked(amendment)
    locked(contract)
    today = clock.civil_date(at)
    if amendment is not None:
        contract_amendments.require_open(amendment, kind, on=today)
    life = contracts.life_of_amendment(amendment) if amendment else contracts.life(contract)
    require_step(life, kind, on=happened_on, today=today)
    _require_particulars(kind, person=person, note=note)
    _require_ready(contract, amendment, kind, on=happened_on)
    open_items = contract_close_out.open_items(contract) if kind is StepKind.CLOSED_OUT else ()
    because = require_settled(open_items, reasons or {})
    step = ContractStep(
        contract_id=contract.id, amendment_id=amendment.id if amendment else None, kind=kind, happened_on=happened_on,
        person=person, person_title=person_title, note=note, file_id=file.id if file else None,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    db.session.add_all(
        ContractOpenItem(step_id=step.id, what=item.sentence, reason=because[item.key]) for item in open_items
    )
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_STEP_RECORDED, step, at=at, party_id=contract.vendor_id)
    _take_effect(contract, amendment, step, actor=actor, at=at)
    return step


def _take_effect(
    contract: Contract, amendment: ContractAmendment | None, step: ContractStep, *, actor: User, at: datetime
) -> None:
    last_signature = StepKind.SECRETARIAT_APPROVED if contract.needs_secretariat else StepKind.DEPARTMENT_SIGNED
    if amendment is not None:
        if step.kind is StepKind.WITHDRAWN:
            contract_amendments.withdraw(amendment, actor=actor, at=at)
        elif step.kind is last_signature:
            contract_amendments.execute(amendment, actor=actor, at=at)
    elif step.kind is last_signature:
        _execute(contract, actor=actor, at=at)
    elif step.kind is StepKind.WITHDRAWN:
        contract.continues_id = None  # another contract may renew the one that this draft would have renewed
        db.session.flush()
        audit.record(actor, AuditAction.CONTRACT_WITHDRAWN, contract, at=at, party_id=contract.vendor_id)
    elif step.kind in _CHANGES_DAYS:
        contract_days.follow(contract, step, actor=actor, at=at)


def _execute(contract: Contract, *, actor: User, at: datetime) -> None:
    effective = effective_date(signatures_of(contracts.life(contract).steps), contract.start_rule, contract.start_on)
    if effective.on > contract.ends_on:
        raise Refusal(
            f"The contract would begin on {written(effective.on)}, after its last day, {written(contract.ends_on)}. "
            "Take it back and change its days.",
            field="happened_on",
        )
    lines = contract_budgets.lines(contract)
    require_budget(contract_budgets.as_money(lines), starts_on=effective.on, ends_on=contract.ends_on)
    require_insured(contract_oversight.insured(contract.vendor_id), on=effective.on)
    contract_money.count_from(lines, contract_budgets.rates(contract), at)
    contract.effective_on, contract.effective_because, contract.executed_at = effective.on, effective.because, at
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_EXECUTED, contract, at=at, party_id=contract.vendor_id)
    days = DaysInForce(
        Span(effective.on, contract.ends_on), PeriodReason.EXECUTED, f"In force from {effective.because}"
    )
    contract_days.put_in_force(contract, days, actor=actor, at=at)


def _require_particulars(kind: StepKind, *, person: str | None, note: str | None) -> None:
    if kind in SIGNING and not person:
        raise Refusal("Type the name of the person who signed.", field="person")
    if kind in _SAYS_WHY and not note:
        raise Refusal("Say why, in a sentence.", field="note")


def _require_ready(contract: Contract, amendment: ContractAmendment | None, kind: StepKind, *, on: date) -> None:
    """Refuse a step for what is missing in the draft, or on file of the vendor. Raises `Refusal`."""
    begins_on = contract.effective_on
    if kind is StepKind.SUSPENDED and begins_on is not None and on < begins_on:
        raise Refusal(
            f"The contract begins on {written(begins_on)}. It cannot be suspended before that.", field="happened_on"
        )
    if kind is StepKind.SENT_FOR_SIGNATURE:
        _require_whole(contract, amendment)
    if kind is StepKind.DEPARTMENT_SIGNED:
        what = AMENDMENT_LABELS[amendment.kind].lower() if amendment else "contract"
        require_not_debarred(contract_oversight.checks(contract.vendor_id), on=on, what=what)
        require_qualified(contract_oversight.qualification_status(contract.vendor_id, fiscal_year_of(on)))


def _require_whole(contract: Contract, amendment: ContractAmendment | None) -> None:
    lines, rates = contract_budgets.lines(contract, amendment), contract_budgets.rates(contract, amendment)
    if amendment is not None:
        money = contract_budgets.as_money(lines)
        if not changes_of(scope=amendment.scope, new_ends_on=amendment.new_ends_on, lines=money, rates=len(rates)):
            raise Refusal(
                "The amendment changes nothing yet. Change the performance, the budget, a rate or the last day."
            )
        return
    if not lines:
        raise Refusal("The budget is empty. Add the amount of each fiscal year before it is sent to be signed.")
    if contract.compensation is Compensation.RATE and not rates:
        raise Refusal("A rate contract needs at least one rate. Add it before it is sent to be signed.")
