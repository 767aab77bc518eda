"""The cells of files of training as tables: dates, hours, scores, yes and no."""

from datetime import date

import pytest

from certhub.rules.refusal import Refusal
from certhub.rules.training_cells import read_approved, read_day, read_minutes, read_score
from certhub.rules.training_columns import DateOrder, HoursUnit, ScoreUnit

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "order", "day"),
    [
        ("2026-03-31", DateOrder.DAY_FIRST, date(2026, 3, 31)),
        ("2026/3/31", DateOrder.YEAR_FIRST, date(2026, 3, 31)),
        ("20260331", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("3/4/2026", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("3/4/2026", DateOrder.DAY_FIRST, date(2026, 4, 3)),
        ("31.03.2026", DateOrder.DAY_FIRST, date(2026, 3, 31)),
        ("3-31-26", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("3/31/99", DateOrder.MONTH_FIRST, date(1999, 3, 31)),
        ("31-Mar-2026", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("31-Sept-25", DateOrder.MONTH_FIRST, None),
        ("March 31, 2026", DateOrder.YEAR_FIRST, date(2026, 3, 31)),
        ("Mar 31st, 2026", DateOrder.YEAR_FIRST, date(2026, 3, 31)),
        ("3/31/2026 2:30 PM", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("2026-03-31T14:30:00Z", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("3/31/2026 14:30 EST", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("2026-03-10T02:00:00Z", DateOrder.MONTH_FIRST, date(2026, 3, 9)),
        ("2026-03-10T03:59:59.500+00:00", DateOrder.MONTH_FIRST, date(2026, 3, 9)),
        ("2026-03-10T04:00Z", DateOrder.MONTH_FIRST, date(2026, 3, 10)),
        ("2026-01-10 04:59 UTC", DateOrder.MONTH_FIRST, date(2026, 1, 9)),
        ("2026-01-10 05:00:00+00", DateOrder.MONTH_FIRST, date(2026, 1, 10)),
        ("3/10/2026 9:30 PM PST", DateOrder.MONTH_FIRST, date(2026, 3, 11)),
        ("10/3/2026 12:30 AM GMT", DateOrder.DAY_FIRST, date(2026, 3, 9)),
        ("2026-03-10T12:00:00+1400", DateOrder.MONTH_FIRST, date(2026, 3, 9)),
        ("2026-03-10T23:30:00", DateOrder.MONTH_FIRST, date(2026, 3, 10)),
        ("2026-03-10T00:00:00Z", DateOrder.MONTH_FIRST, date(2026, 3, 10)),
        ("2026-03-10T25:00:00Z", DateOrder.MONTH_FIRST, None),
        ("2026-03-10T02:00:00+99:00", DateOrder.MONTH_FIRST, None),
        ("2026-03-10 02:00 XYZ", DateOrder.MONTH_FIRST, None),
        ("46112", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("46112.604", DateOrder.MONTH_FIRST, date(2026, 3, 31)),
        ("3/31", DateOrder.MONTH_FIRST, None),
        ("tomorrow", DateOrder.MONTH_FIRST, None),
        ("2026-02-29", DateOrder.MONTH_FIRST, None),
        ("0000-01-01", DateOrder.MONTH_FIRST, None),
        ("13/13/2026", DateOrder.MONTH_FIRST, None),
    ],
)
def test_a_date_is_read_in_the_order_of_the_file_and_otherwise_as_it_can_only_be_meant(
    typed: str, order: DateOrder, day: date | None
) -> None:
    if day is None:
        with pytest.raises(Refusal, match="Type the date as year, month and day"):
            read_day(typed, order, TODAY)
    else:
        assert read_day(typed, order, TODAY).day == day


@pytest.mark.parametrize(
    ("typed", "order", "says"),
    [
        ("31/06/2012", DateOrder.DAY_FIRST, "June 2012 has 30 days"),
        ("31/06/2012", DateOrder.MONTH_FIRST, "June 2012 has 30 days"),
        ("30/06/2012", DateOrder.MONTH_FIRST, "Read with the month first, this date does not exist"),
        ("06/30/2012", DateOrder.DAY_FIRST, "Read with the day first, this date does not exist"),
        ("6/30/2012", DateOrder.YEAR_FIRST, "choose another order of dates"),
        ("12-Foo-2012", DateOrder.MONTH_FIRST, "is not a month"),
        ("2026-03-10 02:00 XYZ", DateOrder.MONTH_FIRST, "does not know the time zone XYZ"),
    ],
)
def test_a_date_that_does_not_exist_says_why_and_what_to_type(typed: str, order: DateOrder, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        read_day(typed, order, TODAY)


@pytest.mark.parametrize(
    ("typed", "unit", "minutes"),
    [
        ("1.5", HoursUnit.HOURS, 90),
        ("1,5", HoursUnit.HOURS, 90),
        ("1:30", HoursUnit.HOURS, 90),
        ("01:30:00", HoursUnit.MINUTES, 90),
        ("90 min", HoursUnit.HOURS, 90),
        ("90", HoursUnit.MINUTES, 90),
        ("1 h 30 min", HoursUnit.MINUTES, 90),
        ("1 hour and 30 minutes", HoursUnit.MINUTES, 90),
        ("2 hrs", HoursUnit.MINUTES, 120),
        ("6", HoursUnit.HOURS, 360),
        ("0", HoursUnit.HOURS, "no hours"),
        ("1,000", HoursUnit.MINUTES, "whether the comma means"),
        ("50", HoursUnit.MINUTES, "in quarters"),
        ("1.1", HoursUnit.HOURS, "in quarters"),
        ("401", HoursUnit.HOURS, "from 0 to 400"),
        ("-2", HoursUnit.HOURS, "as a number"),
        ("half a day", HoursUnit.HOURS, "as a number"),
        ("min", HoursUnit.HOURS, "as a number"),
        ("NaN", HoursUnit.HOURS, "as a number"),
    ],
)
def test_hours_are_read_as_systems_write_them_and_held_to_the_rule_of_a_single_entry(
    typed: str, unit: HoursUnit, minutes: int | str
) -> None:
    if isinstance(minutes, str):
        with pytest.raises(Refusal, match=minutes):
            read_minutes(typed, unit)
    else:
        assert read_minutes(typed, unit) == minutes


@pytest.mark.parametrize(
    ("typed", "unit", "score"),
    [
        ("90", ScoreUnit.PERCENT, 90),
        ("90%", ScoreUnit.PERCENT, 90),
        ("90 %", ScoreUnit.SHARE, 90),
        ("69.9", ScoreUnit.PERCENT, 69),
        ("69,9", ScoreUnit.PERCENT, 69),
        ("100", ScoreUnit.PERCENT, 100),
        ("0", ScoreUnit.PERCENT, 0),
        ("1%", ScoreUnit.PERCENT, 1),
        ("0.5%", ScoreUnit.SHARE, 0),
        ("1.5", ScoreUnit.PERCENT, 1),
        ("1", ScoreUnit.SHARE, 100),
        ("0.9", ScoreUnit.SHARE, 90),
        ("0,695", ScoreUnit.SHARE, 69),
        ("0", ScoreUnit.SHARE, 0),
        ("1", ScoreUnit.PERCENT, "a share"),
        ("0.9", ScoreUnit.PERCENT, "choose scores from 0 to 1"),
        ("90", ScoreUnit.SHARE, "choose scores from 0 to 100"),
        ("101", ScoreUnit.PERCENT, "from 0 to 100"),
        ("101%", ScoreUnit.SHARE, "from 0 to 100"),
        ("-1", ScoreUnit.PERCENT, "from 0 to 100"),
        ("A", ScoreUnit.PERCENT, "from 0 to 100"),
        ("NaN", ScoreUnit.PERCENT, "from 0 to 100"),
        ("%", ScoreUnit.PERCENT, "from 0 to 100"),
    ],
)
def test_a_score_is_a_whole_percent_that_is_never_rounded_up_and_never_guessed(
    typed: str, unit: ScoreUnit, score: int | str
) -> None:
    if isinstance(score, str):
        with pytest.raises(Refusal, match=score):
            read_score(typed, unit)
    else:
        assert read_score(typed, unit) == score


@pytest.mark.parametrize(
    ("typed", "approved"), [("Yes", True), ("TRUE", True), ("x", True), ("no", False), ("0", False)]
)
def test_yes_and_no_are_read_in_the_words_of_systems(typed: str, approved: bool) -> None:
    assert read_approved(typed) is approved


def test_another_word_than_yes_or_no_is_refused() -> None:
    with pytest.raises(Refusal, match="Type yes or no"):
        read_approved("maybe")
