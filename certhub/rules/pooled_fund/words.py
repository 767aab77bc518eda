"""Units and percentages as people write them, without a float in between; money is in `rules.money`."""

import re
from decimal import Decimal

from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal

_NUMBER = re.compile(r"(?P<whole>\d{1,3}(,\d{3})+|\d+)(\.(?P<part>\d{1,2}))?", re.ASCII)
_MOST_DIGITS = 12


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


def read_hundredths(typed: str, *, field: str, what: str) -> int:
    """Hundredths of a unit or of a percent from what was typed. Raises `Refusal`; nothing is rounded."""
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        raise Refusal(f"Type {what}.", field=field)
    whole = found["whole"].replace(",", "")
    if len(whole) > _MOST_DIGITS:
        raise Refusal("This number is too large. Check the digits.", field=field)
    return int(whole) * 100 + int((found["part"] or "").ljust(2, "0"))


def plain_dollars(cents: int) -> Decimal:
    """Cents as an exact number of dollars, for files that programs read."""
    return Decimal(cents).scaleb(-2)
