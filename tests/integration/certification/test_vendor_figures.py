"""What is computed about a vendor from the assignments that it made."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application
from certhub.models.parties import VendorOrganization
from certhub.queries import evaluations
from certhub.rules.findings import Finding
from certhub.rules.vocabulary import Result, Role
from certhub.web.context import press
from tests import factories
from tests.factories import placement
from tests.integration.certification.test_who_acts import credentialed


def assign(vendor: VendorOrganization, *, ends_on: date | None = None, certified: int | None = None) -> None:
    """A coordinator in a practice; `certified` is in how many days the credential ends."""
    person = factories.make_coordinator(vendor=vendor)
    if certified is not None:
        credentialed(person, ends_in=certified)
    factories.saved(
        placement(
            coordinator_id=person.id, practice_id=factories.make_practice().id, vendor_id=vendor.id,
            starts_on=date(2026, 2, 2), ends_on=ends_on, recorded_at=factories.WHEN,
        )
    )  # fmt: skip


@pytest.fixture
def application(app: Flask) -> Application:
    vendor = factories.make_vendor()
    desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        return lifecycle.opened(vendor, desk, at=clock.now())


def judged(application: Application) -> Finding | None:
    evaluation = evaluations.judge(application, as_of=clock.today()).evaluation
    found = evaluation.finding("VO-09")
    assert found is None or "VO-09" in evaluation.informational
    return found


@pytest.mark.parametrize(
    ("certified", "ended", "result"),
    [
        (400, False, Result.MET),
        (0, False, Result.MET),
        (-60, False, Result.NOT_MET),
        (None, False, Result.NOT_MET),
        (None, True, None),
    ],
)
def test_everyone_whom_a_vendor_assigns_holds_a_credential_in_force(
    application: Application, certified: int | None, ended: bool, result: Result | None
) -> None:
    vendor = application.party
    assert isinstance(vendor, VendorOrganization)
    yesterday = clock.today() - timedelta(days=1)
    assign(vendor, ends_on=yesterday if ended else None, certified=certified)

    found = judged(application)

    assert (found.result if found else None) is result


def test_the_page_says_how_many_and_counts_only_the_vendors_own(client: FlaskClient, application: Application) -> None:
    vendor = application.party
    assert isinstance(vendor, VendorOrganization)
    assign(vendor)
    assign(vendor, certified=100)
    assign(factories.make_vendor())
    factories.sign_in(client, factories.make_user(Role.DPH_REVIEWER))

    page = client.get(f"/applications/{application.id}").text

    assert "Only certified coordinators assigned" in page
    assert "Assignments without a credential in force: 1, which is not at most 0." in page
