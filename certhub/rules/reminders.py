"""Which reminder is due: steps counted in days before a due date, each sent once, none skipped.

A step is an offset in days before the due date; 0 is the day itself and -15 is fifteen days after it. What was sent is
remembered per obligation, due date and step, so that the second year of a credential starts afresh.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from certhub.rules.business_days import add_business_days, is_business_day, next_business_day
from certhub.rules.reminder_policies import DayCount, Policy
from certhub.rules.reminder_reasons import NEARER, NOT_WATCHED, OFF
from certhub.rules.terms import ONE_DAY

LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One planned reminder: its offset in days before the due date, and the day on which it goes out."""

    offset: int
    on: date


@dataclass(frozen=True, slots=True)
class Reached:
    """A step whose day has come for the due dates of a span, with why it is not sent; "" where it is."""

    offset: int
    due_from: date
    due_to: date
    reason: str


def step_day(
    due_on: date, offset: int, *, on_business_days: bool = False, counted_in: DayCount = DayCount.CALENDAR
) -> date:
    """The day on which a step goes out.

    With `on_business_days`, a step on a weekend or holiday moves forward to the next business day. One that is counted
    in business days falls on one by itself, except for the due date.
    """
    business = counted_in is DayCount.BUSINESS
    day = add_business_days(due_on, -offset) if business else due_on - timedelta(days=offset)
    return next_business_day(day) if on_business_days else day


def latest_due_on(
    day: date, offset: int, *, on_business_days: bool = False, counted_in: DayCount = DayCount.CALENDAR
) -> date:
    """The latest due date whose step goes out on `day` or before: `step_day` turned round."""
    opened = _last_business_day(day)
    if counted_in is DayCount.CALENDAR or offset == 0:
        return (opened if on_business_days else day) + timedelta(days=offset)
    due_on = add_business_days(opened, offset)
    return due_on if offset > 0 else add_business_days(due_on, 1) - ONE_DAY


def steps_for(
    due_on: date,
    offsets: Collection[int],
    *,
    on_business_days: bool = False,
    counted_in: DayCount = DayCount.CALENDAR,
) -> tuple[Step, ...]:
    """The reminders of one due date, in the order in which they go out."""
    return tuple(
        Step(offset, step_day(due_on, offset, on_business_days=on_business_days, counted_in=counted_in))
        for offset in sorted(set(offsets), reverse=True)
    )


def steps_of(policy: Policy, due_on: date) -> tuple[Step, ...]:
    """The reminders of one due date under a policy, in the order in which they go out."""
    return steps_for(due_on, policy.offsets, on_business_days=policy.business_days, counted_in=policy.counted_in)


def dues_of(day: date, policy: Policy) -> set[date]:
    """The due dates of which some step goes out on `day`: `steps_of` turned round."""
    found = set()
    for offset in policy.offsets:
        due_on = latest_due_on(day, offset, on_business_days=policy.business_days, counted_in=policy.counted_in)
        while day == step_day(
            due_on, offset, on_business_days=policy.business_days, counted_in=policy.counted_in
        ):  # fmt: skip
            found.add(due_on)
            due_on -= ONE_DAY
    return found


def reminder_due(
    due_on: date,
    today: date,
    offsets: Collection[int],
    sent: Collection[int],
    *,
    on_business_days: bool = False,
    counted_in: DayCount = DayCount.CALENDAR,
    since: Mapping[int, date] | None = None,
) -> int | None:
    """The offset (days before `due_on`) to send today, if any.

    A missed day is caught up on the next run, and a long outage sends the nearest reminder only, not all of those
    that it missed. Once a step has gone out, the earlier ones never do. `since` says from which day a step has been in
    force: where its day was before that, it never goes out, and stands in the way of no other.
    """
    steps = steps_for(due_on, offsets, on_business_days=on_business_days, counted_in=counted_in)
    began = since or {}
    reached = [step.offset for step in steps if began.get(step.offset, LONG_AGO) <= step.on <= today]
    if not reached:
        return None
    nearest = reached[-1]
    return None if any(offset <= nearest for offset in sent) else nearest


def reached_on(today: date, policy: Policy, watched_from: date) -> Iterator[Reached]:
    """What `reminder_due` says on `today` for all due dates at once, so that one statement can ask for all of them.

    Each step that is reached comes with the spans of due dates for which it is sent, or why it is not.
    """
    spans: list[Reached] = []
    nearer: list[_Reach] = []
    for offset in reversed(policy.offsets):
        reach = _reach_of(offset, today, policy, watched_from)
        marks = {LONG_AGO, reach.watched, reach.live}
        marks |= {each.live for each in nearer} | {each.last + ONE_DAY for each in nearer}
        edges = [mark for mark in sorted(marks) if mark <= reach.last] + [reach.last + ONE_DAY]
        for first, following in pairwise(edges):
            spans.append(Reached(offset, first, following - ONE_DAY, _why_not(first, reach, nearer, policy)))
        nearer.append(reach)
    yield from _joined(spans)


@dataclass(frozen=True, slots=True)
class _Reach:
    """The due dates for which a step is reached: since it was watched, since it is in force, and the last."""

    offset: int
    watched: date
    live: date
    last: date


def _reach_of(offset: int, today: date, policy: Policy, watched_from: date) -> _Reach:
    def latest(day: date) -> date:
        return latest_due_on(day, offset, on_business_days=policy.business_days, counted_in=policy.counted_in)

    def first_since(day: date) -> date:
        return LONG_AGO if day <= LONG_AGO else latest(day - ONE_DAY) + ONE_DAY

    watched = first_since(watched_from)
    since = policy.since.get(offset)
    live = max(watched, first_since(since.day)) if since else watched
    return _Reach(offset, watched, live, latest(today))


def _why_not(due_on: date, reach: _Reach, nearer: Collection[_Reach], policy: Policy) -> str:
    if due_on < reach.watched:
        return NOT_WATCHED
    if due_on < reach.live:
        return policy.since[reach.offset].before
    if not policy.is_on:
        return OFF
    return NEARER if any(each.live <= due_on <= each.last for each in nearer) else ""


def _joined(spans: list[Reached]) -> Iterator[Reached]:
    """Neighbouring spans of one step with one reason as one."""
    open_one: Reached | None = None
    for span in spans:
        if open_one is not None and (open_one.offset, open_one.reason) == (span.offset, span.reason):
            open_one = Reached(span.offset, open_one.due_from, span.due_to, span.reason)
            continue
        if open_one is not None:
            yield open_one
        open_one = span
    if open_one is not None:
        yield open_one


def _last_business_day(day: date) -> date:
    while not is_business_day(day):
        day -= ONE_DAY
    return day
