"""What a row of a roster must say: columns by any usual heading, and each cell checked with a sentence for its row.

The rules see text only: `services.spreadsheet` turns a file into cells. What a row does (a new person, a change,
nothing) depends on what is on file and is worked out by `services.roster_import`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from certhub.rules.disciplines import DISCIPLINE_LABELS, discipline_named
from certhub.rules.employment import require_spell
from certhub.rules.identifiers import require_person_name, require_phone
from certhub.rules.languages import language_named
from certhub.rules.licences import LICENCE_KINDS
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import HIDDEN, Problem, at_most, email_of, require_row_count, shown
from certhub.rules.vocabulary import Discipline, EmploymentKind, Region

Value = TypeVar("Value")

NO_ISSUER = "Not given"

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_BETWEEN_LANGUAGES = re.compile(r"\s*(?:[,;/|]|\band\b|&)\s*", re.IGNORECASE)


class Column(StrEnum):
    """The columns that a roster can have, by the heading of the template."""

    NAME = "name"
    EMAIL = "email"
    DISCIPLINE = "discipline"
    EMPLOYMENT_START = "employment_start"
    PHONE = "phone"
    LANGUAGES = "languages"
    MUNICIPALITY = "municipality"
    JOB_TITLE = "job_title"
    EMPLOYED_AS = "employed_as"
    CERTIFICATE_NAME = "certificate_name"
    LICENCE_KIND = "licence_kind"
    LICENCE_NUMBER = "licence_number"
    LICENCE_EXPIRES = "licence_expires"


REQUIRED = (Column.NAME, Column.EMAIL, Column.DISCIPLINE, Column.EMPLOYMENT_START)

_ALSO_CALLED: Mapping[Column, tuple[str, ...]] = {
    Column.NAME: ("fullname", "legalname", "coordinator", "coordinatorname", "employeename"),
    Column.EMAIL: ("emailaddress", "mail", "businessemail", "workemail"),
    Column.DISCIPLINE: ("background", "profession"),
    Column.EMPLOYMENT_START: (
        "startdate", "start", "firstday", "firstdayofwork", "hiredate", "hired", "dateofhire", "employedsince",
        "employmentstartdate",
    ),
    Column.PHONE: ("telephone", "phonenumber", "tel", "workphone"),
    Column.LANGUAGES: ("language", "languagesspoken"),
    Column.MUNICIPALITY: ("city", "town", "cityortown", "citytown"),
    Column.JOB_TITLE: ("title", "position", "role"),
    Column.EMPLOYED_AS: ("employmentkind", "employmenttype", "kind"),
    Column.CERTIFICATE_NAME: ("nameoncertificate", "nameonthecertificate", "latinname"),
    Column.LICENCE_KIND: ("licence", "license", "licensekind", "licensetype", "licencetype"),
    Column.LICENCE_NUMBER: ("licensenumber", "licenceno", "licenseno"),
    Column.LICENCE_EXPIRES: ("licenseexpires", "licenceexpiry", "licenseexpiry", "licenseexpirationdate"),
}  # fmt: skip

_COLUMN_OF = {
    heading: column for column in Column for heading in (column.value.replace("_", ""), *_ALSO_CALLED[column])
}

_EMPLOYED_AS = {
    "": EmploymentKind.EMPLOYEE,
    "employee": EmploymentKind.EMPLOYEE,
    "w-2": EmploymentKind.EMPLOYEE,
    "contractor": EmploymentKind.CONTRACTOR,
    "1099": EmploymentKind.CONTRACTOR,
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Which cell of a row holds which column, and the headings that are not used."""

    positions: Mapping[Column, int]
    names: Mapping[Column, str]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality with its region."""

    id: int
    region: Region


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that a row names."""

    kind: str
    number: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person as a row describes them; None stands for an empty cell, which changes nothing."""

    row: int
    name: str
    sort_name: str
    email: str
    discipline: Discipline
    starts_on: date
    kind: EmploymentKind = EmploymentKind.EMPLOYEE
    phone: str | None = None
    languages: tuple[str, ...] = ()
    town: Town | None = None
    job_title: str | None = None
    certificate_name: str | None = None
    licence: Licence | None = None


@dataclass(slots=True)
class CheckedRoster:
    """The rows that are in order, and what is wrong with the others, as of the day of the check."""

    heading: Heading
    checked_on: date
    rows: list[RosterRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row_count: int = 0


def read_heading(cells: Sequence[str]) -> Heading:
    """Find the columns by their headings; refuses a table without the required ones, or with one of them twice."""
    positions: dict[Column, int] = {}
    names: dict[Column, str] = {}
    ignored = []
    for position, heading in enumerate(cells):
        column = _COLUMN_OF.get(re.sub(r"[\W_]+", "", heading.casefold()))
        if column is None:
            if heading:
                ignored.append(shown(heading))
        elif column in positions:
            raise Refusal(
                f"The columns “{shown(names[column])}” and “{shown(heading)}” mean the same. "
                "Take one of them out and upload the file again.",
                field="file",
            )
        else:
            positions[column], names[column] = position, heading
    missing = [column.value for column in REQUIRED if column not in positions]
    if missing:
        raise Refusal(
            f"The first row must hold the headings. Missing here: {', '.join(missing)}. "
            "Add them, or start from the template.",
            field="file",
        )
    return Heading(positions, names, tuple(ignored))


def check_rows(
    heading: Heading,
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    towns: Mapping[str, Town],
    today: date,
    progress: Callable[[int], None] | None = None,
) -> CheckedRoster:
    """Check each row on its own, and that no e-mail address comes twice.

    `towns` are the municipalities by their name in lower case. `progress` hears of the number of rows now and then.
    """
    checked = CheckedRoster(heading, today)
    first_row_with: dict[str, int] = {}
    for number, cells in rows:
        checked.row_count += 1
        require_row_count(checked.row_count)
        reading = _Reading(number, cells, heading, checked.problems)
        row = reading.person(towns, today)
        if row is not None:
            before = first_row_with.setdefault(row.email, number)
            if before != number:
                reading.complain(Column.EMAIL, f"Row {before} has the same e-mail address. Keep one of the two rows.")
            else:
                checked.rows.append(row)
        if progress is not None and checked.row_count % 1000 == 0:
            progress(checked.row_count)
    return checked


def read_day(text: str) -> date:
    """A date as 2026-07-31, 7/31/2026 or a date cell of a spreadsheet; refuses one that does not exist."""
    found = _ISO_DAY.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups())
    else:
        found = _US_DAY.fullmatch(text)
        if not found:
            raise Refusal("Type the date as 2026-07-31 or 7/31/2026.")
        month, day, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise Refusal("This date does not exist. Type it as 2026-07-31 or 7/31/2026 (month first).") from None


class _Reading:
    """One row, cell by cell; what is wrong goes to the common list."""

    def __init__(self, number: int, cells: Sequence[str], heading: Heading, problems: list[Problem]) -> None:
        self.number, self.cells, self.heading, self.problems = number, cells, heading, problems

    def text(self, column: Column) -> str:
        position = self.heading.positions.get(column)
        return self.cells[position] if position is not None and position < len(self.cells) else ""

    def complain(self, column: Column, message: str) -> None:
        heading = self.heading.names.get(column, column.value)
        self.problems.append(Problem(self.number, shown(heading), shown(self.text(column)), message))

    def needed(self, column: Column, convert: Callable[[str], Value], missing: str) -> Value | None:
        text = self.text(column)
        if not text:
            self.complain(column, missing)
            return None
        return self.given(column, convert)

    def given(self, column: Column, convert: Callable[[str], Value]) -> Value | None:
        text = self.text(column)
        if not text:
            return None
        if HIDDEN.search(text):
            self.complain(column, "This cell holds a hidden character. Type it again.")
            return None
        try:
            return convert(text)
        except Refusal as refusal:
            self.complain(column, refusal.message)
            return None

    def person(self, towns: Mapping[str, Town], today: date) -> RosterRow | None:
        wrong_before = len(self.problems)

        def first_day(text: str) -> date:
            return require_spell(read_day(text), None, today=today).from_on

        def town(text: str) -> Town:
            return _town(text, towns)

        name = self.needed(Column.NAME, require_person_name, "Enter the name.")
        email = self.needed(Column.EMAIL, email_of, "Enter the business e-mail address.")
        discipline = self.needed(Column.DISCIPLINE, _discipline, f"Enter the discipline: {_DISCIPLINES}.")
        starts_on = self.needed(Column.EMPLOYMENT_START, first_day, "Enter the first day of work.")
        optional: dict[str, Any] = {
            "kind": self.given(Column.EMPLOYED_AS, _employed_as) or EmploymentKind.EMPLOYEE,
            "phone": self.given(Column.PHONE, require_phone),
            "languages": self.given(Column.LANGUAGES, _languages) or (),
            "town": self.given(Column.MUNICIPALITY, town),
            "job_title": self.given(Column.JOB_TITLE, at_most(120)),
            "certificate_name": self.given(Column.CERTIFICATE_NAME, require_person_name),
            "licence": self.licence(),
        }
        if (
            len(self.problems) > wrong_before
            or name is None
            or email is None
            or discipline is None
            or starts_on is None
        ):
            return None
        return RosterRow(self.number, name, folded(name), email, discipline, starts_on, **optional)

    def licence(self) -> Licence | None:
        kind = self.given(Column.LICENCE_KIND, _licence_kind)
        number = self.given(Column.LICENCE_NUMBER, at_most(40))
        expires_on = self.given(Column.LICENCE_EXPIRES, read_day)
        if self.text(Column.LICENCE_KIND) and not self.text(Column.LICENCE_NUMBER):
            self.complain(Column.LICENCE_NUMBER, "Enter the number of the licence, or leave its kind empty.")
        if self.text(Column.LICENCE_NUMBER) and not self.text(Column.LICENCE_KIND):
            self.complain(Column.LICENCE_KIND, "Enter the kind of licence, for example RN.")
        return Licence(kind, number, expires_on) if kind and number else None


_DISCIPLINES = ", ".join(DISCIPLINE_LABELS.values())


def _discipline(text: str) -> Discipline:
    found = discipline_named(text)
    if found is None:
        raise Refusal(f"Use one of these: {_DISCIPLINES}.")
    return found


def _employed_as(text: str) -> EmploymentKind:
    found = _EMPLOYED_AS.get(text.casefold())
    if found is None:
        raise Refusal("Use employee or contractor.")
    return found


def _languages(text: str) -> tuple[str, ...]:
    codes = []
    for part in _BETWEEN_LANGUAGES.split(text):
        if part:
            code = language_named(part)
            if code is None:
                raise Refusal(f"“{shown(part)}” is not in the list of languages. Use its English name, or “other”.")
            codes.append(code)
    return tuple(dict.fromkeys(codes))


def _town(text: str, towns: Mapping[str, Town]) -> Town:
    name = re.sub(r",?\s+(?:ma|mass|massachusetts)\.?$", "", " ".join(text.split()).lower())
    found = towns.get(name)
    if found is None:
        raise Refusal("This is not a city or town of Massachusetts. Check the spelling.")
    return found


def _licence_kind(text: str) -> str:
    kind = at_most(40)(text)
    return kind.upper() if kind.upper() in LICENCE_KINDS else kind
