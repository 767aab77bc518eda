"""Instalments of payers that are billed anew or merge: what was told is not told again, and goes to whoever stands."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.fund_accounts import Assessment, Instalment
from certhub.models.messages import Message, MessageStatus, ReminderStatus
from certhub.queries import payer_successors
from certhub.rules.pooled_fund.configuration import PayerKind
from certhub.rules.pooled_fund.payers import PayerFacts, successors
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.terms import ONE_DAY
from certhub.services import digests, mail_decisions, payers
from certhub.services.payers import PayerEntry
from tests.factories import sign_in
from tests.integration.fund.arranged import Worked, billed_year, on
from tests.integration.fund.test_corrections import REASON, based, changed_on_appeal, opened
from tests.integration.parties.browsing import fetched
from tests.integration.reminders.arranging import changed, deliver_on, instant, run_on, watch_from
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


STANDS = "bills@successor.example.org"


def merged(billed: Worked, place: int, into: int, day: date, name: str = "") -> None:
    payer = billed.payers[place]
    entry = PayerEntry(
        payer.name, PayerKind.HMO, attention=name, email=payer.email, successor_id=billed.payers[into].id,
        merged_on=day,
    )  # fmt: skip
    with transaction():
        payers.change(payer, entry, actor=billed.by, at=on(day))


def test_reminders_of_a_payer_that_merged_go_to_whoever_stands_for_it_from_its_day_on(billed: Worked) -> None:
    changed(billed.payers[2], email=STANDS)
    one = instalment(billed, 1)
    merged(billed, 0, 1, one.planned_on - timedelta(days=7))
    merged(billed, 1, 2, one.planned_on - timedelta(days=7))

    (before,) = told_on(one.planned_on - timedelta(days=30))
    run_on(one.planned_on - timedelta(days=8))
    run_on(one.planned_on - timedelta(days=7))
    sent = deliver_on(one.planned_on - timedelta(days=7))

    name = billed.payers[0].name
    assert before.body_text.count(name) > 0
    assert [one.recipient for one in sent] == [STANDS]
    assert f"{name}: instalment 1 of fiscal year 2026" in sent[0].body_text
    assert f"the notices of {name} go to this address" in sent[0].body_text


def test_a_reminder_that_waits_while_its_payer_merges_goes_to_the_successor_instead(billed: Worked) -> None:
    changed(billed.payers[2], email=STANDS)
    day = instalment(billed, 1).planned_on - timedelta(days=30)
    run_on(day)
    merged(billed, 0, 2, day)
    assert BILLS not in {one.recipient for one in deliver_on(day)}
    assert [f"{billed.payers[0].name}: instalment 1" in one.body_text for one in told_on(day + ONE_DAY, STANDS)] == [
        True
    ]


def test_what_a_merged_payer_was_sent_goes_again_to_whoever_stands_for_it(billed: Worked) -> None:
    changed(billed.payers[2], email=STANDS, attention="Their bills")
    changed(billed.payers[0], attention="Our bills")
    day = instalment(billed, 1).planned_on - timedelta(days=30)
    (message,) = told_on(day)
    with transaction():
        message.status, message.failed_at = MessageStatus.BOUNCED, instant(day)
        digests.record_outcome(message.id, ReminderStatus.BOUNCED, at=instant(day))
    assert mail_decisions.present_address(message, day) == BILLS
    merged(billed, 0, 2, day + ONE_DAY, "Our bills")
    assert mail_decisions.present_address(message, day) == BILLS
    assert mail_decisions.present_address(message, day + ONE_DAY) == STANDS
    with transaction():
        mail_decisions.retry(message, STANDS, actor=billed.by, at=instant(day + ONE_DAY))
    assert [(one.id, one.recipient) for one in deliver_on(day + ONE_DAY)] == [(message.id, STANDS)]


@pytest.mark.parametrize("days", [0, 1, 2, 3])
def test_sql_and_the_rule_say_the_same_of_who_stands_for_a_payer(billed: Worked, days: int) -> None:
    first = date(2026, 3, 2)
    for place, (into, after) in {0: (1, 1), 1: (2, 2), 3: (2, 1), 2: (4, 3)}.items():
        merged(billed, place, into, first + timedelta(days=after))
    day = first + timedelta(days=days)
    stands = payer_successors.standing_for(day)
    found = {row.payer_id: row.stands_id for row in db.session.execute(select(stands))}
    facts = [PayerFacts(one.id, one.name, 0, None, one.successor_id, one.merged_on) for one in billed.payers]
    assert found == successors(facts, through=day)


def test_the_registry_says_where_reminders_of_a_merged_payer_go(client: FlaskClient, billed: Worked) -> None:
    changed(billed.payers[2], email=STANDS)
    merged(billed, 0, 2, date(2025, 6, 3))
    sign_in(client, billed.by)
    page = fetched(client, "/fund/payers")
    assert (page.count(STANDS), BILLS in page) == (2, False)
