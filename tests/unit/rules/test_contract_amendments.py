"""What an amendment may change, and what the years then come to, as tables."""

from datetime import date

import pytest

from certhub.rules.contract_amendments import (
    Change,
    DatedRate,
    DaysInForce,
    Money,
    PeriodReason,
    agreed_spans,
    changes_of,
    extended,
    outside_in_words,
    rates_with_days,
    require_budget,
    require_in_time,
    require_not_below,
    require_option,
    require_within_procurement,
    totals_by_year,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import Explained

JULY_1, JUNE_30 = date(2026, 7, 1), date(2028, 6, 30)
TWO_YEARS = [Money(2027, "MM3", 200_000_00), Money(2028, "MM3", 210_000_00), Money(2028, "AA1", 5_000_00)]


def test_the_maximum_obligation_of_a_year_is_the_sum_of_its_lines() -> None:
    assert totals_by_year(reversed(TWO_YEARS)) == {2027: 200_000_00, 2028: 215_000_00}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (TWO_YEARS[:1], "no money for FY2028"),
        ([*TWO_YEARS, Money(2029, "MM3", 1)], "money in FY2029, in which the contract has no day"),
        ([*TWO_YEARS, Money(2028, "AA1", -5_000_01)], "below zero"),
        ([], "no money for FY2027"),
        ([*TWO_YEARS, Money(2027, "MM3", -200_000_00)], "no money for FY2027"),
    ],
)
def test_a_budget_has_money_in_each_year_of_the_contract_and_in_no_other(lines: list[Money], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        require_budget(lines, starts_on=JULY_1, ends_on=JUNE_30)


def test_a_year_without_a_day_may_come_to_nothing() -> None:
    lines = [*TWO_YEARS, Money(2029, "MM3", 7), Money(2029, "MM3", -7)]
    assert require_budget(lines, starts_on=JULY_1, ends_on=JUNE_30)[2027] == 200_000_00


@pytest.mark.parametrize(("maximum", "refused"), [(99_999_99, True), (100_000_00, False), (100_000_01, False)])
def test_a_late_amendment_does_not_lower_a_year_below_what_is_invoiced(maximum: int, refused: bool) -> None:
    if not refused:
        require_not_below({2027: maximum}, {2027: 100_000_00})
        return
    with pytest.raises(Refusal, match=r"\$100,000\.00 of FY2027 is invoiced already.*\$99,999\.99"):
        require_not_below({2027: maximum}, {2027: 100_000_00})


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ({}, ()),
        ({"scope": "More"}, (Change.PERFORMANCE,)),
        ({"lines": [Money(2027, "MM3", 5)]}, (Change.MAXIMUM_OBLIGATION, Change.BUDGET)),
        ({"lines": [Money(2027, "MM3", 5), Money(2027, "AA1", -5)]}, (Change.BUDGET,)),
        ({"lines": [Money(2027, "MM3", 5), Money(2027, "MM3", -5)]}, ()),
        ({"rates": 1}, (Change.BUDGET,)),
        ({"new_ends_on": JUNE_30}, (Change.DATES,)),
    ],
)
def test_what_an_amendment_changes_is_read_from_what_it_says(
    given: dict[str, object], changes: tuple[Change, ...]
) -> None:
    asked: dict[str, object] = {"scope": None, "new_ends_on": None, "lines": [], "rates": 0, **given}
    assert changes_of(**asked) == changes  # type: ignore[arg-type]  # the table has what each line needs


def test_an_amendment_is_signed_on_the_last_day_at_the_latest() -> None:
    require_in_time(signed_on=JUNE_30, ends_before_on=JUNE_30)
    with pytest.raises(Refusal, match="ended on June 30, 2028, before this signature") as refused:
        require_in_time(signed_on=date(2028, 7, 1), ends_before_on=JUNE_30)
    assert refused.value.field == "happened_on"


