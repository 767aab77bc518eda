"""Which files CertHub takes, told from their bytes; what a file is called proves nothing."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection

import puremagic

from certhub.rules.refusal import Refusal

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

LABELS = {PDF: "PDF", PNG: "PNG", JPEG: "JPEG", TIFF: "TIFF", CSV: "CSV", XLSX: "Excel (XLSX)", DOCX: "Word (DOCX)"}
EVIDENCE_TYPES = frozenset({PDF, PNG, JPEG, TIFF, CSV, XLSX, DOCX})
SPREADSHEET_TYPES = frozenset({CSV, XLSX})

LONGEST_NAME = 120

_SAMPLE = 64 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OFFICE = {"xl/": XLSX, "word/": DOCX}


def require_file_type(data: bytes, allowed: Collection[str], *, field: str | None = "file") -> str:
    """The media type of `data` by its bytes; refuses an empty file and every type that is not in `allowed`."""
    if not data:
        raise Refusal("This file is empty. Choose the file again.", field=field)
    found = _sniffed(data)
    if found is None or found not in allowed:
        wanted = ", ".join(label for media_type, label in LABELS.items() if media_type in allowed)
        raise Refusal(f"This kind of file cannot be used. Upload one of these kinds: {wanted}.", field=field)
    return found


def display_name(name: str | None) -> str:
    """What a person called a file, safe to show: no folders, no hidden characters, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    stem, dot, ending = " ".join(kept.split()).rpartition(".")
    if not dot:
        return ending[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - 10]}.{ending[:9]}".strip() if stem else f"file.{ending[:9]}"


def _sniffed(data: bytes) -> str | None:
    if data.startswith(b"PK"):
        return _office_type(data)
    try:
        matches = puremagic.magic_string(data[:_SAMPLE])
    except puremagic.PureError:
        matches = []
    types = {match.mime_type for match in matches}
    for media_type in (PDF, PNG, JPEG, TIFF):
        if media_type in types:
            return media_type
    return CSV if _is_text(data) and not _is_markup(data) else None


def _office_type(data: bytes) -> str | None:
    """Word or Excel by what the package holds; one with macros is neither."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)), None)


def _is_text(data: bytes) -> bool:
    if data.startswith(_UTF_16):
        return True
    return b"\x00" not in data


def _is_markup(data: bytes) -> bool:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<", b"%!", b"#!", b"mz", b"\x7felf", b"{\\rtf"))
