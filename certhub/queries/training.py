"""Training completions: of one coordinator with totals by category, and the latest that a vendor entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.parties import Party
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import coordinators
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, employed_now, sees_everything
from certhub.rules.permissions import Viewer, name_shown
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import is_approved
from certhub.rules.vocabulary import Role

DPH = "DPH"
_MOST_SHOWN = 500

_party = Party.__table__.c
COMPLETION_COLUMNS: tuple[Any, ...] = (
    TrainingCompletion.id,
    TrainingCompletion.title,
    TrainingCompletion.provider,
    TrainingCompletion.provider_approved,
    TrainingCompletion.course_code,
    TrainingCompletion.category,
    TrainingCompletion.minutes,
    TrainingCompletion.score,
    TrainingCompletion.completed_on,
)
"""What is read of a completion to judge it."""


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """Hours of one category that were earned in one activity."""

    id: int
    coordinator_id: int
    coordinator: str
    title: str
    provider: str
    provider_approved: bool
    course_code: str | None
    category: TrainingCategory
    minutes: int
    score: int | None
    completed_on: date
    file_id: int | None
    found_approved: bool | None
    found_because: str

    @property
    def approved(self) -> bool:
        """Whether it counts as approved."""
        return is_approved(said=self.provider_approved, found=self.found_approved)

    @property
    def hours(self) -> Decimal:
        """Contact hours."""
        return Decimal(self.minutes) / 60


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A completion as it was entered, with whoever entered it; `retired_at` where it was taken back or corrected."""

    completion: CompletionRow
    entered_by: str
    entered_at: datetime
    retired_at: datetime | None
    corrected: bool


def of_coordinator(coordinator_id: int, *, since: date | None = None) -> list[CompletionRow]:
    """What counts for one coordinator, latest first; the caller has seen that the viewer may see the record."""
    statement = _rows().where(
        TrainingCompletion.coordinator_id == coordinator_id,
        TrainingCompletion.superseded_at.is_(None),
        TrainingCompletion.withdrawn.is_(False),
    )
    if since is not None:
        statement = statement.where(TrainingCompletion.completed_on >= since)
    order = (TrainingCompletion.completed_on.desc(), TrainingCompletion.id.desc())
    return [_row(row) for row in db.session.execute(statement.order_by(*order).limit(_MOST_SHOWN))]


def entries_of(viewer: Viewer, coordinator_id: int) -> list[EntryRow]:
    """All that was ever entered for one coordinator, latest first, with what was taken back or corrected since.

    The caller has seen that the viewer may see the record. One employer is not named to the next one.
    """
    newer, vendor = aliased(TrainingCompletion), Party.__table__.alias("vendor").c
    statement = (
        _rows()
        .add_columns(
            TrainingCompletion.vendor_id,
            vendor.name.label("vendor"),
            TrainingCompletion.recorded_at,
            TrainingCompletion.superseded_at,
            newer.withdrawn.label("taken_back"),
        )
        .outerjoin(vendor.id.table, vendor.id == TrainingCompletion.vendor_id)
        .outerjoin(newer, newer.supersedes_id == TrainingCompletion.id)
        .where(TrainingCompletion.coordinator_id == coordinator_id, TrainingCompletion.withdrawn.is_(False))
        .order_by(TrainingCompletion.completed_on.desc(), TrainingCompletion.id.desc())
    )
    return [
        EntryRow(
            _row(row),
            DPH if row.vendor is None else name_shown(viewer, row.vendor, role=Role.VENDOR_HR, party_id=row.vendor_id),
            row.recorded_at,
            row.superseded_at,
            corrected=row.taken_back is False,
        )
        for row in db.session.execute(statement)
    ]


def of_day(coordinator_id: int, day: date) -> list[CompletionRow]:
    """What counts for one coordinator of what was finished on a day; for whoever enters more of it."""
    statement = _rows().where(
        TrainingCompletion.coordinator_id == coordinator_id,
        TrainingCompletion.superseded_at.is_(None),
        TrainingCompletion.withdrawn.is_(False),
        TrainingCompletion.completed_on == day,
    )
    return [_row(row) for row in db.session.execute(statement.order_by(TrainingCompletion.id))]


def totals(rows: Iterable[CompletionRow]) -> list[tuple[TrainingCategory, Decimal]]:
    """Hours by category, in the order of the categories; those without hours are left out."""
    minutes = dict.fromkeys(TrainingCategory, 0)
    for row in rows:
        minutes[row.category] += row.minutes
    return [(category, Decimal(value) / 60) for category, value in minutes.items() if value]


def latest(viewer: Viewer, *, cursor: str | None = None) -> Page[CompletionRow]:
    """What was entered last: by the viewer's vendor for the people who work there, or by everybody for DPH."""
    statement = _rows().where(TrainingCompletion.superseded_at.is_(None), TrainingCompletion.withdrawn.is_(False))
    if not sees_everything(viewer):
        vendor_id = viewer.party_id or 0
        statement = statement.where(
            TrainingCompletion.vendor_id == vendor_id,
            employed_now(vendor_id, TrainingCompletion.__table__.c.coordinator_id),
        )
    return paged(statement, [TrainingCompletion.id], _row, cursor=cursor, newest_first=True)


def one(viewer: Viewer, coordinator_id: int, completion_id: int) -> TrainingCompletion:
    """A completion of a person whom the viewer may see. Raises `NotVisible`."""
    coordinators.one(viewer, coordinator_id)
    found = db.session.scalar(
        select(TrainingCompletion).where(
            TrainingCompletion.id == completion_id, TrainingCompletion.coordinator_id == coordinator_id
        )
    )
    if found is None:
        raise NotVisible(completion_id)
    return found


def word_on(completion: TrainingCompletion) -> TrainingApproval | None:
    """The latest word of a reviewer on a completion."""
    return db.session.scalar(
        select(TrainingApproval)
        .where(TrainingApproval.completion_id == completion.id)
        .order_by(TrainingApproval.id.desc())
        .limit(1)
    )


def latest_word() -> ColumnElement[bool]:
    """Condition that joins the latest word of a reviewer to a completion."""
    word = aliased(TrainingApproval)
    newest = (
        select(func.max(word.id))
        .where(word.completion_id == TrainingCompletion.id)
        .correlate(TrainingCompletion)
        .scalar_subquery()
    )
    return TrainingApproval.id == newest


def _rows() -> Select[Any]:
    completion = TrainingCompletion
    return (
        select(
            completion.id,
            completion.coordinator_id,
            _party.name,
            completion.title,
            completion.provider,
            completion.provider_approved,
            completion.course_code,
            completion.category,
            completion.minutes,
            completion.score,
            completion.completed_on,
            completion.file_id,
            TrainingApproval.approved,
            TrainingApproval.reason,
        )
        .join(Party.__table__, _party.id == completion.coordinator_id)
        .outerjoin(TrainingApproval, latest_word())
    )


def _row(row: Any) -> CompletionRow:
    return CompletionRow(
        id=row.id,
        coordinator_id=row.coordinator_id,
        coordinator=row.name,
        title=row.title,
        provider=row.provider,
        provider_approved=row.provider_approved,
        course_code=row.course_code,
        category=TrainingCategory(row.category),
        minutes=row.minutes,
        score=row.score,
        completed_on=row.completed_on,
        file_id=row.file_id,
        found_approved=row.approved,
        found_because=row.reason or "",
    )
