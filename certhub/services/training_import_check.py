"""The check of a file of completions: read, matched with people and compared with what is on file; nothing is imported.

The steps follow one another: `begin`, `read` and `stage` for some rows at a time, `training_doubles.settle` for some
people at a time, `conclude`. So the worker saves its progress between them, and nobody waits for it. A short file takes
all of them in one transaction (`whole`). A check that is begun again starts from nothing but what people answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, func, select, update

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import (
    TrainingImport,
    TrainingImportDoubt,
    TrainingImportRow,
    TrainingImportStatus,
)
from certhub.queries import courses
from certhub.rules.audit_actions import AuditAction
from certhub.rules.file_types import CSV, XLSX
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import require_row_count
from certhub.rules.training_columns import ADDED_COLUMN, Heading, heading_row, headings_of, layout_of
from certhub.rules.training_import import Outcome, Reader, ReadRow, Who, date_order_told
from certhub.services import audit, spreadsheet, training_doubles
from certhub.services.bulk_changes import chunks, insert_many, rows_changed
from certhub.services.training_people import People

AT_ONCE = 1_000
"""Rows that are worked on while somebody waits for the page; the worker does what is longer."""
ROWS_IN_A_STEP = 2_000
PEOPLE_IN_A_STEP = 1_000
_SAMPLES = 20
_LONGEST_WORK = timedelta(minutes=10)
_WORDS_KEPT = 200
_row: Any = TrainingImportRow.__table__


@dataclass(frozen=True, slots=True)
class Glance:
    """The columns of a file and some of its rows."""

    headings: list[Heading]
    samples: list[Sequence[str]]
    is_long: bool

    def examples(self, heading: Heading) -> list[str]:
        """What stands in a column, for whoever says what it holds."""
        cells = (row[heading.position] for row in self.samples if heading.position < len(row))
        return list(dict.fromkeys(cell for cell in cells if cell))[:3]


@dataclass(frozen=True, slots=True)
class Question:
    """A doubtful person of a file, as rows need it: among whom, and the answer where there is one."""

    id: int
    candidates: tuple[int, ...]
    person_id: int | None
    is_nobody: bool


@dataclass(slots=True)
class Check:
    """A check under way: what it reads with, and what it found so far."""

    import_id: int
    reader: Reader
    people: People
    answered: dict[Who, Question] = field(default_factory=dict)
    """What somebody said of people of this file after an earlier check."""
    asked: dict[Who, Question] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    """Sheets of the file that are not read."""


def glance(data: bytes, media_type: str) -> Glance:
    """The headings of a file and its first rows. Raises `Refusal` where there is nothing to import."""
    rows = list(islice(spreadsheet.read(data, media_type), AT_ONCE + 2 * _SAMPLES))
    if not rows:
        raise Refusal("This file has no rows. Start from the template.", field="file")
    place = heading_row([cells for _, cells in rows])
    below = rows[place + 1 :]
    if not below:
        raise Refusal("This file has headings and no completions. Add a row for each of them.", field="file")
    samples = [cells for _, cells in below[:_SAMPLES]]
    headings = [
        one
        for one in headings_of(rows[place][1])
        # Without a heading and without a cell it is only the empty margin of a sheet.
        if rows[place][1][one.position] or any(one.position < len(row) and row[one.position] for row in samples)
    ]
    return Glance(headings, samples, is_long=len(below) > AT_ONCE)


def pieces(data: bytes, media_type: str) -> Iterator[list[tuple[int, Sequence[str]]]]:
    """The rows below the headings, some at a time. Raises `Refusal` where there are more than CertHub takes."""
    rows = iter(spreadsheet.read(data, media_type))
    first = list(islice(rows, _SAMPLES))
    below = chain(first[heading_row([cells for _, cells in first]) + 1 :], rows)
    count = 0
    while some := list(islice(below, ROWS_IN_A_STEP)):
        count += len(some)
        require_row_count(count)
        yield some


def rows_about(data: bytes, media_type: str) -> int:
    """Near enough to show how far a check is: lines of a CSV file. None are known of an Excel file until it is read."""
    return data.rstrip().count(b"\n") if media_type == CSV else 0


def given_back(
    data: bytes, media_type: str, problems: Iterable[tuple[int, Sequence[Sequence[str]]]]
) -> tuple[list[str], Iterator[list[str]]]:
    """The heading and the rows to correct as they came, each with what to do behind it: a file that can be sent again.

    `problems` are those of the rows to correct, in the order of the file.
    """
    above = list(islice(spreadsheet.read(data, media_type), _SAMPLES))
    heading = above[heading_row([cells for _, cells in above])][1]
    width = next((one.position for one in headings_of(heading) if one.added), len(heading))

    def rows() -> Iterator[list[str]]:
        wrong = iter(problems)
        number, messages = next(wrong, (0, ()))
        for place, cells in spreadsheet.read(data, media_type):
            if place == number:
                told = " ".join(f"{column}: {message}" for column, _, message in messages)
                yield [*cells[:width], *[""] * (width - len(cells)), told]
                number, messages = next(wrong, (0, ()))

    return [*heading[:width], ADDED_COLUMN], rows()


def set_back(found: TrainingImport) -> None:
    """What an earlier check found says nothing any more, and nothing is imported on the strength of it."""
    found.status, found.row_count, found.counts, found.report = TrainingImportStatus.UPLOADED, 0, {}, {}


def begin(found: TrainingImport, data: bytes, *, at: datetime) -> Check:
    """Start a check of a file that was set back: whatever an earlier one left is taken away, but for answers.

    From here to `conclude` the file cannot be imported, however often the work on it is stopped.
    """
    if found.status is not TrainingImportStatus.UPLOADED or found.layout is None:
        raise Refusal("This file was checked, imported or discarded before. Say again how its columns are read.")
    forget_rows(found.id)
    _tell(
        found.id,
        settled_through=_on_file_for_good(at),
        work_started_at=at if found.work else None,
        done=0,
        row_count=rows_about(data, found.media_type),
    )
    reader = Reader(
        layout_of(found.layout),
        glance(data, found.media_type).headings,
        today=clock.civil_date(at),
        excel=found.media_type == XLSX,
        catalogue=courses.listed(),
    )
    sheets = spreadsheet.left_unread(data, found.media_type)
    return Check(found.id, reader, People(found.vendor_id), _answered(found.id), sheets=sheets)


def take_up(found: TrainingImport, *, at: datetime) -> None:
    """Note that the worker has begun with what it was asked for."""
    _tell(found.id, work_started_at=at)


def forget(import_id: int) -> None:
    """Take away all that was kept of the rows and people of a file."""
    for part in (TrainingImportRow, TrainingImportDoubt):
        rows_changed(delete(part).where(part.import_id == import_id))


def forget_rows(import_id: int) -> None:
    """Take away what a check kept of a file, but for what people answered: they are not asked the same twice."""
    rows_changed(delete(TrainingImportRow).where(TrainingImportRow.import_id == import_id))
    rows_changed(
        delete(TrainingImportDoubt).where(
            TrainingImportDoubt.import_id == import_id, TrainingImportDoubt.answered_at.is_(None)
        )
    )


def read(check: Check, rows: Sequence[tuple[int, Sequence[str]]]) -> list[ReadRow]:
    """Read some rows and look up whom they can mean; nothing is written, so nobody waits for it."""
    found = [check.reader.read(number, cells) for number, cells in rows]
    check.people.look_up(row.who for row in found if not (row.problems or row.left_out))
    return found


def stage(check: Check, rows: Sequence[ReadRow]) -> None:
    """Keep some rows that were read, with the person and what becomes of each."""
    insert_many(_row, [_kept(check, row) for row in rows])
    _tell(check.import_id, done=check.reader.tally.rows)


def conclude(check: Check, found: TrainingImport, *, actor: User, at: datetime) -> None:
    """Keep what the check found in the whole file."""
    tally = check.reader.tally
    order = layout_of(found.layout or {}).date_order
    found.row_count = tally.rows
    found.report = {
        "columns": tally.by_column.most_common(),
        "dates": date_order_told(tally, order),
        "sheets": check.sheets,
        "words": [
            [word, one.spelled, one.first_row, one.rows]
            for word, one in sorted(tally.unknown_words.items(), key=lambda pair: -pair[1].rows)[:_WORDS_KEPT]
        ],
    }
    found.status, found.checked_at, found.problem = TrainingImportStatus.CHECKED, at, ""
    _forget_unasked(check)
    count(found)
    rest(found)
    audit.record(actor, AuditAction.TRAINING_IMPORT_CHECKED, found, at=at, party_id=found.vendor_id)


def count(found: TrainingImport) -> None:
    """Keep how many rows become what, about how many people those are that are right, and how many are to confirm."""
    counts = db.session.execute(
        select(_row.c.outcome, func.count()).where(_row.c.import_id == found.id).group_by(_row.c.outcome)
    ).all()
    ready = _row.c.import_id == found.id, _row.c.outcome == Outcome.READY
    people = db.session.scalar(select(func.count(_row.c.coordinator_id.distinct())).where(*ready)) or 0
    doubt = TrainingImportDoubt
    unconfirmed = select(func.count()).where(doubt.import_id == found.id, doubt.answered_at.is_(None))
    found.counts = {
        **{outcome.value: number for outcome, number in counts},
        "people": people,
        "unconfirmed": db.session.scalar(unconfirmed) or 0,
    }


def rest(found: TrainingImport) -> None:
    """The worker has nothing more to do with a file for now."""
    found.work = found.work_asked_at = found.work_asked_by_id = found.work_started_at = None
    _tell(found.id, done=0)


def whole(found: TrainingImport, data: bytes, *, actor: User, at: datetime) -> None:
    """All steps of the check of a short file, in the caller's transaction."""
    check = begin(found, data, at=at)
    for rows in pieces(data, found.media_type):
        stage(check, read(check, rows))
    training_doubles.settle(found.id, training_doubles.people_of(found.id))
    conclude(check, found, actor=actor, at=at)


