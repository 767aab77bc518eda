"""Sessions of courses as calendars know them: an event for each meeting."""

from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.documents.calendar import AllDay, Event, Standing
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.courses import Course
from certhub.queries import courses
from certhub.queries.visibility import employed_now
from certhub.rules import local_times
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus
from certhub.rules.permissions import Permission, Viewer, is_coordinator, is_employer, may

_TOLD = (*HOLDING_A_SEAT, EnrolmentStatus.CANCELLED)
"""Whose calendar has a session: who has a seat, and who had one until the session was cancelled."""


def training_sessions(viewer: Viewer, since: date, base_url: str) -> list[Event]:
    """The meetings of the sessions that concern the viewer.

    Those are the ones in which a coordinator has a seat, in which people of a vendor have one (without their names),
    and those that a program or DPH gives itself.
    """
    if not may(viewer, Permission.COURSE_READ):
        return []
    found = db.session.scalars(
        select(CourseSession)
        .join(Course, Course.id == CourseSession.course_id)
        .where(CourseSession.ends_at >= local_times.first_moment(since), _concerns(viewer))
        .order_by(CourseSession.starts_at, CourseSession.id)
        .options(joinedload(CourseSession.meetings), joinedload(CourseSession.course).joinedload(Course.program))
    ).unique()
    joins = not is_employer(viewer)
    return [event for session in found for event in events_of_session(session, joins=joins, base_url=base_url)]


def events_of_session(session: CourseSession, *, joins: bool, base_url: str) -> list[Event]:
    """An event for each meeting; the link to join is for those who have a seat or give the session."""
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
    return [
        Event(
            uid=f"{session.calendar_uid}-{meeting.id}@certhub",
            sequence=session.calendar_sequence,
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
        for meeting in session.meetings
    ]


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    seat = (Enrolment.session_id == CourseSession.id, Enrolment.status.in_(_TOLD))
    if is_coordinator(viewer):
        return exists(select(Enrolment.id).where(*seat, Enrolment.coordinator_id == viewer.party_id))
    if is_employer(viewer):
        own = employed_now(viewer.party_id or 0, Enrolment.__table__.c.coordinator_id)
        return exists(select(Enrolment.id).where(*seat, own))
    return courses.manages(viewer) if may(viewer, Permission.SESSION_RUN) else CourseSession.id.is_(None)
