"""Another e-mail address of an account: asked for with the password, proven by a link to the new address."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.messages import FailingAddress, MailOptOut, Message, MessageStatus
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from certhub.services import opt_outs
from tests.factories import WHEN, make_coordinator, make_practice, make_user, make_vendor, saved, sign_in
from tests.integration.accounts.browsing import (
    OTHER_PASSWORD,
    PASSWORD,
    entries,
    is_signed_in,
    link_in,
    mails,
    reviewer,
    send,
    text_of,
    try_to_sign_in,
    with_password,
)

NEW = "ana.new@example.org"
ASKED = {"email": NEW, "current": PASSWORD}
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def ask(client: FlaskClient, user: User) -> str:
    """Sign in and ask for the new address; the path of the link."""
    if not is_signed_in(client):
        try_to_sign_in(client, user.email)
    assert send(client, "/account/address", ASKED).location == "/account"
    return link_in(mails("address-change")[-1])


def confirm(client: FlaskClient, link: str, password: str = PASSWORD) -> int:
    return send(client, link, {"password": password}).status_code


def address_of(user: User) -> str:
    db.session.expire_all()
    return db.session.get_one(User, user.id).email


def waiting(recipient: str, user: User, *, kind: str = "application-received") -> Message:
    return saved(
        Message(
            kind=kind, dedupe_key=f"{recipient}:{kind}", message_id="x", recipient=recipient, subject="S",
            recipient_name=user.name, body_text="T", body_html="H", status=MessageStatus.QUEUED, created_at=WHEN,
            next_attempt_at=WHEN,
        )
    )  # fmt: skip


def marked(address: str) -> None:
    message = saved(
        Message(
            kind="application-received", dedupe_key=f"failed:{address}", message_id="x", recipient=address, subject="S",
            body_text="T", body_html="H", status=MessageStatus.FAILED, created_at=WHEN, next_attempt_at=WHEN,
            failed_at=WHEN,
        )
    )  # fmt: skip
    saved(FailingAddress(address=address, message_id=message.id, failed_at=WHEN, problem="550 5.1.1", bounced=True))


def marks() -> list[str]:
    return list(db.session.scalars(select(FailingAddress.address).order_by(FailingAddress.address)))


def test_a_link_to_the_new_address_and_the_password_change_it(client: FlaskClient) -> None:
    user = reviewer()
    former = user.email
    elsewhere = client.application.test_client()
    try_to_sign_in(elsewhere, former)
    link = ask(client, user)
    assert (mails("address-change")[-1].recipient, address_of(user)) == (NEW, former)

    assert confirm(client, link) == 302

    assert address_of(user) == NEW
    assert (is_signed_in(client), is_signed_in(elsewhere)) == (True, False)
    assert [one.recipient for one in mails("address-changed")] == [former]
    assert NEW not in mails("address-changed")[0].body_text
    told = entries(AuditAction.USER_ADDRESS_CHANGED)[-1]
    assert (told.subject_id, NEW in told.changes, former in told.changes) == (user.id, True, True)
    assert try_to_sign_in(client.application.test_client(), former).status_code == 422
    assert try_to_sign_in(client.application.test_client(), NEW).status_code == 302


def test_asking_needs_the_password_of_today(client: FlaskClient) -> None:
    try_to_sign_in(client, reviewer().email)
    answer = send(client, "/account/address", {"email": NEW, "current": "a wrong one"})
    assert (answer.status_code, "not the password that you use now" in text_of(answer)) == (422, True)
    assert NEW in text_of(answer)  # what was typed is kept
    assert mails("address-change") == []


def test_looking_at_the_link_changes_nothing_and_neither_does_a_stranger_without_the_password(
    client: FlaskClient,
) -> None:
    user = reviewer()
    former = user.email
    link = ask(client, user)
    stranger = client.application.test_client()
    assert former not in text_of(stranger.get(link))
    assert confirm(stranger, link, OTHER_PASSWORD) == 422
    assert address_of(user) == former


def test_a_link_works_once_and_for_three_days_and_a_newer_one_or_taking_it_back_ends_it(client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as travelling:
        user = reviewer()
        first = ask(client, user)
        second = ask(client, user)
        assert "newer one was sent" in text_of(client.get(first))
        assert client.get(first).status_code == 410
        assert "Take it back" in text_of(client.get("/account"))
        send(client, "/account/address/withdraw", page="/account")
        assert client.get(second).status_code == 410
        assert len(entries(AuditAction.ADDRESS_CHANGE_WITHDRAWN)) == 2
        third = ask(client, user)
        travelling.shift(timedelta(days=3, seconds=-1))
        assert client.get(third).status_code == 200
        travelling.shift(timedelta(seconds=1))
        assert client.get(third).status_code == 410
        fourth = ask(client, user)
        assert confirm(client, fourth) == 302
        assert "used already" in text_of(client.get(fourth))


def test_an_address_that_another_account_has_is_refused_without_saying_whose_it_is(client: FlaskClient) -> None:
    user, other = reviewer(), make_user(Role.AUDITOR, email="taken@example.org", name="Zora Quill")
    try_to_sign_in(client, user.email)
    answer = send(client, "/account/address", {"email": "Taken@example.org", "current": PASSWORD})
    assert (answer.status_code, "in use in CertHub already" in text_of(answer)) == (422, True)
    assert other.name not in text_of(answer)
    link = ask(client, user)
    make_user(Role.AUDITOR, email=NEW)  # meanwhile
    answer = send(client, link, {"password": PASSWORD})
    assert (answer.status_code, "in use in CertHub already" in text_of(answer)) == (422, True)
    assert address_of(user) != NEW


def test_asking_many_times_has_to_wait_also_for_addresses_that_are_taken(client: FlaskClient) -> None:
    user = reviewer()
    make_user(Role.AUDITOR, email="taken@example.org")
    with time_machine.travel(NOW, tick=False):
        sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
        path = f"/accounts/{user.id}/address"
        answers = [send(client, path, {"email": "taken@example.org"}) for _ in range(22)]
    assert ["in use" in text_of(one) for one in answers] == [True] * 21 + [False]
    assert "Try again in 10 minutes." in text_of(answers[-1])


def test_what_was_opted_out_of_and_what_waits_follow_to_the_new_address(client: FlaskClient) -> None:
    user = reviewer()
    former = user.email
    letter, secret = waiting(former, user), waiting(former, user, kind="reference-request")
    with transaction():
        opt_outs.choose(former, ["session_starts"], actor=user, at=WHEN)
    confirm(client, ask(client, user))
    db.session.expire_all()
    assert (letter.recipient, secret.recipient) == (NEW, former)  # a personal link goes nowhere else
    rows = db.session.scalars(select(MailOptOut).order_by(MailOptOut.id))
    assert [(row.address, row.ended_at is None) for row in rows] == [(former, False), (NEW, True)]


def test_what_others_read_at_the_former_address_stays_there(client: FlaskClient) -> None:
    user = reviewer()
    former = user.email
    practice = make_practice(email=former)
    letter = waiting(former, user)
    with transaction() as session:
        session.get_one(Message, letter.id).recipient_name = practice.name
        opt_outs.choose(former, ["session_starts"], actor=user, at=WHEN)
    confirm(client, ask(client, user))
    db.session.expire_all()
    assert letter.recipient == former
    assert all(row.ended_at is None for row in db.session.scalars(select(MailOptOut)))


def test_an_address_that_took_no_mail_is_forgotten_and_not_written_to(client: FlaskClient) -> None:
    user = reviewer()
    marked(user.email)
    marked(NEW)
    try_to_sign_in(client, user.email)
    assert "Change your e-mail address" in text_of(client.get("/account"))
    confirm(client, ask(client, user))
    assert (marks(), mails("address-changed")) == ([], [])
    assert "failed on" not in text_of(client.get("/account"))


def test_the_mark_stays_while_a_record_has_the_former_address(client: FlaskClient) -> None:
    user = reviewer()
    former = user.email
    make_practice(email=former)
    marked(former)
    confirm(client, ask(client, user))
    assert marks() == [former]


def test_a_closed_account_cannot_be_given_another_address(client: FlaskClient) -> None:
    user = reviewer()
    link = ask(client, user)
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    send(client, f"/accounts/{user.id}/deactivate", page="/accounts")
    assert client.get(link).status_code == 410
    answer = send(client, f"/accounts/{user.id}/address", {"email": "other@example.org"})
    assert (answer.status_code, "This account is closed" in text_of(answer)) == (422, True)


def test_hr_sends_the_link_for_its_own_people_and_only_they_can_finish(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    person = make_coordinator("Ana Ferreira", vendor=vendor)
    account = with_password(make_user(Role.COORDINATOR, person))
    stranger = make_user(Role.COORDINATOR, make_coordinator(vendor=other))
    hr = with_password(make_user(Role.VENDOR_HR, vendor), OTHER_PASSWORD)
    marked(account.email)
    sign_in(client, hr)

    page = text_of(client.get(f"/coordinators/{person.id}"))
    assert f"/accounts/{account.id}/address" in page
    assert f"/accounts/{account.id}/address" in text_of(client.get("/accounts"))
    assert client.get(f"/accounts/{stranger.id}/address").status_code == 404
    assert send(client, f"/accounts/{account.id}/address", {"email": NEW}).location == "/accounts"

    link = link_in(mails("address-change")[-1])
    assert hr.name in mails("address-change")[-1].body_text
    assert confirm(client, link, OTHER_PASSWORD) == 422
    assert confirm(client.application.test_client(), link) == 302
    assert address_of(account) == NEW
    assert f"/accounts/{account.id}/address" not in text_of(client.get(f"/coordinators/{person.id}"))


@pytest.mark.parametrize(
    ("role", "status"), [(Role.DPH_ADMINISTRATOR, 200), (Role.DPH_REVIEWER, 403), (Role.AUDITOR, 403)]
)
def test_only_administrators_of_dph_send_links_to_others(client: FlaskClient, role: Role, status: int) -> None:
    account = make_user(Role.VENDOR_HR, make_vendor())
    sign_in(client, make_user(role))
    assert client.get(f"/accounts/{account.id}/address").status_code == status


def test_the_own_account_is_changed_on_its_own_page(client: FlaskClient) -> None:
    user = make_user(Role.DPH_ADMINISTRATOR)
    sign_in(client, user)
    assert client.get(f"/accounts/{user.id}/address").location == "/account/address"
