"""When a course meets: times that are in order, that do not run into one another, and deadlines before the first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from certhub.rules.courses import Delivery
from certhub.rules.findings import counted
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written, written_at

MOST_MEETINGS = 20
LONGEST_MEETING = timedelta(hours=14)
"""A meeting of one day (program default): a longer one has a wrong time or day."""
LONGEST_PERIOD = timedelta(days=366)
"""The time in which a course at one's own pace has to be finished."""
EARLY = timedelta(minutes=30)
"""How long before a meeting, and after it, its code is taken."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, or the period of a course that people take at their own pace.

    `number` is that of the meeting on file; None for a new one.
    """

    starts_at: datetime
    ends_at: datetime
    number: int | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


def require_meetings(
    given: Sequence[Meeting], *, delivery: Delivery, after: datetime, held: Collection[Meeting] = ()
) -> tuple[Meeting, ...]:
    """The meetings in order; refuses none, too many, those in the past, and those that run into one another.

    `held` are the meetings on file that were held or have begun: they stay, and stay as they are.
    """
    meetings = tuple(sorted(given, key=lambda one: one.starts_at))
    if not meetings:
        raise Refusal("Enter at least one meeting.", field="meetings")
    if len(meetings) > MOST_MEETINGS:
        raise Refusal(f"A session has at most {MOST_MEETINGS} meetings. Plan a second session.", field="meetings")
    own_pace = delivery is Delivery.SELF_PACED
    if own_pace and len(meetings) > 1:
        raise Refusal("A course at one's own pace has one period. Leave the other rows empty.", field="meetings")
    longest = LONGEST_PERIOD if own_pace else LONGEST_MEETING
    for one in meetings:
        if one.ends_at <= one.starts_at:
            raise Refusal(f"The meeting of {written_at(one.starts_at)} ends before it starts.", field="meetings")
        if one.ends_at - one.starts_at > longest:
            raise Refusal(
                f"The meeting of {written_at(one.starts_at)} is too long. Give each day a row of its own.",
                field="meetings",
            )
    _require_held_and_to_come(meetings, held, delivery=delivery, after=after)
    known = [one.number for one in meetings if one.number is not None]
    if len(known) != len(set(known)):
        raise Refusal("One meeting stands in two rows. Open the page again.", field="meetings")
    for one, following in pairwise(meetings):
        if following.starts_at < one.ends_at:
            raise Refusal(
                f"The meeting of {written_at(following.starts_at)} starts before the one before it ends.",
                field="meetings",
            )
    return meetings


def _require_held_and_to_come(
    meetings: Collection[Meeting], held: Collection[Meeting], *, delivery: Delivery, after: datetime
) -> None:
    for one in held:
        if one not in meetings:
            raise Refusal(
                f"Leave the meeting of {written_at(one.starts_at)} as it was: it has begun, or somebody checked in.",
                field="meetings",
            )
    for one in meetings:
        if one not in held and (one.ends_at if delivery is Delivery.SELF_PACED else one.starts_at) <= after:
            raise Refusal(
                f"The meeting of {written_at(one.starts_at)} is in the past. Plan meetings before they are held.",
                field="meetings",
            )


def require_time_enough(meetings: Sequence[Meeting], *, minutes: int, delivery: Delivery) -> None:
    """Refuse meetings that are shorter together than the contact hours of the course (`minutes`), 272 CMR 5.03.

    How long a course at one's own pace takes is for each person to see.
    """
    total = sum(one.minutes for one in meetings)
    if delivery is not Delivery.SELF_PACED and total < minutes:
        raise Refusal(
            f"The course gives {counted(Decimal(minutes) / 60, 'contact hour')}, but its meetings last "
            f"{counted(Decimal(total) / 60, 'hour')} together. Make them longer, or add one.",
            field="meetings",
        )


def require_deadlines(enrol_until: date, withdraw_until: date, *, last_day: date) -> None:
    """Refuse deadlines after the last day on which places are given: that of the first meeting, or of the period."""
    for day, field, what in (
        (enrol_until, "enrol_until", "Enrolment"),
        (withdraw_until, "withdraw_until", "Withdrawal"),
    ):
        if day > last_day:
            raise Refusal(
                f"{what} cannot end after {written(last_day)}: the session has begun then, or is over.", field=field
            )


def code_counts(meeting: Meeting, *, at: datetime) -> bool:
    """Whether the code of a meeting is taken now: from half an hour before it until half an hour after it."""
    return meeting.starts_at - EARLY <= at <= meeting.ends_at + EARLY
