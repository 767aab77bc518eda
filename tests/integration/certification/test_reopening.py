"""A denial that a hearing reverses: the application is opened again, and nothing that was known is lost."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Decision, StatusEvent
from certhub.models.due_process import ActionNotice
from certhub.models.messages import Message
from certhub.queries import applications as found
from certhub.queries import credential_status
from certhub.queries import notices as notices_found
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.status import status_on
from certhub.rules.vocabulary import (
    ApplicationStatus,
    CredentialStatus,
    DecisionOutcome,
    HearingOutcome,
    HearingStep,
    Role,
    StatusEventKind,
)
from certhub.services import applications, notices, reopenings
from certhub.web.context import press
from tests import factories
from tests.at_once import at_once
from tests.integration.certification.test_pages import post
from tests.integration.parties.browsing import entries

SITE = "https://certhub.example.org"
GRANTED = datetime(2024, 3, 4, 15, 0, tzinfo=clock.AGENCY_ZONE)
RENEWED = datetime(2026, 2, 2, 15, 0, tzinfo=clock.AGENCY_ZONE)
DENIED = datetime(2026, 8, 3, 15, 0, tzinfo=clock.AGENCY_ZONE)
DECIDED_ON = date(2026, 10, 1)
HEARD = datetime(2026, 10, 2, 15, 0, tzinfo=clock.AGENCY_ZONE)


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, factories.make_vendor()), factories.make_user(Role.DPH_REVIEWER), press()
    )


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def denied_at(desk: lifecycle.Desk, at: datetime, *, filed: datetime) -> Application:
    """An application that has all it needs, and is denied."""
    party = desk.applicant.party
    assert party is not None
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(party, desk, at=filed), desk, at=filed)
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=filed), desk, at=at)
        applications.deny(application, "No plan.", base_url=SITE, actor=desk.reviewer, at=at)
    return application


def heard(notice: ActionNotice, administrator: User, outcome: HearingOutcome, *, on: date, at: datetime) -> None:
    for step, day, came_of_it in (
        (HearingStep.REQUESTED, notice.issued_on, None),
        (HearingStep.SCHEDULED, on, None),
        (HearingStep.HELD, on, None),
        (HearingStep.DECIDED, on, outcome),
    ):
        with transaction():
            notices.record_step(
                notice, step, on=day, asked_by="The office", outcome=came_of_it, note="The plan was there.",
                base_url=SITE, actor=administrator, at=at,
            )  # fmt: skip


def notice_of(application: Application) -> ActionNotice:
    return db.session.scalars(
        select(ActionNotice).join(Decision).where(Decision.application_id == application.id)
    ).one()


def test_a_reversed_denial_opens_the_application_again_and_its_days_are_counted_anew(
    desk: lifecycle.Desk, administrator: User
) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    soon = DENIED + timedelta(days=8)
    heard(notice_of(application), administrator, HearingOutcome.REVERSED, on=clock.civil_date(soon), at=soon)

    assert application.status is ApplicationStatus.UNDER_REVIEW
    assert application.due_on == clock.civil_date(soon) + timedelta(days=30)
    assert application.submitted_on == date(2026, 7, 14)
    assert application.closed_on is None
    [entry] = entries(AuditAction.APPLICATION_REOPENED)
    assert (entry.party_id, "The plan was there." in entry.changes) == (application.party_id, True)
    told = db.session.scalars(select(Message).where(Message.kind == "application-reopened")).all()
    assert {one.recipient for one in told} == {desk.applicant.email, application.party.email}
    assert all("The plan was there." in one.body_text and "September 10, 2026" in one.body_text for one in told)

    with transaction():
        second = applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=soon)
    assert [one.outcome for one in application.decisions] == [DecisionOutcome.DENIED, DecisionOutcome.APPROVED]
    assert second.supersedes_id == application.decisions[0].id


def test_a_denial_that_is_modified_is_approved_with_its_conditions_or_not_at_all(
    desk: lifecycle.Desk, administrator: User
) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    soon = DENIED + timedelta(days=8)
    heard(notice_of(application), administrator, HearingOutcome.MODIFIED, on=clock.civil_date(soon), at=soon)
    assert application.status is ApplicationStatus.UNDER_REVIEW
    [told, *_] = db.session.scalars(select(Message).where(Message.kind == "application-reopened")).all()
    assert "is set aside, and it can be approved under conditions. The plan was there." in told.body_text

    def approve(conditions: str) -> None:
        with transaction():
            applications.approve(application, "", conditions=conditions, press=desk.press, actor=desk.reviewer, at=soon)

    with pytest.raises(Refusal, match="under conditions only") as refused:
        approve(" ")
    assert refused.value.field == "conditions"
    assert application.status is ApplicationStatus.UNDER_REVIEW

    approve("Supervision each week.")
    [credential] = db.session.scalars(select(Credential))
    [event] = db.session.scalars(select(StatusEvent))
    assert (event.kind, event.effective_on, event.ends_on) == (
        StatusEventKind.ND_CONDITION,
        clock.civil_date(soon),
        None,
    )
    assert event.reason == "Supervision each week."
    assert notice_of(application).number in event.citation
    assert (
        status_on(credential_status.history_of(credential.id), clock.civil_date(soon)) is CredentialStatus.ND_CONDITION
    )
    [notice] = db.session.scalars(select(ActionNotice).where(ActionNotice.status_event_id == event.id))
    assert "under the conditions that the reason names" in notice.text
    letters = db.session.scalars(select(Message).where(Message.kind == "credential-notice")).all()
    assert [one.recipient for one in letters] == [application.party.email]


def test_the_conditions_of_a_renewal_begin_with_its_term(desk: lifecycle.Desk, administrator: User) -> None:
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=GRANTED)  # type: ignore[arg-type]  # HR has a party
    application = denied_at(desk, RENEWED + timedelta(days=5), filed=RENEWED)
    soon = RENEWED + timedelta(days=15)
    heard(notice_of(application), administrator, HearingOutcome.MODIFIED, on=clock.civil_date(soon), at=soon)
    with transaction():
        applications.approve(application, "", conditions="Supervision.", press=desk.press, actor=desk.reviewer, at=soon)
    [event] = db.session.scalars(select(StatusEvent))
    assert application.credential is not None
    assert event.effective_on == max(one.starts_on for one in application.credential.periods) > clock.civil_date(soon)


def test_a_second_denial_ends_what_a_hearing_asked_for_the_first(desk: lifecycle.Desk, administrator: User) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    soon = DENIED + timedelta(days=8)
    heard(notice_of(application), administrator, HearingOutcome.MODIFIED, on=clock.civil_date(soon), at=soon)
    assert notices_found.modification_of(application) is not None
    with transaction():
        applications.deny(application, "No plan still.", base_url=SITE, actor=desk.reviewer, at=soon)
    assert notices_found.modification_of(application) is None


def test_the_page_of_the_decision_asks_for_conditions_only_where_a_hearing_asked(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User
) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    notice = notice_of(application)
    with time_machine.travel(DENIED + timedelta(days=8), tick=False):
        office = factories.sign_in(client, administrator)
        for step in (HearingStep.REQUESTED, HearingStep.SCHEDULED, HearingStep.HELD):
            with transaction():
                notices.record_step(
                    notice, step, on=clock.civil_date(DENIED), asked_by="The office", base_url=SITE,
                    actor=administrator, at=DENIED,
                )  # fmt: skip
        address = f"/notices/{notice.id}/hearing/new"
        assert "name in the note the conditions" in office.get(address).text
        today = clock.today().isoformat()
        post(office, address, step="decided", on=today, outcome="modified", note="Supervise each week.")
        assert application.status is ApplicationStatus.UNDER_REVIEW

        address = f"/applications/{application.id}/decision"
        page = office.get(address).text
        assert "allows an approval under conditions" in page
        assert "Supervise each week.</textarea>" in page
        assert post(office, address, outcome="approved", conditions="")[0] == 422
        assert post(office, address, outcome="approved", conditions="Each week.")[0] == 302
        assert db.session.scalars(select(StatusEvent.reason)).all() == ["Each week."]


def test_a_denial_that_is_upheld_stays(desk: lifecycle.Desk, administrator: User) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    heard(notice_of(application), administrator, HearingOutcome.UPHELD, on=DECIDED_ON, at=HEARD)

    assert application.status is ApplicationStatus.DENIED
    assert not db.session.scalars(select(Message).where(Message.kind == "application-reopened")).all()


def test_a_renewal_that_is_opened_again_was_pending_all_along_and_what_was_known_then_stays_known(
    desk: lifecycle.Desk, administrator: User
) -> None:
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=GRANTED)  # type: ignore[arg-type]  # HR has a party
    credential = db.session.scalars(select(Credential)).one()
    last_day = credential.periods[0].expires_on
    application = denied_at(desk, DENIED, filed=RENEWED)
    between = clock.civil_date(DENIED) + timedelta(days=10)
    assert last_day < between
    heard(notice_of(application), administrator, HearingOutcome.REVERSED, on=DECIDED_ON, at=HEARD)

    def status(known_at: datetime | None) -> set[CredentialStatus]:
        of_rules = status_on(credential_status.history_of(credential.id, known_at), between)
        of_column = db.session.scalar(
            select(credential_status.status_column(credential.id, as_of=between, known_at=known_at))
        )
        standing = credential_status.standing(between, known_at)
        of_standing = db.session.scalar(standing.joined(select(standing.status).select_from(Credential), Credential.id))
        assert of_column is not None
        assert of_standing is not None
        return {of_rules, of_column, of_standing}

    assert status(None) == {CredentialStatus.RENEWAL_PENDING}
    assert status(HEARD - timedelta(days=1)) <= {CredentialStatus.IN_GRACE, CredentialStatus.EXPIRED}
    assert status(HEARD + timedelta(days=1)) == {CredentialStatus.RENEWAL_PENDING}


def test_a_newer_application_goes_on_and_the_denied_one_stays_closed(desk: lifecycle.Desk, administrator: User) -> None:
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    with transaction():
        newer = lifecycle.opened(desk.applicant.party, desk, at=DENIED + timedelta(days=9))  # type: ignore[arg-type]  # HR has a party
    heard(notice_of(application), administrator, HearingOutcome.REVERSED, on=DECIDED_ON, at=HEARD)

    assert (application.status, newer.status) == (ApplicationStatus.DENIED, ApplicationStatus.DRAFT)
    told = db.session.scalars(select(Message).where(Message.kind == "application-reopened")).all()
    assert told
    assert all("A newer application takes its place" in one.body_text for one in told)


def test_only_a_denied_application_is_opened_again(desk: lifecycle.Desk, administrator: User) -> None:
    party = desk.applicant.party
    assert party is not None
    with transaction():
        application = lifecycle.opened(party, desk, at=RENEWED)
    with pytest.raises(Refusal, match="Only a denied application"), transaction():
        reopenings.reopen(application, "", base_url=SITE, actor=administrator, at=DENIED)


def test_the_page_says_that_the_denial_is_set_aside_and_who_decides_next(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User
) -> None:
    at = clock.now() - timedelta(days=9)
    application = denied_at(desk, at, filed=at)
    number = notice_of(application).id
    factories.sign_in(client, administrator)
    day = clock.today().isoformat()
    steps: tuple[dict[str, Any], ...] = (
        {"step": "requested", "asked_by": "The office"},
        {"step": "scheduled"},
        {"step": "held"},
        {"step": "decided", "outcome": "reversed", "note": "The plan was there."},
    )
    for typed in steps:
        assert post(client, f"/notices/{number}/hearing/new", on=day, **typed)[0] == 302

    assert "The denial is set aside." in client.get(f"/notices/{number}").text
    shown = client.get(f"/applications/{application.id}").text
    assert "Decision: denied, then set aside" in shown
    assert "The plan was there." in shown
    assert f'href="/applications/{application.id}/decision"' in shown
    decided = found.decision_of(application)
    assert decided is not None
    assert decided[0].outcome is DecisionOutcome.DENIED


def test_two_people_who_decide_the_hearing_at_once_open_the_application_once(committed_app: Flask) -> None:
    desk = lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, factories.make_vendor()), factories.make_user(Role.DPH_REVIEWER), press()
    )
    person = factories.make_user(Role.DPH_ADMINISTRATOR).id
    application = denied_at(desk, DENIED, filed=DENIED - timedelta(days=20))
    notice = notice_of(application)
    for step, day in (
        (HearingStep.REQUESTED, notice.issued_on),
        (HearingStep.SCHEDULED, DECIDED_ON),
        (HearingStep.HELD, DECIDED_ON),
    ):
        with transaction():
            notices.record_step(
                notice, step, on=day, asked_by="The office", base_url=SITE,
                actor=db.session.get_one(User, person), at=HEARD,
            )  # fmt: skip
    number = notice.id

    def decide() -> None:
        with transaction():
            notices.record_step(
                db.session.get_one(ActionNotice, number), HearingStep.DECIDED, on=DECIDED_ON,
                outcome=HearingOutcome.REVERSED, note="The plan was there.", base_url=SITE,
                actor=db.session.get_one(User, person), at=HEARD,
            )  # fmt: skip

    assert len(at_once(committed_app, decide, decide)) == 1
    letters = db.session.scalars(select(Message.recipient).where(Message.kind == "application-reopened")).all()
    assert len(letters) == len(set(letters)) > 0
