"""When somebody can be employed, what ends with an employment, and who handles an application after it."""

from datetime import date, timedelta

import pytest

from certhub.rules.employment import (
    EARLIEST,
    access_in_words,
    handler_of,
    placement_within,
    require_no_overlap,
    require_spell,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal

JAN, FEB, MARCH, APRIL = (date(2026, month, 1) for month in range(1, 5))
END_OF_JAN, END_OF_FEB = date(2026, 1, 31), date(2026, 2, 28)

HARBOR, BLACKSTONE, PIONEER = 1, 2, 3


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(EARLIEST, None), (FEB, FEB), (FEB, APRIL), (FEB + timedelta(days=366), None)],
)
def test_a_spell_lasts_from_its_first_through_its_last_day(starts_on: date, ends_on: date | None) -> None:
    assert require_spell(starts_on, ends_on, today=FEB) == Span(starts_on, ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "message", "field"),
    [
        (EARLIEST - timedelta(days=1), None, "or later", "starts_on"),
        (FEB + timedelta(days=367), None, "at most one year ahead", "starts_on"),
        (FEB, END_OF_JAN, "cannot be before the first day", "ends_on"),
    ],
)
def test_dates_that_cannot_be_right_are_refused_beside_their_field(
    starts_on: date, ends_on: date | None, message: str, field: str
) -> None:
    with pytest.raises(Refusal, match=message) as refused:
        require_spell(starts_on, ends_on, today=FEB)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (Span(JAN), "from January 1, 2026 with no last day yet is already on file"),
        (Span(JAN, FEB), "from January 1, 2026 until February 1, 2026 is already on file"),
        (Span(END_OF_FEB), "from February 28, 2026 with no last day yet is already on file"),
    ],
)
def test_two_spells_at_one_employer_share_no_day(other: Span, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        require_no_overlap(Span(FEB, END_OF_FEB), [Span(date(2020, 1, 1), date(2020, 2, 1)), other])
    require_no_overlap(Span(FEB, END_OF_FEB), [Span(JAN, END_OF_JAN), Span(MARCH)])


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
