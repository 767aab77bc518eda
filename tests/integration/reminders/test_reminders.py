"""Reminders against the database: not twice, not never, and a reason for each that was not sent."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from certhub.database import transaction
from certhub.jobs import mail_delivery
from certhub.jobs.registry import JobProblem, Occasion
from certhub.models.messages import Message, MessageStatus, ReminderStatus
from certhub.queries.obligation_sources.credentials import SUBMITTED
from certhub.queries.obligation_sources.source import RENEWED
from certhub.rules import reminder_reasons as reasons
from certhub.rules.business_days import next_business_day
from certhub.rules.mail_attempts import GIVE_UP_AFTER, LEAST_ATTEMPTS
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.reminders import reminder_due, steps_for
from certhub.rules.status import ENDING_EVENTS
from certhub.rules.vocabulary import ApplicationStatus, Role, StatusEventKind
from certhub.services import digests
from tests.factories import make_coordinator, make_employment, make_user, make_vendor
from tests.integration.reminders.arranging import (
    POLICIES,
    a_credential,
    a_licence,
    a_period,
    a_renewal,
    an_event,
    changed,
    deliver_on,
    instant,
    ledger,
    link,
    messages,
    notices,
    open_obligations,
    recipients,
    run_on,
    watch_from,
)

SWITCHED_ON = date(2026, 3, 2)
DUE = date(2027, 7, 30)
"""A Friday without a holiday near it."""


def on(step: int, due_on: date = DUE) -> date:
    """The day on which a step goes out."""
    return next_business_day(due_on - timedelta(days=step))


pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def reminders_switched_on(app: Flask) -> None:
    watch_from(SWITCHED_ON)


def test_the_holder_and_the_employers_hr_are_told_on_the_day_of_a_step_and_nobody_else() -> None:
    vendor, other = make_vendor(), make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    make_user(Role.VENDOR_HR, other)
    person = make_coordinator(vendor=vendor)
    a_credential(person, DUE)

    run_on(DUE - timedelta(days=181))
    assert messages() == []
    run_on(on(180))

    assert recipients() == sorted([str(person.email), hr.email])
    assert ledger() == [(180, "planned", None)]
    to_hr = next(message for message in messages() if message.recipient == hr.email)
    assert person.name in to_hr.subject
    assert "in 179 days" in to_hr.body_text  # the 180th day before is a Sunday


def test_running_twice_on_a_day_and_again_after_delivery_tells_nobody_twice() -> None:
    a_credential(make_coordinator(vendor=make_vendor()), DUE)
    day = on(180)
    run_on(day)
    first = len(messages())

    assert run_on(day)["messages"] == 0
    deliver_on(day)
    for later in range(1, 80, 3):
        assert run_on(day + timedelta(days=later))["messages"] == 0
    assert len(messages()) == first


@pytest.mark.parametrize("outage", [1, 7, 30])
def test_after_an_outage_the_nearest_missed_step_is_sent_once_and_the_others_are_explained(outage: int) -> None:
    person = make_coordinator()
    a_credential(person, DUE)
    for day in (date(2027, 1, 31), date(2027, 5, 3)):
        run_on(day)
        deliver_on(day)
    told_before = [step for step, status, _ in ledger() if status == "sent"]
    back = DUE - timedelta(days=15) + timedelta(days=outage)

    run_on(back)

    policy = POLICIES[ObligationKind.CREDENTIAL_RENEWAL]
    expected = reminder_due(DUE, back, policy.offsets, told_before, on_business_days=True)
    assert [step for step, status, _ in ledger() if status == "planned"] == [expected]
    assert {reason for _, status, reason in ledger() if status == "suppressed"} == {reasons.NEARER}
    assert [m.status for m in messages() if m.created_at.date() == back] == [MessageStatus.QUEUED]


def test_the_ledger_says_of_every_day_what_the_pure_rule_says() -> None:
    a_credential(make_coordinator(), DUE)
    policy = POLICIES[ObligationKind.CREDENTIAL_RENEWAL]
    sent: list[int] = []
    days = [DUE + timedelta(days=passed) for passed in (-185, -180, -150, -91, -90, -89, -31, -27, -8, -2, 0, 1, 3, 40)]
    for day in days:
        expected = reminder_due(DUE, day, policy.offsets, sent, on_business_days=True)
        run_on(day)
        planned = [step for step, status, _ in ledger() if status == "planned"]
        assert planned == ([] if expected is None else [expected]), day
        sent += planned
        deliver_on(day)
    by_step = {step.offset: step.on for step in steps_for(DUE, policy.offsets, on_business_days=True)}
    assert {step for step, _, _ in ledger()} == set(by_step)


def test_steps_on_weekends_and_holidays_go_out_on_the_next_business_day() -> None:
    a_credential(make_coordinator(), date(2027, 7, 4))  # a Sunday; the holiday is kept on Monday

    run_on(date(2027, 7, 2))
    planned = len(messages())
    run_on(date(2027, 7, 5))
    assert len(messages()) == planned
    run_on(date(2027, 7, 6))
    assert len(messages()) == planned + 1


def test_what_lies_before_the_system_was_switched_on_is_never_told() -> None:
    for due_in in (-40, -5, 8, 20, 100):
        a_credential(make_coordinator(), SWITCHED_ON + timedelta(days=due_in))

    counts = run_on(SWITCHED_ON)

    assert counts["opened"] == 5
    assert messages() == []
    assert {reason for _, _, reason in ledger()} == {reasons.NOT_WATCHED}


def test_the_first_step_after_the_switch_is_told_as_usual() -> None:
    a_credential(make_coordinator(), SWITCHED_ON + timedelta(days=20))
    run_on(SWITCHED_ON)

    for passed in range(1, 8):
        run_on(SWITCHED_ON + timedelta(days=passed))

    assert [step for step, status, _ in ledger() if status == "planned"] == [14]


def test_a_licence_that_is_entered_late_is_told_of_once() -> None:
    today = SWITCHED_ON + timedelta(days=120)
    a_licence(make_coordinator(), today + timedelta(days=20))

    run_on(today)
    run_on(today + timedelta(days=1))

    assert len(messages()) == 1
    assert ledger() == [(90, "suppressed", reasons.NEARER), (30, "planned", None)]


def test_one_person_gets_one_message_a_day_whatever_falls_due() -> None:
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    for _ in range(3):
        person = make_coordinator(vendor=vendor)
        a_credential(person, DUE)
        a_licence(person, on(90), number=f"RN{person.id}")

    run_on(on(90))

    assert recipients().count(hr.email) == 1
    digest = next(message for message in messages() if message.recipient == hr.email)
    assert digest.body_text.count("What to do:") == 6
    assert digest.subject == "6 dates that need your attention"


def test_what_comes_up_after_todays_digest_waits_for_that_of_the_next_day() -> None:
    person = make_coordinator()
    a_credential(person, DUE)
    day = on(90)
    run_on(day)
    a_licence(person, DUE)

    assert run_on(day)["messages"] == 0
    assert run_on(day + timedelta(days=1))["messages"] == 1


def test_a_renewal_closes_the_date_and_the_new_term_has_reminders_of_its_own() -> None:
    credential = a_credential(make_coordinator(), DUE)
    run_on(on(90))
    deliver_on(on(90))
    next_due = date(2029, 7, 30)
    a_period(credential, next_due, starts_on=DUE + timedelta(days=1))

    assert run_on(on(60)) | {"notices": 0} == {
        "opened": 1, "closed": 1, "entered": 0, "notices": 0, "messages": 0,
    }  # fmt: skip
    assert [(o.due_on, o.closed_because) for o in open_obligations()] == [(next_due, None)]
    assert run_on(on(180, next_due))["messages"] == 1


def test_a_renewal_between_planning_and_sending_withdraws_the_message() -> None:
    credential = a_credential(make_coordinator(), DUE)
    run_on(on(30))
    a_renewal(credential, ApplicationStatus.SUBMITTED)

    assert deliver_on(DUE - timedelta(days=28)) == []

    assert [message.status for message in messages()] == [MessageStatus.WITHDRAWN]
    assert ledger()[-1] == (30, "suppressed", SUBMITTED)


def test_a_digest_that_waited_drops_what_was_done_meanwhile_and_counts_its_days_anew() -> None:
    person = make_coordinator()
    credential = a_credential(person, DUE)
    a_licence(person, DUE)
    run_on(on(30))
    a_period(credential, date(2029, 7, 30), starts_on=DUE + timedelta(days=1))

    (sent,) = deliver_on(DUE - timedelta(days=27))

    assert "RN123456" in sent.body_text
    assert "CC-2026" not in sent.body_text
    assert "in 27 days" in sent.body_text
    assert {row.reason for row in notices()} == {None, RENEWED}


def test_an_application_that_was_returned_does_not_stop_the_reminders() -> None:
    credential = a_credential(make_coordinator(), DUE)
    a_renewal(credential, ApplicationStatus.INCOMPLETE)
    assert run_on(on(30))["messages"] == 1


def test_a_digest_that_waited_for_days_gives_way_to_a_nearer_step() -> None:
    a_credential(make_coordinator(), DUE)
    run_on(on(14))
    run_on(on(7))

    sent = deliver_on(on(7))

    assert ["in 7 days" in message.body_text for message in sent] == [True]
    assert (14, "suppressed", reasons.NEARER) in ledger()


@pytest.mark.parametrize("kind", ENDING_EVENTS)
def test_a_credential_that_ended_is_not_reminded_of_and_comes_back_when_the_ending_is_undone(
    kind: StatusEventKind,
) -> None:
    credential = a_credential(make_coordinator(), DUE)
    run_on(DUE - timedelta(days=200))
    event = an_event(credential, kind, DUE - timedelta(days=195))

    assert run_on(on(180)) == {"opened": 0, "closed": 1, "entered": 0, "notices": 0, "messages": 0}
    changed(event, superseded_at=credential.recorded_at)
    assert run_on(on(180) + timedelta(days=1)) == {"opened": 1, "closed": 0, "entered": 1, "notices": 1, "messages": 1}


def test_a_suspended_credential_is_still_reminded_of() -> None:
    credential = a_credential(make_coordinator(), DUE)
    an_event(credential, StatusEventKind.SUSPENDED, DUE - timedelta(days=200))
    assert run_on(on(180))["messages"] == 1


def test_the_end_of_an_employment_stops_the_mails_and_hr_hears_of_it_once() -> None:
    """Lesson 11."""
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    person = make_coordinator()
    make_employment(person, vendor, ends_on=DUE - timedelta(days=100))
    a_credential(person, DUE)
    a_licence(person, DUE)

    run_on(on(90))
    deliver_on(on(90))
    for passed in range(-89, 40, 4):
        run_on(DUE + timedelta(days=passed))
        deliver_on(DUE + timedelta(days=passed))

    assert recipients() == [hr.email]
    (message,) = messages()
    assert "no longer works for your organization" in message.body_text
    assert {status for _, status, _ in ledger()} == {"suppressed"}
    assert reasons.LEFT in {reason for _, _, reason in ledger()}


def test_a_new_employer_hears_of_the_reminders_and_the_former_one_does_not() -> None:
    old, new = make_vendor(), make_vendor()
    make_user(Role.VENDOR_HR, old)
    hr = make_user(Role.VENDOR_HR, new)
    person = make_coordinator()
    make_employment(person, old, ends_on=DUE - timedelta(days=100))
    make_employment(person, new, starts_on=DUE - timedelta(days=99))
    a_credential(person, DUE)

    run_on(on(90))

    assert recipients() == sorted([str(person.email), hr.email])


def test_on_the_last_day_and_the_day_after_it_dph_is_told_too() -> None:
    administrator = make_user(Role.DPH_ADMINISTRATOR)
    a_credential(make_coordinator(), DUE)
    for passed, told in ((-1, 0), (0, 1), (3, 2)):  # the day after falls on a Saturday
        run_on(DUE + timedelta(days=passed))
        deliver_on(DUE + timedelta(days=passed))
        assert recipients().count(administrator.email) == told


def test_an_organization_is_reminded_through_its_accounts_or_else_its_business_address() -> None:
    with_account, without = make_vendor(), make_vendor()
    hr = make_user(Role.VENDOR_HR, with_account)
    for vendor in (with_account, without):
        a_credential(vendor, DUE, "VO-CORE")
    run_on(on(180))
    assert recipients() == sorted([hr.email, str(without.email)])


def test_where_no_address_is_known_the_ledger_says_so() -> None:
    a_credential(make_coordinator(email=None), DUE)
    assert run_on(on(180))["messages"] == 0
    assert ledger() == [(180, "suppressed", reasons.NOBODY)]


def test_a_digest_that_could_not_be_prepared_for_days_has_failed_in_the_ledger_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_credential(make_coordinator(vendor=make_vendor()), DUE)
    run_on(on(180))
    with transaction() as session:
        session.execute(update(Message).values(attempts=LEAST_ATTEMPTS, waits_since=instant(on(180)) - GIVE_UP_AFTER))

    def breaks(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(digests, "read_again", breaks)
    occasion = Occasion(on(180), app.extensions["certhub"].settings, link)
    with time_machine.travel(instant(on(180)), tick=False), pytest.raises(JobProblem, match="could be prepared"):
        mail_delivery.deliver(occasion)
    why = reasons.NOT_PREPARED
    assert {message.status for message in messages()} == {MessageStatus.FAILED}
    assert {(one.status, one.reason) for one in notices()} == {(ReminderStatus.FAILED, why)}
    assert ledger() == [(180, "failed", why)]
