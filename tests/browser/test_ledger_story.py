"""A vendor's invoice on its way to the money: approved, borne by payers in their order, paid and reconciled."""

import pytest

from certhub.rules.fiscal_years import fiscal_year_in_words
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def waiting(site: Site) -> tuple[int, str]:
    """An invoice that waits for DPH with nothing held back, and the name of its fund year."""
    with site.database() as connection:
        found = connection.execute(
            "SELECT invoice.id, invoice.fiscal_year FROM vendor_invoice AS invoice "
            "JOIN vendor_invoice_line AS line ON line.invoice_id = invoice.id "
            "LEFT JOIN payment_hold AS hold ON hold.line_id = line.id "
            "WHERE invoice.approved_at IS NULL AND invoice.returned_at IS NULL "
            "GROUP BY invoice.id HAVING count(hold.id) = 0 ORDER BY invoice.id"
        ).fetchone()
    return int(found[0]), fiscal_year_in_words(int(found[1]))


def test_an_invoice_is_paid_once_everybody_before_dph_was_asked(site: Site, somebody: Introduces) -> None:
    invoice, year = waiting(site)
    manager = somebody("fund@example.org")
    manager.goes_to(f"/invoices/{invoice}").follows("Approve").presses("Approve the invoice")
    manager.sees("The invoice is approved.").follows("Record a payment")
    manager.fills("Amount", "100.00").fills("Payment document", "EFT-77").presses("Record a payment")
    manager.sees("$0.00 of this invoice has a payer and is not paid yet.")

    manager.goes_to(f"/invoices/{invoice}").follows("Who bears it").sees("Nobody was asked yet.")
    manager.follows("Medicaid").sees("Private payers come first.")
    for payer in ("Private payers", "Medicaid", "Another program"):
        manager.goes_to(f"/invoices/{invoice}/payers").follows(payer)
        manager.checks("Not applicable").fills("Evidence", "Letter 12").presses("Record it").sees(f"{payer}: recorded.")
    manager.goes_to(f"/invoices/{invoice}").follows("Record a payment")
    manager.fills("Payment document", "EFT-77").presses("Record a payment").sees("The payment is on file.", "EFT-77")

    auditor = somebody("auditor@example.org")
    auditor.follows("Fund years", first=True).follows(year).follows("Drawdown by source")
    auditor.follows("Lines that DPH pays last").sees("Another program: not applicable")
    auditor.goes_to("/fund").follows(year).follows("Ledger").sees("Payment to a vendor")
    auditor.follows("Reconcile with the records").sees("Everything agrees.")
