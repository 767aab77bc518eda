"""The Commonwealth's fiscal year: July 1 to June 30, named by the year in which it ends (FY2027 ends June 30, 2027)."""

from collections.abc import Iterator
from datetime import date

from certhub.rules.independence import Span

_FIRST_MONTH = 7


def fiscal_year_of(day: date) -> int:
    """The fiscal year that a day lies in, by the year in which it ends."""
    return day.year + 1 if day.month >= _FIRST_MONTH else day.year


def days_of_fiscal_year(year: int) -> Span:
    """The first and the last day of a fiscal year."""
    return Span(date(year - 1, 7, 1), date(year, 6, 30))


def fiscal_years_of(first: date, last: date) -> Iterator[int]:
    """Each fiscal year that has a day from `first` to `last`."""
    yield from range(fiscal_year_of(first), fiscal_year_of(last) + 1)


def fiscal_year_in_words(year: int) -> str:
    """The way in which it is written, such as FY2027."""
    return f"FY{year}"
