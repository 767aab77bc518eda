import io
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest

from certhub.documents.certificate import render
from certhub.documents.engines import PrintingFailed, TypstEngine
from certhub.documents.engines.typst_engine import without_ambiguous_line_ends
from certhub.documents.facts import LONGEST, CertificateFacts
from certhub.documents.wording import SEAL_ALT, wording
from certhub.rules.vocabulary import SubjectType
from tests.integration.documents.pdf_text import contains, saved, words_of
from tests.unit.documents.samples import HOSTILE_NAMES, certificate_facts, facts_of
from tests.unit.documents.test_twin import every_printed_word

ENGINE = TypstEngine()

WORDY = "Maximilian Featherstonehaugh de la Cruz Villanueva y "
LETTERS = "Nguyễn Thị Phương Thảo, Łukasz Čapek, Ελένη Παπαδοπούλου, Наталья Щербакова, Jose\u0301"

ODD_NAMES = {
    "80 letters without a space": "W" * 80,
    "200 letters without a space": "M" * 200,
    "200 letters in words": (WORDY * 5)[:200].strip(),
    "one letter": "X",
    "many alphabets": LETTERS,
    "nothing but narrow letters": "i" * 200,
}


def filled(pattern: str) -> CertificateFacts:
    """Every text as long as it may be."""
    longest: dict[str, Any] = {
        name: (pattern * 400)[:length].strip().ljust(length, "x") for name, length in LONGEST.items()
    }
    line = (pattern * 80)[:80].strip()
    return certificate_facts(**longest, issuer=(line, line))


def assert_accessible_and_archivable(pdf: bytes, folder: Path) -> None:
    for profile in ("ua1", "2a"):
        verdict = page.validate_pdf(saved(pdf, folder), profile=profile)
        assert verdict.is_compliant, (profile, verdict.failures)


def alternative_texts(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            str(item["/Alt"]) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]


@pytest.mark.parametrize("subject", SubjectType)
def test_the_certificate_is_pdf_a_2a_and_pdf_ua_1_for_every_kind_of_holder(
    subject: SubjectType, tmp_path: Path
) -> None:
    """Lesson 22."""
    assert_accessible_and_archivable(render(facts_of(subject), ENGINE).data, tmp_path)


@pytest.mark.parametrize("subject", SubjectType)
def test_the_text_of_the_certificate_holds_every_fact(subject: SubjectType) -> None:
    facts = facts_of(subject)
    pdf = render(facts, ENGINE).data
    for words in every_printed_word(facts):
        assert contains(pdf, words), words


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_odd_names_stay_on_one_accessible_page_and_are_printed_whole(name: str, tmp_path: Path) -> None:
    pdf = render(certificate_facts(holder_name=name), ENGINE).data
    assert contains(pdf, name)
    assert_accessible_and_archivable(pdf, tmp_path)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert [float(side) for side in document.pages[0].mediabox] == [0, 0, 792, 612]


@pytest.mark.parametrize("pattern", [WORDY, "M"], ids=["words", "letters without a space"])
def test_the_longest_texts_all_at_once_stay_on_one_accessible_page(pattern: str, tmp_path: Path) -> None:
    facts = filled(pattern)
    pdf = render(facts, ENGINE).data
    assert_accessible_and_archivable(pdf, tmp_path)
    for words in every_printed_word(facts):
        assert contains(pdf, words), words


def test_every_text_may_use_every_alphabet(tmp_path: Path) -> None:
    texts = ("holder_name", "holder_detail", "statement", "dates_because", "signatory_title", "standard_title")
    pdf = render(certificate_facts(**dict.fromkeys(texts, LETTERS), signatory_name="Ελένη Щербакова"), ENGINE).data
    assert_accessible_and_archivable(pdf, tmp_path)
    assert words_of(pdf).count("Παπαδοπούλου") == len(texts)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_markup_in_a_name_is_printed_literally(name: str, tmp_path: Path) -> None:
    pdf = render(certificate_facts(holder_name=name), ENGINE).data
    assert contains(pdf, name)
    assert not contains(pdf, "root:")
    assert_accessible_and_archivable(pdf, tmp_path)


def test_the_same_facts_give_the_same_bytes_from_any_engine_and_any_thread() -> None:
    facts = certificate_facts()
    once = render(facts, ENGINE).sha256
    with ThreadPoolExecutor(4) as threads:
        again = list(threads.map(lambda _: render(facts, ENGINE).sha256, range(12)))
    assert {once, *again, render(facts, TypstEngine()).sha256} == {once}
    assert render(certificate_facts(serial="000418"), ENGINE).sha256 != once


def test_the_document_knows_its_title_language_and_day_of_issue() -> None:
    facts = certificate_facts(issued_on=date(2026, 8, 17))
    with pikepdf.open(io.BytesIO(render(facts, ENGINE).data)) as document, document.open_metadata() as metadata:
        assert metadata["dc:title"] == wording(facts).document_title
        assert str(document.Root.Lang) == "en-US"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert metadata["xmp:CreateDate"].startswith("2026-08-17")
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")


def test_seal_and_qr_code_have_alternative_texts_and_the_address_can_be_followed() -> None:
    facts = certificate_facts()
    pdf = render(facts, ENGINE).data
    texts = alternative_texts(pdf)
    assert SEAL_ALT in texts
    assert wording(facts).qr_alt in texts
    with pikepdf.open(io.BytesIO(pdf)) as document:
        links = [str(note.A.URI) for note in document.pages[0].Annots]
    assert set(links) == {facts.verification_url}


def test_a_signature_can_be_appended_on_a_line_of_its_own() -> None:
    assert render(certificate_facts(), ENGINE).data.endswith(b"%%EOF\n")


def test_letters_without_a_glyph_stop_the_engine_itself_too() -> None:
    with pytest.raises(PrintingFailed, match="Typst could not print"):
        ENGINE.certificate(certificate_facts(holder_name="李小龍"))


def test_a_stream_that_ends_in_a_carriage_return_is_settled_before_a_checker_trips_over_it(tmp_path: Path) -> None:
    facts = certificate_facts()
    with pikepdf.open(io.BytesIO(render(facts, ENGINE).data)) as document:
        meanings = next(iter(document.pages[0].Resources.Font.values())).ToUnicode
        text = meanings.read_bytes()
        while zlib.adler32(text) & 0xFF != ord("\r"):
            text += b" "
        meanings.write(text)
        unlucky = io.BytesIO()
        document.save(unlucky)
    assert b"\r\nendstream" in unlucky.getvalue()

    settled = without_ambiguous_line_ends(unlucky.getvalue())
    assert b"\r\nendstream" not in settled
    assert_accessible_and_archivable(settled, tmp_path)
    assert without_ambiguous_line_ends(unlucky.getvalue()) == settled
    assert words_of(settled) == words_of(unlucky.getvalue())


def test_a_certificate_without_ambiguous_streams_is_left_as_it_was_printed() -> None:
    assert without_ambiguous_line_ends(b"%PDF-1.7 stream\nx\nendstream") == b"%PDF-1.7 stream\nx\nendstream"
