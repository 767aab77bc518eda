"""What executed contracts may cost in a fiscal year: the first line of the pooled fund's need."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.contracts import BudgetLine, Contract, ContractPeriod
from certhub.models.parties import Party
from certhub.queries.contracts import visible_to
from certhub.queries.knowledge import known
from certhub.rules.fiscal_years import days_of_fiscal_year
from certhub.rules.permissions import Viewer

_party = Party.__table__


@dataclass(frozen=True, slots=True)
class Obligation:
    """The maximum obligation of one executed contract in a fiscal year."""

    contract_id: int
    number: str
    vendor_id: int
    vendor: str
    maximum_cents: int


def of_year(viewer: Viewer, fiscal_year: int) -> list[Obligation]:
    """The maximum obligations of a fiscal year by contract that is in force in it, in the order of their numbers."""
    rows = db.session.execute(
        select(
            Contract.id, Contract.number, Contract.vendor_id, _party.c.name,
            func.sum(BudgetLine.amount_cents).label("cents"),
        )
        .join(BudgetLine, BudgetLine.contract_id == Contract.id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(
            BudgetLine.fiscal_year == fiscal_year,
            BudgetLine.in_force_at.is_not(None),
            _in_force_in(fiscal_year),
            visible_to(viewer),
        )
        .group_by(Contract.id, Contract.number, Contract.vendor_id, _party.c.name)
        .order_by(Contract.number)
    )  # fmt: skip
    return [Obligation(row.id, row.number, row.vendor_id, row.name, int(row.cents)) for row in rows]


def _in_force_in(fiscal_year: int) -> ColumnElement[bool]:
    """Condition that a contract is in force on some day of the year: one that was terminated before costs nothing."""
    days, period = days_of_fiscal_year(fiscal_year), aliased(ContractPeriod)
    return exists().where(
        period.contract_id == Contract.id,
        known(period, None),
        period.starts_on <= days.to_on,
        period.ends_on >= days.from_on,
    )
