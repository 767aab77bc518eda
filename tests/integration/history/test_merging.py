"""Two records of one person made one, and separated again exactly as they were."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Evidence, StatusEvent
from certhub.models.parties import Coordinator, ExternalLicence, VendorOrganization
from certhub.models.record_merges import RecordMerge
from certhub.models.training import TrainingCompletion
from certhub.queries import (
    applications,
    audit_trail,
    coordinators,
    credential_status,
    credentials,
    dossiers,
)
from certhub.queries.coordinators import Filters
from certhub.queries.credentials import CountsInstead
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.status import status_on
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, CredentialStatus, Role
from certhub.services import employment, roster_plan
from certhub.services import record_merges as service
from tests import factories
from tests.factories import WHEN, placement
from tests.integration.orders.arranging import certified, standard

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
LATER = AT + timedelta(days=3)
WHY = "The vendor says that this is one person."
LAST = date(2027, 8, 31)
BORN: dict[str, Any] = {"birth_month": 2, "birth_day": 28}


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def office(client: FlaskClient, administrator: User) -> FlaskClient:
    return factories.sign_in(client, administrator)


def pair(vendor: VendorOrganization | None = None) -> tuple[Coordinator, Coordinator]:
    kept = factories.make_coordinator("Ana Ferreira", vendor=vendor, **BORN)
    return kept, factories.make_coordinator("Ana Ferreira", **BORN)


def merge(kept: Coordinator, absorbed: Coordinator, actor: User, **more: Any) -> RecordMerge:
    with transaction():
        return service.merge(kept, absorbed, **{"reason": WHY, "actor": actor, "at": AT, **more})


def undo(done: RecordMerge, actor: User, **more: Any) -> None:
    with transaction():
        service.undo(done, **{"reason": "Two people after all.", "actor": actor, "at": LATER, **more})


def training(person: Coordinator, title: str = "Ethics", **values: Any) -> TrainingCompletion:
    given = {
        "minutes": 60, "completed_on": date(2026, 2, 1), "category": "core", "recorded_at": WHEN, **values,
    }  # fmt: skip
    return factories.saved(TrainingCompletion(coordinator_id=person.id, title=title, provider="Institute", **given))


def licence(person: Coordinator, number: str = "RN 12-34", **values: Any) -> ExternalLicence:
    return factories.saved(
        ExternalLicence(
            coordinator_id=person.id, kind="RN", number=number, issued_by="Board", recorded_at=WHEN, **values
        )
    )


def hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input[^>]*name="(csrf_token|submission_token)"[^>]*value="([^"]*)"', page.text))


def applied(
    person: Coordinator, actor: User, status: ApplicationStatus = ApplicationStatus.DRAFT, owner_id: int | None = None
) -> Application:
    closed = {"closed_at": WHEN, "closed_on": WHEN.date()} if status is ApplicationStatus.WITHDRAWN else {}
    return factories.saved(
        Application(
            party_id=person.id, owner_id=owner_id or person.id, kind=ApplicationKind.INITIAL, status=status,
            standard_id=standard().id, opened_by_id=actor.id, opened_at=WHEN, stage_from=WHEN.date(), **closed,
        )
    )  # fmt: skip


Dice = random.Random
"""Plays; keeps no secrets."""

UNTOLD = {"audit_entry", "audit_head", "access_log", "record_merge", "record_merge_item", "user_session"}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but those that tell of the merge; of status events those that stand."""
    db.session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in UNTOLD:
            continue
        statement = select(table).order_by(*table.primary_key.columns)
        if table is StatusEvent.__table__:
            statement = statement.where(table.c.superseded_at.is_(None))
        found[table.name] = [tuple(row) for row in db.session.execute(statement)]
    return found


def test_what_hangs_on_the_absorbed_record_hangs_on_the_kept_one(administrator: User) -> None:
    vendor, practice = factories.make_vendor(), factories.make_practice()
    kept, absorbed = pair()
    factories.make_employment(absorbed, vendor)
    credential = certified(absorbed, LAST)
    hours, number = training(absorbed), licence(absorbed)
    placed = factories.saved(
        placement(
            coordinator_id=absorbed.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 3, 2),
            recorded_at=WHEN,
        )
    )  # fmt: skip
    account = factories.make_user(Role.COORDINATOR, absorbed)
    application = applied(absorbed, administrator)

    merge(kept, absorbed, administrator)

    for row in (placed, hours, number):
        assert row.coordinator_id == kept.id
    for held in (credential, application, account):
        assert held.party_id == kept.id
    rows = coordinators.page(OPERATOR, Filters(q="Ana Ferreira")).rows
    assert [(row.id, row.employers) for row in rows] == [(kept.id, (vendor.name,))]
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    assert coordinators.one(hr, absorbed.id).id == kept.id


