"""A payer that merges after it was billed: its money follows its assessment, and two mergers at once drop nobody."""

import contextlib
import threading
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.models.fund_accounts import FundPayment
from certhub.queries import fund, fund_accounts, fund_reports
from certhub.queries.fund_accounts import Account
from certhub.queries.reconciliation import of_year
from certhub.rules.pooled_fund.configuration import PayerKind
from certhub.rules.pooled_fund.invoices import InvoiceStatus, PaymentKind
from certhub.rules.vocabulary import Role
from certhub.services import fund_accounts as accounts
from certhub.services import fund_years, payers
from certhub.services.payers import PayerEntry
from tests.at_once import at_once
from tests.factories import make_user, sign_in
from tests.integration.fund.arranged import ADOPTED, Worked, billed_year, on
from tests.integration.fund.test_corrections import changed_on_appeal
from tests.integration.parties.browsing import fetched

OCTOBER = date(2025, 10, 1)


def merged(billed: Worked, place: int = 4, into: int = 3) -> None:
    payer = billed.payers[place]
    entry = PayerEntry(payer.name, PayerKind.HMO, successor_id=billed.payers[into].id, merged_on=date(2025, 9, 1))
    with transaction():
        payers.change(payer, entry, actor=billed.by, at=on(OCTOBER))


def adopted_anew(billed: Worked) -> None:
    with transaction():
        fund_years.correct(billed.year, "Two payers merged", actor=billed.by, at=on(OCTOBER))
    billed.adopt(on(OCTOBER), reason="Two payers merged")


def pay(billed: Worked, cents: int, place: int) -> FundPayment:
    with transaction():
        return accounts.record_payment(
            billed.year, billed.payers[place].id, cents, received_on=OCTOBER, reference="", actor=billed.by,
            at=on(OCTOBER),
        )  # fmt: skip


def account(billed: Worked, place: int) -> Account:
    return fund_accounts.account(billed.by, billed.year, billed.payers[place].id, today=OCTOBER)


@pytest.mark.usefixtures("app")
def test_what_a_merged_payer_paid_and_what_was_written_off_goes_with_its_assessment() -> None:
    billed = billed_year()
    pay(billed, 5_000_00, 4)
    with transaction():
        accounts.write_off(
            billed.year, billed.payers[4].id, 150_00, on=OCTOBER, reason="Too small", actor=billed.by, at=on(OCTOBER)
        )
    before = fund_reports.totals(billed.year)
    merged(billed)
    adopted_anew(billed)

    absorbed, successor = account(billed, 4), account(billed, 3)
    assert (absorbed.assessment.total_cents, absorbed.paid_cents, absorbed.outstanding_cents) == (0, 0, 0)
    assert successor.assessment.total_cents == 85_800_00 + 28_600_00
    assert (successor.paid_cents, successor.written_off_cents) == (5_000_00, 150_00)
    assert successor.payments[0].kind is PaymentKind.TRANSFER
    first = successor.standing[0]
    assert (first.cents, first.status) == (21_450_00 + 7_150_00, InvoiceStatus.OVERDUE)
    assert fund_reports.totals(billed.year) == before
    assert of_year(billed.by, billed.year).agrees


@pytest.mark.usefixtures("app")
def test_a_cheque_of_a_merged_payer_that_is_returned_or_comes_late_counts_for_its_successor() -> None:
    billed = billed_year()
    early = pay(billed, 5_000_00, 4)
    merged(billed)
    adopted_anew(billed)
    with transaction():
        accounts.reverse_payment(billed.year, early, reason="Returned", actor=billed.by, at=on(OCTOBER))
    assert (account(billed, 4).paid_cents, account(billed, 3).paid_cents) == (0, 0)

    pay(billed, 70_00, 4)

    assert (account(billed, 4).paid_cents, account(billed, 3).paid_cents) == (0, 70_00)
    assert of_year(billed.by, billed.year).agrees


@pytest.mark.usefixtures("app")
def test_a_share_that_was_decided_on_appeal_is_worked_out_anew_after_a_merger() -> None:
    billed = billed_year()
    changed_on_appeal(billed, 3, 80_000_00)
    merged(billed)
    adopted_anew(billed)

    assert account(billed, 3).assessment.share_cents == 85_800_00 + 28_600_00
    assert not account(billed, 3).assessment.is_decided


def test_the_account_of_a_successor_leads_to_those_that_merged_into_it(client: FlaskClient) -> None:
    billed = billed_year()
    pay(billed, 5_000_00, 4)
    merged(billed)
    sign_in(client, make_user(Role.AUDITOR))

    page = fetched(client, f"/fund/{billed.year.id}/accounts/{billed.payers[3].id}")

    assert f"{billed.payers[4].name}</bdi></a>: $28,600.00 assessed, $5,000.00 paid" in page
    assert [
        row.payer_id for row in fund_reports.merged_into(billed.by, billed.year, billed.payers[4].id, today=OCTOBER)
    ] == []


def test_two_mergers_at_once_that_lead_into_each_other_leave_one_of_them(committed_app: Flask) -> None:
    by = make_user(Role.FUND_MANAGER)
    with transaction():
        ids = [
            payers.register(PayerEntry(f"Merging {number}", PayerKind.HMO), actor=by, at=ADOPTED).id
            for number in range(4)
        ]

    both_changed = threading.Barrier(2)

    def merge(one: int, into: int, *, waits: bool = True) -> None:
        payer, actor = db.session.get_one(Payer, ids[one]), db.session.get_one(User, by.id)
        entry = PayerEntry(f"Merging {one}", PayerKind.HMO, successor_id=ids[into], merged_on=date(2026, 1, 1))
        with transaction():
            payers.change(payer, entry, actor=actor, at=clock.now())
            if waits:  # until the other one has changed too; it cannot, unless both see the registry as it was before
                with contextlib.suppress(threading.BrokenBarrierError):
                    both_changed.wait(timeout=0.5)

    merge(0, 1, waits=False)
    merge(2, 3, waits=False)
    problems = at_once(committed_app, lambda: merge(1, 2), lambda: merge(3, 0))

    assert len(problems) == 1
    assert "cannot merge into itself" in str(problems[0])
    assert len(fund.mergers()) == 3


@pytest.mark.usefixtures("app")
def test_money_on_the_old_account_follows_although_nothing_was_paid_there_before() -> None:
    billed = billed_year()
    merged(billed)
    adopted_anew(billed)
    pay(billed, 5_000_00, 4)
    assert account(billed, 4).paid_cents == 0
    assert account(billed, 3).paid_cents == 5_000_00
    assert of_year(billed.by, billed.year).agrees
