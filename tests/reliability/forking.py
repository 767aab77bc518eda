"""The program from which processes that are to be killed are forked: everything is loaded once, each piece is new.

Run as `python -m tests.reliability.forking SETTINGS`; asked in lines of JSON on standard input, it answers in lines of
JSON. A process that was forked waits until it is told to go, so that whoever kills it can take aim.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from certhub.app import create_app
from certhub.config import load
from certhub.database import db
from tests.reliability.work import DOING

_LONG_AGO = datetime(2020, 1, 6, 12, tzinfo=UTC)  # when nothing falls due


def main() -> None:
    """Load the application, then fork for each line until the input ends."""
    given = json.loads(sys.argv[1])
    settings = load({}, **{**given, "data_dir": Path(given["data_dir"])})
    app = create_app(settings)
    with app.app_context():
        app.test_client().get("/")  # so that what is loaded late is loaded, and statements are built, too
        tempfile.gettempdir()  # as in a server that has been at work while there was room
        with time_machine.travel(_LONG_AGO, tick=False):
            DOING["look ahead"]()
        db.session.remove()
        db.engine.dispose()
    _tell({"ready": True})
    for line in sys.stdin:
        _serve(app, json.loads(line))


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _serve(app: Flask, asked: dict[str, Any]) -> None:
    go_read, go_write = os.pipe()
    told_read, told_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go_write)
        os.close(told_read)
        os.read(go_read, 1)
        _work(app, asked, told_write)
    os.close(go_read)
    os.close(told_write)
    _tell({"pid": child})
    sys.stdin.readline()
    began = time.monotonic()
    os.write(go_write, b"!")
    os.close(go_write)
    if asked.get("after_seconds") is not None:
        time.sleep(asked["after_seconds"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(told_read) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    fate: dict[str, Any] = {"statements": 0, "error": None, **(json.loads(said) if said else {})}
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    _tell({**fate, "killed": killed, "seconds": time.monotonic() - began})


def _work(app: Flask, asked: dict[str, Any], told: int) -> None:
    """In the child: do what was asked, die where that was asked, and never return."""
    counted = _Statements(asked.get("before_statement"), asked.get("after_statement"))
    error = None
    try:
        with ExitStack() as stack:
            if asked.get("at"):
                stack.enter_context(time_machine.travel(datetime.fromisoformat(asked["at"]), tick=True))
            if asked.get("largest_file") is not None:  # what cannot grow further is, to a program, a full disk
                resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"], asked["largest_file"]))
            stack.enter_context(app.app_context())
            event.listen(Engine, "before_cursor_execute", counted.before)
            event.listen(Engine, "after_cursor_execute", counted.after)
            DOING[asked["work"]](**asked["arguments"])
    except Exception as problem:  # noqa: BLE001  (told to the test, which judges it)
        error = f"{type(problem).__name__}: {problem}"
    os.write(told, json.dumps({"statements": counted.number, "error": error}).encode())
    os._exit(0 if error is None else 1)


class _Statements:
    """Counts what is sent to the database, and kills its process before or after the n-th statement."""

    def __init__(self, before: int | None, after: int | None) -> None:
        self.number = 0
        self._before, self._after = before, after

    def before(self, *_: Any) -> None:
        """About to be sent."""
        self.number += 1
        if self.number == self._before:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, *_: Any) -> None:
        """Done by the database."""
        if self.number == self._after:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
