"""The pages of the fund: typed in by the fund manager, refused beside the field, read by auditors, downloaded."""

import csv
import io
import re
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.fund import FundTrueUp, FundYear, Payer
from certhub.models.fund_accounts import FundPayment
from certhub.queries import fund, fund_reports
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.vocabulary import Role
from tests.factories import make_user, sign_in
from tests.integration.fund.arranged import COUNTED, OVER, billed_year, worked_year
from tests.integration.parties.browsing import fetched, send

CHOICES = {
    "fiscal_year": "2027", "basis": "covered_child_months", "threshold": "1,000,000.00", "excluded_share_to": "payers",
    "admin_cap": "5.00", "reserve_cap": "10.00", "prior_cost": "0", "medicaid_rate": "145",
    "federal_shares": "2026-07-01 50.00", "instalments": "4", "true_up_mode": "pool", "appeal_days": "30",
    "notice_days": "30",
}  # fmt: skip


def desk(client: FlaskClient, role: Role = Role.FUND_MANAGER) -> FlaskClient:
    return sign_in(client, make_user(role))


def test_a_year_is_opened_filled_adopted_and_billed_on_its_pages(client: FlaskClient) -> None:
    desk(client)
    send(client, "/fund/new", **CHOICES)
    send(client, "/fund/payers/new", name="O'Neil Health Plan", kind="hmo", successor_id="0")
    year, payer = db.session.scalars(select(FundYear)).one(), db.session.scalars(select(Payer)).one()
    url = f"/fund/{year.id}"
    assert "The need has no lines yet" in fetched(client, url)
    send(client, f"{url}/lines/new", kind="contract", label="Contract 7", amount="1,000.00", source="Form")
    assert "There are no child-months yet" in fetched(client, url)
    units = {"private": "52", "medicaid": "41", "state_direct": "7", "source": "Count", "knowledge": "estimate"}
    send(client, f"{url}/units", from_month="2026-07-01", to_month="2027-06-01", **units)
    send(
        client, f"{url}/bases/{payer.id}", knowledge="estimate", payments="2,000,000.00", child_months="12,000",
        attributed="", source="Filing",
    )  # fmt: skip
    page = fetched(client, f"{url}/adopt")
    assert "$1,000.00 × 624 ÷ 1,200 = $520.00" in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    send(client, f"{url}/adopt", seen=seen)
    send(client, f"{url}/notices")

    account = fetched(client, f"{url}/accounts/{payer.id}")
    notice = fetched(client, re.findall(r'href="([^"]+/notices/\d+)"', account)[0])
    assert "O'Neil Health Plan" in notice
    assert "$520.00" in notice
    assert "It does not change." in fetched(client, f"{url}/steps/private")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"threshold": "a million"}, "Type an amount"),
        ({"threshold": "-5"}, "not below zero"),
        ({"admin_cap": "101"}, "from 0 to 100"),
        ({"federal_shares": "2026-08-01 50"}, "No federal share counts on July 1, 2026"),
        ({"fiscal_year": "99999"}, "from 2001 to 2199"),
        ({"prior_cost": "9" * 30}, "too large"),
        ({"instalments": "5"}, "Choose one of the answers"),
    ],
)
def test_choices_that_cannot_be_are_refused_and_what_was_typed_is_kept(
    client: FlaskClient, typed: dict[str, str], words: str
) -> None:
    desk(client)

    answer = send(client, "/fund/new", **(CHOICES | typed))

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert "1,000,000.00" in page or "threshold" in typed


def test_what_is_over_its_limit_is_said_on_the_page_of_the_year(client: FlaskClient) -> None:
    worked = worked_year(admin_cap=400)
    desk(client)

    page = fetched(client, f"/fund/{worked.year.id}")

    assert "The limit is 4.00 % of the need of the year" in page
    assert "Look at the shares and adopt them" not in page


