"""Nobody meets a dead end: pages say who applies, who searches, and whom to ask."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.standards import StandardSet
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services import audit, files
from certhub.web.context import file_store, press
from tests.factories import ARRANGING, WHEN, make_coordinator, make_employment, make_user, make_vendor, sign_in
from tests.integration.parties.browsing import fetched, vendor_hr


def credentialed(person: Coordinator, *, ends_in: int) -> Credential:
    """A coordinator with a term that ends in some days, as of old."""
    standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == SubjectType.COORDINATOR)).one()
    expires_on = clock.today() + timedelta(days=ends_in)
    with transaction() as session:
        credential = Credential(
            party_id=person.id, subject_type=SubjectType.COORDINATOR, standard_id=standard.id,
            number="CC-2025-000001-8", granted_on=expires_on - timedelta(days=729), recorded_at=WHEN,
        )  # fmt: skip
        session.add(credential)
        session.flush()
        session.add(
            CredentialPeriod(
                credential_id=credential.id, standard_version_id=standard.versions[-1].id,
                starts_on=credential.granted_on, expires_on=expires_on, grace_until=expires_on + timedelta(days=30),
                reinstatement_until=expires_on + timedelta(days=365), because="24 months.", recorded_at=WHEN,
            )
        )  # fmt: skip
        audit.record(ARRANGING, AuditAction.CREDENTIAL_GRANTED, credential, at=WHEN)
    return credential


@pytest.mark.parametrize(
    ("ends_in", "sentence"), [(20, "Ask it to start the application."), (400, "It can start the application on that")]
)
def test_the_coordinator_reads_who_applies_for_the_renewal(
    client: FlaskClient, app: Flask, ends_in: int, sentence: str
) -> None:
    vendor = make_vendor("Harbor Family Network")
    person = make_coordinator(vendor=vendor)
    credential = credentialed(person, ends_in=ends_in)
    sign_in(client, make_user(Role.COORDINATOR, person))
    for page in ("/", f"/coordinators/{person.id}", f"/credentials/{credential.id}"):
        text = fetched(client, page)
        assert "Your employer applies for you: the HR office of" in text
        assert "Harbor Family Network" in text
        assert sentence in text
        assert "What you can do" in text
    sign_in(client, make_user(Role.DPH_REVIEWER))
    assert "The employer applies: the HR office of" in fetched(client, f"/coordinators/{person.id}")
    vendor_hr(client, vendor)
    assert "applies" not in fetched(client, f"/coordinators/{person.id}").split("Employment</h2>")[0]


def test_a_coordinator_without_an_employer_reads_whom_to_ask(client: FlaskClient, app: Flask) -> None:
    person = make_coordinator()
    make_employment(person, make_vendor("Harbor Family Network"), ends_on=clock.today() - timedelta(days=1))
    credential = credentialed(person, ends_in=20)
    sign_in(client, make_user(Role.COORDINATOR, person))
    for page in ("/", f"/coordinators/{person.id}", f"/credentials/{credential.id}"):
        text = fetched(client, page)
        assert "ask its HR office to record your employment. If you do not, ask DPH" in text
    sign_in(client, make_user(Role.DPH_REVIEWER))
    assert "No vendor organization employs this person now" in fetched(client, f"/coordinators/{person.id}")


def test_a_coordinator_reads_who_submits_an_open_application(client: FlaskClient, app: Flask) -> None:
    vendor = make_vendor("Harbor Family Network")
    person = make_coordinator(vendor=vendor)
    desk = lifecycle.Desk(make_user(Role.VENDOR_HR, vendor), make_user(Role.DPH_REVIEWER), press())
    with transaction():
        application = lifecycle.opened(person, desk, at=clock.now())
    sign_in(client, make_user(Role.COORDINATOR, person))
    text = fetched(client, f"/applications/{application.id}")
    assert "Harbor Family Network submits this application." in text
    assert "applies for you" not in fetched(client, "/")


def test_a_vendor_is_not_told_to_search_a_list_that_only_dph_searches(client: FlaskClient, app: Flask) -> None:
    vendor = make_vendor()
    desk = lifecycle.Desk(make_user(Role.VENDOR_HR, vendor), make_user(Role.DPH_REVIEWER), press())
    with transaction():
        lifecycle.certified(
            db.session.get_one(VendorOrganization, vendor.id), desk, at=datetime(2026, 3, 2, tzinfo=UTC)
        )
    sign_in(client, desk.applicant)
    text = fetched(client, "/")
    assert "DPH searches the state debarment list again before it decides." in text
    assert "Search the" not in text


def test_a_training_certificate_of_an_earlier_employer_is_told_and_not_linked(client: FlaskClient, app: Flask) -> None:
    before, now = make_vendor(), make_vendor()
    person = make_coordinator(vendor=now)
    hr = make_user(Role.VENDOR_HR, before)
    with transaction() as session:
        file = files.keep(
            b"%PDF-1.7 paper", media_type="application/pdf", name="ethics.pdf", owner_id=before.id, party_id=person.id,
            store=file_store(), actor=hr, at=WHEN,
        )  # fmt: skip
        row = TrainingCompletion(
            coordinator_id=person.id, vendor_id=before.id, title="Ethics", provider="Institute", category="core",
            minutes=60, completed_on=WHEN.date(), file_id=file.id, recorded_at=WHEN,
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit.record(hr, AuditAction.TRAINING_RECORDED, row, at=WHEN, party_id=person.id)
    vendor_hr(client, now)
    text = fetched(client, f"/coordinators/{person.id}")
    assert "Kept by DPH" in text
    assert f"/files/{file.id}" not in text
    sign_in(client, make_user(Role.COORDINATOR, person))
    assert f"/files/{file.id}" in fetched(client, f"/coordinators/{person.id}")
