"""Notice, hearing and what comes of it, for actions on a credential and for denials."""

import html
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, StatusEvent
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.messages import Message
from certhub.queries import credential_status, credentials, notices
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import CredentialStatus, HearingOutcome, HearingStep, Role, StatusEventKind
from certhub.services import applications, status_events
from certhub.services import notices as service
from certhub.web.context import press
from tests import factories
from tests.at_once import at_once
from tests.integration.certification.test_lifecycle import train
from tests.integration.certification.test_pages import post
from tests.integration.parties.browsing import entries

SITE = "https://certhub.example.org"
START = datetime(2026, 3, 2, 15, 0, tzinfo=clock.AGENCY_ZONE)
ISSUED = datetime(2026, 5, 1, 15, 0, tzinfo=clock.AGENCY_ZONE)
LATER = datetime(2026, 8, 3, 15, 0, tzinfo=clock.AGENCY_ZONE)


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def credential(desk: lifecycle.Desk) -> Credential:
    """A coordinator's, of our vendor."""
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=START)  # type: ignore[arg-type]  # HR has a party
    person = factories.make_coordinator(vendor=desk.applicant.party)  # type: ignore[arg-type]  # the vendor's row
    train(person, desk, on=date(2026, 2, 1), categories={"core": 34, "ethics_scope": 3, "cultural": 3})
    with transaction():
        lifecycle.certified(person, desk, at=START + timedelta(days=20))
    return db.session.scalars(select(Credential).where(Credential.party_id == person.id)).one()


def act(
    credential: Credential, administrator: User, kind: StatusEventKind = StatusEventKind.SUSPENDED, words: str = ""
) -> ActionNotice:
    with transaction():
        event = status_events.record(
            credential, kind, effective_on=date(2026, 5, 4), ends_on=None, reason="Visits were not made.",
            citation="272 CMR 9.04", actor=administrator, at=ISSUED,
        )  # fmt: skip
        notice = service.serve(event, words, base_url=SITE, actor=administrator, at=ISSUED)
    assert notice is not None
    return notice


def heard(notice: ActionNotice, administrator: User) -> None:
    """Everything but the decision."""
    for step, on in (
        (HearingStep.REQUESTED, date(2026, 5, 20)),
        (HearingStep.SCHEDULED, date(2026, 7, 1)),
        (HearingStep.HELD, date(2026, 7, 1)),
    ):
        with transaction():
            service.record_step(
                notice, step, on=on, asked_by="The holder", base_url=SITE, actor=administrator, at=LATER
            )


def decide(notice: ActionNotice, administrator: User, outcome: HearingOutcome, **more: object) -> None:
    with transaction():
        service.record_step(
            notice, HearingStep.DECIDED, on=date(2026, 7, 10), outcome=outcome, note="The visits were made.",
            base_url=SITE, actor=administrator, at=LATER, **more,  # type: ignore[arg-type]  # last_day or from_first_day
        )  # fmt: skip


def status(credential: Credential, day: date) -> CredentialStatus:
    db.session.expire_all()
    return credentials.view(credential, on=day).status


def test_the_holder_and_the_employer_are_told_with_the_window_of_the_standard(
    credential: Credential, administrator: User, desk: lifecycle.Desk
) -> None:
    notice = act(credential, administrator)

    assert (notice.appeal_until, notice.practice_allowed) == (date(2026, 5, 22), False)
    [entry] = entries(AuditAction.NOTICE_ISSUED)
    assert (entry.subject_id, entry.party_id) == (notice.id, credential.party_id)
    letters = db.session.scalars(select(Message).where(Message.kind == "credential-notice")).all()
    assert desk.applicant.party is not None
    assert {letter.recipient for letter in letters} == {credential.party.email, desk.applicant.party.email}
    for letter in letters:
        for said in ("Visits were not made.", "272 CMR 9.04", "May 22, 2026", f"{SITE}/notices/{notice.id}"):
            assert said in letter.body_text


