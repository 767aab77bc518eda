"""The budget and the rates of a draft: of a contract, or what an amendment adds and takes away."""

from collections.abc import Iterable
from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import BudgetLine, Contract, ContractAmendment, ContractRate
from certhub.queries import contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contracts import CHANGEABLE
from certhub.rules.refusal import Refusal
from certhub.services import audit


def require_changeable(contract: Contract, amendment: ContractAmendment | None = None, *, at: datetime) -> None:
    """Lock the draft, and refuse a change of what is out to be signed, signed or settled. Raises `Refusal`."""
    today = clock.civil_date(at)
    if amendment is not None:
        if contracts.stage_of_amendment(locked(amendment), today) not in CHANGEABLE:
            raise Refusal(
                "The amendment is out to be signed, or settled. Take it back to change it, or write another amendment."
            )
    elif contracts.stage(locked(contract), today) not in CHANGEABLE:
        raise Refusal(
            "The contract is out to be signed, or signed. Take it back to change it, or write an amendment once it is "
            "executed."
        )


def count_from(lines: Iterable[BudgetLine], rates: Iterable[ContractRate], at: datetime) -> None:
    """Let the amounts and the prices of a draft count from now on; the caller's audit entry tells of it."""
    for line in lines:
        line.in_force_at = at
    for rate in rates:
        rate.in_force_at = at


def add_line(
    contract: Contract,
    *,
    amendment: ContractAmendment | None = None,
    fiscal_year: int,
    object_code: str,
    purpose: str,
    amount_cents: int,
    actor: User,
    at: datetime,
) -> BudgetLine:
    """Add an amount to a year of the draft; an amendment can take some away, too. Raises `Refusal`."""
    require_changeable(contract, amendment, at=at)
    if amendment is None and amount_cents <= 0:
        raise Refusal("Type an amount above zero.", field="amount")
    if amount_cents == 0:
        raise Refusal("Type an amount other than zero; one below zero takes money away.", field="amount")
    line = BudgetLine(
        contract_id=contract.id, amendment_id=amendment.id if amendment else None, fiscal_year=fiscal_year,
        object_code=object_code, purpose=purpose, amount_cents=amount_cents,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    audit.record(actor, AuditAction.BUDGET_LINE_ADDED, line, at=at, party_id=contract.vendor_id)
    return line


def remove_line(
    contract: Contract, line: BudgetLine, *, amendment: ContractAmendment | None = None, actor: User, at: datetime
) -> None:
    """Take an amount out of the draft. Raises `Refusal`."""
    require_changeable(contract, amendment, at=at)
    audit.record(actor, AuditAction.BUDGET_LINE_REMOVED, line, at=at, party_id=contract.vendor_id)
    db.session.delete(line)


def add_rate(
    contract: Contract,
    *,
    amendment: ContractAmendment | None = None,
    service: str,
    unit: str,
    rate_cents: int,
    actor: User,
    at: datetime,
) -> ContractRate:
    """Add a price to the draft; that of an amendment counts from the amendment on. Raises `Refusal`."""
    require_changeable(contract, amendment, at=at)
    if rate_cents <= 0:
        raise Refusal("Type an amount above zero.", field="rate")
    rate = ContractRate(
        contract_id=contract.id, amendment_id=amendment.id if amendment else None, service=service, unit=unit,
        rate_cents=rate_cents,
    )  # fmt: skip
    db.session.add(rate)
    db.session.flush()
    audit.record(actor, AuditAction.RATE_ADDED, rate, at=at, party_id=contract.vendor_id)
    return rate


def remove_rate(
    contract: Contract, rate: ContractRate, *, amendment: ContractAmendment | None = None, actor: User, at: datetime
) -> None:
    """Take a price out of the draft. Raises `Refusal`."""
    require_changeable(contract, amendment, at=at)
    audit.record(actor, AuditAction.RATE_REMOVED, rate, at=at, party_id=contract.vendor_id)
    db.session.delete(rate)
