"""The calendar of Massachusetts state offices."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.business_days import (
    add_business_days,
    business_days_between,
    holiday_on,
    is_business_day,
    next_business_day,
)

days = st.dates(date(2015, 1, 1), date(2045, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 4, 20), date(2026, 5, 25), date(2026, 6, 19),
        date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25),
        date(2022, 4, 18), date(2023, 4, 17),  # Patriots' Day
        date(2022, 6, 20), date(2023, 1, 2), date(2027, 7, 5),  # a Sunday holiday is observed on Monday
    ],
)  # fmt: skip
def test_offices_are_closed_on_a_state_holiday(day: date) -> None:
    assert not is_business_day(day)
    assert holiday_on(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 12, 31),  # the Friday before New Year's Day 2022, a Saturday
        date(2026, 7, 3),  # the Friday before Independence Day 2026, a Saturday
        date(2027, 6, 18),  # the Friday before Juneteenth 2027
        date(2022, 1, 3), date(2026, 7, 6),  # a Saturday holiday does not move to Monday either
        date(2026, 3, 17), date(2026, 6, 17),  # Evacuation Day and Bunker Hill Day: Suffolk County only
        date(2026, 11, 27),  # the day after Thanksgiving
    ],
)  # fmt: skip
def test_offices_are_open_where_federal_or_county_calendars_differ(day: date) -> None:
    assert is_business_day(day)
    assert holiday_on(day) is None


def test_weekends_are_not_business_days() -> None:
    assert not is_business_day(date(2026, 3, 14))
    assert not is_business_day(date(2026, 3, 15))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 13), date(2026, 3, 13)),
        (date(2026, 3, 14), date(2026, 3, 16)),
        (date(2027, 7, 3), date(2027, 7, 6)),
        (date(2026, 4, 18), date(2026, 4, 21)),
    ],
)
def test_a_day_moves_forward_to_the_next_day_that_offices_are_open(day: date, expected: date) -> None:
    assert next_business_day(day) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 13), 10, date(2026, 3, 27)),
        (date(2026, 4, 10), 10, date(2026, 4, 27)),  # Patriots' Day lies between
        (date(2026, 3, 14), 1, date(2026, 3, 16)),
        (date(2026, 3, 14), 0, date(2026, 3, 14)),
        (date(2026, 3, 16), -1, date(2026, 3, 13)),
    ],
)
def test_business_days_are_counted_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert add_business_days(day, count) == expected


@given(days, st.integers(0, 60))
def test_adding_business_days_and_counting_them_agree(day: date, count: int) -> None:
    assert business_days_between(day, add_business_days(day, count)) == count
    assert business_days_between(add_business_days(day, count), day) == -count


@given(days)
def test_the_next_business_day_is_one_and_none_lies_before_it(day: date) -> None:
    found = next_business_day(day)
    assert is_business_day(found)
    assert found >= day
    assert not any(is_business_day(day + timedelta(days=passed)) for passed in range((found - day).days))


@given(st.integers(2022, 2060))
def test_each_year_keeps_the_twelve_holidays_of_the_statute(year: int) -> None:
    kept = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    names = {holiday_on(day) for day in kept if day.year == year} - {None}
    assert len({name for name in names if name and "observed" not in name}) == 12
