"""The pages about mail, reminders and jobs: for administrators and auditors only."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from certhub import clock
from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.jobs import JobRun, JobStatus
from certhub.models.messages import Message, MessageStatus, ReminderNotice, ReminderStatus
from certhub.models.parties import Party
from certhub.rules.vocabulary import Role
from certhub.services import outbox
from tests.conftest import Browser
from tests.factories import make_coordinator, make_practice, make_user, sign_in
from tests.integration.reminders.arranging import a_credential, run_on, watch_from

PAGES = ("/mail", "/mail?status=failed&kind=deadlines&recipient=ana", "/mail?status=nonsense&cursor=x", "/jobs",
         "/jobs?name=mail-delivery")  # fmt: skip
REMINDERS = (
    "/reminders",
    "/reminders?party=abc",
    "/reminders?party=%D9%A3",
    "/reminders/find?q=ana",
    "/reminders/find",
)


def a_message(
    kind: str = "password-reset", status: MessageStatus = MessageStatus.QUEUED, *, number: int = 0
) -> Message:
    with transaction():
        message = outbox.enqueue(
            kind, recipient="ana@example.org", recipient_name="Ana", dedupe_key=f"{kind}:{status}:{number}",
            at=clock.now(), context={"link": "https://h/reset/secret-token", "expires_at": clock.now()},
        )  # fmt: skip
        assert message is not None
        message.status = status
        message.attempts = 12
        message.last_error = "The mail server said 550 5.1.1: the recipient was refused."
    return message


@pytest.mark.parametrize("page", PAGES)
def test_administrators_and_auditors_read_the_pages_and_nobody_else(client: FlaskClient, page: str) -> None:
    for role, status in ((Role.DPH_ADMINISTRATOR, 200), (Role.AUDITOR, 200), (Role.DPH_REVIEWER, 403)):
        answer = sign_in(client, make_user(role)).get(page)
        assert answer.status_code == status, (role, answer.text[:300])


@pytest.mark.parametrize("page", REMINDERS)
def test_everybody_at_dph_and_auditors_find_reminders_and_nobody_else(client: FlaskClient, page: str) -> None:
    for role, status in (
        (Role.DPH_ADMINISTRATOR, 200), (Role.AUDITOR, 200), (Role.DPH_REVIEWER, 200), (Role.FUND_MANAGER, 200),
        (Role.PRACTICE_MANAGER, 403),
    ):  # fmt: skip
        party = make_practice() if role is Role.PRACTICE_MANAGER else None
        answer = sign_in(client, make_user(role, party)).get(page)
        assert answer.status_code == status, (role, answer.text[:300])


def test_a_message_shows_its_text_its_attempts_and_its_problem(client: FlaskClient) -> None:
    message = a_message(status=MessageStatus.FAILED)
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get(f"/mail/{message.id}").text
    assert "550 5.1.1" in page
    assert "<dd>12</dd>" in page
    assert "secret-token" in page  # no mail server is set: somebody is trying CertHub out and must read it here


def test_an_auditor_never_sees_a_link_that_lets_its_reader_in(client: FlaskClient) -> None:
    message = a_message()
    page = sign_in(client, make_user(Role.AUDITOR)).get(f"/mail/{message.id}").text
    assert "secret-token" not in page


@pytest.fixture
def browser(client: FlaskClient) -> Iterator[FlaskClient]:
    """A browser whose forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert isinstance(client, Browser)
    client.lints = False  # which would miss the tokens; the contract tests walk these pages
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = True


def test_a_failed_message_is_sent_again_on_request_and_the_trail_says_by_whom(browser: FlaskClient) -> None:
    message = a_message(status=MessageStatus.FAILED)
    sent_to = {"recipient": message.recipient}
    assert sign_in(browser, make_user(Role.AUDITOR)).post(f"/mail/{message.id}/retry", data=sent_to).status_code == 403
    answer = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR)).post(f"/mail/{message.id}/retry", data=sent_to)
    again = browser.post(f"/mail/{message.id}/retry", data=sent_to)
    assert answer.status_code == 302
    assert again.status_code == 409  # it is in the queue already
    db.session.expire_all()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 0)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "message")).all()
    assert actions == ["message.retried"]


