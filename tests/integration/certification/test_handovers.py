"""An open application follows the person to the present employer; a closed one stays with those who filed it."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.auth.guard import access_of
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.jobs.application_handovers import hand_over
from certhub.jobs.registry import Occasion
from certhub.models.certification import Application, Evidence
from certhub.models.files import StoredFile
from certhub.models.messages import Message
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.models.references import ReferenceRequest
from certhub.queries import applications as found
from certhub.queries import evaluations
from certhub.queries.visibility import application_visible
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import ANOTHER_EMPLOYER, GRANTS
from certhub.rules.vocabulary import ApplicationStatus, EmploymentKind, Role
from certhub.services import applications, audit, employment, handovers, references
from certhub.web.context import press, settings
from tests import factories
from tests.factories import ARRANGING, sign_in
from tests.integration.parties.browsing import entries, fetched, send, statements_of, vendor_hr

BASE = "https://certhub.example.org"


@pytest.fixture
def harbor(app: Flask) -> VendorOrganization:
    return factories.make_vendor("Harbor Family Network")


@pytest.fixture
def blackstone(app: Flask) -> VendorOrganization:
    return factories.make_vendor("Blackstone Valley Care")


@pytest.fixture
def desk(harbor: VendorOrganization) -> lifecycle.Desk:
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, harbor), factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def darnell(harbor: VendorOrganization) -> Coordinator:
    return factories.make_coordinator("Darnell Brooks", vendor=harbor)


def drafted(person: Coordinator, desk: lifecycle.Desk) -> Application:
    at = clock.now() - timedelta(days=30)
    with transaction():
        application = lifecycle.opened(person, desk, at=at)
        return lifecycle.furnished(application, desk, at=at, leave_out=frozenset({"CC-03"}))


def leaves(person: Coordinator, last_day: date) -> None:
    """The first employment ends."""
    with transaction():
        spell = db.session.scalars(
            select(Employment)
            .where(Employment.coordinator_id == person.id, Employment.superseded_at.is_(None))
            .order_by(Employment.starts_on)
            .limit(1)
        ).one()
        employment.end(spell, last_day=last_day, base_url=BASE, actor=ARRANGING, at=clock.now())


def joins(person: Coordinator, vendor: VendorOrganization, first_day: date) -> None:
    with transaction():
        employment.record(
            person, vendor, kind=EmploymentKind.EMPLOYEE, job_title="", starts_on=first_day, base_url=BASE,
            actor=ARRANGING, at=clock.now(),
        )  # fmt: skip


def requested(application: Application, desk: lifecycle.Desk) -> ReferenceRequest:
    requirement = evaluations.judge(application, as_of=clock.today()).requirement("CC-04")
    assert requirement is not None
    with transaction():
        return references.ask(
            application, requirement, references.Referee("Joan Whitfield", "joan@example.net", "Supervisor"),
            base_url=BASE, actor=desk.applicant, at=clock.now(),
        )  # fmt: skip


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)


def letters(kind: str) -> dict[str, Message]:
    return {one.recipient: one for one in db.session.scalars(select(Message).where(Message.kind == kind))}


def pages_about(app: Flask, known: dict[str, Any]) -> list[str]:
    """The address of each page about an application that a vendor's HR may open at all."""
    with app.test_request_context():
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if "application_id" in rule.arguments
            and "GET" in (rule.methods or ())
            and (access := access_of(rule.endpoint)) is not None
            and access.permission in GRANTS[Role.VENDOR_HR]
        ]
        signed = {"applications.sign": {"code": "CC-07"}}  # the reference is not signed by HR
        return [
            url_for(rule.endpoint, **{name: (known | signed.get(rule.endpoint, {}))[name] for name in rule.arguments})
            for rule in rules
        ]


@pytest.mark.parametrize(("last_day", "status"), [(-1, 404), (0, 200), (3, 200)])
def test_an_employer_handles_an_open_application_through_its_last_day(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, last_day: int, status: int
) -> None:
    application = drafted(darnell, desk)
    asked = requested(application, desk)
    leaves(darnell, days(last_day))
    sign_in(client, desk.applicant)
    page = f"/applications/{application.id}"
    evidence = found.evidence_of(application)[0]
    known = {
        "application_id": application.id, "code": "CC-04", "evidence_id": evidence.id, "request_id": asked.id,
    }  # fmt: skip
    addresses = pages_about(client.application, known)
    assert len(addresses) >= 4
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, status)
    assert (page in client.get("/applications").text) is (status == 200)


