"""What is drawn down against a contract, by fiscal year."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment


def drawn_by_year(contract_id: int) -> Mapping[int, int]:
    """The vendor's invoices of each fiscal year that are paid or wait to be paid, in cents.

    What was held back and then denied does not count; what is held back and waits for a decision does.
    """
    return drawn_by_contract([contract_id]).get(contract_id, {})


def drawn_by_contract(contract_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """The same for some contracts, in two statements."""
    found: dict[int, dict[int, int]] = {}
    key = (VendorInvoice.contract_id, VendorInvoice.fiscal_year)
    asked = (
        select(*key, func.sum(VendorInvoiceLine.amount_cents).label("cents"))
        .join(VendorInvoiceLine, VendorInvoiceLine.invoice_id == VendorInvoice.id)
        .where(VendorInvoice.contract_id.in_(contract_ids), VendorInvoice.returned_at.is_(None))
        .group_by(*key)
    )
    for row in db.session.execute(asked):
        found.setdefault(row.contract_id, {})[row.fiscal_year] = int(row.cents)
    denied = (
        select(*key, func.sum(PaymentHold.held_cents).label("cents"))
        .join(VendorInvoiceLine, VendorInvoiceLine.invoice_id == VendorInvoice.id)
        .join(PaymentHold, PaymentHold.line_id == VendorInvoiceLine.id)
        .join(HoldDecision, HoldDecision.hold_id == PaymentHold.id)
        .where(
            VendorInvoice.contract_id.in_(contract_ids),
            VendorInvoice.returned_at.is_(None),
            HoldDecision.released.is_(False),
        )
        .group_by(*key)
    )
    for row in db.session.execute(denied):
        found[row.contract_id][row.fiscal_year] -= int(row.cents)
    return found


def paid_by_contract(contract_ids: Collection[int], fiscal_year: int) -> dict[int, int]:
    """What is paid of the invoices of a fiscal year under some contracts, in cents, less what was reversed."""
    rows = db.session.execute(
        select(VendorInvoice.contract_id, func.sum(VendorPayment.amount_cents).label("cents"))
        .join(VendorPayment, VendorPayment.invoice_id == VendorInvoice.id)
        .where(VendorInvoice.contract_id.in_(contract_ids), VendorInvoice.fiscal_year == fiscal_year)
        .group_by(VendorInvoice.contract_id)
    )
    return {row.contract_id: int(row.cents) for row in rows}
