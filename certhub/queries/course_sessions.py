"""Sessions of courses: those to come and those past, one of them, and how many seats are taken."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from certhub import clock
from certhub.database import db
from certhub.models.course_sessions import CourseSession, Enrolment, MeetingAttendance, SessionMeeting
from certhub.models.courses import Course
from certhub.models.parties import Party
from certhub.queries import courses
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible
from certhub.rules import local_times
from certhub.rules.courses import DPH_AS_PROVIDER, Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, OPEN, EnrolmentStatus, SessionState
from certhub.rules.permissions import Viewer

_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list, with its seats."""

    id: int
    course_id: int
    code: str
    title: str
    provider: str
    delivery: Delivery
    starts_at: datetime
    ends_at: datetime
    place: str
    language: str
    seats: int
    enrol_until: date
    cancelled_at: datetime | None
    closed_at: datetime | None
    under_way: bool
    is_over: bool
    taken: int = 0
    waiting: int = 0

    @property
    def in_words(self) -> str:
        """When it is given; of a course at one's own pace the first and the last day."""
        own_pace = self.delivery is Delivery.SELF_PACED
        return local_times.session_in_words(self.starts_at, self.ends_at, own_pace=own_pace)

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.seats - self.taken


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full a session is."""

    seats: int
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.seats - self.taken


def one(session_id: int) -> CourseSession:
    """A session, which everybody reads who may read the catalogue. Raises `NotVisible`."""
    found = db.session.scalars(_whole().where(CourseSession.id == session_id)).unique().one_or_none()
    if found is None:
        raise NotVisible(session_id)
    return found


def managed(viewer: Viewer, session_id: int) -> CourseSession:
    """A session that the viewer runs: of its program's courses, and any for DPH. Raises `NotVisible`."""
    own = select(Course.id).where(Course.id == CourseSession.course_id, courses.manages(viewer)).exists()
    found = db.session.scalars(_whole().where(CourseSession.id == session_id, own)).unique().one_or_none()
    if found is None:
        raise NotVisible(session_id)
    return found


def state_of(session: CourseSession) -> SessionState:
    """What decides whether somebody can still take a place."""
    return SessionState(
        session.places_until, session.enrol_until, session.cancelled_at is not None, session.closed_at is not None
    )


def meetings_with_attendance(session: CourseSession) -> set[int]:
    """The meetings in which somebody was noted as there, or not there, at any time."""
    noted = select(MeetingAttendance.meeting_id).join(SessionMeeting, SessionMeeting.id == MeetingAttendance.meeting_id)
    return set(db.session.scalars(noted.where(SessionMeeting.session_id == session.id).distinct()))


def finishing_days(session: CourseSession, statuses: Collection[EnrolmentStatus] = HOLDING_A_SEAT) -> list[date]:
    """The days on which people finished a course at their own pace, as far as they count now."""
    noted = MeetingAttendance
    days = (
        select(noted.finished_on)
        .join(Enrolment, Enrolment.id == noted.enrolment_id)
        .where(Enrolment.session_id == session.id, Enrolment.status.in_(statuses), noted.superseded_at.is_(None))
        .distinct()
        .order_by(noted.finished_on)
    )
    return [day for day in db.session.scalars(days) if day]


def terms_of(session: CourseSession) -> dict[str, Any]:
    """What the course gives and asks for in a session: as it was when attendance was first noted, or as it is now."""
    course = session.course
    return session.terms or {
        "minutes": {category.value: minutes for category, minutes in course.minutes.items()},
        "pass_mark": course.pass_mark,
        "partial_credit": course.partial_credit,
        "valid_months": course.valid_months,
    }


def people_to_tell(session: CourseSession) -> int:
    """How many people have a seat that they can still use, or wait for one."""
    live = select(func.count(Enrolment.id)).where(Enrolment.session_id == session.id, Enrolment.status.in_(OPEN))
    return db.session.scalar(live) or 0


