"""Training in the demo state: a session that was held, one that is full with people waiting, one that was cancelled."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from certhub.database import db
from certhub.demo import applicants, faults, late_renewals
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.courses import Course
from certhub.models.parties import Coordinator, Employment, TrainingProgram
from certhub.queries import courses as catalogue
from certhub.rules import local_times
from certhub.rules.course_meetings import Meeting
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.training_categories import TrainingCategory
from certhub.services import course_sessions, courses, enrolments, session_results
from certhub.services.course_sessions import SessionFacts
from certhub.services.courses import CourseFacts
from certhub.services.session_results import Marked

EQUITY = "EQUITY-101"
VENDOR = "harbor"
_PROGRAM = "New England Care Coordination Institute"


def taught(office: Office) -> Story[None]:
    """A program gives a course of its own; four of five people earn the hours."""
    at = moment(office_day(office.today - timedelta(days=62)), 75)
    yield at
    program = db.session.scalars(select(TrainingProgram).where(TrainingProgram.name == _PROGRAM)).one()
    trainer = db.session.scalars(select(User).where(User.party_id == program.id)).one()
    course = courses.add(
        CourseFacts(
            code=EQUITY, title="Health equity in care coordination", delivery=Delivery.LIVE_ONLINE,
            program_id=program.id,
            hours={TrainingCategory.CULTURAL: Decimal(2), TrainingCategory.FAMILY_PARTNERSHIP: Decimal(1)},
            summary="How race, language and income shape what families meet, and what a coordinator can do about it.",
            languages=("en", "es"), tags=("cultural", "communication", "NCCS-4"), partial_credit=True,
            accessibility="Captions in English and Spanish.", external_system="TRAIN", external_course_id="1098765",
            offered_from=office.today - timedelta(days=365),
        ),
        actor=trainer, at=at,
    )  # fmt: skip
    day = office_day(office.today - timedelta(days=20))
    held = _planned(course, [Meeting(moment(day, 60), moment(day, 240))], seats=12, by=trainer, at=at)
    at = moment(office_day(office.today - timedelta(days=45)), 85)
    yield at
    _enrolled(office, held, "blackstone", _team(office, "blackstone")[:5], at)
    at = moment(day, 300)
    yield at
    places = db.session.scalars(select(Enrolment).where(Enrolment.session_id == held.id).order_by(Enrolment.id)).all()
    minutes = (180, 180, 175, 120, 0)
    sheet = {one.id: Marked({held.meetings[0].id: spent}) for one, spent in zip(places, minutes, strict=False)}
    session_results.mark(held, sheet, actor=trainer, at=at)
    session_results.settle(held, actor=trainer, at=at)


def under_way(office: Office) -> Story[None]:
    """A course at one's own pace that one of three has finished, and a session that waits for its sheet."""
    at = moment(office_day(office.today - timedelta(days=40)), 65)
    yield at
    program = db.session.scalars(select(TrainingProgram).where(TrainingProgram.name == _PROGRAM)).one()
    trainer = db.session.scalars(select(User).where(User.party_id == program.id)).one()
    own_pace = courses.add(
        CourseFacts(
            code="PLANS-ONLINE", title="Shared plans of care, step by step", delivery=Delivery.SELF_PACED,
            program_id=program.id, hours={TrainingCategory.GENERAL: Decimal(2)}, languages=("en",), pass_mark=80,
            summary="Six short lessons with a test at the end. Take them when it suits you.", tags=("NCCS-3",),
            accessibility="Screen readers and the keyboard work throughout.", valid_months=36,
            offered_from=office.today - timedelta(days=90),
        ),
        actor=trainer, at=at,
    )  # fmt: skip
    first, last = (local_times.first_moment(office.today + timedelta(days=days)) for days in (-25, 60))
    period = Meeting(first, last - timedelta(minutes=1))
    lessons = _planned(own_pace, [period], seats=40, by=trainer, at=at)
    day = office_day(office.today - timedelta(days=4))
    equity = _shipped(EQUITY)
    waits = _planned(equity, [Meeting(moment(day, 60), moment(day, 240))], seats=12, by=trainer, at=at)
    at = moment(office_day(office.today - timedelta(days=33)), 70)
    yield at
    team = _team(office, "blackstone")
    _enrolled(office, lessons, "blackstone", team[2:5], at)
    _enrolled(office, waits, VENDOR, _staff(office, VENDOR)[:4], at)
    at = moment(office_day(office.today - timedelta(days=6)), 90)
    yield at
    place = db.session.scalars(
        select(Enrolment).where(Enrolment.session_id == lessons.id).order_by(Enrolment.id)
    ).first()
    if place is None:
        raise RuntimeError("nobody takes the course at their own pace")
    finished_on = office_day(office.today - timedelta(days=8))
    marked = Marked({lessons.meetings[0].id: 120}, score=92, finished_on=finished_on)
    session_results.mark(lessons, {place.id: marked}, actor=trainer, at=at)
    session_results.enter_finished(lessons, actor=trainer, at=at)


