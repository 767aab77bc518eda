"""The days of a fund year, which is a fiscal year: its first and last day, its months, and when its true-up is due."""

from datetime import date, timedelta

from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.terms import MONTHS, add_months, written

_FIRST_MONTH = 7
TRUE_UP_DAYS = 45
"""After the end of the year, as Hawaii's accounting (HRS 325-134)."""


def first_day(fiscal_year: int) -> date:
    """July 1 of the calendar year before: FY2027 begins on July 1, 2026."""
    return date(fiscal_year - 1, _FIRST_MONTH, 1)


def last_day(fiscal_year: int) -> date:
    """June 30 of the year that names it."""
    return date(fiscal_year, _FIRST_MONTH - 1, 30)


def months(fiscal_year: int) -> tuple[date, ...]:
    """The first days of its twelve months, July first."""
    return tuple(add_months(first_day(fiscal_year), number) for number in range(12))


def true_up_due_on(fiscal_year: int) -> date:
    """The last day on which the true-up of the year is in time."""
    return last_day(fiscal_year) + timedelta(days=TRUE_UP_DAYS)


def in_words(fiscal_year: int) -> str:
    """The name with its days."""
    return f"{named(fiscal_year)}, {written(first_day(fiscal_year))}, through {written(last_day(fiscal_year))}"


def month_in_words(month: date) -> str:
    """A month with its year: July 2026."""
    return f"{MONTHS[month.month - 1]} {month.year}"
