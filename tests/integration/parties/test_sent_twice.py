"""Forms that come a second time while the first is still at work: one piece of work, one answer."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub.blueprints.coordinators import routes
from certhub.database import db
from certhub.models.parties import Coordinator
from certhub.queries import coordinators
from tests.factories import make_vendor
from tests.integration.parties.browsing import tokens_of, vendor_hr

FORM = "/coordinators/new"
NEW = {
    "name": "Philippa Twiceclicked", "email": "philippa@example.org", "discipline": "nurse",
    "preferred_language": "en", "languages": ["en"], "kind": "employee", "starts_on": "2026-01-05",
}  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        pytest.param(coordinators, "namesakes", id="a-rule-sees-what-the-first-one-did"),
        pytest.param(routes, "transaction", id="the-first-one-takes-the-lock"),
    ],
)
def test_the_slower_of_two_equal_forms_is_led_to_what_the_faster_one_did(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str
) -> None:
    client = committed_app.test_client()
    vendor_hr(client, make_vendor())
    data = {**NEW, **tokens_of(client.get(FORM))}
    real: Callable[..., Any] = getattr(owner, step)
    first: list[str] = []

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(owner, step, real)
        first.append(client.post(FORM, data=data).headers["Location"])
        return real(*arguments, **named)

    monkeypatch.setattr(owner, step, meanwhile)
    second = client.post(FORM, data=data)
    assert (second.status_code, second.headers["Location"]) == (302, first[0])
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 1
