"""The worker was away, ran twice, or ran in the night when the clocks change: nothing skipped, nothing told twice."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.clock import AGENCY_ZONE
from certhub.config import Settings
from certhub.database import db
from certhub.jobs import runner, worker
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.jobs import JobRun, JobStatus
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderStatus
from certhub.rules.reminders import reminder_due, steps_for
from tests import factories
from tests.conftest import settings_for
from tests.integration.reminders.arranging import POLICIES, a_credential
from tests.reliability.shares import shared_out

POLICY = next(policy for kind, policy in POLICIES.items() if kind.value == "credential_renewal")
FIRST = date(2026, 10, 5)
PAGE = "https://certhub.example/"
PEOPLE = 110  # whose credentials end every other day, so that on each day of the test some are at each step


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Settings:
    """Mail goes into a folder; the database is the test's own."""
    return settings_for("sqlite:///unused", tmp_path)


@pytest.fixture
def at_work(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the worker tick at an instant, until nothing is due any more: it finds out itself what it missed."""
    known = {name: find(name) for name in ("renewal-reminders", "mail-delivery")}
    monkeypatch.setattr(worker, "all_jobs", lambda: known)
    working = worker.Worker(nullcontext, settings, lambda _item: PAGE)

    def run(at: datetime) -> None:
        with time_machine.travel(at, tick=False):
            working.beat()
            assert working.holds_lease
            while working.tick():
                pass
        assert set(db.session.scalars(select(JobRun.status))) == {JobStatus.FINISHED}

    return run


def morning(day: date, hour: int = 6, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), AGENCY_ZONE).astimezone(UTC)


def spread() -> dict[int, date]:
    ends = {}
    for number in range(PEOPLE):
        person = factories.make_coordinator()
        ends[person.id] = FIRST + timedelta(days=2 * number - 20)
        a_credential(person, ends[person.id])
    return ends


def told() -> dict[tuple[int, int], date]:
    """Which step of whose credential went out on which civil day."""
    rows = db.session.execute(
        select(Obligation.party_id, Reminder.step, Reminder.decided_at)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.kind == POLICY.kind, Reminder.status == ReminderStatus.SENT)
    ).all()
    found = {(party, step): clock.civil_date(at) for party, step, at in rows if party is not None and at is not None}
    assert len(found) == len(rows)
    assert set(db.session.scalars(select(Message.status))) <= {MessageStatus.SENT}
    return found


def by_the_rule(ends: dict[int, date], days: Iterable[date]) -> dict[tuple[int, int], date]:
    """What the pure rule sends when it is asked on each of `days`; nothing that lay before the first of them."""
    found = {}
    for person, due_on in ends.items():
        steps = steps_for(due_on, POLICY.offsets, on_business_days=POLICY.business_days)
        sent = [step.offset for step in steps if step.on < FIRST][-1:]
        for day in days:
            step = reminder_due(due_on, day, POLICY.offsets, sent, on_business_days=POLICY.business_days)
            if step is not None:
                found[(person, step)] = day
                sent = [*sent, step]
    return found


@pytest.mark.parametrize("away", shared_out([1, 30, 7]))
def test_after_an_outage_each_item_catches_up_once_and_no_step_is_without_a_word(
    away: int, at_work: Callable[[datetime], None]
) -> None:
    ends = spread()
    before = [FIRST + timedelta(days=number) for number in range(4)]
    back = before[-1] + timedelta(days=away + 1)
    days = [*before, back, back + timedelta(days=1), back + timedelta(days=2)]

    for day in days:
        at_work(morning(day))

    found = told()
    assert found == by_the_rule(ends, days)
    caught_up = [person for (person, _), day in found.items() if day == back]
    assert len(caught_up) == len(set(caught_up)), "at most one message of each item on the day of the return"
    assert_each_step_has_a_word(ends, days[-1])


def assert_each_step_has_a_word(ends: dict[int, date], last: date) -> None:
    """Each step whose day has come is sent, or suppressed with its reason."""
    rows = db.session.execute(
        select(Obligation.party_id, Reminder.step, Reminder.status, Reminder.reason)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.kind == POLICY.kind)
    ).all()
    ledger = {(row.party_id, row.step): row for row in rows}
    reached = {
        (person, step.offset)
        for person, due_on in ends.items()
        for step in steps_for(due_on, POLICY.offsets, on_business_days=POLICY.business_days)
        if FIRST <= step.on <= last
    }
    assert reached <= ledger.keys()
    for row in ledger.values():
        assert row.status is ReminderStatus.SENT or (row.status is ReminderStatus.SUPPRESSED and row.reason)


def test_run_twice_on_each_day_it_tells_nobody_twice(at_work: Callable[[datetime], None], settings: Settings) -> None:
    ends = spread()
    days = [FIRST + timedelta(days=number) for number in range(8)]
    for day in days:
        at_work(morning(day))
        with time_machine.travel(morning(day, 17), tick=False):  # somebody runs it once more, by hand
            again = runner.run(find("renewal-reminders"), Occasion(day, settings, lambda _item: PAGE))
            assert again.status is JobStatus.FINISHED
        at_work(morning(day, 18))
    assert told() == by_the_rule(ends, days)


def test_late_in_the_night_on_which_daylight_saving_ends_the_day_is_still_that_of_massachusetts(
    at_work: Callable[[datetime], None],
) -> None:
    """November 1, 2026 has 25 hours. At 23:30 it is the next day in UTC, by an hour more than on the day before."""
    ends = spread()
    days = [date(2026, 10, 30) + timedelta(days=number) for number in range(5)]
    nights = [morning(FIRST), *(morning(day, 23, 30) for day in days)]
    assert (nights[3] - nights[2], nights[4] - nights[3]) == (timedelta(hours=25), timedelta(hours=24))

    for night in nights:
        at_work(night)

    assert told() == by_the_rule(ends, [FIRST, *days])
