"""Sessions of courses as calendars know them: an event for each meeting."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.documents.calendar import AllDay, Event, Standing, taken_off
from certhub.models.course_sessions import CourseSession, Enrolment, SessionMeeting
from certhub.models.courses import Course
from certhub.queries import courses
from certhub.queries.visibility import employed_now
from certhub.rules import local_times
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus
from certhub.rules.permissions import Permission, Viewer, is_coordinator, is_employer, may


def training_sessions(viewer: Viewer, since: date, base_url: str) -> list[Event]:
    """The meetings of the sessions that concern the viewer.

    Those are the ones in which a coordinator has a seat, in which people of a vendor have one (without their names),
    and those that a program or DPH gives itself.
    """
    if not may(viewer, Permission.COURSE_READ):
        return []
    asked = db.session.scalars(
        select(CourseSession)
        .join(Course, Course.id == CourseSession.course_id)
        .where(CourseSession.ends_at >= local_times.first_moment(since), _concerns(viewer))
        .order_by(CourseSession.starts_at, CourseSession.id)
        .options(joinedload(CourseSession.meetings), joinedload(CourseSession.course).joinedload(Course.program))
    )
    found = asked.unique().all()
    joins = not is_employer(viewer)
    given_up = _given_up(viewer, [session.id for session in found])
    return [
        event
        for session in found
        for event in events_of_session(session, joins=joins, base_url=base_url, given_up=given_up.get(session.id, 0))
    ]


def events_of_session(session: CourseSession, *, joins: bool, base_url: str, given_up: int = 0) -> list[Event]:
    """An event for each meeting; the link to join is for those who have a seat or give the session.

    `given_up` is how many places in this session the person gave up before (see `given_up_before`). Each took the
    meetings off the calendar under a number of its own, so that those of a new place need higher ones.
    """
    return [_event(session, meeting, joins=joins, base_url=base_url, given_up=given_up) for meeting in session.meetings]


def events_taken_off(
    session: CourseSession,
    meetings: Iterable[SessionMeeting],
    *,
    because: str,
    at: datetime,
    base_url: str,
    given_up: int = 0,
) -> list[Event]:
    """The events that take some meetings off the calendar of one person, without the link to join.

    Those are all meetings of a session for somebody who gave the place up or was moved to another session, and the ones
    that the session dropped for everybody who has a seat. They can stand in one file with `events_of_session`.
    """
    return [
        taken_off(_event(session, meeting, joins=False, base_url=base_url, given_up=given_up), at=at, because=because)
        for meeting in meetings
    ]


def given_up_before(enrolment: Enrolment) -> int:
    """How many seats the person of an enrolment gave up in the same session before it."""
    return int(
        db.session.scalar(
            select(func.count(Enrolment.id)).where(
                Enrolment.session_id == enrolment.session_id,
                Enrolment.coordinator_id == enrolment.coordinator_id,
                Enrolment.id < enrolment.id,
                _is_given_up(),
            )
        )
        or 0
    )


def given_up_in(session: CourseSession) -> dict[int, int]:
    """How many seats each person gave up in a session before, of those who did."""
    rows = db.session.execute(
        select(Enrolment.coordinator_id, func.count(Enrolment.id))
        .where(Enrolment.session_id == session.id, _is_given_up())
        .group_by(Enrolment.coordinator_id)
    )
    return {row[0]: row[1] for row in rows}


def _event(session: CourseSession, meeting: SessionMeeting, *, joins: bool, base_url: str, given_up: int) -> Event:
    course = session.course
    cancelled = session.cancelled_at is not None
    page = f"{base_url}/training/sessions/{session.id}"
    told = [f"Given by {session.trainers}, {course.provider}"]
    if cancelled:
        told.append(f"Cancelled: {session.cancelled_because}")
    if session.link and joins:
        told.append(f"Join online: {session.link}")
    if session.notes:
        told.append(session.notes)
    own_pace = course.delivery is Delivery.SELF_PACED
    return Event(
        uid=f"{session.calendar_uid}-{meeting.id}@certhub",
        sequence=session.calendar_sequence + 2 * given_up,
        when=AllDay(local_times.shown(meeting.starts_at)[0], local_times.shown(meeting.ends_at)[0])
        if own_pace
        else (meeting.starts_at, meeting.ends_at),
        summary=course.title,
        changed_at=session.changed_at,
        place=session.place,
        description="\n".join([*told, page]),
        link=page,
        standing=Standing.CANCELLED if cancelled else Standing.CONFIRMED,
    )


def _is_given_up() -> ColumnElement[bool]:
    return and_(
        Enrolment.status.in_((EnrolmentStatus.WITHDRAWN, EnrolmentStatus.MOVED)), Enrolment.seated_at.is_not(None)
    )


def _given_up(viewer: Viewer, sessions: Collection[int]) -> dict[int, int]:
    """How many seats a coordinator gave up in each of some sessions; nothing for everybody else."""
    if not is_coordinator(viewer):
        return {}
    rows = db.session.execute(
        select(Enrolment.session_id, func.count(Enrolment.id))
        .where(Enrolment.coordinator_id == viewer.party_id, Enrolment.session_id.in_(sessions), _is_given_up())
        .group_by(Enrolment.session_id)
    )
    return {row[0]: row[1] for row in rows}


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    """Whose calendar has a session: who has a seat, who had one until it was cancelled, and who gives it."""
    had_one = and_(Enrolment.status == EnrolmentStatus.CANCELLED, Enrolment.seated_at.is_not(None))
    told = or_(Enrolment.status.in_(HOLDING_A_SEAT), had_one)
    seat = (Enrolment.session_id == CourseSession.id, told)
    if is_coordinator(viewer):
        return exists(select(Enrolment.id).where(*seat, Enrolment.coordinator_id == viewer.party_id))
    if is_employer(viewer):
        own = employed_now(viewer.party_id or 0, Enrolment.__table__.c.coordinator_id)
        return exists(select(Enrolment.id).where(*seat, own))
    return courses.manages(viewer) if may(viewer, Permission.SESSION_RUN) else CourseSession.id.is_(None)
