"""Coordinators: who sees whom, what the list costs, and how a person is added and changed."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.models.audit import AccessLog
from certhub.models.parties import Coordinator, Employment, Party
from certhub.queries import coordinators
from certhub.queries.coordinators import Filters
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import Discipline, Region, Role, SubjectType
from tests.factories import (
    make_coordinator,
    make_employment,
    make_practice,
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

NEW: dict[str, Any] = {
    "name": "Zoë O’Brien-Łukasz",
    "email": "zoe@example.org",
    "discipline": "nurse",
    "preferred_language": "en",
    "kind": "employee",
    "starts_on": "2026-03-02",
    "languages": ["en", "es"],
}


def names(viewer: Viewer, **filters: object) -> list[str]:
    return [row.name for row in coordinators.page(viewer, Filters(**filters)).rows]  # type: ignore[arg-type]  # single filters by name


def test_a_vendor_lists_its_own_coordinators_and_nobody_elses(client: FlaskClient) -> None:
    mine, other = make_vendor(), make_vendor()
    make_coordinator("Ana Ferreira", vendor=mine)
    make_coordinator("Bruno Costa", vendor=other)
    vendor_hr(client, mine)
    page = fetched(client, "/coordinators")
    assert "Ana Ferreira" in page
    assert "Bruno Costa" not in page


def test_an_empty_list_says_what_to_do_next(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    page = fetched(client, "/coordinators")
    assert "Add the first one, or import your roster" in page


def test_filters_narrow_the_list_and_stay_in_the_address(app: Flask) -> None:
    vendor = make_vendor()
    boston = municipality("Boston")
    make_coordinator("Ana Ferreira", vendor=vendor, discipline=Discipline.NURSE)
    make_coordinator(
        "Chloé 100% Dubois", vendor=vendor, discipline=Discipline.EDUCATOR,
        municipality_id=boston.id, region=boston.region, email="chloe@example.org",
    )  # fmt: skip
    viewer = make_user(Role.DPH_REVIEWER)
    assert names(viewer, q="chloe") == names(viewer, q="CHLOÉ") == ["Chloé 100% Dubois"]
    assert names(viewer, q="100%") == ["Chloé 100% Dubois"]
    assert names(viewer, q="%") == ["Chloé 100% Dubois"]
    assert names(viewer, q="chloe@example.org") == ["Chloé 100% Dubois"]
    assert names(viewer, region=Region.BOSTON) == ["Chloé 100% Dubois"]
    assert names(viewer, discipline=Discipline.NURSE) == ["Ana Ferreira"]
    assert names(viewer, without_credential=True) == ["Ana Ferreira", "Chloé 100% Dubois"]


@pytest.mark.parametrize("role", [Role.DPH_REVIEWER, Role.VENDOR_HR])
def test_the_list_costs_the_same_few_statements_for_one_row_and_for_fifty(client: FlaskClient, role: Role) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor)
    sign_in(client, make_user(role, vendor if role is Role.VENDOR_HR else None))
    one = statements_of(lambda: fetched(client, "/coordinators"))
    for _ in range(49):
        make_coordinator(vendor=vendor)
    fifty = statements_of(lambda: fetched(client, "/coordinators"))
    assert len(one) == len(fifty) <= 8


def test_paging_by_key_shows_everybody_once(app: Flask) -> None:
    vendor = make_vendor()
    for _ in range(53):
        make_coordinator("Ana Ferreira", vendor=vendor)
    viewer = make_user(Role.VENDOR_HR, vendor)
    first = coordinators.page(viewer, Filters())
    second = coordinators.page(viewer, Filters(), cursor=first.next)
    assert (len(first.rows), len(second.rows), second.next) == (50, 3, None)
    assert len({row.id for row in [*first.rows, *second.rows]}) == 53


@pytest.mark.parametrize(
    "path",
    [
        "", "/edit", "/employments/new", "/employments/{spell}/end", "/employments/{spell}/correct", "/assignments/new",
        "/licences/new", "/training/new",
    ],
)  # fmt: skip
def test_another_vendors_coordinator_does_not_exist_on_any_page(client: FlaskClient, path: str) -> None:
    person = make_coordinator(vendor=make_vendor())
    spell = db.session.scalars(select(Employment.id).where(Employment.coordinator_id == person.id)).one()
    vendor_hr(client, make_vendor())
    assert client.get(f"/coordinators/{person.id}{path.format(spell=spell)}").status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999"])
def test_a_number_that_nobody_has_is_not_found(client: FlaskClient, number: str) -> None:
    administrator(client)
    assert client.get(f"/coordinators/{number}").status_code == 404


def test_an_organization_is_not_shown_as_a_coordinator(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    assert client.get(f"/coordinators/{vendor.id}").status_code == 404


def test_a_former_employer_sees_the_name_and_the_days_only(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator("Ana Ferreira", email="ana@example.org")
    make_employment(person, vendor, ends_on=date(2026, 1, 31))
    vendor_hr(client, vendor)
    assert client.get(f"/coordinators/{person.id}").status_code == 404
    assert "Ana Ferreira" not in fetched(client, "/coordinators")
    former = fetched(client, "/coordinators/former")
    assert "Ana Ferreira" in former
    assert "2026-01-31" in former
    assert "ana@example.org" not in former


def test_reading_a_persons_record_is_logged_and_reading_ones_own_is_not(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    user = vendor_hr(client, vendor)
    fetched(client, f"/coordinators/{person.id}")
    assert [(row.user_id, row.party_id) for row in db.session.scalars(select(AccessLog))] == [(user.id, person.id)]
    sign_in(client, make_user(Role.COORDINATOR, person))
    fetched(client, f"/coordinators/{person.id}")
    assert db.session.scalar(select(func.count()).select_from(AccessLog)) == 1


def test_a_coordinator_sees_the_own_record_only(client: FlaskClient) -> None:
    vendor = make_vendor()
    person, other = make_coordinator(vendor=vendor), make_coordinator(vendor=vendor)
    sign_in(client, make_user(Role.COORDINATOR, person))
    assert client.get(f"/coordinators/{other.id}").status_code == 404
    assert client.get(f"/coordinators/{person.id}/edit").status_code == 403


def test_hr_adds_a_person_together_with_the_employment(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    worcester = municipality()
    answer = send(
        client, "/coordinators/new", **NEW, job_title="Care coordinator", municipality_id=str(worcester.id),
        birth_month="2", birth_day="29", phone="(617) 555-0123", zip_code="01608",
    )  # fmt: skip
    person = db.session.scalars(select(Coordinator).where(Coordinator.email == "zoe@example.org")).one()
    assert answer.headers["Location"] == f"/coordinators/{person.id}"
    assert (person.name, person.sort_name) == ("Zoë O’Brien-Łukasz", "zoe o'brien-lukasz")
    assert (person.region, person.phone) == (worcester.region, "617-555-0123")
    assert [language.code for language in person.languages] == ["en", "es"]
    assert (person.birth_month, person.birth_day) == (2, 29)
    assert [(spell.employer_id, spell.starts_on) for spell in person.employments] == [(vendor.id, date(2026, 3, 2))]
    assert len(entries(AuditAction.EMPLOYMENT_RECORDED)) == 1
    page = fetched(client, f"/coordinators/{person.id}")
    assert "English, Spanish" in page


def test_a_form_that_is_sent_twice_adds_one_person(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    data = {**NEW, **tokens_of(client.get("/coordinators/new"))}
    first = client.post("/coordinators/new", data=data)
    second = client.post("/coordinators/new", data=data)
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 1


@pytest.mark.parametrize("typed", ["O'Brien", "O\u2019Brien", "o\u02bcbrien"])
@pytest.mark.parametrize("on_file", ["Siobh\u00e1n O'Brien", "Siobh\u00e1n O\u2019Brien"])
def test_a_name_is_found_with_any_apostrophe(client: FlaskClient, on_file: str, typed: str) -> None:
    make_coordinator(on_file)
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))

    assert "Siobh\u00e1n" in client.get("/coordinators", query_string={"q": typed}).text


@pytest.mark.parametrize("email", ["zoe@example.org", "ZOE@Example.ORG "])
def test_a_person_who_works_elsewhere_is_refused_without_a_word_about_them(client: FlaskClient, email: str) -> None:
    make_coordinator("Somebody Secret", vendor=make_vendor("Other Vendor"), email="zoe@example.org")
    vendor_hr(client, make_vendor())
    answer = send(client, "/coordinators/new", **{**NEW, "email": email})
    page = checked(answer)
    assert answer.status_code == 422
    assert "A coordinator with this e-mail is already registered. If the person joins you from another employer" in page
    assert "Somebody Secret" not in page
    assert "Other Vendor" not in page
    assert "open that record" not in page


def test_dph_is_led_to_the_record_that_has_the_email(client: FlaskClient) -> None:
    person = make_coordinator(email="zoe@example.org")
    administrator(client)
    answer = send(client, "/coordinators/new", **NEW)
    assert f"/coordinators/{person.id}" in checked(answer)


def test_a_namesake_is_shown_and_saved_only_after_a_second_look(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator("ZOE O’BRIEN-LUKASZ", vendor=vendor, sort_name="zoe o'brien-lukasz")
    vendor_hr(client, vendor)
    answer = send(client, "/coordinators/new", **NEW)
    assert answer.status_code == 409
    assert "Is it one of these people?" in checked(answer)
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 1
    assert send(client, "/coordinators/new", **NEW, confirmed="y").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 2


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter the name."),
        ("name", "12345", "at least one letter"),
        ("name", "x" * 10_000, "too long"),
        ("name", "Ana\x00Ferreira", "cannot be saved"),
        ("name", "Ana\u202eFerreira", "direction of the text"),
        ("email", "not-an-address", "like name@example.org"),
        ("email", "", "Enter the business e-mail address."),
        ("phone", "555", "telephone number with area code"),
        ("zip_code", "0211", "ZIP code of 5 digits"),
        ("discipline", "astronaut", "Choose one of the answers"),
        ("discipline", "", "Choose a discipline."),
        ("municipality_id", "99999999999", "Choose one of the answers"),
        ("preferred_language", "xx", "Choose one of the answers"),
        ("languages", "xx", "Choose one of the answers"),
        ("starts_on", "", "Enter the first day of work."),
        ("starts_on", "2026-02-30", "Type a date that exists"),
        ("starts_on", "1949-12-31", "January 1, 1950 or later"),
        ("starts_on", "2100-01-01", "at most one year ahead"),
        ("birth_month", "2", "both the month and the day"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    client: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    vendor_hr(client, make_vendor())
    answer = send(client, "/coordinators/new", **{**NEW, field: typed})
    page = checked(answer)
    assert answer.status_code == 422
    assert sentence.lower() in page.lower()
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 0
    if field != "name":
        assert "Zoë O’Brien-Łukasz" in page


def test_names_in_other_scripts_are_kept_as_they_are(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    for number, name in enumerate(["محمد عبد الله", "שרה כהן", "王小明", "សុខា"]):
        sent = {**NEW, "name": name, "email": f"person{number}@example.org", "certificate_name": f"Person {number} A"}
        assert send(client, "/coordinators/new", **sent).status_code == 302
    page = fetched(client, "/coordinators")
    assert "<bdi>محمد عبد الله</bdi>" in page
    assert "<bdi>សុខា</bdi>" in page


def test_editing_changes_the_record_and_tells_what_changed(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator("Ana Ferreira", vendor=vendor, email="ana@example.org")
    vendor_hr(client, vendor)
    answer = send(
        client, f"/coordinators/{person.id}/edit", name="Ana Ferreira Costa", email="ana@example.org",
        discipline="nurse", preferred_language="pt", languages=["pt"],
    )  # fmt: skip
    assert answer.status_code == 302
    party = db.session.get_one(Party, person.id)
    assert (party.name, party.sort_name, party.preferred_language) == ("Ana Ferreira Costa", "ana ferreira costa", "pt")
    (entry,) = entries(AuditAction.PARTY_UPDATED)
    assert '"name":["Ana Ferreira","Ana Ferreira Costa"]' in entry.changes
    assert "What happened" in fetched(client, f"/coordinators/{person.id}")


def test_an_edit_cannot_take_another_coordinators_email(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email="taken@example.org")
    person = make_coordinator(vendor=vendor, email="ana@example.org")
    vendor_hr(client, vendor)
    answer = send(
        client, f"/coordinators/{person.id}/edit", name="Ana Ferreira", email="taken@example.org",
        discipline="nurse", preferred_language="en",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "already registered" in checked(answer)
    db.session.expire_all()
    assert db.session.get_one(Party, person.id).email == "ana@example.org"


def test_the_list_of_a_vendor_is_read_from_the_employment_index(app: Flask) -> None:
    """However many coordinators there are, a vendor's page starts from those whom it employs."""
    vendor = make_vendor()
    make_coordinator(vendor=vendor)
    viewer = make_user(Role.VENDOR_HR, vendor)
    (statement,) = [each for each in statements_of(lambda: coordinators.page(viewer, Filters())) if "sort_name" in each]
    assert "kind" not in statement.split("FROM", 1)[1].split("WHERE")[0]
    assert "employment.employer_id" in statement


