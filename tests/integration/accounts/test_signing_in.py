"""Signing in: who gets in, what is told of those who do not, and where one lands."""

import json
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.app import create_app
from certhub.auth.return_path import local_path
from certhub.database import db, transaction
from certhub.models.accounts import SignInThrottle, UserSession
from certhub.rules.audit_actions import AuditAction
from certhub.rules.lockout import SOURCE
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import Role
from certhub.services import audit, password_hashing, sign_in, throttle
from certhub.services.sign_in import TurnedAway
from tests.conftest import settings_for
from tests.factories import ARRANGING, WHEN, make_user
from tests.integration.accounts.browsing import (
    PASSWORD,
    entries,
    is_signed_in,
    reviewer,
    text_of,
    try_to_sign_in,
    with_password,
)

WRONG = "not the password at all"
REFUSED = "The e-mail address or the password is not right."
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def test_the_right_password_opens_a_session_and_the_trail_tells_of_it(client: FlaskClient) -> None:
    user = reviewer()
    answer = try_to_sign_in(client, user.email)
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)
    assert [entry.actor_id for entry in entries(AuditAction.USER_SIGNED_IN)] == [user.id]


def test_an_email_address_is_the_same_in_capitals_and_with_spaces_around_it(client: FlaskClient) -> None:
    user = reviewer()
    assert try_to_sign_in(client, f"  {user.email.upper()} ").status_code == 302


def test_a_password_typed_in_another_unicode_form_is_the_same_password(client: FlaskClient) -> None:
    user = with_password(make_user(Role.AUDITOR), "caf\u00e9 au lait deux fois")
    assert try_to_sign_in(client, user.email, "cafe\u0301 au lait deux fois").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient) -> None:
    user = reviewer()
    for email in (user.email, "nobody@example.org"):
        answer = try_to_sign_in(client, email, WRONG)
        assert answer.status_code == 422
        assert REFUSED in text_of(answer)
    assert not is_signed_in(client)


def test_a_closed_account_and_one_without_a_password_get_the_same_answer_too(client: FlaskClient) -> None:
    closed = reviewer(deactivated_at=WHEN)
    without = make_user(Role.AUDITOR)
    for email in (closed.email, without.email):
        answer = try_to_sign_in(client, email)
        assert (answer.status_code, REFUSED in text_of(answer)) == (422, True)


def test_the_trail_keeps_no_unknown_address_but_its_hash(client: FlaskClient) -> None:
    try_to_sign_in(client, "nobody.at.all@example.org", WRONG)
    (entry,) = entries(AuditAction.USER_SIGN_IN_FAILED)
    assert "nobody" not in entry.changes
    assert entry.subject_id is None
    assert json.loads(entry.changes)["email_sha256"] == throttle.email_hash("nobody.at.all@example.org")
    assert all("nobody" not in key for key in db.session.scalars(select(SignInThrottle.key)))


