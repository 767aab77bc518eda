import pytest

from certhub.documents.fonts import has_italic, uncovered_characters


@pytest.mark.parametrize(
    "name",
    [
        "Maria Fernanda Gonçalves",
        "João Conceição",
        "Nguyễn Thị Phương Thảo",
        "Łukasz Ødegård-Čapek",
        "Seán O’Brien",
        "Kaʻahumanu",
        "Ελένη Παπαδοπούλου",
        "Наталья Щербакова",
        "Jose\u0301",  # the accent as a character of its own
        "Bay State Family Supports, Inc. – “North & South”",
    ],
)
def test_names_in_latin_greek_and_cyrillic_letters_can_be_printed(name: str) -> None:
    assert uncovered_characters(name) == ""


@pytest.mark.parametrize(
    ("name", "unprintable"),
    [
        ("李小龍", "李小龍"),
        ("שלום Cohen", "שלום"),
        ("محمد", "محد"),
        ("Ng 😀😀", "😀"),
        ("Ng\x00", "\x00"),
        ("Ng\nWong\tLee", "\n\t"),
        ("Ng\u202eWong", "\u202e"),  # turns the direction of what follows
        ("N\u200bg", "\u200b"),
        ("N\u00adg", "\u00ad"),
        ("\ud800", "\ud800"),
    ],
)
def test_characters_that_cannot_be_printed_are_named_once_each(name: str, unprintable: str) -> None:
    assert uncovered_characters(name) == unprintable


def test_a_text_outside_the_italics_is_known() -> None:
    assert has_italic("Nguyễn, Director")
    assert not has_italic("Ελένη")
