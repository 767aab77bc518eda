"""When a person can be employed, what ends with an employment, and who handles an application after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import EmploymentKind

EARLIEST = date(1950, 1, 1)
AHEAD_DAYS = 366
"""A first day of work may be recorded at most this far ahead (program default)."""


@dataclass(frozen=True, slots=True)
class Spell:
    """How and on which days somebody is employed, as it was typed."""

    kind: EmploymentKind
    job_title: str
    days: Span
    full_time_percent: int = 100


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


def placement_within(placement: Span, spells: Iterable[Span]) -> Span | None:
    """What is left of an assignment when the vendor employs the person in these spells.

    It ends at the latest with the employment that its first day lies in; spells without a gap are one. None where the
    vendor does not employ the person on its first day: then nothing is left.
    """
    until: date | None = None
    covered = False
    for spell in sorted(spells, key=lambda one: one.from_on):
        on_first_day = spell.from_on <= placement.from_on and (spell.to_on is None or spell.to_on >= placement.from_on)
        goes_on = until is not None and spell.from_on == until + timedelta(days=1)
        if on_first_day or goes_on:
            covered, until = True, spell.to_on
    return placement.overlap(Span(placement.from_on, until)) if covered else None


def access_in_words(employer: str, before: Iterable[Span], after: Iterable[Span], *, today: date) -> str:
    """What becomes of an employer's view of the person's record, empty where it stays; it ends with the last spell.

    `before` and `after` are the spells at this employer, without and with a correction.
    """
    was, will = _seen_through(before), _seen_through(after)
    seen, then = was is None or was >= today, will is None or will >= today
    if was == will or not (seen or then):
        return ""
    if not then:
        return f"{employer} does not see this record any more."
    until = "while the employment goes on" if will is None else f"through {written(will)}"
    return f"{employer} sees this record {until}." if seen else f"{employer} sees this record again, {until}."


def _seen_through(spells: Iterable[Span]) -> date | None:
    ends = [spell.to_on for spell in spells]
    last = [end for end in ends if end is not None]
    return max(last, default=date.min) if len(last) == len(ends) else None


def handler_of(owner_id: int, employers: Iterable[tuple[int, Span]], day: date) -> int:
    """Which vendor handles a person's open application on a day: the one that does, while it employs the person.

    After that it is whoever employs the person: of those at work the latest to begin, or else the first who is about
    to begin. While nobody does, it stays where it was filed. Program default, after the rule that a record belongs to
    the person and an employer sees its own time only.
    """
    going = [(vendor_id, span) for vendor_id, span in employers if span.to_on is None or span.to_on >= day]
    if not going or any(vendor_id == owner_id for vendor_id, _ in going):
        return owner_id
    begun = [(span.from_on, vendor_id) for vendor_id, span in going if span.from_on <= day]
    return max(begun)[1] if begun else min((span.from_on, vendor_id) for vendor_id, span in going)[1]
