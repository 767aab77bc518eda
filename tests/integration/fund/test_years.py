"""A fund year in the database: adopted and frozen, trued up, closed, opened again and corrected."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from certhub.database import db, transaction
from certhub.models.fund import FundAllocation, FundLine, FundTrueUp, FundUnits, PayerBase
from certhub.models.fund_accounts import Assessment, Instalment, TrueUpLine
from certhub.models.parties import VendorOrganization
from certhub.queries import contract_obligations, fund, fund_accounts, fund_adjustments, fund_reports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import PUBLIC
from certhub.rules.pooled_fund.configuration import CoverageClass, Knowledge, LineKind, PayerKind, TrueUpMode
from certhub.rules.pooled_fund.true_up import Settlement
from certhub.rules.refusal import Refusal, Stale
from certhub.services import audit, fund_shares, fund_years, payers
from certhub.services import fund_accounts as accounts
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from tests.factories import ARRANGING, make_contract, make_vendor
from tests.integration.fund.arranged import (
    ADOPTED,
    COST,
    COUNTED,
    FISCAL_YEAR,
    OVER,
    WORKED,
    Worked,
    billed_year,
    filled,
    on,
    worked_year,
)

pytestmark = pytest.mark.usefixtures("app")


def rows(model: type) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_the_worked_year_is_adopted_to_the_cent_with_all_that_it_rests_on() -> None:
    worked = worked_year()
    worked.adopt()

    found = fund.allocation(worked.year)
    assert found is not None
    assert (found.need_cents, found.private_cents, found.state_cents) == (1_900_000_00, 988_000_00, 133_000_00)
    assert (found.federal_cents, found.match_cents) == (389_500_00, 389_500_00)
    assert len(found.inputs["payers"]) == 5
    assessed = fund_accounts.standing_assessments(worked.year)
    assert [one.total_cents for one in assessed] == [468_000_00, 247_000_00, 158_600_00, 85_800_00, 28_600_00]
    assert rows(Instalment) == 20


def test_an_adopted_allocation_and_money_that_moved_can_never_be_changed() -> None:
    billed = billed_year()
    with transaction():
        accounts.record_payment(
            billed.year, billed.payers[0].id, 5, received_on=ADOPTED.date(), reference="", actor=billed.by, at=ADOPTED
        )
    for statement in (
        "UPDATE fund_allocation SET need_cents = 1", "DELETE FROM assessment", "UPDATE instalment SET cents = 1",
        "UPDATE fund_payment SET cents = 7", "DELETE FROM fund_notice",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="never changed or removed"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_shares_that_changed_since_they_were_looked_at_are_not_adopted() -> None:
    worked = worked_year()
    seen = fund_shares.adoption_fingerprint(worked.by, worked.year)
    worked.count((1, 1, 1), Knowledge.ESTIMATE)

    with pytest.raises(Stale), transaction():
        fund_shares.adopt(worked.year, seen=seen, actor=worked.by, at=ADOPTED)
    assert rows(FundAllocation) == 0


def test_what_adopted_shares_rest_on_does_not_change_and_they_are_adopted_once() -> None:
    worked = worked_year()
    worked.adopt()

    with pytest.raises(Refusal, match="are adopted"):
        worked.count((1, 1, 1), Knowledge.ESTIMATE)
    with pytest.raises(Refusal, match="are adopted"), transaction():
        fund_years.add_line(worked.year, LineKind.CONTRACT, "Late", 5, source="Form", actor=worked.by, at=ADOPTED)
    with pytest.raises(Refusal, match="are adopted"):
        worked.adopt()
    worked.count(COUNTED, Knowledge.ACTUAL)
    assert rows(FundUnits) == 72


def test_what_is_entered_anew_supersedes_and_stays_on_file() -> None:
    worked = worked_year()
    worked.count(COUNTED, Knowledge.ESTIMATE)
    with transaction():
        entry = BaseEntry(1, 2, 3, "Corrected filing")
        fund_years.record_base(worked.year, worked.payers[0], Knowledge.ESTIMATE, entry, actor=worked.by, at=ADOPTED)
        line = fund.lines(worked.year)[0]
        fund_years.withdraw_line(worked.year, line, actor=worked.by, at=ADOPTED)

    assert rows(FundUnits) == 72
    assert len(fund.unit_rows(worked.year, Knowledge.ESTIMATE)) == 36
    assert rows(PayerBase) == 6
    assert len(fund.lines(worked.year)) == rows(FundLine) - 1


@pytest.mark.parametrize(
    ("kind", "cents", "field"), [(LineKind.CONTRACT, -5, "amount"), (LineKind.EARMARKED, -5, "amount")]
)
def test_only_a_carry_is_below_zero(kind: LineKind, cents: int, field: str) -> None:
    worked = worked_year()

    with pytest.raises(Refusal) as refused, transaction():
        fund_years.add_line(worked.year, kind, "Line", cents, source="Form", actor=worked.by, at=ADOPTED)
    assert refused.value.field == field


def test_months_of_another_year_and_a_base_without_a_number_are_refused() -> None:
    worked = worked_year()

    with pytest.raises(Refusal, match="Choose months of FY2026"), transaction():
        fund_years.record_units(
            worked.year, Knowledge.ESTIMATE, dict.fromkeys(CoverageClass, 1), from_on=date(2026, 3, 1),
            to_on=date(2026, 2, 1), source="Count", actor=worked.by, at=ADOPTED,
        )  # fmt: skip
    entry = BaseEntry(None, None, None, "Filing")
    with pytest.raises(Refusal, match="at least one number"), transaction():
        fund_years.record_base(worked.year, worked.payers[0], Knowledge.ESTIMATE, entry, actor=worked.by, at=ADOPTED)


def test_the_surplus_of_the_worked_year_is_carried_into_the_next_one_and_not_typed_twice() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()

    recorded = fund.true_up(billed.year)
    assert recorded is not None
    assert (recorded.private_cents, recorded.carry_cents) == (-63_000_00, -50_000_00)
    lines = fund_accounts.differences(recorded)
    assert [one.delta_cents for one in lines] == [-29_842_11, -15_750_00, -10_113_16, -5_471_05, -1_823_68]
    following = filled(billed.by, billed.payers, 2027)
    assert fund.need_lines(billed.by, following.year)[-1].cents == -50_000_00
    assert fund_adjustments.open_before(following.year) == []
    with pytest.raises(Refusal, match="in the need already"), transaction():
        fund_years.add_line(following.year, LineKind.CARRY, "Carry", -1, source="Form", actor=billed.by, at=OVER)


def test_in_payer_mode_each_credit_is_on_the_next_notice_and_out_of_the_carry() -> None:
    billed = billed_year(true_up_mode=TrueUpMode.PAYER)
    with transaction():
        gone = PayerEntry(billed.payers[4].name, PayerKind.HMO, left_on=date(2026, 3, 31))
        payers.change(billed.payers[4], gone, actor=billed.by, at=OVER)
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    following = filled(billed.by, billed.payers, 2027)
    following.adopt(at=OVER)

    recorded = fund.true_up(billed.year)
    assert recorded is not None
    assert recorded.carry_cents == 13_000_00
    settled = {one.payer_id: (one.delta_cents, one.settlement) for one in fund_accounts.differences(recorded)}
    assert settled[billed.payers[4].id] == (-1_823_68, Settlement.NOW)
    first = fund_accounts.assessment(billed.by, following.year, billed.payers[0].id)
    assert first.adjustment_cents == -29_842_11
    assert first.total_cents == first.share_cents - 29_842_11
    left = fund_accounts.account(billed.by, billed.year, billed.payers[4].id, today=OVER.date())
    assert left.outstanding_cents == 28_600_00 - 1_823_68


def test_a_merged_payers_credit_goes_to_its_successor() -> None:
    billed = billed_year(true_up_mode=TrueUpMode.PAYER)
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    with transaction():
        entry = PayerEntry(
            billed.payers[4].name, PayerKind.HMO, successor_id=billed.payers[3].id, merged_on=date(2026, 9, 1)
        )
        payers.change(billed.payers[4], entry, actor=billed.by, at=OVER)
    following = filled(billed.by, billed.payers, 2027)
    following.adopt(at=OVER)

    assessed = fund_accounts.assessment(billed.by, following.year, billed.payers[3].id)
    assert assessed.adjustment_cents == -5_471_05 - 1_823_68
    assert f"{billed.payers[4].name} on September 1, 2026" in assessed.note
    assert len(fund_accounts.standing_assessments(following.year)) == 4


def test_a_year_is_closed_after_its_true_up_and_then_nothing_is_decided_until_it_is_opened_again() -> None:
    billed = billed_year()
    with pytest.raises(Refusal, match="Record the true-up"), transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
    billed.count(COUNTED, Knowledge.ACTUAL)
    with pytest.raises(Refusal, match="FY2026 ends on June 30, 2026"):
        billed.true_up(at=ADOPTED)
    billed.true_up()
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)

    doings: list[Callable[[], None]] = [
        lambda: billed.count(WORKED, Knowledge.ACTUAL), billed.true_up, lambda: billed.adopt(reason="Anew"),
        lambda: written_off(billed),
    ]  # fmt: skip
    for doing in doings:
        with pytest.raises(Refusal, match="FY2026 is closed"):
            doing()
    with pytest.raises(Refusal, match="Say why"), transaction():
        fund_years.reopen(billed.year, " ", actor=billed.by, at=OVER)


def written_off(billed: Worked) -> None:
    with transaction():
        accounts.write_off(
            billed.year, billed.payers[0].id, 5, on=OVER.date(), reason="Gone", actor=billed.by, at=OVER
        )  # fmt: skip


def test_a_closed_year_is_opened_again_with_a_reason_and_what_is_corrected_supersedes() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    with pytest.raises(Refusal, match="is recorded"):
        billed.true_up()
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
        fund_years.reopen(billed.year, "A late amendment lowered a contract", actor=billed.by, at=OVER)
    with pytest.raises(Refusal, match="Say why"):
        billed.true_up(COST - 10_000_00)
    billed.true_up(COST - 10_000_00, reason="The amendment counts")

    assert rows(FundTrueUp) == 2
    assert rows(TrueUpLine) == 10
    following = filled(billed.by, billed.payers, 2027)
    assert fund.carry(following.year) == -60_000_00


def test_shares_adopted_anew_replace_only_the_assessments_that_change() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
        fund_years.reopen(billed.year, "Wrong base", actor=billed.by, at=OVER)
    before = [one.id for one in fund_accounts.standing_assessments(billed.year)]
    billed.adopt(reason="Nothing changed after all")
    assert [one.id for one in fund_accounts.standing_assessments(billed.year)] == before

    with transaction():
        entry = BaseEntry(500_000_00, 11_000, None, "Corrected filing")
        fund_years.record_base(billed.year, billed.payers[4], Knowledge.ESTIMATE, entry, actor=billed.by, at=OVER)
    billed.adopt(reason="The last payer is below the threshold")

    now = {one.payer_id: one.total_cents for one in fund_accounts.standing_assessments(billed.year)}
    assert now[billed.payers[4].id] == 0
    assert sum(now.values()) == 988_000_00
    assert rows(Assessment) == 10
    assert rows(FundAllocation) == 3


def test_a_year_is_opened_once_and_a_payer_registered_once() -> None:
    worked = worked_year()

    with pytest.raises(Refusal) as refused:
        filled(worked.by, worked.payers, 2026)
    assert refused.value.field == "fiscal_year"
    entry = PayerEntry(worked.payers[0].name.upper(), PayerKind.HMO)
    with pytest.raises(Refusal) as refused, transaction():
        payers.register(entry, actor=worked.by, at=ADOPTED)
    assert refused.value.field == "name"


def test_a_merger_has_a_successor_and_a_day_and_makes_no_circle() -> None:
    worked = worked_year()
    one, other = worked.payers[:2]
    with transaction():
        merged = PayerEntry(one.name, PayerKind.HMO, successor_id=other.id, merged_on=date(2026, 1, 1))
        payers.change(one, merged, actor=worked.by, at=ADOPTED)

    for entry, field in (
        (PayerEntry(other.name, PayerKind.HMO, successor_id=one.id, merged_on=date(2026, 2, 1)), "successor_id"),
        (PayerEntry(other.name, PayerKind.HMO, successor_id=one.id), "merged_on"),
        (PayerEntry(other.name, PayerKind.HMO, merged_on=date(2026, 2, 1)), "successor_id"),
    ):
        with pytest.raises(Refusal) as refused, transaction():
            payers.change(other, entry, actor=worked.by, at=ADOPTED)
        assert refused.value.field == field


def test_whoever_is_not_of_dph_sees_no_year_and_no_payer() -> None:
    billed = billed_year()

    assert fund.page(PUBLIC).rows == []
    assert fund.payers(PUBLIC).rows == []
    assert fund_reports.accounts(PUBLIC, billed.year, today=OVER.date()).rows == []
    assert fund_reports.invoices(PUBLIC, billed.year, today=OVER.date()).rows == []
    with pytest.raises(LookupError):
        fund.one(PUBLIC, billed.year.id)


def test_notices_go_out_once_after_the_adoption() -> None:
    worked = worked_year()
    with pytest.raises(Refusal, match="not adopted yet"):
        worked.notice()
    worked.adopt()
    worked.notice()
    with pytest.raises(Refusal, match="gone out already"):
        worked.notice(on(date(2025, 5, 13)))


def test_an_executed_contract_is_in_the_need_by_itself_until_the_shares_are_adopted() -> None:
    worked = worked_year()
    signed(make_vendor("Harbor Family Collaborative"), "INTF7001")
    (obliged,) = contract_obligations.of_year(worked.by, 2026)

    first = fund.need_lines(worked.by, worked.year)[0]
    assert (first.label, first.cents) == ("INTF7001, Harbor Family Collaborative", obliged.maximum_cents)
    worked.adopt()
    signed(make_vendor(), "INTF7002")

    found = fund.allocation(worked.year)
    assert found is not None
    assert found.need_cents == 1_900_000_00 + obliged.maximum_cents


def signed(vendor: VendorOrganization, number: str) -> None:
    with transaction():
        contract = make_contract(vendor, number)
        audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, contract, at=ADOPTED)


def trued_up_on_budget(year: Worked, budget: int, at: datetime) -> int | None:
    """The carry of a year whose cost and counts were those of its budget."""
    year.count(WORKED, Knowledge.ACTUAL)
    year.true_up(budget, at=at)
    recorded = fund.true_up(year.year)
    return recorded.carry_cents if recorded else None


BUDGET = 1_970_640_00
"""Contracts, administration and reserve of the example: what a year costs that goes as planned."""


def test_a_carry_reaches_the_year_after_whichever_of_both_was_adopted_first() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    early = filled(billed.by, billed.payers, 2027)
    early.adopt()  # in May, before FY2026 is over: without its carry
    billed.true_up()
    assert fund.carry(early.year) == -50_000_00
    assert trued_up_on_budget(early, BUDGET, on(date(2027, 8, 2))) == -50_000_00

    late = filled(billed.by, billed.payers, 2028)
    late.adopt()  # with the carry in its need
    assert trued_up_on_budget(late, BUDGET, on(date(2028, 8, 2))) == 0


def test_a_recorded_true_up_takes_the_place_of_a_typed_carry() -> None:
    billed = billed_year()
    billed.count(COUNTED, Knowledge.ACTUAL)
    following = filled(billed.by, billed.payers, 2027)
    with transaction():
        fund_years.add_line(
            following.year, LineKind.CARRY, "Guess", -50_000_00, source="Guess", actor=billed.by, at=ADOPTED
        )
    billed.true_up()
    carried = [one.cents for one in fund.need_lines(billed.by, following.year) if one.kind is LineKind.CARRY]
    assert carried == [-50_000_00]


def test_earmarked_money_that_was_used_is_not_billed_again() -> None:
    worked = worked_year(FISCAL_YEAR + 1)
    with transaction():
        fund_years.add_line(
            worked.year, LineKind.EARMARKED, "Title V", 40_000_00, source="Award", actor=worked.by, at=ADOPTED
        )
    worked.adopt()
    worked.count(WORKED, Knowledge.ACTUAL)
    worked.true_up(BUDGET, 40_000_00, at=on(date(2027, 8, 2)))
    recorded = fund.true_up(worked.year)
    assert recorded is not None
    assert recorded.carry_cents == 0
    with pytest.raises(Refusal, match="cannot be more than the cost"):
        worked.true_up(BUDGET, BUDGET + 1, at=on(date(2027, 8, 2)), reason="Slip")


def test_what_was_written_off_is_not_counted_again_when_shares_are_adopted_anew() -> None:
    billed = billed_year()
    before = fund.allocation(billed.year)
    with transaction():
        accounts.write_off(
            billed.year, billed.payers[4].id, 100_00, on=OVER.date(), reason="Gone", actor=billed.by, at=OVER
        )
    billed.count(COUNTED, Knowledge.ACTUAL)
    billed.true_up()
    with transaction():
        fund_years.close(billed.year, actor=billed.by, at=OVER)
        fund_years.reopen(billed.year, "Looked at again", actor=billed.by, at=OVER)
    billed.adopt(reason="Nothing changed")
    after = fund.allocation(billed.year)
    assert before is not None
    assert after is not None
    assert after.state_cents == before.state_cents
