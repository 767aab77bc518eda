"""An installation with several web workers and job workers, and people who use it over HTTP."""

import html
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from certhub.config import Settings
from certhub.models.parties import VendorOrganization
from certhub.rules.vocabulary import Role
from tests import factories
from tests.conftest import SECRET_KEY

_CHECKOUT = Path(__file__).parents[2]
_STARTS_WITHIN = 60.0


@dataclass
class Installation:
    """What the tests can reach of it."""

    port: int
    environment: dict[str, str]
    folder: Path
    web: "subprocess.Popen[bytes]"
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def web_workers(self) -> list[int]:
        """The processes that answer requests, all of which the web server makes anew."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        return [int(child) for child in children]

    def start_worker(self, program: str = "certhub") -> "subprocess.Popen[bytes]":
        """One more process that runs the jobs; `program` may be one that is in a hurry."""
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", program, "worker"], env=self.environment, cwd=_CHECKOUT, stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    def get(self, path: str, *, seconds: float = 30) -> tuple[int, str]:
        """Status and text of a page for somebody who is not signed in."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def installed(settings: Settings, *, web_workers: int = 2, threads: int = 4, **more: str) -> Iterator[Installation]:
    """CertHub on the database of `settings`, with a web server that is up."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")} | {
        "CERTHUB_DATABASE_URL": settings.database_url,
        "CERTHUB_DATA_DIR": str(settings.data_dir),
        "CERTHUB_SECRET_KEY": SECRET_KEY,
        **more,
    }
    with socket.create_server(("127.0.0.1", 0)) as listening, (settings.data_dir / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", str(web_workers),
                "--threads", str(threads), "--log-level", "warning", "--no-control-socket", "certhub:create_app()",
            ],
            env=environment, cwd=_CHECKOUT, stdout=log, stderr=subprocess.STDOUT, pass_fds=(listening.fileno(),),
        )  # fmt: skip
        found = Installation(listening.getsockname()[1], environment, settings.data_dir, web)
        try:
            until = time.monotonic() + _STARTS_WITHIN
            while True:
                with suppress(OSError):
                    if found.get("/", seconds=5)[0] < 500:
                        break
                assert time.monotonic() < until, (settings.data_dir / "web.log").read_text()
                time.sleep(0.1)
            yield found
        finally:
            for process in (web, *found.workers):
                with suppress(ProcessLookupError):
                    process.terminate()
            for process in (web, *found.workers):
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()


class Registrar:
    """HR of a vendor, who registers one coordinator after another, and sends a form again where no answer came."""

    def __init__(self, app: Flask, vendor: VendorOrganization, place: Installation, name: str) -> None:
        client = app.test_client()
        factories.sign_in(client, factories.make_user(Role.VENDOR_HR, vendor))
        cookie = client.get_cookie("certhub")
        assert cookie is not None
        self._cookie = f"certhub={cookie.value}"
        self._place = place
        self._name = name
        self.registered: list[str] = []
        self.troubles: list[str] = []
        """What a person would have seen instead of an answer: an error page, or a connection that broke."""

    def register(self) -> None:
        """Register the next coordinator; returns when an answer says that it is done."""
        email = f"{self._name}.{len(self.registered)}@example.org".lower()
        typed = {
            "name": f"{self._name} Number{len(self.registered)}", "email": email, "discipline": "nurse",
            "starts_on": "2025-03-03", "kind": "employee", "confirmed": "y",
        }  # fmt: skip
        form: dict[str, str] | None = None
        while True:
            try:
                if form is None:
                    form = {**self._tokens("/coordinators/new"), **typed}
                status, text = self._send("POST", "/coordinators/new", form)
            except (OSError, http.client.HTTPException, _Trouble) as problem:
                self.troubles.append(str(problem) or type(problem).__name__)
                time.sleep(0.05)
                continue
            if status in (302, 303):
                self.registered.append(email)
                return
            assert status >= 500, f"{status}: {_words(text)}"
            self.troubles.append(f"{status}: {_words(text)}")
            time.sleep(0.05)

    def _tokens(self, path: str) -> dict[str, str]:
        status, text = self._send("GET", path)
        if status >= 500:
            raise _Trouble(f"{status}: {_words(text)}")
        assert status == 200, f"{status}: {_words(text)}"
        found = {}
        for name in ("csrf_token", "submission_token"):
            values = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', text)
            found[name] = html.unescape(values[-1] if name == "csrf_token" else values[0])
        return found

    def _send(self, method: str, path: str, form: dict[str, Any] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._place.port, timeout=60)
        try:
            body = urlencode(form) if form else None
            headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for given in answer.headers.get_all("Set-Cookie") or ():  # the token against forgery is in the session
                if given.startswith("certhub="):
                    self._cookie = given.partition(";")[0]
            return answer.status, text
        finally:
            connection.close()


class _Trouble(Exception):
    """The page of the form did not come."""


def _words(page: str) -> str:
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main.group() if main else page).split())[:300]


@contextmanager
def registering(registrars: list[Registrar]) -> Iterator[None]:
    """Let all of them register people, one after another, for as long as the block lasts."""
    stop, broken = threading.Event(), list[BaseException]()

    def work(one: Registrar) -> None:
        try:
            while not stop.is_set():
                one.register()
        except BaseException as problem:  # noqa: BLE001  (raised in the test's own thread below)
            broken.append(problem)

    threads = [threading.Thread(target=work, args=(one,)) for one in registrars]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if broken:
        raise broken[0]
