"""Payer mode: each difference goes with a notice once, whenever that is, or is settled with whoever left."""

from datetime import date

import pytest

from certhub.database import db, transaction
from certhub.models.fund import FundYear, Payer
from certhub.models.fund_accounts import FundAdjustment
from certhub.queries import fund, fund_accounts, fund_adjustments, fund_reports
from certhub.queries import fund_true_ups as read
from certhub.queries.reconciliation import of_year
from certhub.rules.pooled_fund.configuration import Knowledge, PayerKind, TrueUpMode
from certhub.rules.pooled_fund.invoices import AppealOutcome
from certhub.rules.pooled_fund.true_up import Settlement
from certhub.rules.refusal import Refusal
from certhub.services import fund_accounts as accounts
from certhub.services import fund_true_ups, fund_years, payers
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from tests.integration.fund.arranged import ADOPTED, COST, COUNTED, OVER, Worked, billed_year, filled, on

pytestmark = pytest.mark.usefixtures("app")

DELTAS = [-29_842_11, -15_750_00, -10_113_16, -5_471_05, -1_823_68]


def payer_mode() -> Worked:
    """The worked year in payer mode with what was counted."""
    billed = billed_year(true_up_mode=TrueUpMode.PAYER)
    billed.count(COUNTED, Knowledge.ACTUAL)
    return billed


def left(billed: Worked, place: int, day: date) -> Payer:
    payer = billed.payers[place]
    with transaction():
        payers.change(payer, PayerEntry(payer.name, PayerKind.HMO, left_on=day), actor=billed.by, at=OVER)
    return payer


def adjusted(billed: Worked, year: FundYear) -> list[int]:
    found = {one.payer_id: one.adjustment_cents for one in fund_accounts.standing_assessments(year)}
    return [found.get(payer.id, 0) for payer in billed.payers]


def settled(billed: Worked, payer: Payer) -> None:
    with transaction():
        fund_true_ups.settle(billed.year, payer.id, actor=billed.by, at=OVER)


def test_a_difference_waits_for_the_year_after_next_where_the_next_was_adopted_before_the_true_up() -> None:
    billed = payer_mode()
    early = filled(billed.by, billed.payers, 2027)
    early.adopt()
    billed.true_up()
    assert adjusted(billed, early.year) == [0] * 5

    late = filled(billed.by, billed.payers, 2028)
    late.adopt(OVER)

    assert adjusted(billed, late.year) == DELTAS
    assert fund_adjustments.open_of(billed.year) == {}
    again = filled(billed.by, billed.payers, 2029)
    again.adopt(OVER)
    assert adjusted(billed, again.year) == [0] * 5


def test_shares_that_are_adopted_anew_take_along_what_came_meanwhile_and_nothing_twice() -> None:
    billed = payer_mode()
    early = filled(billed.by, billed.payers, 2027)
    early.adopt()
    early.notice()
    billed.true_up()
    for _ in range(2):
        with transaction():
            fund_years.correct(early.year, "The true-up came", actor=billed.by, at=OVER)
        early.adopt(OVER, reason="The true-up came")
        assert adjusted(billed, early.year) == DELTAS
    notice = fund_accounts.account(billed.by, early.year, billed.payers[0].id, today=OVER.date()).notice
    assert notice is not None
    assert notice.words["parts"][1] == {"label": "Credit of the true-up of FY2026", "cents": DELTAS[0]}
    assert db.session.query(FundAdjustment).count() == 5


def test_a_true_up_that_is_recorded_anew_charges_only_what_no_notice_has_taken() -> None:
    billed = payer_mode()
    billed.true_up()
    following = filled(billed.by, billed.payers, 2027)
    following.adopt(OVER)
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
        fund_years.reopen(billed.year, "A late amendment", actor=billed.by, at=OVER)
    billed.true_up(COST - 100_000_00, reason="The amendment counts")

    third = filled(billed.by, billed.payers, 2028)
    third.adopt(OVER)

    recorded = fund.true_up(billed.year)
    assert recorded is not None
    assert sum(adjusted(billed, third.year)) == recorded.private_cents - sum(DELTAS) == -50_000_00


def test_a_payer_that_left_in_the_year_is_settled_by_the_true_up_with_a_notice_and_in_the_report() -> None:
    billed = payer_mode()
    gone = left(billed, 4, date(2026, 3, 31))
    billed.true_up()

    account = fund_accounts.account(billed.by, billed.year, gone.id, today=OVER.date())
    assert (account.assessment.share_cents, account.assessment.adjustment_cents) == (28_600_00, DELTAS[4])
    assert [one.cents for one in account.standing] == [7_150_00] * 3 + [7_150_00 + DELTAS[4]]
    assert account.notice is not None
    assert account.notice.issued_on == OVER.date()
    assert "you left the market" in account.notice.words["reasons"][1]
    row = next(
        row for row in fund_reports.accounts(billed.by, billed.year, today=OVER.date()).rows if row.payer_id == gone.id
    )
    assert row.total_cents == row.outstanding_cents == 28_600_00 + DELTAS[4]
    following = filled(billed.by, billed.payers, 2027)
    following.adopt(OVER)
    assert adjusted(billed, following.year) == [*DELTAS[:4], 0]
    with pytest.raises(Refusal, match="Nothing of this true-up is open"):
        settled(billed, gone)


