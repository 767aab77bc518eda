"""The hours of a first certificate; a course with a session to come and some that were held, and places in each."""

from datetime import date, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.course_sessions import (
    CompletionCertificate,
    CourseSession,
    CourseSessionSeat,
    Enrolment,
    SessionMeeting,
)
from certhub.models.courses import Course, CourseHours, CourseLanguage
from certhub.models.parties import Coordinator, Party, TrainingProgram, VendorOrganization
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.completion_certificate import certificate_facts
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import SubjectType
from certhub.services import audit
from tests.factories import WHEN, saved


def trained(person: Coordinator, vendor: VendorOrganization, hr: User) -> None:
    """The hours by category and the five modules of the core curriculum."""
    hours = [
        ("Core training", None, name, count) for name, count in (("core", 34), ("ethics_scope", 3), ("cultural", 3))
    ]
    modules = [(f"Module {number}", f"PCCC-M{number}", "core", 1) for number in range(1, 6)]
    with transaction() as session:
        for title, code, category, count in [*hours, *modules]:
            session.add(
                TrainingCompletion(
                    coordinator_id=person.id, vendor_id=vendor.id, title=title, provider="Institute",
                    provider_approved=True, course_code=code, category=category, minutes=count * 60,
                    completed_on=date(2026, 2, 1), recorded_at=WHEN,
                )
            )  # fmt: skip
        audit.record(hr, AuditAction.TRAINING_RECORDED, person, at=WHEN)


def enrolled(
    person: Coordinator, vendor: VendorOrganization, program: TrainingProgram
) -> dict[SubjectType, dict[str, list[int | str]]]:
    course = saved(
        Course(
            program_id=program.id, code=f"COURSE-{program.id}", title="Care plans", delivery=Delivery.IN_PERSON,
            pass_mark=80, offered_from=date(2020, 1, 1), recorded_at=WHEN,
            hours=[CourseHours(category="core", minutes=180)], languages=[CourseLanguage(code="en")],
        )
    )  # fmt: skip
    coming, held = (_session(course, days) for days in (30, -30))
    done = _session(course, -60)
    places = [_place(one, person, vendor) for one in (coming, held)]
    earned = _place(done, person, vendor, EnrolmentStatus.COMPLETED)
    facts = certificate_facts(
        name=person.name, course=course.title, code=course.code, provider=program.name, approved=True, whole=True,
        trainers="Dana Reyes", meetings=["March 2, 2026"], covers=[], minutes={TrainingCategory.CORE: 180},
        completed_on=date(2026, 3, 2), valid_through=None, score=90,
    )  # fmt: skip
    saved(
        CompletionCertificate(
            enrolment_id=earned.id, issue=1, number=f"TC-{earned.id}", facts=facts, issued_on=date(2026, 3, 2)
        )
    )
    places.append(earned)
    shared: dict[str, list[int | str]] = {"enrolment_id": [one.id for one in places]}
    return {
        SubjectType.TRAINING_PROGRAM: {
            **shared, "course_id": [course.id], "course_session_id": [coming.id, held.id], "own_course_id": [course.id],
            "own_session_id": [coming.id, held.id],
        },
        SubjectType.VENDOR: {**shared, "course_id": [course.id], "course_session_id": [coming.id, held.id]},
        SubjectType.COORDINATOR: {**shared, "course_id": [course.id], "course_session_id": [coming.id, held.id]},
    }  # fmt: skip


def _session(course: Course, days: int) -> CourseSession:
    start = clock.now() + timedelta(days=days)
    end, day = start + timedelta(hours=3), clock.civil_date(start)
    session = saved(
        CourseSession(
            course_id=course.id, starts_at=start, ends_at=end, places_until=start, place="Library",
            trainers="Dana Reyes", seats=1, enrol_until=day, withdraw_until=day,
            calendar_uid=f"session-{course.id}-{days}", changed_at=WHEN,
            recorded_at=WHEN, meetings=[SessionMeeting(starts_at=start, ends_at=end, code="ABC234")],
        )
    )  # fmt: skip
    saved(CourseSessionSeat(session_id=session.id, number=1))
    return session


def _place(
    session: CourseSession,
    person: Coordinator,
    vendor: VendorOrganization,
    status: EnrolmentStatus = EnrolmentStatus.ENROLLED,
) -> Enrolment:
    return saved(
        Enrolment(
            session_id=session.id, coordinator_id=person.id, vendor_id=vendor.id, status=status,
            seat_number=1, requested_at=WHEN, seated_at=WHEN,
        )
    )  # fmt: skip


def more_of(person: Party, vendor: VendorOrganization, number: int) -> list[Course | CourseSession | Enrolment]:
    """One more course, with a session to come and one that was held, and one more place in each session there is."""
    course = Course(
        code=f"GROWN-{number}", title="Grown", delivery=Delivery.LIVE_ONLINE, offered_from=date(2020, 1, 1),
        recorded_at=WHEN, hours=[CourseHours(category="core", minutes=60)], languages=[CourseLanguage(code="en")],
    )  # fmt: skip
    db.session.add(course)
    db.session.flush()
    made = []
    for days in (40, -40):
        start = clock.now() + timedelta(days=days)
        made.append(
            CourseSession(
                course_id=course.id, starts_at=start, ends_at=start + timedelta(hours=1), places_until=start,
                trainers="Dana Reyes", seats=1, enrol_until=clock.today(), withdraw_until=clock.today(),
                calendar_uid=f"grown-{number}-{days}", changed_at=WHEN, recorded_at=WHEN,
            )
        )  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    rows: list[Course | CourseSession | Enrolment] = []
    for session in db.session.scalars(select(CourseSession).where(CourseSession.seats < 2_000)):
        highest = max(
            db.session.scalars(
                select(CourseSessionSeat.number).where(CourseSessionSeat.session_id == session.id)
            ).all(),
            default=0,
        )
        db.session.add(CourseSessionSeat(session_id=session.id, number=highest + 1))
        db.session.flush()
        rows.append(
            Enrolment(
                session_id=session.id, coordinator_id=person.id, vendor_id=vendor.id,
                status=EnrolmentStatus.ENROLLED, seat_number=highest + 1, requested_at=WHEN,
            )
        )  # fmt: skip
    return rows
