"""Processes that are killed, as the tests ask for them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from certhub.config import Settings
from tests.conftest import SECRET_KEY

_CHECKOUT = Path(__file__).parents[2]
_HARM = ("after_seconds", "before_statement", "after_statement", "largest_file")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a process."""

    killed: bool
    seconds: float
    statements: int
    """How many statements it had sent; 0 where it was killed before it could tell."""
    error: str | None


class Victims:
    """Forks a process for each piece of work and tells what became of it."""

    def __init__(self, parent: "subprocess.Popen[str]") -> None:
        self._parent = parent
        self._read()

    def run(self, work: str, *, at: datetime | None = None, **asked: Any) -> Fate:
        """Do `work` in a process of its own.

        `after_seconds`, `before_statement` and `after_statement` say when it is killed, and `largest_file` how many
        bytes a file may have; what else is named goes to the work. `at` is the instant at which its clock begins.
        """
        self.begin(work, at=at, **asked)
        return self.let_go()

    def begin(self, work: str, *, at: datetime | None = None, **asked: Any) -> int:
        """Fork a process, which waits for `let_go`; its number, for whoever wants to kill it."""
        harm = {name: asked.pop(name) for name in _HARM if name in asked}
        self._write({"work": work, "at": at.isoformat() if at else None, "arguments": asked, **harm})
        return int(self._read()["pid"])

    def let_go(self) -> Fate:
        """Let the process that was forked work, and wait for its end."""
        self._write({})
        return Fate(**self._read())

    def _write(self, line: dict[str, Any]) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps(line) + "\n")
        self._parent.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline()
        assert line, "the program that forks has ended; its log tells why"
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def victims(settings: Settings, **overrides: Any) -> Iterator[Victims]:
    """Processes that work on the installation of `settings`."""
    given = {
        "database_url": settings.database_url, "data_dir": str(settings.data_dir), "secret_key": SECRET_KEY,
        "smtp_url": settings.smtp_url, **overrides,
    }  # fmt: skip
    with (
        (settings.data_dir / "victims.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.forking", json.dumps(given)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=_CHECKOUT,
        ) as parent,
    ):  # fmt: skip
        try:
            yield Victims(parent)
        finally:
            parent.kill()
