"""A session that ends in the middle of a form: nothing typed is lost, and nobody else sees it."""

import io
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub.auth import kept_form
from certhub.database import db, transaction
from certhub.models.accounts import Invitation, User, UserSession
from certhub.rules.vocabulary import Role
from tests.factories import make_user
from tests.integration.accounts.browsing import (
    OTHER_PASSWORD,
    PASSWORD,
    hidden_value,
    reviewer,
    send,
    text_of,
    try_to_sign_in,
    with_password,
)

PATH = "/accounts/invite?role=auditor"
TYPED = {"name": 'Ngozi "N" <Adeyemi>', "email": "ngozi@example.org", "submission_token": "once"}


def administrator() -> User:
    return with_password(make_user(Role.DPH_ADMINISTRATOR))


def end_all_sessions() -> None:
    with transaction() as session:
        for row in session.scalars(select(UserSession)):
            row.ended_at = row.created_at


def interrupted(client: FlaskClient, user: User, data: dict[str, Any] | None = None, path: str = PATH) -> TestResponse:
    """Open a form, lose the session, and send the form."""
    assert try_to_sign_in(client, user.email).status_code == 302
    token = hidden_value(client.get(PATH), "csrf_token")
    end_all_sessions()
    return client.post(path, data={"csrf_token": token, **(TYPED if data is None else data)})


def sign_in_again(client: FlaskClient, page: TestResponse, user: User, password: str = PASSWORD) -> TestResponse:
    fields = {name: hidden_value(page, name) for name in ("csrf_token", "kept")}
    return client.post("/sign-in", data={**fields, "email": user.email, "password": password})


def test_what_was_typed_comes_back_after_signing_in_and_does_its_work(client: FlaskClient) -> None:
    user = administrator()
    page = interrupted(client, user)
    assert page.status_code == 401
    assert "You were signed out." in text_of(page)
    assert "ngozi@example.org" not in text_of(page)
    assert db.session.scalars(select(Invitation)).all() == []

    kept = sign_in_again(client, page, user)
    assert kept.status_code == 200
    assert "Here is what you typed" in text_of(kept)
    assert "&lt;Adeyemi&gt;" in kept.get_data(as_text=True)
    assert f'action="{PATH}"' in text_of(kept)
    fields = {name: hidden_value(kept, name) for name in ("csrf_token", *TYPED)}
    assert {name: fields[name] for name in TYPED} == TYPED

    assert client.post(PATH, data=fields).location == "/accounts/invitations"
    assert db.session.scalars(select(Invitation.email)).all() == ["ngozi@example.org"]
    assert client.post(PATH, data=fields).location == "/accounts/invitations"  # sent twice, done once
    assert len(db.session.scalars(select(Invitation.email)).all()) == 1


def test_a_wrong_password_in_between_loses_nothing(client: FlaskClient) -> None:
    user = administrator()
    again = sign_in_again(client, interrupted(client, user), user, "not the password at all")
    assert again.status_code == 422
    assert "what you typed is kept" in text_of(again)
    assert "Here is what you typed" in text_of(sign_in_again(client, again, user))


def test_a_different_person_never_sees_it(client: FlaskClient) -> None:
    page = interrupted(client, administrator())
    answer = sign_in_again(client, page, administrator())
    assert (answer.status_code, answer.location) == (302, "/")


def test_without_a_valid_token_against_forgery_nothing_is_kept(client: FlaskClient) -> None:
    for token in ("", "forged"):
        answer = interrupted(client, administrator(), {**TYPED, "csrf_token": token})
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")


def test_a_browser_that_nobody_signed_in_with_is_sent_to_the_plain_page(client: FlaskClient) -> None:
    token = hidden_value(client.get("/sign-in"), "csrf_token")
    answer = client.post("/account/sessions/end-others", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_passwords_tokens_and_files_are_not_kept(client: FlaskClient) -> None:
    user = administrator()
    data = {
        **TYPED,
        "current_password": "my secret words",
        "Password": OTHER_PASSWORD,
        "roster": (io.BytesIO(b"a,b"), "people.csv"),
    }
    kept = sign_in_again(client, interrupted(client, user, data), user)
    assert "Choose again: <bdi>people.csv</bdi>" in text_of(kept)
    assert "my secret words" not in text_of(kept)
    assert OTHER_PASSWORD not in text_of(kept)


def test_several_values_of_one_field_and_line_ends_are_kept(client: FlaskClient) -> None:
    user = administrator()
    data = {"languages": ["es", "pt"], "statement": "first line\nsecond line"}
    kept = sign_in_again(client, interrupted(client, user, data), user).get_data(as_text=True)
    assert '<input type="hidden" name="languages" value="es">' in kept
    assert '<input type="hidden" name="languages" value="pt">' in kept
    assert 'value="first line\nsecond line"' in kept


def test_a_step_without_fields_can_be_repeated(client: FlaskClient) -> None:
    user = administrator()
    kept = sign_in_again(client, interrupted(client, user, {}, "/account/sessions/end-others"), user)
    assert 'action="/account/sessions/end-others"' in text_of(kept)
    assert send_kept(client, kept, "/account/sessions/end-others").location == "/account"


def send_kept(client: FlaskClient, kept: TestResponse, path: str) -> TestResponse:
    found = kept.get_data(as_text=True).split(f'action="{path}"')[1]
    token = found.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token})


def test_a_form_that_is_too_large_is_not_kept(client: FlaskClient) -> None:
    answer = interrupted(client, administrator(), {"name": "x" * (kept_form.LARGEST + 1)})
    assert answer.status_code == 302


def test_a_seal_that_was_tampered_with_or_is_too_old_opens_nothing(client: FlaskClient) -> None:
    user = administrator()
    page = interrupted(client, user)
    sealed = hidden_value(page, "kept")
    assert kept_form.reopen(sealed, user.id) is not None
    assert kept_form.reopen(sealed[:-2] + "AA", user.id) is None
    assert kept_form.reopen(sealed, user.id + 1) is None
    assert kept_form.reopen("\x00", user.id) is None
    assert kept_form.reopen(None, user.id) is None


def test_whoever_signed_in_meanwhile_in_another_tab_gets_the_form_back_without_a_password(client: FlaskClient) -> None:
    user = administrator()
    page = interrupted(client, user)
    fields = {name: hidden_value(page, name) for name in ("csrf_token", "kept")}
    try_to_sign_in(client, user.email)
    answer = client.post("/sign-in", data={**fields, "email": "", "password": ""})
    assert "Here is what you typed" in text_of(answer)


def test_a_page_that_was_only_looked_at_is_asked_for_again(client: FlaskClient) -> None:
    user = reviewer()
    try_to_sign_in(client, user.email)
    end_all_sessions()
    assert client.get("/account").location == "/sign-in?next=/account"
    assert (
        send(client, "/sign-in", {"email": user.email, "password": PASSWORD, "next": "/account"}).location == "/account"
    )
