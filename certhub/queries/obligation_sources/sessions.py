"""Sessions of courses in which somebody has a seat. At one's own pace there is no day on which one must be there."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, select
from sqlalchemy.orm import aliased

from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.courses import Course
from certhub.models.messages import Obligation
from certhub.queries.obligation_sources.days import civil_days, falls_on
from certhub.queries.obligation_sources.source import Falling, Source, falling, reasons
from certhub.rules.courses import Delivery
from certhub.rules.due_words import DueWords
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType

AHEAD = timedelta(days=60)
"""So far ahead seats are looked for; the calendar feed shows them from the enrolment on."""


def _falls_due(day: date, floor: date) -> Falling:
    days = civil_days("session_days", floor, day + AHEAD)
    return (
        falling(Enrolment.id, Enrolment.coordinator_id, days.c.day)
        .select_from(Enrolment)
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .join(days, falls_on(CourseSession.starts_at, days))
        .where(
            Enrolment.status == EnrolmentStatus.ENROLLED,
            Course.delivery != Delivery.SELF_PACED,
            CourseSession.cancelled_at.is_(None),
            CourseSession.closed_at.is_(None),
        )
    )


def _settled(day: date) -> ColumnElement[str | None]:
    days = civil_days("days_of_sessions", day, day + AHEAD)
    seat, session = aliased(Enrolment), aliased(CourseSession)
    its = (seat.id == Obligation.subject_id, session.id == seat.session_id)
    same_day = (
        select(seat.id)
        .join(session, session.id == seat.session_id)
        .join(days, falls_on(session.starts_at, days))
        .where(seat.id == Obligation.subject_id, days.c.day == Obligation.due_on)
        .correlate(Obligation)
        .exists()
    )
    return reasons(
        (exists().where(*its, session.cancelled_at.is_not(None)), "the session was cancelled"),
        (exists().where(*its, seat.status.not_in(HOLDING_A_SEAT)), "the seat was given up"),
        (Obligation.due_on < day, "the session has begun"),
        (~same_day, "the session was moved to another day"),
    )


def _course() -> SQLColumnExpression[Any]:
    return (
        select(Course.title)
        .join(CourseSession, CourseSession.course_id == Course.id)
        .join(Enrolment, Enrolment.session_id == CourseSession.id)
        .where(Enrolment.id == Obligation.subject_id)
        .correlate(Obligation)
        .scalar_subquery()
    )


def _session_id() -> SQLColumnExpression[Any]:
    return (
        select(Enrolment.session_id)
        .where(Enrolment.id == Obligation.subject_id)
        .correlate(Obligation)
        .scalar_subquery()
    )


SOURCES = (
    Source(
        kind=ObligationKind.TRAINING_SESSION,
        falls_due=_falls_due,
        rests_on=Enrolment,
        settled=_settled,
        what=_course,
        words=DueWords(
            noun="training session",
            ahead="Be there. If you cannot, give your seat up at this link, so that somebody else gets it.",
            past="The session has begun.",
            happens=True,
        ),
        page=lambda item: ("training.session", {"course_session_id": item.page_id or 0}),
        page_id=_session_id,
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER}),
        holders=frozenset({SubjectType.COORDINATOR}),
        stops_when_left=False,
        in_calendar=False,
    ),
)
