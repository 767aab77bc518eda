"""What is entered on a coordinator's record: employments, assignments, licences and training hours."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.files import StoredFile
from certhub.models.parties import ExternalLicence, LicenceCheck
from certhub.models.training import TrainingCompletion
from certhub.queries import training
from certhub.rules.audit_actions import AuditAction
from certhub.rules.licences import RECHECK_DAYS, CheckResult
from certhub.rules.vocabulary import EmploymentKind
from tests.factories import (
    WHEN,
    make_coordinator,
    make_employment,
    make_vendor,
    saved,
)
from tests.integration.parties.browsing import (
    administrator,
    checked,
    confirm,
    entries,
    fetched,
    send,
    spells,
    statements_of,
    tokens_of,
    vendor_hr,
)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
COURSE = {
    "title": "Ethics in care coordination", "provider": "Care Coordination Institute", "completed_on": "2026-02-14",
    "hours_ethics_scope": "1.5", "hours_cultural": "2.25",
}  # fmt: skip


# --- employment -------------------------------------------------------------------------------------------------------


def test_the_end_of_an_employment_supersedes_the_spell_and_hides_the_record(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    (spell,) = spells(person)
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/employments/{spell.id}/end"
    assert send(client, path, ends_on="2026-02-28").headers["Location"] == "/coordinators/former"
    before, after = spells(person)
    assert (before.ends_on, before.superseded_at is not None) == (None, True)
    assert (after.ends_on, after.supersedes_id, after.superseded_at) == (date(2026, 2, 28), before.id, None)
    assert client.get(f"/coordinators/{person.id}").status_code == 404


@pytest.mark.parametrize(("last_day", "sentence"), [("2025-01-05", "cannot be before"), ("", "Enter the last day.")])
def test_a_last_day_that_cannot_be_is_refused(client: FlaskClient, last_day: str, sentence: str) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    (spell,) = spells(person)
    vendor_hr(client, vendor)
    answer = send(client, f"/coordinators/{person.id}/employments/{spell.id}/end", ends_on=last_day)
    assert answer.status_code == 422
    assert sentence in checked(answer)
    assert len(spells(person)) == 1


def test_a_correction_keeps_what_was_known_and_needs_a_reason(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    (spell,) = spells(person)
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/employments/{spell.id}/correct"
    data = {"kind": "contractor", "starts_on": "2025-02-03"}
    assert "Say what was wrong." in checked(send(client, path, **data))
    assert confirm(client, path, **data, reason="Typing error").status_code == 302
    before, after = spells(person)
    assert (before.starts_on, before.kind) == (date(2025, 1, 6), EmploymentKind.EMPLOYEE)
    assert (after.starts_on, after.kind) == (date(2025, 2, 3), EmploymentKind.CONTRACTOR)
    assert '"reason":"Typing error"' in entries(AuditAction.EMPLOYMENT_CORRECTED)[0].changes
    assert client.get(path).status_code == 200
    assert "Somebody else changed this employment" in checked(confirm(client, path, **data, reason="Again"))


def test_two_spells_at_one_employer_never_share_a_day(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator()
    make_employment(person, vendor, starts_on=date(2025, 1, 1), ends_on=clock.today() + timedelta(days=30))
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/employments/new"
    overlapping = clock.today() + timedelta(days=30)
    answer = send(client, path, kind="employee", starts_on=overlapping.isoformat())
    assert "is already on file" in checked(answer)
    after = overlapping + timedelta(days=1)
    assert send(client, path, kind="employee", starts_on=after.isoformat()).status_code == 302
    assert len(spells(person)) == 2


def test_dph_records_an_employment_at_an_employer_that_it_finds(client: FlaskClient) -> None:
    vendor = make_vendor("Harbor Family Network")
    person = make_coordinator()
    administrator(client)
    path = f"/coordinators/{person.id}/employments/new?q=harbor"
    assert "Harbor Family Network, Worcester" in fetched(client, path)
    answer = send(client, path, employer_id=str(vendor.id), kind="employee", starts_on="2026-03-02")
    assert answer.status_code == 302
    assert [spell.employer_id for spell in spells(person)] == [vendor.id]


def test_a_vendor_sees_only_its_own_spells_of_a_person(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor("Secret Employer")
    person = make_coordinator(vendor=vendor)
    foreign = make_employment(person, other)
    vendor_hr(client, vendor)
    assert "Secret Employer" not in fetched(client, f"/coordinators/{person.id}")
    assert "Secret Employer" not in fetched(client, "/coordinators")
    assert client.get(f"/coordinators/{person.id}/employments/{foreign.id}/end").status_code == 404


# --- licences ---------------------------------------------------------------------------------------------------------

LICENCE = {
    "kind": "RN", "number": "RN123456", "issued_by": "Board of Registration in Nursing", "licence_status": "current",
    "expires_on": "2026-08-14",
}  # fmt: skip


def looked_up(**changes: str) -> dict[str, str]:
    """What somebody types who looked a licence up today."""
    return {"checked_on": clock.today().isoformat(), "source": "BORN lookup", "result": "as_recorded", **changes}


def test_a_licence_is_recorded_updated_and_checked_and_each_step_stays_on_file(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    record = f"/coordinators/{person.id}"
    assert send(client, f"{record}/licences/new", **LICENCE).status_code == 302
    (first,) = db.session.scalars(select(ExternalLicence)).all()
    renewed = {**LICENCE, "expires_on": "2028-08-14"}
    assert send(client, f"{record}/licences/{first.id}/edit", **renewed).status_code == 302
    second = db.session.scalars(select(ExternalLicence).where(ExternalLicence.supersedes_id == first.id)).one()
    assert send(client, f"{record}/licences/{second.id}/check", **looked_up()).status_code == 302
    third = db.session.scalars(select(ExternalLicence).where(ExternalLicence.supersedes_id == second.id)).one()
    assert (third.verified_on, third.expires_on, third.superseded_at) == (clock.today(), date(2028, 8, 14), None)
    assert third.check_again_on == clock.today() + timedelta(days=RECHECK_DAYS)
    (check,) = db.session.scalars(select(LicenceCheck)).all()
    assert (check.licence_id, check.result, check.source) == (second.id, CheckResult.AS_RECORDED, "BORN lookup")
    assert fetched(client, record).count("Registered nurse (RN) RN123456") > 0


def a_checked_licence(client: FlaskClient, **changes: str) -> tuple[str, ExternalLicence]:
    """The record of somebody whose licence was found in order ten days ago."""
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    record = f"/coordinators/{person.id}"
    day = (clock.today() - timedelta(days=10)).isoformat()
    assert send(client, f"{record}/licences/new", **{**LICENCE, "verified_on": day, **changes}).status_code == 302
    return record, db.session.scalars(select(ExternalLicence)).one()


@pytest.mark.parametrize("result", ["different", "not_found"])
def test_a_licence_that_is_not_found_as_recorded_is_not_in_order_any_more(client: FlaskClient, result: str) -> None:
    record, licence = a_checked_licence(client)
    assert send(client, f"{record}/licences/{licence.id}/check", **looked_up(result=result)).status_code == 302
    now = db.session.scalars(select(ExternalLicence).where(ExternalLicence.superseded_at.is_(None))).one()
    assert (now.verified_on, now.check_again_on) == (None, None)
    assert "Not found in order" in fetched(client, record)
    assert "Licences to check at their source" in fetched(client, "/")


def test_a_check_that_is_sent_twice_is_recorded_once(client: FlaskClient) -> None:
    record, licence = a_checked_licence(client)
    page = f"{record}/licences/{licence.id}/check"
    fields = {**tokens_of(client.get(page)), **looked_up()}
    assert [client.post(page, data=fields).status_code for _ in range(2)] == [302, 302]
    assert len(db.session.scalars(select(LicenceCheck)).all()) == 1


def test_a_check_of_a_licence_that_somebody_else_changed_meanwhile_is_refused(client: FlaskClient) -> None:
    record, licence = a_checked_licence(client)
    page = f"{record}/licences/{licence.id}/check"
    fields = tokens_of(client.get(page))
    assert send(client, page, **looked_up()).status_code == 302
    answer = client.post(page, data={**fields, **looked_up()})
    assert (answer.status_code, "Somebody else changed this licence" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("checked_on", "2199-01-01", "cannot be in the future"),
        ("checked_on", "2026-01-05", "is on file already"),
        ("checked_on", "", "Enter the day"),
        ("source", "", "Say where you looked"),
        ("result", "", "Choose what you found"),
    ],
)
def test_a_check_that_cannot_be_is_refused(client: FlaskClient, field: str, typed: str, sentence: str) -> None:
    record, licence = a_checked_licence(client)
    answer = send(client, f"{record}/licences/{licence.id}/check", **looked_up(**{field: typed}))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not db.session.scalars(select(LicenceCheck)).all()


def test_an_overdue_check_is_shown_to_hr_and_to_dph(client: FlaskClient) -> None:
    day = (clock.today() - timedelta(days=RECHECK_DAYS + 1)).isoformat()
    record, _ = a_checked_licence(client, verified_on=day)
    assert "Overdue" in fetched(client, record)
    assert "Licences to check at their source" in fetched(client, "/")
    administrator(client)
    assert "Registered nurse (RN) RN123456" in fetched(client, "/")


def test_a_check_that_counts_for_long_is_on_no_list(client: FlaskClient) -> None:
    a_checked_licence(client)
    assert "Licences to check at their source" not in fetched(client, "/")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number", "", "Enter the licence number."),
        ("kind", "", "Enter the kind of licence."),
        ("kind", "x" * 41, "too long"),
        ("licence_status", "fine", "Choose one of the answers"),
        ("expires_on", "31/06/2012", "Type a date that exists"),
        ("verified_on", "2199-01-01", "cannot be in the future"),
    ],
)
def test_a_licence_that_cannot_be_is_refused(client: FlaskClient, field: str, typed: str, sentence: str) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    answer = send(client, f"/coordinators/{person.id}/licences/new", **{**LICENCE, field: typed})
    assert answer.status_code == 422
    assert sentence.lower() in checked(answer).lower()


def test_one_licence_is_not_entered_twice(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    send(client, f"/coordinators/{person.id}/licences/new", **LICENCE)
    answer = send(client, f"/coordinators/{person.id}/licences/new", **{**LICENCE, "number": "rn123456"})
    assert "already on file" in checked(answer)


# --- training ---------------------------------------------------------------------------------------------------------


def test_one_activity_becomes_a_row_for_each_category_with_its_certificate(client: FlaskClient, app: Flask) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    file = (io.BytesIO(PDF), "../../evil\u202e.pdf")
    answer = send(client, f"/coordinators/{person.id}/training/new", **COURSE, score="92", file=file)
    assert answer.status_code == 302
    rows = db.session.scalars(select(TrainingCompletion).order_by(TrainingCompletion.category)).all()
    assert [(row.category, row.minutes, row.vendor_id) for row in rows] == [
        ("cultural", 135, vendor.id),
        ("ethics_scope", 90, vendor.id),
    ]
    (stored,) = db.session.scalars(select(StoredFile)).all()
    assert (stored.media_type, stored.original_name, stored.size) == ("application/pdf", "evil.pdf", len(PDF))
    assert {row.file_id for row in rows} == {stored.id}
    page = fetched(client, f"/coordinators/{person.id}")
    assert "3.75 hours" in page
    assert len(entries(AuditAction.TRAINING_RECORDED)) == 2
    assert client.get(f"/files/{stored.id}").get_data() == PDF


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("completed_on", "2199-12-31", "in the future"),
        ("completed_on", "1989-12-31", "January 1, 1990 or later"),
        ("title", "", "Enter the title"),
        ("provider", "", "Enter who gave the training."),
        ("hours_cultural", "1.1", "in quarters"),
        ("hours_cultural", "-1", "from 0 to 400"),
        ("hours_cultural", "NaN", "from 0 to 400"),
        ("hours_cultural", "1e999999", "from 0 to 400"),
        ("hours_cultural", "three", "Type a number, such as 2 or 2.5."),
        ("score", "101", "from 0 to 100"),
        ("score", "9" * 40, "from 0 to 100"),
    ],
)
def test_training_that_cannot_be_is_refused(client: FlaskClient, field: str, typed: str, sentence: str) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    answer = send(client, f"/coordinators/{person.id}/training/new", **{**COURSE, field: typed})
    assert answer.status_code == 422
    assert sentence in checked(answer)
    assert db.session.scalars(select(TrainingCompletion)).all() == []


def test_training_without_hours_is_refused(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    typed = {**COURSE, "hours_ethics_scope": "", "hours_cultural": "0"}
    answer = send(client, f"/coordinators/{person.id}/training/new", **typed)
    assert "Type the hours beside at least one category." in checked(answer)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"MZ" + b"\0" * 100, "This kind of file cannot be used."),
        (b"<html><script>alert(1)</script>", "This kind of file cannot be used."),
        (b"PK\x03\x04broken", "This kind of file cannot be used."),
        (PDF + b"0" * 300 * 1024, "This file is larger than"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_nothing_is_saved(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, data: bytes, sentence: str
) -> None:
    running = app.extensions["certhub"]
    small = replace(running, settings=replace(running.settings, max_upload_bytes=300 * 1024))
    monkeypatch.setitem(app.extensions, "certhub", small)
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    file = (io.BytesIO(data), "certificate.pdf")
    answer = send(client, f"/coordinators/{person.id}/training/new", **COURSE, file=file)
    assert answer.status_code == 422
    assert sentence in checked(answer)
    assert db.session.scalars(select(TrainingCompletion)).all() == []


def test_hours_are_taken_back_with_a_reason_and_stay_on_file(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    send(client, f"/coordinators/{person.id}/training/new", **COURSE)
    kept, wrong = db.session.scalars(select(TrainingCompletion).order_by(TrainingCompletion.minutes)).all()
    path = f"/coordinators/{person.id}/training/{wrong.id}/withdraw"
    assert "Say why these hours are taken back." in checked(send(client, path, reason=""))
    assert send(client, path, reason="Entered for the wrong person").status_code == 302
    assert [row.id for row in training.of_coordinator(person.id)] == [kept.id]
    assert len(db.session.scalars(select(TrainingCompletion)).all()) == 3
    assert "taken back before" in checked(send(client, path, reason="Again"))


def test_the_vendors_list_of_training_shows_its_own_people_only(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    for employer, title in ((vendor, "Course of mine"), (other, "Course of others")):
        person = make_coordinator(vendor=employer)
        saved(
            TrainingCompletion(
                coordinator_id=person.id, vendor_id=employer.id, title=title, provider="X", category="core",
                minutes=60, completed_on=date(2026, 1, 1), recorded_at=WHEN,
            )
        )  # fmt: skip
    vendor_hr(client, vendor)
    page = fetched(client, "/coordinators/training")
    assert "Course of mine" in page
    assert "Course of others" not in page


def test_the_vendors_list_of_training_costs_the_same_for_one_row_and_fifty(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)

    def enter() -> None:
        saved(
            TrainingCompletion(
                coordinator_id=person.id, vendor_id=vendor.id, title="T", provider="X", category="core",
                minutes=60, completed_on=date(2026, 1, 1), recorded_at=WHEN,
            )
        )  # fmt: skip

    enter()
    vendor_hr(client, vendor)
    one = statements_of(lambda: fetched(client, "/coordinators/training"))
    for _ in range(49):
        enter()
    assert len(statements_of(lambda: fetched(client, "/coordinators/training"))) == len(one) <= 8
