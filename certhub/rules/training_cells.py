"""How the cells of a file of completions are read: dates, hours, categories, scores, yes and no.

Other systems write all of them in many ways. What can be read in one way only is understood; what cannot is refused
with what to type instead. Each function is asked for the same texts again and again, so the answers are kept.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from certhub.clock import civil_date
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.terms import MONTHS
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_columns import DateOrder, HoursUnit, ScoreUnit
from certhub.rules.training_entry import require_minutes

_KEPT = 8192

_ISO_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII)
_COMPACT_DAY = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_SHORT_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})", re.ASCII)
_DAY_MONTH = re.compile(r"([0-9]{1,2})[-. ]+([a-z]{3,9})[-., ]+([0-9]{4}|[0-9]{2})", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,9})[-. ]+([0-9]{1,2})(?:st|nd|rd|th)?[-, ]+([0-9]{4})", re.ASCII)
_TIME_OF_DAY = re.compile(
    r"[T ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<zone>Z|[A-Z]{3}|[+-][0-9]{2}(?::?[0-9]{2})?))?$",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})?", re.ASCII)
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
"""Hours from Greenwich, as systems in this country write them."""
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?", re.ASCII)

_FIRST_OF_EXCEL = date(1899, 12, 30)
_MONTHS_OF_A_YEAR = 12
_TYPE_A_DATE = "Type the date as year, month and day: 2026-03-31."


@dataclass(frozen=True, slots=True)
class DayRead:
    """A date as it was read, and whether the other order of day and month would have given another one."""

    day: date
    ambiguous: bool = False


@lru_cache(maxsize=_KEPT)
def read_day(text: str, order: DateOrder, today: date) -> DayRead:
    """The day that a cell holds; refuses one that does not exist or cannot be told.

    Understood are 2026-03-31, 3/31/2026 in the order of the file, 31-Mar-2026, March 31, 2026, a time of day behind
    them, and the serial number that is left of a date when a spreadsheet forgets its format. Two digits of a year are
    the last year that is not in the future. A time with its zone is the day that it was in Massachusetts.
    """
    at = _TIME_OF_DAY.search(text)
    found = _day_alone(text if at is None else text[: at.start()].strip(), order, today)
    return found if at is None or not at["zone"] else DayRead(_in_massachusetts(found.day, at), found.ambiguous)


def _day_alone(typed: str, order: DateOrder, today: date) -> DayRead:
    if found := _ISO_DAY.fullmatch(typed) or _COMPACT_DAY.fullmatch(typed):
        return DayRead(_day(int(found[1]), int(found[2]), int(found[3])))
    if found := _SHORT_DAY.fullmatch(typed):
        return _short(int(found[1]), int(found[2]), _year(found[3], today), order)
    named = typed.lower()
    if found := _DAY_MONTH.fullmatch(named):
        return DayRead(_day(_year(found[3], today), _month(found[2]), int(found[1])))
    if found := _MONTH_DAY.fullmatch(named):
        return DayRead(_day(int(found[3]), _month(found[1]), int(found[2])))
    if found := _SERIAL.fullmatch(typed):
        return DayRead(_FIRST_OF_EXCEL + timedelta(days=int(found[1])))
    raise Refusal(f"This is not a date. {_TYPE_A_DATE}")


def _in_massachusetts(day: date, at: re.Match[str]) -> date:
    """The day that it was in the agency's zone, for a time of day that names its own zone."""
    hour = int(at["hour"]) % 12 + 12 * (at["half"] in "pP") if at["half"] else int(at["hour"])
    try:
        there = time(hour, int(at["minute"]), int(at["second"] or 0))
    except ValueError:
        raise Refusal(f"This time of day does not exist. {_TYPE_A_DATE}") from None
    if there == time():
        return day  # how systems write a day without a time; to move it would put all of their days one too early
    try:
        return civil_date(datetime.combine(day, there, timezone(_from_greenwich(at["zone"].upper()))))
    except (OverflowError, ValueError):
        raise Refusal(f"This date does not exist. {_TYPE_A_DATE}") from None


def _from_greenwich(zone: str) -> timedelta:
    if found := _OFFSET.fullmatch(zone):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return offset if found[1] == "+" else -offset
    if zone not in _ZONES:
        raise Refusal(f"CertHub does not know the time zone {zone}. {_TYPE_A_DATE}")
    return timedelta(hours=_ZONES[zone])