def planned(office: Office) -> Story[None]:
    """What is to come: a session that is full, one of two mornings with seats left, one that was cancelled."""
    at = moment(office_day(office.today - timedelta(days=12)), 95)
    yield at
    by = office.administrator
    scope, partners, systems = (_shipped(code) for code in ("SCOPE", "PCCC-M2", "MA-SYSTEMS"))
    full_day, later, called_off = (office_day(office.today + timedelta(days=days)) for days in (24, 38, 45))
    full = _planned(scope, [Meeting(moment(full_day, 60), moment(full_day, 180))], seats=4, by=by, at=at)
    _planned(
        partners,
        [Meeting(moment(day, 0), moment(day, 180)) for day in (later, later + timedelta(days=1))],
        seats=16, by=by, at=at, place="Worcester Public Library, 3 Salem Square, Worcester",
    )  # fmt: skip
    ill = _planned(systems, [Meeting(moment(called_off, 0), moment(called_off, 480))], seats=20, by=by, at=at)
    everybody = _staff(office, VENDOR)
    _enrolled(office, full, VENDOR, everybody[:5], at)
    _enrolled(office, full, "blackstone", _team(office, "blackstone")[:1], at)
    _enrolled(office, ill, VENDOR, everybody[1:3], at)
    vendor = office.vendors[applicants.APPLICANTS[applicants.WALKER][0]]
    enrolments.allow_self_enrolment(vendor, allowed=True, actor=office.hr[VENDOR], at=at)
    at = moment(office_day(office.today - timedelta(days=3)), 105)
    yield at
    course_sessions.cancel(
        ill, reason="The trainer is ill. A new day will be planned.", base_url=office.press.base_url, actor=by, at=at
    )


def _shipped(code: str) -> Course:
    found = catalogue.with_code(code)
    if found is None:
        raise RuntimeError(f"the shipped catalogue lacks {code}")
    return found


def _planned(
    course: Course, meetings: list[Meeting], *, seats: int, by: User, at: datetime, place: str = ""
) -> CourseSession:
    first = meetings[0].starts_at.date()
    return course_sessions.schedule(
        course,
        SessionFacts(
            meetings=meetings, seats=seats, trainers="Imani Brooks", place=place,
            link="" if place else "https://meet.example.org/care", enrol_until=first - timedelta(days=1),
            withdraw_until=first - timedelta(days=5),
        ),
        actor=by, at=at,
    )  # fmt: skip


def _enrolled(office: Office, session: CourseSession, vendor: str, people: list[Coordinator], at: datetime) -> None:
    outcomes = enrolments.enrol(
        session, [one.id for one in people], vendor_id=office.vendors[vendor].id, base_url=office.press.base_url,
        actor=office.hr[vendor], at=at,
    )  # fmt: skip
    refused = [one for one in outcomes if one.status not in (EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED)]
    if refused:
        raise RuntimeError(f"{refused[0].name}: {refused[0].reason}")


def _team(office: Office, vendor: str) -> list[Coordinator]:
    """Who works for a vendor and has no story of their own that hours could change."""
    special = {*faults.COORDINATORS, *applicants.APPLICANTS, *late_renewals.LIVES}
    return [one for one in _staff(office, vendor) if one.name not in special]


def _staff(office: Office, vendor: str) -> list[Coordinator]:
    """Who works for a vendor, in the order of names."""
    return list(
        db.session.scalars(
            select(Coordinator)
            .join(Employment, Employment.coordinator_id == Coordinator.id)
            .where(
                Employment.employer_id == office.vendors[vendor].id,
                Employment.superseded_at.is_(None),
                Employment.ends_on.is_(None),
                Coordinator.merged_into_id.is_(None),
            )
            .order_by(Coordinator.sort_name, Coordinator.id)
        )
    )