def test_a_notice_has_the_words_that_were_signed_and_nobody_is_written_to_about_a_death(
    credential: Credential, administrator: User
) -> None:
    assert act(credential, administrator, words="Our own words.").text == "Our own words."
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.DECEASED, effective_on=date(2026, 6, 1), reason="Told by the family.",
            actor=administrator, at=LATER,
        )  # fmt: skip
        assert service.serve(event, "", base_url=SITE, actor=administrator, at=LATER) is None


@pytest.mark.parametrize(
    ("outcome", "more", "during", "after"),
    [
        (HearingOutcome.UPHELD, {}, CredentialStatus.SUSPENDED, CredentialStatus.SUSPENDED),
        (HearingOutcome.REVERSED, {}, CredentialStatus.SUSPENDED, CredentialStatus.CURRENT),
        (HearingOutcome.REVERSED, {"from_first_day": True}, CredentialStatus.CURRENT, CredentialStatus.CURRENT),
        (
            HearingOutcome.MODIFIED,
            {"last_day": date(2026, 7, 31)},
            CredentialStatus.SUSPENDED,
            CredentialStatus.CURRENT,
        ),
        (HearingOutcome.MODIFIED, {}, CredentialStatus.SUSPENDED, CredentialStatus.SUSPENDED),
    ],
)
def test_what_came_of_the_hearing_counts_for_the_status_and_what_was_known_stays_known(
    credential: Credential,
    administrator: User,
    *,
    outcome: HearingOutcome,
    more: dict[str, object],
    during: CredentialStatus,
    after: CredentialStatus,
) -> None:
    notice = act(credential, administrator)
    heard(notice, administrator)
    decide(notice, administrator, outcome, **more)

    assert [status(credential, day) for day in (date(2026, 7, 9), date(2026, 8, 1))] == [during, after]
    known_before = db.session.scalar(
        select(
            credential_status.status_column(credential.id, as_of=date(2026, 7, 15), known_at=ISSUED + timedelta(days=1))
        )
    )
    assert known_before is CredentialStatus.SUSPENDED
    with pytest.raises(Refusal, match="does not come next"):
        decide(notice, administrator, HearingOutcome.UPHELD)


@pytest.mark.parametrize(
    ("effective_on", "ends_on", "stands"),
    [
        (date(2026, 7, 9), None, (date(2026, 7, 9), date(2026, 7, 9))),
        (date(2026, 7, 10), None, None),
        (date(2026, 7, 1), date(2026, 7, 9), (date(2026, 7, 1), date(2026, 7, 9))),
        (date(2026, 7, 1), date(2026, 7, 10), (date(2026, 7, 1), date(2026, 7, 9))),
    ],
)
def test_a_reversed_action_counts_through_the_day_before_the_decision(
    credential: Credential,
    administrator: User,
    effective_on: date,
    ends_on: date | None,
    stands: tuple[date, date] | None,
) -> None:
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.PROBATION, effective_on=effective_on, ends_on=ends_on,
            reason="Visits were not made.", actor=administrator, at=ISSUED,
        )  # fmt: skip
        notice = service.serve(event, "", base_url=SITE, actor=administrator, at=ISSUED)
    assert notice is not None
    heard(notice, administrator)
    decide(notice, administrator, HearingOutcome.REVERSED)  # on July 10
    now = notices.event_now(notice)
    assert (now and (now.effective_on, now.ends_on)) == stands


def test_an_action_that_was_corrected_since_keeps_its_notice(credential: Credential, administrator: User) -> None:
    notice = act(credential, administrator)
    [event] = credentials.view(credential, on=date(2026, 6, 1)).events
    with transaction():
        status_events.lift(event, last_day=date(2026, 12, 31), reason="Half a year.", actor=administrator, at=LATER)
    [ended] = credentials.view(credential, on=date(2026, 6, 1)).events

    assert ended.id != event.id
    assert notices.of_credential(administrator, credential) == [notice]
    heard(notice, administrator)
    decide(notice, administrator, HearingOutcome.REVERSED)
    assert status(credential, date(2026, 7, 10)) is CredentialStatus.CURRENT


