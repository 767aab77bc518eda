"""The ledger follows the records: it balances, never goes below zero, and agrees with payers, contracts and year."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from certhub.database import db, transaction
from certhub.models.fund_accounts import FundPayment
from certhub.models.ledger import FundMovement, LedgerEntry, LedgerHead, LedgerPosting
from certhub.queries import ledger
from certhub.queries.reconciliation import of_year
from certhub.rules.last_resort import Source
from certhub.rules.ledger import ACCOUNTS, Account, Cause, MovementKind, Side
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.invoices import AppealOutcome, PaymentKind
from certhub.rules.refusal import Refusal
from certhub.services import fund_accounts, fund_movements, fund_years
from certhub.services import vendor_invoices as services
from tests.factories import sign_in
from tests.integration.fund.arranged import COUNTED, Worked, billed_year, on
from tests.integration.ledger.arranged import NOW, TODAY, Billed
from tests.integration.parties.browsing import fetched, send

pytestmark = pytest.mark.usefixtures("app")
A = Account


def of_payer(billed: Worked, place: int = 0) -> dict[Account, int]:
    posted = ledger.payers_posted(billed.year.fiscal_year, [billed.payers[place].id])
    return {one: cents for one, cents in posted[billed.payers[place].id].items() if cents}


def agrees(billed: Worked) -> bool:
    return of_year(billed.by, billed.year).agrees


def test_a_payers_year_from_notice_to_write_off_stands_in_the_ledger_to_the_cent() -> None:
    billed = billed_year()
    first, second = date(2025, 8, 10), date(2025, 8, 20)
    assert of_payer(billed) == {A.RECEIVABLE: 468_000_00, A.PRIVATE_MONEY: 468_000_00}
    with transaction():
        paid = fund_accounts.record_payment(
            billed.year, billed.payers[0].id, 117_000_00, received_on=first, reference="1", actor=billed.by,
            at=on(first),
        )  # fmt: skip
    assert of_payer(billed) == {A.CASH: 117_000_00, A.RECEIVABLE: 351_000_00, A.PRIVATE_MONEY: 468_000_00}
    with transaction():
        fund_accounts.reverse_payment(billed.year, paid, reason="Returned", actor=billed.by, at=on(second))
    assert of_payer(billed) == {A.RECEIVABLE: 468_000_00, A.PRIVATE_MONEY: 468_000_00}
    with transaction():
        fund_accounts.write_off(
            billed.year, billed.payers[0].id, 8_000_00, on=second, reason="Insolvent", actor=billed.by, at=on(second)
        )
    assert of_payer(billed) == {
        A.RECEIVABLE: 460_000_00, A.WRITTEN_OFF: 8_000_00, A.PRIVATE_MONEY: 468_000_00,
    }  # fmt: skip
    assert agrees(billed)
    causes = db.session.scalars(
        select(LedgerEntry.cause).where(LedgerEntry.payer_id == billed.payers[0].id).order_by(LedgerEntry.number)
    ).all()
    assert causes == [Cause.BILLED, Cause.PAYER_PAID, Cause.PAYER_REVERSED, Cause.WRITTEN_OFF]


def test_an_appeal_that_lowers_an_assessment_that_is_paid_leaves_a_credit_which_is_paid_back() -> None:
    billed = billed_year()
    day = date(2025, 5, 20)
    payer = billed.payers[0].id
    with transaction():
        fund_accounts.record_payment(
            billed.year, payer, 468_000_00, received_on=day, reference="1", actor=billed.by, at=on(day)
        )
        appeal = fund_accounts.file_appeal(
            billed.year, payer, filed_on=day, grounds="Counted twice", actor=billed.by, at=on(day)
        )
        fund_accounts.decide_appeal(
            billed.year, appeal, AppealOutcome.CHANGED, reason="It was", changed_cents=400_000_00, actor=billed.by,
            at=on(day),
        )  # fmt: skip
    assert of_payer(billed) == {A.CASH: 468_000_00, A.CREDITS: 68_000_00, A.PRIVATE_MONEY: 400_000_00}
    with transaction():
        fund_accounts.pay_back(
            billed.year, payer, 68_000_00, paid_on=day, reference="2", reason="Credit", actor=billed.by, at=on(day)
        )
    assert of_payer(billed) == {A.CASH: 400_000_00, A.PRIVATE_MONEY: 400_000_00}
    assert agrees(billed)


def test_a_vendor_is_paid_out_of_the_fund_and_the_cost_stands_with_whoever_bears_it() -> None:
    billed = Billed()
    assert billed.balances() == {A.COST_OPEN: 1_000_00, A.PAYABLE: 1_000_00}
    billed.ask_everybody()
    billed.receive(1_200_00)
    billed.pay(1_000_00)
    assert billed.balances() == {
        A.CASH: 200_00, A.STATE_MONEY: 1_200_00, A.COST_PRIVATE: 520_00, A.COST_MEDICAID: 410_00, A.COST_STATE: 70_00,
    }  # fmt: skip
    found = billed.reconciled()
    assert found.agrees
    (contract,) = found.contracts
    assert (contract.cost.ledger_cents, contract.paid.ledger_cents) == (1_000_00, 1_000_00)


def test_the_fund_never_pays_what_it_does_not_hold() -> None:
    billed = Billed()
    billed.ask_everybody()
    with pytest.raises(Refusal, match=r"The fund holds \$0.00, and this takes \$1,000.00 out of it"):
        billed.pay(1_000_00)
    billed.receive(999_99)
    with pytest.raises(Refusal, match=r"The fund holds \$999.99"):
        billed.pay(1_000_00)
    billed.receive(1)
    billed.pay(1_000_00)
    assert ledger.money().cash_cents == 0
    assert billed.reconciled().agrees


def test_the_database_itself_refuses_a_fund_below_zero() -> None:
    Billed().receive(5_00)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(LedgerHead).values(cash_cents=-1))


def test_cost_is_not_paid_before_it_has_a_payer_and_a_returned_form_says_what_to_do(client: FlaskClient) -> None:
    billed = Billed()
    billed.receive(1_000_00)
    sign_in(client, billed.by)
    address = f"/invoices/{billed.invoice.id}/payments/new"
    answer = send(client, address, paid_on=f"{TODAY}", amount="1,000.00", reference="EFT1")
    assert "$0.00 of this invoice has a payer and is not paid yet." in answer.text
    billed.ask(Source.PRIVATE, 520_00)
    with pytest.raises(Refusal, match=r"\$520.00 of this invoice has a payer"):
        billed.pay(520_01)
    billed.pay(520_00)
    assert billed.balances()[A.PAYABLE] == 480_00


def test_a_movement_is_taken_back_once_and_not_if_the_money_is_spent() -> None:
    billed = Billed()
    number = billed.receive(1_000_00, MovementKind.FEDERAL)

    def back(movement_id: int) -> None:
        with transaction():
            fund_movements.reverse(
                billed.year, db.session.get_one(FundMovement, movement_id), reason="Wrong amount", actor=billed.by,
                at=NOW,
            )  # fmt: skip

    back(number)
    assert billed.balances() == {A.COST_OPEN: 1_000_00, A.PAYABLE: 1_000_00}
    with pytest.raises(Refusal, match="taken back already"):
        back(number)
    last = db.session.scalar(select(func.max(FundMovement.id)))
    assert last is not None
    with pytest.raises(Refusal, match="takes another one back already"):
        back(last)
    spent = billed.receive(1_000_00)
    billed.ask_everybody()
    billed.pay(1_000_00)
    with pytest.raises(Refusal, match=r"The fund holds \$0.00"):
        back(spent)
    assert billed.reconciled().agrees


def test_the_treasury_advances_what_payers_owe_and_is_paid_back_before_the_year_closes() -> None:
    billed = billed_year()
    day = date(2025, 8, 10)

    def move(kind: MovementKind, cents: int) -> None:
        with transaction():
            fund_movements.record(
                billed.year, kind, cents, happened_on=day, reference="Treasury 1", actor=billed.by, at=on(day)
            )

    with pytest.raises(Refusal, match=r"Payers were billed \$988,000.00 for the year, and \$0.00 is advanced"):
        move(MovementKind.ADVANCE, 988_000_01)
    move(MovementKind.ADVANCE, 100_000_00)
    advance = db.session.scalars(select(FundMovement)).one()
    with pytest.raises(Refusal, match=r"\$100,000.00 of the year is advanced"):
        move(MovementKind.REPAYMENT, 100_000_01)
    billed.count(COUNTED, Knowledge.ACTUAL, at=on(date(2026, 7, 10)))
    billed.true_up()
    with pytest.raises(Refusal, match=r"An advance of \$100,000.00 is not paid back"), transaction():
        fund_years.close(billed.year, actor=billed.by, at=on(date(2026, 7, 21)))
    move(MovementKind.REPAYMENT, 100_000_00)
    with pytest.raises(Refusal, match="Take the repayment back first"), transaction():
        fund_movements.reverse(billed.year, advance, reason="Wrong", actor=billed.by, at=on(day))
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=on(date(2026, 7, 21)))
    with pytest.raises(Refusal, match="is closed"):
        move(MovementKind.STATE, 1)
    assert ledger.money().cash_cents == 0


def test_entries_are_numbered_without_gaps_and_each_tells_the_money_after_it() -> None:
    billed = Billed()
    for cents in (300_00, 200_00):
        billed.receive(cents)
    with pytest.raises(Refusal), transaction():
        fund_movements.record(
            billed.year, MovementKind.ADMINISTRATION, 500_01, happened_on=TODAY, reference="P", actor=billed.by, at=NOW
        )
    with transaction():
        fund_movements.record(
            billed.year, MovementKind.ADMINISTRATION, 500_00, happened_on=TODAY, reference="P", actor=billed.by, at=NOW
        )
    rows = db.session.execute(
        select(LedgerEntry.number, LedgerEntry.cash_after_cents).order_by(LedgerEntry.number)
    ).all()
    assert [tuple(row) for row in rows] == [(1, 0), (2, 300_00), (3, 500_00), (4, 0)]


def test_what_is_recorded_beside_the_ledger_is_found() -> None:
    billed = billed_year()
    assert agrees(billed)
    with transaction():
        db.session.execute(
            insert(FundPayment).values(
                fund_year_id=billed.year.id, payer_id=billed.payers[0].id, kind=PaymentKind.PAYMENT, cents=5,
                happened_on=TODAY, recorded_by_id=billed.by.id, recorded_at=NOW,
            )
        )  # fmt: skip
    assert not agrees(billed)


def test_debits_and_credits_of_every_year_are_equal_and_nothing_is_below_zero() -> None:
    billed = Billed()
    billed.receive(2_000_00)
    billed.ask_everybody()
    billed.pay(600_00)
    found = billed.balances()
    sides = {side: sum(cents for one, cents in found.items() if ACCOUNTS[one].side is side) for side in Side}
    assert sides[Side.DEBIT] == sides[Side.CREDIT]
    assert min(found.values()) >= 0


def test_entries_and_postings_are_never_changed() -> None:
    Billed().receive(5_00)
    for table in (LedgerEntry, LedgerPosting, FundMovement):
        with pytest.raises(DBAPIError, match="never changed or removed"), transaction():
            db.session.execute(delete(table))


def test_the_pages_show_balances_journal_and_that_everything_agrees(client: FlaskClient) -> None:
    billed = Billed()
    billed.receive(1_000_00)
    billed.ask_everybody()
    billed.pay(1_000_00)
    sign_in(client, billed.by)
    page = fetched(client, f"/fund/{billed.year.id}/ledger")
    assert "Cost borne by DPH" in page
    assert "$70.00" in page
    of_account = fetched(client, f"/fund/{billed.year.id}/ledger?account=state_money")
    assert "Transfer 1" in of_account
    assert "Payment to a vendor" not in of_account
    of_contract = fetched(client, f"/fund/{billed.year.id}/ledger?contract={billed.contract.id}")
    assert "Only the entries of one contract." in of_contract
    assert "Transfer 1" not in of_contract
    assert "Transfer 1" in fetched(client, f"/fund/{billed.year.id}/ledger?contract=nonsense")
    assert "Nothing is posted here." in fetched(client, f"/fund/{billed.year.id}/ledger?payer=99")
    assert "Everything agrees." in fetched(client, f"/fund/{billed.year.id}/reconciliation")
    address = f"/fund/{billed.year.id}/money/new"
    refused = send(client, address, kind="state", amount="0", happened_on=f"{TODAY}", reference="T")
    assert "Type an amount above zero." in refused.text
    assert send(client, address, kind="state", amount="7", happened_on=f"{TODAY}", reference="T").status_code == 302
    money = fetched(client, f"/fund/{billed.year.id}/money")
    assert "$7.00" in money


def test_days_that_were_held_back_and_are_released_need_a_payer_of_their_own() -> None:
    billed = Billed(suspended_days=10)
    assert billed.balances() == {A.COST_OPEN: 666_67, A.PAYABLE: 666_67}
    billed.ask_everybody(346_67, 273_33)
    assert billed.balances()[A.COST_STATE] == 46_67
    (hold,) = billed.invoice.lines[0].holds
    with transaction():
        services.decide_hold(hold, released=True, reason="Set aside", actor=billed.by, at=NOW)
    assert (billed.balances()[A.COST_OPEN], billed.balances()[A.PAYABLE]) == (333_33, 1_000_00)
    billed.ask_everybody()
    assert billed.balances() == {
        A.COST_PRIVATE: 520_00, A.COST_MEDICAID: 410_00, A.COST_STATE: 70_00, A.PAYABLE: 1_000_00,
    }  # fmt: skip
    assert billed.reconciled().agrees


def test_the_true_up_starts_with_the_cost_in_the_ledger(client: FlaskClient) -> None:
    billed = Billed()
    billed.receive(100_00)
    with transaction():
        fund_movements.record(
            billed.year, MovementKind.ADMINISTRATION, 92_00, happened_on=TODAY, reference="P", actor=billed.by, at=NOW
        )
    sign_in(client, billed.by)
    page = fetched(client, f"/fund/{billed.year.id}/true-up/record")
    assert 'value="1,092.00"' in page
    assert "Ledger of FY2026" in page
