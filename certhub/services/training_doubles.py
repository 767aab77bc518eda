"""Completions of a file that are on file already, or come twice in the file, found person by person in sets.

What makes two entries the same training is the rule of `training_entry.marks_of`; each hour counts once, whichever way
it came. A row that is found again is no mistake: it is left out, and the report says so.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update

from certhub.database import db
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import TrainingImportRow
from certhub.rules.findings import counted
from certhub.rules.training_entry import marks_of
from certhub.rules.training_import import Outcome
from certhub.services.bulk_changes import chunks

_row: Any = TrainingImportRow.__table__
_completion: Any = TrainingCompletion.__table__
_MATCHED = (Outcome.READY, Outcome.ON_FILE, Outcome.TWICE)

Mark = tuple[object, ...]


def people_of(import_id: int) -> list[int]:
    """Everybody whom the rows of a file were found to be about."""
    return list(
        db.session.scalars(
            select(_row.c.coordinator_id)
            .where(_row.c.import_id == import_id, _row.c.coordinator_id.is_not(None))
            .distinct()
            .order_by(_row.c.coordinator_id)
        )
    )


def settle(import_id: int, people: Sequence[int]) -> int:
    """Say of the rows about these people which are new; how many were compared. Call inside a transaction."""
    looked_at = 0
    changes: list[dict[str, Any]] = []
    for some in chunks(people):
        rows = db.session.execute(
            select(
                _row.c.id, _row.c.row, _row.c.outcome, _row.c.note, _row.c.on_file_id, _row.c.coordinator_id,
                _row.c.title, _row.c.provider, _row.c.course_code, _row.c.category, _row.c.completed_on,
            )
            .where(
                _row.c.import_id == import_id, _row.c.coordinator_id.in_(some), _row.c.outcome.in_(_MATCHED),
                or_(_row.c.outcome != Outcome.READY, _comes_again(), exists(select(1).where(_same_day()))),
            )
            .order_by(_row.c.coordinator_id, _row.c.row)
        ).all()  # fmt: skip
        looked_at += len(rows)
        on_file = _on_file(import_id, some) if rows else {}
        for person, own in groupby(rows, key=lambda row: row.coordinator_id):
            changes += _settled(own, on_file.get(person, {}))
    if changes:
        db.session.connection().execute(
            update(_row)
            .where(_row.c.id == bindparam("key"))
            .values(outcome=bindparam("becomes"), note=bindparam("why"), on_file_id=bindparam("same")),
            changes,
        )
    return looked_at


def _same_day() -> ColumnElement[bool]:
    """Whether a training that counts was finished by the person of a row on its day and in its category.

    What shares a mark shares these three, so only such rows are compared mark by mark; the index holds all of it.
    """
    return and_(
        _completion.c.coordinator_id == _row.c.coordinator_id,
        _completion.c.superseded_at.is_(None),
        _completion.c.completed_on == _row.c.completed_on,
        _completion.c.category == _row.c.category,
        _completion.c.withdrawn.is_(False),
    )


def _comes_again() -> ColumnElement[bool]:
    """Whether another row of the file is about the same person, day and category."""
    other = _row.alias("other_row")
    return exists(
        select(other.c.id).where(
            other.c.import_id == _row.c.import_id,
            other.c.coordinator_id == _row.c.coordinator_id,
            other.c.completed_on == _row.c.completed_on,
            other.c.category == _row.c.category,
            other.c.id != _row.c.id,
        )
    )


def _settled(rows: Iterable[Any], on_file: dict[Mark, Any]) -> Iterable[dict[str, Any]]:
    """The rows of one person whose outcome is another one than before."""
    in_the_file: dict[Mark, int] = {}
    for row in rows:
        marks = marks_of(row.title, row.provider, row.course_code, row.completed_on, row.category)
        known = next((on_file[mark] for mark in marks if mark in on_file), None)
        before = next((in_the_file[mark] for mark in marks if mark in in_the_file), None)
        if known is not None:
            becomes, why = Outcome.ON_FILE, _told(known)
        elif before is not None:
            becomes, why = Outcome.TWICE, f"Row {before} is the same training."
        else:
            becomes, why = Outcome.READY, ""
            in_the_file.update(dict.fromkeys(marks, row.row))
        same = None if known is None else known.id
        if (becomes, why, same) != (row.outcome, row.note, row.on_file_id):
            yield {"key": row.id, "becomes": becomes, "why": why, "same": same}


def _on_file(import_id: int, people: Sequence[int]) -> dict[int, dict[Mark, Any]]:
    """By person the marks of what is on file on the days of their rows, and the entry that has them."""
    found: dict[int, dict[Mark, Any]] = {}
    statement = (
        select(
            _completion.c.id, _completion.c.coordinator_id, _completion.c.title, _completion.c.provider,
            _completion.c.course_code, _completion.c.category, _completion.c.completed_on, _completion.c.minutes,
        )
        .join(_row, _same_day())
        .where(_row.c.import_id == import_id, _row.c.coordinator_id.in_(people))
        .distinct()
    )  # fmt: skip
    for one in db.session.execute(statement):
        marks = marks_of(one.title, one.provider, one.course_code, one.completed_on, one.category)
        found.setdefault(one.coordinator_id, {}).update(dict.fromkeys(marks, one))
    return found


def _told(one: Any) -> str:
    return f"“{one.title}”, given by {one.provider}, is on file with {counted(Decimal(one.minutes) / 60, 'hour')}."