@pytest.mark.parametrize("known", [True, False])
def test_a_password_is_hashed_whether_or_not_there_is_an_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    email = reviewer().email if known else "nobody@example.org"
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  (argon2's own name)
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(password_hashing, "HASHER", Counting(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    assert not sign_in.prove(email, WRONG).right
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_made_with_other_parameters_is_made_anew_at_sign_in(client: FlaskClient) -> None:
    user = make_user(Role.AUDITOR)
    with transaction():
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
        audit.record(ARRANGING, AuditAction.PASSWORD_CHANGED, user, at=WHEN)
    assert try_to_sign_in(client, user.email).status_code == 302
    db.session.refresh(user)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert user.password_hash not in entries(AuditAction.USER_SIGNED_IN)[0].changes
    assert try_to_sign_in(client.application.test_client(), user.email).status_code == 302


def test_after_five_free_failures_the_delay_grows_and_the_page_says_when_to_try_again(client: FlaskClient) -> None:
    user = reviewer()
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            assert try_to_sign_in(client, user.email, WRONG).status_code == 422
        for words, seconds in (("30 seconds", 30), ("1 minute", 60), ("2 minutes", 120), ("4 minutes", 240)):
            answer = try_to_sign_in(client, user.email, WRONG)
            assert answer.status_code == 429
            assert f"Try again in {words}." in text_of(answer)
            clock.shift(timedelta(seconds=seconds - 1))
            assert try_to_sign_in(client, user.email).status_code == 429  # the right password, a second too early
            clock.shift(timedelta(seconds=1))
        assert try_to_sign_in(client, user.email).status_code == 302


def test_an_unknown_address_is_locked_out_in_the_same_words(client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(6):
            answer = try_to_sign_in(client, "nobody@example.org", WRONG)
        assert answer.status_code == 429
        assert "Try again in 30 seconds." in text_of(answer)


def test_signing_in_begins_the_count_again(client: FlaskClient) -> None:
    user = reviewer()
    for _ in range(5):
        try_to_sign_in(client, user.email, WRONG)
    assert try_to_sign_in(client, user.email).status_code == 302
    assert try_to_sign_in(client.application.test_client(), user.email, WRONG).status_code == 422


def test_many_addresses_tried_from_one_place_lock_that_place_out(app: Flask) -> None:
    with transaction():
        for _ in range(101):
            throttle.count(throttle.source_key("192.0.2.7"), SOURCE, at=NOW)
    user = reviewer()
    with transaction():
        away = sign_in.admit(sign_in.prove(user.email, PASSWORD), source="192.0.2.7", at=NOW + timedelta(seconds=1))
        admitted = sign_in.admit(sign_in.prove(user.email, PASSWORD), source="192.0.2.8", at=NOW)
    assert away == TurnedAway(NOW + timedelta(seconds=30))
    assert admitted is user


def test_the_lockout_holds_in_another_process_on_the_same_database(committed_app: Flask) -> None:
    user = reviewer()
    for _ in range(6):
        try_to_sign_in(committed_app.test_client(), user.email, WRONG)
    settings = committed_app.extensions["certhub"].settings
    second = create_app(settings_for(settings.database_url, settings.data_dir))
    answer = try_to_sign_in(second.test_client(), user.email)
    assert answer.status_code == 429
    with second.app_context():
        db.engine.dispose()


def test_whoever_was_proved_before_the_lock_is_still_turned_away_after_it(app: Flask) -> None:
    user = reviewer()
    early = sign_in.prove(user.email, PASSWORD)
    for _ in range(6):
        with transaction():
            sign_in.admit(sign_in.prove(user.email, WRONG), source="192.0.2.1", at=NOW)
    with transaction():
        assert isinstance(sign_in.admit(early, source="192.0.2.1", at=NOW), TurnedAway)


def test_a_password_that_changed_since_it_was_proved_lets_nobody_in(app: Flask) -> None:
    user = reviewer()
    early = sign_in.prove(user.email, PASSWORD)
    with_password(user, "another one altogether")
    with transaction():
        assert isinstance(sign_in.admit(early, source="192.0.2.1", at=NOW), TurnedAway)


def test_counters_that_no_longer_count_are_removed(app: Flask) -> None:
    with transaction():
        throttle.count("account:old", SOURCE, at=NOW - timedelta(days=2))
        throttle.count("account:new", SOURCE, at=NOW)
        assert throttle.forget_old(at=NOW) == 1
    assert list(db.session.scalars(select(SignInThrottle.key))) == ["account:new"]


def test_what_was_in_the_cookie_before_does_not_survive_the_sign_in(client: FlaskClient) -> None:
    user = reviewer()
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["_user_id"] = "a token that somebody else knows"
    try_to_sign_in(client, user.email)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        token = cookie["_user_id"]
    assert db.session.scalars(select(UserSession.user_id).where(UserSession.token_hash == token_hash(token))).one() == (
        user.id
    )


@pytest.mark.parametrize(
    ("asked", "landed"),
    [
        ("/account", "/account"),
        ("/account?tab=1#part", "/account?tab=1#part"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("account", "/"),
        ("/" + "a" * 3000, "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_a_page_of_this_application_only(client: FlaskClient, asked: str, landed: str) -> None:
    assert (local_path(asked) or "/") == landed
    user = reviewer()
    assert try_to_sign_in(client, user.email, next_page=asked).location == landed


def test_the_page_that_was_asked_for_is_shown_after_signing_in(client: FlaskClient) -> None:
    asked = client.get("/account?from=mail")
    assert asked.status_code == 302
    page = client.get(asked.location)
    assert 'value="/account?from=mail"' in text_of(page)


def test_whoever_is_signed_in_is_not_asked_again(client: FlaskClient) -> None:
    try_to_sign_in(client, reviewer().email)
    assert client.get("/sign-in?next=/account").location == "/account"


def test_signing_out_ends_the_session_even_for_a_copied_cookie(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    copied = client.get_cookie("certhub")
    assert copied is not None
    token = text_of(client.get("/account")).split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/sign-out", data={"csrf_token": token}).location == "/"
    assert not is_signed_in(client)
    client.set_cookie("certhub", copied.value)
    assert not is_signed_in(client)
    assert len(entries(AuditAction.USER_SIGNED_OUT)) == 1


def test_signing_out_twice_is_no_error(client: FlaskClient) -> None:
    token = text_of(client.get("/sign-in")).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302


@pytest.mark.parametrize("path", ["/sign-in", "/forgot-password"])
@pytest.mark.parametrize(
    "typed", ["\x00", "a\x00b@example.org", "x" * 10_000, "\u202egro.elpmaxe@a", "名前@例え.jp", "'--"]
)
def test_strange_input_is_answered_with_a_page_and_never_with_a_failure(
    client: FlaskClient, path: str, typed: str
) -> None:
    for data in ({"email": typed, "password": "x"}, {"email": "a@example.org", "password": typed}):
        token = text_of(client.get(path)).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        answer = client.post(path, data={**data, "csrf_token": token, "next": typed, "kept": typed})
        assert answer.status_code in (302, 422, 429)
