"""Folded names, languages and disciplines by name, file types by their bytes, hours in quarters."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules import file_types
from certhub.rules.disciplines import discipline_named
from certhub.rules.file_types import EVIDENCE_TYPES, SPREADSHEET_TYPES, display_name, require_file_type
from certhub.rules.languages import LANGUAGES, language_named
from certhub.rules.name_order import by_last_name, folded
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import require_minutes
from certhub.rules.vocabulary import Discipline


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "fold"),
    [
        ("Zoë Łukasz-Ødegård", "zoe lukasz-odegard"),
        ("  ANA   Ferreira ", "ana ferreira"),
        ("Zoe\u0308 Strauß", "zoe strauss"),
        ("محمد", "محمد"),
        ("हिन्दी", "हिन्दी"),
        ("王小明", "王小明"),
        ("Ελένη", "ελένη"),
        *[(f"O{mark}Brien", "o'brien") for mark in "'\u2018\u2019\u02bc\u00b4`\u2032\uff07"],
        *[(f"Smith{dash}Jones", "smith-jones") for dash in "-\u2010\u2011\u2013\u2014\u2212\uff0d"],
    ],
)
def test_names_fold_to_plain_latin_letters_and_other_scripts_stay(name: str, fold: str) -> None:
    assert folded(name) == fold


@given(st.text(max_size=300))
def test_folding_is_stable_and_fits_its_column(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert len(folded(name)) <= 200


def test_every_language_is_found_by_code_and_by_name() -> None:
    for code, name in LANGUAGES.items():
        assert language_named(code) == language_named(name.upper()) == code
    assert language_named("Klingon") is None


@pytest.mark.parametrize(
    ("typed", "discipline"),
    [
        ("experienced_parent", Discipline.EXPERIENCED_PARENT),
        ("Experienced  Parent", Discipline.EXPERIENCED_PARENT),
        ("rn", Discipline.NURSE),
        ("astronaut", None),
    ],
)
def test_a_discipline_is_found_by_what_people_call_it(typed: str, discipline: Discipline | None) -> None:
    assert discipline_named(typed) is discipline


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n", file_types.PDF),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, file_types.PNG),
        (b"\xff\xd8\xff\xe1\0\x10Exif\0" + b"\0" * 30, file_types.JPEG),
        (b"II*\0" + b"\0" * 30, file_types.TIFF),
        (b"name,email\nAna,ana@example.org\n", file_types.CSV),
        ("\ufeffname;email\n".encode("utf-16"), file_types.CSV),
        (workbook(), file_types.XLSX),
        (package("[Content_Types].xml", "word/document.xml"), file_types.DOCX),
    ],
)
def test_a_file_is_known_by_its_bytes(data: bytes, media_type: str) -> None:
    assert require_file_type(data, EVIDENCE_TYPES) == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ" + b"\0" * 100,
        b"\x7fELF\x02\x01",
        b"<!doctype html><script>alert(1)</script>",
        b"  <svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"#!/bin/sh\nrm -rf /\n",
        package("a.txt"),
        package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        b"PK\x03\x04 broken",
        b"a\x00b,c\n",
    ],
)
def test_other_files_are_refused_whatever_they_are_called(data: bytes) -> None:
    with pytest.raises(Refusal):
        require_file_type(data, EVIDENCE_TYPES)


def test_a_pdf_is_not_a_roster() -> None:
    with pytest.raises(Refusal, match=r"CSV, Excel \(XLSX\)"):
        require_file_type(b"%PDF-1.7\n", SPREADSHEET_TYPES)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("certificate.pdf", "certificate.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\scan 1.pdf", "scan 1.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("line\nbreak\x00.pdf", "linebreak.pdf"),
        ("", "file"),
        (None, "file"),
        (".pdf", "file.pdf"),
        ("شهادة.pdf", "شهادة.pdf"),
    ],
)
def test_a_name_is_only_for_showing(name: str | None, shown: str) -> None:
    assert display_name(name) == shown


@given(st.text(max_size=400))
def test_no_name_is_too_long_or_hides_anything(name: str) -> None:
    shown = display_name(name)
    assert 0 < len(shown) <= 120
    assert "/" not in shown
    assert "\\" not in shown
    assert shown.isprintable() or not any(ord(each) < 32 for each in shown)


def test_hours_become_minutes_by_category() -> None:
    hours = {TrainingCategory.CORE: Decimal("1.25"), TrainingCategory.GENERAL: Decimal(0)}
    assert require_minutes(hours) == {TrainingCategory.CORE: 75}


@pytest.mark.parametrize("typed", ["0.1", "-1", "400.25", "NaN", "Infinity"])
def test_hours_that_cannot_be_are_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        require_minutes({TrainingCategory.CORE: Decimal(typed)})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana Ferreira", "ferreira ana"),
        ("María de la Cruz", "cruz maria de la"),
        ("Sam Lee, Jr.", "lee sam"),
        ("Sam Lee Jr.", "lee sam"),
        ("Ana Ferreira Ph.D.", "ferreira ana"),
        ("Lee, Sam", "lee sam"),
        ("Ana Ferreira, RN, MD", "ferreira ana"),
        ("Siobhán O\u2019Brien", "o'brien siobhan"),
        ("Madonna", "madonna"),
        ("Jr", "jr"),
        ("", ""),
    ],
)
def test_a_list_by_last_names_has_each_under_the_last_word_of_the_name(name: str, expected: str) -> None:
    assert by_last_name(name) == expected
