"""A spreadsheet as rows of text: CSV in the encodings that people have, or the first sheet of an Excel file."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
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


def _csv(data: bytes) -> Rows:
    text = io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), newline="")
    above = 0
    first = text.readline()
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter, above = first.strip()[-1], 1  # Excel's own hint
    else:
        text.seek(0)
        told = next((line for line in text if line.strip(_DELIMITERS + " \t\r\n\"'")), "")
        delimiter = max(_DELIMITERS, key=told.count)
        text.seek(0)
    number = above
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
    """The first sheet, some rows at a time, so that a long one is never whole in memory."""
    _require_unpackable(data)
    with _quietly():
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise _unreadable()
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file's own word on its size can be wrong by millions of cells
        numbered = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        with _quietly():
            some = [
                (number, [_cell(value) for value in cells[:MOST_COLUMNS]]) for number, cells in islice(numbered, _BATCH)
            ]
        if not some:
            return
        yield from some


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


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return " ".join(value.split())
        case datetime():
            return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ")
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 10**15:
            return str(int(value))
    return str(value)
