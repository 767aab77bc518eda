"""Lesson 27: a renewal that was filed in time keeps the credential in force, wherever anybody looks."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from certhub.database import transaction
from certhub.models.accounts import User
from certhub.models.certification import Application, Certificate
from certhub.models.parties import Party
from certhub.queries import certification, credentials, exposure, registers
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, CredentialStatus, Role, SubjectType
from certhub.services import certificates, exposure_letters
from certhub.web.context import press
from tests import factories
from tests.factories import WHEN, make_user, saved, sign_in
from tests.integration.exposure.arranging import Placed, placed
from tests.integration.parties.browsing import fetched, send
from tests.integration.reminders import arranging

PRINTED = date(2026, 5, 31)
TODAY = PRINTED + timedelta(days=15)
WORDS = "Renewal pending, in force"


@pytest.fixture
def chain(app: Flask) -> Iterator[Placed]:
    """A coordinator whose printed date has passed, and whose renewal has been with DPH since before it."""
    one = placed(credential_until=PRINTED)
    credential = one.credential(one.person)
    filed = datetime(2026, 5, 20, 15, tzinfo=UTC)
    saved(
        Application(
            party_id=one.person.id, owner_id=one.vendor.id, kind=ApplicationKind.RENEWAL,
            status=ApplicationStatus.UNDER_REVIEW, standard_id=credential.standard_id, credential_id=credential.id,
            standard_version_id=credential.periods[0].standard_version_id, opened_by_id=make_user(Role.DPH_REVIEWER).id,
            opened_at=filed, submitted_at=filed, submitted_on=filed.date(), complete_at=filed, stage_from=filed.date(),
            due_on=filed.date() + timedelta(days=30),
        )
    )  # fmt: skip
    with time_machine.travel(datetime.combine(TODAY, time(15), UTC), tick=True):
        yield one


@pytest.fixture
def certificate(chain: Placed) -> Certificate:
    period = credentials.latest_period(chain.credential(chain.person))
    assert period is not None
    with transaction():
        return certificates.issue(period, press=press(), actor=factories.ARRANGING, at=WHEN)


def somebody(role: Role, chain: Placed) -> User:
    own: dict[Role, Party] = {
        Role.VENDOR_HR: chain.vendor,
        Role.PRACTICE_MANAGER: chain.practice,
        Role.COORDINATOR: chain.person,
    }
    return make_user(role, own.get(role))


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.COORDINATOR, "/"),
        (Role.COORDINATOR, "/coordinators/{person}"),
        (Role.COORDINATOR, "/credentials/{credential}"),
        (Role.VENDOR_HR, "/coordinators"),
        (Role.VENDOR_HR, "/coordinators?status=renewal_pending"),
        (Role.VENDOR_HR, "/coordinators/{person}"),
        (Role.VENDOR_HR, "/credentials/{credential}"),
        (Role.DPH_REVIEWER, "/coordinators"),
        (Role.DPH_REVIEWER, "/coordinators/{person}"),
        (Role.DPH_REVIEWER, "/credentials/{credential}"),
        (Role.DPH_ADMINISTRATOR, "/registers/coordinators"),
        (Role.AUDITOR, "/registers/coordinators?status=renewal_pending"),
        (Role.AUDITOR, "/coordinators/{person}"),
    ],
)
def test_every_page_says_renewal_pending_in_force(chain: Placed, client: FlaskClient, role: Role, path: str) -> None:
    sign_in(client, somebody(role, chain))

    page = fetched(client, path.format(person=chain.person.id, credential=chain.credential(chain.person).id))

    assert WORDS in re.sub(r"<select.*?</select>", "", page.partition("<main")[2], flags=re.DOTALL)
    assert chain.person.name in page


def test_the_credential_page_allows_practice_and_asks_nothing_of_a_late_renewal(
    chain: Placed, client: FlaskClient
) -> None:
    sign_in(client, somebody(Role.VENDOR_HR, chain))

    page = fetched(client, f"/credentials/{chain.credential(chain.person).id}")

    assert "Practice is allowed." in page
    assert "Late renewal</span>" not in page
    assert "CC-10B" not in page


def test_anybody_who_verifies_the_certificate_reads_it(client: FlaskClient, certificate: Certificate) -> None:
    page = " ".join(fetched(client, f"/verify/{certificate.verification_code}").split())

    assert WORDS in page
    assert "stays in force until DPH decides" in page


def test_the_register_the_file_and_the_figures_count_it_as_in_force(chain: Placed, client: FlaskClient) -> None:
    viewer = sign_in(client, somebody(Role.DPH_ADMINISTRATOR, chain))

    (row,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, TODAY)
    path = f"/registers/coordinators?as_of={TODAY}"
    lines = send(viewer, "/registers/coordinators/export", page=path, as_of=str(TODAY)).text.splitlines()

    assert (row.status, row.authorized) == (CredentialStatus.RENEWAL_PENDING, True)
    assert ["renewal_pending" in line for line in lines if chain.person.name in line] == [True]
    kinds = (chain.vendor.kind, chain.person.kind, chain.practice.kind)
    assert certification.held_in_force(OPERATOR, on=TODAY) == dict.fromkeys(kinds, 1)
    assert certification.deadlines(OPERATOR, on=TODAY) == []


@pytest.mark.parametrize("role", [Role.VENDOR_HR, Role.PRACTICE_MANAGER, Role.DPH_ADMINISTRATOR])
def test_nobody_is_told_that_an_assignment_is_exposed(chain: Placed, client: FlaskClient, role: Role) -> None:
    sign_in(client, somebody(role, chain))

    assert chain.person.name not in fetched(client, "/exposures").partition("<main")[2]
    assert "not cleared" not in fetched(client, "/")
    at = datetime.combine(TODAY, time(11), UTC)
    with transaction():
        exposure_letters.plan(TODAY, at=at)
        assert exposure_letters.waiting_recipients("", None) == []


@pytest.mark.only_on("sqlite")
def test_no_reminder_says_that_it_ended(chain: Placed) -> None:
    make_user(Role.VENDOR_HR, chain.vendor)

    for day in range(-3, 16):
        arranging.run_on(PRINTED + timedelta(days=day))

    assert [one for one in arranging.messages() if chain.person.name in one.body_text] == []


@pytest.mark.only_on("sqlite")
def test_the_reminder_of_a_returned_renewal_says_that_the_credential_stays_in_force(chain: Placed) -> None:
    hr = make_user(Role.VENDOR_HR, chain.vendor)
    [application] = certification.panel_of(OPERATOR, chain.person, on=TODAY).applications
    arranging.run_on(PRINTED - timedelta(days=40))
    arranging.changed(
        application, status=ApplicationStatus.INCOMPLETE, with_applicant_from=PRINTED + timedelta(days=1), due_on=None
    )

    for day in range(1, 12):
        arranging.run_on(PRINTED + timedelta(days=day))

    of_hr = [one.body_text for one in arranging.messages() if one.recipient == hr.email]
    told = [text for text in of_hr if chain.person.name in text]  # the vendor has dates of its own, too
    assert told
    for text in told:
        assert "The renewal was filed in time, so it stays in force until DPH decides." in " ".join(text.split())
        assert "Correct what DPH asks for" in text
        assert "ended on" not in text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, CredentialStatus.RENEWAL_PENDING),
        ({"submitted_on": PRINTED}, CredentialStatus.RENEWAL_PENDING),
        ({"submitted_on": PRINTED + timedelta(days=1)}, CredentialStatus.IN_GRACE),
        ({"complete_at": None}, CredentialStatus.IN_GRACE),
        (
            {"status": ApplicationStatus.WITHDRAWN, "closed_on": TODAY, "closed_at": WHEN, "due_on": None},
            CredentialStatus.IN_GRACE,
        ),
    ],
    ids=["in time", "on the last day", "a day late", "never complete", "withdrawn today"],
)
def test_it_takes_a_complete_filing_in_time_that_nobody_took_back(
    chain: Placed, change: dict[str, object], status: CredentialStatus
) -> None:
    panel = certification.panel_of(OPERATOR, chain.person, on=TODAY)
    arranging.changed(panel.applications[0], **change)

    [(view, _)] = certification.panel_of(OPERATOR, chain.person, on=TODAY).views
    (row,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, TODAY)

    assert view.status is row.status is status
    assert exposure.count(OPERATOR, TODAY) == (status is CredentialStatus.IN_GRACE)
