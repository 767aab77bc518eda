"""Dollars and cents, as people type and read them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.fiscal_years import days_of_fiscal_year, fiscal_year_of, fiscal_years_of
from certhub.rules.independence import Span
from certhub.rules.money import LARGEST_CENTS, cents_of, dollars
from certhub.rules.refusal import Refusal


@given(st.integers(-LARGEST_CENTS, LARGEST_CENTS))
def test_what_is_shown_can_be_typed_again(cents: int) -> None:
    assert cents_of(dollars(cents)) == cents


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1,250.00", 1_250_00), ("$1,250", 1_250_00), ("1250.05", 1_250_05), ("-3.10", -3_10), ("-$3.10", -3_10),
        ("$-3.10", -3_10), ("0", 0), (" 12 000.00 ", 12_000_00),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(typed: str, cents: int) -> None:
    assert cents_of(typed) == cents


@pytest.mark.parametrize("typed", ["", "abc", "1,25.00", "1.5", "1.005", "1,2500", "--1", "-$-1", "1e5", "NaN", "٣"])
def test_an_amount_that_can_be_misread_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="Type an amount in dollars and cents") as refused:
        cents_of(typed, field="amount")
    assert refused.value.field == "amount"


def test_a_slip_of_the_keyboard_is_refused() -> None:
    with pytest.raises(Refusal, match="too large"):
        cents_of("100,000,000,000.01")


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 6, 30), 2026), (date(2026, 7, 1), 2027), (date(2027, 1, 1), 2027)]
)
def test_a_fiscal_year_begins_in_july_and_is_named_by_its_end(day: date, year: int) -> None:
    assert fiscal_year_of(day) == year
    assert days_of_fiscal_year(2027) == Span(date(2026, 7, 1), date(2027, 6, 30))
    assert list(fiscal_years_of(date(2026, 6, 30), date(2028, 7, 1))) == [2026, 2027, 2028, 2029]