def _kept(check: Check, row: ReadRow) -> dict[str, Any]:
    """A row as it is kept, with the person and what becomes of it."""
    person: int | None = None
    doubt: int | None = None
    outcome, note = Outcome.READY, ""
    if row.left_out:
        outcome, note = Outcome.LEFT_OUT, "Rows with this category are left out, as you said."
        row.problems.clear()
    elif not row.problems:
        match = check.people.match(row.who)
        person = match.person_id
        if match.field is not None:
            typed = {"number": row.who.number, "email": row.who.email}.get(match.field.value, row.who.name)
            check.reader.complain(row, match.field, typed, match.message)
        elif match.candidates:
            asked = _question(check, row, match.candidates)
            person, doubt = asked.person_id, asked.id
            outcome, note = outcome_of(person, is_nobody=asked.is_nobody)
    if row.problems:
        outcome = Outcome.REFUSED
        check.reader.tally.by_column.update(Counter(problem.column for problem in row.problems))
    return {
        "import_id": check.import_id,
        "row": row.row,
        "outcome": outcome.value,
        "note": note,
        "problems": [[one.column, one.value, one.message] for one in row.problems] or None,
        "who": row.who.shown[:254],
        "coordinator_id": person,
        "doubt_id": doubt,
        "title": row.title,
        "provider": row.provider,
        "provider_approved": row.approved,
        "course_code": row.course_code,
        "category": row.category.value if row.category else None,
        "minutes": row.minutes,
        "score": row.score,
        "completed_on": row.completed_on,
    }