def test_the_next_employer_takes_the_open_application_over_and_both_are_told(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, harbor: VendorOrganization,
    blackstone: VendorOrganization,
) -> None:  # fmt: skip
    """Lesson 20."""
    application = drafted(darnell, desk)
    leaves(darnell, days(-2))
    assert application.owner_id == harbor.id
    joins(darnell, blackstone, days(-1))

    db.session.refresh(application)
    assert application.owner_id == blackstone.id
    (entry,) = entries(AuditAction.APPLICATION_HANDED_OVER)
    assert f'"owner_id":[{harbor.id},{blackstone.id}]' in entry.changes
    told = letters("application-handed-over")
    assert set(told) == {harbor.email, blackstone.email, darnell.email}
    assert "Blackstone" not in told[str(harbor.email)].subject + told[str(harbor.email)].body_text
    assert "You can go on with it or withdraw it." in told[str(blackstone.email)].body_text

    vendor_hr(client, blackstone)
    page = f"/applications/{application.id}"
    text = fetched(client, page)
    assert "Go on with" in fetched(client, f"/coordinators/{darnell.id}")
    assert "Blackstone Valley Care" in text
    assert "kept by DPH" in text
    theirs = db.session.scalars(select(StoredFile.id).where(StoredFile.party_id == darnell.id)).all()
    assert theirs
    for file_id in theirs:
        assert f"/files/{file_id}" not in text
        assert client.get(f"/files/{file_id}").status_code == 404
    evidence = f"{page}/requirements/CC-03/evidence/new"
    assert client.get(evidence).status_code == 200
    assert send(client, f"{page}/withdraw").status_code == 302
    sign_in(client, desk.applicant)
    assert client.get(page).status_code == 404


def test_nobody_takes_an_application_over_while_its_employer_is_there(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, harbor: VendorOrganization,
    blackstone: VendorOrganization,
) -> None:  # fmt: skip
    application = drafted(darnell, desk)
    joins(darnell, blackstone, days(-5))
    assert application.owner_id == harbor.id
    vendor_hr(client, blackstone)
    page = f"/parties/{darnell.id}/applications/new"
    assert "the organization that handles it is another employer" in client.get(page).text
    assert "Harbor" not in client.get(page).text
    answer = send(client, page)
    assert (answer.status_code, "ask DPH to close it" in answer.text) == (422, True)
    assert answer.text.count("another employer of this person") == 1
    leaves(darnell, days(-1))
    db.session.refresh(application)
    assert application.owner_id == blackstone.id


def test_an_application_that_a_last_day_left_behind_is_handed_over_by_the_job(
    desk: lifecycle.Desk, darnell: Coordinator, blackstone: VendorOrganization
) -> None:
    application = drafted(darnell, desk)
    other = drafted(
        factories.make_coordinator(vendor=db.session.get_one(VendorOrganization, desk.applicant.party_id)), desk
    )
    elapsed(darnell, blackstone)
    occasion = Occasion(clock.today(), settings(), lambda *_: BASE)
    assert hand_over(Occasion(clock.today(), settings(), lambda *_: BASE, dry_run=True)) == {"would hand over": 1}
    assert hand_over(occasion) == {"handed over": 1}
    assert hand_over(occasion) == {}
    db.session.refresh(application)
    assert application.owner_id == blackstone.id
    assert other.owner_id == desk.applicant.party_id


def elapsed(person: Coordinator, vendor: VendorOrganization) -> None:
    """The new employment is recorded before the last day of the old one, which has passed since then."""
    joins(person, vendor, days(-1))
    with transaction():
        old = db.session.scalars(
            select(Employment).where(Employment.coordinator_id == person.id, Employment.employer_id != vendor.id)
        ).one()
        old.ends_on = days(-1)
        audit.record(ARRANGING, AuditAction.EMPLOYMENT_ENDED, old, at=clock.now(), party_id=person.id)


def test_until_the_job_runs_the_next_employer_takes_it_over_by_hand(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, blackstone: VendorOrganization
) -> None:
    application = drafted(darnell, desk)
    elapsed(darnell, blackstone)
    vendor_hr(client, blackstone)
    page = f"/parties/{darnell.id}/applications/new"
    assert "Take over the open application" in client.get(page).text
    answer = send(client, page)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/applications/{application.id}")
    assert client.get(f"/applications/{application.id}").status_code == 200


def test_a_closed_application_stays_with_those_who_filed_it_and_shows_its_own_time(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, blackstone: VendorOrganization
) -> None:
    application = drafted(darnell, desk)
    with transaction():
        applications.withdraw(application, actor=desk.applicant, at=clock.now() - timedelta(days=20))
    leaves(darnell, days(-10))
    joins(darnell, blackstone, days(-9))
    again = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, blackstone), desk.reviewer, desk.press)
    with transaction():
        renewed = lifecycle.opened(darnell, again, at=clock.now())
        lifecycle.furnished(renewed, again, at=clock.now())
    sign_in(client, desk.applicant)
    text = fetched(client, f"/applications/{application.id}")
    later = db.session.scalars(select(Evidence).where(Evidence.application_id == renewed.id)).all()
    assert later
    assert again.applicant.name not in text
    assert "CC-03" in text
    assert f'href="/coordinators/{darnell.id}"' not in text
    shown = {item.application_id for item in found.evidence_of(application)}
    assert shown == {application.id}
    listed = client.get("/applications").text
    assert f"/applications/{application.id}" in listed
    assert f"/applications/{renewed.id}" not in listed
    assert client.get(f"/applications/{renewed.id}").status_code == 404
    assert client.get(f"/applications/{application.id}/submit").status_code == 302


