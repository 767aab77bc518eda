"""The calendar feed holds what falls due for its reader, names nobody, and drops what is settled."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from certhub import clock
from certhub.models.accounts import User
from certhub.models.certification import Credential
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.queries import calendar
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.web.addresses import due_link
from tests.factories import make_coordinator, make_user, make_vendor
from tests.integration.caseload import arranging as caseload
from tests.integration.reminders.arranging import a_credential, a_licence, a_period, a_renewal, changed, instant, run_on

TODAY = date(2026, 11, 16)
ENDS = date(2027, 1, 31)


@pytest.fixture(autouse=True)
def travelled() -> Iterator[None]:
    with time_machine.travel(instant(TODAY), tick=False):
        yield


@pytest.fixture
def vendor(app: Flask) -> VendorOrganization:
    return make_vendor()


@pytest.fixture
def person(vendor: VendorOrganization) -> Coordinator:
    return make_coordinator("Ana Ferreira", vendor=vendor)


@pytest.fixture
def credential(person: Coordinator) -> Credential:
    found = a_credential(person, ENDS)
    run_on(TODAY)
    return found


def events(app: Flask, user: User) -> dict[str, str]:
    found = calendar.events_of(user, base_url="https://h", link=due_link(app))
    assert not any("Ferreira" in one.summary + one.description for one in found)
    return {one.summary: one.link for one in found}


def test_a_coordinator_has_the_own_dates_by_their_kind_and_drops_what_is_settled(
    app: Flask, person: Coordinator, credential: Credential
) -> None:
    user = make_user(Role.COORDINATOR, person)
    ((summary, link),) = events(app, user).items()
    assert (summary, link.rsplit("/", 2)[1:]) == ("Ends: credential", ["coordinators", str(person.id)])
    a_period(credential, ENDS + timedelta(days=730), starts_on=ENDS + timedelta(days=1))
    run_on(TODAY + timedelta(days=1))
    (event,) = calendar.events_of(user, base_url="https://h")
    assert event.uid == f"credential_renewal-{credential.id}-{ENDS + timedelta(days=730):%Y%m%d}@certhub"


def test_hr_has_the_dates_of_the_vendor_and_of_its_people_without_their_names(
    app: Flask, vendor: VendorOrganization, person: Coordinator, credential: Credential
) -> None:
    a_licence(person, ENDS, number="RN777777")
    elsewhere = caseload.arranged()
    a_credential(elsewhere.person, ENDS)
    run_on(TODAY)
    assert set(events(app, make_user(Role.VENDOR_HR, vendor))) == {"Ends: credential", "Ends: licence"}
    other = events(app, elsewhere.hr)
    assert other["Due: caseload report for October 2026"].endswith("/months/202610")


def test_a_reviewer_has_the_applications_that_are_the_own_ones(app: Flask, credential: Credential) -> None:
    reviewer = make_user(Role.DPH_REVIEWER)
    application = a_renewal(credential, ApplicationStatus.UNDER_REVIEW)
    changed(application, due_on=TODAY + timedelta(days=3), reviewer_id=reviewer.id)
    run_on(TODAY)
    assert set(events(app, reviewer)) == {"Due: application under CC-CORE"}
    assert events(app, make_user(Role.DPH_REVIEWER)) == {}
    assert clock.today() == TODAY


def test_an_auditor_acts_on_nothing(app: Flask, credential: Credential) -> None:
    assert events(app, make_user(Role.AUDITOR)) == {}
