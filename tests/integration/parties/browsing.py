"""A browser for the tests of records: every page that is fetched is held to the rules for pages."""

import html
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from tests.factories import make_user, sign_in
from tests.page_lint import problems_of


def vendor_hr(client: FlaskClient, vendor: VendorOrganization) -> User:
    """Sign the vendor's HR person in."""
    user = make_user(Role.VENDOR_HR, vendor)
    sign_in(client, user)
    return user


def administrator(client: FlaskClient) -> User:
    """Sign a DPH administrator in."""
    user = make_user(Role.DPH_ADMINISTRATOR)
    sign_in(client, user)
    return user


def fetched(client: FlaskClient, path: str) -> str:
    """The page at `path`, found in order."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return checked(answer)


def checked(answer: TestResponse) -> str:
    page = answer.get_data(as_text=True)
    assert problems_of(page) == []
    return html.unescape(page)


def tokens_of(page: TestResponse) -> dict[str, str]:
    text = page.get_data(as_text=True)
    found = {}
    for name in ("csrf_token", "submission_token", "seen"):
        values = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', text)
        # The form to sign out, at the head of each page, has a token of the session; a form behind a link has its own.
        found[name] = (values[-1] if name == "csrf_token" else values[0]) if values else ""
    return found


def send(client: FlaskClient, path: str, *, page: str | None = None, **data: Any) -> TestResponse:
    """Open the form at `page` (by default the path itself) and send it to `path`."""
    return client.post(path, data={**tokens_of(client.get(page or path)), **data})


def confirm(client: FlaskClient, path: str, **data: Any) -> TestResponse:
    """Look at what a correction changes, and confirm what was shown."""
    preview = send(client, path, do="look", **data)
    return client.post(path, data={**tokens_of(preview), **data, "do": "correct"})


def entries(action: AuditAction) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq)))


def statements_of(work: Callable[[], object]) -> list[str]:
    """The SQL statements that `work` runs, without the savepoints that the tests' own isolation adds."""
    asked: list[str] = []
    connection = db.engines[None]

    def note(*arguments: Any) -> None:
        if "SAVEPOINT" not in arguments[2]:
            asked.append(arguments[2])

    event.listen(connection, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return asked


def spells(person: Coordinator) -> list[Employment]:
    db.session.expire_all()
    found = select(Employment).where(Employment.coordinator_id == person.id).order_by(Employment.id)
    return list(db.session.scalars(found))
