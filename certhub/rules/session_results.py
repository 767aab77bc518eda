"""What a session gave each participant: complete, in part, or nothing; from attendance and the final test.

272 CMR 5.03 asks for a certificate of completion with hours and category; what counts for whom who missed a part is the
course's own rule (program default: a part earns nothing unless the course says so).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.findings import counted
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import QUARTER_HOUR, require_score

LATE_ALLOWED = 10
"""Minutes that somebody may miss of a meeting and count as there for all of it (program default)."""


@dataclass(frozen=True, slots=True)
class Attended:
    """One meeting: its day, how long it lasted, and how long the person was there, in minutes."""

    on: date
    lasted: int
    there: int


@dataclass(frozen=True, slots=True)
class SessionResult:
    """What became of one participant; `minutes` by category and `completed_on` are given where hours were earned."""

    status: EnrolmentStatus
    minutes: Mapping[TrainingCategory, int]
    completed_on: date | None
    because: str


def result_of(
    hours: Mapping[TrainingCategory, int],
    meetings: Sequence[Attended],
    *,
    score: int | None,
    pass_mark: int | None,
    partial_credit: bool,
    own_pace: bool = False,
) -> SessionResult:
    """What a participant earned of a course with `hours` (minutes by category).

    Whoever missed at most `LATE_ALLOWED` minutes of a meeting was there for all of it. A part of the time earns the
    same part of each category, rounded down to the quarter hour, where the course gives credit for parts.
    """
    counted_there = [_counted(one) for one in meetings]
    there, lasted = sum(counted_there), sum(one.lasted for one in meetings)
    if not there and own_pace:
        return SessionResult(EnrolmentStatus.NOT_COMPLETED, {}, None, "Nothing of it is noted.")
    if not there:
        return SessionResult(EnrolmentStatus.NO_SHOW, {}, None, "Was in none of the meetings.")
    if pass_mark is not None and (score is None or score < pass_mark):
        had = "no score is on file" if score is None else f"the score is {score} percent"
        return SessionResult(EnrolmentStatus.NOT_COMPLETED, {}, None, f"The pass mark is {pass_mark} percent; {had}.")
    last = max(one.on for one, minutes in zip(meetings, counted_there, strict=True) if minutes)
    if there == lasted:
        return SessionResult(
            EnrolmentStatus.COMPLETED, dict(hours), last, "Did all of it." if own_pace else "Was there for all of it."
        )
    missed = f"{'Did' if own_pace else 'Was there for'} {_duration(there)} of {_duration(lasted)}"
    if not partial_credit:
        return SessionResult(
            EnrolmentStatus.NOT_COMPLETED, {}, None, f"{missed}. This course gives no credit for a part."
        )
    earned = {
        category: part for category, minutes in hours.items() if (part := _part(minutes, Fraction(there, lasted)))
    }
    if not earned:
        return SessionResult(EnrolmentStatus.NOT_COMPLETED, {}, None, f"{missed}, which is less than a quarter hour.")
    return SessionResult(EnrolmentStatus.IN_PART, earned, last, f"{missed}: credit for that part.")


def require_attendance(there: int | None, *, lasted: int, field: str) -> int:
    """How long somebody was in a meeting, in minutes; refuses more than it lasted."""
    if there is None or not 0 <= there <= lasted:
        raise Refusal(f"Type minutes from 0 to {lasted}.", field=field)
    return there


def require_finishing_day(
    day: date | None, *, there: int, lasted: int, first: date, last: date, field: str
) -> date | None:
    """The day on which somebody finished a course at their own pace: in its period and not to come.

    `last` is the last day of the period, or today where that is earlier. Whoever did nothing has no such day, and
    whoever did a part of `lasted` minutes can do more of it until the last day of the period.
    """
    if not there:
        if day is not None:
            raise Refusal("Check the box or type the minutes, or leave the day empty.", field=field)
        return None
    if day is None and there < lasted:
        return None
    if day is None:
        raise Refusal("Enter the day on which the person finished.", field=field)
    if not first <= day <= last:
        raise Refusal(f"Enter a day from {written(first)} to {written(last)}.", field=field)
    return day


def require_test_score(score: int | None, *, pass_mark: int | None, field: str = "score") -> int | None:
    """The score of the final test; refuses one where the course has no test."""
    if score is not None and pass_mark is None:
        raise Refusal("This course has no final test. Leave the score empty.", field=field)
    return require_score(score, field=field)


def _counted(one: Attended) -> int:
    return one.lasted if 0 < one.lasted - one.there <= LATE_ALLOWED and one.there > 0 else min(one.there, one.lasted)


def _part(minutes: int, share: Fraction) -> int:
    return int(minutes * share / QUARTER_HOUR) * QUARTER_HOUR


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = ([counted(hours, "hour")] if hours else []) + ([counted(rest, "minute")] if rest or not hours else [])
    return " ".join(parts)
