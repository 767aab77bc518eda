"""Files of training completions: one, the latest, their rows and doubtful people, and what undoing one would change."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from certhub.database import canonical, db, stream
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential
from certhub.models.parties import Coordinator, Party
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.models.training_imports import (
    ImportWork,
    TrainingImport,
    TrainingImportDoubt,
    TrainingImportRow,
    TrainingImportStatus,
    TrainingMapping,
)
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, application_visible, party_visible, sees_everything
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.permissions import Viewer
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_import import STANDS_IN_THE_WAY, Outcome

DOUBTS_ON_A_PAGE = 20
CORRECTED_SHOWN = 50
RELYING_SHOWN = 20
IN_THE_WAY_SHOWN = 3

_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A file in a list."""

    id: int
    vendor: str | None
    file_name: str
    status: TrainingImportStatus
    work: ImportWork | None
    row_count: int
    counts: dict[str, int]
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved layout in a list."""

    id: int
    name: str
    layout: dict[str, Any]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file and what becomes of it."""

    row: int
    outcome: Outcome
    note: str
    problems: list[list[str]]
    who: str
    person_id: int | None
    person: str | None
    title: str
    category: TrainingCategory | None
    minutes: int
    completed_on: date | None

    @property
    def hours(self) -> Decimal:
        """Contact hours."""
        return Decimal(self.minutes) / 60


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a file for a category that CertHub does not know: folded, as it is spelled first, and where."""

    key: str
    spelled: str
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on file whom a row can mean."""

    id: int
    name: str
    email: str | None
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A person of a file to confirm, with those who it can be."""

    id: int
    name: str
    email: str
    number: str
    first_row: int
    rows: int
    answer: int | None
    is_nobody: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A completion of a file that somebody took back since, and that undoing the file leaves as it is."""

    coordinator_id: int
    coordinator: str
    title: str
    completed_on: date


@dataclass(frozen=True, slots=True)
class Relying:
    """Another file, of which rows were left out because they are the same training as rows of this one."""

    id: int
    file_name: str
    uploaded_at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing an import would change, as far as the viewer sees it."""

    rows: int
    people: int
    minutes: int
    reviewed: int
    """Rows on whose approval a reviewer has given a word."""
    applications: int
    """Open applications of these people that the viewer sees, whose hours change."""
    corrected: int
    """Rows that somebody took back since; they stay as they are."""
    relying: tuple[Relying, ...]
    """The other files whose hours would be nowhere."""
    fingerprint: str

    @property
    def hours(self) -> Decimal:
        """Contact hours that would not count any more."""
        return Decimal(self.minutes) / 60

    @property
    def relying_rows(self) -> int:
        """Rows of other files that were left out because of this one."""
        return sum(one.rows for one in self.relying)


def one(viewer: Viewer, import_id: int) -> TrainingImport:
    """A file of the viewer's vendor; DPH sees all. Raises `NotVisible`."""
    found = db.session.scalar(select(TrainingImport).where(TrainingImport.id == import_id, _visible(viewer)))
    if found is None:
        raise NotVisible(import_id)
    return found


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[ImportRow]:
    """The files that the viewer may see, latest first."""
    found = TrainingImport
    statement = (
        select(
            found.id, _party.name, found.file_name, found.status, found.work, found.row_count, found.counts,
            found.uploaded_at,
        )
        .outerjoin(Party.__table__, _party.id == found.vendor_id)
        .where(_visible(viewer))
    )  # fmt: skip
    return paged(statement, [found.id], lambda row: ImportRow(*row[:8]), cursor=cursor, newest_first=True)


def mappings_of(vendor_id: int | None) -> list[TrainingMapping]:
    """The layouts that a vendor, or DPH, has saved, by name."""
    owner = TrainingMapping.vendor_id
    condition = owner.is_(None) if vendor_id is None else owner == vendor_id
    return list(db.session.scalars(select(TrainingMapping).where(condition).order_by(TrainingMapping.name)))


def mapping(viewer: Viewer, mapping_id: int) -> TrainingMapping:
    """A layout that the viewer's own side saved, the vendor or DPH. Raises `NotVisible`."""
    found = db.session.scalar(select(TrainingMapping).where(TrainingMapping.id == mapping_id, _own(viewer)))
    if found is None:
        raise NotVisible(mapping_id)
    return found


