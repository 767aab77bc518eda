"""Stories that run side by side in the order of time, so that numbers, audit entries and mail follow each other."""

import heapq
import itertools
from collections.abc import Generator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from certhub.database import chain_so_far
from certhub.rules.business_days import next_business_day
from certhub.rules.terms import add_months

Result = TypeVar("Result")
Story = Generator[datetime, None, Result]
"""What happens to somebody: it yields the instant that it waits for, and acts when the instant has come."""

_OFFICE_OPENS = time(14, 0, tzinfo=UTC)
"""Morning in Massachusetts all year round, so that the day is the same there and in UTC."""


class Timeline:
    """Runs stories until the last instant; what would come after it has not happened yet."""

    def __init__(self, last: datetime) -> None:
        self.last = last
        self._waiting: list[tuple[datetime, int, Story[Any]]] = []
        self._order = itertools.count()

    def begin(self, story: Story[Any]) -> None:
        """Take up a story; it begins at the first instant that it yields."""
        self._wait(story)

    def run(self) -> int:
        """Tell all stories step by step; how many steps there were. A step's audit entries are chained at its end."""
        steps = 0
        while self._waiting:
            at, _, story = heapq.heappop(self._waiting)
            if at > self.last:
                break
            self._wait(story, at)
            chain_so_far()
            steps += 1
        return steps

    def _wait(self, story: Story[Any], since: datetime | None = None) -> None:
        try:
            at = next(story)
        except StopIteration:
            return
        if since is not None and at < since:
            raise ValueError(f"a story went back in time, from {since} to {at}")
        heapq.heappush(self._waiting, (at, next(self._order), story))


def moment(day: date, minutes: int = 0) -> datetime:
    """An instant on `day`, so many minutes after the office opens."""
    return datetime.combine(day, _OFFICE_OPENS) + timedelta(minutes=minutes)


def office_day(day: date) -> date:
    """`day`, or the next day on which state offices are open."""
    return next_business_day(day)


def day_of_month(today: date, months: int, day: int) -> date:
    """The `day` of the month that lies `months` after that of `today` (before it, if negative)."""
    return add_months(today.replace(day=1), months).replace(day=day)
