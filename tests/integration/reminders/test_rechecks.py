"""What is looked at again and again falls due like everything else: licences at their source, background checks."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.certification import Evidence
from certhub.models.messages import MessageStatus, Obligation
from certhub.models.parties import Coordinator, ExternalLicence, VendorOrganization
from certhub.rules.evidence_forms import checked_value
from certhub.rules.licences import RECHECK_DAYS, CheckResult
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Role
from certhub.services import licences
from tests.factories import ARRANGING, WHEN, make_coordinator, make_user, make_vendor, saved
from tests.integration.reminders.arranging import instant, messages, open_obligations, run_on, watch_from
from tests.unit.rules.requirement_builders import K, requirement

FIRST = date(2026, 3, 3)
DUE = FIRST + timedelta(days=RECHECK_DAYS)
CORI = {"checks": ["CORI"], "recheck_months": 36}


@pytest.fixture
def vendor(app: Flask) -> VendorOrganization:
    return make_vendor()


@pytest.fixture
def person(vendor: VendorOrganization) -> Coordinator:
    make_user(Role.VENDOR_HR, vendor, email="hr@example.org")
    return make_coordinator("Ana Ferreira", vendor=vendor)


def licence_of(person: Coordinator, verified_on: date | None = FIRST, kind: str = "RN") -> ExternalLicence:
    with transaction():
        return licences.record(
            person, kind=kind, number="RN123456", issued_by="BORN", status="current", expires_on=None,
            verified_on=verified_on, actor=ARRANGING, at=instant(FIRST),
        )  # fmt: skip


def looked_up(licence: ExternalLicence, on: date, result: CheckResult = CheckResult.AS_RECORDED) -> None:
    with transaction():
        licences.check(licence, checked_on=on, source="BORN", result=result, actor=ARRANGING, at=instant(on))


def due(kind: ObligationKind) -> list[date]:
    return [one.due_on for one in open_obligations() if one.kind is kind]


def closed_because() -> list[str | None]:
    rows = db.session.scalars(select(Obligation).where(Obligation.closed_at.is_not(None)).order_by(Obligation.id))
    return [one.closed_because for one in rows]


@pytest.mark.parametrize("days_before", [90, 30, 7, 0])
def test_hr_is_reminded_to_look_a_licence_up_again(person: Coordinator, days_before: int) -> None:
    watch_from(FIRST)
    licence_of(person)
    run_on(DUE - timedelta(days=days_before + 4))
    told = len(messages(MessageStatus.QUEUED))
    run_on(DUE - timedelta(days=days_before - 4) if days_before else DUE)
    assert due(ObligationKind.LICENCE_RECHECK) == [DUE]
    assert len(messages(MessageStatus.QUEUED)) == told + 1
    newest = messages()[-1]
    assert newest.recipient == "hr@example.org"
    assert "Ana Ferreira: check of licence RN123456, Registered nurse (RN)" in newest.body_text
    assert "record what you found" in newest.body_text


@pytest.mark.parametrize(
    ("kind", "words"),
    [("EDUCATOR", "RN123456, Educator license"), ("Psychologist", "RN123456, Psychologist")],
)
def test_a_mail_names_the_kind_of_a_licence_in_words_and_a_typed_kind_as_it_was_typed(
    person: Coordinator, kind: str, words: str
) -> None:
    watch_from(FIRST)
    licence_of(person, kind=kind)
    run_on(DUE)
    assert f"Ana Ferreira: check of licence {words}\n" in messages()[-1].body_text


def test_a_mail_names_a_document_by_its_code_and_in_words(person: Coordinator) -> None:
    watch_from(FIRST)
    saved(
        Evidence(
            party_id=person.id, requirement_code="CC-09", value={"document_type": "professional_liability"},
            occurred_on=FIRST, expires_on=DUE, recorded_at=WHEN,
        )
    )  # fmt: skip
    run_on(DUE)
    newest = messages()[-1]
    assert "Ana Ferreira: document CC-09, certificate of professional liability insurance\n" in newest.body_text


def test_a_new_check_moves_the_date_and_ends_the_old_one(person: Coordinator) -> None:
    licence = licence_of(person)
    run_on(FIRST)
    later = FIRST + timedelta(days=100)
    looked_up(licence, later)
    run_on(later)
    assert due(ObligationKind.LICENCE_RECHECK) == [later + timedelta(days=RECHECK_DAYS)]
    assert closed_because() == ["checked again, or changed"]


@pytest.mark.parametrize("result", [CheckResult.DIFFERENT, CheckResult.NOT_FOUND])
def test_a_licence_that_was_not_found_in_order_has_no_next_date(person: Coordinator, result: CheckResult) -> None:
    licence = licence_of(person)
    run_on(FIRST)
    looked_up(licence, FIRST, result)
    run_on(FIRST)
    assert due(ObligationKind.LICENCE_RECHECK) == []


def test_a_licence_that_nobody_looked_up_has_no_date_yet(person: Coordinator) -> None:
    licence_of(person, verified_on=None)
    run_on(FIRST)
    assert due(ObligationKind.LICENCE_RECHECK) == []


def background() -> Requirement:
    return requirement(K.BACKGROUND_CHECK, CORI)


def a_check(person: Coordinator, answered_on: date, *, check: str = "CORI", until: str = "") -> Evidence:
    typed = {
        "check": "CORI", "requested_on": answered_on.isoformat(), "occurred_on": answered_on.isoformat(),
        "cleared": "yes", "reviewer": "Helen Brandt", "expires_on": until,
    }  # fmt: skip
    given = checked_value(background(), typed, today=answered_on)
    return saved(
        Evidence(
            party_id=person.id, requirement_code="CC-05", value={**given.value, "check": check},
            occurred_on=given.occurred_on, expires_on=given.expires_on, recorded_at=WHEN,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("until", "expected"),
    [("", date(2029, 2, 28)), ("2028-01-31", date(2028, 1, 31)), ("2031-01-31", date(2029, 2, 28))],
)
def test_a_background_check_falls_due_by_itself_after_36_months_or_earlier_where_the_form_says_so(
    person: Coordinator, until: str, expected: date
) -> None:
    a_check(person, date(2026, 2, 28), until=until)
    run_on(FIRST)
    assert due(ObligationKind.BACKGROUND_RECHECK) == [expected]
    assert due(ObligationKind.DOCUMENT_RENEWAL) == []


def test_the_reminder_of_a_background_check_asks_for_no_content(person: Coordinator) -> None:
    watch_from(FIRST)
    a_check(person, date(2026, 2, 28))
    run_on(date(2029, 1, 29))
    newest = messages()[-1]
    assert "background check CC-05 CORI" in newest.body_text
    assert "Enter only the dates and whether it cleared" in newest.body_text
    assert "upload" not in newest.body_text.lower()


def test_a_newer_check_of_the_same_kind_ends_the_older_one_and_another_kind_does_not(person: Coordinator) -> None:
    a_check(person, date(2026, 2, 28))
    a_check(person, date(2026, 3, 2), check="SORI")
    run_on(FIRST)
    assert len(due(ObligationKind.BACKGROUND_RECHECK)) == 2
    a_check(person, date(2026, 9, 1))
    run_on(date(2026, 9, 1))
    assert due(ObligationKind.BACKGROUND_RECHECK) == [date(2029, 3, 2), date(2029, 9, 1)]
