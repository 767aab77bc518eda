"""How a file of training completions is laid out: which column holds what, and how its dates and hours are written.

A layout is saved under the headings of the file, so that the next file from the same system is read in the same way.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import shown
from certhub.rules.training_categories import TrainingCategory

LEFT_OUT = "-"
"""What stands in the place of a category for words whose rows are not wanted."""
ADDED_COLUMN = "What to do"
"""The column that CertHub adds to the rows that it gives back; it is passed over when they return."""

_ROWS_LOOKED_AT = 10
_LETTERS = 26
_MONTHS = 12


class Field(StrEnum):
    """What a column of a file of completions can hold."""

    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    TITLE = "title"
    PROVIDER = "provider"
    COMPLETED_ON = "completed_on"
    HOURS = "hours"
    CATEGORY = "category"
    COURSE_CODE = "course_code"
    SCORE = "score"
    APPROVED = "approved"


FIELD_LABELS: Mapping[Field, str] = {
    Field.NUMBER: "Credential number of the person",
    Field.EMAIL: "E-mail address of the person",
    Field.NAME: "Name of the person",
    Field.GIVEN_NAME: "Given name",
    Field.FAMILY_NAME: "Family name",
    Field.TITLE: "Title of the training",
    Field.PROVIDER: "Who gave the training",
    Field.COMPLETED_ON: "Day on which it was finished",
    Field.HOURS: "Hours",
    Field.CATEGORY: "Category of the hours",
    Field.COURSE_CODE: "Course code",
    Field.SCORE: "Score in percent",
    Field.APPROVED: "Provider is approved (yes or no)",
}


class DateOrder(StrEnum):
    """In which order a date such as 3/4/2026 is written."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"
    YEAR_FIRST = "year_first"


DATE_ORDER_LABELS: Mapping[DateOrder, str] = {
    DateOrder.MONTH_FIRST: "Month first: 3/4/2026 is March 4",
    DateOrder.DAY_FIRST: "Day first: 3/4/2026 is April 3",
    DateOrder.YEAR_FIRST: "Year first only: 2026-03-04",
}


class HoursUnit(StrEnum):
    """What a bare number in the column of hours counts."""

    HOURS = "hours"
    MINUTES = "minutes"


UNIT_LABELS: Mapping[HoursUnit, str] = {
    HoursUnit.HOURS: "Hours: 1.5 is one hour and a half",
    HoursUnit.MINUTES: "Minutes: 90 is one hour and a half",
}


class ScoreUnit(StrEnum):
    """What a bare number in the column of scores counts."""

    PERCENT = "percent"
    SHARE = "share"


