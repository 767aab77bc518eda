"""Certificates of completion: issued when a session is settled, and again when a correction changes what they say."""

from datetime import date, datetime

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.course_sessions import CompletionCertificate, CourseSession, Enrolment
from certhub.queries import completion_certificates, course_sessions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.completion_certificate import certificate_facts, certificate_number
from certhub.rules.courses import TAGS, Delivery, valid_through
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.session_results import SessionResult
from certhub.services import audit
from certhub.services.audit import Actor


def issue(
    session: CourseSession, enrolment: Enrolment, result: SessionResult, *, approved: bool, actor: Actor, at: datetime
) -> CompletionCertificate | None:
    """Issue the certificate of what somebody earned; None where nothing was, or where the last one says the same."""
    if result.completed_on is None:
        return None
    person, course = enrolment.coordinator, session.course
    whole = result.status is EnrolmentStatus.COMPLETED
    own_pace = course.delivery is Delivery.SELF_PACED
    months = course_sessions.terms_of(session)["valid_months"]
    facts = certificate_facts(
        name=person.certificate_name or person.name,
        course=course.title,
        code=course.code,
        provider=course.provider,
        approved=approved,
        whole=whole,
        trainers=session.trainers,
        meetings=[] if own_pace else [one.in_words for one in session.meetings],
        covers=[TAGS[one] for one in course.covers],
        minutes=result.minutes,
        completed_on=result.completed_on,
        valid_through=valid_through(result.completed_on, months) if whole else None,
        score=enrolment.score,
    )
    last = completion_certificates.last_of(enrolment.id)
    if last is not None and last.facts == facts:
        return None
    number = 1 if last is None else last.issue + 1
    today: date = clock.civil_date(at)
    made = CompletionCertificate(
        enrolment_id=enrolment.id,
        issue=number,
        number=certificate_number(today.year, enrolment.id, number),
        facts=facts,
        issued_on=today,
        issued_by_id=actor.id if isinstance(actor, User) else None,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor, AuditAction.COMPLETION_CERTIFICATE_ISSUED, made, at=at, party_id=enrolment.coordinator_id,
        number=made.number, instead_of=last.number if last else None,
    )  # fmt: skip
    return made