def saved(viewer: Viewer, *, cursor: str | None = None) -> Page[SavedRow]:
    """The layouts that the viewer's own side saved, by name."""
    one = TrainingMapping
    statement = (
        select(one.id, one.name, one.layout, User.name, one.saved_at)
        .join(User, User.id == one.saved_by_id)
        .where(_own(viewer))
    )
    return paged(statement, [one.name, one.id], lambda row: SavedRow(*row[:5]), cursor=cursor)


def rows(
    viewer: Viewer, found: TrainingImport, outcomes: Iterable[Outcome], *, cursor: str | None = None
) -> Page[FileRow]:
    """Rows of a file that come to one of these outcomes, in the order of the file.

    Of a person whom the viewer may not see any more only what the file says is shown.
    """
    row, person = TrainingImportRow, aliased(Party.__table__)
    statement = (
        select(
            row.row, row.outcome, row.note, row.problems, row.who, person.c.id, person.c.name, row.title, row.category,
            row.minutes, row.completed_on,
        )
        .outerjoin(person, and_(person.c.id == row.coordinator_id, party_visible(viewer, person.c.id)))
        .where(row.import_id == found.id, row.outcome.in_(list(outcomes)))
    )  # fmt: skip
    return paged(statement, [row.row], _file_row, cursor=cursor)


def unknown_words(found: TrainingImport) -> list[Word]:
    """The words for categories that the check of a file did not know, the most frequent first."""
    return [Word(*one) for one in found.report.get("words", [])]


def in_the_way(found: TrainingImport) -> list[tuple[int, str]]:
    """The first rows of a file that hold up its import, with whom the file names."""
    row = TrainingImportRow
    statement = (
        select(row.row, row.who)
        .where(row.import_id == found.id, row.outcome.in_(STANDS_IN_THE_WAY))
        .order_by(row.row)
        .limit(IN_THE_WAY_SHOWN)
    )
    return [(number, who) for number, who in db.session.execute(statement)]


def problems(import_id: int) -> Iterator[tuple[int, list[list[str]]]]:
    """The rows of a file that are to be corrected, with what is wrong in each."""
    row = TrainingImportRow
    statement = (
        select(row.row, row.problems)
        .where(row.import_id == import_id, row.outcome == Outcome.REFUSED)
        .order_by(row.row)
    )
    for number, wrong in stream(statement):
        yield number, wrong or []


def others(import_id: int) -> Iterator[tuple[int, Outcome, str, str]]:
    """The other rows that are not imported: which, why, and whom the file names."""
    row = TrainingImportRow
    statement = (
        select(row.row, row.outcome, row.note, row.who)
        .where(row.import_id == import_id, row.outcome.not_in([Outcome.READY, Outcome.REFUSED]))
        .order_by(row.row)
    )
    yield from stream(statement)


def doubts(viewer: Viewer, found: TrainingImport, *, cursor: str | None = None) -> Page[Doubt]:
    """The people of a file to confirm, with those whom they can be and the viewer may see."""
    doubt = TrainingImportDoubt
    count = (
        select(func.count())
        .where(TrainingImportRow.import_id == found.id, TrainingImportRow.doubt_id == doubt.id)
        .correlate(doubt)
        .scalar_subquery()
    )
    statement = select(
        doubt.id, doubt.name, doubt.email, doubt.number, doubt.first_row, count, doubt.coordinator_id, doubt.is_nobody,
        doubt.candidates,
    ).where(doubt.import_id == found.id)  # fmt: skip
    page = paged(statement, [doubt.id], lambda row: row, cursor=cursor, size=DOUBTS_ON_A_PAGE)
    known = _candidates(viewer, {number for row in page.rows for number in row[8]})
    made = [
        Doubt(
            id=row[0], name=row[1], email=row[2], number=row[3], first_row=row[4], rows=row[5], answer=row[6],
            is_nobody=row[7], candidates=tuple(known[number] for number in row[8] if number in known),
        )
        for row in page.rows
    ]  # fmt: skip
    return Page(made, page.next, page.previous)


def standing(import_id: int) -> ColumnElement[bool]:
    """Condition on the completions that came with a file and still count."""
    completion = TrainingCompletion.__table__.c
    return and_(completion.import_id == import_id, completion.superseded_at.is_(None), completion.withdrawn.is_(False))


