"""Which reminder is due: steps counted in days before a due date, each sent once, none skipped.

A step is an offset in days before the due date; 0 is the day itself and -15 is fifteen days after it. What was sent is
remembered per obligation, due date and step, so that the second year of a credential starts afresh.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.business_days import next_business_day


@dataclass(frozen=True, slots=True)
class Step:
    """One planned reminder: its offset in days before the due date, and the day on which it goes out."""

    offset: int
    on: date


def steps_for(due_on: date, offsets: Collection[int], *, on_business_days: bool = False) -> tuple[Step, ...]:
    """The reminders of one due date, in the order in which they go out.

    With `on_business_days`, a step on a weekend or holiday moves forward to the next business day.
    """
    return tuple(
        Step(offset, _step_day(due_on, offset, on_business_days=on_business_days))
        for offset in sorted(set(offsets), reverse=True)
    )


def reminder_due(
    due_on: date,
    today: date,
    offsets: Collection[int],
    sent: Collection[int],
    *,
    on_business_days: bool = False,
) -> int | None:
    """The offset (days before `due_on`) to send today, if any.

    A missed day is caught up on the next run, and a long outage sends the nearest reminder only, not all of those
    that it missed. Once a step has gone out, the earlier ones never do.
    """
    reached = [
        step.offset for step in steps_for(due_on, offsets, on_business_days=on_business_days) if step.on <= today
    ]
    if not reached:
        return None
    nearest = reached[-1]
    return None if any(offset <= nearest for offset in sent) else nearest


def _step_day(due_on: date, offset: int, *, on_business_days: bool) -> date:
    day = due_on - timedelta(days=offset)
    return next_business_day(day) if on_business_days else day
