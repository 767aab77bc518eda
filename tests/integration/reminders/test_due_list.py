"""What falls due, in one list: who sees which dates, in what order, and what was settled meanwhile."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from certhub.models.parties import Coordinator, VendorOrganization
from certhub.rules.vocabulary import Role
from tests.factories import make_coordinator, make_practice, make_user, make_vendor, sign_in
from tests.integration.reminders.arranging import a_credential, a_licence, changed, instant, run_on

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(instant(TODAY)):
        yield


@pytest.fixture
def vendor(client: FlaskClient) -> VendorOrganization:
    return make_vendor("Bay State Family Services")


@pytest.fixture
def ana(vendor: VendorOrganization) -> Coordinator:
    return make_coordinator("Ana Ferreira", vendor=vendor)


def whose(client: FlaskClient, **filters: str) -> list[str]:
    answer = client.get("/due", query_string=filters)
    assert answer.status_code == 200
    return re.findall(r'data-label="Whose"><bdi>(.*?)</bdi>', answer.text)


def test_each_sees_the_dates_that_are_theirs_to_act_on_and_dph_all_of_them(
    client: FlaskClient, vendor: VendorOrganization, ana: Coordinator
) -> None:
    elsewhere = make_coordinator("Ben Okafor", vendor=make_vendor("North Shore Care"))
    a_licence(elsewhere, TODAY + timedelta(days=20))
    a_credential(ana, TODAY + timedelta(days=30))
    run_on(TODAY)

    assert whose(sign_in(client, make_user(Role.COORDINATOR, ana))) == ["Ana Ferreira"]
    assert whose(sign_in(client, make_user(Role.VENDOR_HR, vendor))) == ["Ana Ferreira"]
    assert whose(sign_in(client, make_user(Role.PRACTICE_MANAGER, make_practice()))) == []
    for role in (Role.DPH_ADMINISTRATOR, Role.AUDITOR):
        assert whose(sign_in(client, make_user(role))) == ["Ben Okafor", "Ana Ferreira"]


def test_a_kind_is_chosen_and_one_that_is_none_is_refused(client: FlaskClient, ana: Coordinator) -> None:
    a_licence(ana, TODAY + timedelta(days=40))
    a_credential(ana, TODAY + timedelta(days=30))
    run_on(TODAY)
    signed_in = sign_in(client, make_user(Role.DPH_REVIEWER))

    assert len(whose(signed_in)) == 2
    assert len(whose(signed_in, kind="licence_renewal")) == 1
    assert whose(signed_in, kind="contract_end") == []
    assert signed_in.get("/due?kind=nonsense").status_code == 422


def test_what_was_settled_since_the_dates_were_found_says_so(client: FlaskClient, ana: Coordinator) -> None:
    licence = a_licence(ana, TODAY + timedelta(days=40))
    run_on(TODAY)
    signed_in = sign_in(client, make_user(Role.COORDINATOR, ana))
    assert "It needs nobody any more" not in signed_in.get("/due").text

    changed(licence, expires_on=TODAY + timedelta(days=400))

    page = signed_in.get("/due").text
    assert "Settled" in page
    assert "It needs nobody any more" in page


def test_the_first_page_leads_to_it_and_it_to_the_page_where_one_acts(client: FlaskClient, ana: Coordinator) -> None:
    a_licence(ana, TODAY + timedelta(days=40))
    run_on(TODAY)
    signed_in = sign_in(client, make_user(Role.COORDINATOR, ana))

    assert 'href="/due"' in signed_in.get("/").text
    (address,) = re.findall(r'data-label="What"><a href="(.*?)"', signed_in.get("/due").text)
    assert signed_in.get(address).status_code == 200


def test_a_date_that_has_passed_comes_first_and_says_how_long_ago(client: FlaskClient, ana: Coordinator) -> None:
    a_licence(ana, TODAY + timedelta(days=60), number="RN654321")
    a_licence(ana, TODAY + timedelta(days=1))
    run_on(TODAY)

    with time_machine.travel(instant(TODAY + timedelta(days=4))):
        page = sign_in(client, make_user(Role.COORDINATOR, ana)).get("/due").text

    assert page.index("3 days ago") < page.index("in 56 days")
