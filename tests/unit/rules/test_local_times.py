"""Which instant is meant by a day and a time of the clock, also in the two nights on which clocks are set."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.local_times import (
    first_moment,
    happens_twice,
    in_words,
    instant,
    is_skipped,
    session_in_words,
    shown,
    span_in_words,
    start_in_words,
)
from certhub.rules.refusal import Refusal

SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 1, 15), time(9, 0), datetime(2026, 1, 15, 14, 0, tzinfo=UTC)),
        (date(2026, 7, 15), time(9, 0), datetime(2026, 7, 15, 13, 0, tzinfo=UTC)),
        (date(2026, 7, 15), time(21, 0), datetime(2026, 7, 16, 1, 0, tzinfo=UTC)),
        (SPRING, time(1, 59), datetime(2027, 3, 14, 6, 59, tzinfo=UTC)),
        (SPRING, time(3, 0), datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
        (AUTUMN, time(0, 59), datetime(2026, 11, 1, 4, 59, tzinfo=UTC)),
        (AUTUMN, time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (AUTUMN, time(1, 30, fold=1), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (AUTUMN, time(2, 0), datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_time_of_the_clock_is_an_instant_and_the_first_of_two(day: date, at: time, expected: datetime) -> None:
    assert instant(day, at) == expected


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59, 59)])
def test_a_time_that_the_clocks_skip_is_refused_beside_its_field(at: time) -> None:
    with pytest.raises(Refusal, match=r"There is no 2:\d\d\sAM on March 14, 2027") as refused:
        instant(SPRING, at, field="begins")
    assert refused.value.field == "begins"


@pytest.mark.parametrize(
    ("day", "at", "skipped", "twice"),
    [
        (SPRING, time(1, 59, 59), False, False),
        (SPRING, time(2, 0), True, False),
        (SPRING, time(2, 59), True, False),
        (SPRING, time(3, 0), False, False),
        (AUTUMN, time(0, 59, 59), False, False),
        (AUTUMN, time(1, 0), False, True),
        (AUTUMN, time(1, 59), False, True),
        (AUTUMN, time(2, 0), False, False),
        (date(2026, 7, 4), time(2, 30), False, False),
    ],
)
def test_one_hour_is_skipped_in_spring_and_one_comes_twice_in_autumn(
    day: date, at: time, *, skipped: bool, twice: bool
) -> None:
    assert (is_skipped(day, at), happens_twice(day, at)) == (skipped, twice)


@given(st.datetimes(datetime(2007, 3, 1), datetime(2045, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (bounds are naive)
def test_what_the_clocks_show_leads_back_to_the_instant_or_to_the_first_of_its_two(moment: datetime) -> None:
    found = instant(*shown(moment))

    assert moment - found in (timedelta(0), timedelta(hours=1))
    assert (moment == found) or happens_twice(*shown(moment))


def test_a_span_names_the_second_day_only_where_it_is_another_one() -> None:
    starts_at = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
    assert span_in_words(starts_at, starts_at + timedelta(hours=3, minutes=30)) == (
        "March 10, 2026, 9:00\u00a0AM to 12:30\u00a0PM"
    )
    assert span_in_words(starts_at, starts_at + timedelta(days=1)) == (
        "March 10, 2026, 9:00\u00a0AM to March 11, 2026, 9:00\u00a0AM"
    )
    assert in_words(time(0, 5)) == "12:05\u00a0AM"


@pytest.mark.parametrize(
    ("own_pace", "start", "whole"),
    [
        (False, "March 9, 2026, 12:00\u00a0AM", "March 9, 2026, 12:00\u00a0AM to May 8, 2026, 11:59\u00a0PM"),
        (True, "March 9, 2026", "March 9, 2026 to May 8, 2026"),
    ],
)
def test_a_period_at_ones_own_pace_is_told_by_its_days(own_pace: bool, start: str, whole: str) -> None:
    first, last = first_moment(date(2026, 3, 9)), first_moment(date(2026, 5, 9)) - timedelta(minutes=1)
    assert start_in_words(first, own_pace=own_pace) == start
    assert session_in_words(first, last, own_pace=own_pace) == whole
    assert session_in_words(first, first, own_pace=True) == "March 9, 2026"
