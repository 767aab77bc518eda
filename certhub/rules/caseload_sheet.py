"""A spreadsheet of a month's caseload: which column holds which number, whose row it is, and what is wrong in it.

The rules see text only: `services.spreadsheet` turns a file into cells.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from certhub.rules.caseload_checks import Pair
from certhub.rules.caseload_report import CHILDREN, FIELDS, MOST, Line, mistakes
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import Problem, shown

COORDINATOR, EMAIL, PRACTICE = "coordinator", "email", "practice"
NAMES: Mapping[str, str] = MappingProxyType(
    {COORDINATOR: "Coordinator", EMAIL: "E-mail of the coordinator", PRACTICE: "Practice"}
)
"""The columns that say whose row it is, by their headings."""

HEADINGS: Mapping[str, str] = MappingProxyType({**NAMES, **FIELDS})
"""Every column of the template, by its heading; a file may also use the short names."""

MOST_ROWS = 5_000

_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and where a row can name."""

    pair: Pair
    coordinator: str
    email: str
    practice: str


@dataclass(slots=True)
class CheckedSheet:
    """What a file says: its lines, what is to be corrected, and how many rows are empty."""

    lines: dict[Pair, dict[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    row_count: int = 0
    empty: int = 0
    ignored: tuple[str, ...] = ()


def check_rows(
    heading: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], places: Sequence[Named]
) -> CheckedSheet:
    """Check a file row by row. Raises `Refusal` where it is no caseload at all."""
    columns, ignored = _columns(heading)
    known = _Known(places)
    checked = CheckedSheet(ignored=ignored)
    first_rows: dict[Pair, int] = {}
    for number, cells in rows:
        told = {column: cells[place] for column, place in columns.items() if place < len(cells)}
        checked.row_count += 1
        if checked.row_count > MOST_ROWS:
            raise Refusal(f"A month has at most {MOST_ROWS:,} rows. Is this the right file?", field="file")
        if not any(told.get(key) for key in FIELDS):
            checked.empty += 1
            continue
        line, problems = _numbers(number, told)
        pair = known.pair_of(number, told, problems)
        if pair is not None and pair in first_rows:
            words = f"Row {first_rows[pair]} has the same coordinator and practice. Put both into one row."
            problems.append(Problem(number, HEADINGS[PRACTICE], shown(told.get(PRACTICE, "")), words))
        elif pair is not None:
            first_rows[pair] = number
            checked.lines[pair] = line
        checked.problems += problems
    return checked


class _Known:
    """Finds whom a row means: by the e-mail address where there is one, else by the name."""

    def __init__(self, places: Sequence[Named]) -> None:
        self.people: dict[str, set[int]] = defaultdict(set)
        self.practices: dict[tuple[int, str], set[int]] = defaultdict(set)
        for place in places:
            for name in (place.email, place.coordinator):
                if name:
                    self.people[folded(name)].add(place.pair[0])
            self.practices[place.pair[0], folded(place.practice)].add(place.pair[1])

    def pair_of(self, row: int, told: Mapping[str, str], problems: list[Problem]) -> Pair | None:
        """The coordinator and the practice; adds a problem where they are not clear."""
        column = EMAIL if told.get(EMAIL) else COORDINATOR
        who = told.get(column, "")
        people = self.people.get(folded(who), set())
        if len(people) != 1:
            words = (
                "Two people have this name. Add the e-mail address." if people
                else "Nobody with an assignment by you is called that. Copy the name or address from the template."
            )  # fmt: skip
            problems.append(Problem(row, HEADINGS[column], shown(who), words))
            return None
        (person,) = people
        where = told.get(PRACTICE, "")
        practices = self.practices.get((person, folded(where)), set())
        if len(practices) != 1:
            words = (
                "Two practices have this name. Type this row into the form instead." if practices
                else "This coordinator has no assignment to a practice of that name. Copy it from the template."
            )  # fmt: skip
            problems.append(Problem(row, HEADINGS[PRACTICE], shown(where), words))
            return None
        (practice,) = practices
        return (person, practice)


def _columns(heading: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    by_heading = {_key(name): key for key, label in HEADINGS.items() for name in (key, label)}
    columns: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(heading):
        key = by_heading.get(_key(cell))
        if key in columns:
            raise Refusal(f"Two columns are called “{shown(cell)}”. Take one of them out.", field="file")
        if key is not None:
            columns[key] = place
        elif cell:
            ignored.append(shown(cell))
    missing = [HEADINGS[key] for key in (PRACTICE, CHILDREN) if key not in columns]
    if EMAIL not in columns and COORDINATOR not in columns:
        missing.insert(0, HEADINGS[COORDINATOR])
    if missing:
        raise Refusal(
            f"These columns are missing: {', '.join(missing)}. Download the template and fill it in.", field="file"
        )
    return columns, tuple(ignored)


def _key(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _numbers(row: int, told: Mapping[str, str]) -> tuple[dict[str, int], list[Problem]]:
    line: dict[str, int] = {}
    problems = []
    for key in FIELDS:
        text = told.get(key, "").replace(",", "").strip()
        if text and not (_NUMBER.fullmatch(text) and int(text) <= MOST):
            words = f"Type a whole number from 0 to {MOST:,}, without words."
            problems.append(Problem(row, HEADINGS[key], shown(told[key]), words))
        elif text:
            line[key] = int(text)
    if not problems:
        problems = [Problem(row, HEADINGS[key], shown(told.get(key, "")), words) for key, words in _told(line)]
    return line, problems


def _told(line: Line) -> list[tuple[str, str]]:
    return list(mistakes(line).items())
