"""Courses, sessions and people for the tests of training."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.courses import Course
from certhub.models.parties import Coordinator, TrainingProgram, VendorOrganization
from certhub.rules.course_meetings import Meeting
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.training_categories import TrainingCategory
from certhub.services import course_sessions, courses, employment, enrolments
from certhub.services.course_sessions import SessionFacts
from certhub.services.courses import CourseFacts
from certhub.services.enrolments import Outcome
from tests.factories import ARRANGING, make_coordinator, make_employment

URL = "https://certhub.example.org"
FIRST = date(2020, 1, 1)
CORE = TrainingCategory.CORE


def course(program: TrainingProgram | None = None, *, code: str = "CARE-1", **values: Any) -> Course:
    facts = {
        "code": code, "title": f"Course {code}", "delivery": Delivery.IN_PERSON, "hours": {CORE: Decimal(6)},
        "offered_from": FIRST, "program_id": program.id if program else None, **values,
    }  # fmt: skip
    with transaction():
        return courses.add(CourseFacts(**facts), actor=ARRANGING, at=clock.now())


def facts(
    *, days: int = 30, meetings: int = 1, seats: int = 10, hours: int = 6, held: list[Meeting] | None = None,
    of: CourseSession | None = None,     **values: Any,
) -> SessionFacts:  # fmt: skip
    start = datetime.combine(clock.today() + timedelta(days=days), datetime.min.time(), UTC) + timedelta(hours=14)
    known: dict[int, int] = dict(enumerate(one.id for one in of.meetings)) if of else {}
    held = held or [
        Meeting(start + timedelta(days=day), start + timedelta(days=day, hours=hours / meetings), known.get(day))
        for day in range(meetings)
    ]
    first = clock.civil_date(start)
    given = {
        "meetings": held, "seats": seats, "trainers": "Dana Reyes", "enrol_until": first, "withdraw_until": first,
        "place": "Worcester Public Library", **values,
    }  # fmt: skip
    return SessionFacts(**given)


def session(of: Course, **values: Any) -> CourseSession:
    with transaction():
        return course_sessions.schedule(of, facts(**values), actor=ARRANGING, at=clock.now())


def people(vendor: VendorOrganization, number: int) -> list[Coordinator]:
    return [make_coordinator(f"Person {place:02d}", vendor=vendor) for place in range(number)]


def enrol(into: CourseSession, *who: Coordinator, vendor: VendorOrganization | None = None) -> list[Outcome]:
    with transaction():
        return enrolments.enrol(
            into, [one.id for one in who], vendor_id=vendor.id if vendor else None, base_url=URL, actor=ARRANGING,
            at=clock.now(),
        )  # fmt: skip


def places(of: CourseSession) -> dict[str, EnrolmentStatus]:
    """The places in a session by name, the latest of each person."""
    db.session.expire_all()
    found = db.session.scalars(select(Enrolment).where(Enrolment.session_id == of.id).order_by(Enrolment.id))
    return {one.coordinator.name: one.status for one in found}


def place(of: CourseSession, who: Coordinator) -> Enrolment:
    db.session.expire_all()
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.session_id == of.id, Enrolment.coordinator_id == who.id)
        .order_by(Enrolment.id.desc())
    ).first()  # type: ignore[return-value]  # a test that asks has made it


def withdraw(one: Enrolment, **values: bool) -> Enrolment | None:
    with transaction():
        return enrolments.withdraw(
            one, reason="Ill", may_be_late=values.get("may_be_late", False), base_url=URL, actor=ARRANGING,
            at=clock.now(),
        )  # fmt: skip


def moved(person: Coordinator, *, to: int) -> None:
    with transaction():
        employment.end(
            person.employments[0], last_day=clock.today() - timedelta(days=1), base_url=URL, actor=ARRANGING,
            at=clock.now(),
        )  # fmt: skip
    make_employment(person, db.session.get_one(VendorOrganization, to), starts_on=clock.today())
