"""Days as rows, for what SQL cannot count as the rules do: each day with its first moment, and the days of rules."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnClause, ColumnElement, Date, SQLColumnExpression, Values, and_, column
from sqlalchemy.sql.visitors import InternalTraversal

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
    return _Rows(name, columns, rows).cte(name)


def falls_on(instant: SQLColumnExpression[object], days: CTE) -> ColumnElement[bool]:
    """Condition that an instant is on the day of a row of `civil_days`."""
    return and_(instant >= days.c.from_at, instant < days.c.until_at)


def due_days(name: str, rows: Iterable[tuple[date, date, date]]) -> CTE:
    """Last days of spans (`day`), when what belongs to each is due (`due_on`), and their first days (`from_on`)."""
    columns = column("day", Date), column("due_on", Date), column("from_on", Date)
    return _Rows(name, columns, list(rows)).cte(name)


class _Rows(Values):
    """Rows of constants that are part of what their statement is remembered by.

    SQLAlchemy compiles a statement with `values()` anew each time it runs; for the one that each digest asks before it
    leaves, that took forty times as long as to run it.
    """

    inherit_cache = False
    _traverse_internals: Any = [  # noqa: RUF012  (SQLAlchemy wants a list, and changes it nowhere)
        *(one for one in Values._traverse_internals if one[0] != "_data"),
        ("constants", InternalTraversal.dp_plain_obj),
    ]

    def __init__(self, name: str, columns: Sequence[ColumnClause[Any]], rows: list[tuple[Any, ...]]) -> None:
        super().__init__(*columns, name=name)
        self.constants = tuple(rows)
        self._data = (rows,)