def test_somebody_who_starts_next_month_is_on_the_list_already(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator("Ana Ferreira")
    make_employment(person, vendor, starts_on=clock.today() + timedelta(days=30))
    vendor_hr(client, vendor)
    assert "Ana Ferreira" in fetched(client, "/coordinators")


def test_a_practice_and_a_coordinator_of_the_same_name_do_not_mix(app: Flask) -> None:
    make_practice("Ana Ferreira")
    make_coordinator("Ana Ferreira")
    rows = coordinators.page(make_user(Role.AUDITOR), Filters(q="ana"))
    assert len(rows.rows) == 1
    assert db.session.get_one(Party, rows.rows[0].id).kind is SubjectType.COORDINATOR


def test_the_error_summary_follows_the_order_of_the_page(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    page = checked(send(client, "/coordinators/new", name="", discipline="", email="x@", zip_code="1", starts_on=""))
    listed = re.findall(r'<li><a href="#(\w+)">', page)
    assert {"name", "discipline", "starts_on"} <= set(listed)
    assert listed == sorted(listed, key=lambda name: page.index(f'id="{name}"'))


def test_a_choice_that_always_has_an_answer_is_not_called_optional(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    page = fetched(client, "/coordinators/new")
    marks = dict(re.findall(r'<label[^>]*for="(\w+)">[^<]*</label>( <span class="optional">|)', page))
    assert marks["zip_code"]
    assert not marks["preferred_language"]
    assert not marks["kind"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DPH_REVIEWER, Role.DPH_ADMINISTRATOR])
def test_records_lead_to_their_reminders(client: FlaskClient, role: Role) -> None:
    person, practice = make_coordinator(), make_practice()
    sign_in(client, make_user(role))
    for path in (f"/coordinators/{person.id}", f"/organizations/{practice.id}"):
        assert f'href="{path}/reminders"' in fetched(client, path)