def test_there_is_no_hearing_about_a_surrender(credential: Credential, administrator: User) -> None:
    notice = act(credential, administrator, StatusEventKind.SURRENDERED)
    assert notice.appeal_until is None
    with pytest.raises(Refusal, match="no hearing"):
        heard(notice, administrator)


def test_a_denial_has_its_notice_and_its_hearing(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User
) -> None:
    at = clock.now() - timedelta(days=3)
    vendor = desk.applicant.party
    assert vendor is not None
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(vendor, desk, at=at), desk, at=at)
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=at), desk, at=at)
        decision = applications.deny(application, "No plan.", base_url=SITE, actor=desk.reviewer, at=at)
    notice = db.session.scalars(select(ActionNotice)).one()
    assert notice.appeal_until == decision.appeal_until
    factories.sign_in(client, desk.applicant)
    assert f'href="/notices/{notice.id}"' in client.get(f"/applications/{application.id}").text
    shown = client.get(f"/notices/{notice.id}").text
    assert "No plan." in shown
    assert "To ask for one, write to DPH by" in shown
    with transaction():
        service.record_step(
            notice, HearingStep.REQUESTED, on=clock.today(), asked_by="The office", base_url=SITE,
            actor=administrator, at=clock.now(),
        )  # fmt: skip
    assert db.session.scalars(select(Application.id)).one() == application.id


def test_the_administrator_drafts_the_notice_reads_it_and_records_it(
    client: FlaskClient, credential: Credential, administrator: User, desk: lifecycle.Desk
) -> None:
    factories.sign_in(client, administrator)
    page = f"/credentials/{credential.id}/status-events/new"
    today = clock.today().isoformat()
    typed: dict[str, Any] = {"kind": "probation", "effective_on": today, "reason": "Late reports."}

    code, drafted, _ = post(client, page, do="draft", **typed)
    assert code == 200
    assert "has put your certification on probation" in drafted
    assert not db.session.scalars(select(StatusEvent)).all()
    form = client.get(page)
    for _ in range(2):  # a double click
        assert post(client, page, page=form, notice="You are on probation.\n\nReport each month.", **typed)[0] == 302
    notice = db.session.scalars(select(ActionNotice)).one()
    assert "Report each month." in notice.text

    shown = client.get(f"/credentials/{credential.id}").text
    assert "Practice is allowed." in shown
    assert f'href="/notices/{notice.id}"' in shown
    factories.sign_in(client, desk.applicant)
    assert "Report each month." in client.get(f"/notices/{notice.id}").text
    assert client.get(f"/notices/{notice.id}/hearing/new").status_code == 403
    factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))
    assert client.get(f"/notices/{notice.id}").status_code == 404


def test_what_ends_a_credential_is_not_recorded_with_a_last_day(
    client: FlaskClient, credential: Credential, administrator: User
) -> None:
    factories.sign_in(client, administrator)
    page = f"/credentials/{credential.id}/status-events/new"
    today = clock.today()
    typed: dict[str, Any] = {
        "effective_on": today.isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(),
        "reason": "By mail.",
    }

    code, text, _ = post(client, page, kind="deceased", **typed)
    assert (code, "“Deceased” ends the credential for good" in text, "By mail." in text) == (422, True, True)
    assert post(client, page, kind="suspended", **typed)[0] == 302


