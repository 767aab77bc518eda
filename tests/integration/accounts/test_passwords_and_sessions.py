"""New passwords, sessions that can be ended, and accounts that are closed."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import UserSession
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from tests.factories import WHEN, make_coordinator, make_user, make_vendor, sign_in
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

NEW = {"password": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def ask(client: FlaskClient, email: str) -> str:
    """Ask for a link and return the path of the newest one."""
    assert send(client, "/forgot-password", {"email": email}).location == "/sign-in"
    return link_in(mails("password-reset")[-1])


def signed_in_elsewhere(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert try_to_sign_in(client, email).status_code == 302
    return client


def test_a_link_by_mail_leads_to_a_new_password_and_ends_every_session(client: FlaskClient) -> None:
    user = reviewer()
    elsewhere = signed_in_elsewhere(client.application, user.email)
    link = ask(client, user.email)
    assert send(client, link, NEW).location == "/sign-in"
    assert not is_signed_in(elsewhere)
    assert try_to_sign_in(client, user.email, PASSWORD).status_code == 422
    assert try_to_sign_in(client, user.email, OTHER_PASSWORD).status_code == 302
    assert len(entries(AuditAction.PASSWORD_RESET_REQUESTED)) == 1


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(client: FlaskClient) -> None:
    closed = reviewer(deactivated_at=WHEN)
    pages = []
    for email in (reviewer().email, "nobody@example.org", closed.email):
        answer = send(client, "/forgot-password", {"email": email})
        pages.append((answer.status_code, answer.location, "is on its way" in text_of(client.get(answer.location))))
    assert pages == [(302, "/sign-in", True)] * 3
    assert len(mails("password-reset")) == 1


def test_a_link_works_once_only(client: FlaskClient) -> None:
    link = ask(client, reviewer().email)
    send(client, link, NEW)
    again = client.get(link)
    assert (again.status_code, "works once only" in text_of(again)) == (410, True)


def test_looking_at_a_link_does_not_use_it_up(client: FlaskClient) -> None:
    link = ask(client, reviewer().email)
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 200]


def test_a_newer_link_and_a_changed_password_make_older_links_void(client: FlaskClient) -> None:
    user = reviewer()
    first = ask(client, user.email)
    second = ask(client, user.email)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    elsewhere = signed_in_elsewhere(client.application, user.email)
    send(elsewhere, "/account/password", {"current": PASSWORD, **NEW})
    assert client.get(second).status_code == 410


def test_a_link_is_good_for_one_hour(client: FlaskClient) -> None:
    user = reviewer()
    with time_machine.travel(NOW, tick=False) as travelling:
        link = ask(client, user.email)
        travelling.shift(timedelta(minutes=59, seconds=59))
        assert client.get(link).status_code == 200
        travelling.shift(timedelta(seconds=1))
        assert client.get(link).status_code == 410


def test_links_are_throttled_in_the_same_words_for_known_and_unknown_addresses(client: FlaskClient) -> None:
    for email in (reviewer().email, "nobody@example.org"):
        with time_machine.travel(NOW, tick=False):
            codes = [send(client, "/forgot-password", {"email": email}).status_code for _ in range(5)]
            last = send(client, "/forgot-password", {"email": email})
        assert codes == [302, 302, 302, 302, 429]
        assert "Try again in 10 minutes." in text_of(last)
    assert len(mails("password-reset")) == 4


def test_a_weak_new_password_is_refused_and_the_link_stays_good(client: FlaskClient) -> None:
    link = ask(client, reviewer().email)
    answer = send(client, link, {"password": "password1234", "repeated": "password1234"})
    assert (answer.status_code, "Many people use this password" in text_of(answer)) == (422, True)
    assert send(client, link, NEW).status_code == 302


def test_changing_the_password_keeps_this_browser_and_ends_the_others(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    elsewhere = signed_in_elsewhere(client.application, user.email)
    answer = send(client, "/account/password", {"current": PASSWORD, **NEW})
    assert answer.location == "/account"
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert OTHER_PASSWORD not in entries(AuditAction.PASSWORD_CHANGED)[-1].changes


def test_the_password_of_today_is_needed_and_guessing_it_is_slowed_down(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    with time_machine.travel(datetime.now(UTC), tick=False):
        for _ in range(5):
            answer = send(client, "/account/password", {"current": "a wrong one", **NEW})
            assert (answer.status_code, "not the password that you use now" in text_of(answer)) == (422, True)
        send(client, "/account/password", {"current": "a wrong one", **NEW})
        answer = send(client, "/account/password", {"current": PASSWORD, **NEW})
    assert "Try again in 30 seconds." in text_of(answer)
    assert try_to_sign_in(client.application.test_client(), user.email, OTHER_PASSWORD).status_code != 302


def test_the_account_page_lists_the_browsers_that_are_signed_in(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    other = client.application.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    try_to_sign_in(other, user.email)
    page = text_of(client.get("/account"))
    assert "Firefox on Windows" in page
    assert page.count("This browser") == 1


def test_one_session_can_be_ended_and_all_others_at_once(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    others = [signed_in_elsewhere(client.application, user.email) for _ in range(3)]
    newest = db.session.scalars(select(UserSession).order_by(UserSession.id.desc()).limit(1)).one()
    assert send(client, f"/account/sessions/{newest.id}/end", page="/account").location == "/account"
    assert [is_signed_in(one) for one in others] == [True, True, False]
    assert send(client, "/account/sessions/end-others", page="/account").location == "/account"
    assert [is_signed_in(one) for one in others] == [False, False, False]
    assert is_signed_in(client)
    assert len(entries(AuditAction.SESSION_ENDED)) == 2


def test_another_persons_session_does_not_exist(client: FlaskClient) -> None:
    victim = signed_in_elsewhere(client.application, reviewer().email)
    theirs = db.session.scalars(select(UserSession)).one()
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    assert send(client, f"/account/sessions/{theirs.id}/end", page="/account").status_code == 404
    assert is_signed_in(victim)


def test_a_session_ends_by_itself(client: FlaskClient) -> None:
    user = reviewer()
    with time_machine.travel(NOW, tick=False) as travelling:
        try_to_sign_in(client, user.email)
        travelling.shift(timedelta(hours=12) - timedelta(seconds=1))
        assert is_signed_in(client)
        travelling.shift(timedelta(seconds=1))
        assert not is_signed_in(client)


def test_closing_an_account_signs_it_out_everywhere_and_opening_it_again_lets_it_in(client: FlaskClient) -> None:
    user = reviewer()
    elsewhere = signed_in_elsewhere(client.application, user.email)
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    send(client, f"/accounts/{user.id}/deactivate", page="/accounts")
    assert not is_signed_in(elsewhere)
    db.session.expire_all()
    assert db.session.scalars(select(UserSession).where(UserSession.user_id == user.id)).one().ended_at is not None
    assert try_to_sign_in(client.application.test_client(), user.email).status_code == 422
    send(client, f"/accounts/{user.id}/reactivate", page="/accounts")
    assert try_to_sign_in(client.application.test_client(), user.email).status_code == 302
    assert not is_signed_in(elsewhere)


def test_nobody_closes_their_own_account(client: FlaskClient) -> None:
    user = make_user(Role.DPH_ADMINISTRATOR)
    sign_in(client, user)
    answer = send(client, f"/accounts/{user.id}/deactivate", page="/accounts")
    assert (answer.status_code, "your own account" in text_of(answer)) == (409, True)
    assert is_signed_in(client)


def test_only_dph_administrators_close_accounts(client: FlaskClient) -> None:
    vendor = make_vendor()
    colleague = make_user(Role.VENDOR_HR, vendor)
    sign_in(client, make_user(Role.VENDOR_HR, vendor))
    assert send(client, f"/accounts/{colleague.id}/deactivate", page="/accounts/invite").status_code == 403
    db.session.refresh(colleague)
    assert colleague.is_active


def test_the_list_shows_an_organization_its_own_accounts_only(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    person, stranger = make_coordinator(vendor=vendor), make_coordinator(vendor=other)
    own = [make_user(Role.VENDOR_HR, vendor), make_user(Role.COORDINATOR, person)]
    foreign = [make_user(Role.VENDOR_HR, other), make_user(Role.COORDINATOR, stranger), reviewer()]
    sign_in(client, own[0])
    page = text_of(client.get("/accounts"))
    assert all(user.email in page for user in own)
    assert not any(user.email in page for user in foreign)


def test_the_lists_are_filtered_by_the_address_and_survive_strange_filters(client: FlaskClient) -> None:
    with_password(make_user(Role.AUDITOR, name="Zora Quill", email="zora@example.org"))
    closed = reviewer(deactivated_at=WHEN)
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    assert "zora@example.org" in text_of(client.get("/accounts?search=ZORA"))
    assert "zora@example.org" not in text_of(client.get("/accounts?search=nobody"))
    assert "No account fits" in text_of(client.get("/accounts?search=%25"))
    assert closed.email in text_of(client.get("/accounts?state=closed"))
    assert closed.email not in text_of(client.get("/accounts?state=open"))
    assert "zora@example.org" in text_of(client.get("/accounts?role=auditor"))
    assert "zora@example.org" not in text_of(client.get("/accounts?role=dph_reviewer"))
    for strange in (
        "search=a%00b",
        f"search={'x' * 5000}",
        "role=%00",
        "state=%F0%9F%98%80",
        "cursor=%00",
        "cursor=e30",
    ):
        for path in ("/accounts", "/accounts/invitations", "/accounts/invite"):
            assert client.get(f"{path}?{strange}").status_code == 200
    for role in ("vendor_hr", "coordinator"):
        for more in ("search=a%00b", "party_id=99999999999999999999", "party_id=-1", "party_id=%00"):
            assert client.get(f"/accounts/invite?role={role}&{more}").status_code == 200


def test_the_first_page_welcomes_the_public(client: FlaskClient) -> None:
    public = text_of(client.get("/"))
    assert "Verify a certificate" in public
    assert "Sign in" in public


def test_a_number_that_no_account_can_have_is_not_found(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    for number in ("0", "2147483648", "9" * 30, "9" * 10_000):
        for path in (f"/accounts/{number}/deactivate", f"/accounts/invitations/{number}/revoke"):
            assert send(client, path, page="/accounts").status_code == 404
