"""A vendor's invoice: filed by form, held to certified days, decided, approved by another person, and paid."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.vendor_invoices import PaymentHold, VendorInvoice
from certhub.queries import contract_spending, vendor_invoices
from certhub.rules.payment_holds import Amounts, InvoiceState
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Role
from tests import factories
from tests.factories import sign_in
from tests.integration.contracts.invoicing import FIRST, Placed, fund_manager, invoice
from tests.integration.exposure.arranging import suspended
from tests.integration.ledger.arranged import payable_by_dph
from tests.integration.parties.browsing import fetched, send, vendor_hr


@pytest.fixture
def placed(client: FlaskClient) -> Placed:
    found = Placed()
    vendor_hr(client, found.vendor)
    return found


def test_days_of_a_suspension_are_held_back_and_draw_down_until_they_are_denied(
    client: FlaskClient, placed: Placed
) -> None:
    assert placed.file(client) == 302
    filed = invoice()
    assert vendor_invoices.amounts(filed) == Amounts(3_000_00, waiting=1_000_00)
    (hold,) = db.session.scalars(select(PaymentHold)).all()
    assert (hold.starts_on, hold.ends_on) == (date(2025, 9, 21), date(2025, 9, 30))
    assert "without a credential in force" in hold.because
    assert contract_spending.drawn_by_year(placed.contract.id) == {2026: 3_000_00}
    page = fetched(client, f"/invoices/{filed.id}")
    assert "Waits for DPH." in page
    fund_manager(client)
    refused = send(client, f"/invoices/holds/{hold.id}", outcome="deny", reason=" ")
    assert "Say why." in refused.text
    assert send(client, f"/invoices/holds/{hold.id}", outcome="deny", reason="She was suspended").status_code == 302
    assert contract_spending.drawn_by_year(placed.contract.id) == {2026: 2_000_00}
    again = send(client, f"/invoices/holds/{hold.id}", outcome="release", reason="No")
    assert "Somebody decided this meanwhile." in again.text


def test_an_invoice_is_approved_and_paid_without_what_is_held_back(client: FlaskClient, placed: Placed) -> None:
    placed.file(client)
    number = invoice().id
    fund_manager(client)
    early = send(client, f"/invoices/{number}/payments/new", paid_on="2026-01-05", amount="1.00", reference="P1")
    assert "Approve it before it is paid." in early.text
    assert send(client, f"/invoices/{number}/approve").status_code == 302
    paying = {"paid_on": "2026-01-05", "reference": "P1"}
    payable_by_dph(number)
    assert (
        "$2,000.00 can be paid now"
        in send(client, f"/invoices/{number}/payments/new", amount="2,000.01", **paying).text
    )
    assert send(client, f"/invoices/{number}/payments/new", amount="2,000.00", **paying).status_code == 302
    assert vendor_invoices.state(invoice()) is InvoiceState.PAID_IN_PART
    (hold,) = db.session.scalars(select(PaymentHold)).all()
    send(client, f"/invoices/holds/{hold.id}", outcome="release", reason="The suspension was set aside")
    payable_by_dph(number)
    assert send(client, f"/invoices/{number}/payments/new", amount="1,000.00", **paying).status_code == 302
    assert vendor_invoices.state(invoice()) is InvoiceState.PAID


def test_what_becomes_known_before_the_approval_is_held_back_then(client: FlaskClient, placed: Placed) -> None:
    placed.file(client)
    suspended(db.session.scalars(select(Credential).where(Credential.party_id == placed.vendor.id)).one(), FIRST)
    number = invoice().id
    fund_manager(client)
    assert send(client, f"/invoices/{number}/approve").status_code == 302
    assert vendor_invoices.amounts(invoice()) == Amounts(3_000_00, waiting=3_000_00)
    assert "Harbor Family Network is without a certification in force" in fetched(client, f"/invoices/{number}")


def test_the_same_days_and_the_same_number_are_refused_until_the_first_one_is_returned(
    client: FlaskClient, placed: Placed
) -> None:
    assert placed.file(client) == 302
    first = invoice().id
    assert placed.file(client, number="H-2") == 422
    assert placed.file(client, number="H-1") == 422
    hr = factories.make_user(Role.VENDOR_HR, placed.vendor)
    fund_manager(client)
    assert send(client, f"/invoices/{first}/return", reason="The hours are of August").status_code == 302
    assert "was returned or approved meanwhile" in send(client, f"/invoices/{first}/approve").text
    sign_in(client, hr)
    assert placed.file(client, number="H-1") == 302
    assert contract_spending.drawn_by_year(placed.contract.id) == {2026: 3_000_00}


def test_an_invoice_that_passes_the_maximum_obligation_is_refused_and_keeps_what_was_typed(
    client: FlaskClient, placed: Placed
) -> None:
    answer = send(client, placed.address, number="H-1", **{f"work_{placed.person.id}_1": "500,000.01"})
    assert answer.status_code == 422
    assert "passes the maximum obligation of FY2026" in answer.text
    assert 'value="500,000.01"' in answer.text
    assert db.session.scalar(select(VendorInvoice.id)) is None


def test_nothing_typed_is_no_invoice_and_another_cost_says_what_it_is_for(client: FlaskClient, placed: Placed) -> None:
    assert "Type at least one amount." in send(client, placed.address, number="H-1").text
    assert "Say what the other cost is for." in send(client, placed.address, number="H-1", other="5.00").text
    assert send(client, placed.address, number="H-1", other="5.00", other_purpose="Interpreters").status_code == 302
    assert vendor_invoices.amounts(invoice()) == Amounts(5_00)


def test_another_vendor_sees_neither_invoice_nor_form(client: FlaskClient, placed: Placed) -> None:
    placed.file(client)
    number = invoice().id
    vendor_hr(client, factories.make_vendor())
    assert client.get(f"/invoices/{number}").status_code == 404
    assert client.get(placed.address).status_code == 404
    assert "H-1" not in fetched(client, "/invoices")


def test_the_drawdown_tells_what_is_left_of_each_contract(client: FlaskClient, placed: Placed) -> None:
    placed.file(client)
    page = fetched(client, "/invoices/drawdown?year=2026")
    assert "$497,000.00" in page
    (row,) = vendor_invoices.drawdown(OPERATOR, 2026)
    assert (row.maximum, row.drawn, row.left) == (500_000_00, 3_000_00, 497_000_00)


def test_a_month_that_is_not_over_is_not_offered_and_an_amount_for_somebody_else_is_not_dropped(
    client: FlaskClient, placed: Placed
) -> None:
    bare = placed.address.partition("?")[0]
    assert "month=" in client.get(bare).location
    this_month = f"{bare}?month={date.today():%Y-%m}"  # noqa: DTZ011  (whichever day the test runs on)
    assert client.get(this_month).status_code == 302
    answer = send(client, placed.address, number="H-1", work_99999_1="10.00")
    assert "Who worked in this month has changed meanwhile." in answer.text