def test_the_hearing_is_recorded_step_by_step_with_its_documents(
    client: FlaskClient, credential: Credential, administrator: User
) -> None:
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.SUSPENDED, effective_on=clock.today() - timedelta(days=9), ends_on=None,
            reason="Late.", actor=administrator, at=clock.now(),
        )  # fmt: skip
        notice = service.serve(event, "", base_url=SITE, actor=administrator, at=clock.now() - timedelta(days=9))
    assert notice is not None
    factories.sign_in(client, administrator)
    address = f"/notices/{notice.id}/hearing/new"
    today = clock.today().isoformat()

    code, text, _ = post(client, address, step="requested", on=today, note="By letter.")
    assert (code, "Say who asked" in text, "By letter." in text) == (422, True, True)
    form = client.get(address)
    for _ in range(2):  # a double click
        code, text, _ = post(
            client, address, page=form, step="requested", on=today, asked_by="Ana Ferreira",
            file=(io.BytesIO(PAPER), "request.pdf"),
        )  # fmt: skip
        assert code == 302, text
    assert post(client, address, step="scheduled", on=today)[0] == 302
    assert post(client, address, step="held", on=today)[0] == 302
    code, text, _ = post(client, address, step="decided", on=today, outcome="reversed")
    assert (code, "Say what was decided and why" in text) == (422, True)
    code, text, _ = post(client, address, step="decided", on=today, outcome="reversed", note="It was not late.")
    assert code == 302, text

    shown = client.get(f"/notices/{notice.id}").text
    for said in ("Asked for", "Ana Ferreira", "request.pdf", "Reversed", "It was not late."):
        assert said in shown
    history = html.unescape(client.get(f"/credentials/{credential.id}").text)
    ended, begun = notices.of_credential(administrator, credential)
    for words in (begun.number, ended.number, "End of the status", "Reversed: it is set aside"):
        assert words in history, words
    assert client.get(address).status_code == 302
    assert status(credential, clock.today()) is CredentialStatus.CURRENT


def test_two_people_who_record_the_same_step_at_once_record_it_once(committed_app: Flask) -> None:
    desk = lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, factories.make_vendor()), factories.make_user(Role.DPH_REVIEWER), press()
    )
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=START)  # type: ignore[arg-type]  # HR has a party
    person = factories.make_user(Role.DPH_ADMINISTRATOR).id
    number = act(db.session.scalars(select(Credential)).one(), db.session.get_one(User, person)).id

    def ask() -> None:
        notice, actor = db.session.get_one(ActionNotice, number), db.session.get_one(User, person)
        with transaction():
            service.record_step(
                notice, HearingStep.REQUESTED, on=date(2026, 5, 20), asked_by="The holder", base_url=SITE,
                actor=actor, at=LATER,
            )  # fmt: skip

    problems = at_once(committed_app, ask, ask, ask)

    assert len(problems) == 2
    assert len(db.session.scalars(select(HearingEntry)).all()) == 1


def test_the_holder_and_the_employer_hear_that_a_status_ends_and_whether_practice_goes_on(
    client: FlaskClient, credential: Credential, administrator: User, desk: lifecycle.Desk
) -> None:
    act(credential, administrator)
    [event] = credentials.view(credential, on=date(2026, 6, 1)).events
    factories.sign_in(client, administrator)
    page = f"/credentials/{credential.id}/status-events/{event.id}/lift"
    assert post(client, page, last_day="2026-06-30", reason="The conditions are met.")[0] == 302

    told, begun = notices.of_credential(administrator, credential)
    assert (told.title, told.practice_allowed, told.appeal_until) == ('End of the status "Suspended"', True, None)
    assert told.number != begun.number
    letters = db.session.scalars(
        select(Message).where(Message.kind == "credential-notice", Message.body_text.contains(f"/notices/{told.id}"))
    ).all()
    assert desk.applicant.party is not None
    assert {letter.recipient for letter in letters} == {credential.party.email, desk.applicant.party.email}
    for letter in letters:
        for said in (
            "Its last day is June 30, 2026",
            'From July 1, 2026 your certification has the status "Current".',
            "You may practice",
            "conditions are met",
        ):
            assert said in letter.body_text


def test_the_holder_and_the_employer_hear_what_came_of_the_hearing(credential: Credential, administrator: User) -> None:
    notice = act(credential, administrator)
    heard(notice, administrator)
    decide(notice, administrator, HearingOutcome.UPHELD)

    letters = db.session.scalars(select(Message).where(Message.kind == "due-process-news")).all()
    assert len(letters) == 2
    assert all(f"notice {notice.number}" in letter.body_text and "Upheld" in letter.body_text for letter in letters)
