"""The default engine: Typst, a typesetter from PyPI that writes tagged, archivable PDF."""

import functools
import io
import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import typst

from certhub.config import shipped
from certhub.documents.artwork import qr_svg
from certhub.documents.engines.engine import PrintingFailed
from certhub.documents.facts import CertificateFacts
from certhub.documents.fonts import font_files, has_italic
from certhub.documents.wording import wording

_PROFILES: list["typst.PDFStandard"] = ["a-2a", "ua-1"]
_AMBIGUOUS = b"\r\nendstream"
_SLANTED = ("holder_detail", "dates_because", "signatory_name")


@functools.cache
def _fonts() -> typst.Fonts:
    """Our own faces and no others, so that a certificate has the same bytes on every machine.

    Typst searches folders only, in the order of the file system, and the font packages hold each face in two
    formats; so the chosen files get a folder of their own until a first text has read them all into memory.
    """
    with TemporaryDirectory(prefix="certhub-fonts-") as folder:
        for file in font_files():
            shutil.copy(file, folder)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        specimen = "".join(
            f'#text(font: "{face.family}", style: "{face.style}", weight: {face.weight})[Certificate]\n'
            for face in fonts.fonts()
        )
        typst.Compiler(input=specimen.encode(), font_paths=fonts).compile(format="pdf")
    return fonts


class TypstEngine:
    """Prints PDF/A-2a with PDF/UA-1 tags; the same facts always give the same bytes."""

    name = "typst"
    conformance = ("PDF/A-2a", "PDF/UA-1")

    def __init__(self) -> None:
        self._of_this_thread = threading.local()

    @property
    def version(self) -> str:
        """The version of the installed typesetter."""
        return version("typst")

    def certificate(self, facts: CertificateFacts) -> bytes:
        """The certificate as a PDF; raises `PrintingFailed`."""
        printed_words = asdict(wording(facts))
        words = printed_words | {
            "issued_on": [facts.issued_on.year, facts.issued_on.month, facts.issued_on.day],
            "upright": [name for name in _SLANTED if not has_italic(printed_words[name])],
        }
        return self._printed(
            "certificate",
            {"words": json.dumps(words, ensure_ascii=False), "qr": qr_svg(facts.verification_url)},
            facts.issued_on,
        )

    def on_letterhead(self, template: str, dated_on: date, words: Mapping[str, Any]) -> bytes:
        """A paper as a PDF, from the words that `letter.typ` or `transcript.typ` names; raises `PrintingFailed`."""
        day = [dated_on.year, dated_on.month, dated_on.day]
        return self._printed(template, {"words": json.dumps({**words, "dated_on": day}, ensure_ascii=False)}, dated_on)

    def _printed(self, template: str, inputs: dict[str, str], day: date) -> bytes:
        try:
            printed, warnings = self._compiler(template).compile_with_warnings(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=_PROFILES,
                timestamp=int(datetime.combine(day, time(12), UTC).timestamp()),
            )
        except typst.TypstError as error:
            raise PrintingFailed(f"Typst could not print the {template}: {error}") from error
        if warnings:  # for example a font that is not there: the page would lack its words without any error
            raise PrintingFailed(f"Typst could not print the {template}: {warnings[0].message}")
        if not isinstance(printed, bytes):  # pragma: no cover  (a PDF is always one file)
            raise PrintingFailed(f"Typst could not print the {template}: it gave no PDF.")
        # A later invisible signature is appended to these bytes, and PDF/A wants it to start on a line of its own.
        return without_ambiguous_line_ends(printed).rstrip(b"\n") + b"\n"

    def _compiler(self, template: str) -> typst.Compiler:
        """This thread's compiler: it is not safe to share, and it is kept because reading the fonts takes longest."""
        kept: dict[str, typst.Compiler] = self._of_this_thread.__dict__
        if template not in kept:
            folder = shipped("templates") / "documents"
            kept[template] = typst.Compiler(
                input=str(folder / f"{template}.typ"),
                root=str(folder),
                font_paths=_fonts(),
            )
        return kept[template]


def without_ambiguous_line_ends(pdf: bytes) -> bytes:
    """The same document without streams that happen to end in a carriage return.

    Together with the line feed before `endstream` that byte reads like one line end of two characters, and checkers
    of PDF/A then say that the length of the stream is wrong: 23 of 1,500 certificates. The byte is a checksum
    of the stream's content, so one more line feed in the content, which means nothing there, changes it.
    """
    if _AMBIGUOUS not in pdf:
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(b"\r"):
                item.write(item.read_bytes() + b"\n")
        settled = io.BytesIO()
        document.save(settled, deterministic_id=True)
    return settled.getvalue()