def test_of_two_credentials_the_absorbed_one_becomes_void_and_both_numbers_stay(administrator: User) -> None:
    kept, absorbed = pair()
    own, other = certified(kept, LAST), certified(absorbed, date(2027, 5, 31))

    done = merge(kept, absorbed, administrator)

    day = AT.date()
    assert status_on(credential_status.history_of(other.id), day) is CredentialStatus.VOID
    assert status_on(credential_status.history_of(own.id), day) is CredentialStatus.CURRENT
    assert [one.id for one in credentials.of_party(OPERATOR, kept.id)] == [own.id, other.id]
    undo(done, administrator)
    assert status_on(credential_status.history_of(other.id), day) is CredentialStatus.CURRENT
    assert status_on(credential_status.history_of(other.id, AT), day) is CredentialStatus.VOID


def test_hours_that_both_records_have_count_once(administrator: User) -> None:
    kept, absorbed = pair()
    training(kept)
    same, other = training(absorbed, "ETHICS"), training(absorbed, "Cultures")
    again = licence(absorbed, "rn1234")
    licence(kept)

    merge(kept, absorbed, administrator)

    assert (same.superseded_at, again.superseded_at) == (AT, AT)
    assert (other.coordinator_id, other.superseded_at) == (kept.id, None)


def test_evidence_stays_where_it_was_written_and_is_read_with_the_kept_record(administrator: User) -> None:
    kept, absorbed = pair()
    application = applied(absorbed, administrator)
    given = factories.saved(
        Evidence(party_id=absorbed.id, requirement_code="CC-02", value={"text": "Degree"}, recorded_at=WHEN)
    )

    merge(kept, absorbed, administrator)

    assert [one.id for one in applications.evidence_of(application)] == [given.id]
    dossier = dossiers.dossier_of(kept, application=application, as_of=AT.date())
    assert [one.requirement for one in dossier.evidence] == ["CC-02"]


def test_chosen_values_are_taken_and_an_email_never_stands_twice(administrator: User) -> None:
    kept, absorbed = pair()
    mine, theirs = kept.email, absorbed.email
    before = everything()

    done = merge(kept, absorbed, administrator, take=["email", "discipline", "address", "name"])

    assert (kept.email, absorbed.email) == (theirs, None)
    assert coordinators.with_email(OPERATOR, str(theirs)) == kept.id
    undo(done, administrator)
    assert (kept.email, absorbed.email) == (mine, theirs)
    assert everything() == before


def test_an_email_of_the_absorbed_record_leads_to_the_kept_one(administrator: User) -> None:
    kept, absorbed = pair()

    merge(kept, absorbed, administrator)

    assert coordinators.with_email(OPERATOR, str(absorbed.email)) == kept.id


def test_a_merge_waits_until_one_of_two_open_applications_is_withdrawn(administrator: User) -> None:
    kept, absorbed = pair()
    applied(kept, administrator)
    applied(absorbed, administrator)

    with pytest.raises(Refusal, match="Withdraw one of them first"):
        merge(kept, absorbed, administrator)
    assert db.session.scalar(select(func.count()).select_from(RecordMerge)) == 0


def test_contradicting_employments_and_broken_independence_are_refused(administrator: User) -> None:
    vendor, practice = factories.make_vendor(), factories.make_practice("Elm Street")
    kept, absorbed = pair(vendor)
    spell = factories.make_employment(absorbed, vendor, starts_on=date(2024, 6, 1), ends_on=date(2025, 6, 1))

    with pytest.raises(Refusal, match="on days that contradict each other"):
        merge(kept, absorbed, administrator)
    with transaction():
        employment.correct(
            spell, kind=spell.kind, job_title="", starts_on=date(2025, 2, 1), ends_on=date(2025, 6, 1),
            reason="Typed wrongly", base_url="", actor=administrator, at=AT,
        )  # fmt: skip
    factories.saved(
        placement(
            coordinator_id=kept.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 3, 2),
            recorded_at=WHEN,
        )
    )  # fmt: skip
    factories.make_employment(absorbed, practice, starts_on=date(2026, 1, 1))
    with pytest.raises(Refusal, match="must be independent of the practice"):
        merge(kept, absorbed, administrator)


def test_the_credential_in_force_is_not_given_up_for_one_that_is_not(administrator: User) -> None:
    kept, absorbed = pair()
    certified(kept, date(2024, 8, 31))
    other = certified(absorbed, LAST)

    with pytest.raises(Refusal, match=f"Credential {other.number} is in force"):
        merge(kept, absorbed, administrator)


def test_of_two_administrators_the_second_is_told(administrator: User) -> None:
    kept, absorbed = pair()
    done = merge(kept, absorbed, administrator)

    with pytest.raises(Refusal, match="merged already"):
        merge(kept, absorbed, administrator)
    third = factories.make_coordinator()
    with pytest.raises(Refusal, match="absorbed another one itself"):
        merge(third, kept, administrator)
    undo(done, administrator)
    with pytest.raises(Refusal, match="undone already"):
        undo(done, administrator)