def test_the_next_employer_does_not_read_who_worked_for_the_last_one(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, blackstone: VendorOrganization
) -> None:
    """Lesson 20."""
    application = drafted(darnell, desk)
    former = desk.applicant.name
    pages = [f"/coordinators/{darnell.id}", f"/applications/{application.id}"]
    sign_in(client, desk.applicant)
    assert all(former in fetched(client, page) for page in pages)
    leaves(darnell, days(-10))
    joins(darnell, blackstone, days(-9))
    vendor_hr(client, blackstone)
    for page in pages:
        text = fetched(client, page)
        assert former not in text
        assert ANOTHER_EMPLOYER in text
    sign_in(client, desk.reviewer)
    assert former in fetched(client, f"/applications/{application.id}")


def test_an_application_that_closed_after_the_employment_is_not_shown_to_the_former_employer(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator
) -> None:
    application = drafted(darnell, desk)
    leaves(darnell, days(-2))
    with transaction():
        applications.close(application, "Nobody goes on.", base_url=BASE, actor=desk.reviewer, at=clock.now())
    sign_in(client, desk.applicant)
    assert client.get(f"/applications/{application.id}").status_code == 404
    told = letters("application-closed-by-dph")
    assert set(told) == {darnell.email}
    assert "Nobody goes on." in told[str(darnell.email)].body_text


@pytest.mark.parametrize("role", [Role.DPH_ADMINISTRATOR, Role.DPH_REVIEWER])
def test_dph_closes_any_open_application_with_a_reason_that_the_applicant_reads(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator, harbor: VendorOrganization, role: Role
) -> None:
    application = drafted(darnell, desk)
    sign_in(client, factories.make_user(role))
    page = f"/applications/{application.id}"
    assert f"{page}/close" in client.get(page).text
    answer = send(client, f"{page}/close", reason=" ")
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    assert send(client, f"{page}/close", reason="The person <b>left</b> the state.").status_code == 302
    assert f"{page}/close" not in client.get(page).text
    db.session.refresh(application)
    assert application.status is ApplicationStatus.WITHDRAWN
    (entry,) = entries(AuditAction.APPLICATION_CLOSED)
    assert "left" in entry.changes
    assert set(letters("application-closed-by-dph")) == {harbor.email, darnell.email, desk.applicant.email}
    sign_in(client, desk.applicant)
    text = client.get(page).text
    assert "Closed without a decision" in text
    assert "The person &lt;b&gt;left&lt;/b&gt; the state." in text
    answer = send(client, f"{page}/withdraw")
    assert (answer.status_code, "already been withdrawn" in answer.text) == (422, True)


def test_an_application_without_an_employer_says_whom_to_ask(
    client: FlaskClient, desk: lifecycle.Desk, darnell: Coordinator
) -> None:
    application = drafted(darnell, desk)
    leaves(darnell, days(-2))
    sign_in(client, factories.make_user(Role.COORDINATOR, darnell))
    text = fetched(client, f"/applications/{application.id}")
    assert "Nobody at present" in text
    assert "Ask DPH to close it" in text
    file = (io.BytesIO(PAPER), "licence.pdf")
    sent = {"hours": "2100", "path": "hours", "occurred_on": "2026-01-05", "file": file}
    client.post(f"/applications/{application.id}/requirements/CC-01/evidence/new", data=sent)
    owners = db.session.scalars(select(StoredFile.owner_id).where(StoredFile.uploaded_by_id != desk.applicant.id)).all()
    assert desk.applicant.party_id not in owners
    sign_in(client, desk.reviewer)
    assert "You can close it without a decision." in client.get(f"/applications/{application.id}").text


def test_whoever_started_it_for_a_former_employer_hears_no_more_of_it(
    desk: lifecycle.Desk, darnell: Coordinator, harbor: VendorOrganization, blackstone: VendorOrganization
) -> None:
    application = drafted(darnell, desk)
    leaves(darnell, days(-2))
    joins(darnell, blackstone, days(-1))
    with transaction():
        applications.close(application, "Not wanted.", base_url=BASE, actor=desk.reviewer, at=clock.now())
    assert set(letters("application-closed-by-dph")) == {blackstone.email, darnell.email}


def test_a_vendors_list_costs_the_same_and_reads_its_own_applications_only(
    desk: lifecycle.Desk, harbor: VendorOrganization
) -> None:
    def plan() -> tuple[int, str]:
        asked = statements_of(lambda: found.page(desk.applicant))
        connection = db.session.connection()
        if connection.dialect.name != "sqlite":
            return len(asked), "ix_application_owner"
        from sqlalchemy.dialects import sqlite

        statement = select(Application.id).where(application_visible(desk.applicant)).order_by(
            Application.id.desc()
        ).limit(50).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})  # fmt: skip
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        return len(asked), " ".join(str(row[3]) for row in rows)

    drafted(factories.make_coordinator(vendor=harbor), desk)
    one, path = plan()
    assert "ix_application_owner" in path
    for _ in range(5):
        drafted(factories.make_coordinator(vendor=harbor), desk)
    assert plan()[0] == one
    assert handovers.follow_all(base_url=BASE, actor=ARRANGING, at=datetime.now(UTC)) == 0