def undo_plan(viewer: Viewer, found: TrainingImport) -> UndoPlan:
    """What undoing an import would change, as it is now.

    The entries came with the viewer's own file. What hangs on them elsewhere is told as far as the viewer sees it:
    whoever left a vendor may have an application with another one.
    """
    completion = TrainingCompletion
    counts = db.session.execute(
        select(
            func.count(),
            func.count(completion.coordinator_id.distinct()),
            func.coalesce(func.sum(completion.minutes), 0),
        ).where(standing(found.id))
    ).one()
    reviewed = db.session.scalar(
        select(func.count(TrainingApproval.completion_id.distinct()))
        .join(completion, completion.id == TrainingApproval.completion_id)
        .where(standing(found.id))
    )
    people = select(completion.coordinator_id).where(standing(found.id))
    waiting = db.session.scalar(
        select(func.count()).where(
            Application.party_id.in_(people), Application.status.in_(OPEN_STATUSES), application_visible(viewer)
        )
    )
    corrected = db.session.scalar(select(func.count()).where(_corrected(found.id))) or 0
    relying = _relying(viewer, found.id)
    facts: list[int] = [*counts, reviewed or 0, waiting or 0, corrected]
    shown = [found.id, *facts, *((one.id, one.rows) for one in relying)]
    return UndoPlan(
        rows=facts[0], people=facts[1], minutes=facts[2], reviewed=facts[3], applications=facts[4], corrected=facts[5],
        relying=relying, fingerprint=hashlib.sha256(canonical(shown).encode()).hexdigest(),
    )  # fmt: skip


def _relying(viewer: Viewer, import_id: int) -> tuple[Relying, ...]:
    """The viewer's other files that were not put aside and leave rows out because this one brought them, latest
    first."""
    row, completion, other = TrainingImportRow, TrainingCompletion.__table__.c, TrainingImport
    statement = (
        select(other.id, other.file_name, other.uploaded_at, func.count())
        .join(row, row.import_id == other.id)
        .join(TrainingCompletion.__table__, completion.id == row.on_file_id)
        .where(
            standing(import_id),
            row.outcome == Outcome.ON_FILE,
            other.id != import_id,
            other.status.in_([TrainingImportStatus.CHECKED, TrainingImportStatus.APPLIED]),
            _visible(viewer),
        )
        .group_by(other.id, other.file_name, other.uploaded_at)
        .order_by(other.id.desc())
        .limit(RELYING_SHOWN)
    )
    return tuple(Relying(*found) for found in db.session.execute(statement))


def corrected(viewer: Viewer, found: TrainingImport) -> list[Corrected]:
    """The first of the completions of a file that somebody took back, as far as the viewer sees whose they are."""
    completion = TrainingCompletion
    statement = (
        select(completion.coordinator_id, _party.name, completion.title, completion.completed_on)
        .join(Party.__table__, _party.id == completion.coordinator_id)
        .where(_corrected(found.id), party_visible(viewer, _party.id))
        .order_by(completion.id)
        .limit(CORRECTED_SHOWN)
    )
    return [Corrected(*row) for row in db.session.execute(statement)]


def _corrected(import_id: int) -> ColumnElement[bool]:
    completion = TrainingCompletion.__table__.c
    return and_(
        completion.import_id == import_id, completion.withdrawn.is_(False), completion.superseded_at.is_not(None)
    )


def _candidates(viewer: Viewer, numbers: set[int]) -> dict[int, Candidate]:
    if not numbers:
        return {}
    held: dict[int, list[str]] = {}
    record = func.coalesce(Coordinator.merged_into_id, Coordinator.__table__.c.id)
    for number, text in db.session.execute(
        select(record, Credential.number)
        .join(Coordinator, Coordinator.__table__.c.id == Credential.party_id)
        .where(or_(Coordinator.__table__.c.id.in_(numbers), Coordinator.merged_into_id.in_(numbers)))
        .order_by(Credential.id)
    ):
        held.setdefault(number, []).append(text)
    people = db.session.execute(
        select(_party.id, _party.name, _party.email).where(_party.id.in_(numbers), party_visible(viewer, _party.id))
    )
    return {row.id: Candidate(row.id, row.name, row.email, tuple(held.get(row.id, ()))) for row in people}


def _file_row(row: Any) -> FileRow:
    return FileRow(
        row=row[0], outcome=row[1], note=row[2], problems=row[3] or [], who=row[4], person_id=row[5], person=row[6],
        title=row[7], category=TrainingCategory(row[8]) if row[8] else None, minutes=row[9], completed_on=row[10],
    )  # fmt: skip


def _own(viewer: Viewer) -> ColumnElement[bool]:
    owner = TrainingMapping.vendor_id
    return owner.is_(None) if sees_everything(viewer) else owner == (viewer.party_id or 0)


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else TrainingImport.vendor_id == (viewer.party_id or 0)
