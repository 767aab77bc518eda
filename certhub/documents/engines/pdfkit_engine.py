"""The other engine: the HTML twin through wkhtmltopdf, for agencies that keep their own HTML letterheads.

wkhtmltopdf is an old browser that runs whatever it is given, so it is given as little as possible: no network,
no files, no scripts, a private environment, and a deadline.
"""

import functools
import io
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path

import pdfkit
import pikepdf
from pdfkit.configuration import Configuration

from certhub.documents.engines.engine import EngineUnavailable, PrintingFailed
from certhub.documents.facts import CertificateFacts
from certhub.documents.twin import certificate_html
from certhub.documents.wording import wording

DEADLINE_SECONDS = 30.0

PAGE_ZOOM = 1.3
"""Debian's build prints a CSS inch as 0.77 inch and knows no `--zoom`; a larger factor would shrink the page again."""

_MISSING = (
    "CERTHUB_PDF_ENGINE=pdfkit needs wkhtmltopdf, and there is no such program at {program}: install the wkhtmltopdf "
    "package, set CERTHUB_WKHTMLTOPDF to its path, or set CERTHUB_PDF_ENGINE=typst."
)
_UNKNOWN_SWITCH = re.compile(r"The switch \S+, is not support using unpatched qt, and will be ignored\.")
"""Debian's build says so of `--print-media-type`; it prints with the print style anyway."""

_OPTIONS = {
    "page-size": "Letter",
    "orientation": "Landscape",
    "margin-top": "0",
    "margin-right": "0",
    "margin-bottom": "0",
    "margin-left": "0",
    "encoding": "UTF-8",
    "print-media-type": "",
    "disable-javascript": "",
    "disable-local-file-access": "",
    "disable-plugins": "",
    "proxy": "http://127.0.0.1:9",  # the discard port: nobody answers there, so no request leaves the machine
    "load-error-handling": "ignore",
    "load-media-error-handling": "ignore",
}


class PdfkitEngine:
    """Prints the HTML twin; its documents are neither tagged nor archivable, and the record says so."""

    name = "pdfkit"
    conformance: tuple[str, ...] = ()

    def __init__(self, executable: Path, timeout: float = DEADLINE_SECONDS) -> None:
        if not (executable.is_file() and os.access(executable, os.X_OK)):
            raise EngineUnavailable(_MISSING.format(program=executable))
        self._executable = executable
        self._timeout = timeout

    @classmethod
    def found_on_this_machine(cls, program: str = "wkhtmltopdf") -> "PdfkitEngine":
        """The engine with `program`, a name on the search path or a path; raises `EngineUnavailable` without one."""
        found = shutil.which(program)
        if found is None:
            raise EngineUnavailable(_MISSING.format(program=program))
        return cls(Path(found).absolute())

    @functools.cached_property
    def version(self) -> str:
        """The version that wkhtmltopdf gives of itself, for example "0.12.6"."""
        with tempfile.TemporaryDirectory(prefix="certhub-pdf-") as home:
            answer = self._run([str(self._executable), "--version"], b"", home).decode("utf-8", "replace")
        return answer.removeprefix("wkhtmltopdf").strip() or "unknown"

    def certificate(self, facts: CertificateFacts) -> bytes:
        """The certificate as a PDF; raises `PrintingFailed`."""
        printed = self.printed(certificate_html(facts, zoom=PAGE_ZOOM))
        return _described(printed, wording(facts).document_title, facts.issued_on)

    def printed(self, html: str) -> bytes:
        """One HTML page as a PDF, with nothing fetched; raises `PrintingFailed`."""
        # pdfkit reads options out of <meta> elements of the page; a prefix that nobody can guess switches that off.
        settings = Configuration(
            wkhtmltopdf=str(self._executable), meta_tag_prefix=f"off-{secrets.token_hex(16)}-", environ={"LC_ALL": "C"}
        )
        command = pdfkit.PDFKit(html, "string", options=_OPTIONS, configuration=settings).command()
        with tempfile.TemporaryDirectory(prefix="certhub-pdf-") as home:
            printed = self._run(command, html.encode("utf-8"), home)
        if not printed.startswith(b"%PDF-"):
            raise PrintingFailed("wkhtmltopdf ended without making a PDF.")
        return printed

    def _run(self, command: list[str], given: bytes, home: str) -> bytes:
        """What the command writes. We start it ourselves because pdfkit would wait for it for ever."""
        try:
            ended = subprocess.run(  # noqa: S603  (a fixed list of arguments; the page goes in by standard input)
                command, input=given, capture_output=True, timeout=self._timeout, env=_environment(home), check=False
            )
        except subprocess.TimeoutExpired as error:
            raise PrintingFailed(f"wkhtmltopdf was stopped after {self._timeout:g} seconds.") from error
        if ended.returncode != 0:
            said = _UNKNOWN_SWITCH.sub("", ended.stderr.decode("utf-8", "replace")).strip().splitlines()
            reason = said[-1].rstrip(".") if said else f"exit code {ended.returncode}"
            raise PrintingFailed(f"wkhtmltopdf failed: {reason}.")
        return ended.stdout


def _environment(home: str) -> dict[str, str]:
    """Nothing of ours: no secrets, no proxy of the host, no display, and a home that is thrown away."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "XDG_RUNTIME_DIR": home,
        "TMPDIR": home,
        "LC_ALL": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }


def _described(printed: bytes, title: str, issued_on: date) -> bytes:
    """The same page with its title, language and date of issue; raises `PrintingFailed` if it is not one page."""
    described = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        if len(pdf.pages) != 1:
            raise PrintingFailed("The certificate does not fit on one page; shorten its texts, or print it with typst.")
        pdf.docinfo["/Title"] = title
        pdf.docinfo["/CreationDate"] = datetime.combine(issued_on, time(12), UTC).strftime("D:%Y%m%d%H%M%SZ")
        pdf.Root.Lang = pikepdf.String("en-US")
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.save(described)
    return described.getvalue()
