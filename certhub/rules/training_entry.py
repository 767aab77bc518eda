"""What a training activity must look like to be counted: its date, its hours by category, its score."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory

EARLIEST = date(1990, 1, 1)
QUARTER_HOUR = 15
"""Minutes; contact hours are counted in quarters of an hour."""
MOST_HOURS = 400
"""In one category of one activity (program default): more is a typing error."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def require_minutes(hours: Mapping[TrainingCategory, Decimal]) -> dict[TrainingCategory, int]:
    """Minutes by category; refuses an activity without hours, and hours that are not quarters."""
    minutes: dict[TrainingCategory, int] = {}
    for category, value in hours.items():
        if not value.is_finite() or value < 0 or value > MOST_HOURS:
            raise Refusal(f"Type hours from 0 to {MOST_HOURS}.", field=hours_field(category))
        if value * 60 % QUARTER_HOUR:
            raise Refusal("Type hours in quarters, for example 1.5 or 2.25.", field=hours_field(category))
        if value:
            minutes[category] = int(value * 60)
    if not minutes:
        raise Refusal("Type the hours beside at least one category.", field=hours_field(next(iter(TrainingCategory))))
    return minutes


def hours_field(category: TrainingCategory) -> str:
    """The name of the form field that takes a category's hours."""
    return f"hours_{category.value}"


def require_completed_on(day: date, *, today: date) -> date:
    """The day on which the training ended; refuses the future and the distant past."""
    if day > today:
        raise Refusal("This day is in the future. Enter training after it is finished.", field="completed_on")
    if day < EARLIEST:
        raise Refusal(f"Type a day that is {written(EARLIEST)} or later.", field="completed_on")
    return day


def course_code_of(typed: str | None) -> str | None:
    """A course code as standards write it: "pccc - m1" is PCCC-M1; None where there is none."""
    text = "".join(unicodedata.normalize("NFKC", typed or "").split()).upper()
    return text.translate(_DASHES) or None


def marks_of(
    title: str, provider: str, code: str | None, completed_on: date, category: str
) -> frozenset[tuple[object, ...]]:
    """What tells a training from another; two entries that share one of these marks are the same training.

    It is the same course, or the same title from the same provider, finished on the same day, in the same category.
    """
    found: set[tuple[object, ...]] = {("title", folded(title), folded(provider), completed_on, category)}
    known = course_code_of(code)
    if known is not None:
        found.add(("course", known, completed_on, category))
    return frozenset(found)


def is_approved(*, said: bool, found: bool | None) -> bool:
    """Whether a training counts as approved: as a reviewer found it, and until then as it was entered."""
    return said if found is None else found


def require_score(score: int | None, *, field: str = "score") -> int | None:
    """A result in percent, where there was a test."""
    if score is not None and not 0 <= score <= 100:  # noqa: PLR2004  (a share in percent)
        raise Refusal("Type the score as a whole number from 0 to 100.", field=field)
    return score
