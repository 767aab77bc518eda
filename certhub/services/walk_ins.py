"""People who came to a session without a seat, as the trainer finds them on the sign-in sheet."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.queries import enrolment_candidates, enrolments
from certhub.rules.audit_actions import AuditAction
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.lockout import WALK_IN, wait_in_words
from certhub.rules.refusal import Refusal
from certhub.services import audit, course_sessions, session_letters, throttle
from certhub.services import enrolments as enrolling
from certhub.services.audit import Actor


def add(session: CourseSession, *, name: str, key: str, base_url: str, actor: Actor, at: datetime) -> Enrolment:
    """Give a seat to somebody who came; one more is put up where all are taken.

    `key` is the person's e-mail or the number of a credential, and `name` has to be that person's: whoever runs a
    session learns no names by guessing. Whoever waited in line has the seat then. Raises `Refusal`.
    """
    locked(session)
    if session.cancelled_at is not None or session.closed_at is not None or session.starts_at > at:
        raise Refusal("People who came are added when the session has begun, and until it is closed.")
    if session.course.delivery is Delivery.SELF_PACED:
        raise Refusal("People join a course at their own pace by enrolling.")
    until = throttle.hold([_key(session)], at=at)
    if until is not None:
        raise Refusal(f"Too many people were looked up in vain. Wait {wait_in_words(until, at)}, or ask DPH.")
    person_id = enrolments.by_name_and_key(name, key)
    known = (
        enrolment_candidates.candidates_for(session, [person_id], vendor_id=None).get(person_id) if person_id else None
    )
    if known is None:
        raise Refusal(
            "No coordinator of this name has this e-mail or number. Compare it with the sheet, or ask DPH.", field="key"
        )
    place = enrolments.waiting_place(session, known.id)
    against = known.against_who_came
    if against is not None:
        raise Refusal(against, field="key")
    free = enrolling.free_in(session)
    seat = free[0] if free else course_sessions.add_seat(session, actor=actor, at=at)
    if place is None:
        place = Enrolment(
            session_id=session.id,
            coordinator_id=known.id,
            vendor_id=known.vendor_id,
            requested_by_id=actor.id if isinstance(actor, User) else None,
            requested_at=at,
        )
        db.session.add(place)
    place.status, place.seat_number, place.seated_at = EnrolmentStatus.ENROLLED, seat, at
    db.session.flush()
    audit.record(actor, AuditAction.ENROLMENT_WALKED_IN, place, at=at, party_id=known.id)
    session_letters.tell_of_place(place, base_url=base_url, at=at, came=True)
    return place


def count_in_vain(session: CourseSession, *, at: datetime) -> None:
    """Count that somebody was looked up in vain, in a transaction of its own: the refusal undid the other one."""
    throttle.count(_key(session), WALK_IN, at=at)


def _key(session: CourseSession) -> str:
    return f"walk-in:{session.id}"
