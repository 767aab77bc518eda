"""Who is told of a date, when it is planned and again when the message leaves."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.messages import ReminderStart
from certhub.rules import reminder_reasons as reasons
from certhub.services import obligations, reminders
from tests.factories import make_coordinator
from tests.integration.reminders.arranging import POLICIES, a_licence, instant, ledger

SWITCHED_ON = date(2026, 3, 2)

pytestmark = pytest.mark.usefixtures("app")


def test_a_first_run_for_a_day_that_passed_tells_nothing_of_the_past() -> None:
    a_licence(make_coordinator(), SWITCHED_ON + timedelta(days=20))
    passed = SWITCHED_ON - timedelta(days=10)  # the day of the step 30 days before

    with transaction():
        obligations.derive(passed, policies=POLICIES, at=instant(SWITCHED_ON))
        reminders.plan(passed, policies=POLICIES, at=instant(SWITCHED_ON))

    assert [(step, why) for step, _, why in ledger()] == [(90, reasons.NOT_WATCHED), (30, reasons.NOT_WATCHED)]
    assert set(db.session.scalars(select(ReminderStart.watched_from))) == {SWITCHED_ON}
