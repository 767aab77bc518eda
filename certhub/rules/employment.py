"""When a person can be employed: dates that make sense, and never twice by one employer on one day."""

from collections.abc import Iterable
from datetime import date, timedelta

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

EARLIEST = date(1950, 1, 1)
AHEAD_DAYS = 366
"""A first day of work may be recorded at most this far ahead (program default)."""


def require_spell(starts_on: date, ends_on: date | None, *, today: date) -> Span:
    """The days from the first to the last day of work; refuses dates that cannot be right."""
    if starts_on < EARLIEST:
        raise Refusal(f"Type a first day that is {written(EARLIEST)} or later.", field="starts_on")
    if starts_on > today + timedelta(days=AHEAD_DAYS):
        raise Refusal("Type a first day that is at most one year ahead.", field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    return Span(starts_on, ends_on)


def require_no_overlap(span: Span, others: Iterable[Span]) -> None:
    """Refuse a spell that shares a day with another spell at the same employer."""
    for other in others:
        if span.overlap(other) is not None:
            until = f"until {written(other.to_on)}" if other.to_on else "with no last day yet"
            raise Refusal(
                f"An employment here from {written(other.from_on)} {until} is already on file. "
                "Correct that one, or choose days that do not overlap.",
                field="starts_on",
            )
