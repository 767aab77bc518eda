"""An application whose errors repeat what somebody typed, as gunicorn meets them."""

from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Fail before the answer, in the middle of it, or not at all."""
    if environ["PATH_INFO"].startswith("/before"):
        raise ValueError("no account for canary@example.org")
    start("200 OK", [("Content-Length", "20")])
    return _broken() if environ["PATH_INFO"].startswith("/amid") else [b"alive".ljust(20)]


def _broken() -> Iterable[bytes]:
    yield b"half"
    raise LookupError("Canaria Brown")
