"""Paging by key: the hundredth page costs what the first costs, and rows that come or go shift nothing."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from certhub.database import db

T = TypeVar("T")
_Key = InstrumentedAttribute[Any] | ColumnElement[Any]

PAGE_SIZE = 50
_LONGEST_CURSOR = 600


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursors of the pages after and before them (None where there is none)."""

    rows: list[T]
    next: str | None
    previous: str | None


def paged(
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[_Key],
    make: Callable[[Row[*tuple[Any, ...]]], T],
    *,
    cursor: str | None,
    newest_first: bool = False,
    size: int = PAGE_SIZE,
) -> Page[T]:
    """One page of `statement` in the order of `keys`, whose last one is unique.

    `keys` are columns, or expressions for short lists that are sorted by what is worked out; they are also the last
    columns that are selected. A cursor that nobody gave out is read as the first page.
    """
    backwards, values = _read(cursor, keys)
    ascending = newest_first == backwards
    bounded = statement.add_columns(*keys)
    if values is not None:
        position = tuple_(*keys)
        bounded = bounded.where(position > tuple(values) if ascending else position < tuple(values))
        if (
            len({getattr(key, "class_", None) for key in keys}) > 1
        ):  # no index spans two tables, but one can start at the first key
            bounded = bounded.where(keys[0] >= values[0] if ascending else keys[0] <= values[0])
    order = [key.asc() if ascending else key.desc() for key in keys]
    found = list(db.session.execute(bounded.order_by(*order).limit(size + 1)).all())
    more = len(found) > size
    rows = found[:size]
    if backwards:
        rows.reverse()
    width = len(keys)
    has_next = more if not backwards else values is not None
    has_previous = more if backwards else values is not None
    return Page(
        rows=[make(row) for row in rows],
        next=_write(backwards=False, values=rows[-1][-width:]) if rows and has_next else None,
        previous=_write(backwards=True, values=rows[0][-width:]) if rows and has_previous else None,
    )


def _write(*, backwards: bool, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    body = json.dumps(["p" if backwards else "n", *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _read(cursor: str | None, keys: Sequence[_Key]) -> tuple[bool, list[Any] | None]:
    """The direction and the key values of a cursor; whatever does not fit the keys' columns is no cursor of ours."""
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        return False, None
    try:
        body = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        return False, None
    if not isinstance(body, list) or len(body) != len(keys) + 1 or body[0] not in ("n", "p"):
        return False, None
    if not all(_fits(value, key) for value, key in zip(body[1:], keys, strict=True)):
        return False, None
    days = [isinstance(key.type, Date) for key in keys]
    values = [date.fromisoformat(value) if is_day else value for value, is_day in zip(body[1:], days, strict=True)]
    return body[0] == "p", values


def _fits(value: Any, key: _Key) -> bool:
    if isinstance(key.type, Integer):
        most = 2**63 if isinstance(key.type, BigInteger) else 2**31
        return isinstance(value, int) and not isinstance(value, bool) and -most < value < most
    if isinstance(key.type, Date):
        return isinstance(value, str) and _is_day(value)
    return isinstance(value, str) and "\x00" not in value


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def page_of(
    rows: Sequence[T], key: Callable[[T], tuple[Any, ...]], *, cursor: str | None, size: int = PAGE_SIZE
) -> Page[T]:
    """One page of rows that are all at hand, in the order of `key`, whose values are unique."""
    backwards, after = _read_plain(cursor)
    ordered = sorted(rows, key=key)
    keys = [key(row) for row in ordered]
    try:
        first = bisect_left(keys, after) - size if backwards else bisect_right(keys, after) if after else 0
    except TypeError:  # a cursor of another list
        first = 0
    first = max(first, 0)
    shown = ordered[first : first + size]
    return Page(
        rows=shown,
        next=_write(backwards=False, values=key(shown[-1])) if shown and first + size < len(ordered) else None,
        previous=_write(backwards=True, values=key(shown[0])) if shown and first > 0 else None,
    )


def _read_plain(cursor: str | None) -> tuple[bool, tuple[Any, ...]]:
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        return False, ()
    try:
        body = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        return False, ()
    if not isinstance(body, list) or len(body) < 2 or body[0] not in ("n", "p"):  # noqa: PLR2004  (a direction and a key)
        return False, ()
    return body[0] == "p", tuple(body[1:])
