"""Who bears a line: DPH pays what is left, and only after everybody else was asked about all of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.caseload import Tier
from certhub.rules.last_resort import (
    EARLIER,
    Answer,
    Borne,
    Coverage,
    Outcome,
    Source,
    arrives,
    borne,
    claim_until,
    coverage_of,
    federal_part,
    next_source,
    proposed,
    require_answer,
    require_order,
    require_reported,
    require_settled,
    require_within_rate,
)
from certhub.rules.refusal import Refusal

_P, _M, _O, _D = Source.PRIVATE, Source.MEDICAID, Source.OTHER, Source.DPH
PAID, DENIED, NONE = Outcome.PAID, Outcome.DENIED, Outcome.NOT_APPLICABLE
TODAY = date(2026, 10, 1)


def said(**answers: tuple[int, int]) -> dict[Source, Answer]:
    """For each payer what it pays, and what it was asked about."""
    return {Source(name): Answer(PAID if cents else DENIED, cents, asked) for name, (cents, asked) in answers.items()}


ALL = said(private=(520, 1_000), medicaid=(410, 480), other=(0, 70))


@pytest.mark.parametrize(
    ("allowed", "answers", "by", "left"),
    [
        (1_000, {}, (0, 0, 0, 0), 1_000),
        (1_000, said(private=(520, 1_000)), (520, 0, 0, 0), 480),
        (1_000, said(private=(520, 1_000), medicaid=(410, 480)), (520, 410, 0, 0), 70),
        (1_000, ALL, (520, 410, 0, 70), 0),
        (1_000, said(private=(0, 1_000), medicaid=(0, 1_000), other=(0, 1_000)), (0, 0, 0, 1_000), 0),
        (1_000, said(private=(1_000, 1_000)), (1_000, 0, 0, 0), 0),  # nothing is left to ask the others about
        (1_300, ALL, (520, 410, 0, 70), 300),  # 300 released after they were asked
        (900, ALL, (520, 380, 0, 0), 0),  # 100 held back since
        (0, ALL, (0, 0, 0, 0), 0),
        (1_000, ALL | said(private=(0, 1_000)), (0, 410, 0, 70), 520),  # Medicaid was never asked about these 520
        (1_000, ALL | said(private=(600, 1_000)), (600, 400, 0, 0), 0),  # and pays less where private payers pay more
    ],
)
def test_a_line_is_borne_in_the_order_of_the_payers(
    allowed: int, answers: dict[Source, Answer], by: tuple[int, ...], left: int
) -> None:
    assert borne(allowed, answers) == Borne(dict(zip((_P, _M, _O, _D), by, strict=True)), left)


@given(
    st.integers(0, 10_000),
    st.dictionaries(
        st.sampled_from(EARLIER), st.tuples(st.integers(0, 5_000), st.integers(0, 12_000)).map(sorted), max_size=3
    ),
)
def test_what_is_borne_and_what_is_open_add_up_and_nobody_bears_less_than_nothing(
    allowed: int, spoken: dict[Source, list[int]]
) -> None:
    answers = {one: Answer(PAID if pays else NONE, pays, asked) for one, (pays, asked) in spoken.items()}
    found = borne(allowed, answers)
    assert sum(found.by.values()) + found.open_cents == allowed
    assert min(*found.by.values(), found.open_cents) >= 0
    first = next_source(answers, allowed)
    assert (first is None) == (found.open_cents == 0)


@pytest.mark.parametrize(
    ("answers", "allowed", "expected"),
    [
        ({}, 1_000, _P),
        (said(private=(520, 1_000)), 1_000, _M),
        (said(private=(1_000, 1_000)), 1_000, None),
        (said(private=(520, 1_000), medicaid=(0, 480)), 1_000, _O),
        (ALL, 1_000, None),
        (ALL, 1_001, _P),
        (ALL | said(private=(0, 1_000)), 1_000, _M),
        ({}, 0, None),
    ],
)
def test_who_is_asked_next(answers: dict[Source, Answer], allowed: int, expected: Source | None) -> None:
    assert next_source(answers, allowed) is expected


@pytest.mark.parametrize(
    ("source", "answers", "left"),
    [(_P, ALL, 1_000), (_M, ALL, 480), (_O, ALL, 70), (_M, {}, 0), (_M, ALL | said(private=(0, 1_000)), 1_000)],
)
def test_what_those_ahead_leave_for_a_payer(source: Source, answers: dict[Source, Answer], left: int) -> None:
    assert arrives(source, 1_000, answers) == left


def test_nobody_is_recorded_before_those_who_come_ahead() -> None:
    with pytest.raises(Refusal, match="Private payers come first"):
        require_order(_M, {}, 1_000)
    with pytest.raises(Refusal, match="Medicaid comes first"):
        require_order(_O, said(private=(520, 1_000)), 1_000)
    require_order(_P, {}, 1_000)
    require_order(_M, said(private=(520, 1_000)), 1_000)
    require_order(_P, ALL, 1_000)


@pytest.mark.parametrize(
    ("answer", "evidence", "on", "message", "field"),
    [
        (Answer(DENIED, 5, 1_000), "D-1", TODAY, "Only a payer that pays has an amount", "amount_1"),
        (Answer(PAID, 0, 1_000), "R-1", TODAY, "Type what it pays", "amount_1"),
        (Answer(PAID, 481, 480), "R-1", TODAY, r"leave \$4.80 of the line", "amount_1"),
        (Answer(PAID, 480, 480), " ", TODAY, "Name the evidence", "evidence"),
        (Answer(DENIED, 0, 1_000), "D-1", None, "Type the day of the evidence", "evidence_on"),
        (Answer(DENIED, 0, 1_000), "D-1", date(2026, 10, 2), "Type the day of the evidence", "evidence_on"),
    ],
)
def test_an_answer_needs_its_amount_and_its_evidence(
    answer: Answer, evidence: str, on: date | None, message: str, field: str
) -> None:
    with pytest.raises(Refusal, match=message) as refused:
        require_answer(answer, evidence=evidence, evidence_on=on, today=TODAY, field="amount_1")
    assert refused.value.field == field
    require_answer(Answer(PAID, 480, 480), evidence="R-1", evidence_on=TODAY, today=TODAY, field="amount_1")


def test_no_more_units_are_claimed_than_the_vendor_reported_over_all_lines() -> None:
    coverage = Coverage(0, 40, 0, 47_00)
    require_reported(47_00, coverage, claimed_elsewhere=0, field="units_1")
    require_reported(99_00, None, claimed_elsewhere=50_00, field="units_1")
    with pytest.raises(Refusal, match=r"reported 47 units .* other lines claim 40.5 of them"):
        require_reported(6_51, coverage, claimed_elsewhere=40_50, field="units_1")


def test_medicaid_pays_no_more_than_the_approved_rate_for_the_units() -> None:
    require_within_rate(145_00 * 2, 2_00, rate_cents=145_00, field="a")
    require_within_rate(0, None, rate_cents=145_00, field="a")
    with pytest.raises(Refusal, match=r"at most \$145.00 for a unit, so \$290.00 for these units"):
        require_within_rate(290_01, 2_00, rate_cents=145_00, field="a")
    with pytest.raises(Refusal, match=r"so \$0.00 for these units"):
        require_within_rate(1, None, rate_cents=145_00, field="a")


@pytest.mark.parametrize(
    ("month", "last"), [(date(2026, 9, 1), date(2026, 12, 29)), (date(2028, 2, 1), date(2028, 5, 29))]
)
def test_a_claim_is_taken_for_ninety_days(month: date, last: date) -> None:
    assert claim_until(month) == last


def test_cost_without_a_payer_is_not_paid() -> None:
    with pytest.raises(Refusal, match=r"\$1.00 of this invoice has a payer"):
        require_settled(101, settled_cents=500, paid_cents=400)
    with pytest.raises(Refusal, match=r"\$0.00 of this invoice has a payer"):
        require_settled(1, settled_cents=400, paid_cents=500)
    require_settled(100, settled_cents=500, paid_cents=400)


TIERS = {Tier.T1: 10, Tier.T2: 20, Tier.T3: 10}  # 4.0 + 20.0 + 23.0 = 47 units


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (
            {"coverage_private": 20, "coverage_both": 4, "coverage_medicaid": 13, "coverage_uninsured": 3},
            Coverage(24, 13, 3, 47_00),
        ),
        ({"coverage_medicaid": 38, "coverage_other": 2}, Coverage(0, 38, 2, 47_00)),
        ({}, Coverage(0, 0, 0, 47_00)),
    ],
)
def test_with_both_covers_the_private_one_is_first(counts: dict[str, int], expected: Coverage) -> None:
    assert coverage_of(counts, TIERS) == expected


@pytest.mark.parametrize(
    ("coverage", "units"),
    [(Coverage(24, 13, 3, 47_00), 15_27), (Coverage(0, 40, 0, 47_00), 47_00), (Coverage(0, 0, 0, 47_00), 0)],
)
def test_units_of_medicaid_are_the_weight_of_its_children_rounded_down(coverage: Coverage, units: int) -> None:
    assert coverage.medicaid_units == units


def test_the_coverage_of_the_month_proposes_who_bears_a_line() -> None:
    # domain.md 5.3: 1,150 by 52, 41 and 7 is 598, 472 and 80
    assert proposed(1_150, Coverage(52, 41, 7, 100), rate_cents=None) == {_P: 598, _M: 472, _O: 0, _D: 80}
    assert proposed(1_150, None, rate_cents=145_00) == {_P: 0, _M: 0, _O: 0, _D: 0}
    assert proposed(1_150, Coverage(0, 0, 0, 100), rate_cents=145_00) == {_P: 0, _M: 0, _O: 0, _D: 0}
    # 41 hundredths of a unit at 10.00: 4.10 of the 4.72, and the rest moves to the state
    assert proposed(1_150, Coverage(52, 41, 7, 100), rate_cents=10_00) == {_P: 598, _M: 410, _O: 0, _D: 142}


@pytest.mark.parametrize(
    ("units", "rate", "share", "cents"),
    [(100, 145_00, 50_00, 72_50), (15_27, 145_00, 50_00, 1107_07), (0, 145_00, 50_00, 0), (100, 145_00, 56_20, 81_49)],
)
def test_the_federal_part_of_units(units: int, rate: int, share: int, cents: int) -> None:
    assert federal_part(units, rate, share) == cents