def test_a_message_goes_to_the_address_of_today_which_must_be_on_file_and_the_ledger_follows(
    browser: FlaskClient,
) -> None:
    watch_from(date(2026, 3, 2))
    person = make_coordinator("Ana Ferreira")
    a_credential(person, date(2027, 7, 30))
    run_on(date(2027, 7, 30) - timedelta(days=20))
    message = db.session.scalars(select(Message).where(Message.recipient == person.email)).one()
    with transaction():
        message.status = MessageStatus.FAILED
        db.session.execute(update(Party).where(Party.id == person.id).values(email="ana.new@example.org"))
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    page = administrator.get(f"/mail/{message.id}/retry").text
    assert 'value="ana.new@example.org"' in page
    assert "Look whether it is the right person" in page
    stranger = administrator.post(f"/mail/{message.id}/retry", data={"recipient": "stranger@example.net"})
    assert stranger.status_code == 422
    assert "No account, record or payer has this address." in stranger.text
    administrator.post(f"/mail/{message.id}/retry", data={"recipient": "ana.new@example.org"})
    db.session.expire_all()
    assert (message.recipient, message.status) == ("ana.new@example.org", MessageStatus.QUEUED)
    told = db.session.scalars(select(ReminderNotice).where(ReminderNotice.message_id == message.id)).all()
    assert {(notice.recipient, notice.status) for notice in told} == {("ana.new@example.org", ReminderStatus.PLANNED)}


def test_a_personal_link_goes_to_no_other_address(browser: FlaskClient) -> None:
    message = a_message(status=MessageStatus.FAILED)
    other = make_user(Role.DPH_REVIEWER)
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    answer = administrator.post(f"/mail/{message.id}/retry", data={"recipient": other.email})
    assert answer.status_code == 422
    assert "which is for this one address" in answer.text


@pytest.mark.parametrize(
    ("status", "decision", "becomes"),
    [
        (MessageStatus.FAILED, "again", MessageStatus.QUEUED),
        (MessageStatus.IN_DOUBT, "again", MessageStatus.QUEUED),
        (MessageStatus.IN_DOUBT, "arrived", MessageStatus.SENT),
    ],
)
def test_one_decision_is_taken_about_all_messages_that_the_filters_show(
    browser: FlaskClient, status: MessageStatus, decision: str, becomes: MessageStatus
) -> None:
    some = [a_message(status=status, number=number) for number in range(2)]
    sent = a_message(status=MessageStatus.SENT)
    with transaction():
        some[1].body_html = ""  # its link was removed: it cannot be sent again
    auditor = sign_in(browser, make_user(Role.AUDITOR))
    assert auditor.get(f"/mail/decide?status={status.value}").status_code == 403
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    assert f"/mail/decide?status={status.value}" in administrator.get(f"/mail?status={status.value}").text
    page = administrator.get(f"/mail/decide?status={status.value}").text
    assert "2 messages" in page
    assert ("They arrived" in page) is (status is MessageStatus.IN_DOUBT)
    late = a_message(status=status, number=2)
    answer = administrator.post(
        f"/mail/decide?status={status.value}", data={"decision": decision, "up_to": str(sent.id)}
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert some[0].status is becomes
    assert some[1].status is (status if decision == "again" else becomes)
    assert (sent.status, late.status) == (MessageStatus.SENT, status)


def test_nothing_is_decided_at_once_about_what_was_sent_or_waits(browser: FlaskClient) -> None:
    waits = a_message()
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    for status in ("queued", "sent"):
        answer = administrator.post(f"/mail/decide?status={status}", data={"decision": "again", "up_to": str(waits.id)})
        assert answer.headers["Location"].endswith("/mail")
    db.session.expire_all()
    assert waits.status is MessageStatus.QUEUED


def test_where_no_message_waits_there_is_nothing_to_decide(client: FlaskClient) -> None:
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get("/mail/decide").text
    assert "No message with the status “Failed” waits for a decision." in page
    assert "Do it for all of them" not in page


@pytest.mark.parametrize(("said", "becomes"), [("confirm", MessageStatus.SENT), ("retry", MessageStatus.QUEUED)])
def test_a_person_decides_what_became_of_a_message_in_doubt_and_the_trail_says_who(
    client: FlaskClient, said: str, becomes: MessageStatus
) -> None:
    message = a_message(status=MessageStatus.IN_DOUBT)
    client.application.config["WTF_CSRF_ENABLED"] = False
    try:
        assert sign_in(client, make_user(Role.AUDITOR)).post(f"/mail/{message.id}/{said}").status_code == 403
        administrator = sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
        assert "1 message may or may not have arrived" in administrator.get("/mail").text
        page = administrator.get(f"/mail/{message.id}").text
        assert "It arrived" in page
        assert "Send it again" in page
        typed = {"recipient": message.recipient}
        assert administrator.post(f"/mail/{message.id}/{said}", data=typed).status_code == 302
        assert administrator.post(f"/mail/{message.id}/{said}", data=typed).status_code == 409
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = True
    db.session.expire_all()
    assert message.status is becomes
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "message")).all()
    assert actions == ["message.confirmed" if said == "confirm" else "message.retried"]


