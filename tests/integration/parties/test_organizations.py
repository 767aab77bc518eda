"""Vendors, practices and training programs: their lists, their records, and what belongs to them."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub.database import db
from certhub.models.parties import (
    Contact,
    OwnershipGroup,
    OwnershipStake,
    Party,
    Practice,
    PracticeSite,
    TrainingProgram,
    VendorOrganization,
)
from certhub.queries import organizations
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Region, Role, SubjectType
from tests.factories import (
    make_coordinator,
    make_practice,
    make_program,
    make_user,
    make_vendor,
    municipality,
    sign_in,
)
from tests.integration.parties.browsing import (
    administrator,
    checked,
    entries,
    fetched,
    send,
    statements_of,
    tokens_of,
    vendor_hr,
)

VENDOR = {"name": "Harbor Family Network", "vendor_code": "vc 6000000099", "preferred_language": "en"}
PRACTICE = {"name": "Elm Street Pediatrics", "npi": "1558598797", "preferred_language": "en"}
PROGRAM = {"name": "Care Institute", "parent_institution": "State University", "preferred_language": "en"}


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("/vendors/new", VENDOR, VendorOrganization),
        ("/practices/new", PRACTICE, Practice),
        ("/training-programs/new", PROGRAM, TrainingProgram),
    ],
)
def test_each_kind_of_organization_is_added_once_however_often_the_form_is_sent(
    client: FlaskClient, path: str, data: dict[str, str], kind: type[Party]
) -> None:
    administrator(client)
    typed = {**data, **tokens_of(client.get(path)), "municipality_id": str(municipality("Boston").id)}
    first, second = client.post(path, data=typed), client.post(path, data=typed)
    assert first.headers["Location"] == second.headers["Location"]
    (party,) = db.session.scalars(select(kind)).all()
    assert (party.name, party.region) == (data["name"], Region.BOSTON)
    page = fetched(client, first.headers["Location"])
    assert data["name"] in page
    listed = fetched(client, path.removesuffix("/new"))
    assert data["name"] in listed


@pytest.mark.parametrize(
    ("path", "data", "field", "typed", "sentence"),
    [
        ("/vendors/new", VENDOR, "vendor_code", "VC12", "VC and 10 digits"),
        ("/vendors/new", VENDOR, "vendor_code", "", "Enter the vendor code."),
        ("/vendors/new", VENDOR, "name", "***", "at least one letter or digit"),
        ("/practices/new", PRACTICE, "npi", "1234567890", "not a valid NPI"),
        ("/practices/new", PRACTICE, "npi", "12345", "An NPI has 10 digits"),
        ("/practices/new", PRACTICE, "npi", "9" * 100, "too long"),
        ("/practices/new", PRACTICE, "email", "x@", "like name@example.org"),
        ("/training-programs/new", PROGRAM, "name", "", "Enter the name."),
    ],
)
def test_an_organization_that_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, *, path: str, data: dict[str, str], field: str, typed: str, sentence: str
) -> None:
    administrator(client)
    answer = send(client, path, **{**data, field: typed})
    assert answer.status_code == 422
    assert sentence in checked(answer)
    assert db.session.scalar(select(func.count()).select_from(Party)) == 0


def test_a_vendor_code_belongs_to_one_organization(client: FlaskClient) -> None:
    administrator(client)
    send(client, "/vendors/new", **VENDOR)
    answer = send(client, "/vendors/new", **{**VENDOR, "name": "Another"})
    assert "Another organization has this vendor code." in checked(answer)


def test_an_npi_that_is_used_twice_is_saved_and_flagged_on_both_records(client: FlaskClient) -> None:
    first = make_practice("First Pediatrics", npi="1558598797")
    administrator(client)
    address = send(client, "/practices/new", **PRACTICE).headers["Location"]
    assert "First Pediatrics" in fetched(client, address)
    assert "Elm Street Pediatrics" in fetched(client, f"/organizations/{first.id}")
    assert fetched(client, "/practices").count("used twice") == 2


def test_filters_find_by_name_identifier_and_region(app: Flask) -> None:
    make_practice("Elm Street Pediatrics", npi="1558598797")
    make_practice("Église Pediatrics", npi="1234567893")
    viewer = make_user(Role.AUDITOR)

    def found(**filters: object) -> list[str]:
        return [row.name for row in organizations.practices(viewer, **filters).rows]  # type: ignore[arg-type]  # single filters by name

    assert found(q="eglise") == ["Église Pediatrics"]
    assert found(q="1558598797") == ["Elm Street Pediatrics"]
    assert found(region=Region.BOSTON) == []
    assert len(found(region=Region.CENTRAL)) == 2


@pytest.mark.parametrize(
    ("path", "make"), [("/vendors", make_vendor), ("/practices", make_practice), ("/training-programs", make_program)]
)
def test_the_lists_cost_the_same_for_one_row_and_fifty(client: FlaskClient, path: str, make: type[Party]) -> None:
    sign_in(client, make_user(Role.DPH_REVIEWER))
    make()
    one = statements_of(lambda: fetched(client, path))
    for _ in range(49):
        make()
    assert len(statements_of(lambda: fetched(client, path))) == len(one) <= 8


def test_the_list_of_vendors_counts_who_works_there_now(app: Flask) -> None:
    vendor = make_vendor()
    for _ in range(3):
        make_coordinator(vendor=vendor)
    make_vendor()
    assert sorted(row.coordinators for row in organizations.vendors(make_user(Role.AUDITOR)).rows) == [0, 3]


@pytest.mark.parametrize("path", ["", "/edit", "/contacts/new"])
def test_another_organization_does_not_exist(client: FlaskClient, path: str) -> None:
    other = make_vendor()
    vendor_hr(client, make_vendor())
    assert client.get(f"/organizations/{other.id}{path}").status_code == 404


def test_a_practice_sees_itself_and_edits_what_is_on_file(client: FlaskClient) -> None:
    practice = make_practice("Elm Street Pediatrics", npi="1558598797")
    sign_in(client, make_user(Role.PRACTICE_MANAGER, practice))
    answer = send(client, f"/organizations/{practice.id}/edit", **{**PRACTICE, "name": "Elm Street Pediatrics, PC"})
    assert answer.status_code == 302
    assert "Elm Street Pediatrics, PC" in fetched(client, f"/organizations/{practice.id}")
    assert client.get("/practices").status_code == 403
    assert client.get(f"/organizations/{practice.id}/ownership/new").status_code == 403


def test_contacts_come_and_go_and_the_trail_keeps_both(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    record = f"/organizations/{vendor.id}"
    refused = send(client, f"{record}/contacts/new", name="Rosa Lima", responsibility="Contract manager")
    assert "Give an e-mail address or a telephone number." in checked(refused)
    send(client, f"{record}/contacts/new", name="Rosa Lima", responsibility="Contract manager", phone="617 555 0123")
    (contact,) = db.session.scalars(select(Contact)).all()
    assert "617-555-0123" in fetched(client, record)
    assert send(client, f"{record}/contacts/{contact.id}/remove", page=record).status_code == 302
    assert db.session.scalars(select(Contact)).all() == []
    assert "Rosa Lima" in entries(AuditAction.CONTACT_REMOVED)[0].changes


def test_another_vendors_contact_cannot_be_removed(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    vendor_hr(client, other)
    send(client, f"/organizations/{other.id}/contacts/new", name="Rosa", responsibility="CORI", email="r@example.org")
    (contact,) = db.session.scalars(select(Contact)).all()
    vendor_hr(client, vendor)
    for owner in (vendor, other):
        path = f"/organizations/{owner.id}/contacts/{contact.id}/remove"
        assert send(client, path, page=f"/organizations/{vendor.id}").status_code == 404


def test_sites_are_added_and_closed(client: FlaskClient) -> None:
    practice = make_practice()
    sign_in(client, make_user(Role.PRACTICE_MANAGER, practice))
    record = f"/organizations/{practice.id}"
    town = str(municipality("Boston").id)
    send(
        client, f"{record}/sites/new", name="Main Street", address_line="1 Main Street", municipality_id=town,
        zip_code="02118", opened_on="2020-01-01",
    )  # fmt: skip
    (site,) = db.session.scalars(select(PracticeSite)).all()
    refused = send(client, f"{record}/sites/{site.id}/close", ends_on="2019-12-31")
    assert "cannot be before the day on which the site opened" in checked(refused)
    assert send(client, f"{record}/sites/{site.id}/close", ends_on="2026-03-31").status_code == 302
    assert "2026-03-31" in fetched(client, record)


def test_ownership_is_recorded_under_one_name_for_the_group_and_ends(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice()
    administrator(client)
    for party, group in ((vendor, "Holdings"), (practice, "HOLDINGS")):
        answer = send(
            client, f"/organizations/{party.id}/ownership/new", group_name=group, percent="51", starts_on="2020-01-01"
        )
        assert answer.status_code == 302
    assert db.session.scalar(select(func.count()).select_from(OwnershipGroup)) == 1
    stake = db.session.scalars(select(OwnershipStake).where(OwnershipStake.party_id == vendor.id)).one()
    path = f"/organizations/{vendor.id}/ownership/{stake.id}/end"
    assert "cannot be before the first day" in checked(send(client, path, ends_on="2019-12-31"))
    assert send(client, path, ends_on="2026-03-01").status_code == 302
    db.session.expire_all()
    assert stake.ends_on == date(2026, 3, 1)


@pytest.mark.parametrize(("percent", "sentence"), [("101", "from 0 to 100"), ("-1", "from 0 to 100"), ("", "Enter")])
def test_a_share_that_cannot_be_is_refused(client: FlaskClient, percent: str, sentence: str) -> None:
    vendor = make_vendor()
    administrator(client)
    path = f"/organizations/{vendor.id}/ownership/new"
    answer = send(client, path, group_name="Holdings", percent=percent, starts_on="2020-01-01")
    assert sentence in checked(answer)
    assert db.session.scalars(select(OwnershipGroup)).all() == []


def test_a_search_finds_organizations_and_never_people(app: Flask) -> None:
    make_coordinator("Elm Person")
    make_practice("Elm Street Pediatrics", npi="1558598797")
    make_vendor("Elm Family Network")
    kinds = (SubjectType.VENDOR, SubjectType.PRACTICE)
    assert [match.name for match in organizations.search("elm", kinds)] == [
        "Elm Family Network",
        "Elm Street Pediatrics",
    ]
    assert [match.name for match in organizations.search("1558598797", kinds)] == ["Elm Street Pediatrics"]
    assert organizations.search("  ", kinds) == []
    assert organizations.search("%", kinds) == []
