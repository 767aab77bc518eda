import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest

from certhub.documents.certificate import render
from certhub.documents.engines import PdfkitEngine, PrintingFailed, engine_named
from certhub.documents.facts import LONGEST
from certhub.documents.wording import wording
from certhub.rules.vocabulary import SubjectType
from tests.integration.documents.pdf_text import contains, words_of
from tests.unit.documents.samples import HOSTILE_NAMES, certificate_facts, facts_of
from tests.unit.documents.test_twin import every_printed_word

pytestmark = pytest.mark.wkhtmltopdf


@pytest.fixture(scope="module")
def engine() -> PdfkitEngine:
    found = engine_named("pdfkit")
    assert isinstance(found, PdfkitEngine)
    return found


@contextmanager
def somebody_listening() -> Iterator[tuple[str, socket.socket]]:
    """A server on this machine that must never be called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


@pytest.mark.parametrize("subject", SubjectType)
def test_the_printed_twin_is_one_landscape_letter_page_that_holds_every_fact(
    subject: SubjectType, engine: PdfkitEngine
) -> None:
    facts = facts_of(subject)
    document = render(facts, engine)
    for words in every_printed_word(facts):
        printed = words_of(document.data).casefold()  # labels are set in capitals
        assert "".join(words.split()).casefold() in printed, words
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 792, 612]
        assert str(pdf.docinfo["/Title"]) == wording(facts).document_title
        assert str(pdf.docinfo["/CreationDate"]) == "D:20260817120000Z"
        assert str(pdf.Root.Lang) == "en-US"


def test_the_record_does_not_claim_what_wkhtmltopdf_cannot_do(engine: PdfkitEngine) -> None:
    document = render(certificate_facts(), engine)
    assert (document.engine, document.conformance) == ("pdfkit", ())
    assert document.engine_version.startswith("0.12")


@pytest.mark.parametrize("name", ["W" * 80, "Maria de la Cruz " * 11, "Ελένη Щербакова Nguyễn"])
def test_long_and_foreign_names_stay_on_the_page(name: str, engine: PdfkitEngine) -> None:
    assert contains(render(certificate_facts(holder_name=name), engine).data, name)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_markup_in_a_name_is_printed_literally(name: str, engine: PdfkitEngine) -> None:
    pdf = render(certificate_facts(holder_name=name), engine).data
    assert contains(pdf, name)
    assert not contains(pdf, "root:x:")


HARMLESS = ("Certificate", "wkhtmltopdf failed: Exit with code 1 due to network error")


@pytest.mark.parametrize(
    "hostile",
    [
        '<iframe src="file:///etc/passwd" width="600" height="400"></iframe>',
        '<object data="file:///etc/passwd" type="text/plain" width="600" height="400"></object>',
        '<embed src="file:///etc/passwd"><img src="file:///etc/passwd">',
        "<script>document.body.appendChild(document.createTextNode('owned'))</script>",
        '<iframe srcdoc="<script>top.document.write(1)</script>"></iframe>',
        '<iframe src="ADDRESS/frame"></iframe>',
        '<img src="ADDRESS/image.png">',
        '<link rel="stylesheet" href="ADDRESS/style.css">',
        '<meta http-equiv="refresh" content="0; url=ADDRESS/refresh">',
        "<style>body { background: url(ADDRESS/background.png) }</style>",
    ],
)
def test_a_hostile_page_reads_no_file_runs_no_script_and_calls_nobody(hostile: str, engine: PdfkitEngine) -> None:
    """The page is printed without the hostile part, or not at all; the options that it asks for are never given."""
    with somebody_listening() as (address, server):
        try:
            outcome = words_of(
                engine.printed(
                    '<!doctype html><html><head><meta name="pdfkit-enable-local-file-access" content="">'
                    '<meta name="pdfkit-enable-javascript" content=""></head><body><p>Certificate</p>'
                    f"{hostile.replace('ADDRESS', address)}</body></html>"
                )
            )
        except PrintingFailed as refused:
            outcome = str(refused).partition(":")[0] + ":" + str(refused).split(":")[1]
        with pytest.raises(TimeoutError):
            server.accept()
    assert outcome in HARMLESS


def test_a_certificate_that_does_not_fit_on_one_page_is_not_issued(engine: PdfkitEngine) -> None:
    crowded = {name: "M" * LONGEST[name] for name in ("title", "statement", "holder_detail", "signatory_title")}
    with pytest.raises(PrintingFailed, match="does not fit on one page"):
        render(certificate_facts(**crowded, dates_because="M" * 200, signatory_name="M" * 80), engine)
