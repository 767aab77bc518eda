"""The numbers and words of a finding."""

from decimal import Decimal
from fractions import Fraction

import pytest

from certhub.rules.findings import counted, listed, quantity, share


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 3, Fraction(0)),
        (1, 3, Fraction(1, 3)),
        (Decimal("1.5"), 3, Fraction(1, 2)),
        (3, 3, Fraction(1)),
        (4, 3, Fraction(1)),
        (-1, 3, Fraction(0)),
        (0, 0, Fraction(1)),
    ],
)
def test_a_share_runs_from_none_to_the_whole(part: Decimal | int, whole: int, expected: Fraction) -> None:
    assert share(part, whole) == expected


def test_numbers_and_lists_read_as_a_person_says_them() -> None:
    assert [quantity(Decimal(number)) for number in ("24.00", "13.50", "100", "0.0")] == ["24", "13.5", "100", "0"]
    assert [counted(number, "hour") for number in (0, 1, 2)] == ["0 hours", "1 hour", "2 hours"]
    assert [counted(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
