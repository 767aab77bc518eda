"""Instalments: their amounts and days, where each stands, and what is refused of payments and appeals."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.business_days import is_business_day
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.configuration import INSTALMENT_CHOICES
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.pooled_fund.invoices import (
    AppealOutcome,
    InvoiceStatus,
    Planned,
    appeal_until,
    due_on,
    earliest_due_on,
    instalments,
    planned_days,
    rebilled,
    require_appeal,
    require_outcome,
    require_payment,
    require_refund,
    require_reversible,
    require_write_off,
    standing,
    together,
)
from certhub.rules.pooled_fund.words import read_hundredths, share_of, units
from certhub.rules.refusal import Refusal

S = InvoiceStatus
PLANNED = instalments(400_00, 4, 2027)
NOTICED = date(2026, 8, 3)


def test_four_instalments_are_due_in_the_middle_of_each_quarter() -> None:
    assert [(one.cents, one.planned_on) for one in instalments(246_315_79, 4, 2026)] == [
        (61_578_95, date(2025, 8, 15)),
        (61_578_95, date(2025, 11, 17)),  # the 15th is a Saturday
        (61_578_95, date(2026, 2, 17)),  # a Sunday, and Presidents' Day after it
        (61_578_94, date(2026, 5, 15)),
    ]


@pytest.mark.parametrize("number", INSTALMENT_CHOICES)
def test_instalments_are_due_in_order_in_the_year_on_business_days(number: int) -> None:
    days = planned_days(2027, number)

    assert len(days) == len(set(days)) == number
    assert list(days) == sorted(days)
    assert all(is_business_day(day) for day in days)
    assert first_day(2027) <= days[0]
    assert days[-1] <= last_day(2027)


@pytest.mark.parametrize("number", INSTALMENT_CHOICES)
def test_the_last_instalment_is_due_in_its_year_whatever_day_its_end_falls_on(number: int) -> None:
    for year in range(2026, 2038):  # June 30 is a Saturday in 2029 and 2035, a Sunday in 2030
        days = planned_days(year, number)

        assert first_day(year) <= days[0] <= days[-1] <= last_day(year)
        assert list(days) == sorted(set(days))
        assert all(is_business_day(day) for day in days)
    assert planned_days(2029, 24)[-1] == date(2029, 6, 29)  # June 30 is a Saturday


EARLIEST = st.dates(date(2026, 7, 1), date(2027, 12, 31))


@given(st.integers(-(10**6), 10**8), st.integers(1, 10**8), st.sampled_from(INSTALMENT_CHOICES), EARLIEST, EARLIEST)
def test_instalments_of_a_new_notice_add_up_and_leave_what_is_due_before_it(
    total: int, before_total: int, number: int, earliest: date, now: date
) -> None:
    before = instalments(before_total, number, 2027)

    found = rebilled(total, before, earliest_before=earliest, earliest_now=now)

    assert sum(one.cents for one in found) == max(total, 0)
    assert [one.number for one in found] == sorted({one.number for one in found})
    due = {one.number: one for one in found if due_on(one.planned_on, earliest) < now}
    old = {one.number: one for one in before if due_on(one.planned_on, earliest) < now}
    assert due.keys() <= old.keys()
    assert all(one.cents <= old[place].cents for place, one in due.items())
    if total >= sum(one.cents for one in old.values()):
        assert due == old


@given(st.integers(-(10**6), 10**8), st.integers(1, 10**8), EARLIEST)
def test_what_is_settled_at_once_is_one_more_instalment_or_taken_from_the_last(
    total: int, before_total: int, now: date
) -> None:
    before = instalments(before_total, 4, 2027)

    found = rebilled(total, before, earliest_before=NOTICED, earliest_now=now, in_one=True)

    assert sum(one.cents for one in found) == max(total, 0)
    if total > before_total:
        assert found[: len(before)] == before
        assert found[len(before) :] == (Planned(len(before) + 1, total - before_total, now),)
    else:
        assert all(one.cents <= old.cents for one, old in zip(found, before, strict=False))


def test_instalments_of_merged_payers_are_added_up_by_their_number() -> None:
    found = together([instalments(400_00, 4, 2027), instalments(41, 4, 2027), ()])

    assert [(one.number, one.cents) for one in found] == [(1, 100_11), (2, 100_10), (3, 100_10), (4, 100_10)]


def test_whoever_gets_money_back_or_owes_less_than_a_cent_each_has_no_empty_instalments() -> None:
    assert instalments(-5, 4, 2027) == ()
    assert instalments(0, 4, 2027) == ()
    assert [one.cents for one in instalments(2, 4, 2027)] == [1, 1]


@pytest.mark.parametrize(
    ("today", "earliest", "paid", "written_off", "referred", "words"),
    [
        (date(2026, 7, 2), None, 0, 0, set(), [S.DRAFT] * 4),
        (date(2026, 7, 2), NOTICED, 0, 0, set(), [S.NOTICED] * 4),
        (date(2026, 7, 20), NOTICED, 0, 0, set(), [S.DUE, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 17), NOTICED, 0, 0, set(), [S.DUE, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 0, 0, set(), [S.OVERDUE, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 99_99, 0, set(), [S.OVERDUE, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 100_00, 0, set(), [S.PAID, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 150_00, 0, set(), [S.PAID, S.PARTIAL, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 50_00, 50_00, set(), [S.WRITTEN_OFF, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 50_00, 0, {1}, [S.REFERRED, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2026, 8, 18), NOTICED, 100_00, 0, {1}, [S.PAID, S.NOTICED, S.NOTICED, S.NOTICED]),
        (date(2027, 6, 30), NOTICED, 400_00, 0, set(), [S.PAID] * 4),
        (date(2026, 8, 18), NOTICED, -10_00, 0, set(), [S.OVERDUE, S.NOTICED, S.NOTICED, S.NOTICED]),
    ],
)
def test_where_an_instalment_stands_follows_from_days_and_payments(
    *, today: date, earliest: date | None, paid: int, written_off: int, referred: set[int], words: list[InvoiceStatus]
) -> None:
    found = standing(
        PLANNED, today=today, earliest=earliest, paid_cents=paid, written_off_cents=written_off,
        referred=frozenset(referred),
    )  # fmt: skip
    assert [one.status for one in found] == words


def test_nothing_is_due_before_the_notice_has_had_its_days() -> None:
    earliest = earliest_due_on(date(2026, 8, 14), 30)
    found = standing(PLANNED, today=date(2026, 9, 1), earliest=earliest, paid_cents=0, written_off_cents=0)

    assert earliest == date(2026, 9, 14)  # September 13 is a Sunday
    assert [one.due_on for one in found][:2] == [earliest, PLANNED[1].planned_on]


@given(st.integers(1, 10**9), st.sampled_from(INSTALMENT_CHOICES), st.integers(-100, 10**9), st.integers(0, 10**9))
def test_what_is_paid_written_off_and_open_is_the_whole_of_each_instalment(
    total: int, number: int, paid: int, written_off: int
) -> None:
    found = standing(
        instalments(total, number, 2027), today=date(2027, 1, 1), earliest=NOTICED, paid_cents=paid,
        written_off_cents=written_off,
    )  # fmt: skip

    assert sum(one.cents for one in found) == total
    assert sum(one.paid_cents for one in found) == max(0, min(paid, total))
    assert all(one.open_cents >= 0 for one in found)
    assert sum(one.open_cents for one in found) == max(0, min(total - paid - written_off, total))


TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("refused", "field"),
    [
        (lambda: require_payment(0, received_on=TODAY, today=TODAY), "amount"),
        (lambda: require_payment(1, received_on=date(2026, 9, 2), today=TODAY), "received_on"),
        (lambda: require_refund(0, paid_on=TODAY, today=TODAY, credit_cents=5), "amount"),
        (lambda: require_refund(6, paid_on=TODAY, today=TODAY, credit_cents=5), "amount"),
        (lambda: require_refund(5, paid_on=date(2026, 9, 2), today=TODAY, credit_cents=5), "received_on"),
        (lambda: require_write_off(0, open_cents=5, on=TODAY, today=TODAY), "amount"),
        (lambda: require_write_off(6, open_cents=5, on=TODAY, today=TODAY), "amount"),
        (lambda: require_write_off(5, open_cents=5, on=date(2026, 9, 2), today=TODAY), "written_off_on"),
        (lambda: require_reversible(can_be=False, is_reversed=False), None),
        (lambda: require_reversible(can_be=True, is_reversed=True), None),
        (lambda: require_appeal(filed_on=TODAY, noticed_on=None, until=None, today=TODAY), None),
        (lambda: require_appeal(filed_on=date(2026, 8, 2), noticed_on=NOTICED, until=TODAY, today=TODAY), "filed_on"),
        (lambda: require_appeal(filed_on=date(2026, 9, 2), noticed_on=NOTICED, until=TODAY, today=TODAY), "filed_on"),
        (
            lambda: require_appeal(filed_on=TODAY, noticed_on=NOTICED, until=date(2026, 8, 31), today=TODAY),
            "filed_on",
        ),
        (lambda: require_outcome(AppealOutcome.STANDS, " ", None, 5), "reason"),
        (lambda: require_outcome(AppealOutcome.CHANGED, "Because", None, 5), "changed_to"),
        (lambda: require_outcome(AppealOutcome.CHANGED, "Because", 5, 5), "changed_to"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(refused: object, field: str | None) -> None:
    with pytest.raises(Refusal) as problem:
        refused()  # type: ignore[operator]  # a question of the table
    assert problem.value.field == field


def test_the_last_day_for_an_appeal_is_a_business_day_and_counts() -> None:
    until = appeal_until(NOTICED, 30)

    assert until == date(2026, 9, 2)
    require_appeal(filed_on=until, noticed_on=NOTICED, until=until, today=until)


@pytest.mark.parametrize(("typed", "hundredths"), [("471.5", 471_50), ("5", 500), ("1,250.05", 1250_05), ("0", 0)])
def test_units_and_percentages_are_read_to_the_hundredth(typed: str, hundredths: int) -> None:
    assert read_hundredths(typed, field="units", what="a number") == hundredths


@pytest.mark.parametrize("typed", ["", "1.234", "12,34", "1e5", "ten", "1 2", "1.", "-1", "9" * 13, "٣"])
def test_a_number_that_cannot_be_read_is_refused_and_never_rounded(typed: str) -> None:
    with pytest.raises(Refusal):
        read_hundredths(typed, field="units", what="a number")


def test_amounts_are_written_as_people_write_them() -> None:
    assert dollars(190_000_000) == "$1,900,000.00"
    assert dollars(-5) == "−$0.05"
    assert (units(47_150), units(59_800), units(1_205)) == ("471.5", "598", "12.05")
    assert (share_of(52, 100), share_of(1, 3), share_of(1, 0)) == ("52.0 %", "33.3 %", "—")
