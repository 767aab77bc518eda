"""Instalments of payers that are billed anew or merge: what was told is not told again, and goes to whoever stands."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db
from certhub.models.fund_accounts import Assessment, Instalment
from certhub.models.messages import Message
from certhub.rules.reminder_policies import ObligationKind
from tests.integration.fund.arranged import Worked, billed_year, on
from tests.integration.fund.test_corrections import REASON, based, changed_on_appeal, opened
from tests.integration.reminders.arranging import changed, deliver_on, run_on, watch_from
from tests.integration.reminders.dates import closed, due

DUES = ObligationKind.PAYER_INSTALMENT
BILLS = "bills@payer.example.org"


@pytest.fixture
def billed(app: Flask) -> Worked:
    found = billed_year()
    changed(found.payers[0], email=BILLS)
    watch_from(date(2025, 6, 2))
    return found


def instalment(billed: Worked, number: int) -> Instalment:
    """An instalment of the first payer on its assessment of now."""
    return db.session.scalars(
        select(Instalment)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .where(Assessment.payer_id == billed.payers[0].id, Instalment.number == number)
        .order_by(Instalment.id.desc())
    ).first()  # type: ignore[return-value]  # the year is billed


def told_on(day: date, recipient: str = BILLS) -> list[Message]:
    """What leaves for a payer on a day."""
    run_on(day)
    return [one for one in deliver_on(day) if one.recipient == recipient]


def adopted_anew(billed: Worked, day: date) -> None:
    opened(billed)
    based(billed, 0, 200_000)
    billed.adopt(on(day), reason=REASON)


def test_a_payer_that_is_billed_anew_with_the_same_days_is_told_nothing_again_and_hears_of_the_next_step(
    billed: Worked,
) -> None:
    later = instalment(billed, 3)
    day = later.planned_on
    for step in (30, 7):
        told_on(day - timedelta(days=step))
    adopted_anew(billed, day - timedelta(days=6))
    now = instalment(billed, 3)
    assert (now.id != later.id, now.planned_on) == (True, day)

    assert told_on(day - timedelta(days=6)) == []
    assert "another assessment took its place" not in closed(DUES)
    (message,) = told_on(day)
    assert f"{now.cents / 100:,.2f}" in message.body_text
    assert str(due(DUES)).count(repr(day)) == len(billed.payers)


def test_a_reminder_that_waits_while_its_payer_is_billed_anew_says_the_amount_of_now(billed: Worked) -> None:
    last = instalment(billed, 4)
    day = last.planned_on - timedelta(days=30)
    run_on(day)
    adopted_anew(billed, day)
    now = instalment(billed, 4)
    assert now.cents != last.cents
    (message,) = [one for one in deliver_on(day) if one.recipient == BILLS]
    assert f"instalment 4 of fiscal year 2026, ${now.cents / 100:,.2f}" in message.body_text


def test_an_instalment_that_is_owed_no_more_ends_with_the_reason(billed: Worked) -> None:
    run_on(date(2025, 6, 3))
    changed_on_appeal(billed, 0, 0)
    run_on(date(2025, 6, 4))
    assert set(closed(DUES)) == {"another assessment took its place"}
