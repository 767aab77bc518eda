"""The money of a contract: its lines and rates, of the draft and in force, and the maximum of each fiscal year."""

from collections.abc import Collection

from sqlalchemy import and_, func, or_, select

from certhub.database import db
from certhub.models.contracts import BudgetLine, Contract, ContractAmendment, ContractRate
from certhub.queries.visibility import NotVisible
from certhub.rules.contract_amendments import DatedRate, Money, rates_with_days


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


def line(contract: Contract, line_id: int, one_amendment: ContractAmendment | None = None) -> BudgetLine:
    """A budget line of the contract or of one of its amendments. Raises `NotVisible`."""
    for found in lines(contract, one_amendment):
        if found.id == line_id:
            return found
    raise NotVisible(line_id)


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


def rates_by_day(contract: Contract) -> tuple[DatedRate, ...]:
    """Every rate that counts with its days, by service; of a draft its own rates, without days."""
    rows = db.session.execute(
        select(ContractRate, ContractAmendment.effective_on)
        .outerjoin(ContractAmendment, ContractAmendment.id == ContractRate.amendment_id)
        .where(
            ContractRate.contract_id == contract.id,
            ContractRate.in_force_at.is_not(None) if contract.executed_at else ContractRate.amendment_id.is_(None),
        )
        .order_by(ContractRate.id)
    )
    return rates_with_days(
        DatedRate(one.service, one.unit, one.rate_cents, counts_from or contract.effective_on)
        for one, counts_from in rows
    )


def rate(contract: Contract, rate_id: int, one_amendment: ContractAmendment | None = None) -> ContractRate:
    """A rate of the contract or of one of its amendments. Raises `NotVisible`."""
    for found in rates(contract, one_amendment):
        if found.id == rate_id:
            return found
    raise NotVisible(rate_id)


def as_money(found: Collection[BudgetLine]) -> list[Money]:
    """Budget lines as the rules see them."""
    return [Money(line.fiscal_year, line.object_code, line.amount_cents) for line in found]


def maxima(contract_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """The maximum obligation of each fiscal year in cents, by contract: all lines of what is executed.

    A contract that is not executed yet has the lines of its draft.
    """
    rows = db.session.execute(
        select(BudgetLine.contract_id, BudgetLine.fiscal_year, func.sum(BudgetLine.amount_cents).label("cents"))
        .join(Contract, Contract.id == BudgetLine.contract_id)
        .where(
            BudgetLine.contract_id.in_(contract_ids),
            or_(
                BudgetLine.in_force_at.is_not(None),
                and_(BudgetLine.amendment_id.is_(None), Contract.executed_at.is_(None)),
            ),
        )
        .group_by(BudgetLine.contract_id, BudgetLine.fiscal_year)
        .order_by(BudgetLine.fiscal_year)
    )
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.contract_id, {})[row.fiscal_year] = int(row.cents)
    return found