@time_machine.travel(OVER, tick=False)
def test_a_payment_is_typed_reversed_and_downloaded(client: FlaskClient) -> None:
    billed = billed_year()
    desk(client)
    url = f"/fund/{billed.year.id}/accounts/{billed.payers[4].id}"
    refused = send(client, f"{url}/payments/new", amount="12.345", received_on="2026-07-01", reference="")
    assert "Type an amount" in refused.get_data(as_text=True)
    assert "12.345" in refused.get_data(as_text=True)
    send(client, f"{url}/payments/new", amount="7,150.00", received_on="2026-07-01", reference="=1+1")
    payment = db.session.scalars(select(FundPayment)).one()
    assert "Paid" in fetched(client, url)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/fund/{billed.year.id}/accounts.csv").text.lstrip("\ufeff"))))
    assert [rows[4][name] for name in ("assessed", "paid", "outstanding")] == ["28600.00", "7150.00", "21450.00"]
    assert sum(float(row["overdue"]) for row in rows) == 988_000 - 7_150

    send(client, f"{url}/payments/{payment.id}/reverse", reason="Returned")
    assert fund_reports.totals(billed.year).paid_cents == 0
    overdue = fetched(client, f"/fund/{billed.year.id}/invoices?status=overdue")
    assert overdue.count("<tr>") == 21
    assert "There are no such instalments" in fetched(client, f"/fund/{billed.year.id}/invoices?status=paid")


@time_machine.travel(OVER, tick=False)
def test_the_true_up_is_looked_at_before_it_is_recorded(client: FlaskClient) -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    desk(client)
    url = f"/fund/{billed.year.id}/true-up"
    typed: dict[str, Any] = {"cost": "1,920,640.00", "earmarked": "0.00", "cost_source": "Accounts", "reason": ""}

    page = send(client, f"{url}/record", **typed).get_data(as_text=True)
    assert "−$63,000.00 is the private part" in page
    assert db.session.scalars(select(FundTrueUp)).all() == []
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    other = send(client, f"{url}/record", **(typed | {"cost": "1,840,000.00", "seen": seen}))
    assert other.status_code == 200
    assert db.session.scalars(select(FundTrueUp)).all() == []
    unexplained = send(client, f"{url}/record", **typed, seen=seen).get_data(as_text=True)
    assert f"{billed.payers[0].name}: its base was not counted." in unexplained
    assert "say why what was foreseen counts" in unexplained
    assert db.session.scalars(select(FundTrueUp)).all() == []
    seen = unexplained.split('name="seen"')[1].split('value="')[1].split('"')[0]
    send(client, f"{url}/record", **typed, seen=seen, gaps_reason="They file once a year")

    recorded = fund.true_up(billed.year)
    assert recorded is not None
    assert recorded.carry_cents == -50_000_00
    page = fetched(client, url)
    assert "It carries −$50,000.00 into FY2027" in page
    assert "They file once a year" in page


def test_an_auditor_reads_everything_and_is_offered_nothing_to_change(client: FlaskClient) -> None:
    billed = billed_year()
    desk(client, Role.AUDITOR)
    account = f"/fund/{billed.year.id}/accounts/{billed.payers[0].id}"

    for url in ("/fund", f"/fund/{billed.year.id}", f"/fund/{billed.year.id}/steps/need", account, "/fund/payers"):
        page = fetched(client, url)
        assert "btn-primary" not in page or "Notice of assessment" in page
        assert "Record a payment" not in page
    assert client.get(f"{account}/payments/new").status_code == 403


def test_a_payer_of_another_year_has_no_account_in_this_one(client: FlaskClient) -> None:
    billed, other = billed_year(), worked_year(2031)
    desk(client)

    assert client.get(f"/fund/{billed.year.id}/accounts/{other.payers[0].id}").status_code == 404
    assert client.get(f"/fund/{other.year.id}/accounts/{other.payers[0].id}").status_code == 404