def occupancy(session: CourseSession) -> Occupancy:
    """How full a session is now."""
    return _occupancies([session.id]).get(session.id, Occupancy(session.seats, 0, 0))


def page(
    viewer: Viewer, *, past: bool = False, own: bool = False, cursor: str | None = None, size: int = 50
) -> Page[SessionRow]:
    """The sessions to come, the next one first; or those that have begun, the latest first."""
    now = clock.now()
    statement = _rows().where(CourseSession.places_until <= now if past else CourseSession.places_until > now)
    if own:
        statement = statement.where(courses.manages(viewer))
    found = paged(
        statement, [CourseSession.places_until, CourseSession.id], _row, cursor=cursor, newest_first=past, size=size
    )
    return Page(_counted(found.rows), found.next, found.previous)


def of_course(course: Course) -> list[SessionRow]:
    """The sessions of a course that are to come, and the latest past ones."""
    now = clock.now()
    coming = _rows().where(CourseSession.course_id == course.id, CourseSession.places_until > now)
    past = _rows().where(CourseSession.course_id == course.id, CourseSession.places_until <= now)
    rows = [
        *db.session.execute(coming.order_by(CourseSession.places_until, CourseSession.id).limit(50)),
        *db.session.execute(past.order_by(CourseSession.places_until.desc(), CourseSession.id.desc()).limit(20)),
    ]
    return _counted([_row(row) for row in rows])


def others_of(session: CourseSession) -> list[SessionRow]:
    """The other sessions of the same course in which somebody can still take a place."""
    rows = db.session.execute(
        _rows()
        .where(
            CourseSession.course_id == session.course_id,
            CourseSession.id != session.id,
            CourseSession.places_until > clock.now(),
            CourseSession.enrol_until >= clock.today(),
            CourseSession.cancelled_at.is_(None),
        )
        .order_by(CourseSession.places_until, CourseSession.id)
        .limit(50)
    )
    return _counted([_row(row) for row in rows])


def _whole() -> Select[CourseSession]:
    return select(CourseSession).options(
        joinedload(CourseSession.meetings), joinedload(CourseSession.course).joinedload(Course.program)
    )


def _rows() -> Select[Any]:
    session = CourseSession
    return (
        select(
            session.id, session.course_id, Course.code, Course.title, _party.name.label("program"), Course.delivery,
            session.starts_at, session.ends_at, session.place, session.language, session.seats, session.enrol_until,
            session.cancelled_at, session.closed_at, session.places_until,
        )
        .join(Course, Course.id == session.course_id)
        .outerjoin(Party.__table__, _party.id == Course.program_id)
    )  # fmt: skip


def _row(row: Any) -> SessionRow:
    now = clock.now()
    return SessionRow(
        row.id, row.course_id, row.code, row.title, row.program or DPH_AS_PROVIDER, row.delivery, row.starts_at,
        row.ends_at, row.place, row.language, row.seats, row.enrol_until, row.cancelled_at, row.closed_at,
        row.places_until <= now < row.ends_at, row.ends_at <= now,
    )  # fmt: skip


def _counted(rows: list[SessionRow]) -> list[SessionRow]:
    full = _occupancies([row.id for row in rows])
    return [
        replace(row, taken=full[row.id].taken, waiting=full[row.id].waiting) if row.id in full else row for row in rows
    ]


def _occupancies(session_ids: list[int]) -> dict[int, Occupancy]:
    status = Enrolment.status
    rows = db.session.execute(
        select(
            Enrolment.session_id,
            func.count().filter(status.in_(HOLDING_A_SEAT)).label("taken"),
            func.count().filter(status == EnrolmentStatus.WAITLISTED).label("waiting"),
            select(CourseSession.seats)
            .where(CourseSession.id == Enrolment.session_id)
            .scalar_subquery()
            .label("seats"),
        )
        .where(Enrolment.session_id.in_(session_ids))
        .group_by(Enrolment.session_id)
    )
    return {row.session_id: Occupancy(row.seats, row.taken, row.waiting) for row in rows}
