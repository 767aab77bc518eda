"""The pages on which shares are corrected, differences settled, and refunds and write-offs reversed."""

import time_machine
from flask.testing import FlaskClient

from certhub.queries import fund, fund_accounts, fund_reports
from certhub.rules.pooled_fund.configuration import Knowledge, TrueUpMode
from certhub.rules.pooled_fund.invoices import PaymentKind
from certhub.rules.vocabulary import Role
from tests.factories import make_user, sign_in
from tests.integration.fund.arranged import COUNTED, OVER, Worked, billed_year
from tests.integration.fund.test_corrections import based, changed_on_appeal, opened
from tests.integration.fund.test_settlements import DELTAS, left, payer_mode
from tests.integration.parties.browsing import fetched, send


def desk(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.FUND_MANAGER))


def account(billed: Worked, place: int) -> str:
    return f"/fund/{billed.year.id}/accounts/{billed.payers[place].id}"


@time_machine.travel("2025-10-01 15:00:00Z", tick=False)
def test_shares_are_opened_corrected_and_adopted_anew_on_their_pages(client: FlaskClient) -> None:
    billed = billed_year()
    changed_on_appeal(billed, 1, 200_000_00)
    desk(client)
    url = f"/fund/{billed.year.id}"
    assert "Correct the shares" in fetched(client, url)
    refused = send(client, f"{url}/correct", reason=" ")
    assert "Say what was wrong." in refused.get_data(as_text=True)
    send(client, f"{url}/correct", reason="Read wrongly")
    page = fetched(client, url)
    assert "Being corrected" in page
    assert "shares opened to be corrected" in page
    based(billed, 0, 200_000)

    page = fetched(client, f"{url}/adopt")
    assert "Shares that were decided on appeal" in page
    assert "The decision" in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    send(client, f"{url}/adopt", seen=seen, reason="Read wrongly")

    assert "Billed" in fetched(client, url)
    page = fetched(client, account(billed, 0))
    assert "$494,000.00" in page
    assert "Overdue" in page
    assert "Notice of May 12, 2025</a>, replaced" in page


@time_machine.travel(OVER, tick=False)
def test_a_true_up_that_was_overtaken_says_so_and_the_year_cannot_be_closed(client: FlaskClient) -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    opened(billed, OVER.date())
    based(billed, 0, 200_000, OVER.date())
    billed.adopt(OVER, reason="Read wrongly")
    desk(client)

    page = fetched(client, f"/fund/{billed.year.id}")
    assert "The true-up is out of date." in page
    assert "Close the year" not in page
    assert "Work the true-up out anew" in fetched(client, f"/fund/{billed.year.id}/true-up")
    refused = send(client, f"/fund/{billed.year.id}/close").get_data(as_text=True)
    assert "Record it anew before you close the year." in refused
    assert not fund.facts(billed.year).is_closed


@time_machine.travel(OVER, tick=False)
def test_a_difference_is_settled_from_the_page_of_the_true_up(client: FlaskClient) -> None:
    billed = payer_mode()
    billed.true_up()
    desk(client)
    url = f"/fund/{billed.year.id}/true-up"
    assert "With the next notice" in fetched(client, url)
    gone = left(billed, 4, OVER.date().replace(month=6))
    assert "Settle −$1,823.68 now" in fetched(client, url)

    send(client, f"{url}/payers/{gone.id}/settle")

    page = fetched(client, url)
    assert "−$1,823.68 at once" in page
    assert "now<span" not in page
    assert f"FY2026: −${-DELTAS[4] // 100:,}" in fetched(client, account(billed, 4))
    assert billed.year.true_up_mode is TrueUpMode.PAYER


@time_machine.travel(OVER, tick=False)
def test_refunds_and_write_offs_are_reversed_from_the_account(client: FlaskClient) -> None:
    billed = billed_year()
    desk(client)
    url = account(billed, 4)
    send(client, f"{url}/payments/new", amount="28,700.00", received_on="2026-07-01", reference="1")
    send(client, f"{url}/refunds/new", amount="100.00", received_on="2026-07-02", reference="2", reason="Too much")
    found = fund_accounts.account(billed.by, billed.year, billed.payers[4].id, today=OVER.date())
    refund = next(one for one in found.payments if one.kind is PaymentKind.REFUND)
    assert "Reverse the refund of $100.00" in fetched(client, f"{url}/payments/{refund.id}/reverse")
    send(client, f"{url}/payments/{refund.id}/reverse", reason="The account is closed")
    assert "$100.00" in fetched(client, url)
    assert fund_reports.totals(billed.year).paid_cents == 28_700_00

    other = account(billed, 3)
    send(client, f"{other}/write-offs/new", amount="10.00", written_off_on="2026-07-01", reason="Small")
    (gone,) = fund_accounts.collectable(billed.year, billed.payers[3].id)
    send(client, f"{other}/write-offs/{gone.id}/reverse", reason="It pays")
    assert "Write-off reversed" in fetched(client, other)
    assert client.get(f"{url}/write-offs/{gone.id}/reverse").status_code == 404
