"""The catalogue: its courses, one course, and whether what a program teaches counts as approved on a day."""

import functools
import importlib.resources
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.course_sessions import CourseSession
from certhub.models.courses import Course, CourseHours, CourseLanguage, CourseTag
from certhub.models.parties import Party, TrainingProgram
from certhub.queries import credential_status
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.courses import DPH_AS_PROVIDER, Delivery, course_hours, is_approved_provider
from certhub.rules.name_order import folded
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import course_code_of
from certhub.rules.training_import import Listed
from certhub.rules.vocabulary import CredentialStatus

_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class CourseFilters:
    """What the catalogue is narrowed to; the page keeps these in its address."""

    q: str = ""
    category: TrainingCategory | None = None
    delivery: Delivery | None = None
    tag: str = ""
    language: str = ""
    own: bool = False
    past: bool = False

    @property
    def any(self) -> bool:
        """Whether the catalogue is narrowed at all."""
        return self != CourseFilters()


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course in the catalogue; `sessions` are those that are to come, `next_at` when the first of them starts."""

    id: int
    code: str
    title: str
    provider: str
    delivery: Delivery
    minutes: dict[TrainingCategory, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    sessions: int = 0
    next_at: datetime | None = None

    @property
    def hours(self) -> Decimal:
        """Contact hours of all categories."""
        return course_hours(self.minutes.values())


def one(course_id: int) -> Course:
    """A course of the catalogue, which everybody reads who may read it at all. Raises `NotVisible`."""
    found = db.session.get(Course, course_id)
    if found is None:
        raise NotVisible(course_id)
    return found


def managed(viewer: Viewer, course_id: int) -> Course:
    """A course that the viewer may change and give: its program's, and any for DPH. Raises `NotVisible`."""
    found = db.session.scalar(select(Course).where(Course.id == course_id, manages(viewer)))
    if found is None:
        raise NotVisible(course_id)
    return found


