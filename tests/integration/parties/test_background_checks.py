"""Background checks between applications: recorded by DPH, counted for the next renewal, shown while they are due."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Credential, Evidence
from certhub.models.messages import Obligation
from certhub.models.parties import Coordinator
from certhub.queries import background_checks, credentials, evaluations
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role
from certhub.services import applications, obligations
from certhub.services import background_checks as service
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_lifecycle import train
from tests.integration.parties.browsing import entries, fetched, send

CODE = "CC-05"


@pytest.fixture
def reviewer(app: Flask) -> User:
    return factories.make_user(Role.DPH_REVIEWER)


@pytest.fixture
def person(reviewer: User) -> Coordinator:
    """Certified a week ago with a check that is due again in three weeks."""
    vendor = factories.make_vendor()
    desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), reviewer, press())
    at = clock.now() - timedelta(days=20)
    with transaction():
        lifecycle.certified(vendor, desk, at=at - timedelta(days=20))
    found = factories.make_coordinator("Ana Ferreira", vendor=vendor)
    hours = {"core": 34, "ethics_scope": 3, "cultural": 3}
    train(found, desk, on=clock.civil_date(at) - timedelta(days=30), categories=hours)
    answered = clock.civil_date(at).replace(year=clock.civil_date(at).year - 3) + timedelta(days=41)
    typed: dict[str, str | list[str]] = {
        "check": "CORI", "requested_on": answered.isoformat(), "occurred_on": answered.isoformat(), "cleared": "yes",
        "reviewer": "The office",
    }  # fmt: skip
    with transaction():
        application = lifecycle.furnished(
            lifecycle.opened(found, desk, at=at), desk, at=at, leave_out=frozenset({CODE})
        )
        requirement = evaluations.judge(application, as_of=clock.civil_date(at)).requirement(CODE)
        assert requirement is not None
        file = lifecycle.paper(application, desk, at=at)
        lifecycle.provide(application, requirement, desk, file=file, at=at, pieces=[typed])
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=at), desk, at=at)
        applications.approve(application, "", press=desk.press, actor=reviewer, at=at)
    return found


def derived(on: date) -> None:
    with transaction():
        obligations.derive(on, policies=obligations.shipped_policies(), at=clock.now())


def recorded(person: Coordinator, reviewer: User, *, cleared: bool = True, at: datetime | None = None) -> Evidence:
    at = at or clock.now()
    [(requirement, check)] = background_checks.asked_for(on=clock.civil_date(at))
    with transaction():
        return service.record(
            person, requirement, check, answered_on=clock.civil_date(at), source="DCJIS", cleared=cleared,
            actor=reviewer, at=at,
        )  # fmt: skip


def finding(person: Coordinator, on: date) -> tuple[bool, str]:
    credential = db.session.scalars(select(Credential).where(Credential.party_id == person.id)).one()
    outlook = evaluations.renewal_outlook(credentials.view(credential, on=on), as_of=on)
    assert outlook is not None
    found = outlook.judgement.evaluation.finding(CODE)
    assert found is not None
    return found.satisfied, found.explanation


def open_rechecks(person: Coordinator) -> list[date]:
    kind = ObligationKind.BACKGROUND_RECHECK
    return list(
        db.session.scalars(
            select(Obligation.due_on).where(
                Obligation.party_id == person.id, Obligation.kind == kind, Obligation.closed_at.is_(None)
            )
        )
    )


def test_a_clear_check_counts_at_once_and_settles_what_was_due(person: Coordinator, reviewer: User) -> None:
    later = clock.now() + timedelta(days=60)
    overdue_on = clock.civil_date(later)
    derived(clock.today())
    [due_on] = open_rechecks(person)
    assert due_on < overdue_on
    satisfied, why = finding(person, overdue_on)
    assert not satisfied
    assert "due again" in why

    recorded(person, reviewer, at=later)

    satisfied, why = finding(person, overdue_on)
    assert satisfied, why
    assert "Waiting for review" not in why
    derived(overdue_on)
    assert all(day > overdue_on for day in open_rechecks(person))
    assert len(entries(AuditAction.BACKGROUND_CHECK_RECORDED)) == 1


def test_a_check_that_is_not_clear_stands_in_the_way_and_stays_due(person: Coordinator, reviewer: User) -> None:
    derived(clock.today())
    before = open_rechecks(person)
    recorded(person, reviewer, cleared=False)

    satisfied, why = finding(person, clock.today())
    assert not satisfied
    assert "did not clear" in why
    derived(clock.today())
    assert open_rechecks(person) == before


def test_dph_sees_what_is_due_records_it_and_the_list_is_empty_again(
    client: FlaskClient, person: Coordinator, reviewer: User
) -> None:
    derived(clock.today())
    factories.sign_in(client, reviewer)
    page = f"/coordinators/{person.id}/background-checks/new"
    assert f'href="{page}"' in fetched(client, "/")
    wrong = send(client, page, check=f"{CODE} CORI", answered_on=clock.today().isoformat(), result="clear", source="")
    assert wrong.status_code == 422
    typed = {"check": f"{CODE} CORI", "answered_on": clock.today().isoformat(), "result": "clear", "source": "DCJIS"}
    form = client.get(page)
    for _ in range(2):  # a double click
        answer = send(client, page, **typed, **hidden(form.text))
        assert answer.status_code == 302
    assert len(db.session.scalars(select(Evidence).where(Evidence.application_id.is_(None))).all()) == 1

    assert f'href="{page}"' not in fetched(client, "/")
    shown = fetched(client, f"/coordinators/{person.id}")
    assert "from DCJIS" in shown.replace("<bdi>", "").replace("</bdi>", "")


def hidden(page: str) -> dict[str, str]:
    token = page.rsplit('name="submission_token"', maxsplit=1)[-1].split('value="')[1].split('"', maxsplit=1)[0]
    return {"submission_token": token}


def test_two_people_cannot_record_the_same_answer_twice(person: Coordinator, reviewer: User) -> None:
    recorded(person, reviewer)
    with pytest.raises(Refusal, match="on file already"):
        recorded(person, reviewer)


def test_only_dph_records_a_check(client: FlaskClient, person: Coordinator) -> None:
    employer = db.session.scalars(select(User).where(User.role == Role.VENDOR_HR)).one()
    page = f"/coordinators/{person.id}/background-checks/new"
    assert factories.sign_in(client, employer).get(page).status_code == 403
    assert "Record a check" not in client.get(f"/coordinators/{person.id}").text
