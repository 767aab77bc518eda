"""The days on which a contract is in force: put in force by a signature, cut short by a suspension or a termination."""

from datetime import datetime

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractAmendment, ContractPeriod, ContractStep
from certhub.queries import contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import DaysInForce, PeriodReason, agreed_spans
from certhub.rules.contracts import STEP_LABELS, StepKind, is_suspended
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, written
from certhub.services import audit


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


def follow(contract: Contract, step: ContractStep, *, actor: User, at: datetime) -> None:
    """What a suspension, a termination, or the end of either does to the days in force. Raises `Refusal`."""
    if step.kind is StepKind.REINSTATED:
        _go_on(contract, step, actor=actor, at=at)
    elif step.kind is StepKind.TERMINATION_TAKEN_BACK:
        _restore(contract, step, actor=actor, at=at)
    else:
        _cut_short(contract, step, actor=actor, at=at)


def _cut_short(contract: Contract, step: ContractStep, *, actor: User, at: datetime) -> None:
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
    ends_on = contracts.last_day(contract, contracts.life(contract))
    if step.happened_on > ends_on:
        raise Refusal(
            f"The contract ended on {written(ends_on)}. A suspension cannot end after that.", field="happened_on"
        )
    because = f"The suspension ended on {written(step.happened_on)}"
    for span in _agreed_within(contract, Span(step.happened_on, ends_on)):
        put_in_force(contract, DaysInForce(span, PeriodReason.REINSTATED, because), actor=actor, at=at)


def _restore(contract: Contract, step: ContractStep, *, actor: User, at: datetime) -> None:
    """The days after a termination that was taken back; under a suspension they wait for its end."""
    life = contracts.life(contract)
    if is_suspended(life.steps):
        return
    because = f"The termination was taken back on {written(step.happened_on)}"
    periods = contracts.periods(contract)
    last = periods[-1] if periods else None
    after = last.ends_on + ONE_DAY if last else contract.effective_on or step.happened_on
    for span in _agreed_within(contract, Span(after, contracts.last_day(contract, life))):
        if last is not None and span.from_on == after:
            supersede(contract, last, actor=actor, at=at)
            whole = DaysInForce(Span(last.starts_on, span.to_on), PeriodReason.REINSTATED, because)
            put_in_force(contract, whole, supersedes=last, actor=actor, at=at)
        else:
            put_in_force(contract, DaysInForce(span, PeriodReason.REINSTATED, because), actor=actor, at=at)


def _agreed_within(contract: Contract, wanted: Span) -> list[Span]:
    """The days of `wanted` that the contract and its executed amendments name."""
    moved = [
        (one.effective_on, one.new_ends_on)
        for one in contracts.executed_amendments(contract)
        if one.effective_on is not None and one.new_ends_on is not None
    ]
    agreed = agreed_spans(contract.effective_on or wanted.from_on, contract.ends_on, moved)
    if wanted.to_on is not None and wanted.to_on < wanted.from_on:
        return []
    return [within for span in agreed for within in [span.overlap(wanted)] if within is not None]
