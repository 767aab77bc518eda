"""The days that an invoice of a month can ask for, as tables."""

from datetime import date

import pytest

from certhub.rules.independence import Span
from certhub.rules.invoice_days import days_of_cost, stretches
from certhub.rules.refusal import Refusal

MONTH = Span(date(2025, 9, 1), date(2025, 9, 30))


def days(first: int, last: int) -> Span:
    return Span(date(2025, 9, first), date(2025, 9, last))


@pytest.mark.parametrize(
    ("work", "taken", "found"),
    [
        ([Span(date(2025, 8, 1))], [], [MONTH]),
        ([days(1, 10), days(20, 30)], [], [days(1, 10), days(20, 30)]),
        ([days(1, 10), days(11, 30)], [], [MONTH]),
        ([days(1, 20), days(10, 30)], [], [MONTH]),
        ([days(1, 10), Span(date(2025, 9, 20), date(2025, 10, 5))], [days(1, 10)], [days(20, 30)]),
        ([MONTH], [days(10, 12)], [days(1, 9), days(13, 30)]),
        ([MONTH], [MONTH], []),
        ([Span(date(2025, 10, 1))], [], []),
    ],
)
def test_each_stretch_of_work_is_a_line_and_no_gap_and_no_day_that_is_taken_is_in_one(
    work: list[Span], taken: list[Span], found: list[Span]
) -> None:
    assert list(stretches(work, MONTH, taken=taken)) == found


@pytest.mark.parametrize(
    ("in_force", "found"),
    [
        ([Span(date(2025, 7, 1), date(2026, 6, 30))], MONTH),
        ([Span(date(2025, 9, 15), date(2026, 6, 30))], days(15, 30)),
        ([Span(date(2025, 7, 1), date(2025, 9, 12))], days(1, 12)),
        ([days(3, 5), days(9, 20)], days(3, 20)),
    ],
)
def test_another_cost_has_the_days_of_the_contract_in_the_month(in_force: list[Span], found: Span) -> None:
    assert days_of_cost(in_force, MONTH) == found


def test_in_a_month_without_a_day_of_the_contract_there_is_no_other_cost() -> None:
    with pytest.raises(Refusal, match="was not in force on any day of this month") as refused:
        days_of_cost([Span(date(2025, 10, 1), date(2026, 6, 30))], MONTH)
    assert refused.value.field == "other"
