"""Whether training keeps pace with the term: hours by the part that has passed, and everything in the last days."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from certhub.rules.training_pace import LAST_DAYS, LOOKED_AT_DAYS, Hours, expected, is_behind

BEGINS, ENDS = date(2025, 1, 1), date(2026, 12, 31)


def hours(total: str, *, minimum: str = "24", counts_from: date = BEGINS, lacks: bool = True) -> Hours:
    return Hours(Decimal(minimum), Decimal(total), counts_from, lacks)


@pytest.mark.parametrize(
    ("from_on", "expires_on", "as_of", "found"),
    [
        (date(2025, 1, 1), date(2025, 1, 25), date(2025, 1, 7), Fraction(6)),
        (date(2025, 1, 1), date(2025, 1, 25), date(2025, 1, 25), Fraction(24)),
        (date(2025, 1, 1), date(2025, 1, 25), date(2025, 3, 1), Fraction(24)),  # no more than is asked for
        (date(2025, 1, 1), date(2025, 1, 25), date(2024, 12, 1), Fraction(0)),
        (date(2025, 1, 1), date(2025, 1, 1), date(2025, 1, 1), Fraction(24)),  # a term of one day
    ],
)
def test_as_many_hours_are_expected_as_the_part_of_the_term_that_has_passed(
    from_on: date, expires_on: date, as_of: date, found: Fraction
) -> None:
    assert expected(Decimal(24), from_on=from_on, expires_on=expires_on, as_of=as_of) == found


@pytest.mark.parametrize(
    ("total", "days_left", "behind"),
    [
        ("0", LOOKED_AT_DAYS + 1, False),  # too early to be told
        ("0", LOOKED_AT_DAYS, True),
        ("17.5", 180, True),  # three quarters of 24 are 18
        ("18.5", 180, False),
        ("20.5", 90, True),
        ("21.5", 90, False),
        ("23.5", LAST_DAYS, True),  # all of it should be there
        ("0", 0, True),
        ("0", -1, False),  # the term has ended, and the renewal is reminded of
    ],
)
def test_somebody_is_behind_whose_hours_are_fewer_than_expected(total: str, days_left: int, behind: bool) -> None:
    assert is_behind([hours(total)], expires_on=ENDS, as_of=ENDS - timedelta(days=days_left)) is behind


def test_whoever_lacks_nothing_is_not_behind() -> None:
    assert not is_behind([hours("0", minimum="0", lacks=False)], expires_on=ENDS, as_of=ENDS)


def test_a_category_or_a_course_is_asked_for_in_the_last_days_only() -> None:
    asked = [hours("30"), hours("0", minimum="0", counts_from=date.min)]
    assert not is_behind(asked, expires_on=ENDS, as_of=ENDS - timedelta(days=LAST_DAYS + 1))
    assert is_behind(asked, expires_on=ENDS, as_of=ENDS - timedelta(days=LAST_DAYS))


def test_hours_that_count_at_any_time_are_spread_over_the_last_two_years() -> None:
    always = [hours("17", counts_from=date.min)]
    assert is_behind(always, expires_on=ENDS, as_of=ENDS - timedelta(days=180))
