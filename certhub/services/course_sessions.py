"""Sessions of courses: scheduled, changed, given more or fewer seats, cancelled."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.course_sessions import CourseSession, CourseSessionSeat, Enrolment, SessionMeeting
from certhub.models.courses import Course
from certhub.queries import course_sessions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.course_meetings import Meeting, require_deadlines, require_meetings, require_time_enough
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus, require_seats
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import audit, enrolments, session_letters
from certhub.services.audit import Actor
from certhub.services.bulk_changes import rows_changed

MOST_SEATS = 2000
_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without letters and digits that people take for one another when they read them off a screen."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """When and where a course is given, as it was typed."""

    meetings: Sequence[Meeting]
    seats: int
    trainers: str
    enrol_until: date
    withdraw_until: date
    place: str = ""
    link: str = ""
    language: str = "en"
    notes: str = ""


def schedule(course: Course, facts: SessionFacts, *, actor: Actor, at: datetime) -> CourseSession:
    """Plan a session with its seats. Raises `Refusal`."""
    session = CourseSession(
        course=course, calendar_uid=f"session-{secrets.token_hex(12)}", changed_at=at, recorded_at=at, seats=facts.seats
    )
    _describe(session, facts, at=at)
    db.session.add(session)
    db.session.flush()
    _add_seats(session, 1, facts.seats)
    audit.record(
        actor, AuditAction.COURSE_SESSION_SCHEDULED, session, at=at, party_id=course.program_id, course=course.code,
        meetings=_told(session),
    )  # fmt: skip
    return session


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: how many people moved up, and of what those who have a place were told."""

    moved_up: int
    told_of: tuple[str, ...]


def change(session: CourseSession, facts: SessionFacts, *, base_url: str, actor: Actor, at: datetime) -> Changed:
    """Change when, where and for how many; tell those who have a place what is new.

    Meetings that are to come can be changed while the session is under way. More seats are filled from the waiting
    list at once. Raises `Refusal` for fewer seats than people who hold one.
    """
    locked(session)
    _require_unfinished(session, at=at)
    meetings, was = _told(session), _particulars(session)
    _resize(session, facts.seats)
    planned = list(session.meetings)
    _describe(session, facts, at=at)
    dropped = [one for one in planned if one not in session.meetings]
    now = _particulars(session)
    told_of = tuple(what for what in now if now[what] != was[what])
    if told_of:
        session.calendar_sequence += 1
        session.changed_at = at
        session_letters.tell_of_change(session, told_of, dropped=dropped, base_url=base_url, at=at)
    told = {"meetings": [meetings, _told(session)]} if meetings != _told(session) else {}
    audit.record(actor, AuditAction.COURSE_SESSION_CHANGED, session, at=at, party_id=session.course.program_id, **told)
    return Changed(enrolments.promote(session, base_url=base_url, actor=actor, at=at), told_of)


def cancel(session: CourseSession, *, reason: str, base_url: str, actor: Actor, at: datetime) -> int:
    """Call a session off; everybody who has a place or waits is told. Gives how many people that are."""
    locked(session)
    if session.cancelled_at is not None:
        return 0
    if session.places_until <= at:
        raise Refusal("This session has begun. Change the meetings that are left, or note that nobody came to them.")
    if course_sessions.finishing_days(session, (EnrolmentStatus.ENROLLED,)):
        raise Refusal("Some people have finished. Enter their hours first, under Attendance and hours.")
    if not reason:
        raise Refusal("Say why. Everybody who has a place reads it.", field="reason")
    session.cancelled_at, session.cancelled_because = at, reason
    session.calendar_sequence += 1
    session.changed_at = at
    live = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.session_id == session.id,
            Enrolment.status.in_((EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED)),
        )
        .order_by(Enrolment.id)
    ).all()
    for one in live:
        one.status, one.seat_number = EnrolmentStatus.CANCELLED, None
        one.ended_at, one.ended_because = at, reason
        audit.record(actor, AuditAction.ENROLMENT_CANCELLED, one, at=at, party_id=one.coordinator_id)
    session_letters.tell_of_cancellation(session, live, base_url=base_url, at=at)
    audit.record(actor, AuditAction.COURSE_SESSION_CANCELLED, session, at=at, party_id=session.course.program_id)
    return len(live)


