"""`certhub job run renewal-reminders --on DAY --dry-run`: what a day to come adds to the mail."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from certhub.database import db
from certhub.jobs.registry import Counts, Occasion
from certhub.jobs.renewal_reminders import remind
from certhub.models.messages import Message, Obligation, Reminder
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.reminders import step_day
from certhub.rules.vocabulary import Role
from certhub.services.obligations import shipped_policies
from tests.factories import make_coordinator, make_user
from tests.integration.reminders.arranging import a_licence, instant, link, watch_from

TODAY = date(2026, 11, 23)
DUE = date(2027, 2, 4)
POLICY = shipped_policies()[ObligationKind.LICENCE_RENEWAL]


def day_of(offset: int) -> date:
    return step_day(DUE, offset, on_business_days=POLICY.business_days, counted_in=POLICY.counted_in)


@pytest.fixture(autouse=True)
def watched(app: Flask) -> Iterator[None]:
    with time_machine.travel(instant(TODAY), tick=False):
        watch_from(TODAY - timedelta(days=200))
        nurse = make_coordinator()
        make_user(Role.COORDINATOR, party=nurse)
        a_licence(nurse, DUE)
        yield


def counted(app: Flask, day: date) -> Counts:
    return remind(Occasion(day, app.extensions["certhub"].settings, link, dry_run=True))


def test_a_day_to_come_counts_the_steps_that_fall_on_it_and_no_earlier_ones(app: Flask) -> None:
    ahead = [offset for offset in POLICY.offsets if day_of(offset) > TODAY]
    assert len(ahead) > 2
    for offset in ahead:
        assert counted(app, day_of(offset))["messages"] == 1
        between = day_of(offset) + timedelta(days=1)
        assert counted(app, between)["messages"] == counted(app, between)["entered"] == 0


def test_nothing_of_the_count_is_kept(app: Flask) -> None:
    counted(app, DUE)

    for table in (Message, Reminder, Obligation):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