@pytest.mark.parametrize(
    ("used", "reaches", "words"),
    [(2, None, "No option to renew is left"), (1, date(2029, 6, 29), "the procurement ends on June 29, 2029")],
)
def test_an_option_needs_one_that_is_left_within_the_procurement(used: int, reaches: date | None, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        require_option(used=used, count=2, months=12, ends_on=JUNE_30, procurement_ends_on=reaches)


def test_an_option_says_its_new_last_day() -> None:
    assert require_option(used=1, count=2, months=12, ends_on=JUNE_30, procurement_ends_on=date(2029, 6, 30)) == date(
        2029, 6, 30
    )


def test_no_amendment_passes_the_end_of_the_procurement() -> None:
    for new, reaches in ((None, JUNE_30), (JUNE_30, None), (JUNE_30, JUNE_30)):
        require_within_procurement(new, reaches)
    with pytest.raises(Refusal, match="the procurement ends on June 30, 2028") as refused:
        require_within_procurement(date(2028, 7, 1), JUNE_30)
    assert refused.value.field == "new_ends_on"


@pytest.mark.parametrize(
    ("moved", "spans"),
    [
        ([], [(JULY_1, JUNE_30)]),
        ([(date(2028, 5, 4), date(2029, 6, 30))], [(JULY_1, JUNE_30), (date(2028, 7, 1), date(2029, 6, 30))]),
        ([(date(2028, 9, 1), date(2029, 6, 30))], [(JULY_1, JUNE_30), (date(2028, 9, 1), date(2029, 6, 30))]),
        ([(date(2027, 5, 4), date(2029, 6, 30)), (date(2027, 9, 7), date(2028, 5, 31))], [(JULY_1, date(2028, 5, 31))]),
        ([(date(2027, 9, 7), date(2028, 5, 31))], [(JULY_1, date(2028, 5, 31))]),
    ],
)
def test_the_days_that_were_agreed_follow_from_the_contract_and_its_amendments(
    moved: list[tuple[date, date]], spans: list[tuple[date, date]]
) -> None:
    assert [(one.from_on, one.to_on) for one in agreed_spans(JULY_1, JUNE_30, moved)] == spans


def rate(service: str, cents: int, from_on: date | None, to_on: date | None = None) -> DatedRate:
    return DatedRate(service, "a month", cents, from_on, to_on)


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        ([rate("A", 9, None)], [rate("A", 9, None)]),
        ([rate("A", 9, JULY_1)], [rate("A", 9, JULY_1)]),
        (
            [rate("A", 9, JULY_1), rate("B", 5, JULY_1), rate("a", 10, date(2027, 5, 4))],
            [rate("A", 9, JULY_1, date(2027, 5, 3)), rate("a", 10, date(2027, 5, 4)), rate("B", 5, JULY_1)],
        ),
        ([rate("A", 9, JULY_1), rate("A", 10, JULY_1)], [rate("A", 10, JULY_1)]),
    ],
)
def test_a_rate_counts_until_the_eve_of_the_next_one_for_the_same_service(
    rates: list[DatedRate], found: list[DatedRate]
) -> None:
    assert list(rates_with_days(rates)) == found


LAST = DaysInForce(Span(JULY_1, JUNE_30), PeriodReason.EXECUTED, "signed")
EFFECTIVE = Explained(date(2028, 5, 4), "signed on May 4")


def test_more_days_follow_the_last_one_without_a_gap() -> None:
    before, more = extended(LAST, effective=EFFECTIVE, new_ends_on=date(2029, 6, 30), what="Amendment 1")
    assert before is LAST
    assert more.span == Span(date(2028, 7, 1), date(2029, 6, 30))
    assert "Amendment 1, in force from May 4, 2028" in more.because


def test_fewer_days_take_the_place_of_those_that_were_agreed() -> None:
    (fewer,) = extended(LAST, effective=EFFECTIVE, new_ends_on=date(2028, 5, 31), what="Amendment 1")
    assert fewer.span == Span(JULY_1, date(2028, 5, 31))
    with pytest.raises(Refusal, match="before the amendment counts") as refused:
        extended(LAST, effective=EFFECTIVE, new_ends_on=date(2028, 5, 3), what="Amendment 1")
    assert refused.value.field == "new_ends_on"


def test_days_are_never_in_force_before_the_amendment_counts() -> None:
    (_, more) = extended(
        LAST, effective=Explained(date(2028, 9, 1), "signed in June"), new_ends_on=date(2029, 6, 30), what="Amendment 1"
    )
    assert more.span == Span(date(2028, 9, 1), date(2029, 6, 30))


@pytest.mark.parametrize(
    ("work", "spans", "outside"),
    [
        (Span(JULY_1, JUNE_30), [Span(JULY_1, JUNE_30)], ""),
        (Span(date(2026, 6, 30), JUNE_30), [Span(JULY_1, JUNE_30)], "June 30, 2026"),
        (Span(JULY_1, date(2028, 7, 1)), [Span(JULY_1, JUNE_30)], "July 1, 2028"),
        (Span(JULY_1, JUNE_30), [Span(JULY_1, date(2027, 1, 3)), Span(date(2027, 2, 1), JUNE_30)], "January 4, 2027"),
        (Span(JULY_1, JUNE_30), [Span(date(2027, 1, 4), JUNE_30), Span(JULY_1, date(2027, 1, 3))], ""),
        (Span(JULY_1, JUNE_30), [], "July 1, 2026"),
        (Span(date(2027, 3, 1), date(2027, 4, 1)), [Span(JULY_1, JUNE_30)], ""),
    ],
)
def test_work_outside_the_executed_days_is_flagged_with_its_first_day(
    work: Span, spans: list[Span], outside: str
) -> None:
    found = outside_in_words(work, spans)
    assert (outside in found) if outside else found == ""
