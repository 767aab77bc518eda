"""What an invoice left out, payments that came back, and what became known between approval and payment."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.certification import Credential
from certhub.models.contracts import ContractPeriod
from certhub.models.ledger import LedgerEntry
from certhub.models.vendor_invoices import PaymentHold, VendorPayment
from certhub.queries import contract_spending, ledger, vendor_invoices
from certhub.rules.ledger import Cause, transfers
from certhub.rules.payment_holds import Amounts, InvoiceState
from certhub.rules.permissions import OPERATOR
from tests.integration.contracts.invoicing import FIRST, Placed, fund_manager, invoice
from tests.integration.exposure.arranging import changed, suspended
from tests.integration.ledger.arranged import payable_by_dph
from tests.integration.parties.browsing import fetched, send, vendor_hr

PAYING = {"paid_on": "2026-01-05", "reference": "P1"}


def test_what_an_approved_invoice_left_out_is_asked_for_in_a_supplement_of_the_same_month(client: FlaskClient) -> None:
    placed = Placed()
    first = placed.approved(client)
    vendor_hr(client, placed.vendor)
    page = fetched(client, placed.address)
    assert "What you send now is a supplement" in page
    assert "All days of work in this month are invoiced." in page
    assert send(client, placed.address, number="H-2", other="80.00", other_purpose="Interpreters").status_code == 302
    filed = invoice()
    assert (filed.supplements_id, vendor_invoices.amounts(filed).total) == (first, 80_00)
    assert "A supplement to invoice" in fetched(client, f"/invoices/{filed.id}")
    assert "Supplements to this invoice" in fetched(client, f"/invoices/{first}")
    assert contract_spending.drawn_by_year(placed.contract.id) == {2026: 3_080_00}


def test_more_for_an_approved_line_says_why_and_is_held_to_the_same_days(client: FlaskClient) -> None:
    placed = Placed()
    placed.approved(client)
    (line,) = invoice().lines
    vendor_hr(client, placed.vendor)
    more = {"number": "H-2", f"more_{line.id}": "300.00"}
    assert "Say why the approved amount was too low." in send(client, placed.address, **more).text
    assert send(client, placed.address, **more, more_purpose="The rate of the amendment").status_code == 302
    filed = invoice()
    assert filed.lines[0].adds_to_id == line.id
    assert vendor_invoices.amounts(filed) == Amounts(300_00, waiting=100_00)


def test_more_cannot_be_asked_for_on_a_line_that_dph_has_not_approved(client: FlaskClient) -> None:
    placed = Placed()
    vendor_hr(client, placed.vendor)
    placed.file(client)
    (line,) = invoice().lines
    answer = send(client, placed.address, number="H-2", **{f"more_{line.id}": "300.00"}, more_purpose="Too low")
    assert answer.status_code == 422
    assert len(vendor_invoices.standing_in(placed.contract.id, vendor_invoices.month_of(2025, 9))) == 1


def test_a_payment_that_came_back_is_reversed_by_a_row_of_its_own_and_can_be_made_again(client: FlaskClient) -> None:
    number = Placed(is_suspended=False).approved(client)
    payable_by_dph(number)
    assert send(client, f"/invoices/{number}/payments/new", amount="3,000.00", **PAYING).status_code == 302
    assert vendor_invoices.state(invoice()) is InvoiceState.PAID
    (payment,) = invoice().payments
    address = f"/invoices/payments/{payment.id}/reverse"
    assert "before it was made" in send(client, address, reversed_on="2026-01-04", reason="Returned").text
    assert send(client, address, reversed_on="2026-01-20", reason="Returned cheque").status_code == 302
    paid = [(one.amount_cents, one.reverses_id) for one in invoice().payments]
    assert paid == [(3_000_00, None), (-3_000_00, payment.id)]
    assert vendor_invoices.state(invoice()) is InvoiceState.APPROVED
    assert "Reversal: Returned cheque" in fetched(client, f"/invoices/{number}")
    assert "was reversed already" in send(client, address, reversed_on="2026-01-20", reason="Again").text
    (row,) = vendor_invoices.drawdown(OPERATOR, 2026)
    assert (row.drawn, row.paid) == (3_000_00, 0)
    assert send(client, f"/invoices/{number}/payments/new", amount="3,000.00", **PAYING).status_code == 302
    assert vendor_invoices.drawdown(OPERATOR, 2026)[0].paid == 3_000_00
    causes = list(db.session.scalars(select(LedgerEntry.cause).where(LedgerEntry.invoice_id == number)))
    assert causes.count(Cause.VENDOR_PAID) == 2
    assert causes.count(Cause.VENDOR_REVERSED) == 1
    assert transfers(ledger.invoice_posted(number), ledger.invoice_now(invoice())) == ()


def test_a_payment_is_never_changed_in_the_database(client: FlaskClient) -> None:
    number = Placed(is_suspended=False).approved(client)
    payable_by_dph(number)
    send(client, f"/invoices/{number}/payments/new", amount="3,000.00", **PAYING)
    with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
        session.execute(update(VendorPayment).values(amount_cents=1))


def test_what_becomes_known_between_approval_and_payment_is_held_back_first(client: FlaskClient) -> None:
    placed = Placed(is_suspended=False)
    number = placed.approved(client)
    suspended(db.session.scalars(select(Credential).where(Credential.party_id == placed.vendor.id)).one(), FIRST)
    answer = send(client, f"/invoices/{number}/payments/new", amount="3,000.00", **PAYING)
    assert answer.status_code == 422
    assert "Harbor Family Network is without a certification in force" in answer.text
    assert "$3,000.00 is held back for these days." in answer.text
    assert vendor_invoices.amounts(invoice()) == Amounts(3_000_00, waiting=3_000_00)  # kept, though nothing is paid
    assert invoice().payments == []
    assert transfers(ledger.invoice_posted(number), {}) == ()  # nothing is to be paid any more
    (hold,) = db.session.scalars(select(PaymentHold)).all()
    send(client, f"/invoices/holds/{hold.id}", outcome="release", reason="Set aside by the Board")
    payable_by_dph(number)
    assert send(client, f"/invoices/{number}/payments/new", amount="3,000.00", **PAYING).status_code == 302


def test_two_stretches_of_one_person_are_two_lines_without_the_gap(client: FlaskClient) -> None:
    placed = Placed((FIRST, date(2025, 9, 10)), (date(2025, 9, 20), None), is_suspended=False)
    vendor_hr(client, placed.vendor)
    assert placed.file(client, **{f"work_{placed.person.id}_20": "1,100.00"}) == 302
    assert [(one.starts_on.day, one.ends_on.day) for one in invoice().lines] == [(1, 10), (20, 30)]
    assert vendor_invoices.amounts(invoice()).waiting == 0


def test_one_stretch_of_a_month_can_be_invoiced_later(client: FlaskClient) -> None:
    placed = Placed((FIRST, date(2025, 9, 10)), (date(2025, 9, 20), None), is_suspended=False)
    vendor_hr(client, placed.vendor)
    placed.file(client)
    assert placed.file(client, number="H-2") == 422  # days that are invoiced are not offered again
    second = {f"work_{placed.person.id}_20": "1,100.00"}
    assert placed.file(client, amount="", number="H-2", **second) == 302


def test_another_cost_has_the_days_of_the_contract_in_its_first_month(client: FlaskClient) -> None:
    placed = Placed(is_suspended=False)
    (period,) = db.session.scalars(select(ContractPeriod)).all()
    changed(period, starts_on=date(2025, 9, 15))
    vendor_hr(client, placed.vendor)
    assert placed.file(client, amount="", other="160.00", other_purpose="Supervision") == 302
    (line,) = invoice().lines
    assert (line.starts_on, line.ends_on) == (date(2025, 9, 15), date(2025, 9, 30))
    assert vendor_invoices.amounts(invoice()).waiting == 0


def test_an_invoice_is_filed_in_one_event_that_tells_its_lines(client: FlaskClient) -> None:
    placed = Placed()
    vendor_hr(client, placed.vendor)
    placed.file(client, other="5.00", other_purpose="Interpreters")
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(["vendor_invoice.filed", "payment.held"])).order_by("seq")
    ).all()
    assert [(one.action, one.subject_type) for one in entries] == [
        ("vendor_invoice.filed", "vendor_invoice"), ("payment.held", "vendor_invoice"),
    ]  # fmt: skip
    assert "Interpreters" in str(entries[0].changes)
    fund_manager(client)
    assert "filed an invoice under a contract" in fetched(client, f"/organizations/{placed.vendor.id}")
