from datetime import date

import pytest

from certhub.documents.wording import grouped, long_date, wording
from tests.unit.documents.samples import certificate_facts


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2028, 7, 31), "July 31, 2028"),
        (date(2028, 2, 29), "February 29, 2028"),
        (date(2026, 1, 1), "January 1, 2026"),
        (date(2026, 12, 9), "December 9, 2026"),
    ],
)
def test_dates_are_written_out(day: date, words: str) -> None:
    assert long_date(day) == words


@pytest.mark.parametrize(
    ("code", "read_aloud"),
    [
        ("K7QM2XWA9F", "K7QM 2XWA 9F"),
        ("K7QM2XWA", "K7QM 2XWA"),
        ("K7Q", "K7Q"),
        ("K7Q-M2X", "K7Q-M2X"),
    ],
)
def test_a_code_is_read_in_groups_of_four_unless_it_has_its_own(code: str, read_aloud: str) -> None:
    assert grouped(code) == read_aloud


def test_a_certificate_that_replaces_another_says_which() -> None:
    assert wording(certificate_facts()).serial_line == (
        "Certificate serial number 000417, replacing certificate 000102."
    )
    assert wording(certificate_facts(supersedes=None)).serial_line == "Certificate serial number 000417."


def test_the_title_of_the_document_names_what_it_is_whose_and_which() -> None:
    assert wording(certificate_facts()).document_title == (
        "Certified Pediatric Care Coordinator: Maria Fernanda Gonçalves (CC-2026-000123-4)"
    )
