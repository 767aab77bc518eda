"""Two spellings of one name have their folded form in common, and what was typed agrees with a record."""

import pytest

from certhub.rules.name_order import names_agree


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [
        ("Zoë Łukasz", True),
        ("lukasz, ZOE", True),
        ("Łukasz", False),
        ("Łukasz Anna", True),
        ("Zoe Luka", False),
        ("Piotr Łukasz", False),
        (" , ", False),
        ("", False),
    ],
)
def test_a_name_agrees_where_two_words_at_least_and_no_others_are_those_of_the_record(typed: str, agrees: bool) -> None:
    assert names_agree(typed, "Zoe Anna Lukasz") is agrees
