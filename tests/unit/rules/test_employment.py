"""What ends with an employment, and who handles an application after it."""

from datetime import date

import pytest

from certhub.rules.employment import handler_of, placement_within
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
