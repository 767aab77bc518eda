"""What executed contracts may cost in a fiscal year: the first line of the pooled fund's need."""

from dataclasses import dataclass

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.contracts import BudgetLine, Contract
from certhub.models.parties import Party
from certhub.queries.contracts import visible_to
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
    """The maximum obligations of a fiscal year by executed contract, in the order of their numbers."""
    rows = db.session.execute(
        select(
            Contract.id, Contract.number, Contract.vendor_id, _party.c.name,
            func.sum(BudgetLine.amount_cents).label("cents"),
        )
        .join(BudgetLine, BudgetLine.contract_id == Contract.id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(BudgetLine.fiscal_year == fiscal_year, BudgetLine.in_force_at.is_not(None), visible_to(viewer))
        .group_by(Contract.id, Contract.number, Contract.vendor_id, _party.c.name)
        .order_by(Contract.number)
    )  # fmt: skip
    return [Obligation(row.id, row.number, row.vendor_id, row.name, int(row.cents)) for row in rows]
