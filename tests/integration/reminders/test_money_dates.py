"""Caseload reports, invoices of vendors and instalments of payers: told to whoever acts, and ended by what is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.fund_accounts import Assessment, Instalment
from certhub.models.messages import Message
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role
from certhub.services import digests, fund_accounts
from certhub.services.digest_readings import ReadingAgain
from certhub.web.addresses import due_link
from tests.factories import contract_of, make_user, make_vendor, saved, sign_in
from tests.integration.caseload import arranging as caseload
from tests.integration.fund.arranged import Worked, billed_year, on
from tests.integration.parties.browsing import fetched
from tests.integration.reminders.arranging import POLICIES, changed, instant, link, messages, run_on, watch_from
from tests.integration.reminders.dates import after, due, told

K = ObligationKind
NOVEMBER_16 = date(2026, 11, 16)
"""The 15th is a Sunday."""


def test_a_month_with_anybody_in_a_practice_is_reported_by_the_15th(app: Flask) -> None:
    who = caseload.arranged()
    changed(who.hr, email="hr@example.org")
    make_vendor()  # has nobody anywhere, and owes nothing
    watch_from(date(2026, 11, 2))
    run_on(NOVEMBER_16)
    assert NOVEMBER_16 in due(K.CASELOAD_REPORT)
    assert "caseload report for October 2026" in told("hr@example.org")
    caseload.filed(who, {who.pair: caseload.line()})
    left, because = after(NOVEMBER_16 + timedelta(days=1), K.CASELOAD_REPORT)
    assert (NOVEMBER_16 in left, "the report was filed" in because) == (False, True)


def test_a_month_without_anybody_is_owed_no_more(app: Flask) -> None:
    who = caseload.arranged()
    run_on(NOVEMBER_16)
    changed(who.assignment, ends_on=date(2026, 9, 30))
    assert NOVEMBER_16 not in after(NOVEMBER_16, K.CASELOAD_REPORT)[0]


@pytest.fixture
def invoice(app: Flask) -> VendorInvoice:
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor, email="hr@example.org")
    fund = make_user(Role.FUND_MANAGER, email="fund@example.org")
    found = saved(
        VendorInvoice(
            contract_id=contract_of(vendor.id), number="H-1", fiscal_year=2027, starts_on=date(2026, 9, 1),
            ends_on=date(2026, 9, 30), filed_by_id=fund.id, filed_at=datetime(2026, 10, 3, 3, 30, tzinfo=UTC),
        )
    )  # fmt: skip
    saved(
        VendorInvoiceLine(
            invoice_id=found.id, description="Interpreters", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30),
            amount_cents=100_00,
        )
    )  # fmt: skip
    watch_from(date(2026, 10, 5))
    return found


FILED = date(2026, 10, 2)
"""At half past eleven in the evening in Boston, when it was the next day elsewhere."""


def test_fund_managers_are_reminded_of_an_invoice_until_it_is_paid(invoice: VendorInvoice) -> None:
    on_day = FILED + timedelta(days=30)
    run_on(on_day + timedelta(days=1))
    assert due(K.VENDOR_INVOICE) == [on_day]
    assert "invoice H-1" in told("fund@example.org")
    assert "H-1" not in told("hr@example.org")
    changed(invoice, approved_at=invoice.filed_at, approved_by_id=invoice.filed_by_id)
    assert after(on_day, K.VENDOR_INVOICE) == ([on_day], [])
    saved(
        VendorPayment(
            invoice_id=invoice.id, paid_on=on_day, amount_cents=100_00, reference="P1",
            recorded_by_id=invoice.filed_by_id, recorded_at=invoice.filed_at,
        )
    )  # fmt: skip
    assert after(on_day, K.VENDOR_INVOICE) == ([], ["it was paid"])


def test_a_returned_invoice_waits_for_the_vendor_until_another_one_comes_in(invoice: VendorInvoice) -> None:
    changed(invoice, returned_at=datetime(2026, 10, 6, 15, tzinfo=UTC), return_reason="The amount is wrong")
    on_day = date(2026, 11, 5)
    run_on(on_day)
    assert (due(K.VENDOR_INVOICE), due(K.INVOICE_RETURNED)) == ([], [on_day])
    assert "returned invoice H-1" in told("hr@example.org")
    saved(
        VendorInvoice(
            contract_id=invoice.contract_id, number="H-2", fiscal_year=2027, starts_on=invoice.starts_on,
            ends_on=invoice.ends_on, filed_by_id=invoice.filed_by_id, filed_at=datetime(2026, 11, 5, tzinfo=UTC),
        )
    )  # fmt: skip
    assert after(on_day, K.INVOICE_RETURNED) == ([], ["another invoice came in"])


@pytest.fixture
def billed(app: Flask) -> Worked:
    found = billed_year()
    changed(found.by, email="fund@example.org")
    changed(found.payers[0], email="bills@payer.example.org", attention="Accounts payable")
    watch_from(date(2025, 6, 2))
    return found


def first_instalment(billed: Worked) -> Instalment:
    return db.session.scalars(
        select(Instalment)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .where(Assessment.payer_id == billed.payers[0].id)
        .order_by(Instalment.number)
    ).first()  # type: ignore[return-value]  # the year is billed


def test_a_payer_hears_of_its_instalments_and_the_fund_once_they_are_overdue(app: Flask, billed: Worked) -> None:
    one = first_instalment(billed)
    run_on(one.planned_on - timedelta(days=30))
    body = told("bills@payer.example.org")
    assert f"{billed.payers[0].name}: instalment 1 of fiscal year 2026" in body
    assert f"{one.cents / 100:,.2f}" in body
    assert due_link(app)(None) not in body  # a payer has no account, and gets no link
    assert told("fund@example.org") == ""
    run_on(one.planned_on + timedelta(days=3))  # the day after it is a Saturday
    assert "An overdue instalment can be referred" in told("fund@example.org")
    named = db.session.scalars(select(Message.recipient_name).where(Message.recipient == "bills@payer.example.org"))
    assert set(named) == {"Accounts payable"}


def test_dph_reads_what_a_payer_was_told_and_what_comes(client: FlaskClient, billed: Worked) -> None:
    one = first_instalment(billed)
    day = one.planned_on - timedelta(days=30)
    run_on(day)
    page = f"/fund/payers/{billed.payers[0].id}/reminders"
    with time_machine.travel(instant(day), tick=False):
        sign_in(client, billed.by)
        assert "Reminders for" in fetched(client, page)
        assert "bills@payer.example.org" in fetched(client, page)
        assert "What comes next" in fetched(client, page)
        assert page in fetched(client, "/fund/payers")
        assert client.get("/fund/payers/99999/reminders").status_code == 404
        with transaction():
            fund_accounts.record_payment(
                billed.year, billed.payers[0].id, one.cents, received_on=day, reference="W1", actor=billed.by,
                at=instant(day),
            )  # fmt: skip
        assert "$0.00" not in fetched(client, page)


def test_a_payer_whose_address_changed_is_written_to_at_the_new_one(billed: Worked) -> None:
    day = first_instalment(billed).planned_on - timedelta(days=30)
    run_on(day)
    (waiting,) = [one for one in messages() if one.recipient == "bills@payer.example.org"]
    changed(billed.payers[0], email="new@payer.example.org")

    with transaction():
        assert digests.read_again(waiting.id, ReadingAgain(day, POLICIES), link=link, at=instant(day)) is None
    run_on(day + timedelta(days=1))

    assert told("new@payer.example.org").count("instalment 1 of fiscal year 2026") == 1


def test_money_ends_the_reminders_of_the_oldest_instalment_first(billed: Worked) -> None:
    one = first_instalment(billed)
    run_on(date(2025, 6, 3))
    before = len(due(K.PAYER_INSTALMENT))
    with transaction():
        fund_accounts.record_payment(
            billed.year, billed.payers[0].id, one.cents, received_on=date(2025, 6, 3), reference="W1",
            actor=billed.by, at=on(date(2025, 6, 3)),
        )  # fmt: skip
    left, because = after(date(2025, 6, 4), K.PAYER_INSTALMENT)
    assert (len(left), because) == (before - 1, ["it was paid"])
