"""What a training must look like to be entered: its hours, its day and its score, at their limits."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import (
    EARLIEST,
    MOST_HOURS,
    hours_field,
    require_completed_on,
    require_minutes,
    require_score,
)

TODAY = date(2026, 11, 22)
ONE_DAY = timedelta(days=1)
FIRST = next(iter(TrainingCategory))


def test_hours_are_kept_in_minutes_up_to_the_most_that_one_activity_has() -> None:
    assert require_minutes({FIRST: Decimal(MOST_HOURS)}) == {FIRST: MOST_HOURS * 60}
    with pytest.raises(Refusal, match="from 0 to 400") as refused:
        require_minutes({FIRST: Decimal(MOST_HOURS) + Decimal("0.25")})
    assert refused.value.field == hours_field(FIRST)


@pytest.mark.parametrize("hours", [{}, {FIRST: Decimal(0)}])
def test_a_training_without_hours_is_refused(hours: dict[TrainingCategory, Decimal]) -> None:
    with pytest.raises(Refusal, match="at least one category") as refused:
        require_minutes(hours)
    assert refused.value.field == hours_field(FIRST)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (TODAY, ""),
        (EARLIEST, ""),
        (TODAY + ONE_DAY, "in the future"),
        (EARLIEST - ONE_DAY, "January 1, 1990 or later"),
    ],
)
def test_a_training_is_finished_by_today_and_not_in_the_distant_past(day: date, says: str) -> None:
    if not says:
        assert require_completed_on(day, today=TODAY) == day
        return
    with pytest.raises(Refusal, match=says) as refused:
        require_completed_on(day, today=TODAY)
    assert refused.value.field == "completed_on"


@pytest.mark.parametrize(("score", "allowed"), [(None, True), (0, True), (100, True), (-1, False), (101, False)])
def test_a_score_is_a_percentage_where_there_is_one(score: int | None, *, allowed: bool) -> None:
    if allowed:
        assert require_score(score) == score
        return
    with pytest.raises(Refusal, match="from 0 to 100") as refused:
        require_score(score)
    assert refused.value.field == "score"