def manages(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on courses: those of the viewer's program; DPH sees to all."""
    return Course.id.is_not(None) if sees_everything(viewer) else Course.program_id == (viewer.party_id or 0)


def is_managed(viewer: Viewer, course: Course) -> bool:
    """Whether the viewer runs the sessions of a course."""
    if not may(viewer, Permission.SESSION_RUN):
        return False
    return sees_everything(viewer) or (course.program_id is not None and course.program_id == viewer.party_id)


def page(viewer: Viewer, filters: CourseFilters, *, cursor: str | None = None) -> Page[CourseRow]:
    """The catalogue in the order of codes; those that are no longer offered only where they are asked for."""
    today = clock.today()
    statement = select(Course.id, Course.title, Course.delivery, _party.name.label("program")).outerjoin(
        Party.__table__, _party.id == Course.program_id
    )
    if not filters.past:
        statement = statement.where(or_(Course.offered_until.is_(None), Course.offered_until >= today))
    if filters.own:
        statement = statement.where(manages(viewer))
    if filters.q:
        like = f"%{_escaped(filters.q.lower())}%"
        statement = statement.where(
            or_(
                func.lower(Course.code).like(like, escape="\\"),
                func.lower(Course.title).like(like, escape="\\"),
                _party.sort_name.contains(folded(filters.q), autoescape=True),
            )
        )
    if filters.delivery is not None:
        statement = statement.where(Course.delivery == filters.delivery)
    for table, column, value in (
        (CourseHours, CourseHours.category, filters.category.value if filters.category else ""),
        (CourseTag, CourseTag.tag, filters.tag),
        (CourseLanguage, CourseLanguage.code, filters.language),
    ):
        if value:
            statement = statement.where(exists().where(table.course_id == Course.id, column == value))
    found = paged(
        statement,
        [Course.code],
        lambda row: CourseRow(row.id, row.code, row.title, row.program or DPH_AS_PROVIDER, row.delivery),
        cursor=cursor,
    )
    return Page(_completed(found.rows), found.next, found.previous)


def choices(*, but: Course | None = None) -> list[tuple[int, str]]:
    """Every course by number, with code and title, to choose what is needed before another one."""
    rows = db.session.execute(select(Course.id, Course.code, Course.title).order_by(Course.code))
    return [(row.id, f"{row.code}: {row.title}") for row in rows if but is None or row.id != but.id]


def with_code(code: str) -> Course | None:
    """The course that has a code."""
    return db.session.scalar(select(Course).where(Course.code == code))


def listed() -> dict[str, Listed]:
    """The courses by code, and by their number in other systems, as files name them; a code goes before a number."""
    categories: defaultdict[int, list[TrainingCategory]] = defaultdict(list)
    for one in db.session.scalars(select(CourseHours)):
        categories[one.course_id].append(TrainingCategory(one.category))
    by_number: dict[str, Listed] = {}
    by_code: dict[str, Listed] = {}
    for row in db.session.execute(select(Course.id, Course.code, Course.external_course_id).order_by(Course.id)):
        given = categories[row.id]
        found = Listed(row.code, given[0] if len(given) == 1 else None)
        by_code[row.code] = found
        if number := course_code_of(row.external_course_id):
            by_number[number] = found
    return {**by_number, **by_code}


@functools.cache
def shipped() -> tuple[Mapping[str, Any], ...]:
    """The courses that every installation starts with, as their file has them."""
    source = importlib.resources.files("certhub.data").joinpath("courses.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(source)["courses"])


def has_default_hours(course: Course) -> bool:
    """Whether a course of DPH still gives the hours that CertHub came with, which no regulation names."""
    return course.program_id is None and any(
        one["code"] == course.code
        and course.minutes == {TrainingCategory(name): hours * 60 for name, hours in one["hours"].items()}
        for one in shipped()
    )


def has_sessions(course: Course) -> bool:
    """Whether sessions of a course were ever planned."""
    return db.session.scalar(select(CourseSession.id).where(CourseSession.course_id == course.id).limit(1)) is not None


def has_unsettled_sessions(course: Course) -> bool:
    """Whether there are sessions of a course that are neither closed nor cancelled."""
    unsettled = select(CourseSession.id).where(
        CourseSession.course_id == course.id, CourseSession.closed_at.is_(None), CourseSession.cancelled_at.is_(None)
    )
    return db.session.scalar(unsettled.limit(1)) is not None


def unfinished_sessions(course: Course, *, at: datetime) -> Sequence[CourseSession]:
    """The sessions of a course that are to come or under way, locked until the transaction ends."""
    unfinished = select(CourseSession).where(CourseSession.course_id == course.id, CourseSession.ends_at > at)
    current = {"populate_existing": True}
    return db.session.scalars(
        unfinished.order_by(CourseSession.id).with_for_update(of=CourseSession), execution_options=current
    ).all()


def program_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """The programs in whose name the viewer may add a course."""
    statement = select(_party.id, _party.name).join(
        TrainingProgram.__table__, TrainingProgram.__table__.c.id == _party.id
    )
    if not sees_everything(viewer):
        statement = statement.where(_party.id == (viewer.party_id or 0))
    return [(row.id, row.name) for row in db.session.execute(statement.order_by(_party.sort_name, _party.id))]


def is_approved(program_id: int | None, *, on: date) -> bool:
    """Whether training of a program counts as approved on a day; DPH's own always does (272 CMR 7.03)."""
    if program_id is None:
        return True
    statuses = db.session.scalars(
        select(credential_status.status_column(Credential.id, as_of=on)).where(Credential.party_id == program_id)
    )
    return any(is_approved_provider(CredentialStatus(status)) for status in statuses)


def _completed(rows: Sequence[CourseRow]) -> list[CourseRow]:
    ids = [row.id for row in rows]
    minutes: defaultdict[int, dict[TrainingCategory, int]] = defaultdict(dict)
    for one in db.session.scalars(select(CourseHours).where(CourseHours.course_id.in_(ids))):
        minutes[one.course_id][TrainingCategory(one.category)] = one.minutes
    languages: defaultdict[int, list[str]] = defaultdict(list)
    for course_id, code in _pairs(ids):
        languages[course_id].append(code)
    coming = {
        row.course_id: row
        for row in db.session.execute(
            select(
                CourseSession.course_id, func.count().label("number"), func.min(CourseSession.starts_at).label("first")
            )
            .where(
                CourseSession.course_id.in_(ids),
                CourseSession.places_until > clock.now(),
                CourseSession.cancelled_at.is_(None),
            )
            .group_by(CourseSession.course_id)
        )
    }
    return [
        CourseRow(
            row.id, row.code, row.title, row.provider, row.delivery,
            minutes={one: minutes[row.id][one] for one in TrainingCategory if one in minutes[row.id]},
            languages=tuple(languages[row.id]),
            sessions=coming[row.id].number if row.id in coming else 0,
            next_at=coming[row.id].first if row.id in coming else None,
        )
        for row in rows
    ]  # fmt: skip


def _pairs(course_ids: Sequence[int]) -> Iterable[Any]:
    return db.session.execute(
        select(CourseLanguage.course_id, CourseLanguage.code)
        .where(CourseLanguage.course_id.in_(course_ids))
        .order_by(CourseLanguage.code)
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
