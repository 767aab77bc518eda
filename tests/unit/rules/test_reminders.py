"""Reminders: each step once, none skipped, whatever the outages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.business_days import is_business_day
from certhub.rules.reminders import Step, reminder_due, steps_for

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
