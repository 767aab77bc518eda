"""Reminders: each step once, none skipped, whatever the outages."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.business_days import add_business_days, is_business_day
from certhub.rules.reminder_policies import Audience, DayCount, ObligationKind, Policy, Since
from certhub.rules.reminder_reasons import ADDED_LATER, NEARER, NOT_WATCHED, OFF
from certhub.rules.reminders import (
    Step,
    dues_of,
    latest_due_on,
    reached_on,
    reminder_due,
    step_day,
    steps_for,
    steps_of,
)

CERTIFICATE = (180, 90, 60, 30, 14, 7, 1, 0, -1, -15, -30)
DUE = date(2027, 7, 31)

offsets_of_a_policy = st.sets(st.integers(-60, 200), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("today", "sent", "expected"),
    [
        (DUE - timedelta(days=181), (), None),
        (DUE - timedelta(days=180), (), 180),
        (DUE - timedelta(days=180), (180,), None),
        (DUE - timedelta(days=179), (180,), None),
        (DUE - timedelta(days=88), (180,), 90),  # two days missed: caught up
        (DUE - timedelta(days=20), (180,), 30),  # a long outage: the nearest only
        (DUE - timedelta(days=20), (180, 30), None),  # and never the ones that it passed over
        (DUE, (180, 90, 60, 30, 14, 7, 1), 0),
        (DUE + timedelta(days=1), (0,), -1),
        (DUE + timedelta(days=400), (-15,), -30),
        (DUE + timedelta(days=400), (-30,), None),
        (DUE - timedelta(days=20), (14,), None),  # a step sent ahead of its time silences the earlier ones
    ],
)
def test_the_reminder_due_is_the_nearest_reached_and_not_sent(
    today: date, sent: tuple[int, ...], expected: int | None
) -> None:
    assert reminder_due(DUE, today, CERTIFICATE, sent) == expected


def test_a_policy_without_steps_reminds_nobody() -> None:
    assert reminder_due(DUE, DUE, (), ()) is None
    assert steps_for(DUE, ()) == ()


def test_steps_are_listed_in_the_order_in_which_they_go_out_and_once_each() -> None:
    assert steps_for(DUE, (0, 30, 30, -1)) == (
        Step(30, date(2027, 7, 1)),
        Step(0, date(2027, 7, 31)),
        Step(-1, date(2027, 8, 1)),
    )


def test_a_step_on_a_weekend_or_holiday_moves_forward_where_the_policy_says_so() -> None:
    independence_day = date(2027, 7, 4)  # a Sunday, observed on Monday 5 July
    assert steps_for(independence_day, (1, 0), on_business_days=True) == (
        Step(1, date(2027, 7, 6)),
        Step(0, date(2027, 7, 6)),
    )
    assert reminder_due(independence_day, date(2027, 7, 5), (1, 0), (), on_business_days=True) is None
    assert reminder_due(independence_day, date(2027, 7, 6), (1, 0), (), on_business_days=True) == 0


@given(offsets_of_a_policy, st.sets(st.integers(-260, 90), max_size=60), st.booleans())
def test_no_step_goes_out_twice_and_the_nearest_reached_is_never_skipped_under_random_outages(
    offsets: set[int], days_up: set[int], on_business_days: bool
) -> None:
    sent: list[int] = []
    for passed in sorted(days_up):
        today = DUE + timedelta(days=passed)
        for _ in range(2):  # the job may run twice on a day
            step = reminder_due(DUE, today, offsets, sent, on_business_days=on_business_days)
            if step is not None:
                sent.append(step)
        reached = [s.offset for s in steps_for(DUE, offsets, on_business_days=on_business_days) if s.on <= today]
        assert not reached or min(reached) in sent
    assert len(sent) == len(set(sent))
    assert sent == sorted(sent, reverse=True)
    assert set(sent) <= offsets


@given(offsets_of_a_policy)
def test_a_job_that_runs_every_day_sends_every_step_on_its_day(offsets: set[int]) -> None:
    sent: dict[int, date] = {}
    for passed in range(-210, 70):
        today = DUE + timedelta(days=passed)
        step = reminder_due(DUE, today, offsets, sent)
        if step is not None:
            sent[step] = today
    assert sent == {step.offset: step.on for step in steps_for(DUE, offsets)}


@given(offsets_of_a_policy)
def test_steps_of_business_days_fall_on_business_days_and_keep_their_order(offsets: set[int]) -> None:
    steps = steps_for(DUE, offsets, on_business_days=True)
    assert all(is_business_day(step.on) for step in steps)
    assert [step.on for step in steps] == sorted(step.on for step in steps)


@pytest.mark.parametrize(
    ("received", "due_on", "days"),
    [  # 950 CMR 32.06: ten business days from a request, with reminders after five and eight
        (date(2026, 3, 2), date(2026, 3, 16), [date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 16)]),
        (date(2026, 4, 13), date(2026, 4, 28), [date(2026, 4, 21), date(2026, 4, 24), date(2026, 4, 28)]),  # 20 April
        (date(2026, 12, 18), date(2027, 1, 5), [date(2026, 12, 28), date(2026, 12, 31), date(2027, 1, 5)]),
    ],
)
def test_offsets_can_count_business_days(received: date, due_on: date, days: list[date]) -> None:
    assert add_business_days(received, 10) == due_on
    assert [step.on for step in steps_for(due_on, (5, 2, 0), counted_in=DayCount.BUSINESS)] == days


def test_a_step_after_a_weekend_due_date_counts_the_days_on_which_offices_are_open() -> None:
    saturday = date(2026, 3, 7)
    steps = steps_for(saturday, (1, 0, -1), counted_in=DayCount.BUSINESS)
    assert [step.on for step in steps] == [date(2026, 3, 6), saturday, date(2026, 3, 9)]
    moved = steps_for(saturday, (1, 0, -1), counted_in=DayCount.BUSINESS, on_business_days=True)
    assert [step.on for step in moved] == [date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 9)]


@given(st.integers(-60, 60), st.booleans(), st.sampled_from(DayCount), st.integers(0, 400))
def test_the_latest_due_date_is_the_step_day_turned_round(
    offset: int, on_business_days: bool, counted_in: DayCount, passed: int
) -> None:
    today = date(2026, 11, 20) + timedelta(days=passed)

    def day_of(due_on: date) -> date:
        return step_day(due_on, offset, on_business_days=on_business_days, counted_in=counted_in)

    latest = latest_due_on(today, offset, on_business_days=on_business_days, counted_in=counted_in)
    assert day_of(latest) <= today < day_of(latest + timedelta(days=1))


@given(offsets_of_a_policy, st.booleans(), st.sampled_from(DayCount), st.integers(0, 400), st.integers(-80, 320))
def test_the_due_dates_of_a_day_are_those_of_which_a_step_goes_out_on_it(
    offsets: set[int], on_business_days: bool, counted_in: DayCount, passed: int, ahead: int
) -> None:
    day = date(2026, 11, 20) + timedelta(days=passed)
    policy = a_policy(tuple(sorted(offsets, reverse=True)), business_days=on_business_days, counted_in=counted_in)
    due_on = day + timedelta(days=ahead)
    expected = any(step.on == day for step in steps_of(policy, due_on))
    assert (due_on in dues_of(day, policy)) is expected


SINCE = date(2027, 7, 20)


@pytest.mark.parametrize(
    ("today", "sent", "expected"),
    [
        (DUE - timedelta(days=20), (30,), None),
        (DUE - timedelta(days=11), (30,), None),  # 14 was added three days after its day: it is passed over
        (DUE - timedelta(days=11), (), 30),  # and does not stand in the way of one that was missed
        (DUE - timedelta(days=7), (30,), 7),
    ],
)
def test_a_step_that_was_added_after_its_day_never_goes_out(
    today: date, sent: tuple[int, ...], expected: int | None
) -> None:
    assert reminder_due(DUE, today, (30, 14, 7), sent, since={14: SINCE}) == expected


def a_policy(offsets: tuple[int, ...], **others: Any) -> Policy:
    return Policy(
        ObligationKind.LICENCE_RENEWAL,
        offsets,
        business_days=others.pop("business_days", False),
        open_days=400,
        recipients={Audience.HOLDER: offsets},
        **others,
    )


def reasons_on(today: date, due_on: date, policy: Policy, watched_from: date = date(2020, 1, 1)) -> dict[int, str]:
    spans = [one for one in reached_on(today, policy, watched_from) if one.due_from <= due_on <= one.due_to]
    assert len(spans) == len({one.offset for one in spans}), "two spans of one step overlap"
    return {one.offset: one.reason for one in spans}


def test_each_reached_step_has_its_reason() -> None:
    policy = a_policy((30, 14, 7, 0), since={14: Since(SINCE, ADDED_LATER)})
    assert reasons_on(DUE - timedelta(days=11), DUE, policy) == {30: "", 14: ADDED_LATER}
    assert reasons_on(DUE - timedelta(days=5), DUE, policy) == {30: NEARER, 14: ADDED_LATER, 7: ""}
    assert reasons_on(DUE, DUE, policy, watched_from=DUE - timedelta(days=10)) == {
        30: NOT_WATCHED, 14: NOT_WATCHED, 7: NEARER, 0: "",
    }  # fmt: skip
    off = replace(policy, is_on=False)
    assert reasons_on(DUE - timedelta(days=5), DUE, off) == {30: OFF, 14: ADDED_LATER, 7: OFF}


@given(
    offsets=offsets_of_a_policy,
    since=st.dictionaries(st.integers(-60, 200), st.integers(-200, 90), max_size=6),
    passed=st.integers(-210, 90),
    watched=st.integers(-260, 20),
    on_business_days=st.booleans(),
    counted_in=st.sampled_from(DayCount),
)
def test_for_all_due_dates_at_once_the_same_step_is_sent_as_for_one(
    *, offsets: set[int], since: dict[int, int], passed: int, watched: int, on_business_days: bool, counted_in: DayCount
) -> None:
    today, watched_from = DUE + timedelta(days=passed), DUE + timedelta(days=watched)
    began = {step: Since(DUE + timedelta(days=after), ADDED_LATER) for step, after in since.items()}
    ladder = tuple(sorted(offsets, reverse=True))
    policy = a_policy(ladder, since=began, business_days=on_business_days, counted_in=counted_in)
    shape: Any = {"on_business_days": on_business_days, "counted_in": counted_in}
    from_day = {step: max(watched_from, began[step].day) if step in began else watched_from for step in ladder}
    found = reasons_on(today, DUE, policy, watched_from)
    sent = [step for step, reason in found.items() if not reason]
    expected = reminder_due(DUE, today, offsets, (), since=from_day, **shape)
    assert sent == ([] if expected is None else [expected])
    assert set(found) == {step.offset for step in steps_for(DUE, offsets, **shape) if step.on <= today}
