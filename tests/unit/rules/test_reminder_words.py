"""Steps of a policy in words."""

import pytest

from certhub.rules.reminder_policies import DayCount
from certhub.rules.reminder_words import steps_in_words

CALENDAR, BUSINESS = DayCount.CALENDAR, DayCount.BUSINESS


@pytest.mark.parametrize(
    ("steps", "counted_in", "words"),
    [
        ((180, 30, 1, 0, -1, -15), CALENDAR, "180, 30 and 1 days before; on the day; 1 and 15 days after"),
        ((1,), CALENDAR, "1 day before"),
        ((0,), CALENDAR, "on the day"),
        ((0, -1), CALENDAR, "on the day; 1 day after"),
        ((10, 5), BUSINESS, "10 and 5 business days before"),
        ((), CALENDAR, ""),
    ],
)
def test_steps_are_said_as_a_person_says_them(steps: tuple[int, ...], counted_in: DayCount, words: str) -> None:
    assert steps_in_words(steps, counted_in) == words