def _short(first: int, second: int, year: int, order: DateOrder) -> DayRead:
    if order is DateOrder.YEAR_FIRST:
        raise Refusal(
            f"{_TYPE_A_DATE} If all dates of the file look like this one, choose another order of dates for the file."
        )
    month, day = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
    if month > _MONTHS_OF_A_YEAR >= day:
        said, other = ("month", "day") if order is DateOrder.MONTH_FIRST else ("day", "month")
        if month <= monthrange(year, day)[1]:
            raise Refusal(
                f"Read with the {said} first, this date does not exist. {_TYPE_A_DATE} If all dates of the file have "
                f"the {other} first, choose that for the file."
            )
        raise Refusal(f"{_no_such_day(year, day)} {_TYPE_A_DATE}")
    return DayRead(_day(year, month, day), ambiguous=day <= _MONTHS_OF_A_YEAR and day != month)


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= _MONTHS_OF_A_YEAR:
        raise Refusal(f"This date does not exist: there is no month {month}. {_TYPE_A_DATE}")
    try:
        return date(year, month, day)
    except ValueError:
        raise Refusal(f"{_no_such_day(year, month)} {_TYPE_A_DATE}") from None


def _no_such_day(year: int, month: int) -> str:
    if not 1 <= month <= _MONTHS_OF_A_YEAR or year < 1:
        return "This date does not exist."
    return f"This date does not exist: {MONTHS[month - 1]} {year} has {monthrange(year, month)[1]} days."


def _month(name: str) -> int:
    for number, month in enumerate(MONTHS, 1):
        if month.lower().startswith(name[:3]) and (month.lower().startswith(name) or name == "sept"):
            return number
    raise Refusal(f"“{name}” is not a month. {_TYPE_A_DATE}")


def _year(text: str, today: date) -> int:
    year = int(text)
    if len(text) == 4:  # noqa: PLR2004  (written in full)
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year else century - 100 + year


_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::00)?", re.ASCII)
_HOURS_AND_MINUTES = re.compile(
    r"(?:([0-9]+(?:[.,][0-9]+)?) ?h(?:(?:ou)?rs?)?\.?)?(?:,? ?(?:and )?([0-9]+) ?m(?:in(?:ute)?s?)?\.?)?", re.ASCII
)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3},[0-9]{3}", re.ASCII)
_TYPE_HOURS = "Type the hours as a number, for example 1.5."


@lru_cache(maxsize=_KEPT)
def read_minutes(text: str, unit: HoursUnit) -> int:
    """The minutes of contact time that a cell holds, in quarters of an hour.

    Understood are 1.5, 1,5, 1:30, 90 min, and 1 h 30 min; a bare number counts in the unit of the file.
    """
    typed = text.lower().strip()
    if found := _CLOCK.fullmatch(typed):
        minutes = Decimal(int(found[1]) * 60 + int(found[2]))
    elif _NUMBER.fullmatch(typed):
        if _THOUSANDS.fullmatch(typed):
            raise Refusal(
                "It cannot be told whether the comma means thousands or a fraction. Type the number without it."
            )
        minutes = _decimal(typed) * (60 if unit is HoursUnit.HOURS else 1)
    elif (found := _HOURS_AND_MINUTES.fullmatch(typed)) and (found[1] or found[2]):
        minutes = _decimal(found[1] or "0") * 60 + int(found[2] or 0)
    else:
        raise Refusal(_TYPE_HOURS)
    if not minutes:
        raise Refusal("A training of no hours is not imported. Type its hours, or take the row out of the file.")
    return next(iter(require_minutes({TrainingCategory.GENERAL: minutes / 60}).values()))


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


_WHOLE = 100
_TYPE_A_SCORE = "Type the score in percent as a number from 0 to 100, or leave the cell empty."


@lru_cache(maxsize=_KEPT)
def read_score(text: str, unit: ScoreUnit) -> int:
    """A score in percent. Fractions are cut off, so that nobody passes by rounding.

    A bare number is a percentage or a share of 1, as the file has it; one that looks like the other is refused, since 1
    would be a failure in the one and a full score in the other.
    """
    typed = text.rstrip("% ")
    if not _NUMBER.fullmatch(typed):
        raise Refusal(_TYPE_A_SCORE)
    score = _decimal(typed)
    if not text.endswith("%"):
        if unit is ScoreUnit.SHARE and score <= 1:
            score *= _WHOLE
        elif unit is ScoreUnit.SHARE:
            raise Refusal(
                "The scores of this file are read as shares from 0 to 1, and this is more. Type it with a percent "
                "sign, for example 90%, or choose scores from 0 to 100 for the file."
            )
        elif 0 < score <= 1:
            raise Refusal(
                "This can be a share (1 is a full score) or a percentage (1 is 1 percent). Type it with a percent "
                "sign, for example 90%. If all scores of the file look like this one, choose scores from 0 to 1 for "
                "the file."
            )
    if score > _WHOLE:
        raise Refusal(_TYPE_A_SCORE)
    return int(score)


_YES = frozenset({"yes", "y", "true", "1", "x", "approved"})
_NO = frozenset({"no", "n", "false", "0", "not approved"})


def read_approved(text: str) -> bool:
    """Whether the provider is approved, in the words that systems use."""
    word = text.casefold()
    if word not in _YES | _NO:
        raise Refusal("Type yes or no.")
    return word in _YES


CATEGORY_WORDS = {
    folded(word): category
    for category in TrainingCategory
    for word in (category.value, category.label, category.short_label)
}
"""The words for categories that every file may use."""