SCORE_LABELS: Mapping[ScoreUnit, str] = {
    ScoreUnit.PERCENT: "From 0 to 100: 90 is 90 percent",
    ScoreUnit.SHARE: "From 0 to 1: 0.9 is 90 percent",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a file hold, by the key of their heading, and how their cells are read."""

    columns: Mapping[str, Field] = field(default_factory=dict)
    date_order: DateOrder = DateOrder.MONTH_FIRST
    hours_unit: HoursUnit = HoursUnit.HOURS
    default_category: TrainingCategory | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    """Folded words of the file and the category that they stand for, or `LEFT_OUT`."""
    approved: bool = False
    """Whether the providers are approved where no column says so."""
    score_unit: ScoreUnit = ScoreUnit.PERCENT

    def document(self) -> dict[str, Any]:
        """The layout as it is kept."""
        return {
            "columns": {key: found.value for key, found in self.columns.items()},
            "date_order": self.date_order.value,
            "hours_unit": self.hours_unit.value,
            "default_category": self.default_category.value if self.default_category else None,
            "words": dict(self.words),
            "approved": self.approved,
            "score_unit": self.score_unit.value,
        }


def layout_of(document: Mapping[str, Any]) -> Layout:
    """The layout that was kept."""
    return Layout(
        columns={key: Field(value) for key, value in document["columns"].items()},
        date_order=DateOrder(document["date_order"]),
        hours_unit=HoursUnit(document["hours_unit"]),
        default_category=TrainingCategory(document["default_category"]) if document["default_category"] else None,
        words=document["words"],
        approved=document["approved"],
        score_unit=ScoreUnit(document["score_unit"]),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a file: what it is called on the page, and the key that its place in a layout is kept under."""

    name: str
    key: str
    position: int
    added: bool = False
    """Whether CertHub itself added the column to rows that it gave back."""


def headings_of(cells: Sequence[str]) -> list[Heading]:
    """The columns of a heading row; one without a heading gets the letter of its column, and one that comes twice a
    number."""
    found: list[Heading] = []
    counts: dict[str, int] = {}
    for position, cell in enumerate(cells):
        name, key = shown(cell), re.sub(r"[\W_]+", "", folded(cell))
        if not key:
            name = name or f"Column {_letter(position)} (no heading)"
            key = f"column {position + 1}"
        counts[key] = counts.get(key, 0) + 1
        if counts[key] > 1:
            name, key = f"{name} ({counts[key]})", f"{key} {counts[key]}"
        found.append(Heading(name, key, position, added=cell == ADDED_COLUMN))
    return found


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the headings: the one with most known headings, or else the first full one.

    Exports often begin with a title in merged cells, the name of the report, or the day on which it was made.
    """
    first = rows[:_ROWS_LOOKED_AT]
    known = [sum(one.key in _KNOWN for one in headings_of(row)) for row in first]
    most = max(known, default=0)
    if most > 1:
        return known.index(most)
    filled = [sum(map(bool, row)) for row in first]
    return next((place for place, count in enumerate(filled) if count * 2 > max(filled)), 0)


def require_layout(layout: Layout, headings: Sequence[Heading]) -> Layout:
    """The layout, once it says all that a row needs. Raises `Refusal`."""
    by_key = {one.key: one for one in headings}
    places: dict[Field, Heading] = {}
    for key, what in layout.columns.items():
        if key not in by_key:
            continue
        if what in places:
            raise Refusal(
                f"“{places[what].name}” and “{by_key[key].name}” are both read as “{FIELD_LABELS[what]}”. "
                "Choose “Not used” for one of them.",
                field=f"column_{by_key[key].position}",
            )
        places[what] = by_key[key]
    if not places.keys() & {Field.NUMBER, Field.EMAIL, Field.NAME, Field.FAMILY_NAME}:
        raise Refusal("Choose the column that says who the person is: credential number, e-mail address or name.")
    if Field.GIVEN_NAME in places and Field.FAMILY_NAME not in places:
        raise Refusal("There is a column for the given name. Choose the column for the family name, too.")
    for needed in (Field.TITLE, Field.PROVIDER, Field.COMPLETED_ON, Field.HOURS):
        if needed not in places:
            raise Refusal(f"Choose the column for “{FIELD_LABELS[needed]}”.")
    if Field.CATEGORY not in places and layout.default_category is None:
        raise Refusal(
            "Choose the category that all hours of this file count in, or the column that says so.",
            field="default_category",
        )
    return layout


# --- what is proposed for a file --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A layout that can be proposed: one that was saved, or one that CertHub ships."""

    name: str
    layout: Layout
    headings: frozenset[str]
    """The keys of all columns of the file that it was saved for; those that must be there, for a shipped one."""


CERTHUB_HEADINGS: Mapping[Field, str] = {
    Field.NUMBER: "credential_number",
    Field.EMAIL: "email",
    Field.NAME: "name",
    Field.TITLE: "title",
    Field.PROVIDER: "provider",
    Field.COMPLETED_ON: "completed_on",
    Field.HOURS: "hours",
    Field.CATEGORY: "category",
    Field.COURSE_CODE: "course_code",
    Field.SCORE: "score",
    Field.APPROVED: "approved",
}
"""The headings of CertHub's own template."""


def _key(heading: str) -> str:
    return headings_of([heading])[0].key


_TRAIN_HEADINGS: Mapping[str, Field] = {
    "Learner": Field.NAME,
    "Learner Name": Field.NAME,
    "E-mail": Field.EMAIL,
    "Course ID": Field.COURSE_CODE,
    "Course Title": Field.TITLE,
    "Provider": Field.PROVIDER,
    "Course Provider": Field.PROVIDER,
    "Completion Date": Field.COMPLETED_ON,
    "Credits": Field.HOURS,
    "Credit Type": Field.CATEGORY,
    "Score": Field.SCORE,
}

SHIPPED: Sequence[Known] = (
    Known(
        "CertHub's own template",
        Layout({_key(heading): what for what, heading in CERTHUB_HEADINGS.items()}, DateOrder.MONTH_FIRST),
        frozenset(
            _key(CERTHUB_HEADINGS[what]) for what in (Field.TITLE, Field.PROVIDER, Field.COMPLETED_ON, Field.HOURS)
        ),
    ),
    Known(
        "Transcript from TRAIN",
        Layout({_key(heading): what for heading, what in _TRAIN_HEADINGS.items()}, DateOrder.MONTH_FIRST),
        frozenset(_key(heading) for heading in ("Course ID", "Course Title", "Completion Date", "Credits")),
    ),
)

_ALSO_CALLED: Mapping[Field, tuple[str, ...]] = {
    Field.NUMBER: ("certificatenumber", "certificationnumber", "credential", "certhubnumber", "certificateno"),
    Field.EMAIL: ("emailaddress", "mail", "workemail", "useremail", "loginemail"),
    Field.NAME: (
        "fullname", "learner", "learnername", "employee", "employeename", "participant", "student", "coordinator",
    ),
    Field.GIVEN_NAME: ("firstname", "givenname", "first"),
    Field.FAMILY_NAME: ("lastname", "familyname", "surname", "last"),
    Field.TITLE: ("coursetitle", "course", "coursename", "training", "trainingtitle", "activity", "activitytitle"),
    Field.PROVIDER: ("courseprovider", "givenby", "organization", "sponsor", "vendor", "trainingprovider", "school"),
    Field.COMPLETED_ON: (
        "completiondate", "completed", "datecompleted", "completeddate", "finishedon", "date", "enddate",
    ),
    Field.HOURS: (
        "contacthours", "credits", "credithours", "cehours", "duration", "minutes", "durationminutes", "hoursearned",
    ),
    Field.CATEGORY: ("credittype", "creditcategory", "type", "hourscategory", "trainingcategory"),
    Field.COURSE_CODE: ("courseid", "coursenumber", "code", "courseno"),
    Field.SCORE: ("grade", "result", "percent", "finalscore", "testscore"),
    Field.APPROVED: ("providerapproved", "isapproved"),
}  # fmt: skip

_KNOWN: Mapping[str, Field] = {
    **{_key(heading): what for what, heading in CERTHUB_HEADINGS.items()},
    **{name: what for what, names in _ALSO_CALLED.items() for name in names},
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout for a file, and where it comes from, in words."""

    layout: Layout
    because: str
    name: str = ""
    """The name of the saved layout that it is."""


def propose(headings: Sequence[Heading], saved: Iterable[Known], samples: Sequence[Sequence[str]]) -> Proposal:
    """A saved layout of a file with the same headings, or else a shipped one that fits, or else a guess by the names.

    `samples` are some rows of the file: a day above 12 tells in which order its dates are written, and a fraction
    among scores of at most 1 that they are shares.
    """
    keys = frozenset(one.key for one in headings if not one.added)
    for known in saved:
        if known.headings == keys:
            return Proposal(_kept_to(known.layout, keys), f"those that you saved under “{known.name}”", known.name)
    for known in SHIPPED:
        if known.headings <= keys:
            layout = _kept_to(known.layout, keys)
            return Proposal(_with_samples(layout, headings, samples), f"those of “{known.name}”")
    columns: dict[str, Field] = {}
    for one in headings:
        what = _KNOWN.get(one.key)
        if what is not None and what not in columns.values() and not one.added:
            columns[one.key] = what
    in_minutes = any(what is Field.HOURS and "minute" in key for key, what in columns.items())
    guess = Layout(columns, hours_unit=HoursUnit.MINUTES if in_minutes else HoursUnit.HOURS)
    return Proposal(_with_samples(guess, headings, samples), "guessed from the headings")


def _kept_to(layout: Layout, keys: frozenset[str]) -> Layout:
    """The layout without columns that the file does not have, and with each kind of column once."""
    columns: dict[str, Field] = {}
    for key, what in layout.columns.items():
        if key in keys and what not in columns.values():
            columns[key] = what
    return replace(layout, columns=columns)


def _with_samples(layout: Layout, headings: Sequence[Heading], samples: Sequence[Sequence[str]]) -> Layout:
    def cells(what: Field) -> list[str]:
        place = next((one.position for one in headings if layout.columns.get(one.key) is what), None)
        return [row[place] for row in samples if place is not None and place < len(row)]

    return replace(
        layout, date_order=_order_of(cells(Field.COMPLETED_ON)), score_unit=_score_unit_of(cells(Field.SCORE))
    )


def _score_unit_of(scores: Iterable[str]) -> ScoreUnit:
    """Shares where no score is above 1 and one of them is a fraction; only 0 and 1 say nothing."""
    numbers = {score.replace(",", ".") for score in scores if score}
    shares = all(re.fullmatch(r"0|1(\.0+)?|0?\.[0-9]+", one, re.ASCII) for one in numbers)
    return ScoreUnit.SHARE if shares and any(one.lstrip("0").startswith(".") for one in numbers) else ScoreUnit.PERCENT


def _order_of(days: Iterable[str]) -> DateOrder:
    """Day first where more dates can only be read so than the other way; month first, as usual here, in other cases."""
    parts = (re.match(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]", day, re.ASCII) for day in days)
    pairs = [(int(found[1]), int(found[2])) for found in parts if found]
    day_first = sum(first > _MONTHS >= second for first, second in pairs)
    month_first = sum(second > _MONTHS >= first for first, second in pairs)
    return DateOrder.DAY_FIRST if day_first > month_first else DateOrder.MONTH_FIRST


def _letter(position: int) -> str:
    """The letter that a spreadsheet gives a column."""
    rest, place = divmod(position, _LETTERS)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + place)