def test_the_ledger_follows_what_a_person_says_of_a_message_in_doubt(client: FlaskClient) -> None:
    watch_from(date(2026, 3, 2))
    a_credential(make_coordinator("Ana Ferreira"), date(2027, 7, 30))
    run_on(date(2027, 7, 30) - timedelta(days=20))
    message = db.session.scalars(select(Message).where(Message.kind == "deadlines")).first()
    assert message is not None
    with transaction():
        message.status = MessageStatus.IN_DOUBT
    client.application.config["WTF_CSRF_ENABLED"] = False
    try:
        sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).post(f"/mail/{message.id}/confirm")
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = True
    db.session.expire_all()
    told = db.session.scalars(select(ReminderNotice).where(ReminderNotice.message_id == message.id)).all()
    assert {notice.status for notice in told} == {ReminderStatus.SENT}


def test_the_ledger_says_why_somebody_was_or_was_not_told(client: FlaskClient) -> None:
    watch_from(date(2026, 3, 2))
    person = make_coordinator("Ana Ferreira")
    a_credential(person, date(2027, 7, 30))
    run_on(date(2027, 7, 30) - timedelta(days=20))
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get(f"/reminders?party={person.id}").text
    assert "Reminders for <bdi>Ana Ferreira</bdi>" in page
    assert "Only the nearest one is sent." in page
    assert str(person.email) in page
    assert client.get("/reminders?party=2147483647").status_code == 404


def test_jobs_show_their_runs_and_that_no_worker_is_there(client: FlaskClient) -> None:
    with transaction() as session:
        session.add(
            JobRun(
                name="mail-delivery", run_on=date(2026, 3, 2), status=JobStatus.FAILED, started_at=clock.now(),
                finished_at=clock.now(), dry_run=False, done=3, total=10, counts={}, error="The server is away.",
            )
        )  # fmt: skip
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get("/jobs").text
    assert "No worker is running" in page
    assert "The server is away." in page
    assert "Has never run" in page


def test_the_kinds_of_messages_are_told_in_words(client: FlaskClient) -> None:
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get("/mail").text
    assert "Application closed by DPH" in page
    assert "CE audit request" in page


def test_ids_out_of_range_are_not_found(client: FlaskClient) -> None:
    signed_in = sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    for number in (0, 999_999, 2**31, 10**30):
        assert signed_in.get(f"/mail/{number}").status_code == 404
