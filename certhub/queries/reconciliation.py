"""Whether the ledger agrees with the records that it was posted from: by payer, by contract, and for the year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.contracts import Contract
from certhub.models.fund import FundYear
from certhub.models.parties import Party
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.queries import contract_budgets, fund_accounts, fund_reports, ledger
from certhub.queries.visibility import sees_everything
from certhub.rules.ledger import COST_OF, OUTGOING, Account
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.fiscal_year import last_day
from certhub.rules.pooled_fund.invoices import outstanding

_party = Party.__table__
_COSTS = (*COST_OF.values(), Account.COST_OPEN)


@dataclass(frozen=True, slots=True)
class Compared:
    """One amount twice: as the records add up to it, and as the ledger has it."""

    what: str
    records_cents: int
    ledger_cents: int

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.records_cents == self.ledger_cents


@dataclass(frozen=True, slots=True)
class ContractYear:
    """A contract's year: its limit, and cost and payments on both sides."""

    contract_id: int
    contract: str
    vendor: str
    maximum_cents: int
    cost: Compared
    paid: Compared

    @property
    def agrees(self) -> bool:
        """Whether the ledger has what the records say, within the contract's maximum obligation."""
        return self.cost.agrees and self.paid.agrees and self.cost.ledger_cents <= self.maximum_cents


@dataclass(frozen=True, slots=True)
class PayerYear:
    """A payer's year: billed, paid and open on both sides."""

    payer_id: int
    payer: str
    billed: Compared
    paid: Compared
    outstanding: Compared

    @property
    def agrees(self) -> bool:
        """Whether the ledger has what the account says."""
        return self.billed.agrees and self.paid.agrees and self.outstanding.agrees


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A year's ledger beside its records."""

    payers: list[PayerYear]
    contracts: list[ContractYear]
    year: list[Compared]
    entries: int
    last_number: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, and no entry is missing."""
        parts = (self.payers, self.contracts, self.year)
        return self.entries == self.last_number and all(one.agrees for part in parts for one in part)


def of_year(viewer: Viewer, year: FundYear) -> Reconciled:
    """Everything of a year on both sides; for DPH. As many statements however many payers and contracts there are."""
    if not sees_everything(viewer):
        return Reconciled([], [], [], 0, 0)
    payers, contracts = _payers(viewer, year), _contracts(year)
    return Reconciled(
        payers, contracts, _year(viewer, year, payers, contracts), ledger.entry_count(), ledger.money().last_number
    )


def _payers(viewer: Viewer, year: FundYear) -> list[PayerYear]:
    """By payer; the records are the report of the year, not the position that the ledger posts by."""
    posted = ledger.payers_posted(year.fiscal_year)
    waiting = {one.payer_id for one in fund_accounts.unnoticed(year)}  # assessed, and not billed yet
    found = []
    for row in fund_reports.whole(viewer, year, today=last_day(year.fiscal_year)):
        billed = 0 if row.payer_id in waiting else row.total_cents
        still = outstanding(billed, paid_cents=row.paid_cents, written_off_cents=row.written_off_cents)
        own = posted.get(row.payer_id, {})
        found.append(
            PayerYear(
                row.payer_id,
                row.payer,
                Compared("Billed", billed, own.get(Account.PRIVATE_MONEY, 0) - own.get(Account.GIVEN_BACK, 0)),
                Compared("Paid", row.paid_cents, own.get(Account.CASH, 0)),
                Compared("Outstanding", still, own.get(Account.RECEIVABLE, 0) - own.get(Account.CREDITS, 0)),
            )
        )
    return found


def _contracts(year: FundYear) -> list[ContractYear]:
    """By contract; cost is added up from lines and holds here, and not by the rule that the ledger posts by."""
    approved = (VendorInvoice.fiscal_year == year.fiscal_year, VendorInvoice.approved_at.is_not(None))
    cost = _by_contract(
        select(VendorInvoice.contract_id, func.sum(VendorInvoiceLine.amount_cents))
        .join(VendorInvoiceLine, VendorInvoiceLine.invoice_id == VendorInvoice.id)
        .where(*approved)
    )
    held = _by_contract(
        select(VendorInvoice.contract_id, func.sum(PaymentHold.held_cents))
        .join(VendorInvoiceLine, VendorInvoiceLine.invoice_id == VendorInvoice.id)
        .join(PaymentHold, PaymentHold.line_id == VendorInvoiceLine.id)
        .outerjoin(HoldDecision, HoldDecision.hold_id == PaymentHold.id)
        .where(*approved, func.coalesce(HoldDecision.released, False).is_(False))
    )
    paid = _by_contract(
        select(VendorInvoice.contract_id, func.sum(VendorPayment.amount_cents))
        .join(VendorPayment, VendorPayment.invoice_id == VendorInvoice.id)
        .where(*approved)
    )
    posted = ledger.contracts_posted(year.fiscal_year)
    numbers = {*cost, *paid, *posted}
    maxima = contract_budgets.maxima(sorted(numbers))
    rows = db.session.execute(
        select(Contract.id, Contract.number, _party.c.name)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(Contract.id.in_(numbers))
        .order_by(_party.c.sort_name, Contract.id)
    )
    return [
        ContractYear(
            row.id, row.number, row.name, maxima.get(row.id, {}).get(year.fiscal_year, 0),
            Compared(
                "Approved", cost.get(row.id, 0) - held.get(row.id, 0), _sum(posted.get(row.id, {}), _COSTS)
            ),
            Compared("Paid", paid.get(row.id, 0), -posted.get(row.id, {}).get(Account.CASH, 0)),
        )
        for row in rows
    ]  # fmt: skip


def _year(
    viewer: Viewer, year: FundYear, payers: Iterable[PayerYear], contracts: Iterable[ContractYear]
) -> list[Compared]:
    moved = sum(-cents if kind in OUTGOING else cents for kind, cents in ledger.moved(year).items())
    drawn = {one.account: one.cents for one in ledger.trial_balance(viewer, year.fiscal_year)}
    whole = ledger.money()
    by_payers = sum(one.paid.records_cents for one in payers)
    posted = sum(one.get(Account.CASH, 0) for one in ledger.payers_posted(year.fiscal_year).values())
    return [
        Compared("Paid by all payers", by_payers, posted),
        Compared("Cost of all contracts", sum(one.cost.records_cents for one in contracts), _sum(drawn, _COSTS)),
        Compared("Other money", moved, ledger.movements_posted(year.fiscal_year).get(Account.CASH, 0)),
        Compared("Money in the fund, over all years", ledger.cash_by_records(), whole.cash_cents),
    ]


def _by_contract(statement: Any) -> dict[int, int]:
    rows = db.session.execute(statement.group_by(VendorInvoice.contract_id))
    return {contract_id: int(cents) for contract_id, cents in rows}


def _sum(position: Mapping[Account, int], accounts: Iterable[Account]) -> int:
    return sum(position.get(one, 0) for one in accounts)
