"""Steps of a policy in words, and why a reminder was not sent or did not arrive."""

import pytest

from certhub.rules import reminder_reasons
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


OWN_REASONS = sorted(value for name, value in vars(reminder_reasons).items() if name.isupper() and name[0] != "_")


@pytest.mark.parametrize("reason", OWN_REASONS)
def test_each_reason_of_the_ledger_has_a_sentence_of_its_own(reason: str) -> None:
    told = reminder_reasons.in_words(reason)
    assert not told.startswith("It was not needed")
    assert told.endswith(".")


def test_what_a_source_says_of_a_date_is_why_its_reminder_was_not_needed() -> None:
    assert reminder_reasons.in_words("already renewed") == "It was not needed: already renewed."
