"""Waiting for what other processes do."""

import time
from collections.abc import Callable

_GIVES_UP_AFTER = 90.0


def wait_for(what: Callable[[], bool], otherwise: str) -> float:
    """Wait until `what` holds; how many seconds that took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < _GIVES_UP_AFTER, otherwise
        time.sleep(0.01)
    return time.monotonic() - began
