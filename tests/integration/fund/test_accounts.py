"""A payer's account: payments and what takes them back, write-offs, referrals and appeals; lists agree with it."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certhub.database import db, transaction
from certhub.models.fund_accounts import FundPayment
from certhub.queries import fund, fund_accounts, fund_reports
from certhub.queries.fund_accounts import Account
from certhub.queries.reconciliation import of_year
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.fiscal_year import first_day
from certhub.rules.pooled_fund.invoices import AppealOutcome, InvoiceStatus
from certhub.rules.refusal import Refusal
from certhub.services import fund_accounts as accounts
from certhub.services import fund_years
from tests.integration.fund.arranged import COUNTED, OVER, Worked, billed_year, on, worked_year

pytestmark = pytest.mark.usefixtures("app")

SHARE = 468_000_00
YEARS = itertools.count(2030)
LATE = date(2025, 8, 18)


def account(billed: Worked, day: date, place: int = 0) -> Account:
    return fund_accounts.account(billed.by, billed.year, billed.payers[place].id, today=day)


def pay(billed: Worked, cents: int, day: date = LATE, place: int = 0) -> FundPayment:
    with transaction():
        return accounts.record_payment(
            billed.year, billed.payers[place].id, cents, received_on=day, reference="Cheque", actor=billed.by,
            at=on(day),
        )  # fmt: skip


def test_a_reversed_payment_stays_and_is_taken_back_once_by_a_row_of_its_own() -> None:
    billed = billed_year()
    payment = pay(billed, 117_000_00)
    assert account(billed, LATE).standing[0].status is InvoiceStatus.PAID
    with transaction():
        accounts.reverse_payment(billed.year, payment, reason="Returned", actor=billed.by, at=on(LATE))

    found = account(billed, LATE)
    assert [one.cents for one in found.payments] == [117_000_00, -117_000_00]
    assert found.standing[0].status is InvoiceStatus.OVERDUE
    with pytest.raises(Refusal, match="reversed already"), transaction():
        accounts.reverse_payment(billed.year, payment, reason="Again", actor=billed.by, at=on(LATE))
    with pytest.raises(Refusal, match="Only a payment"), transaction():
        accounts.reverse_payment(billed.year, found.payments[1], reason="Back", actor=billed.by, at=on(LATE))


def test_what_was_paid_too_much_is_paid_back_and_no_more() -> None:
    billed = billed_year()
    pay(billed, SHARE + 500_00)

    def back(cents: int) -> None:
        with transaction():
            accounts.pay_back(
                billed.year, billed.payers[0].id, cents, paid_on=LATE, reference="Transfer", reason="Too much",
                actor=billed.by, at=on(LATE),
            )  # fmt: skip

    with pytest.raises(Refusal, match=r"\$500.00 in credit"):
        back(500_01)
    back(500_00)
    assert account(billed, LATE).outstanding_cents == 0
    with pytest.raises(Refusal, match=r"\$0.00 in credit"):
        back(1)


def test_only_an_overdue_instalment_is_referred_and_what_is_written_off_is_borne_by_the_state() -> None:
    billed = billed_year()

    def refer(number: int) -> None:
        with transaction():
            accounts.refer(
                billed.year, billed.payers[0].id, number, on=LATE, to="Attorney General", reason="", actor=billed.by,
                at=on(LATE),
            )  # fmt: skip

    with pytest.raises(Refusal, match="Only what is overdue"):
        refer(2)
    refer(1)
    assert account(billed, LATE).standing[0].status is InvoiceStatus.REFERRED
    with pytest.raises(Refusal, match="Only what is overdue"):
        refer(1)
    with transaction():
        accounts.write_off(
            billed.year, billed.payers[0].id, 117_000_00, on=LATE, reason="Bankrupt", actor=billed.by, at=on(LATE)
        )
    assert account(billed, LATE).standing[0].status is InvoiceStatus.WRITTEN_OFF
    assert fund_reports.totals(billed.year).written_off_cents == 117_000_00
    with pytest.raises(Refusal, match="No more than that"), transaction():
        accounts.write_off(
            billed.year, billed.payers[0].id, SHARE, on=LATE, reason="All of it", actor=billed.by, at=on(LATE)
        )


def test_a_refund_and_a_write_off_are_taken_back_once_by_rows_of_their_own() -> None:
    billed = billed_year()
    pay(billed, SHARE + 500_00)
    with transaction():
        refund = accounts.pay_back(
            billed.year, billed.payers[0].id, 500_00, paid_on=LATE, reference="Transfer", reason="Too much",
            actor=billed.by, at=on(LATE),
        )  # fmt: skip
        gone = accounts.write_off(
            billed.year, billed.payers[1].id, 100_00, on=LATE, reason="Gone", actor=billed.by, at=on(LATE)
        )
    with transaction():
        accounts.reverse_refund(billed.year, refund, reason="Account closed", actor=billed.by, at=on(LATE))
        back = accounts.reverse_write_off(billed.year, gone, reason="It pays", actor=billed.by, at=on(LATE))

    assert account(billed, LATE).outstanding_cents == -500_00
    assert [one.cents for one in account(billed, LATE, 1).write_offs] == [100_00, -100_00]
    assert fund_reports.totals(billed.year).written_off_cents == 0
    assert of_year(billed.by, billed.year).agrees
    with pytest.raises(Refusal, match="reversed already"), transaction():
        accounts.reverse_refund(billed.year, refund, reason="Again", actor=billed.by, at=on(LATE))
    with pytest.raises(Refusal, match="reversed already"), transaction():
        accounts.reverse_write_off(billed.year, gone, reason="Again", actor=billed.by, at=on(LATE))
    with pytest.raises(Refusal, match="Only a payment"), transaction():
        accounts.reverse_write_off(billed.year, back, reason="Back", actor=billed.by, at=on(LATE))
    with pytest.raises(Refusal, match="Only a payment"), transaction():
        accounts.reverse_payment(billed.year, refund, reason="No payment", actor=billed.by, at=on(LATE))


def test_money_that_comes_in_after_the_year_was_closed_is_in_its_account_and_said() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    early = pay(billed, 7_00, OVER.date())
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=on(date(2026, 7, 21)))
    assert fund_reports.late_cents(billed.year) == 0
    pay(billed, 117_000_00, date(2026, 7, 22))
    with transaction():
        accounts.reverse_payment(billed.year, early, reason="Returned", actor=billed.by, at=on(date(2026, 7, 23)))

    assert account(billed, date(2026, 7, 22)).paid_cents == 117_000_00
    assert fund_reports.late_cents(billed.year) == 117_000_00 - 7_00
    assert fund.facts(billed.year).is_closed


def appealed(billed: Worked, day: date = date(2025, 6, 2)) -> Account:
    with transaction():
        accounts.file_appeal(
            billed.year, billed.payers[0].id, filed_on=day, grounds="Counted twice", actor=billed.by, at=on(day)
        )
    return account(billed, day)


def decide(billed: Worked, outcome: AppealOutcome, cents: int | None = None) -> Account:
    day = date(2025, 6, 20)
    appeal = account(billed, day).appeals[0]
    with transaction():
        accounts.decide_appeal(
            billed.year, appeal, outcome, reason="The count was checked", changed_cents=cents, actor=billed.by,
            at=on(day),
        )  # fmt: skip
    db.session.expire_all()
    return account(billed, day)


def test_an_appeal_that_changes_the_assessment_supersedes_it_and_keeps_the_due_days_and_payments() -> None:
    billed = billed_year()
    pay(billed, 117_000_00, date(2025, 6, 1))
    appealed(billed)

    found = decide(billed, AppealOutcome.CHANGED, 400_000_00)

    assert found.assessment.share_cents == 400_000_00
    assert [one.share_cents for one in found.earlier] == [SHARE]
    assert found.notice is not None
    assert found.notice.issued_on == date(2025, 6, 20)
    assert [one.due_on for one in found.standing][:2] == [date(2025, 8, 15), date(2025, 11, 17)]
    assert [one.paid_cents for one in found.standing][:2] == [100_000_00, 17_000_00]
    assert fund_reports.totals(billed.year).total_cents == 988_000_00 - 68_000_00
    with pytest.raises(Refusal, match="decided already"):
        decide(billed, AppealOutcome.STANDS)


@pytest.mark.parametrize("outcome", [AppealOutcome.STANDS, AppealOutcome.WITHDRAWN])
def test_an_appeal_that_changes_nothing_leaves_the_assessment(outcome: AppealOutcome) -> None:
    billed = billed_year()
    appealed(billed)

    found = decide(billed, outcome)

    assert found.assessment.share_cents == SHARE
    assert found.open_appeal is None


def test_an_appeal_is_filed_once_in_its_time_and_against_a_notice() -> None:
    billed = billed_year()
    with pytest.raises(Refusal, match="ended on June 11, 2025"):
        appealed(billed, date(2025, 6, 12))
    appealed(billed, date(2025, 6, 11))
    with pytest.raises(Refusal, match="on record already"):
        appealed(billed, date(2025, 6, 11))

    unbilled = worked_year(2028)
    unbilled.adopt()
    with pytest.raises(Refusal, match="no notice yet"):
        appealed(unbilled)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paid=st.lists(st.integers(1, 60_000_00), max_size=3),
    written_off=st.integers(0, 20_000_00),
    refers=st.booleans(),
    days=st.integers(0, 420),
    noticed=st.none() | st.integers(-60, 400),
    notice_days=st.integers(0, 90),
)
def test_the_lists_say_the_same_as_the_rule(
    *, paid: list[int], written_off: int, refers: bool, days: int, noticed: int | None, notice_days: int
) -> None:
    """Also for a notice that goes out in the middle of the year, so that the first due days are later than planned."""
    fiscal_year = next(YEARS)
    day = first_day(fiscal_year) + timedelta(days=days)
    billed = worked_year(fiscal_year, notice_days=notice_days)
    billed.adopt()
    if noticed is not None:
        billed.notice(on(first_day(fiscal_year) + timedelta(days=noticed)))
    for cents in paid:
        pay(billed, cents, date(2025, 5, 12), place=4)
    found = account(billed, day, place=4)
    with transaction():
        if written_off and found.outstanding_cents >= written_off:
            accounts.write_off(
                billed.year, billed.payers[4].id, written_off, on=day, reason="Gone", actor=billed.by, at=on(day)
            )
        if refers and account(billed, day, place=4).standing[0].status is InvoiceStatus.OVERDUE:
            accounts.refer(
                billed.year, billed.payers[4].id, 1, on=day, to="Court", reason="", actor=billed.by, at=on(day)
            )
    by_rule = account(billed, day, place=4)
    listed = fund_reports.invoices(billed.by, billed.year, today=day).rows
    reported = fund_reports.accounts(billed.by, billed.year, today=day).rows

    own = [row for row in listed if row.payer_id == billed.payers[4].id]
    assert [(one.number, one.due_on, one.paid_cents, one.open_cents, one.status) for one in by_rule.standing] == [
        (row.number, row.due_on, row.paid_cents, row.open_cents, row.status) for row in own
    ]
    late = sum(
        one.open_cents
        for one in by_rule.standing
        if one.status in (InvoiceStatus.OVERDUE, InvoiceStatus.REFERRED) and one.due_on < day
    )
    row = next(row for row in reported if row.payer_id == billed.payers[4].id)
    assert (row.outstanding_cents, row.overdue_cents) == (by_rule.outstanding_cents, late)
