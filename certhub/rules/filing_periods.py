"""The months, quarters and years for which something is filed, and by when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.terms import ONE_DAY, add_months, last_day_of_month

PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class FilingPeriod:
    """A period for which something is filed, and the day by which it is due."""

    from_on: date
    ended_on: date
    due_on: date


def calendar_periods(period: str, due_days: int, day: date) -> Iterator[FilingPeriod]:
    """Each calendar month, quarter or year from the one of `day` back."""
    months = PERIOD_MONTHS[period]
    end = last_day_of_month(date(day.year, -(-day.month // months) * months, 1))
    while end.year > 1:
        before = last_day_of_month(add_months(end, -months))
        yield FilingPeriod(before + ONE_DAY, end, end + timedelta(days=due_days))
        end = before


def open_periods(period: str, due_days: int, day: date, *, grace_days: int, judged: int) -> Iterator[FilingPeriod]:
    """The periods that have begun by `day` and can still be asked for, the latest first.

    These are the ones whose time to file is not over, with its grace, and of the others the last `judged`.
    """
    late = 0
    for one in calendar_periods(period, due_days, day):
        late += one.due_on + timedelta(days=grace_days) < day
        if late > judged:
            return
        yield one


def period_in_words(first: date, last: date) -> str:
    """The months of a period, or its year."""
    if (first.month, last.month) == (1, 12):
        return str(last.year)
    return f"{last:%B} {last.year}" if first.month == last.month else f"{first:%B} to {last:%B} {last.year}"
