"""Which days an invoice of a month can ask for: one line for each stretch of work, and no day twice."""

from collections.abc import Collection, Iterable
from datetime import date

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY


def stretches(work: Iterable[Span], month: Span, *, taken: Collection[Span] = ()) -> tuple[Span, ...]:
    """The days of a month with work, without those that are taken, as stretches with no gap in them.

    Work at two practices on one day is one day; a gap between two assignments is in neither stretch.
    """
    days = {day for one in work for day in _days(one, month)}
    days -= {day for one in taken for day in _days(one, month)}
    found: list[Span] = []
    for day in sorted(days):
        if found and found[-1].to_on is not None and found[-1].to_on + ONE_DAY == day:
            found[-1] = Span(found[-1].from_on, day)
        else:
            found.append(Span(day, day))
    return tuple(found)


def days_of_cost(in_force: Iterable[Span], month: Span) -> Span:
    """The days of another cost: from the first to the last day of the month on which the contract is in force.

    Raises `Refusal` where it is in force on none.
    """
    found = stretches(in_force, month)
    if not found:
        raise Refusal(
            "The contract was not in force on any day of this month, so no other cost can be asked for in it.",
            field="other",
        )
    return Span(found[0].from_on, found[-1].to_on)


def _days(span: Span, month: Span) -> Iterable[date]:
    within = span.overlap(month)
    if within is None or within.to_on is None:
        return
    day = within.from_on
    while day <= within.to_on:
        yield day
        day += ONE_DAY
