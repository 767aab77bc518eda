"""What is still open when a contract is to be closed out, and until when its records are kept."""

from collections.abc import Iterable

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.contract_oversight import CorrectiveActionPlan, FinancialReport
from certhub.models.contracts import Contract, ContractAmendment, ContractOpenItem, ContractStep
from certhub.models.vendor_invoices import VendorInvoice, VendorPayment
from certhub.queries import contracts, vendor_invoices
from certhub.rules.contract_close_out import STATE_YEAR_ENDS, OpenItem, records_kept_until, report_years
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.payment_holds import InvoiceState
from certhub.rules.terms import Explained, fixed_due_date, written


def open_items(contract: Contract) -> tuple[OpenItem, ...]:
    """What is not settled: invoices, days held back, corrective action, financial reports and amendments."""
    return (*_invoices(contract), *_plans(contract), *_reports(contract), *_amendments(contract))


def settled_with_reasons(contract: Contract) -> list[ContractOpenItem]:
    """What was open when the contract was closed out, each with its reason."""
    return list(
        db.session.scalars(
            select(ContractOpenItem)
            .join(ContractStep, ContractStep.id == ContractOpenItem.step_id)
            .where(ContractStep.contract_id == contract.id)
            .order_by(ContractOpenItem.id)
        )
    )


def records_kept(contract: Contract) -> Explained:
    """Until when the contractor keeps its records, as far as it is known now."""
    reversed_ids = select(VendorPayment.reverses_id).where(VendorPayment.reverses_id.is_not(None))
    last = db.session.scalar(
        select(func.max(VendorPayment.paid_on))
        .join(VendorInvoice, VendorInvoice.id == VendorPayment.invoice_id)
        .where(
            VendorInvoice.contract_id == contract.id,
            VendorPayment.reverses_id.is_(None),
            VendorPayment.id.not_in(reversed_ids),
        )
    )
    return records_kept_until(last, contracts.last_day(contract, contracts.life(contract)))


def _invoices(contract: Contract) -> Iterable[OpenItem]:
    for invoice in reversed(vendor_invoices.of_contract(contract)):
        state, amounts = vendor_invoices.state(invoice), vendor_invoices.amounts(invoice)
        name = f"Invoice {invoice.number}"
        if state is InvoiceState.FILED:
            yield OpenItem(f"invoice_{invoice.id}", f"{name} of {dollars(amounts.total)} waits for DPH.")
        elif state is InvoiceState.OVERPAID:
            yield OpenItem(f"invoice_{invoice.id}", f"{dollars(amounts.overpaid)} of {name} is paid too much.")
        elif amounts.payable and state is not InvoiceState.RETURNED:
            yield OpenItem(f"invoice_{invoice.id}", f"{dollars(amounts.payable)} of {name} is not paid.")
        if state is InvoiceState.RETURNED:
            continue
        for hold in (held for line in invoice.lines for held in line.holds if held.decision is None):
            yield OpenItem(
                f"hold_{hold.id}",
                f"{dollars(hold.held_cents)} of {name} for {written(hold.starts_on)} through {written(hold.ends_on)} "
                "is held back, and nobody has decided.",
            )


def _plans(contract: Contract) -> Iterable[OpenItem]:
    rows = db.session.execute(
        select(CorrectiveActionPlan.id, CorrectiveActionPlan.opened_on)
        .where(CorrectiveActionPlan.contract_id == contract.id, CorrectiveActionPlan.closed_on.is_(None))
        .order_by(CorrectiveActionPlan.opened_on, CorrectiveActionPlan.id)
    )
    for row in rows:
        yield OpenItem(f"plan_{row.id}", f"The corrective action of {written(row.opened_on)} is open.")


def _reports(contract: Contract) -> Iterable[OpenItem]:
    """The fiscal years of the vendor in which the contract has days; they end as its last report says."""
    if contract.effective_on is None:
        return
    life = contracts.life(contract)
    filed = set(
        db.session.scalars(
            select(FinancialReport.year_ended_on).where(FinancialReport.vendor_id == contract.vendor_id).distinct()
        )
    )
    last = max(filed, default=None)
    year_ends = (last.month, last.day) if last else STATE_YEAR_ENDS
    ends_on = contracts.last_day(contract, life)
    if ends_on < contract.effective_on:
        return
    for year_ended_on in report_years(Span(contract.effective_on, ends_on), year_ends):
        if year_ended_on not in filed:
            yield OpenItem(
                f"report_{year_ended_on:%Y_%m_%d}",
                f"No Uniform Financial Report is on file for the fiscal year to {written(year_ended_on)} (due "
                f"{written(fixed_due_date(year_ended_on).on)}).",
            )


def _amendments(contract: Contract) -> Iterable[OpenItem]:
    rows = db.session.execute(
        select(ContractAmendment.id, ContractAmendment.number)
        .where(
            ContractAmendment.contract_id == contract.id,
            ContractAmendment.executed_at.is_(None),
            ContractAmendment.withdrawn_at.is_(None),
        )
        .order_by(ContractAmendment.number)
    )
    for row in rows:
        yield OpenItem(f"amendment_{row.id}", f"Amendment {row.number} is neither executed nor withdrawn.")
