"""How audit entries are chained: each hash covers the entry and the hash before it.

An entry is hashed as netstrings (`length:bytes,`), so no two different entries can give the same bytes. The format is
part of the record: a change needs a new genesis word and a migration plan.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

GENESIS = hashlib.sha256(b"CertHub audit trail, format 1").hexdigest()
"""The hash that the first entry is chained to."""

HASHED = ("seq", "at", "actor_id", "actor", "action", "subject_type", "subject_id", "party_id", "changes")
"""The columns of an entry that are hashed, in this order; the hash of the entry before comes first."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry at which the chain does not hold, and what is wrong with it."""

    seq: int
    problem: str


@lru_cache(maxsize=64)
def instant_text(at: datetime) -> str:
    """The instant as it is hashed: UTC with microseconds, as SQLite keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def hashed_text(entry: Mapping[str, Any]) -> str:
    """The hashed columns of an entry as netstrings: "" for what is empty, instants as `instant_text` writes them."""
    return "".join([_netstring(_text(entry[column])) for column in HASHED])


def _netstring(text: str) -> str:
    return f"{len(text) if text.isascii() else len(text.encode())}:{text},"


def _text(value: Any) -> str:
    if type(value) is str:  # most of them, and everybody who writes waits for this
        return value
    if value is None:
        return ""
    return instant_text(value) if isinstance(value, datetime) else str(value)


def entry_hash(previous_hash: str, text: str) -> str:
    """The hash of an entry that is chained to `previous_hash`; `text` is its `hashed_text`."""
    return hashlib.sha256((previous_hash + text).encode()).hexdigest()


def first_break(
    rows: Iterable[tuple[int, bytes, bytes]], *, after: int = 0, previous: str = GENESIS
) -> tuple[int, str, Broken | None]:
    """Walk a chain; return the last good sequence number, its hash, and the first break if there is one.

    `rows` are `(seq, hash, what was hashed)` in the order of `seq`; the last begins with the 64 characters of
    `previous_hash`. They are bytes, since what somebody wrote into the database by hand need not be text.
    """
    sha256 = hashlib.sha256
    head = previous.encode()
    broken = None
    for seq, stated_hash, hashed in rows:
        if seq != after + 1:
            broken = Broken(after + 1, f"entry {after + 1} is missing (the next one is {seq})")
        elif not hashed.startswith(head):
            broken = Broken(seq, f"entry {seq} is not chained to entry {after}")
        # `entry_hash` without the call: for a million entries this loop is what verifying costs.
        elif sha256(hashed).hexdigest().encode() != stated_hash:
            broken = Broken(seq, f"entry {seq} was changed after it was written")
        if broken is not None:
            break
        after, head = seq, stated_hash
    return after, head.decode(), broken
