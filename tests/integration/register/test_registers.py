"""The registers as of a date and as known at a time: on the page, as a file, and on the command line."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import registers
from certhub.queries.registers import RegisterFilters
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import CredentialStatus, Region, Role, StatusEventKind, SubjectType
from certhub.services import status_events
from tests.factories import make_coordinator, make_employment, make_practice, make_user, make_vendor, saved, sign_in

GRANTED = date(2025, 8, 1)
LAST = date(2027, 7, 31)
RECORDED = datetime(2025, 8, 1, 15, tzinfo=UTC)


def certify(party: Party, number: str, subject: SubjectType = SubjectType.COORDINATOR) -> Credential:
    standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == subject)).one()
    version = db.session.scalars(select(StandardVersion).where(StandardVersion.standard_id == standard.id)).one()
    credential = saved(
        Credential(
            party_id=party.id, subject_type=subject, standard_id=standard.id, number=number, granted_on=GRANTED,
            recorded_at=RECORDED,
        )
    )  # fmt: skip
    saved(
        CredentialPeriod(
            credential_id=credential.id, standard_version_id=version.id, starts_on=GRANTED, expires_on=LAST,
            grace_until=date(2027, 8, 30), reinstatement_until=date(2028, 7, 30), because="24 months",
            recorded_at=RECORDED,
        )
    )  # fmt: skip
    return credential


def auditor(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.AUDITOR))


def names(day: date, known_at: datetime | None = None, filters: RegisterFilters | None = None) -> list[str]:
    return [row.name for row in registers.whole(OPERATOR, SubjectType.COORDINATOR, day, known_at, filters)]


def test_a_row_says_who_worked_where_and_held_what_on_the_day(app: Flask) -> None:
    person, first, second = make_coordinator("Ana Ferreira"), make_vendor("First"), make_vendor("Second")
    make_employment(person, first, starts_on=date(2025, 1, 6), ends_on=date(2026, 5, 31))
    make_employment(person, second, starts_on=date(2026, 6, 1))
    certify(person, "CC-2025-000001-1")

    (row,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, date(2026, 5, 31))
    (later,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, date(2026, 6, 1))

    assert (row.number, row.name, row.employer, row.municipality) == (
        "CC-2025-000001-1", "Ana Ferreira", "First", "Worcester",
    )  # fmt: skip
    assert (row.region, row.standard, row.version) == (Region.CENTRAL, "CC-CORE", 1)
    assert (row.granted_on, row.starts_on, row.expires_on) == (GRANTED, GRANTED, LAST)
    assert (row.status, row.authorized) == (CredentialStatus.CURRENT, True)
    assert later.employer == "Second"


def test_the_page_has_the_rows_of_the_whole_register(app: Flask) -> None:
    for number in range(3):
        person = make_coordinator(f"Person {number}", vendor=make_vendor())
        certify(person, f"CC-2025-00000{number}-1")

    for day in (date(2025, 7, 31), date(2026, 1, 1), date(2027, 8, 1), date(2027, 9, 1)):
        whole = list(registers.whole(OPERATOR, SubjectType.COORDINATOR, day))
        assert registers.page(OPERATOR, SubjectType.COORDINATOR, day).rows == whole
    assert names(date(2025, 7, 31)) == []
    assert len(names(GRANTED)) == 3


def test_what_was_recorded_later_was_not_known_before(app: Flask) -> None:
    person = make_coordinator("Ana Ferreira")
    credential = certify(person, "CC-2025-000001-1")
    reviewer = make_user(Role.DPH_ADMINISTRATOR)
    told_at = datetime(2026, 6, 10, 14, tzinfo=UTC)
    with transaction():
        status_events.record(
            credential, StatusEventKind.SUSPENDED, effective_on=date(2026, 6, 1), reason="An order.", actor=reviewer,
            at=told_at,
        )  # fmt: skip
    day = date(2026, 6, 5)

    (now,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, day)
    (before,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, day, datetime(2026, 6, 9, tzinfo=UTC))

    assert (now.status, before.status) == (CredentialStatus.SUSPENDED, CredentialStatus.CURRENT)
    assert names(day, datetime(2025, 7, 1, tzinfo=UTC)) == []
    assert names(day, None, RegisterFilters(status=CredentialStatus.SUSPENDED)) == ["Ana Ferreira"]
    assert names(day, None, RegisterFilters(status=CredentialStatus.CURRENT)) == []
    assert names(day, None, RegisterFilters(region=Region.BOSTON)) == []


def test_a_lifted_status_ends_and_what_was_known_before_stays_known(app: Flask) -> None:
    credential = certify(make_coordinator(), "CC-2025-000001-1")
    actor, first, second = make_user(Role.DPH_ADMINISTRATOR), RECORDED, datetime(2026, 6, 10, tzinfo=UTC)
    with transaction():
        event_ = status_events.record(
            credential,
            StatusEventKind.PROBATION,
            effective_on=date(2025, 9, 1),
            reason="An order.",
            actor=actor,
            at=first,
        )
    with transaction():
        status_events.lift(event_, last_day=date(2026, 5, 31), reason="It was met.", actor=actor, at=second)

    def status(day: date, known_at: datetime | None = None) -> CredentialStatus:
        (row,) = registers.whole(OPERATOR, SubjectType.COORDINATOR, day, known_at)
        return row.status

    assert status(date(2026, 5, 31)) is CredentialStatus.PROBATION
    assert status(date(2026, 6, 1)) is CredentialStatus.CURRENT
    assert status(date(2026, 6, 1), datetime(2026, 6, 9, tzinfo=UTC)) is CredentialStatus.PROBATION


def test_each_register_lists_its_own_subjects(app: Flask) -> None:
    certify(make_vendor("Bridge"), "VO-2025-000001-1", SubjectType.VENDOR)
    certify(make_practice("Elm Street"), "PR-2025-000001-1", SubjectType.PRACTICE)

    assert [row.name for row in registers.whole(OPERATOR, SubjectType.VENDOR, GRANTED)] == ["Bridge"]
    assert [row.name for row in registers.whole(OPERATOR, SubjectType.PRACTICE, GRANTED)] == ["Elm Street"]
    assert list(registers.whole(OPERATOR, SubjectType.TRAINING_PROGRAM, GRANTED)) == []
    assert names(GRANTED) == []


@pytest.mark.parametrize("count", [1, 12])
def test_a_register_costs_one_query_however_long_it_is(app: Flask, count: int) -> None:
    for number in range(count):
        certify(make_coordinator(), f"CC-2025-{number:06d}-1")
    asked: list[str] = []
    event.listen(db.session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))

    assert len(names(GRANTED)) == count
    assert len(asked) == 1
    assert len(registers.page(OPERATOR, SubjectType.COORDINATOR, GRANTED).rows) == count
    assert len(asked) == 2


def test_the_page_shows_the_register_of_a_past_day(client: FlaskClient) -> None:
    certify(make_coordinator("Ana Ferreira"), "CC-2025-000001-1")

    page = auditor(client).get("/registers/coordinators?as_of=2027-08-01")

    assert page.status_code == 200
    assert "Ana Ferreira" in page.text
    assert "Expired, late renewal open" in page.text
    assert client.get("/registers?as_of=2025-07-31").text.count("Ana Ferreira") == 0


@pytest.mark.parametrize(
    "query", ["as_of=never", "known_at=soon", "region=atlantis", "status=good", "as_of=0001-01-01"]
)
def test_a_filter_that_cannot_be_read_is_refused_beside_its_field(client: FlaskClient, query: str) -> None:
    page = auditor(client).get(f"/registers/vendors?{query}")

    assert page.status_code == 422
    assert "There is something to correct" in page.text


def export(client: FlaskClient, **data: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/registers").text)
    return client.post("/registers/coordinators/export", data={"csrf_token": token[1] if token else "", **data})


def test_the_export_is_a_file_that_says_when_it_was_made_and_leaves_a_trace(client: FlaskClient) -> None:
    certify(make_coordinator("=HYPERLINK(1)"), "CC-2025-000001-1")

    answer = export(auditor(client), as_of="2026-01-01", status="current")

    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["number"], row["name"], row["authorized"]) for row in rows] == [
        ("CC-2025-000001-1", "'=HYPERLINK(1)", "yes")
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="register-coordinators-as-of-2026-01-01.csv"'
    assert answer.headers["X-CertHub-As-Of"] == "2026-01-01"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (entry.action, '"as_of":"2026-01-01"' in entry.changes) == ("register.exported", True)


def test_the_page_offers_the_export_with_the_same_filters(client: FlaskClient) -> None:
    page = auditor(client).get("/registers/coordinators?as_of=2026-01-01&known_at=2026-02-01T10:00&region=boston")

    assert 'name="as_of" value="2026-01-01"' in page.text
    assert 'name="known_at" value="2026-02-01T10:00:00"' in page.text
    assert 'name="region" value="boston"' in page.text


def test_an_export_that_cannot_be_read_is_refused(client: FlaskClient) -> None:
    assert export(auditor(client), as_of="never").status_code == 422


def test_the_register_is_not_for_vendors(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))

    assert client.get("/registers/coordinators").status_code == 403


def test_the_command_prints_csv_that_a_program_reads(app: Flask) -> None:
    certify(make_coordinator("Zoë Ferreira"), "CC-2025-000001-1")

    result = app.test_cli_runner().invoke(args=["register", "coordinators", "--as-of", "2026-01-01", "--format", "csv"])

    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(io.StringIO(result.stdout_bytes.decode()))
    assert (row["number"], row["name"], row["status"]) == ("CC-2025-000001-1", "Zoë Ferreira", "current")
    early = app.test_cli_runner().invoke(
        args=["register", "coordinators", "--as-of", "2026-01-01", "--known-at", "2025-07-01T00:00", "--format", "csv"]
    )
    assert len(early.stdout.strip().splitlines()) == 1
