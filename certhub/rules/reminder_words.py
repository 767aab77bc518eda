"""The steps of a reminder policy as a person would say them."""

from collections.abc import Sequence

from certhub.rules.findings import listed
from certhub.rules.reminder_policies import DayCount

_DAY = {DayCount.CALENDAR: "day", DayCount.BUSINESS: "business day"}


def steps_in_words(steps: Sequence[int], counted_in: DayCount) -> str:
    """When somebody is told: "30, 7 and 1 days before; on the day; 15 days after".

    Args:
        steps: days before the due date; 0 is the day itself, and what is negative comes after it.
        counted_in: which days are counted.
    """
    before = [step for step in steps if step > 0]
    after = [-step for step in steps if step < 0]
    told = (
        _days(before, counted_in, "before"),
        "on the day" if 0 in steps else "",
        _days(after, counted_in, "after"),
    )
    return "; ".join(part for part in told if part)


def _days(numbers: list[int], counted_in: DayCount, side: str) -> str:
    if not numbers:
        return ""
    return f"{listed([str(number) for number in numbers])} {_DAY[counted_in]}{'s' if numbers != [1] else ''} {side}"
