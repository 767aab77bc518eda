"""What a row of a file of training completions must say, and what becomes of it.

A row is held to the rules of a single entry (`training_entry`); how its cells are written is the file's own affair
(`training_columns`, `training_cells`). The rules see text only: `services.spreadsheet` turns a file into cells, and
`services.training_import_check` finds the person and what is on file already.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from certhub.rules.identifiers import require_credential_number
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import HIDDEN, Problem, at_most, email_of, shown
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_cells import CATEGORY_WORDS, read_approved, read_day, read_minutes, read_score
from certhub.rules.training_columns import LEFT_OUT, DateOrder, Field, Heading, Layout
from certhub.rules.training_entry import course_code_of, require_completed_on

Value = TypeVar("Value")

LONGEST_CODE = 40
LONGEST_LINE = 200


class Outcome(StrEnum):
    """What becomes of a row."""

    READY = "ready"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    ON_FILE = "on_file"
    TWICE = "twice"
    LEFT_OUT = "left_out"


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.READY: "Right",
    Outcome.REFUSED: "To correct",
    Outcome.DOUBTFUL: "Person to confirm",
    Outcome.ON_FILE: "On file already",
    Outcome.TWICE: "Twice in the file",
    Outcome.LEFT_OUT: "Left out",
}

STANDS_IN_THE_WAY = (Outcome.REFUSED, Outcome.DOUBTFUL)
"""Nothing is imported while a row is like this, unless somebody says to leave such rows out."""


@dataclass(frozen=True, slots=True)
class Who:
    """The person of a row as the file names them; empty where it does not say."""

    number: str
    email: str
    name: str

    @property
    def shown(self) -> str:
        """The person for whoever looks at the row."""
        return self.name or self.email or self.number


@dataclass(slots=True)
class ReadRow:
    """A row as it was read; `problems` are what is to be corrected, with the field where matching needs it."""

    row: int
    who: Who
    title: str = ""
    provider: str = ""
    course_code: str | None = None
    category: TrainingCategory | None = None
    minutes: int = 0
    score: int | None = None
    approved: bool = False
    completed_on: date | None = None
    left_out: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listed:
    """A course of the catalogue: its code, and the category of its hours where all of them are of one."""

    code: str
    category: TrainingCategory | None


@dataclass(slots=True)
class UnknownWord:
    """A word for a category that CertHub does not know: as it is spelled first, in which row, and in how many."""

    spelled: str
    first_row: int
    rows: int = 0


@dataclass(slots=True)
class Tally:
    """What the report says of the whole file."""

    rows: int = 0
    by_column: Counter[str] = field(default_factory=Counter)
    """Cells to correct, by the column that they are in."""
    ambiguous: int = 0
    first_ambiguous: tuple[str, date] | None = None
    unknown_words: dict[str, UnknownWord] = field(default_factory=dict)
    """By their folded whole text: what a file spells in two ways is one word, and two long ones stay two."""


class Reader:
    """Reads the rows of one file by its layout, and keeps the tally of what it met."""

    def __init__(
        self,
        layout: Layout,
        headings: Sequence[Heading],
        *,
        today: date,
        excel: bool = False,
        catalogue: Mapping[str, Listed] | None = None,
    ) -> None:
        self.layout, self.today, self.catalogue = layout, today, catalogue or {}
        self.tally = Tally()
        self.names: dict[Field, str] = {}
        self._places: dict[Field, int] = {}
        self._hides = False
        for one in headings:
            what = layout.columns.get(one.key)
            if what is not None and what not in self._places:
                self._places[what], self.names[what] = one.position, one.name
        self._merged = " In merged cells only the first one holds the value: undo the merge." if excel else ""

    def read(self, number: int, cells: Sequence[str]) -> ReadRow:
        """One row, cell by cell."""
        self.tally.rows += 1
        row = ReadRow(number, Who("", "", ""))
        self._hides = HIDDEN.search("\n".join(cells)) is not None
        row.who = self._who(row, cells)
        line = at_most(LONGEST_LINE)
        row.title = self._needed(row, cells, Field.TITLE, line, "Enter the title of the training.") or ""
        row.provider = self._needed(row, cells, Field.PROVIDER, line, "Enter who gave the training.") or ""
        row.completed_on = self._needed(
            row, cells, Field.COMPLETED_ON, self._day, "Enter the day on which it was finished."
        )
        row.minutes = self._needed(row, cells, Field.HOURS, self._minutes, "Enter the hours.") or 0
        row.course_code = self._given(row, cells, Field.COURSE_CODE, _course_code)
        listed = self.catalogue.get(row.course_code or "")
        if listed is not None:
            row.course_code = listed.code  # a number of another system is the course that standards name
        row.score = self._given(row, cells, Field.SCORE, self._score)
        said = self._given(row, cells, Field.APPROVED, read_approved)
        row.approved = self.layout.approved if said is None else said
        self._count_in(row, cells, listed)
        return row

    def complain(self, row: ReadRow, what: Field, value: str, message: str) -> None:
        """Note what is to be corrected in a row."""
        row.problems.append(Problem(row.row, self.names.get(what, ""), shown(value), message))

    def _text(self, cells: Sequence[str], what: Field) -> str:
        place = self._places.get(what)
        text = cells[place] if place is not None and place < len(cells) else ""
        return _without_apostrophe(text) if text.startswith("'") else text

    def _needed(
        self, row: ReadRow, cells: Sequence[str], what: Field, convert: Callable[[str], Value], missing: str
    ) -> Value | None:
        text = self._text(cells, what)
        if not text:
            self.complain(row, what, "", missing + self._merged)
            return None
        return self._converted(row, what, text, convert)

    def _given(self, row: ReadRow, cells: Sequence[str], what: Field, convert: Callable[[str], Value]) -> Value | None:
        text = self._text(cells, what)
        return self._converted(row, what, text, convert) if text else None

    def _converted(self, row: ReadRow, what: Field, text: str, convert: Callable[[str], Value]) -> Value | None:
        if self._hides and HIDDEN.search(text):
            self.complain(row, what, text, "This cell holds a hidden character. Type it again.")
            return None
        try:
            return convert(text)
        except Refusal as refusal:
            self.complain(row, what, text, refusal.message)
            return None

    def _who(self, row: ReadRow, cells: Sequence[str]) -> Who:
        number = self._given(row, cells, Field.NUMBER, _number_of_a_person) or ""
        email = self._given(row, cells, Field.EMAIL, email_of) or ""
        parts = [self._given(row, cells, what, str) for what in (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME)]
        name = parts[0] or " ".join(part for part in parts[1:] if part)
        if len(name) > LONGEST_LINE:
            self.complain(row, Field.NAME, name, f"This name is longer than {LONGEST_LINE} characters. Shorten it.")
        elif not (number or email or name or row.problems):
            column = next(
                one for one in (Field.NUMBER, Field.EMAIL, Field.NAME, Field.FAMILY_NAME) if one in self._places
            )
            self.complain(
                row, column, "", "Say who the person is: credential number, e-mail address or name." + self._merged
            )
        return Who(number, email, name)

    def _day(self, text: str) -> date:
        found = read_day(text, self.layout.date_order, self.today)
        require_completed_on(found.day, today=self.today)
        if found.ambiguous:
            self.tally.ambiguous += 1
            if self.tally.first_ambiguous is None:
                self.tally.first_ambiguous = (text, found.day)
        return found.day

    def _minutes(self, text: str) -> int:
        return read_minutes(text, self.layout.hours_unit)

    def _score(self, text: str) -> int:
        return read_score(text, self.layout.score_unit)

    def _count_in(self, row: ReadRow, cells: Sequence[str], listed: Listed | None) -> None:
        """Find the category of the hours: by the word in the cell, by the course, or as the file's default."""
        text = self._text(cells, Field.CATEGORY)
        if len(text) > LONGEST_LINE:
            self._given(row, cells, Field.CATEGORY, at_most(LONGEST_LINE))
            return
        word = folded(text)
        if word in self.layout.words:
            stands_for = self.layout.words[word]
            row.left_out = stands_for == LEFT_OUT
            row.category = None if row.left_out else TrainingCategory(stands_for)
        elif word in CATEGORY_WORDS:
            row.category = CATEGORY_WORDS[word]
        elif text:
            self.tally.unknown_words.setdefault(word, UnknownWord(shown(text), row.row)).rows += 1
            self.complain(row, Field.CATEGORY, text, "CertHub does not know this word. Say once what it stands for.")
        elif listed is not None and listed.category is not None:
            row.category = listed.category
        elif self.layout.default_category is not None:
            row.category = self.layout.default_category
        else:
            self.complain(row, Field.CATEGORY, "", "Enter the category of the hours." + self._merged)


def date_order_told(tally: Tally, order: DateOrder) -> str:
    """How dates that could be read in two ways were read; empty where there was none."""
    if tally.first_ambiguous is None:
        return ""
    text, day = tally.first_ambiguous
    first = "day" if order is DateOrder.DAY_FIRST else "month"
    many, were = ("1 date", "It was") if tally.ambiguous == 1 else (f"{tally.ambiguous:,} dates", "They were")
    return f"{many} can be read in two ways. {were} read with the {first} first: {shown(text)} as {written(day)}."


_FORMULA = re.compile(r"'[=+\-@\t\r]")


def _without_apostrophe(text: str) -> str:
    """A cell without the apostrophe that CertHub puts before what a spreadsheet would run, where a file comes back."""
    return text[1:] if _FORMULA.match(text) else text


def _number_of_a_person(text: str) -> str:
    number = require_credential_number(text)
    if not number.startswith("CC-"):
        raise Refusal("This is the number of an organization. Enter the number of the person, which starts with CC.")
    return number


def _course_code(text: str) -> str | None:
    return course_code_of(at_most(LONGEST_CODE)(text))
