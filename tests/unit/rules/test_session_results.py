"""What a session gives: from the minutes of each meeting and the score, as a table."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.refusal import Refusal
from certhub.rules.session_results import (
    LATE_ALLOWED,
    Attended,
    require_attendance,
    require_finishing_day,
    require_test_score,
    result_of,
)
from certhub.rules.training_categories import TrainingCategory

CORE, ETHICS = TrainingCategory.CORE, TrainingCategory.ETHICS_SCOPE
HOURS = {CORE: 240, ETHICS: 120}
MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
COMPLETED, IN_PART, NOT_COMPLETED, NO_SHOW = (
    EnrolmentStatus.COMPLETED,
    EnrolmentStatus.IN_PART,
    EnrolmentStatus.NOT_COMPLETED,
    EnrolmentStatus.NO_SHOW,
)


def there(*minutes: int) -> list[Attended]:
    return [Attended(day, 180, spent) for day, spent in zip((MONDAY, TUESDAY), minutes, strict=True)]


@pytest.mark.parametrize(
    ("minutes", "partial", "status", "earned", "on"),
    [
        ((180, 180), False, COMPLETED, HOURS, TUESDAY),
        ((170, 180), False, COMPLETED, HOURS, TUESDAY),  # ten minutes late
        ((169, 180), False, NOT_COMPLETED, {}, None),
        ((169, 180), True, IN_PART, {CORE: 225, ETHICS: 105}, TUESDAY),  # 349/360 of each, down to the quarter hour
        ((180, 0), True, IN_PART, {CORE: 120, ETHICS: 60}, MONDAY),  # dated by the last meeting that was attended
        ((180, 0), False, NOT_COMPLETED, {}, None),
        ((40, 0), True, IN_PART, {CORE: 15}, MONDAY),  # of two hours of ethics, 13 minutes round down to nothing
        ((5, 0), True, NOT_COMPLETED, {}, None),
        ((0, 0), True, NO_SHOW, {}, None),
        ((0, 0), False, NO_SHOW, {}, None),
        ((400, 180), False, COMPLETED, HOURS, TUESDAY),  # nobody is there for longer than it lasts
    ],
)
def test_hours_follow_the_time_that_somebody_was_there(
    minutes: tuple[int, int],
    partial: bool,
    status: EnrolmentStatus,
    earned: dict[TrainingCategory, int],
    on: date | None,
) -> None:
    result = result_of(HOURS, there(*minutes), score=None, pass_mark=None, partial_credit=partial)
    assert (result.status, dict(result.minutes), result.completed_on) == (status, earned, on)
    assert result.because.endswith(".")


@pytest.mark.parametrize(
    ("score", "status"), [(80, COMPLETED), (100, COMPLETED), (79, NOT_COMPLETED), (None, NOT_COMPLETED)]
)
def test_the_pass_mark_is_enough_and_one_percent_less_is_not(score: int | None, status: EnrolmentStatus) -> None:
    result = result_of(HOURS, there(180, 180), score=score, pass_mark=80, partial_credit=False)
    assert result.status is status
    assert bool(result.minutes) is (status is COMPLETED)


def test_whoever_did_not_come_did_not_fail() -> None:
    assert result_of(HOURS, there(0, 0), score=None, pass_mark=80, partial_credit=False).status is NO_SHOW


@given(
    st.lists(st.tuples(st.integers(15, 600), st.integers(0, 600)), min_size=1, max_size=5),
    st.dictionaries(
        st.sampled_from(TrainingCategory), st.integers(1, 40).map(lambda quarters: quarters * 15), min_size=1
    ),
    st.booleans(),
)
def test_nobody_earns_more_than_the_course_gives_and_only_quarter_hours(
    meetings: list[tuple[int, int]], hours: dict[TrainingCategory, int], partial: bool
) -> None:
    attended = [Attended(MONDAY, lasted, min(spent, lasted)) for lasted, spent in meetings]
    result = result_of(hours, attended, score=None, pass_mark=None, partial_credit=partial)
    for category, minutes in result.minutes.items():
        assert 0 < minutes <= hours[category]
        assert minutes % 15 == 0
    assert bool(result.minutes) is (result.completed_on is not None)
    missed = any(one.lasted - one.there > LATE_ALLOWED for one in attended)
    if not missed and any(one.there for one in attended) and all(one.there for one in attended):
        assert dict(result.minutes) == hours


@pytest.mark.parametrize("typed", [None, -1, 181])
def test_minutes_lie_within_the_meeting(typed: int | None) -> None:
    with pytest.raises(Refusal, match="from 0 to 180") as refused:
        require_attendance(typed, lasted=180, field="minutes_1_1")
    assert refused.value.field == "minutes_1_1"


def test_a_score_is_for_a_course_with_a_test() -> None:
    assert require_test_score(None, pass_mark=None) is None
    assert require_test_score(77, pass_mark=80) == 77
    with pytest.raises(Refusal, match="no final test"):
        require_test_score(77, pass_mark=None)
    with pytest.raises(Refusal, match="from 0 to 100"):
        require_test_score(101, pass_mark=80)


@pytest.mark.parametrize(
    ("spent", "status", "because"),
    [
        (180, COMPLETED, "Did all of it."),
        (60, NOT_COMPLETED, "Did 1 hour of 3 hours. This course gives no credit for a part."),
        (0, NOT_COMPLETED, "Nothing of it is noted."),
    ],
)
def test_of_a_course_at_ones_own_pace_nobody_says_that_somebody_was_there(
    spent: int, status: EnrolmentStatus, because: str
) -> None:
    found = result_of(
        HOURS, [Attended(MONDAY, 180, spent)], score=None, pass_mark=None, partial_credit=False, own_pace=True
    )
    assert (found.status, found.because) == (status, because)


@pytest.mark.parametrize(
    ("day", "there", "said"),
    [
        (MONDAY, 60, None),
        (TUESDAY, 60, None),
        (None, 0, None),
        (None, 180, "Enter the day on which"),
        (None, 60, None),  # a part, which can become more
        (TUESDAY + timedelta(days=1), 60, "from March 9, 2026 to March 10, 2026"),
        (MONDAY - timedelta(days=1), 60, "from March 9, 2026 to March 10, 2026"),
        (MONDAY, 0, "leave the day empty"),
    ],
)
def test_a_course_at_ones_own_pace_is_finished_on_a_day_of_its_period(
    day: date | None, there: int, said: str | None
) -> None:
    def asked() -> date | None:
        return require_finishing_day(day, there=there, lasted=180, first=MONDAY, last=TUESDAY, field="finished_1")

    if said is None:
        assert asked() == day
    else:
        with pytest.raises(Refusal, match=said):
            asked()
