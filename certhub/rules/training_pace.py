"""Whether somebody's continuing education keeps pace with the term, so that hours are missed before it is too late.

Program defaults. The hours and what is asked come from the one count of findings and transcripts (ADR 31).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from certhub.rules.terms import add_months

LOOKED_AT_DAYS = 185
"""So long before the last day of a term the pace is looked at: six months, and the weekend after."""
LAST_DAYS = 60
"""In the last days of a term all that is asked for should be there."""
_TERM_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Hours:
    """What one requirement asks for: its hours, how many are there, since when they count, and whether anything lacks.

    `minimum` is 0 for a set of courses.
    """

    minimum: Decimal
    total: Decimal
    counts_from: date
    lacks: bool


def expected(minimum: Decimal, *, from_on: date, expires_on: date, as_of: date) -> Fraction:
    """How many of the hours should be there on a day: as many as the part of the term that has passed."""
    whole = (expires_on - from_on).days
    passed = min(max((as_of - from_on).days, 0), max(whole, 0))
    return Fraction(minimum) * Fraction(passed, whole) if whole > 0 else Fraction(minimum)


def is_behind(hours: Iterable[Hours], *, expires_on: date, as_of: date) -> bool:
    """Whether somebody whose term ends on a day is short of the pace: of hours, or in the last days of anything."""
    left = (expires_on - as_of).days
    if not 0 <= left <= LOOKED_AT_DAYS:
        return False
    asked = list(hours)
    if left <= LAST_DAYS:
        return any(one.lacks for one in asked)
    return any(one.lacks and Fraction(one.total) < _due_now(one, expires_on, as_of) for one in asked)


def _due_now(one: Hours, expires_on: date, as_of: date) -> Fraction:
    from_on = max(one.counts_from, add_months(expires_on, -_TERM_MONTHS))
    return expected(one.minimum, from_on=from_on, expires_on=expires_on, as_of=as_of)
