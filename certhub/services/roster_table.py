"""A spreadsheet as rows of text: CSV in the encodings that people have, or the first sheet of an Excel file."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from certhub.rules.file_types import XLSX
from certhub.rules.refusal import Refusal
from certhub.rules.roster import MOST_ROWS

LARGEST_UNPACKED = 160 * 1024 * 1024
"""Bytes; an Excel file is packed, and a small one can unpack to more than the machine has."""
LARGEST_STRINGS = 64 * 1024 * 1024
MOST_PARTS = 2_000

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
    text = _decoded(data)
    above = 0
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter, text, above = first.strip()[-1], rest, 1  # Excel's own hint
    else:
        delimiter = max(_DELIMITERS, key=_first_line(text).count)
    number = above
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            number += 1
            yield number, [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        raise Refusal(
            f"The file cannot be read after row {number}: a quotation mark is open or a cell is too long. "
            "Save it again as CSV from your spreadsheet program.",
            field="file",
        ) from None


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip(_DELIMITERS + " \t\"'")), "")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("The letters of this file cannot be read. Save it as CSV UTF-8 and upload it again.", field="file")


def _excel(data: bytes) -> Rows:
    _require_unpackable(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that do not matter here
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            if not book.worksheets:
                raise _unreadable()
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # the file's own word on its size can be wrong by millions of cells
            rows: list[tuple[int, list[str]]] = []
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                texts = [_cell(value) for value in cells]
                if any(texts):
                    rows.append((number, texts))
                if len(rows) > MOST_ROWS + 1:
                    break  # more than is taken; whoever counts the rows says so
        except _DAMAGE:
            raise _unreadable() from None
    return rows


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
