"""Periods for which something is filed, as tables."""

from datetime import date

import pytest

from certhub.rules.filing_periods import calendar_periods, open_periods, period_in_words


@pytest.mark.parametrize(
    ("period", "day", "first", "last", "due"),
    [
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), date(2028, 3, 30)),
        ("quarter", date(2027, 1, 1), date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 30)),
        ("quarter", date(2027, 12, 31), date(2027, 10, 1), date(2027, 12, 31), date(2028, 1, 30)),
        ("year", date(2027, 6, 1), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 30)),
    ],
)
def test_the_period_of_a_day_runs_to_its_last_day_and_is_due_some_days_after_it(
    period: str, day: date, first: date, last: date, due: date
) -> None:
    one = next(calendar_periods(period, 30, day))
    assert (one.from_on, one.ended_on, one.due_on) == (first, last, due)


def test_each_period_follows_the_one_before_it() -> None:
    periods = calendar_periods("quarter", 30, date(2027, 2, 1))
    assert [next(periods).ended_on for _ in range(4)] == [
        date(2027, 3, 31), date(2026, 12, 31), date(2026, 9, 30), date(2026, 6, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "grace_days", "judged", "due"),
    [
        (date(2027, 1, 29), 0, 1, [date(2027, 4, 30), date(2027, 1, 30), date(2026, 10, 30)]),
        (date(2027, 1, 30), 0, 1, [date(2027, 4, 30), date(2027, 1, 30), date(2026, 10, 30)]),  # can be kept that day
        (date(2027, 1, 31), 0, 1, [date(2027, 4, 30), date(2027, 1, 30)]),
        (date(2027, 1, 31), 10, 1, [date(2027, 4, 30), date(2027, 1, 30), date(2026, 10, 30)]),
        (date(2027, 1, 31), 0, 2, [date(2027, 4, 30), date(2027, 1, 30), date(2026, 10, 30)]),
    ],
)
def test_those_that_can_be_kept_and_the_last_that_are_judged_are_asked_for(
    day: date, grace_days: int, judged: int, due: list[date]
) -> None:
    assert [one.due_on for one in open_periods("quarter", 30, day, grace_days=grace_days, judged=judged)] == due


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2027, 1, 1), date(2027, 12, 31), "2027"),
        (date(2027, 1, 1), date(2027, 3, 31), "January to March 2027"),
        (date(2028, 2, 1), date(2028, 2, 29), "February 2028"),
    ],
)
def test_a_period_is_named_by_its_months_or_year(first: date, last: date, words: str) -> None:
    assert period_in_words(first, last) == words