def arranged(seed: int, administrator: User) -> tuple[Coordinator, Coordinator]:
    """Two records with anything on them, as dice say."""
    dice = Dice(seed)
    vendors, practice = [factories.make_vendor() for _ in range(2)], factories.make_practice()
    kept, absorbed = pair()
    for person in (kept, absorbed):
        for vendor in vendors:
            if dice.random() < 0.6:
                ends = dice.choice([None, date(2026, 12, 31)])
                spell = factories.make_employment(person, vendor, starts_on=date(2025, 1, 6), ends_on=ends)
                if dice.random() < 0.5:  # a correction that was made long before
                    with transaction():
                        employment.correct(
                            spell, kind=spell.kind, job_title="Nurse", starts_on=spell.starts_on, ends_on=ends,
                            reason="Title", base_url="", actor=administrator, at=WHEN + timedelta(hours=1),
                        )  # fmt: skip
        for number in range(dice.randint(0, 4)):
            training(person, f"Course {dice.randint(1, 4)}", completed_on=date(2026, 2, 1 + number))
        for number in range(dice.randint(0, 2)):
            licence(person, f"RN{dice.randint(1, 3)}", superseded_at=WHEN if number else None)
        if dice.random() < 0.5:
            certified(person, LAST if person is kept else date(2027, 1, 31))
        if dice.random() < 0.5:
            factories.make_user(Role.COORDINATOR, person)
        if dice.random() < 0.5:
            factories.saved(
                Evidence(party_id=person.id, requirement_code="CC-02", value={"text": "Degree"}, recorded_at=WHEN)
            )
        applied(person, administrator, ApplicationStatus.WITHDRAWN)
    if dice.random() < 0.5:
        applied(dice.choice([kept, absorbed]), administrator)
    factories.saved(
        placement(
            coordinator_id=absorbed.id, practice_id=practice.id, vendor_id=vendors[0].id, starts_on=date(2026, 3, 2),
            recorded_at=WHEN,
        )
    )  # fmt: skip
    return kept, absorbed


@pytest.mark.parametrize("seed", range(12))
def test_a_merge_that_is_undone_leaves_the_records_as_they_were(administrator: User, seed: int) -> None:
    kept, absorbed = arranged(seed, administrator)
    take = Dice(seed).sample(sorted(service.FIELDS), 3)
    before = everything()
    done, refusal = None, ""
    try:
        done = merge(kept, absorbed, administrator, take=take)
    except Refusal as refused:
        refusal = str(refused)
    if done is None:
        assert "contradict" in refusal or "in force" in refusal
        assert everything() == before
        return
    assert everything() != before

    undo(done, administrator)

    assert everything() == before


@pytest.mark.parametrize("to_absorbed", [False, True])
def test_what_was_recorded_since_goes_where_the_administrator_says(administrator: User, to_absorbed: bool) -> None:
    vendor = factories.make_vendor()
    kept, absorbed = pair()
    spell = factories.make_employment(absorbed, vendor)
    moved = training(absorbed)
    done = merge(kept, absorbed, administrator)
    with transaction():
        ended = employment.end(
            spell, last_day=date(2026, 11, 30), base_url="", actor=administrator, at=AT + timedelta(days=1)
        )
    new = training(kept, "Since", recorded_at=AT + timedelta(days=1))
    assert service.since(done) == {"employments": 1, "training entries": 1}

    undo(done, administrator, since_to_absorbed=to_absorbed)

    owner = absorbed if to_absorbed else kept
    assert (spell.coordinator_id, ended.coordinator_id, new.coordinator_id) == (owner.id,) * 3
    assert moved.coordinator_id == absorbed.id


def test_an_application_that_went_on_since_stays_where_its_evidence_is(administrator: User) -> None:
    kept, absorbed = pair()
    application = applied(absorbed, administrator)
    done = merge(kept, absorbed, administrator)
    factories.saved(
        Evidence(
            party_id=kept.id, application_id=application.id, requirement_code="CC-02", value={"text": "Degree"},
            recorded_at=AT + timedelta(days=1),
        )
    )  # fmt: skip

    undo(done, administrator, since_to_absorbed=True)

    assert application.party_id == kept.id


def test_an_old_number_names_the_one_that_counts_also_where_that_has_no_certificate(administrator: User) -> None:
    kept, absorbed = pair()
    own, other = certified(kept, LAST), certified(absorbed, LAST)
    merge(kept, absorbed, administrator)

    assert credentials._counts_instead(other.id) == CountsInstead(own.number, None)
    assert credentials._counts_instead(own.id) is None


def test_both_records_tell_of_the_merge_in_their_history(administrator: User) -> None:
    kept, absorbed = pair()
    merge(kept, absorbed, administrator)

    told = [entry.title for entry in audit_trail.history_of(OPERATOR, kept.id)]
    assert [title for title in told if "merged two records" in title]
    entries = select(AuditEntry.party_id).where(AuditEntry.action == "record.merged").order_by(AuditEntry.party_id)
    assert list(db.session.scalars(entries)) == [kept.id, absorbed.id]


def test_a_roster_that_has_the_old_address_means_the_kept_record(administrator: User) -> None:
    kept, absorbed = pair()
    merge(kept, absorbed, administrator)

    found = roster_plan._on_file([str(absorbed.email), str(kept.email)])

    assert {row.id for row in found.values()} == {kept.id}
    assert set(found) == {absorbed.email, kept.email}
