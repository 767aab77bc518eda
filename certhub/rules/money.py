"""Dollars and cents: always whole cents inside, typed and shown in dollars."""

import re

from certhub.rules.refusal import Refusal

_TYPED = re.compile(r"^(-?)\$?(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{2}))?$", re.ASCII)
LARGEST_CENTS = 100_000_000_000_00
"""No amount of the program comes near a hundred billion dollars: a larger one is a slip of the keyboard."""


def dollars(cents: int) -> str:
    """An amount in words for people: $1,234.50, and −$0.05 for less than nothing."""
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}.{rest:02d}"


def cents_of(typed: str, *, field: str | None = None) -> int:
    """The cents of an amount as people type it: 1,234.50, $1234.5 is refused. Raises `Refusal`."""
    found = _TYPED.match(typed.strip().replace(" ", "").replace("−", "-"))
    if found is None or (found[1] and found[2]):
        raise Refusal("Type an amount in dollars and cents, such as 1,250.00.", field=field)
    cents = int(found[3].replace(",", "")) * 100 + int(found[4] or 0)
    if cents > LARGEST_CENTS:
        raise Refusal("This amount is too large to be right. Look at the digits again.", field=field)
    return -cents if found[1] or found[2] else cents
