"""Paging by key: back and forth without loss, and cursors that nobody gave out."""

import base64
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub.queries import organizations
from certhub.rules.vocabulary import Role
from tests import factories


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense", "=", "A" * 5000, cursor_of(), cursor_of("n"), cursor_of("n", "a", "b"), cursor_of("n", 1, 2),
        cursor_of("x", "a", 1), cursor_of("n", "a", 2**40), cursor_of("n", "a", -(2**70)), cursor_of("n", "a\x00b", 1),
        cursor_of("n", None, 1), cursor_of("n", "a", True), cursor_of("n", ["a"], 1), cursor_of("p", "a", 1.5),
    ],
)  # fmt: skip
def test_a_cursor_that_nobody_gave_out_shows_the_first_page(client: FlaskClient, cursor: str) -> None:
    vendor = factories.make_vendor("Able Family Partners")
    factories.sign_in(client, factories.make_user(Role.AUDITOR))
    answer = client.get("/vendors", query_string={"cursor": cursor})
    assert answer.status_code == 200
    assert vendor.name in answer.text


def test_every_row_is_on_one_page_going_forth_and_again_going_back(app: Flask) -> None:
    reader = factories.make_user(Role.AUDITOR)
    made = sorted(factories.make_vendor(f"Vendor {number:03d}").name for number in range(120))

    forth, cursor = [], None
    while True:
        page = organizations.vendors(reader, cursor=cursor)
        forth += [row.name for row in page.rows]
        if page.next is None:
            break
        cursor = page.next
    back = [row.name for row in page.rows]
    while page.previous is not None:
        page = organizations.vendors(reader, cursor=page.previous)
        back = [row.name for row in page.rows] + back

    assert forth == made
    assert back == made
