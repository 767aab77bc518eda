"""Steps 1 to 5 and 7 of the pooled fund: the worked year to the cent, the limits, and what goes where."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    ExcludedShareTo,
    FederalShare,
    LineKind,
    TrueUpMode,
    read_federal_shares,
    require_configuration,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day, months, true_up_due_on
from certhub.rules.pooled_fund.invoices import outstanding
from certhub.rules.pooled_fund.payers import PayerFacts, keeps_decision, require_no_circle
from certhub.rules.pooled_fund.records import plain
from certhub.rules.pooled_fund.shares import Inputs, NeedLine, allocation, carry_line, steps_so_far
from certhub.rules.pooled_fund.true_up import Actual, Assessed, Settlement, require_over, true_up
from certhub.rules.refusal import Refusal

C, K = CoverageClass, LineKind
YEAR = 2027
CHOSEN = Configuration(
    YEAR, prior_cost_cents=1_780_000_00, medicaid_rate_cents=145_00,
    federal_shares=(FederalShare(date(2026, 7, 1), 5000),),
)  # fmt: skip
LINES = (
    NeedLine(K.CONTRACT, "Contracts", 1_840_000_00),
    NeedLine(K.ADMINISTRATION, "Administration", 92_000_00),
    NeedLine(K.RESERVE, "Reserve", 38_640_00),
    NeedLine(K.CARRY, "Surplus", -70_640_00),
)
PAYERS = tuple(
    PayerFacts(number, f"P{number}", child_months, 5_000_000_00)
    for number, child_months in enumerate((180_000, 95_000, 61_000, 33_000, 11_000), start=1)
)


def units(private: int, medicaid: int, state: int) -> dict[date, dict[CoverageClass, int]]:
    """The same units each month, in hundredths."""
    return {month: {C.PRIVATE: private, C.MEDICAID: medicaid, C.STATE_DIRECT: state} for month in months(YEAR)}


WORKED = Inputs(CHOSEN, LINES, units(59_800, 47_150, 8_050), PAYERS)
COUNTED = units(50_00, 43_00, 7_00)


def need(cents: int) -> tuple[NeedLine, ...]:
    return (NeedLine(K.CONTRACT, "Contracts", cents),)


def test_the_worked_year_comes_out_to_the_cent() -> None:
    found = allocation(WORKED)

    assert found.need_cents == 1_900_000_00
    assert found.split == {C.PRIVATE: 988_000_00, C.MEDICAID: 779_000_00, C.STATE_DIRECT: 133_000_00}
    assert found.private.assessed == {1: 468_000_00, 2: 247_000_00, 3: 158_600_00, 4: 85_800_00, 5: 28_600_00}
    assert (found.medicaid.federal_cents, found.medicaid.match_cents) == (389_500_00, 389_500_00)
    assert found.state_cents == 133_000_00
    assert [step.key for step in found.steps] == ["need", "classes", "private", "medicaid", "state"]
    assert "P1: $988,000.00 × 180,000 ÷ 380,000 = $468,000.00" in found.private.step.formulas


@pytest.mark.parametrize(
    ("mode", "carry", "settlement"),
    [(TrueUpMode.POOL, -50_000_00, Settlement.POOL), (TrueUpMode.PAYER, 13_000_00, Settlement.NEXT_NOTICE)],
)
def test_the_worked_true_up_counts_the_private_part_once_in_both_modes(
    mode: TrueUpMode, carry: int, settlement: Settlement
) -> None:
    adopted = allocation(WORKED)
    actual = replace(WORKED, configuration=replace(CHOSEN, true_up_mode=mode), units=COUNTED)

    found = true_up(
        actual,
        Actual(1_850_000_00),
        Assessed(adopted.private.assessed, adopted.medicaid.allowable_cents, adopted.state_cents),
    )

    assert found.private_cents == -63_000_00
    assert [one.cents for one in found.differences] == [-29_842_11, -15_750_00, -10_113_16, -5_471_05, -1_823_68]
    assert sum(one.actual_cents for one in found.differences) == 925_000_00
    assert found.private_cents + found.medicaid_cents + found.state_cents == 1_850_000_00 - 1_900_000_00
    assert found.carry_cents == carry
    assert {one.settlement for one in found.differences} == {settlement}


def test_what_a_payer_was_assessed_before_it_merged_counts_for_its_successor() -> None:
    adopted = allocation(WORKED)
    merged = (*PAYERS[:4], replace(PAYERS[4], successor_id=4, merged_on=date(2027, 2, 1)))
    actual = replace(WORKED, payers=merged, units=COUNTED)

    found = true_up(
        actual,
        Actual(1_850_000_00),
        Assessed(adopted.private.assessed, adopted.medicaid.allowable_cents, adopted.state_cents),
    )

    last = found.differences[-1]
    assert (last.payer_id, last.assessed_cents, last.actual_cents) == (4, 85_800_00 + 28_600_00, 107_105_26)
    assert found.private_cents == -63_000_00


def test_a_payer_that_left_is_settled_now_and_only_in_payer_mode() -> None:
    adopted = allocation(WORKED)
    left = (replace(PAYERS[0], left_on=date(2027, 3, 31)), *PAYERS[1:])
    actual = replace(WORKED, configuration=replace(CHOSEN, true_up_mode=TrueUpMode.PAYER), units=COUNTED, payers=left)

    found = true_up(
        actual,
        Actual(1_850_000_00),
        Assessed(adopted.private.assessed, adopted.medicaid.allowable_cents, adopted.state_cents),
    )

    assert [one.settlement for one in found.differences][:2] == [Settlement.NOW, Settlement.NEXT_NOTICE]


@pytest.mark.parametrize(
    ("left_on", "next_year", "settled"),
    [
        (date(2027, 3, 31), 2028, Settlement.NOW),
        (date(2027, 6, 30), 2028, Settlement.NOW),
        (date(2027, 7, 1), 2028, Settlement.NEXT_NOTICE),
        (date(2028, 6, 30), 2029, Settlement.NOW),
        (date(2031, 6, 30), 2029, Settlement.NEXT_NOTICE),
        (None, 2028, Settlement.NEXT_NOTICE),
    ],
)
def test_only_who_gets_no_later_notice_is_settled_now(
    left_on: date | None, next_year: int, settled: Settlement
) -> None:
    adopted = allocation(WORKED)
    left = (replace(PAYERS[0], left_on=left_on), *PAYERS[1:])
    actual = replace(WORKED, configuration=replace(CHOSEN, true_up_mode=TrueUpMode.PAYER), units=COUNTED, payers=left)
    assessed = Assessed(adopted.private.assessed, adopted.medicaid.allowable_cents, adopted.state_cents)

    found = true_up(actual, Actual(1_850_000_00), assessed, next_year=next_year)

    assert found.differences[0].settlement is settled


def test_a_carry_is_a_line_of_the_next_year() -> None:
    assert carry_line(-50_000_00, 2026).label == "Carry of FY2026 (surplus)"
    assert carry_line(1, 2026).label == "Carry of FY2026 (shortfall)"


@pytest.mark.parametrize(
    ("kind", "cents", "words"),
    [
        (K.ADMINISTRATION, 98_000_00, r"Administration is \$98,000.00. The limit is 5.00 % .* Lower it by"),
        (K.RESERVE, 178_000_01, r"The reserve is \$178,000.01. .* Lower it by \$0.01"),
    ],
)
def test_what_is_over_its_limit_is_refused_with_the_limit(kind: LineKind, cents: int, words: str) -> None:
    lines = (NeedLine(K.CONTRACT, "Contracts", 1_840_000_00), NeedLine(kind, "Line", cents))

    with pytest.raises(Refusal, match=words):
        allocation(replace(WORKED, lines=lines))


@pytest.mark.parametrize(("kind", "cents"), [(K.ADMINISTRATION, 96_842_10), (K.RESERVE, 178_000_00)])
def test_what_is_exactly_at_its_limit_is_taken(kind: LineKind, cents: int) -> None:
    lines = (NeedLine(K.CONTRACT, "Contracts", 1_840_000_00), NeedLine(kind, "Line", cents))

    assert allocation(replace(WORKED, lines=lines)).need_cents == 1_840_000_00 + cents


def test_a_negative_need_is_paid_back_in_the_same_shares() -> None:
    lines = (*need(100_00), NeedLine(K.CARRY, "Surplus", -1_150_00))

    found = allocation(replace(WORKED, lines=lines))

    assert found.need_cents == -1_050_00
    assert sum(found.split.values()) == -1_050_00
    assert all(cents < 0 for cents in found.private.assessed.values())
    assert found.medicaid.gap_cents == 0
    assert "money back" in found.steps[0].warnings[0]


def test_earmarked_money_is_spent_first() -> None:
    lines = (*need(100_00), NeedLine(K.EARMARKED, "Title V", 40_00))

    assert allocation(replace(WORKED, lines=lines)).need_cents == 60_00


def test_without_child_months_the_need_cannot_be_shared_and_the_page_says_what_is_missing() -> None:
    with pytest.raises(Refusal, match="Enter the units first"):
        allocation(replace(WORKED, units=units(0, 0, 0)))

    assert steps_so_far(replace(WORKED, lines=()))[1].startswith("The need has no lines yet.")
    steps, problem = steps_so_far(replace(WORKED, units={}))
    assert [step.key for step in steps] == ["need"]
    assert "Enter the units" in problem


SMALL = (*PAYERS, PayerFacts(6, "Small", 20_000, 999_999_99))


def test_a_payer_one_cent_below_the_threshold_is_out_and_the_others_bear_its_share() -> None:
    found = allocation(replace(WORKED, payers=SMALL))

    assert found.private.assessed == allocation(WORKED).private.assessed
    assert found.private.to_state_cents == 0
    assert (
        found.private.step.lines[-1].note
        == "20,000 covered child-months; below the threshold with $999,999.99, not assessed"
    )


def test_a_payer_at_the_threshold_is_in() -> None:
    at = (*PAYERS, PayerFacts(6, "Small", 20_000, 1_000_000_00))

    assert allocation(replace(WORKED, payers=at)).private.assessed[6] == 49_400_00


def test_the_state_bears_the_share_of_whoever_is_out_where_the_year_says_so() -> None:
    chosen = replace(CHOSEN, excluded_share_to=ExcludedShareTo.STATE)

    found = allocation(replace(WORKED, configuration=chosen, payers=SMALL))

    assert found.private.to_state_cents == 49_400_00
    assert found.private.assessed[1] == 444_600_00
    assert found.state_cents == 133_000_00 + 49_400_00


@pytest.mark.parametrize("payers", [(), (PayerFacts(1, "P1", 5, 10),), (PayerFacts(1, "P1", 0, 10**12),)])
def test_without_a_payer_in_scope_the_private_share_moves_to_the_state_with_a_warning(
    payers: tuple[PayerFacts, ...],
) -> None:
    found = allocation(replace(WORKED, payers=payers))

    assert found.private.assessed == {}
    assert found.state_cents == 133_000_00 + 988_000_00
    assert "No payer is in scope: the whole private share moves to the state." in found.private.step.warnings


def test_a_payer_whose_surcharge_payments_nobody_knows_stops_the_shares() -> None:
    with pytest.raises(Refusal, match="surcharge payments of Unknown are not on file"):
        allocation(replace(WORKED, payers=(PayerFacts(1, "Unknown", 5, None),)))

    without = replace(WORKED, configuration=replace(CHOSEN, threshold_cents=0), payers=(PayerFacts(1, "A", 5, None),))
    assert allocation(without).private.assessed == {1: 988_000_00}


@pytest.mark.parametrize(
    ("own", "other", "assessed"),
    [(1_000_000_00, None, True), (None, 1_000_000_00, True), (600_000_00, 400_000_00, True)],
)
def test_what_is_known_of_merged_payers_can_be_enough(own: int | None, other: int | None, *, assessed: bool) -> None:
    assert (1 in allocation(replace(WORKED, payers=pair(own, other))).private.assessed) is assessed


@pytest.mark.parametrize(
    ("own", "other", "unknown"),
    [(600_000_00, None, "Absorbed"), (None, 600_000_00, "Whole"), (None, None, "Whole, Absorbed")],
)
def test_what_is_unknown_of_merged_payers_is_not_zero(own: int | None, other: int | None, unknown: str) -> None:
    with pytest.raises(Refusal, match=f"surcharge payments of {unknown} are not on file"):
        allocation(replace(WORKED, payers=pair(own, other)))


def test_a_payer_that_merged_before_the_year_owes_no_numbers_for_it() -> None:
    whole, _ = pair(600_000_00, None)
    before = PayerFacts(2, "Absorbed", 0, None, successor_id=1, merged_on=date(2026, 6, 30))

    assert allocation(replace(WORKED, payers=(whole, before))).private.assessed == {}
    with pytest.raises(Refusal, match="of Absorbed are not on file"):
        allocation(replace(WORKED, payers=(whole, replace(before, merged_on=date(2026, 7, 1)))))


def pair(own: int | None, other: int | None) -> tuple[PayerFacts, PayerFacts]:
    """A payer and one that merged into it in the year, with what is known of their payments."""
    return PayerFacts(1, "Whole", 5, own), PayerFacts(
        2, "Absorbed", 5, other, successor_id=1, merged_on=date(2027, 1, 1)
    )


@pytest.mark.parametrize(
    ("payer", "keeps"),
    [(1, True), (2, False), (3, False), (4, True)],
    ids=["alone", "absorbed", "gains", "gained before"],
)
def test_a_share_that_was_decided_stays_unless_a_merger_changes_who_bears_it(payer: int, *, keeps: bool) -> None:
    assert keeps_decision(payer, {2: 3, 5: 4}, {1: 10, 2: 10, 3: 10, 4: 10, 5: 0}) is keeps


def test_the_base_of_a_payer_that_merges_in_the_year_goes_to_its_successor_and_the_line_says_so() -> None:
    merged = (*PAYERS[:4], replace(PAYERS[4], successor_id=4, merged_on=date(2027, 6, 30)))

    found = allocation(replace(WORKED, payers=merged))

    assert found.private.assessed[4] == 85_800_00 + 28_600_00
    assert 5 not in found.private.assessed
    assert "includes what merged into it: P5 on June 30, 2027" in found.private.step.lines[3].note


def test_a_merger_after_the_year_changes_nothing_and_a_chain_of_mergers_ends_at_its_last() -> None:
    later = (*PAYERS[:4], replace(PAYERS[4], successor_id=4, merged_on=date(2027, 7, 1)))
    chain = (
        *PAYERS[:3], replace(PAYERS[3], successor_id=3, merged_on=date(2026, 9, 1)),
        replace(PAYERS[4], successor_id=4, merged_on=date(2026, 8, 1)),
    )  # fmt: skip

    assert allocation(replace(WORKED, payers=later)).private.assessed == allocation(WORKED).private.assessed
    assert allocation(replace(WORKED, payers=chain)).private.assessed[3] == 158_600_00 + 85_800_00 + 28_600_00


def test_a_payer_that_left_before_the_year_is_not_assessed() -> None:
    left = (*PAYERS[:4], replace(PAYERS[4], left_on=date(2026, 6, 30)))

    assert 5 not in allocation(replace(WORKED, payers=left)).private.assessed


@pytest.mark.parametrize(("payer", "successor"), [(1, 1), (1, 2), (1, 3)])
def test_a_merger_in_a_circle_is_refused(payer: int, successor: int) -> None:
    with pytest.raises(Refusal, match="cannot merge into itself"):
        require_no_circle(payer, successor, {3: 2, 2: 1})


def test_medicaid_pays_up_to_its_rate_and_the_rest_moves_to_the_state() -> None:
    found = allocation(replace(WORKED, configuration=replace(CHOSEN, medicaid_rate_cents=100_00)))

    assert found.medicaid.allowable_cents == 565_800_00
    assert found.medicaid.gap_cents == 779_000_00 - 565_800_00
    assert found.state_cents == 133_000_00 + found.medicaid.gap_cents


def test_each_month_has_the_federal_share_of_its_day() -> None:
    shares = (FederalShare(date(2025, 10, 1), 5000), FederalShare(date(2026, 10, 1), 5620))

    found = allocation(replace(WORKED, configuration=replace(CHOSEN, federal_shares=shares))).medicaid

    assert found.federal_cents == 194_750_00 // 2 + 328_348_50
    assert found.federal_cents + found.match_cents == 779_000_00


AMOUNT = st.integers(0, 10**10)


@given(
    contracts=AMOUNT, carry=st.integers(-(10**10), 10**10),
    counted=st.lists(st.integers(0, 10**6), min_size=3, max_size=3).filter(any),
    payers=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 2 * 10**8)), max_size=8),
    rate=st.integers(0, 500_00), to=st.sampled_from(ExcludedShareTo),
)  # fmt: skip
def test_somebody_bears_every_cent_of_the_need(
    *, contracts: int, carry: int, counted: list[int], payers: list[tuple[int, int]], rate: int, to: ExcludedShareTo
) -> None:
    chosen = replace(CHOSEN, medicaid_rate_cents=rate, excluded_share_to=to)
    lines = (*need(contracts), NeedLine(K.CARRY, "Carry", carry))
    facts = tuple(PayerFacts(number, f"P{number}", *one) for number, one in enumerate(payers))

    found = allocation(Inputs(chosen, lines, units(*counted), facts))

    borne = found.private.assessed_cents + found.medicaid.federal_cents + found.medicaid.match_cents + found.state_cents
    assert borne == found.need_cents == contracts + carry


@given(AMOUNT, st.lists(st.integers(0, 10**6), min_size=3, max_size=3).filter(any), st.sampled_from(TrueUpMode))
def test_the_differences_of_the_payers_add_up_to_the_private_part(
    cost: int, counted: list[int], mode: TrueUpMode
) -> None:
    adopted = allocation(WORKED)
    actual = replace(WORKED, configuration=replace(CHOSEN, true_up_mode=mode), units=units(*counted))
    assessed = Assessed(adopted.private.assessed, adopted.medicaid.allowable_cents, adopted.state_cents)

    found = true_up(actual, Actual(cost), assessed)

    assert sum(one.cents for one in found.differences) == found.private_cents
    assert sum(one.actual_cents for one in found.differences) - assessed.private_cents == found.private_cents
    directly = sum(one.cents for one in found.differences if one.settlement is not Settlement.POOL)
    assert found.carry_cents + directly == cost - 1_900_000_00


def test_what_it_rests_on_is_plain_and_the_same_for_the_same_facts() -> None:
    turned = replace(WORKED, payers=tuple(reversed(PAYERS)), units=dict(reversed(list(WORKED.units.items()))))

    assert plain(WORKED) == plain(turned)
    assert plain(WORKED)["units"]["2026-07-01"] == {"medicaid": 47_150, "private": 59_800, "state_direct": 8_050}


@pytest.mark.parametrize(
    ("day", "fiscal_year"), [(date(2026, 6, 30), 2026), (date(2026, 7, 1), 2027), (date(2027, 2, 28), 2027)]
)
def test_a_fiscal_year_is_named_by_its_end(day: date, fiscal_year: int) -> None:
    assert fiscal_year_of(day) == fiscal_year
    assert first_day(fiscal_year) <= day <= last_day(fiscal_year)


def test_the_true_up_comes_after_the_year_and_is_due_45_days_later() -> None:
    assert true_up_due_on(2027) == date(2027, 8, 14)
    require_over(2027, date(2027, 7, 1))
    with pytest.raises(Refusal, match="ends on June 30, 2027"):
        require_over(2027, date(2027, 6, 30))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-07-01", "cannot be read"),
        ("tomorrow 50", "cannot be read"),
        ("2026-07-01 50.123", "cannot be read"),
        ("2026-07-01 100.01", "at most 100 percent"),
        ("2026-07-02 50", "No federal share counts on July 1, 2026"),
        ("2026-07-01 50\n2027-07-01 51", "begins after June 30, 2027"),
        ("2026-07-01 50\n2026-07-01 51", "same day"),
        ("", "Type the federal share"),
    ],
)
def test_federal_shares_that_leave_a_day_open_are_refused(typed: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        require_configuration(replace(CHOSEN, federal_shares=read_federal_shares(typed)))


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        (replace(CHOSEN, admin_cap=10_001), "admin_cap"),
        (replace(CHOSEN, reserve_cap=-1), "reserve_cap"),
        (replace(CHOSEN, instalments=5), "instalments"),
    ],
)
def test_choices_that_no_year_can_work_with_are_refused_beside_their_field(chosen: Configuration, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_configuration(chosen)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("owed", "paid", "written_off", "left"),
    [
        (100, 0, 0, 100), (100, 60, 0, 40), (100, 60, 40, 0), (100, 100, 40, 0), (100, 120, 40, -20),
        (-30, 0, 0, -30), (100, 0, 100, 0), (80, 100, 20, -20),
    ],
)  # fmt: skip
def test_what_was_written_off_is_no_money_that_can_be_paid_back(
    owed: int, paid: int, written_off: int, left: int
) -> None:
    assert outstanding(owed, paid_cents=paid, written_off_cents=written_off) == left
