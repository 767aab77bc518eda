"""What the server in front of the application logs tells nothing about anybody either."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

import certhub
from certhub import logs
from certhub.database import db

ROOT = Path(certhub.__file__).parent.parent
STARTS_WITHIN_SECONDS = 40
CANARIES = ("canary", "canaria")
REQUESTS = (
    b"GET /before/Canaria?name=canary HTTP/1.1\r\nHost: h\r\nX-Name: Canaria\r\n\r\n",
    b"GET /amid/Canaria HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /canary HTTP/9.9\r\nHost: h\r\n\r\n",
    b"CANARIA @@ canary\r\n\r\n",
    b"GET /fine HTTP/1.1\r\nHost: h\r\nCanaria (canary: x\r\n\r\n",
    b"GET /fine HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: canary\r\n\r\n",
    b"POST /fine HTTP/1.1\r\nHost: h\r\nContent-Length: canary\r\n\r\n",
)


def test_gunicorn_logs_lines_of_ours_without_addresses_headers_and_texts_of_errors(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn_settings.py", "--workers", "1",
        "tests.integration.operations.leaking:application",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
    with socket.create_server(("127.0.0.1", 0)) as listening, (tmp_path / "log").open("w") as log:
        number = listening.fileno()
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{number}"], env=environment, cwd=ROOT, stderr=log, stdout=log, pass_fds=[number]
        )
        try:
            port = listening.getsockname()[1]
            _wait_until_alive(port)
            for request in REQUESTS:
                answered(port, request)
        finally:
            server.terminate()
            server.wait(timeout=30)
    text = (tmp_path / "log").read_text()
    assert [canary for canary in CANARIES if canary in text.casefold()] == []
    told = [json.loads(line) for line in text.splitlines()]
    assert {line["logger"] for line in told} == {"gunicorn.error"}
    kinds = {line["trace"][0]["error"] for line in told if "trace" in line}
    assert {"builtins.ValueError", "builtins.LookupError"} <= kinds
    assert any(line["text"].startswith("Invalid request") for line in told)


def _wait_until_alive(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            if b"200" in answered(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"):
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


def answered(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(request)
        return client.recv(4096)


@pytest.mark.parametrize(
    ("message", "arguments", "told"),
    [
        ("Worker (pid:%s) was sent %s!", (17, "Canaria"), "Worker (pid:17) was sent %s!"),
        ("Worker exited with code %d", (3,), "Worker exited with code 3"),
        ("It took %.1f seconds", (2.5,), "It took %.1f seconds"),
        ("Hello %(name)s", ({"name": "Canaria"},), "Hello %(name)s"),
        ("No connections can be handled. Check it.", (), "No connections can be handled. Check it."),
        ("Invalid request from ip=192.0.2.1: Canaria", (), "Invalid request from ip"),
        ("No account canary@example.org", (), "No account canary"),
        (ValueError("Canaria"), (), "ValueError"),
    ],
)  # fmt: skip
def test_of_what_a_library_says_only_its_own_words_and_numbers_are_told(
    capfd: pytest.CaptureFixture[str], message: object, arguments: tuple[object, ...], told: str
) -> None:
    logs.configure()
    logging.getLogger("some.library").error(message, *arguments)
    assert json.loads(capfd.readouterr().err)["text"] == told


def test_a_database_that_goes_away_after_the_answer_leaves_the_answer_and_no_text(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    whole: Callable[[], None] = db.session.commit

    def gone() -> None:
        whole()
        raise OperationalError("COMMIT", None, Exception("server closed the connection on Canaria"))

    monkeypatch.setattr(db.session, "commit", gone)
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        db.session.connection()
    told = capfd.readouterr().err
    assert "OperationalError" in told
    assert "Canaria" not in told
