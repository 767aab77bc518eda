"""The log tells what happened, and nothing about anybody."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from certhub import logs
from certhub.database import transaction
from certhub.jobs import runner
from certhub.jobs.registry import Job, Occasion
from certhub.models.jobs import JobStatus
from certhub.rules.vocabulary import Role
from certhub.services import outbox
from certhub.web import context
from certhub.web.addresses import due_link
from tests import factories

CANARIES = ("Canaria", "canary", "KANARI-TOKEN")


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged since it was last asked for; each line is JSON, and none has a canary."""
    logs.configure()

    def told() -> list[dict[str, Any]]:
        text = capfd.readouterr().err
        assert [canary for canary in CANARIES if canary.casefold() in text.casefold()] == []
        return [json.loads(line) for line in text.splitlines()]

    yield told
    logs.configure()


def test_each_request_is_one_line_with_its_number_and_without_its_address(
    client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = client.get("/verify/KANARI-TOKEN?name=Canaria")
    found = [line for line in lines() if line["event"] == "request"]
    assert len(found) == 1
    assert {"method", "endpoint", "status", "ms", "request_id", "timestamp", "level", "event"} == set(found[0])
    assert (found[0]["endpoint"], found[0]["status"]) == ("public.show", answer.status_code)
    assert answer.headers["X-Request-Id"] == found[0]["request_id"]


def test_the_account_is_told_by_its_number_only(client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]) -> None:
    user = factories.make_user(Role.DPH_ADMINISTRATOR, name="Canaria Brown", email="canary@example.org")
    factories.sign_in(client, user).get("/")
    assert [line["account"] for line in lines() if line["event"] == "request"] == [user.id]


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("7b3c2f0e-53a1-4b7c-9f1e-2a6a1f7f1e55", True),
        ("Canaria", False),
        ("canary@example.org-and-more-letters", False),
        ("abc", False),
        ("f" * 65, False),
    ],
)
def test_a_proxys_number_is_taken_where_it_is_one(
    client: FlaskClient, lines: Callable[[], list[dict[str, Any]]], sent: str, taken: bool
) -> None:
    answer = client.get("/", headers={"X-Request-ID": sent})
    assert (answer.headers["X-Request-Id"] == sent) is taken
    assert [line["request_id"] for line in lines()] == [answer.headers["X-Request-Id"]]


@pytest.mark.parametrize(
    "problem",
    [
        ValueError("no account for canary@example.org"),
        IntegrityError("INSERT INTO account VALUES (:name)", {"name": "Canaria"}, Exception("Key (email)=(canary)")),
        OperationalError("SELECT 'Canaria'", {}, Exception("canary")),
        KeyError("KANARI-TOKEN"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_an_error_is_told_by_its_kind_and_lines_and_the_page_shows_its_number(
    app: Flask,
    client: FlaskClient,
    lines: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
) -> None:
    def fails(**_arguments: object) -> None:
        raise problem from LookupError("the cause knows Canaria, too")

    monkeypatch.setitem(app.view_functions, "health.live", _as(app.view_functions["health.live"], fails))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/healthz")
    told = lines()
    numbers = {line["request_id"] for line in told}
    assert answer.status_code >= 400
    assert numbers == {answer.headers["X-Request-Id"]}
    if answer.status_code >= 500:
        assert numbers.pop() in answer.get_data(as_text=True)
    traces = [line["trace"] for line in told if "trace" in line]
    for trace in traces:
        assert trace[0]["error"].endswith(type(problem).__name__)
        assert any("test_logs.py" in place for place in trace[0]["at"])
        assert trace[1]["error"] == "builtins.LookupError"
    assert traces or isinstance(problem, IntegrityError | OperationalError)


def _as(view: Any, fails: Callable[..., None]) -> Callable[..., None]:
    def replaced(**arguments: object) -> None:
        fails(**arguments)

    replaced.__dict__.update(view.__dict__)
    return replaced


def test_forms_with_names_addresses_and_tokens_leave_none_of_them(
    client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    client.post("/sign-in", data={"csrf_token": token[1], "email": "canary@example.org", "password": "Canaria-1"})
    client.post("/sign-in", data={"email": "canary@example.org"})
    client.post("/forgot-password", data={"csrf_token": token[1], "email": "canary@example.org"})
    for address in (
        "/reset/KANARI-TOKEN",
        "/invitations/KANARI-TOKEN",
        "/calendars/KANARI-TOKEN/certhub.ics",
        "/Canaria",
    ):
        client.get(address)
    assert len([line for line in lines() if line["event"] == "request"]) == 8


def test_a_run_that_fails_is_told_with_its_number_on_each_line(
    app: Flask, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    def work(_occasion: Occasion) -> dict[str, int]:
        structlog.get_logger("certhub.test").info("half_done")
        with transaction():
            outbox.enqueue(
                "no-such-letter", recipient="canary@example.org", dedupe_key="k", at=datetime.now(UTC),
                context={"name": "Canaria"},
            )  # fmt: skip
        return {}

    with app.test_request_context():
        occasion = Occasion(day=date(2026, 11, 23), settings=context.settings(), link=due_link(app))
        run = runner.run(Job("canaries", "0 0 * * *", "Fails.", work), occasion)
    told = lines()
    assert run.status is JobStatus.FAILED
    assert [line["event"] for line in told] == ["half_done", "job_failed"]
    assert {line["run"] for line in told} == {run.id}


def test_what_libraries_log_is_a_line_without_its_values(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise ValueError("Canaria")
    except ValueError:
        logging.getLogger("some.library").exception("cannot write to %s", "canary@example.org")
    assert [(line["logger"], line["text"]) for line in lines()] == [("some.library", "cannot write to %s")]
