"""Rows as CSV that a spreadsheet opens without harm and a program reads without guessing."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum

BYTE_ORDER_MARK = "\ufeff"
"""What a spreadsheet program needs to read names in any script; programs that read CSV take it off (utf-8-sig)."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 500


def cell(value: object) -> str:
    """A value as text. What a spreadsheet would run as a formula begins with an apostrophe instead."""
    if type(value) is str:  # most cells, and a long file has hundreds of thousands
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not isinstance(value, int | float) else text


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The heading and the rows, in pieces of some hundred lines so that a long file is never whole in memory."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(heading)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % _CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
