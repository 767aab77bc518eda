"""Which version of a reminder policy is in force, and since when each of its steps: what lies before is not told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.policy_versions import PolicyVersion, in_force
from certhub.rules.reminder_policies import Audience, DayCount, ObligationKind, Policy, Since
from certhub.rules.reminder_reasons import ADDED_LATER, OFF
from certhub.rules.reminders import reminder_due, steps_for

START = date(2026, 1, 5)


def a_policy(*offsets: int, is_on: bool = True, counted_in: DayCount = DayCount.CALENDAR) -> Policy:
    return Policy(
        ObligationKind.LICENCE_RENEWAL, offsets, business_days=False, open_days=90,
        recipients={Audience.HOLDER: offsets}, is_on=is_on, counted_in=counted_in,
    )  # fmt: skip


def history(*changes: tuple[int, Policy]) -> list[PolicyVersion]:
    """Versions of which each was made on the eve of its first day."""
    return made(*((after - 1, after, policy) for after, policy in changes))


def made(*changes: tuple[int, int, Policy]) -> list[PolicyVersion]:
    return [
        PolicyVersion(number, START + timedelta(days=after), policy, START + timedelta(days=made_on))
        for number, (made_on, after, policy) in enumerate(changes, 1)
    ]


def on(versions: Sequence[PolicyVersion], after: int) -> Policy:
    found = in_force(versions, START + timedelta(days=after))
    assert found is not None
    return found


def since(policy: Policy) -> dict[int, tuple[int, str]]:
    return {step: ((one.day - START).days, one.before) for step, one in policy.since.items()}


def test_before_the_first_version_there_is_none() -> None:
    assert in_force(history((0, a_policy(30))), START - timedelta(days=1)) is None


def test_a_change_counts_from_its_first_day_on() -> None:
    versions = history((0, a_policy(30, 7)), (20, a_policy(30, 14)))
    assert on(versions, 19) == a_policy(30, 7)
    assert on(versions, 20).offsets == (30, 14)
    assert since(on(versions, 20)) == {14: (20, ADDED_LATER)}


def test_a_later_version_replaces_one_that_has_not_begun() -> None:
    versions = history((0, a_policy(30)), (40, a_policy(30, 20)), (10, a_policy(30, 3)))
    assert [on(versions, after).offsets for after in (9, 10, 40, 90)] == [(30,), (30, 3), (30, 3), (30, 3)]


@pytest.mark.parametrize(
    ("made_on", "expected"),
    [
        (2, [(30,), (30,), (30, 3), (30, 3)]),  # before the second one began: it never does
        (9, [(30,), (30,), (30, 3), (30, 3)]),
        (10, [(30,), (30, 20), (30, 3), (30, 3)]),  # on its first day, which is planned by it
    ],
)
def test_a_change_that_had_not_begun_when_a_later_one_was_made_never_comes_into_force(
    made_on: int, expected: list[tuple[int, ...]]
) -> None:
    versions = made((-9, 0, a_policy(30)), (1, 10, a_policy(30, 20)), (made_on, 40, a_policy(30, 3)))
    assert [on(versions, after).offsets for after in (9, 10, 40, 90)] == expected
    assert since(on(versions, 40)) == {3: (40, ADDED_LATER)}


def test_what_was_switched_off_is_not_made_up_for() -> None:
    versions = history((0, a_policy(30, 7)), (10, a_policy(30, 7, is_on=False)), (50, a_policy(30, 7, 1)))
    assert not on(versions, 49).is_on
    assert since(on(versions, 50)) == {30: (50, OFF), 7: (50, OFF), 1: (50, ADDED_LATER)}


def test_a_step_that_was_taken_out_and_put_back_begins_anew() -> None:
    versions = history((0, a_policy(30, 7)), (10, a_policy(7)), (50, a_policy(30, 7)), (60, a_policy(30, 7, 0)))
    assert since(on(versions, 60)) == {30: (50, ADDED_LATER), 0: (60, ADDED_LATER)}


def test_a_step_that_is_counted_in_other_days_begins_anew_so_that_nobody_is_told_of_the_past() -> None:
    versions = history((0, a_policy(10)), (30, replace(a_policy(10), counted_in=DayCount.BUSINESS)))
    assert on(versions, 30).since == {10: Since(START + timedelta(days=30), ADDED_LATER)}


ladders = st.sets(st.integers(-20, 60), min_size=1, max_size=5)


@given(
    st.lists(st.tuples(st.integers(0, 120), ladders, st.booleans()), min_size=1, max_size=5),
    st.sets(st.integers(0, 200), max_size=30),
)
def test_nothing_is_ever_sent_for_a_day_on_which_it_was_not_in_force(
    changes: list[tuple[int, set[int], bool]], days_up: set[int]
) -> None:
    due_on = START + timedelta(days=100)
    versions = history(
        *((after, a_policy(*sorted(steps, reverse=True), is_on=is_on)) for after, steps, is_on in changes)
    )
    sent: list[int] = []
    for after in sorted(days_up):
        policy = in_force(versions, START + timedelta(days=after))
        if policy is None or not policy.is_on:
            continue
        today = START + timedelta(days=after)
        began = {step: one.day for step, one in policy.since.items()}
        step = reminder_due(due_on, today, policy.offsets, sent, since=began)
        if step is None:
            continue
        sent.append(step)
        (planned,) = steps_for(due_on, [step])
        first = versions[0].effective_from
        that_day = in_force(versions, max(planned.on, first)) if planned.on >= first else None
        if that_day is None:  # before the first version: the shipped policy has no beginning
            continue
        assert that_day.is_on
        assert step in that_day.offsets
    assert len(sent) == len(set(sent))
