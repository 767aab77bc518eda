"""When a course meets: in order, apart, in the future, and with deadlines before it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from certhub.rules.course_meetings import Meeting, code_counts, require_deadlines, require_meetings, require_time_enough
from certhub.rules.courses import Delivery
from certhub.rules.refusal import Refusal

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NINE = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MORNING, AFTERNOON = Meeting(NINE, NINE + 3 * HOUR), Meeting(NINE + 4 * HOUR, NINE + 6 * HOUR)


@pytest.mark.parametrize(
    ("given", "delivery", "sentence"),
    [
        ([], Delivery.IN_PERSON, "at least one meeting"),
        ([Meeting(NINE, NINE)], Delivery.IN_PERSON, "ends before it starts"),
        ([Meeting(NINE, NINE - HOUR)], Delivery.IN_PERSON, "ends before it starts"),
        ([Meeting(NINE, NINE + 15 * HOUR)], Delivery.LIVE_ONLINE, "too long"),
        ([Meeting(NOW, NOW + HOUR)], Delivery.IN_PERSON, "in the past"),
        ([MORNING, Meeting(NINE + 2 * HOUR, NINE + 5 * HOUR)], Delivery.IN_PERSON, "starts before the one before"),
        ([MORNING, AFTERNOON], Delivery.SELF_PACED, "one period"),
        ([replace(MORNING, number=7), replace(AFTERNOON, number=7)], Delivery.IN_PERSON, "stands in two rows"),
        ([Meeting(NINE, NINE + timedelta(days=367))], Delivery.SELF_PACED, "too long"),
        ([Meeting(NINE + number * 24 * HOUR, NINE + HOUR + number * 24 * HOUR) for number in range(21)],
         Delivery.IN_PERSON, "at most 20"),
    ],
)  # fmt: skip
def test_meetings_that_cannot_be_are_refused(given: list[Meeting], delivery: Delivery, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        require_meetings(given, delivery=delivery, after=NOW)
    assert refused.value.field == "meetings"


def test_meetings_come_back_in_order_and_may_follow_one_another_without_a_break() -> None:
    following = Meeting(MORNING.ends_at, MORNING.ends_at + HOUR)
    assert require_meetings([following, MORNING], delivery=Delivery.IN_PERSON, after=NOW) == (MORNING, following)
    period = Meeting(NINE, NINE + timedelta(days=90))
    under_way = NINE + timedelta(days=10)
    assert require_meetings([period], delivery=Delivery.SELF_PACED, after=under_way) == (period,)
    with pytest.raises(Refusal, match="in the past"):
        require_meetings([period], delivery=Delivery.SELF_PACED, after=period.ends_at)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((replace(MORNING, number=1), replace(AFTERNOON, number=2)), None),
        ((replace(MORNING, number=1), Meeting(NINE + 30 * HOUR, NINE + 33 * HOUR, 2)), None),
        ((replace(MORNING, number=1),), None),  # the second one was dropped
        ((replace(AFTERNOON, number=2),), "Leave the meeting of March 10, 2026"),
        ((replace(MORNING, number=1, ends_at=NINE + HOUR),), "Leave the meeting"),
        ((MORNING,), "Leave the meeting"),  # another one at the same time
        ((replace(MORNING, number=1), Meeting(NINE - 5 * HOUR, NINE - 4 * HOUR)), "in the past"),
    ],
)
def test_under_way_what_was_held_stays_and_the_rest_can_change(
    given: tuple[Meeting, ...], sentence: str | None
) -> None:
    def asked() -> tuple[Meeting, ...]:
        held = [replace(MORNING, number=1)]
        return require_meetings(given, delivery=Delivery.IN_PERSON, after=NINE + HOUR, held=held)

    if sentence is None:
        assert asked() == given
    else:
        with pytest.raises(Refusal, match=sentence):
            asked()


@pytest.mark.parametrize(
    ("minutes", "delivery", "said"),
    [
        (300, Delivery.IN_PERSON, None),
        (315, Delivery.LIVE_ONLINE, "gives 5.25 contact hours, but its meetings last 5 hours together"),
        (315, Delivery.SELF_PACED, None),
    ],
)
def test_meetings_last_as_long_as_the_contact_hours_that_they_give(
    minutes: int, delivery: Delivery, said: str | None
) -> None:
    if said is None:
        require_time_enough([MORNING, AFTERNOON], minutes=minutes, delivery=delivery)
    else:
        with pytest.raises(Refusal, match=said):
            require_time_enough([MORNING, AFTERNOON], minutes=minutes, delivery=delivery)


@pytest.mark.parametrize(("day", "refused"), [(date(2026, 3, 10), False), (date(2026, 3, 11), True)])
def test_deadlines_come_no_later_than_the_first_day(day: date, refused: bool) -> None:
    first = date(2026, 3, 10)
    for enrol, withdraw, field in ((day, first, "enrol_until"), (first, day, "withdraw_until")):
        if not refused:
            require_deadlines(enrol, withdraw, last_day=first)
            continue
        with pytest.raises(Refusal) as found:
            require_deadlines(enrol, withdraw, last_day=first)
        assert found.value.field == field


@pytest.mark.parametrize(
    ("minutes", "counts"), [(-31, False), (-30, True), (0, True), (180, True), (210, True), (211, False)]
)
def test_a_code_is_taken_half_an_hour_around_the_meeting(minutes: int, counts: bool) -> None:
    assert code_counts(MORNING, at=NINE + timedelta(minutes=minutes)) is counts
