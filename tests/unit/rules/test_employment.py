"""What ends with an employment, and who handles an application after it."""

from datetime import date

import pytest

from certhub.rules.employment import access_in_words, handler_of, placement_within
from certhub.rules.independence import Span

JAN, FEB, MARCH, APRIL = (date(2026, month, 1) for month in range(1, 5))
END_OF_JAN, END_OF_FEB = date(2026, 1, 31), date(2026, 2, 28)

HARBOR, BLACKSTONE, PIONEER = 1, 2, 3


@pytest.mark.parametrize(
    ("placement", "spells", "left"),
    [
        (Span(FEB), [Span(JAN)], Span(FEB)),
        (Span(FEB), [Span(JAN, END_OF_FEB)], Span(FEB, END_OF_FEB)),
        (Span(FEB, FEB), [Span(JAN, END_OF_FEB)], Span(FEB, FEB)),
        (Span(JAN, MARCH), [Span(JAN, END_OF_JAN)], Span(JAN, END_OF_JAN)),
        (Span(JAN), [Span(JAN, END_OF_JAN), Span(FEB, END_OF_FEB)], Span(JAN, END_OF_FEB)),
        (Span(JAN), [Span(JAN, END_OF_JAN), Span(FEB)], Span(JAN)),
        (Span(JAN), [Span(JAN, END_OF_JAN), Span(MARCH)], Span(JAN, END_OF_JAN)),
        (Span(END_OF_JAN), [Span(JAN, END_OF_JAN)], Span(END_OF_JAN, END_OF_JAN)),
        (Span(FEB), [Span(JAN, END_OF_JAN)], None),
        (Span(JAN), [Span(FEB)], None),
        (Span(JAN), [], None),
    ],
)
def test_an_assignment_ends_with_the_employment_that_it_began_in(
    placement: Span, spells: list[Span], left: Span | None
) -> None:
    assert placement_within(placement, spells) == left
    assert placement_within(placement, reversed(spells)) == left


@pytest.mark.parametrize(
    ("employers", "handler"),
    [
        ([], HARBOR),
        ([(HARBOR, Span(JAN))], HARBOR),
        ([(HARBOR, Span(JAN, FEB))], HARBOR),
        ([(HARBOR, Span(JAN, FEB)), (BLACKSTONE, Span(JAN))], HARBOR),
        ([(HARBOR, Span(JAN, END_OF_JAN))], HARBOR),
        ([(HARBOR, Span(JAN, END_OF_JAN)), (BLACKSTONE, Span(FEB))], BLACKSTONE),
        ([(HARBOR, Span(JAN, END_OF_JAN)), (BLACKSTONE, Span(MARCH))], BLACKSTONE),
        ([(HARBOR, Span(JAN, END_OF_JAN)), (HARBOR, Span(MARCH)), (BLACKSTONE, Span(JAN))], HARBOR),
        ([(BLACKSTONE, Span(JAN)), (PIONEER, Span(END_OF_JAN))], PIONEER),
        ([(BLACKSTONE, Span(JAN)), (PIONEER, Span(MARCH))], BLACKSTONE),
        ([(BLACKSTONE, Span(APRIL)), (PIONEER, Span(MARCH))], PIONEER),
        ([(BLACKSTONE, Span(JAN, END_OF_JAN))], HARBOR),
    ],
)
def test_an_open_application_follows_the_employment(employers: list[tuple[int, Span]], handler: int) -> None:
    assert handler_of(HARBOR, employers, FEB) == handler


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([Span(JAN)], [Span(JAN)], ""),
        ([Span(JAN)], [Span(FEB)], ""),
        ([Span(JAN, END_OF_JAN)], [Span(JAN, JAN)], ""),
        ([Span(JAN)], [Span(JAN, END_OF_JAN)], "Harbor does not see this record any more."),
        ([Span(JAN, FEB)], [Span(JAN, END_OF_JAN)], "Harbor does not see this record any more."),
        ([Span(JAN)], [Span(JAN, FEB)], "Harbor sees this record through February 1, 2026."),
        ([Span(JAN, FEB)], [Span(JAN)], "Harbor sees this record while the employment goes on."),
        ([Span(JAN, END_OF_JAN)], [Span(JAN)], "Harbor sees this record again, while the employment goes on."),
        ([Span(JAN, JAN)], [Span(JAN, MARCH)], "Harbor sees this record again, through March 1, 2026."),
        ([Span(JAN, JAN), Span(FEB)], [Span(JAN, END_OF_JAN), Span(FEB)], ""),
        ([Span(FEB)], [Span(JAN, JAN), Span(FEB, FEB)], "Harbor sees this record through February 1, 2026."),
    ],
)
def test_an_employer_sees_the_record_through_the_last_spell(before: list[Span], after: list[Span], words: str) -> None:
    assert access_in_words("Harbor", before, after, today=FEB) == words
