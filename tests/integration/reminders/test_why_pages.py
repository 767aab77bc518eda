"""Why did or didn't I get this? Everybody reads what they were told themselves, and nobody what others were told."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.queries.reminder_ledger import MOST_COMING
from certhub.rules.reminder_policies import Audience, DayCount, ObligationKind
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import reminder_policies
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.reminders.arranging import (
    POLICIES,
    a_credential,
    a_licence,
    a_period,
    a_renewal,
    changed,
    deliver_on,
    instant,
    run_on,
    watch_from,
)

DUE = date(2027, 7, 30)
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def vendor() -> VendorOrganization:
    return make_vendor("Bay Care")


@pytest.fixture
def hr(vendor: VendorOrganization) -> User:
    return make_user(Role.VENDOR_HR, vendor, email="hr@example.org")


@pytest.fixture
def dph() -> User:
    return make_user(Role.DPH_ADMINISTRATOR, email="dph-admin@example.org")


@pytest.fixture
def person(vendor: VendorOrganization, hr: User, dph: User) -> Coordinator:
    """Somebody whose licence and credential end on one day, told of the first step, and of the day itself."""
    found = make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor)
    make_user(Role.COORDINATOR, found, email="ana@example.org")
    watch_from(date(2026, 3, 2))
    a_licence(found, DUE)
    a_credential(found, DUE)
    for day in (DUE - timedelta(days=88), DUE - timedelta(days=29), DUE):
        run_on(day)
        deliver_on(day)
    return found


def page(client: FlaskClient, user: User, address: str, day: date = DUE) -> str:
    with time_machine.travel(f"{day}T16:00:00+00:00", tick=False):
        answer = sign_in(client, user).get(address)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text


def account(email: str) -> User:
    from sqlalchemy import select

    from certhub.database import db

    return db.session.scalars(select(User).where(User.email == email)).one()


def test_a_coordinator_reads_what_was_sent_what_was_not_with_its_reason_and_what_comes_next(
    client: FlaskClient, person: Coordinator
) -> None:
    told = page(client, account("ana@example.org"), "/account/reminders")
    assert "Left on" in told
    assert "in one message with 1 other date" in told
    assert "Only the nearest one is sent." in told  # 60 days before, while nobody ran the job
    assert "2027-08-02 (1 day after), to the coordinator." in told


def test_nobody_else_is_named_to_a_coordinator_and_a_vendor_does_not_read_what_dph_was_told(
    client: FlaskClient, person: Coordinator, hr: User
) -> None:
    own = page(client, account("ana@example.org"), "/account/reminders")
    assert ("hr@example.org" in own, "dph-admin@example.org" in own) == (False, False)
    theirs = page(client, hr, f"/coordinators/{person.id}/reminders")
    assert ("hr@example.org" in theirs, "ana@example.org" in theirs) == (True, True)
    assert "dph-admin@example.org" not in theirs


def test_hr_reads_what_it_was_told_itself_with_the_names(client: FlaskClient, person: Coordinator, hr: User) -> None:
    told = page(client, hr, "/account/reminders")
    assert told.count("<bdi>Ana Ferreira</bdi>") >= 4
    assert "ana@example.org" not in told


def test_another_employer_finds_no_such_page(client: FlaskClient, person: Coordinator) -> None:
    other = make_user(Role.VENDOR_HR, make_vendor())
    for address in (f"/coordinators/{person.id}/reminders", f"/organizations/{person.id}/reminders"):
        assert sign_in(client, other).get(address).status_code == 404


def test_an_organization_reads_of_its_own_dates(client: FlaskClient, person: Coordinator, hr: User) -> None:
    vendor = hr.party
    assert vendor is not None
    a_credential(vendor, DUE + timedelta(days=30), "VO-CORE")
    run_on(DUE)
    assert "Renewal of a credential" in page(client, hr, f"/organizations/{vendor.id}/reminders")


def test_what_comes_next_names_only_readers_that_the_record_has(
    client: FlaskClient, vendor: VendorOrganization, person: Coordinator, dph: User
) -> None:
    """The policy of credentials speaks of coordinators, employers and organizations; each date has some of them."""
    a_credential(vendor, DUE + timedelta(days=60))
    run_on(DUE)
    deliver_on(DUE)
    assert "(30 days before), to the organization." in page(client, dph, f"/reminders?party={vendor.id}")
    a_credential(make_coordinator("Ben Walsh", vendor=vendor), DUE + timedelta(days=60))
    run_on(DUE)
    ben = page(client, dph, "/reminders/find?q=Walsh")
    (number,) = set(re.findall(r"/reminders\?party=(\d+)", ben))
    assert "to the coordinator, HR at the employer." in page(client, dph, f"/reminders?party={number}")


def test_dph_finds_a_person_by_name_or_address_and_reads_of_one_day(
    client: FlaskClient, person: Coordinator, dph: User
) -> None:
    for typed in ("ferreira ana", "Ana@example.org"):
        assert f"/reminders?party={person.id}" in page(client, dph, f"/reminders/find?q={typed}")
    assert "Nobody was found" in page(client, dph, "/reminders/find?q=Nobody%20Atall")
    whole = page(client, dph, f"/reminders?party={person.id}")
    assert "dph-admin@example.org" in whole
    of_day = page(client, dph, f"/reminders?party={person.id}&on={DUE}")
    assert (of_day.count("On the day"), of_day.count("90 days before")) == (6, 0)
    assert "No step fell on this day." in page(client, dph, f"/reminders?party={person.id}&on=2027-07-04")


def test_what_stops_the_reminders_is_said_beside_the_open_date(client: FlaskClient, vendor: VendorOrganization) -> None:
    someone = make_coordinator("Omar Haddad", email="omar@example.org", vendor=vendor)
    user = make_user(Role.COORDINATOR, someone, email="omar@example.org")
    watch_from(date(2026, 3, 2))
    a_licence(someone, DUE)
    run_on(date(2027, 1, 4))
    told = page(client, user, "/account/reminders", date(2027, 1, 4))
    assert "2027-05-03 (90 days before), to the coordinator." in told
    assert "There are no reminders for you yet." in told


def test_a_date_that_was_settled_says_so_with_the_reminders_that_were_not_needed_any_more(
    client: FlaskClient, vendor: VendorOrganization, hr: User, dph: User
) -> None:
    someone = make_coordinator("Omar Haddad", email="omar@example.org", vendor=vendor)
    user = make_user(Role.COORDINATOR, someone, email="omar@example.org")
    watch_from(date(2026, 3, 2))
    credential = a_credential(someone, DUE)
    run_on(DUE - timedelta(days=88))
    a_period(credential, DUE + timedelta(days=730), starts_on=DUE + timedelta(days=1))
    run_on(DUE - timedelta(days=70))
    for who, address in (
        (user, "/account/reminders"),
        (hr, f"/coordinators/{someone.id}/reminders"),
        (dph, f"/reminders?party={someone.id}"),
    ):
        told = page(client, who, address)
        spared = told.split("What was not needed any more")[-1]
        assert "It was not needed: already renewed." in spared
        assert "2027-06-01 (60 days before), 2027-06-30 (30 days before)" in spared
        assert "90 days before" not in spared  # it was entered, and has its line above
    of_day = page(client, dph, f"/reminders?party={someone.id}&on=2027-06-01")
    assert "2027-06-01 (60 days before)<" in of_day
    assert "30 days before" not in of_day
    assert "was not needed any more" not in page(client, dph, f"/reminders?party={someone.id}&on=2027-06-02")


def test_what_a_reader_hears_of_is_chosen_before_the_list_ends(client: FlaskClient, vendor: VendorOrganization) -> None:
    someone = make_coordinator("Omar Haddad", email="omar@example.org", vendor=vendor)
    user = make_user(Role.COORDINATOR, someone, email="omar@example.org")
    watch_from(date(2026, 3, 2))
    for number in range(MOST_COMING):
        changed(a_licence(someone, DUE, number=f"X{number}"), check_again_on=DUE - timedelta(days=60), expires_on=None)
    a_licence(someone, DUE)
    run_on(date(2027, 1, 4))
    assert "2027-05-03 (90 days before), to the coordinator." in page(
        client, user, "/account/reminders", date(2027, 1, 4)
    )


def test_a_date_that_was_settled_since_the_last_run_announces_no_reminder(
    client: FlaskClient, vendor: VendorOrganization
) -> None:
    someone = make_coordinator("Omar Haddad", email="omar@example.org", vendor=vendor)
    user = make_user(Role.COORDINATOR, someone, email="omar@example.org")
    watch_from(date(2026, 3, 2))
    credential = a_credential(someone, DUE)
    run_on(date(2027, 1, 4))
    a_period(credential, DUE + timedelta(days=730), starts_on=DUE + timedelta(days=1))
    told = page(client, user, "/account/reminders", date(2027, 1, 4))
    assert "It needs nobody any more: already renewed." in told
    assert "to the coordinator." not in told


def test_an_application_that_nobody_has_yet_says_so_instead_of_naming_a_reviewer(
    client: FlaskClient, vendor: VendorOrganization, dph: User
) -> None:
    credential = a_credential(vendor, DUE, "VO-CORE")
    application = a_renewal(credential, ApplicationStatus.SUBMITTED)
    due_on = date(2027, 1, 8)
    changed(application, due_on=due_on)
    watch_from(date(2026, 12, 1))
    address = f"/reminders?party={vendor.id}"
    told = page(client, dph, address, date(2027, 1, 4))
    assert "As things stand it will not be sent: nobody at DPH has it yet." in told
    run_on(date(2027, 1, 6))
    told = page(client, dph, address, date(2027, 1, 6))
    assert "It was to go to the reviewer who has it, and nobody at DPH had taken it up." in told


def test_steps_that_count_business_days_are_named_so(client: FlaskClient, person: Coordinator, dph: User) -> None:
    kind = ObligationKind.LICENCE_RENEWAL
    policy = replace(
        POLICIES[kind], counted_in=DayCount.BUSINESS, offsets=(30, 7, 0, -1), open_days=90,
        recipients={Audience.HOLDER: (30, 7, 0, -1)},
    )  # fmt: skip
    with transaction():
        reminder_policies.change(
            kind, policy, effective_from=DUE, reason="A test.", seen=1, actor=dph,
            at=instant(DUE - timedelta(days=1)),
        )  # fmt: skip
    told = page(client, account("ana@example.org"), "/account/reminders")
    assert "(1 business day after), to the coordinator." in told


def test_dph_finds_by_record_and_by_address_what_a_former_employer_was_told_of_a_departure(
    client: FlaskClient, vendor: VendorOrganization, hr: User, dph: User
) -> None:
    person = make_coordinator("Ana Ferreira", vendor=vendor)
    watch_from(date(2026, 3, 2))
    a_licence(person, DUE)
    left_on = DUE - timedelta(days=95)
    run_on(left_on)
    changed(db.session.scalars(select(Employment)).one(), ends_on=left_on)
    run_on(DUE - timedelta(days=88))

    with time_machine.travel(instant(DUE - timedelta(days=88)), tick=False):
        office = sign_in(client, dph)
        page = office.get(f"/coordinators/{person.id}/reminders").text
        found = office.get(f"/reminders/find?q={hr.email}").text

    assert "What former employers were told" in page
    assert hr.email in page
    assert "Ana Ferreira" in found
