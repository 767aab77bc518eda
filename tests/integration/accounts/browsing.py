"""A browser for the tests of accounts: pages are fetched, forms are sent with their tokens."""

import html
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.messages import Message
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from certhub.services import audit, password_hashing
from tests.factories import ARRANGING, WHEN, make_user

PASSWORD = "violet harbor 7 kettles"
OTHER_PASSWORD = "quiet lantern over oats"


def with_password(user: User, password: str = PASSWORD) -> User:
    with transaction():
        user.password_hash = password_hashing.hashed(password)
        audit.record(ARRANGING, AuditAction.PASSWORD_CHANGED, user, at=WHEN)
    return user


def reviewer(**values: Any) -> User:
    return with_password(make_user(Role.DPH_REVIEWER, **values))


def text_of(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def hidden_value(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.get_data(as_text=True))
    assert found, f"the page has no field {name}"
    return html.unescape(found[1])


def send(
    client: FlaskClient, path: str, data: dict[str, Any] | None = None, *, page: str | None = None
) -> TestResponse:
    """Fetch `page` (by default the path itself), then send the form to `path` with its token against forgery."""
    token = hidden_value(client.get(page or path), "csrf_token")
    return client.post(path, data={"csrf_token": token, **(data or {})})


def try_to_sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, *, next_page: str | None = None
) -> TestResponse:
    data = {"email": email, "password": password}
    return send(client, "/sign-in", data if next_page is None else {**data, "next": next_page})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def mails(kind: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def link_in(message: Message) -> str:
    """The path of the one link in a mail."""
    found = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", message.body_text)
    assert len(found) == 1
    return str(found[0])


def entries(action: AuditAction) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq)))
