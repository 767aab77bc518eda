"""Days as rows, for what SQL cannot count as the rules do: each day with its first moment, and the days of rules."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sqlalchemy import CTE, ColumnElement, Date, SQLColumnExpression, and_, column, values

from certhub.models.base import UtcDateTime
from certhub.rules.local_times import first_moment
from certhub.rules.terms import ONE_DAY


def every_day(first: date, last: date) -> list[date]:
    """All days of a span."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def civil_days(name: str, first: date, last: date, *, due: Callable[[date], date] | None = None) -> CTE:
    """The days of a span with the instants at which each begins and ends in Massachusetts.

    `due_on` is the day on which something is due that happened on `day`; the day itself unless said.
    """
    rows = [
        (day, due(day) if due else day, first_moment(day), first_moment(day + ONE_DAY))
        for day in every_day(first, last)
    ]
    columns = (
        column("day", Date), column("due_on", Date), column("from_at", UtcDateTime()),
        column("until_at", UtcDateTime()),
    )  # fmt: skip
    return values(*columns, name=name).data(rows).cte(name)


def falls_on(instant: SQLColumnExpression[object], days: CTE) -> ColumnElement[bool]:
    """Condition that an instant is on the day of a row of `civil_days`."""
    return and_(instant >= days.c.from_at, instant < days.c.until_at)


def due_days(name: str, rows: Iterable[tuple[date, date, date]]) -> CTE:
    """Last days of spans (`day`), when what belongs to each is due (`due_on`), and their first days (`from_on`)."""
    columns = column("day", Date), column("due_on", Date), column("from_on", Date)
    return values(*columns, name=name).data(list(rows)).cte(name)
