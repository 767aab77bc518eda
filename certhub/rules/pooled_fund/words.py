"""Money, units and percentages as people write them, without a float in between."""

import re
from decimal import Decimal

from certhub.rules.refusal import Refusal

MINUS = "\N{MINUS SIGN}"
_MONEY = re.compile(
    r"(?P<sign>[-\N{MINUS SIGN}]?)\s*\$?\s*(?P<whole>\d{1,3}(,\d{3})+|\d+)(\.(?P<part>\d{1,2}))?", re.ASCII
)
_MOST_DIGITS = 12


def dollars(cents: int) -> str:
    """Cents as dollars: $1,900,000.00, and with a minus sign before it where somebody gets money back."""
    return f"{MINUS if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def signed_dollars(cents: int) -> str:
    """The same with a plus sign for what is added."""
    return ("+" if cents > 0 else "") + dollars(cents)


def units(hundredths: int) -> str:
    """Units without needless zeros: 598, 471.5."""
    return f"{hundredths // 100:,}" + (f".{hundredths % 100:02d}".rstrip("0") if hundredths % 100 else "")


def percent(hundredths: int) -> str:
    """Hundredths of a percent with two places: 50.00."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def share_of(part: int, whole: int) -> str:
    """A part in percent, to a tenth, for reading only: 52.0 %. Nothing is computed from it."""
    if whole == 0:
        return "—"
    tenths = (abs(part) * 2000 + abs(whole)) // (2 * abs(whole))
    return f"{tenths // 10}.{tenths % 10} %"


def read_hundredths(typed: str, *, field: str, what: str = "an amount, such as 1250.00") -> int:
    """Cents, or hundredths of a unit, from what was typed. Raises `Refusal`; nothing is rounded."""
    found = _MONEY.fullmatch(typed.strip())
    if found is None:
        raise Refusal(f"Type {what}.", field=field)
    whole = found["whole"].replace(",", "")
    if len(whole) > _MOST_DIGITS:
        raise Refusal("This number is too large. Check the digits.", field=field)
    amount = int(whole) * 100 + int((found["part"] or "").ljust(2, "0"))
    return -amount if found["sign"] else amount


def plain_dollars(cents: int) -> Decimal:
    """Cents as an exact number of dollars, for files that programs read."""
    return Decimal(cents).scaleb(-2)
