"""The auditor's pages: the trail in people's words, one entry, the access log, and the verification."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import VendorOrganization
from certhub.models.protection import unprotecting_statements
from certhub.queries import audit_trail
from certhub.queries.visibility import NotVisible
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Region, Role
from certhub.services import audit, audit_verification
from tests.factories import make_coordinator, make_user, make_vendor, sign_in

AT = datetime(2026, 6, 10, 14, 30, tzinfo=UTC)


@pytest.fixture
def auditor(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.AUDITOR))


def rename(vendor: VendorOrganization, name: str, actor: User) -> None:
    with transaction():
        vendor.name = name
        audit.record(actor, AuditAction.PARTY_UPDATED, vendor, at=AT, reason="They merged.")


def press(client: FlaskClient, path: str, page: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return client.post(path, data={"csrf_token": token[1] if token else ""})


def test_an_entry_says_who_did_what_with_before_and_after(auditor: FlaskClient) -> None:
    vendor, person = make_vendor("Old name"), make_user(Role.DPH_ADMINISTRATOR, name="Miriam", email="m@example.org")
    rename(vendor, "New name", person)
    seq = audit_verification.head().entries

    listed, page = auditor.get(f"/audit-trail?party={vendor.id}").text, auditor.get(f"/audit-trail/{seq}").text

    assert re.search(r"Miriam &lt;m@example.org&gt;</bdi></strong> changed a record", listed)
    assert re.search(r"Old name</bdi></td>\s*<td[^>]*><bdi>New name", page)
    assert "June 10, 2026, 10:30\u00a0AM" in page
    assert "They merged." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=m@example.org", True), ("actor=x@example.org", False), ("action=party.updated", True),
        ("action=user.created", False), ("since=2026-06-10&until=2026-06-10", True), ("since=2026-06-11", False),
        ("until=2026-06-09", False), ("party=999999", False), ("party=CC-2026-000001-1", False),
    ],
)  # fmt: skip
def test_filters_narrow_the_trail(auditor: FlaskClient, query: str, found: bool) -> None:
    rename(make_vendor("Old name"), "New name", make_user(Role.DPH_ADMINISTRATOR, name="Miriam", email="m@example.org"))

    assert ("</bdi></strong> changed a record" in auditor.get(f"/audit-trail?{query}").text) is found


@pytest.mark.parametrize("query", ["since=never", "action=made.up", "actor=%00"])
def test_a_filter_that_cannot_be_read_is_refused(auditor: FlaskClient, query: str) -> None:
    assert auditor.get(f"/audit-trail?{query}").status_code == 422


def test_no_secret_is_shown(auditor: FlaskClient) -> None:
    user = make_user(Role.AUDITOR)
    with transaction():
        user.password_hash = "$argon2id$hidden"
        audit.record(user, AuditAction.PASSWORD_CHANGED, user, at=AT)

    page = auditor.get(f"/audit-trail/{audit_verification.head().entries}").text

    assert "(kept secret)" in page
    assert "argon2id$hidden" not in page


@pytest.mark.parametrize("seq", ["0", "999999999", "99999999999999999999999999"])
def test_an_entry_that_does_not_exist_is_not_found(auditor: FlaskClient, seq: str) -> None:
    assert auditor.get(f"/audit-trail/{seq}").status_code == 404


def test_the_button_verifies_the_trail_and_leaves_an_entry(auditor: FlaskClient) -> None:
    before = audit_verification.head()

    page = press(auditor, "/audit-trail/verification", "/audit-trail")

    assert page.status_code == 200
    assert "Unbroken" in page.text
    assert before.head in page.text
    assert audit_trail.one(OPERATOR, before.entries + 1).sentence == "verified the audit trail"


def test_the_button_names_the_first_broken_entry(auditor: FlaskClient) -> None:
    connection = db.session.connection()
    for statement in unprotecting_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    db.session.execute(text("UPDATE audit_entry SET actor = 'Somebody else' WHERE seq = 2"))

    page = press(auditor, "/audit-trail/verification", "/audit-trail")

    assert "The trail is broken at entry 2: entry 2 was changed after it was written" in page.text


def test_a_reading_of_somebody_elses_record_is_in_the_access_log(auditor: FlaskClient) -> None:
    person, reader = make_coordinator("Ana Ferreira"), make_user(Role.DPH_REVIEWER, name="Rita", email="r@example.org")
    with transaction():
        audit.record_read(reader, person.id, "coordinators.edit", at=AT)
        audit.record_read(
            reader, None, "register.index",
            listing={"register": "training-programs", "as_of": AT.date(), "region": Region.BOSTON, "rows": 1200}, at=AT,
        )  # fmt: skip

    page = auditor.get("/access-log?reader=r@example.org").text
    assert "Ana Ferreira" in page
    assert "The form that changes the record" in page
    assert "Register of training programs, as of June 10, 2026, region Boston, 1,200 rows" in page
    assert "Ana Ferreira" not in auditor.get("/access-log?reader=x@example.org").text


def test_the_timeline_of_a_record_is_for_those_who_may_see_the_record(client: FlaskClient) -> None:
    vendor, other = make_vendor("Old name"), make_vendor()
    rename(vendor, "New name", make_user(Role.DPH_ADMINISTRATOR, name="Miriam"))
    own, foreign = make_user(Role.VENDOR_HR, vendor), make_user(Role.VENDOR_HR, other)

    latest = next(one for one in audit_trail.history_of(own, vendor.id) if one.title == "Miriam changed a record")

    assert (latest.at, latest.text) == ("June 10, 2026, 10:30\u00a0AM", "They merged.")
    assert audit_trail.history_of(foreign, vendor.id) == []
    with pytest.raises(NotVisible):
        audit_trail.one(foreign, 1)


@pytest.mark.parametrize("path", ["/audit-trail", "/audit-trail/1", "/access-log"])
def test_the_trail_is_not_for_reviewers(client: FlaskClient, path: str) -> None:
    assert sign_in(client, make_user(Role.DPH_REVIEWER)).get(path).status_code == 403


def test_the_trail_costs_the_same_number_of_queries_however_long_it_is(auditor: FlaskClient) -> None:
    asked: list[str] = []
    event.listen(db.session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    auditor.get("/audit-trail")
    few = sum(statement.startswith("SELECT") for statement in asked)
    for _ in range(20):
        make_vendor()
    asked.clear()

    auditor.get("/audit-trail")

    assert sum(statement.startswith("SELECT") for statement in asked) == few > 0


def test_what_one_person_did_in_one_go_is_one_line_of_a_timeline(client: FlaskClient) -> None:
    vendor = make_vendor()
    reader = make_user(Role.AUDITOR)
    hr = make_user(Role.VENDOR_HR, vendor)
    with transaction():
        for code in ("VO-01", "VO-02", "VO-01"):
            audit.record(
                hr,
                AuditAction.EVIDENCE_PROVIDED,
                vendor,
                at=datetime(2026, 3, 2, 15, tzinfo=UTC),
                requirement_code=code,
            )

    first = audit_trail.history_of(reader, vendor.id)[0]

    assert first.title.endswith("provided evidence")
    assert first.text == "VO-01, VO-02"