def test_an_appeal_that_is_open_when_a_difference_is_settled_can_still_change_the_share() -> None:
    billed = billed_year(true_up_mode=TrueUpMode.PAYER, appeal_days=365)
    billed.count(COUNTED, Knowledge.ACTUAL)
    gone = left(billed, 4, date(2026, 3, 31))
    with transaction():
        appeal = accounts.file_appeal(
            billed.year, gone.id, filed_on=date(2026, 5, 1), grounds="Counted twice", actor=billed.by, at=OVER
        )
    billed.true_up()
    with transaction():
        accounts.decide_appeal(
            billed.year, appeal, AppealOutcome.CHANGED, reason="It was", changed_cents=20_000_00, actor=billed.by,
            at=OVER,
        )  # fmt: skip

    found = fund_accounts.assessment(billed.by, billed.year, gone.id)
    assert (found.share_cents, found.adjustment_cents) == (20_000_00, DELTAS[4])
    billed.true_up(
        reason="The appeal"
    )  # the true-up saw another share, so its difference is larger by what was taken off
    again = fund_accounts.assessment(billed.by, billed.year, gone.id)
    assert again.total_cents == found.total_cents + 28_600_00 - 20_000_00 == 28_600_00 + DELTAS[4]
    assert of_year(billed.by, billed.year).agrees


def test_what_a_payer_that_left_owes_is_one_more_instalment() -> None:
    billed = payer_mode()
    gone = left(billed, 4, date(2026, 3, 31))
    billed.true_up(COST + 500_000_00)

    standing = fund_accounts.account(billed.by, billed.year, gone.id, today=OVER.date()).standing
    assert [one.cents for one in standing][:4] == [7_150_00] * 4
    assert (standing[4].number, standing[4].due_on) == (5, date(2026, 8, 19))
    assert len(standing) == 5


def test_a_payer_that_leaves_after_the_true_up_and_before_its_next_notice_is_settled_by_hand() -> None:
    billed = payer_mode()
    early = filled(billed.by, billed.payers, 2027)
    early.adopt()
    billed.true_up()
    with pytest.raises(Refusal, match="goes with its notice of FY2028"):
        settled(billed, billed.payers[4])
    gone = left(billed, 4, date(2026, 12, 31))
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
    assert read.gone(billed.by, billed.year) == {gone.id}

    settled(billed, gone)

    assert fund_accounts.assessment(billed.by, billed.year, gone.id).adjustment_cents == DELTAS[4]
    assert read.gone(billed.by, billed.year) == frozenset()
    late = filled(billed.by, billed.payers, 2028)
    late.adopt(OVER)
    assert adjusted(billed, late.year) == [*DELTAS[:4], 0]


def test_a_payer_that_leaves_years_later_gets_its_difference_with_the_next_notice() -> None:
    billed = payer_mode()
    gone = left(billed, 4, date(2027, 12, 31))
    billed.true_up()

    recorded = fund.true_up(billed.year)
    assert recorded is not None
    lines = {one.payer_id: one.settlement for one in fund_accounts.differences(recorded)}
    assert lines[gone.id] is Settlement.NEXT_NOTICE


def test_a_payer_that_was_never_assessed_and_left_has_an_account_for_its_difference() -> None:
    billed = payer_mode()
    with transaction():
        new = payers.register(
            PayerEntry("Late filer", PayerKind.HMO, left_on=date(2026, 5, 31)), actor=billed.by, at=ADOPTED
        )
        entry = BaseEntry(5_000_000_00, 20_000, None, "Filing after the year")
        fund_years.record_base(billed.year, new, Knowledge.ACTUAL, entry, actor=billed.by, at=OVER)
    billed.true_up()

    account = fund_accounts.account(billed.by, billed.year, new.id, today=OVER.date())
    assert account.assessment.share_cents == 0
    assert [one.cents for one in account.standing] == [account.assessment.total_cents] == [46_250_00]
    assert account.notice is not None
    assert fund_reports.totals(billed.year).payers == 6


def test_differences_are_charged_to_the_cent_over_years_however_they_were_taken() -> None:
    billed = payer_mode()
    left(billed, 4, date(2026, 3, 31))
    billed.true_up(COST + 7)
    following = filled(billed.by, billed.payers, 2027, true_up_mode=TrueUpMode.PAYER)
    following.adopt(OVER)
    following.notice(OVER)
    following.count(COUNTED, Knowledge.ACTUAL)
    following.true_up(COST - 13, at=on(date(2027, 8, 2)))
    third = filled(billed.by, billed.payers, 2028)
    third.adopt(on(date(2027, 8, 2)))
    third.notice(on(date(2027, 8, 2)))

    due = sum(
        recorded.private_cents for year in (billed, following) if (recorded := fund.true_up(year.year)) is not None
    )
    taken = sum(sum(adjusted(billed, year)) for year in (billed.year, following.year, third.year))
    assert taken == due
    assert all(of_year(billed.by, year).agrees for year in (billed.year, following.year, third.year))
