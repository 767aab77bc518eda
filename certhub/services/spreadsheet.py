"""A spreadsheet as rows of text: CSV in the encodings that people have, or the first shown sheet of an Excel file."""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from certhub.rules.file_types import XLSX
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import MOST_COLUMNS

LARGEST_UNPACKED = 160 * 1024 * 1024
"""Bytes; an Excel file is packed, and a small one can unpack to more than the machine has."""
LARGEST_STRINGS = 64 * 1024 * 1024
MOST_PARTS = 2_000

_BATCH = 1_000
"""Rows of an Excel file that are in memory at once."""

_ROWS_LOOKED_AT = 20
"""At the beginning of a sheet, for what divides its cells and whether it holds anything."""
_SHEETS_LOOKED_AT = 20
_DELIMITERS = ",;\t|"
_DAMAGE = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, RuntimeError,
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException,
)  # fmt: skip

Rows = Iterable[tuple[int, Sequence[str]]]


def read(data: bytes, media_type: str) -> Rows:
    """The rows that are not empty, numbered as the spreadsheet numbers them. Raises `Refusal` where it is damaged."""
    rows = _excel(data) if media_type == XLSX else _csv(data)
    return ((number, cells) for number, cells in rows if any(cells))


def left_unread(data: bytes, media_type: str) -> list[str]:
    """The names of the other sheets of an Excel file that hold something and are not hidden."""
    if media_type != XLSX:
        return []
    with _quietly():
        shown = _shown_sheets(_book(data))[1 : 1 + _SHEETS_LOOKED_AT]
        return [sheet.title for sheet in shown if any(map(any, islice(_values(sheet), _ROWS_LOOKED_AT)))]


def _csv(data: bytes) -> Rows:
    text = io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), newline="")
    number = 0
    first = text.readline()
    told = first.strip()
    if told.lower().startswith("sep=") and len(told) == len("sep=;"):
        delimiter, number = told[-1], 1  # Excel's own hint
    else:
        text.seek(0)
        delimiter = _delimiter(
            list(islice((line for line in text if line.strip(_DELIMITERS + " \t\r\n\"'")), _ROWS_LOOKED_AT))
        )
        text.seek(0)
    try:
        for cells in csv.reader(text, delimiter=delimiter):
            number += 1
            yield number, [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        raise Refusal(
            f"The file cannot be read after row {number}: a quotation mark is open or a cell is too long. "
            "Save it again as CSV from your spreadsheet program.",
            field="file",
        ) from None


def _delimiter(lines: Sequence[str]) -> str:
    """What divides the cells: it makes many rows of as many cells, whatever the title above them holds."""

    def told(delimiter: str) -> int:
        try:
            widths = Counter(map(len, csv.reader(lines, delimiter=delimiter)))
        except csv.Error:
            return 0
        return max(((width - 1) * rows for width, rows in widths.items()), default=0)

    return max(_DELIMITERS, key=told)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refusal("The letters of this file cannot be read. Save it as CSV UTF-8 and upload it again.", field="file")


def _excel(data: bytes) -> Rows:
    """The first sheet that is not hidden, some rows at a time, so that a long one is never whole in memory."""
    with _quietly():
        numbered = enumerate(_values(_shown_sheets(_book(data))[0]), 1)
    while True:
        with _quietly():
            some = list(islice(numbered, _BATCH))
        if not some:
            return
        yield from some


def _book(data: bytes) -> Any:
    _require_unpackable(data)
    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _shown_sheets(book: Any) -> list[Any]:
    """The sheets that a person sees, or all where none is shown. Raises `Refusal` where there is none at all."""
    if not book.worksheets:
        raise _unreadable()
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets


def _values(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # the file's own word on its size can be wrong by millions of cells
    return ([_cell(cell) for cell in cells[:MOST_COLUMNS]] for cells in sheet.iter_rows())


@contextmanager
def _quietly() -> Iterator[None]:
    """Read on with openpyxl. Raises `Refusal` where the file is damaged.

    What openpyxl tells of styles and extensions does not matter here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _DAMAGE:
            raise _unreadable() from None


def _require_unpackable(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except _DAMAGE:
        raise _unreadable() from None
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or strings > LARGEST_STRINGS:
        raise Refusal(
            "This Excel file is far larger inside than it looks. Copy the rows into a new file and upload that.",
            field="file",
        )


def _unreadable() -> Refusal:
    return Refusal(
        "This Excel file cannot be read. Open it, save it again as .xlsx or as CSV, and upload that.", field="file"
    )


def _cell(cell: Any) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return " ".join(value.split())
        case datetime():
            return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ")
        case date():
            return value.isoformat()
        case bool():
            return str(value)
        case int() | float() if _is_percent(cell.number_format):
            return _percent(value)
        case float() if value.is_integer() and abs(value) < 10**15:
            return str(int(value))
    return str(value)


@lru_cache
def _is_percent(number_format: str) -> bool:
    """Whether a spreadsheet shows a number a hundred times as large, with a percent sign that is not mere text."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", number_format)


def _percent(value: float) -> str:
    """A number as its cell shows it: 1 in a cell of percent is 100%; with as many digits as Excel keeps."""
    return f"{(Decimal(f'{value:.15g}') * 100).normalize():f}%"
