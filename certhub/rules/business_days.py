"""Business days of Massachusetts state offices.

The legal holidays are those of M.G.L. c.4 s.7 cl.18. A holiday that falls on a Sunday is observed on the Monday after
it; one on a Saturday stays there, and offices are open on the Friday before, unlike federal ones (M.G.L. c.136 s.12).
Evacuation Day and Bunker Hill Day are holidays in Suffolk County only, and state offices are open on them.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

import holidays

from certhub.rules.terms import ONE_DAY

_SATURDAY = 5


def holiday_on(day: date) -> str | None:
    """The name of the state holiday kept on `day`, if any."""
    return _holidays_of(day.year).get(day)


def is_business_day(day: date) -> bool:
    """Whether state offices are open on `day`."""
    return day.weekday() < _SATURDAY and holiday_on(day) is None


def next_business_day(day: date) -> date:
    """The first business day on or after `day`: a business day is its own."""
    while not is_business_day(day):
        day += ONE_DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`, which itself is not counted; before it for a negative count.

    A public-records request that comes in on a Friday has its 10th business day (950 CMR 32.06) two weeks later,
    holidays aside. A count of 0 is `day` itself.
    """
    step = ONE_DAY if count >= 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day):
            day += step
    return day


def business_days_between(earlier: date, later: date) -> int:
    """How many business days come after `earlier` up to and including `later`; negative when `later` is the earlier."""
    if later < earlier:
        return -business_days_between(later, earlier)
    span = (later - earlier).days
    return sum(is_business_day(earlier + ONE_DAY * offset) for offset in range(1, span + 1))


@cache
def _holidays_of(year: int) -> Mapping[date, str]:
    # One frozen table per year: the library's own object fills itself while it is read.
    return MappingProxyType(dict(holidays.country_holidays("US", subdiv="MA", years=year)))
