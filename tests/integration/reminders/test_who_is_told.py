"""Who is told of a date: when it is planned, and once more when the message leaves."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.messages import MessageStatus, Reminder, ReminderNotice, ReminderStart, ReminderStatus
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.rules import reminder_reasons as reasons
from certhub.rules.business_days import next_business_day
from certhub.rules.reminder_policies import Audience
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import digests, obligations, reminders
from certhub.services.digest_readings import ReadingAgain
from tests.factories import make_coordinator, make_employment, make_practice, make_user, make_vendor
from tests.integration.reminders.arranging import (
    POLICIES,
    a_credential,
    a_licence,
    a_period,
    a_renewal,
    changed,
    deliver_on,
    instant,
    ledger,
    link,
    messages,
    notices,
    recipients,
    run_on,
    watch_from,
)

SWITCHED_ON = date(2026, 3, 2)
DUE = date(2027, 7, 30)

pytestmark = pytest.mark.usefixtures("app")


def on(step: int) -> date:
    return next_business_day(DUE - timedelta(days=step))


def read_again(address: str, day: date) -> bool:
    """Whether the message that waits for somebody still has something to say."""
    (waiting,) = [one for one in messages(MessageStatus.QUEUED) if one.recipient == address]
    with transaction():
        told = digests.read_again(waiting.id, ReadingAgain(day, POLICIES), link=link, at=instant(day))
    return told is not None


def of(address: str) -> ReminderNotice:
    (found,) = [one for one in notices() if one.recipient == address]
    return found


def test_a_first_run_for_a_day_that_passed_tells_nothing_of_the_past() -> None:
    a_licence(make_coordinator(), SWITCHED_ON + timedelta(days=20))
    passed = SWITCHED_ON - timedelta(days=10)  # the day of the step 30 days before

    with transaction():
        obligations.derive(passed, policies=POLICIES, at=instant(SWITCHED_ON))
        reminders.plan(passed, policies=POLICIES, at=instant(SWITCHED_ON))

    assert [(step, why) for step, _, why in ledger()] == [(90, reasons.NOT_WATCHED), (30, reasons.NOT_WATCHED)]
    assert set(db.session.scalars(select(ReminderStart.watched_from))) == {SWITCHED_ON}


def closed_account(person: Coordinator, _vendor: VendorOrganization) -> str:
    return make_user(Role.COORDINATOR, person).email


def hr(_person: Coordinator, vendor: VendorOrganization) -> str:
    return make_user(Role.VENDOR_HR, vendor).email


def office_mail(_person: Coordinator, vendor: VendorOrganization) -> str:
    return str(vendor.email)


def account_closed(address: str, _person: Coordinator) -> None:
    from certhub.models.accounts import User

    changed(db.session.scalars(select(User).where(User.email == address)).one(), deactivated_at=instant(on(90)))


def works_elsewhere(_address: str, person: Coordinator) -> None:
    (spell,) = db.session.scalars(select(Employment).where(Employment.coordinator_id == person.id)).all()
    changed(spell, ends_on=on(90) - timedelta(days=1))
    make_employment(person, make_vendor(), starts_on=on(90))


@pytest.mark.parametrize(
    ("reader", "change"),
    [
        (closed_account, account_closed),
        (hr, account_closed),
        (hr, works_elsewhere),
        (office_mail, works_elsewhere),
    ],
)
def test_whoever_is_no_longer_to_be_told_gets_nothing_of_what_waited(
    reader: Callable[[Coordinator, VendorOrganization], str], change: Callable[[str, Coordinator], None]
) -> None:
    watch_from(SWITCHED_ON)
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    address = reader(person, vendor)
    a_licence(person, DUE)
    run_on(on(90))
    others = [one.recipient for one in messages() if one.recipient != address]

    change(address, person)

    assert not read_again(address, on(90))
    assert (of(address).status, of(address).reason) == (ReminderStatus.SUPPRESSED, reasons.NOT_THEIRS)
    assert [read_again(one, on(90)) for one in others] == [True]
    assert [status for _, status, _ in ledger()] == ["planned"]


def test_a_message_that_was_sent_to_the_business_address_by_hand_leaves_although_there_is_an_account() -> None:
    watch_from(SWITCHED_ON)
    person = make_coordinator()
    account = make_user(Role.COORDINATOR, person)
    a_licence(person, DUE)
    run_on(on(90))
    (waiting,) = messages()
    assert waiting.recipient == account.email

    with transaction():
        digests.readdress(waiting.id, str(person.email))
        waiting.recipient = str(person.email)

    assert read_again(str(person.email), on(90))


def test_a_former_employer_reads_of_a_departure_only_while_it_has_the_address() -> None:
    watch_from(SWITCHED_ON)
    vendor = make_vendor()
    former = make_user(Role.VENDOR_HR, vendor)
    person = make_coordinator(vendor=vendor)
    a_licence(person, DUE)
    run_on(on(90) - timedelta(days=1))
    works_nowhere = db.session.scalars(select(Employment)).one()
    changed(works_nowhere, ends_on=on(90) - timedelta(days=2))
    run_on(on(90))
    assert recipients() == [former.email]
    assert read_again(former.email, on(90))

    account_closed(former.email, person)

    assert not read_again(former.email, on(90))


def test_who_has_an_application_now_is_told_in_the_place_of_who_had_it() -> None:
    watch_from(SWITCHED_ON)
    had, has = make_user(Role.DPH_REVIEWER), make_user(Role.DPH_REVIEWER)
    credential = a_credential(make_coordinator(vendor=make_vendor()), date(2028, 7, 30))
    application = a_renewal(credential, ApplicationStatus.SUBMITTED)
    changed(application, due_on=DUE, reviewer_id=had.id)
    day = on(2)
    run_on(day)
    assert had.email in recipients()

    changed(application, reviewer_id=has.id)
    assert not read_again(had.email, day)
    run_on(day + timedelta(days=1))

    assert read_again(has.email, day + timedelta(days=1))
    told = [(one.recipient, one.status) for one in notices() if one.audience is Audience.REVIEWER]
    assert told == [(had.email, ReminderStatus.SUPPRESSED), (has.email, ReminderStatus.PLANNED)]
    run_on(day + timedelta(days=1))
    assert len(notices()) == 2


def test_after_an_outage_those_hear_of_the_nearest_step_to_whom_a_missed_one_was_escalated() -> None:
    """Administrators hear on the day itself and the day after; both were missed, and the next step is not theirs."""
    watch_from(SWITCHED_ON)
    boss = make_user(Role.DPH_ADMINISTRATOR)
    a_credential(make_coordinator(vendor=make_vendor()), DUE)
    for day in (on(180), on(7)):
        run_on(day)
        deliver_on(day)
    assert boss.email not in recipients()

    run_on(on(-15))
    deliver_on(on(-15))
    assert recipients().count(boss.email) == 1

    run_on(on(-30))
    assert recipients().count(boss.email) == 1, "what was told is not told again with the steps after it"


def test_who_was_to_hear_of_a_step_that_could_not_leave_hears_of_the_one_that_takes_its_place() -> None:
    watch_from(SWITCHED_ON)
    boss = make_user(Role.DPH_ADMINISTRATOR)
    a_credential(make_coordinator(), DUE)
    run_on(on(0))  # and the mail server is away for two weeks
    run_on(on(-15))
    before, after = (one.id for one in messages() if one.recipient == boss.email)

    with transaction():
        told = [
            digests.read_again(number, ReadingAgain(on(-15), POLICIES), link=link, at=instant(on(-15)))
            for number in (before, after)
        ]

    assert [one is not None for one in told] == [False, True]


def test_a_practice_that_is_on_file_as_an_employer_reads_no_dates_of_a_coordinator() -> None:
    watch_from(SWITCHED_ON)
    practice = make_practice()
    manager = make_user(Role.PRACTICE_MANAGER, practice)
    person = make_coordinator(vendor=make_vendor())
    spell = make_employment(person, practice)
    a_licence(person, DUE)
    run_on(on(90))
    assert not {manager.email, practice.email} & set(recipients())
    assert len(recipients()) == 2

    for each in (spell, *db.session.scalars(select(Employment).where(Employment.coordinator_id == person.id))):
        changed(each, ends_on=on(30) - timedelta(days=2))
    run_on(on(30))
    assert manager.email not in recipients(), "nor that the person left"


def test_that_a_reader_has_no_address_is_in_the_ledger_where_others_are_told() -> None:
    watch_from(SWITCHED_ON)
    vendor = make_vendor("Without a desk")
    changed(vendor, email=None)
    person = make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor)
    a_credential(person, DUE)
    run_on(on(60))
    run_on(on(59))
    noted = [
        (one.audience, one.recipient, one.reason)
        for one in db.session.scalars(select(ReminderNotice).order_by(ReminderNotice.id))
    ]
    assert noted == [(Audience.HOLDER, "ana@example.org", None), (Audience.EMPLOYER, "", reasons.NO_ADDRESS)]


def test_a_reader_that_a_date_does_not_have_is_not_in_the_ledger() -> None:
    watch_from(SWITCHED_ON)
    a_credential(make_coordinator("On her own", email="own@example.org", vendor=None), DUE)
    run_on(on(60))
    audiences = db.session.scalars(select(ReminderNotice.audience)).all()
    assert audiences == [Audience.HOLDER]


def test_what_fell_away_is_told_with_its_own_reason_beside_a_reader_without_an_address() -> None:
    watch_from(SWITCHED_ON)
    vendor = make_vendor("Without a desk")
    changed(vendor, email=None)
    credential = a_credential(make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor), DUE)
    run_on(on(60))
    a_period(credential, DUE + timedelta(days=730), starts_on=DUE + timedelta(days=1))
    assert not read_again("ana@example.org", on(60))
    reason = db.session.scalars(select(Reminder.reason).where(Reminder.step == 60)).one()
    assert reason not in {None, reasons.NO_ADDRESS}
