"""Days that are held back, and where an invoice stands; as tables."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.exposure import Break, Link
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.payment_holds import (
    Amounts,
    InvoiceState,
    amounts_of,
    held_days,
    require_nothing_new,
    require_own_days,
    require_payment,
    require_reversal,
    require_room,
    state_of,
)
from certhub.rules.refusal import Refusal

MONTH = Span(date(2026, 9, 1), date(2026, 9, 30))


def broken(first: int, last: int | None) -> Break:
    last_on = None if last is None else date(2026, 9, last)
    return Break(Link.CREDENTIAL, date(2026, 9, first), last_on, "The credential had expired.")


def ended(first: int, last: int) -> Break:
    return Break(Link.CONTRACT, date(2026, 9, first), date(2026, 9, last), "The contract had ended.")


@pytest.mark.parametrize(
    ("breaks", "held"),
    [
        ([], []),
        ([broken(1, 30)], [(1, 30, 3_000_00)]),
        ([broken(1, None)], [(1, 30, 3_000_00)]),
        ([broken(16, 20)], [(16, 20, 500_00)]),
        ([broken(1, 3), broken(28, None)], [(1, 3, 300_00), (28, 30, 300_00)]),
        ([broken(1, 3), broken(4, 6)], [(1, 6, 600_00)]),
        ([broken(1, 3), ended(3, 6)], [(1, 2, 200_00), (3, 3, 100_00), (4, 6, 300_00)]),
        ([Break(Link.CONTRACT, date(2026, 8, 1), date(2026, 9, 2), "Ended.")], [(1, 2, 200_00)]),
        ([Break(Link.CONTRACT, date(2026, 10, 1), None, "Ended.")], []),
    ],
)
def test_the_days_on_which_something_did_not_hold_are_held_back_with_their_share(
    breaks: list[Break], held: list[tuple[int, int, int]]
) -> None:
    found = held_days(MONTH, 3_000_00, breaks)
    assert [(one.starts_on.day, one.ends_on.day, one.cents) for one in found] == held


def test_a_later_look_holds_only_what_was_not_held_before_and_never_more_than_there_is() -> None:
    first = held_days(MONTH, 100, [broken(1, 10)])
    later = held_days(MONTH, 100, [broken(1, None)], held=first)
    assert [(one.starts_on.day, one.ends_on.day) for one in later] == [(11, 30)]
    assert sum(one.cents for one in (*first, *later)) == 100
    assert held_days(MONTH, 100, [broken(1, 10)], held=first) == ()


def test_days_that_were_released_are_held_again_for_another_link_and_not_for_the_same() -> None:
    (first,) = held_days(MONTH, 3_000_00, [broken(16, 20)])
    released = replace(first, released=True)
    again = held_days(MONTH, 3_000_00, [broken(16, 20), ended(20, 30)], held=[released])
    assert [(one.starts_on.day, one.ends_on.day, one.cents, one.links) for one in again] == [
        (20, 30, 1_100_00, frozenset({Link.CONTRACT}))
    ]
    denied = held_days(MONTH, 3_000_00, [broken(16, 20), ended(20, 30)], held=[first])
    assert [(one.starts_on.day, one.ends_on.day) for one in denied] == [(21, 30)]


def test_two_reasons_on_one_day_are_both_told() -> None:
    (_, both, _) = held_days(MONTH, 3_000_00, [broken(1, 3), ended(3, 6)])
    assert both.because == "The credential had expired. The contract had ended."


@given(
    cents=st.integers(1, 10_000_000),
    spans=st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)).map(sorted), max_size=5),
)
def test_what_is_held_never_passes_the_amount_and_all_days_hold_all_of_it(cents: int, spans: list[list[int]]) -> None:
    found = held_days(MONTH, cents, [broken(first, last) for first, last in spans])
    days = {day for first, last in spans for day in range(first, last + 1)}
    assert sum((one.ends_on - one.starts_on).days + 1 for one in found) == len(days)
    assert 0 <= sum(one.cents for one in found) <= cents
    if len(days) == 30:
        assert sum(one.cents for one in found) == cents
    assert abs(sum(one.cents for one in found) * 30 - cents * len(days)) < 30 * (len(found) + 1)


@pytest.mark.parametrize(
    ("amounts", "returned", "approved", "state"),
    [
        (Amounts(100), False, False, InvoiceState.FILED),
        (Amounts(100), True, False, InvoiceState.RETURNED),
        (Amounts(100), False, True, InvoiceState.APPROVED),
        (Amounts(100, paid=60), False, True, InvoiceState.PAID_IN_PART),
        (Amounts(100, waiting=40, paid=60), False, True, InvoiceState.PAID_IN_PART),
        (Amounts(100, denied=40, paid=60), False, True, InvoiceState.PAID),
        (Amounts(100, waiting=100), False, True, InvoiceState.APPROVED),
        (Amounts(100, denied=100), False, True, InvoiceState.PAID),
        (Amounts(100, denied=40, paid=100), False, True, InvoiceState.OVERPAID),
        (Amounts(100, waiting=40, paid=61), False, True, InvoiceState.OVERPAID),
    ],
)
def test_where_an_invoice_stands_follows_from_its_amounts(
    amounts: Amounts, returned: bool, approved: bool, state: InvoiceState
) -> None:
    assert state_of(amounts, returned=returned, approved=approved) is state


def test_the_amounts_tell_what_waits_what_was_denied_and_what_is_paid() -> None:
    found = amounts_of([1_000, 500], [(100, None), (200, False), (300, True)], [400])
    assert found == Amounts(1_500, waiting=100, denied=200, paid=400)
    assert (found.payable, found.overpaid) == (800, 0)


def test_a_payment_that_was_reversed_can_be_made_again() -> None:
    found = amounts_of([1_000], [], [400, 600, -400])
    assert (found.paid, found.payable) == (600, 400)
    assert state_of(found, returned=False, approved=True) is InvoiceState.PAID_IN_PART
    back = amounts_of([1_000], [], [1_000, -1_000])
    assert state_of(back, returned=False, approved=True) is InvoiceState.APPROVED


def test_what_was_paid_and_then_held_back_is_paid_too_much() -> None:
    found = amounts_of([1_000], [(400, None)], [1_000])
    assert (found.payable, found.overpaid) == (0, 400)


def test_a_payment_is_refused_for_what_is_not_held_back_yet_and_the_sentence_names_it() -> None:
    require_nothing_new([])
    held = held_days(MONTH, 3_000_00, [broken(16, 20)])
    with pytest.raises(Refusal, match=r"The credential had expired\. \$500\.00 is held back"):
        require_nothing_new(held)


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"is_reversal": True}, "is a reversal already", None),
        ({"is_reversed": True}, "was reversed already", None),
        ({"reversed_on": date(2026, 9, 8)}, "before it was made", "reversed_on"),
        ({"reversed_on": date(2026, 9, 21)}, "still to come", "reversed_on"),
        ({"reason": " "}, "Say why", "reason"),
    ],
)
def test_a_payment_is_reversed_once_with_a_reason_and_after_it_was_made(
    changes: dict[str, object], words: str, field: str | None
) -> None:
    given: dict[str, object] = {
        "is_reversal": False, "is_reversed": False, "paid_on": date(2026, 9, 9), "reversed_on": date(2026, 9, 20),
        "reason": "The cheque came back", "today": date(2026, 9, 20),
    }  # fmt: skip
    require_reversal(**given)  # type: ignore[arg-type]  # the table has what each line needs
    with pytest.raises(Refusal, match=words) as refused:
        require_reversal(**(given | changes))  # type: ignore[arg-type]  # as above
    assert refused.value.field == field


@pytest.mark.parametrize(("asked", "refused"), [(40_00, False), (40_01, True)])
def test_an_invoice_does_not_pass_the_maximum_obligation_of_its_year(asked: int, refused: bool) -> None:
    if not refused:
        require_room(maximum=100_00, drawn=60_00, asked=asked, year="FY2027")
        return
    with pytest.raises(Refusal) as found:
        require_room(maximum=100_00, drawn=60_00, asked=asked, year="FY2027")
    assert f"{dollars(40_00)} is left" in found.value.message


def test_no_day_of_a_person_is_invoiced_twice() -> None:
    require_own_days(MONTH, [Span(date(2026, 8, 1), date(2026, 8, 31))], whose="Ana Ferreira")
    with pytest.raises(Refusal, match="days of Ana Ferreira in this time already"):
        require_own_days(MONTH, [Span(date(2026, 9, 30), date(2026, 10, 31))], whose="Ana Ferreira")


@pytest.mark.parametrize(("cents", "words"), [(0, "above zero"), (61, r"\$0\.60 can be paid now")])
def test_what_is_held_back_is_not_paid(cents: int, words: str) -> None:
    require_payment(60, Amounts(100, waiting=40))
    with pytest.raises(Refusal, match=words) as refused:
        require_payment(cents, Amounts(100, waiting=40))
    assert refused.value.field == "amount"