def outcome_of(person_id: int | None, *, is_nobody: bool) -> tuple[Outcome, str]:
    """What becomes of the rows about a doubtful person, and why they are left out where they are."""
    if is_nobody:
        return Outcome.LEFT_OUT, "You said that this is nobody on file."
    return (Outcome.DOUBTFUL if person_id is None else Outcome.READY), ""


def _question(check: Check, row: ReadRow, candidates: tuple[int, ...]) -> Question:
    """The question that rows about the same words share: the one that was answered, where the choice is the same."""
    known = check.asked.get(row.who)
    if known is None:
        known = check.answered.get(row.who)
        if known is not None and known.candidates == candidates:
            rows_changed(
                update(TrainingImportDoubt).where(TrainingImportDoubt.id == known.id).values(first_row=row.row)
            )
        else:
            doubt = TrainingImportDoubt(
                import_id=check.import_id, name=row.who.name, email=row.who.email, number=row.who.number,
                first_row=row.row, candidates=list(candidates),
            )  # fmt: skip
            db.session.add(doubt)
            db.session.flush()
            known = Question(doubt.id, candidates, person_id=None, is_nobody=False)
        check.asked[row.who] = known
    return known


def _answered(import_id: int) -> dict[Who, Question]:
    doubt = TrainingImportDoubt
    rows = db.session.execute(
        select(
            doubt.number, doubt.email, doubt.name, doubt.id, doubt.candidates, doubt.coordinator_id, doubt.is_nobody
        ).where(doubt.import_id == import_id, doubt.answered_at.is_not(None))
    )
    return {Who(*row[:3]): Question(row[3], tuple(row[4]), row[5], row[6]) for row in rows}


def _forget_unasked(check: Check) -> None:
    """Take away answers to what this check did not ask."""
    asked = {one.id for one in check.asked.values()}
    for some in chunks([one.id for one in check.answered.values() if one.id not in asked]):
        rows_changed(delete(TrainingImportDoubt).where(TrainingImportDoubt.id.in_(some)))


def _on_file_for_good(at: datetime) -> int:
    """The last training entry before which no work under way can save another one.

    PostgreSQL gives out a number before the entry is saved, so what is only just on file may not be the last of its
    time. In SQLite whoever writes is alone.
    """
    newest = select(TrainingCompletion.id).order_by(TrainingCompletion.id.desc()).limit(1)
    if db.session.get_bind().dialect.name == "postgresql":
        newest = newest.where(TrainingCompletion.recorded_at < at - _LONGEST_WORK)
    return db.session.scalar(newest) or 0


def _tell(import_id: int, **values: Any) -> None:
    """Note how far the work is: no part of the record, and so in no audit entry."""
    db.session.execute(
        update(TrainingImport)
        .where(TrainingImport.id == import_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