def _describe(session: CourseSession, facts: SessionFacts, *, at: datetime) -> None:
    course = session.course
    held = _held(session, at=at)
    meetings = require_meetings(facts.meetings, delivery=course.delivery, after=at, held=held)
    minutes = sum(course_sessions.terms_of(session)["minutes"].values())
    require_time_enough(meetings, minutes=minutes, delivery=course.delivery)
    first, last = meetings[0].starts_at, max(one.ends_at for one in meetings)
    for day in (clock.civil_date(first), clock.civil_date(last)):
        if not course.is_offered(day):
            raise Refusal(f"The course is not offered on {written(day)}. Change the course first.", field="meetings")
    if not facts.trainers:
        raise Refusal("Enter who gives the session.", field="trainers")
    _require_finished_within(session, first, last)
    places_until = last if course.delivery is Delivery.SELF_PACED else first
    require_deadlines(facts.enrol_until, facts.withdraw_until, last_day=clock.civil_date(places_until))
    session.place, session.link, session.language = facts.place, facts.link, facts.language
    session.trainers, session.notes = facts.trainers, facts.notes
    session.enrol_until, session.withdraw_until = facts.enrol_until, facts.withdraw_until
    session.starts_at, session.ends_at, session.places_until = first, last, places_until
    known = {one.id: one for one in session.meetings}
    if course.delivery is Delivery.SELF_PACED and known:
        meetings = (replace(meetings[0], number=next(iter(known))),)  # there is one period, whatever the page said
    session.meetings = [
        _meeting(known.get(one.number or 0) or SessionMeeting(code=_new_code()), one) for one in meetings
    ]


def _held(session: CourseSession, *, at: datetime) -> list[Meeting]:
    """The meetings that can be changed no more: they have begun, or somebody checked in.

    The period of a course at one's own pace can be changed as long as everybody finished within it.
    """
    if session.id is None or session.course.delivery is Delivery.SELF_PACED:
        return []
    noted = course_sessions.meetings_with_attendance(session)
    return [
        Meeting(one.starts_at, one.ends_at, one.id)
        for one in session.meetings
        if one.starts_at <= at or one.id in noted
    ]


def _require_finished_within(session: CourseSession, first: datetime, last: datetime) -> None:
    """Refuse a period outside which somebody finished a course at their own pace."""
    for day in course_sessions.finishing_days(session):
        if not clock.civil_date(first) <= day <= clock.civil_date(last):
            raise Refusal(f"Somebody finished on {written(day)}. The period has to hold that day.", field="day_1")


def _meeting(row: SessionMeeting, given: Meeting) -> SessionMeeting:
    row.starts_at, row.ends_at = given.starts_at, given.ends_at
    return row


def _new_code() -> str:
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(6))


def _require_unfinished(session: CourseSession, *, at: datetime) -> None:
    if session.cancelled_at is not None:
        raise Refusal("This session was cancelled. Plan a new one.")
    if session.ends_at <= at or session.closed_at is not None:
        raise Refusal("This session is over. What was planned for it stays as it was.")


def _resize(session: CourseSession, wanted: int) -> None:
    """More seats get the next numbers; seats that go are free ones, and the others keep their people."""
    held = course_sessions.occupancy(session).taken
    require_seats(wanted, held=held)
    if wanted > session.seats:
        highest = max(_numbers(session), default=0)
        _add_seats(session, highest + 1, wanted - session.seats)
    elif wanted < session.seats:
        taken = select(Enrolment.seat_number).where(
            Enrolment.session_id == session.id, Enrolment.seat_number.is_not(None)
        )
        free = db.session.scalars(
            select(CourseSessionSeat.number)
            .where(CourseSessionSeat.session_id == session.id, CourseSessionSeat.number.not_in(taken))
            .order_by(CourseSessionSeat.number.desc())
            .limit(session.seats - wanted)
        ).all()
        rows_changed(
            delete(CourseSessionSeat).where(
                CourseSessionSeat.session_id == session.id, CourseSessionSeat.number.in_(free)
            )
        )
    session.seats = wanted


def add_seat(session: CourseSession, *, actor: Actor, at: datetime) -> int:
    """Put one more seat up, for somebody who came; gives its number. The session is locked."""
    if session.seats >= MOST_SEATS:
        raise Refusal(f"A session has at most {MOST_SEATS:,} seats.")
    number = max(_numbers(session), default=0) + 1
    _add_seats(session, number, 1)
    session.seats += 1
    audit.record(actor, AuditAction.COURSE_SESSION_CHANGED, session, at=at, party_id=session.course.program_id)
    return number


def _numbers(session: CourseSession) -> Sequence[int]:
    return db.session.scalars(select(CourseSessionSeat.number).where(CourseSessionSeat.session_id == session.id)).all()


def _add_seats(session: CourseSession, first: int, count: int) -> None:
    db.session.execute(
        insert(CourseSessionSeat),
        [{"session_id": session.id, "number": number} for number in range(first, first + count)],
    )


def _particulars(session: CourseSession) -> dict[str, object]:
    """What people with a place want to hear of when it changes, by the words for it."""
    return {
        "time": _told(session),
        "place": session.place,
        "link to join": session.link,
        "language": session.language,
        "trainer": session.trainers,
    }


def _told(session: CourseSession) -> list[list[str]]:
    return [[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in session.meetings]
