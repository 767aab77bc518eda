"""Who puts a record right repeats no reminder: what is due goes on with the entry that took the place of another."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.certification import Evidence
from certhub.models.messages import Message, Obligation
from certhub.models.parties import Coordinator, Employment, ExternalLicence, VendorOrganization
from certhub.queries.obligation_sources.source import CORRECTED, RENEWED
from certhub.rules.licences import CheckResult
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import employment, licences
from tests.factories import ARRANGING, WHEN, make_coordinator, make_employment, make_user, make_vendor, saved
from tests.integration.reminders.arranging import (
    a_credential,
    a_licence,
    changed,
    deliver_on,
    instant,
    messages,
    run_on,
    watch_from,
)
from tests.integration.reminders.dates import closed, due

DUE = date(2027, 7, 30)
LICENCE, PAPER = ObligationKind.LICENCE_RENEWAL, ObligationKind.DOCUMENT_RENEWAL


@pytest.fixture(autouse=True)
def vendor(app: Flask) -> VendorOrganization:
    watch_from(date(2026, 3, 2))
    return make_vendor()


@pytest.fixture
def hr(vendor: VendorOrganization) -> str:
    return make_user(Role.VENDOR_HR, vendor).email


@pytest.fixture
def person(vendor: VendorOrganization, hr: str) -> Coordinator:
    return make_coordinator("Ana Ferreira", vendor=vendor)


def told_on(day: date) -> list[Message]:
    """What leaves on a day."""
    run_on(day)
    return deliver_on(day)


def standing() -> ExternalLicence:
    return db.session.scalars(select(ExternalLicence).where(ExternalLicence.superseded_at.is_(None))).one()


def looked_up(on: date) -> None:
    with transaction():
        licences.check(
            standing(), checked_on=on, source="BORN", result=CheckResult.AS_RECORDED, actor=ARRANGING, at=instant(on)
        )


def entered_anew(on: date, *, expires_on: date, number: str = "RN123456", status: str = "current") -> None:
    with transaction():
        licences.update(
            standing(), kind="RN", number=number, issued_by="BORN", status=status, expires_on=expires_on,
            verified_on=None, actor=ARRANGING, at=instant(on),
        )  # fmt: skip


def test_a_licence_that_is_looked_up_between_two_steps_sends_nothing_and_its_next_step_comes(
    person: Coordinator,
) -> None:
    a_licence(person, DUE)
    assert len(told_on(DUE - timedelta(days=28))) == 2
    looked_up(DUE - timedelta(days=25))
    assert told_on(DUE - timedelta(days=25)) == []
    looked_up(DUE - timedelta(days=24))
    looked_up(DUE - timedelta(days=24))
    entered_anew(DUE - timedelta(days=24), expires_on=DUE, number="RN654321")
    assert told_on(DUE - timedelta(days=24)) == []
    assert closed(LICENCE) == []
    assert ["in 7 days" in one.body_text for one in told_on(DUE - timedelta(days=7))] == [True, True]


def test_a_licence_that_is_looked_up_between_planning_and_sending_is_still_told_of(person: Coordinator) -> None:
    a_licence(person, DUE)
    run_on(DUE - timedelta(days=28))
    looked_up(DUE - timedelta(days=28))
    assert len(deliver_on(DUE - timedelta(days=28))) == 2


def test_a_date_that_was_typed_wrongly_and_put_right_again_repeats_nothing(person: Coordinator) -> None:
    a_licence(person, DUE)
    told_on(DUE - timedelta(days=28))
    entered_anew(DUE - timedelta(days=27), expires_on=DUE - timedelta(days=3))
    told_on(DUE - timedelta(days=27))
    assert (due(LICENCE), closed(LICENCE)) == ([DUE - timedelta(days=3)], [CORRECTED])
    entered_anew(DUE - timedelta(days=26), expires_on=DUE)
    assert told_on(DUE - timedelta(days=26)) == []
    assert due(LICENCE) == [DUE]


def test_a_renewed_licence_closes_the_old_date_and_opens_the_new_one(person: Coordinator) -> None:
    a_licence(person, DUE)
    told_on(DUE - timedelta(days=28))
    entered_anew(DUE - timedelta(days=27), expires_on=DUE + timedelta(days=730))
    assert told_on(DUE - timedelta(days=27)) == []
    assert (due(LICENCE), closed(LICENCE)) == ([DUE + timedelta(days=730)], [RENEWED])


def a_paper(party_id: int, expires_on: date) -> Evidence:
    return saved(
        Evidence(
            party_id=party_id, requirement_code="CC-09", value={"document_type": "professional_liability"},
            expires_on=expires_on, recorded_at=WHEN,
        )
    )  # fmt: skip


def test_a_paper_with_the_same_last_day_takes_the_place_of_the_first_and_repeats_nothing(person: Coordinator) -> None:
    a_paper(person.id, DUE)
    told_on(DUE - timedelta(days=28))
    second = a_paper(person.id, DUE)
    assert told_on(DUE - timedelta(days=25)) == []
    assert (due(PAPER), closed(PAPER)) == ([DUE], [])
    assert db.session.scalars(select(Obligation.subject_id).where(Obligation.kind == PAPER)).all() == [second.id]


def spell() -> Employment:
    return db.session.scalars(select(Employment).where(Employment.superseded_at.is_(None))).one()


def corrected(ends_on: date | None, on: date) -> None:
    with transaction():
        employment.correct(
            spell(), kind=EmploymentKind.EMPLOYEE, job_title="", starts_on=date(2025, 1, 6), ends_on=ends_on,
            reason="a test", base_url="https://certhub.example", actor=ARRANGING, at=instant(on),
        )  # fmt: skip


def test_hr_hears_once_that_somebody_left_also_where_the_end_is_corrected_or_hr_has_a_new_account(
    vendor: VendorOrganization, hr: str
) -> None:
    someone = make_coordinator()
    make_employment(someone, vendor, ends_on=DUE - timedelta(days=100))
    a_licence(someone, DUE)
    assert [one.recipient for one in told_on(DUE - timedelta(days=88))] == [hr]
    corrected(DUE - timedelta(days=95), DUE - timedelta(days=80))
    make_user(Role.VENDOR_HR, vendor)
    assert told_on(DUE - timedelta(days=28)) == []


def test_hr_hears_again_where_somebody_came_back_and_left_again(vendor: VendorOrganization, hr: str) -> None:
    someone = make_coordinator(email=None)
    make_employment(someone, vendor, ends_on=DUE - timedelta(days=100))
    a_credential(someone, DUE)
    told_on(DUE - timedelta(days=88))
    corrected(None, DUE - timedelta(days=80))
    assert "no longer works" not in told_on(DUE - timedelta(days=58))[0].body_text
    corrected(DUE - timedelta(days=40), DUE - timedelta(days=41))
    assert ["no longer works" in one.body_text for one in told_on(DUE - timedelta(days=28))] == [True]
    assert {one.recipient for one in messages()} == {hr}


def test_an_end_that_was_corrected_before_hr_heard_of_it_is_still_told(vendor: VendorOrganization, hr: str) -> None:
    someone = make_coordinator()
    make_employment(someone, vendor, ends_on=DUE - timedelta(days=100))
    a_licence(someone, DUE)
    run_on(DUE - timedelta(days=88))
    corrected(DUE - timedelta(days=95), DUE - timedelta(days=88))
    assert deliver_on(DUE - timedelta(days=88)) == []
    assert [one.recipient for one in told_on(DUE - timedelta(days=87))] == [hr]


def test_two_records_of_one_person_with_one_licence_are_told_of_it_once(person: Coordinator) -> None:
    twin = make_coordinator("Anna Ferreira")
    for one in (person, twin):
        a_licence(one, DUE)
    told_on(DUE - timedelta(days=100))
    for row in db.session.scalars(select(ExternalLicence).where(ExternalLicence.coordinator_id == twin.id)).all():
        changed(row, coordinator_id=person.id)
    for owed in db.session.scalars(select(Obligation).where(Obligation.party_id == twin.id)).all():
        with transaction():
            owed.party_id = person.id
    told_on(DUE - timedelta(days=99))
    assert due(LICENCE) == [DUE]
