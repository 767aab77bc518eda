"""What all spreadsheets that are read into CertHub have in common: how long they are, and how a cell is told of.

The rules see text only: `services.spreadsheet` turns a file into cells.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from certhub.rules.identifiers import require_email
from certhub.rules.refusal import Refusal

MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST_VALUE_SHOWN = 60

HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Characters that nobody sees and no column can keep."""

_PLAIN_LOCAL_PART = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII)
_LONGEST_LOCAL_PART = 64
_LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell, and what to type instead; `row` counts as the spreadsheet does."""

    row: int
    column: str
    value: str
    message: str


def require_row_count(count: int) -> None:
    """Refuse a file that is longer than CertHub takes at once."""
    if count > MOST_ROWS:
        raise Refusal(
            f"This file has more than {MOST_ROWS:,} rows. Split it into smaller files and import one after the other.",
            field="file",
        )


def shown(text: str) -> str:
    """A cell as a report repeats it: shortened, with nothing hidden in it."""
    plain = HIDDEN.sub("\ufffd", text)
    return plain if len(plain) <= LONGEST_VALUE_SHOWN else plain[: LONGEST_VALUE_SHOWN - 1] + "…"


def at_most(longest: int) -> Callable[[str], str]:
    """A check that a text fits its column."""

    def convert(text: str) -> str:
        if len(text) > longest:
            raise Refusal(f"This has {len(text):,} characters. Shorten it to at most {longest}.")
        return text

    return convert


def email_of(text: str) -> str:
    """As `require_email`, many times faster for plain addresses: what stands after the @ is looked at once."""
    local, _, domain = text.lower().rpartition("@")
    plain = len(local) <= _LONGEST_LOCAL_PART and _PLAIN_LOCAL_PART.fullmatch(local)
    if plain and len(local) + len(domain) < _LONGEST_EMAIL and _is_plain_domain(domain):
        return f"{local}@{domain}"
    return require_email(text)


@lru_cache(maxsize=4096)
def _is_plain_domain(domain: str) -> bool:
    try:
        return require_email(f"a@{domain}") == f"a@{domain}"
    except Refusal:
        return False
