"""What the tests of drafts share: an open draft, and sending its forms as a browser does."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub.database import db, transaction
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import standards
from certhub.services import standards as service
from tests.factories import ARRANGING, WHEN


def adopted(code: str = "CC-CORE") -> StandardVersion:
    """The newest adopted version of a standard."""
    standard = db.session.scalars(select(StandardSet).where(StandardSet.code == code)).one()
    return standards.adopted(standard.id)[-1]


def opened(code: str = "CC-CORE") -> StandardVersion:
    """An open draft of the next version."""
    with transaction():
        return service.draft_next(adopted(code), actor=ARRANGING, at=WHEN)


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form on a page, if nobody changed anything."""
    body = re.sub(r'<form method="post" action=.*?</form>', "", page, flags=re.DOTALL)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", body):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") in ("checkbox", "radio") and not re.search(r"\schecked", tag):
            continue
        if "name" in given and given.get("type") not in ("file", "submit"):
            found.setdefault(given["name"], []).append(given.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        found.setdefault(name, []).append(text.removeprefix("\r\n"))
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', inner) or re.search(r'<option value="([^"]*)"', inner)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def send(client: FlaskClient, path: str, *, page: str | None = None, **changes: Any) -> TestResponse:
    """Open the page, change some fields and send the form."""
    filled = form_of(client.get(page or path).text)
    return client.post(path, data={**filled, **changes})


def press_button(client: FlaskClient, page: str, action: str, **more: str) -> TestResponse:
    """Press the button of one of the small forms of a page."""
    text = client.get(page).text
    form = next(one for one in re.findall(r"<form method=\"post\".*?</form>", text, re.DOTALL) if action in one)
    hidden = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form))
    return client.post(action, data={**hidden, **more})
