"""How dates, numbers and words appear on pages."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from certhub.rules.terms import written, written_at


def day(value: date | None) -> str:
    """A date in words that no reader can take for another: July 31, 2027."""
    return "—" if value is None else written(value)


def short_day(value: date | None) -> str:
    """A date for tables, sorted as it reads: 2027-07-31."""
    return "—" if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """An instant in the agency's zone: July 31, 2027, 4:05 PM."""
    return "—" if value is None else written_at(value)


def hours(value: Decimal | Fraction | float) -> str:
    """Hours without needless zeros: 13.5, 24."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def sentence(words: str) -> str:
    """Words that begin a sentence: "set to July 31" becomes "Set to July 31", and no other letter changes."""
    return words[:1].upper() + words[1:]


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 day, 3 days."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def days_until(value: date, today: date) -> str:
    """How far away a date is, in words."""
    distance = (value - today).days
    if distance == 0:
        return "today"
    return f"in {count(distance, 'day')}" if distance > 0 else f"{count(-distance, 'day')} ago"
