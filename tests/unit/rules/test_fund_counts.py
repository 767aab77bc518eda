"""What was counted is laid over what was foreseen, and each gap is named."""

import pytest

from certhub.rules.pooled_fund.configuration import CoverageClass
from certhub.rules.pooled_fund.counts import counted_base, counted_units, missing_bases, require_gaps_explained
from certhub.rules.pooled_fund.fiscal_year import months
from certhub.rules.refusal import Refusal

C = CoverageClass
MONTHS = months(2027)
FORESEEN = {month: {C.PRIVATE: 10, C.MEDICAID: 20, C.STATE_DIRECT: 30} for month in MONTHS}


def test_a_month_that_nobody_counted_stays_as_foreseen_and_is_named() -> None:
    counted = {
        month: {C.PRIVATE: 1, C.MEDICAID: 2, C.STATE_DIRECT: 3} for month in MONTHS if month.month not in (3, 4, 6)
    }

    found, gaps = counted_units(FORESEEN, counted)

    assert [found[month][C.MEDICAID] for month in MONTHS] == [2] * 8 + [20, 20, 2, 20]
    assert gaps == (
        "Private payers, Medicaid, State: no child-months were counted for March 2027 to April 2027, June 2027. Those "
        "that were foreseen count.",
    )


def test_a_class_that_nobody_counted_stays_as_foreseen_and_is_named() -> None:
    counted = {month: {C.PRIVATE: 1, C.STATE_DIRECT: 0} for month in MONTHS}

    found, gaps = counted_units(FORESEEN, counted)

    assert found[MONTHS[0]] == {C.PRIVATE: 1, C.MEDICAID: 20, C.STATE_DIRECT: 0}
    assert [one.split(":")[0] for one in gaps] == ["Medicaid"]
    assert "July 2026 to June 2027" in gaps[0]


def test_what_was_counted_whole_has_no_gap_and_what_was_not_counted_at_all_is_no_true_up() -> None:
    assert counted_units(FORESEEN, FORESEEN) == (FORESEEN, ())
    with pytest.raises(Refusal, match="no counted child-months"):
        counted_units(FORESEEN, {month: {} for month in MONTHS})


def test_a_number_of_a_base_that_nobody_counted_is_that_of_the_assessment_and_zero_is_a_number() -> None:
    foreseen = {"payments_cents": 100, "child_months": 5, "units_hundredths": None}
    counted = {"payments_cents": None, "child_months": 0, "units_hundredths": None}

    assert counted_base(foreseen, counted) == {"payments_cents": 100, "child_months": 0, "units_hundredths": None}


@pytest.mark.parametrize(("gaps", "reason"), [((), ""), (("A gap",), "They file once a year")])
def test_gaps_are_passed_with_a_reason(gaps: tuple[str, ...], reason: str) -> None:
    require_gaps_explained(gaps, reason)


def test_gaps_without_a_reason_are_refused_beside_its_field() -> None:
    with pytest.raises(Refusal) as refused:
        require_gaps_explained(missing_bases(["P1"]), " ")
    assert refused.value.field == "gaps_reason"
