"""What must be settled before a contract is closed out, and how long its records are kept; as tables."""

from datetime import date

import pytest

from certhub.rules.contract_close_out import OpenItem, records_kept_until, report_years, require_settled
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal

ITEMS = (OpenItem("invoice_1", "Invoice H-1 waits for DPH."), OpenItem("plan_2", "A corrective action is open."))


@pytest.mark.parametrize(
    ("reasons", "field"),
    [({}, "invoice_1"), ({"invoice_1": "Dissolved"}, "plan_2"), ({"invoice_1": " ", "plan_2": "x"}, "invoice_1")],
)
def test_each_thing_that_is_open_needs_a_reason_beside_its_field(reasons: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal, match="Settle it first, or say why") as refused:
        require_settled(ITEMS, reasons)
    assert refused.value.field == field


def test_with_a_reason_for_each_it_is_closed_out() -> None:
    given = {"invoice_1": " Dissolved ", "plan_2": "Moot", "other_3": "Not asked"}
    assert require_settled(ITEMS, given) == {"invoice_1": "Dissolved", "plan_2": "Moot"}
    assert require_settled((), {}) == {}


@pytest.mark.parametrize(
    ("first", "last", "year_ends", "found"),
    [
        (date(2026, 7, 1), date(2028, 6, 30), (6, 30), [date(2027, 6, 30), date(2028, 6, 30)]),
        (date(2026, 7, 1), date(2027, 3, 31), (6, 30), [date(2027, 6, 30)]),
        (date(2026, 6, 30), date(2026, 7, 1), (6, 30), [date(2026, 6, 30), date(2027, 6, 30)]),
        (date(2026, 7, 1), date(2027, 6, 30), (12, 31), [date(2026, 12, 31), date(2027, 12, 31)]),
        (date(2027, 3, 1), date(2028, 2, 29), (2, 28), [date(2028, 2, 29)]),
    ],
)
def test_each_fiscal_year_of_the_vendor_with_a_day_of_the_contract_needs_its_report(
    first: date, last: date, year_ends: tuple[int, int], found: list[date]
) -> None:
    assert list(report_years(Span(first, last), year_ends)) == found


def test_records_are_kept_for_seven_years_after_the_final_payment() -> None:
    found = records_kept_until(date(2026, 9, 15), date(2026, 6, 30))
    assert found.on == date(2033, 9, 15)
    assert "the final payment, September 15, 2026" in found.because
    assert records_kept_until(None, date(2026, 6, 30)).on == date(2033, 6, 30)
