"""What the clocks of Massachusetts show, and which instant is meant by it (15 U.S.C. 260a).

In March the clocks skip an hour, and a time in it never comes. In November they show one hour twice.
"""

from datetime import UTC, date, datetime, time

from certhub.clock import AGENCY_ZONE
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written, written_at

TWICE = "The clocks show this time twice that night. The first one is meant, before they are set back."
"""What a page says beside a time that `happens_twice`."""


def instant(day: date, at: time, *, field: str | None = None) -> datetime:
    """The instant at which the clocks show `at` on `day`; of two such instants the first.

    Raises `Refusal`, beside `field`, for a time that the clocks skip.
    """
    if is_skipped(day, at):
        raise Refusal(
            f"There is no {in_words(at)} on {written(day)}: the clocks are set forward that night. "
            "Choose a time an hour later, or another day.",
            field=field,
        )
    return datetime.combine(day, at.replace(fold=0), AGENCY_ZONE).astimezone(UTC)


def first_moment(day: date) -> datetime:
    """The instant at which a day begins."""
    return datetime.combine(day, time(), AGENCY_ZONE).astimezone(UTC)


def is_skipped(day: date, at: time) -> bool:
    """Whether the clocks are set forward past this time, so that it never comes."""
    typed = datetime.combine(day, at.replace(fold=0), AGENCY_ZONE)
    return typed.astimezone(UTC).astimezone(AGENCY_ZONE).replace(tzinfo=None) != typed.replace(tzinfo=None)


def happens_twice(day: date, at: time) -> bool:
    """Whether the clocks show this time, are set back, and show it again."""
    first, second = (datetime.combine(day, at.replace(fold=fold), AGENCY_ZONE) for fold in (0, 1))
    return not is_skipped(day, at) and first.utcoffset() != second.utcoffset()


def shown(moment: datetime) -> tuple[date, time]:
    """The day and the time of day that the clocks show at an instant."""
    local = moment.astimezone(AGENCY_ZONE)
    return local.date(), local.time().replace(fold=0)


def in_words(at: time) -> str:
    """A time of day as a person writes it, on one line to its end: "2:30 PM"."""
    half = "AM" if at.hour < 12 else "PM"  # noqa: PLR2004  (noon)
    return f"{at.hour % 12 or 12}:{at:%M}\u00a0{half}"


def start_in_words(starts_at: datetime, *, own_pace: bool) -> str:
    """When a session starts; of a course at one's own pace the first day only."""
    return written(shown(starts_at)[0]) if own_pace else written_at(starts_at)


def session_in_words(starts_at: datetime, ends_at: datetime, *, own_pace: bool) -> str:
    """When a meeting is held; of a course at one's own pace the first and the last day."""
    return (days_in_words if own_pace else span_in_words)(starts_at, ends_at)


def days_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """The first and the last day of a period: "March 10, 2026 to May 8, 2026"."""
    first, last = shown(starts_at)[0], shown(ends_at)[0]
    return written(first) if first == last else f"{written(first)} to {written(last)}"


def span_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """When something begins and ends: "March 10, 2026, 9:00 AM to 12:30 PM"; the second day only where it differs."""
    (first, begins), (last, ends) = shown(starts_at), shown(ends_at)
    until = in_words(ends) if first == last else f"{written(last)}, {in_words(ends)}"
    return f"{written(first)}, {in_words(begins)} to {until}"
