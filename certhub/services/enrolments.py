"""Enrolments: places given and given up, waiting lists that move in the same transaction, and what people need."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from certhub.clock import civil_date
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, CourseSessionSeat, Enrolment
from certhub.models.parties import VendorOrganization
from certhub.queries import course_sessions, enrolment_candidates, enrolments
from certhub.rules.audit_actions import AuditAction
from certhub.rules.enrolment import (
    MOST_AT_ONCE,
    OPEN,
    EnrolmentStatus,
    free_seats,
    require_in_time,
    require_open,
    require_withdrawable,
)
from certhub.rules.languages import LANGUAGES
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.services import audit, session_letters
from certhub.services.audit import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person: a seat, a place on the waiting list, or the reason against it."""

    coordinator_id: int
    name: str
    status: EnrolmentStatus | None
    reason: str = ""


def enrol(
    session: CourseSession,
    coordinator_ids: Collection[int],
    *,
    vendor_id: int | None,
    base_url: str,
    actor: Actor,
    at: datetime,
) -> list[Outcome]:
    """Give each person a seat, or a place on the waiting list, or the reason why not; in the order of names.

    The session is locked meanwhile: two people who enrol at once come one after the other, and the last seat goes to
    the first. `vendor_id` is the vendor that enrols its own people; None for DPH, which may enrol anybody's. Whoever
    is not on that vendor's roster is left out without a word, so that nobody learns names by number. Raises
    `Refusal` where nobody can enrol in the session at all.
    """
    locked(session)
    require_open(course_sessions.state_of(session), at=at)
    if not coordinator_ids:
        raise Refusal("Pick at least one person.", field="people")
    if len(coordinator_ids) > MOST_AT_ONCE:
        raise Refusal(f"Pick at most {MOST_AT_ONCE} people at once.", field="people")
    known = enrolment_candidates.candidates_for(session, coordinator_ids, vendor_id=vendor_id)
    free = free_in(session)
    line = len(enrolments.waiting(session.id))
    outcomes: list[Outcome] = []
    for person in sorted(known.values(), key=lambda one: (folded(one.name), one.id)):
        against = person.against
        if against is not None:
            outcomes.append(Outcome(person.id, person.name, None, against))
            continue
        seat = None if line or not free else free.pop(0)
        line += seat is None
        one = Enrolment(
            session_id=session.id,
            coordinator_id=person.id,
            vendor_id=person.vendor_id,
            status=EnrolmentStatus.WAITLISTED if seat is None else EnrolmentStatus.ENROLLED,
            seat_number=seat,
            seated_at=None if seat is None else at,
            requested_by_id=actor.id if isinstance(actor, User) else None,
            requested_at=at,
        )
        db.session.add(one)
        db.session.flush()
        audit.record(actor, AuditAction.ENROLMENT_REQUESTED, one, at=at, party_id=person.id)
        session_letters.tell_of_place(one, line=line, base_url=base_url, at=at)
        outcomes.append(Outcome(person.id, person.name, one.status))
    return outcomes


def enrol_oneself(session: CourseSession, *, base_url: str, actor: User, at: datetime) -> list[Outcome]:
    """Enrol the person who asks. Raises `Refusal` where the vendor enrols its people itself."""
    vendor_id = enrolments.own_vendor(actor)
    if vendor_id is None or actor.party_id is None:
        raise Refusal("Ask your employer to enrol you: it has not switched on that people enrol themselves.")
    return enrol(session, [actor.party_id], vendor_id=vendor_id, base_url=base_url, actor=actor, at=at)


def withdraw(
    enrolment: Enrolment, *, reason: str, may_be_late: bool, base_url: str, actor: Actor, at: datetime
) -> Enrolment | None:
    """Give up a place; whoever waits first gets the seat in the same breath. Gives that enrolment, if any.

    `may_be_late` is true for the trainer and DPH, who free a seat after the last day for it, too. Raises `Refusal`.
    """
    session = locked(enrolment.session)
    locked(enrolment)
    require_withdrawable(enrolment.status, course_sessions.state_of(session), at=at)
    _require_unfinished(enrolment)
    if not may_be_late:
        require_in_time(session.withdraw_until, seated_on=_seated_on(enrolment), at=at)
    _end(enrolment, EnrolmentStatus.WITHDRAWN, reason, at=at)
    audit.record(
        actor, AuditAction.ENROLMENT_WITHDRAWN, enrolment, at=at, party_id=enrolment.coordinator_id, reason=reason
    )
    db.session.flush()  # first, because a seat is held by one person at a time
    session_letters.tell_of_withdrawal(enrolment, by=actor, base_url=base_url, at=at)
    seated = _seat_the_next(session, base_url=base_url, actor=actor, at=at)
    return seated[0] if seated else None


def move(
    enrolment: Enrolment, other: CourseSession, *, may_be_late: bool, base_url: str, actor: Actor, at: datetime
) -> Enrolment:
    """Move somebody to another session of the same course: first the new place, then the old one is given up.

    `may_be_late` as in `withdraw`. Raises `Refusal` where the other session takes nobody or is of another course, and
    where the employer enrols its people itself and one of them asks.
    """
    for one in sorted((enrolment.session, other), key=lambda session: session.id):
        locked(one)  # in the order of numbers, so that two who swap never wait for one another
    locked(enrolment)
    if other.course_id != enrolment.session.course_id or other.id == enrolment.session_id:
        raise Refusal("Choose another session of the same course.", field="session_id")
    require_withdrawable(enrolment.status, course_sessions.state_of(enrolment.session), at=at)
    _require_unfinished(enrolment)
    if not may_be_late:
        require_in_time(enrolment.session.withdraw_until, seated_on=_seated_on(enrolment), at=at)
    own = isinstance(actor, User) and actor.party_id == enrolment.coordinator_id
    if isinstance(actor, User) and own and enrolments.own_vendor(actor) is None:
        raise Refusal("Ask your employer to move you: it has not switched on that people enrol themselves.")
    require_open(course_sessions.state_of(other), at=at)
    person = enrolment.coordinator_id
    known = enrolment_candidates.candidates_for(other, [person], vendor_id=None, leaving=enrolment.session_id).get(
        person
    )
    if known is None or known.against is not None:
        raise Refusal(known.against or "" if known else "This record was merged into another.", field="session_id")
    line = len(enrolments.waiting(other.id))
    free = [] if line else free_in(other)
    new = Enrolment(
        session_id=other.id, coordinator_id=enrolment.coordinator_id, vendor_id=known.vendor_id,
        status=EnrolmentStatus.ENROLLED if free else EnrolmentStatus.WAITLISTED,
        seat_number=free[0] if free else None, seated_at=at if free else None,
        interpreter=enrolment.interpreter, accommodation=enrolment.accommodation,
        needs_told_to_id=enrolment.needs_told_to_id,
        requested_by_id=actor.id if isinstance(actor, User) else None, requested_at=at,
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    _end(enrolment, EnrolmentStatus.MOVED, "", at=at)
    enrolment.moved_to_id = new.id
    audit.record(actor, AuditAction.ENROLMENT_MOVED, enrolment, at=at, party_id=enrolment.coordinator_id)
    audit.record(actor, AuditAction.ENROLMENT_REQUESTED, new, at=at, party_id=new.coordinator_id)
    db.session.flush()
    session_letters.tell_of_move(enrolment, new, line=line + 1, own=own, base_url=base_url, at=at)
    _seat_the_next(enrolment.session, base_url=base_url, actor=actor, at=at)
    return new


def promote(session: CourseSession, *, base_url: str, actor: Actor, at: datetime) -> int:
    """Give free seats to those who wait, the longest waiting first; how many were given. The session is locked."""
    return len(_seat_the_next(session, base_url=base_url, actor=actor, at=at))


def ask_for(enrolment: Enrolment, *, interpreter: str, accommodation: str, actor: Actor, at: datetime) -> None:
    """Say what a person needs to take part: an interpreter, or anything else.

    The trainers read it, and the employer at which the place was asked for; no later one. Raises `Refusal`.
    """
    locked(enrolment)
    if enrolment.status not in OPEN or enrolment.session.ends_at <= at:
        raise Refusal("This place was given up, or the session is over. Nothing can be prepared any more.")
    if interpreter and interpreter not in LANGUAGES:
        raise Refusal("Choose a language of the list.", field="interpreter")
    enrolment.interpreter, enrolment.accommodation = interpreter, accommodation
    enrolment.needs_told_to_id = enrolment.vendor_id if interpreter or accommodation else None
    audit.record(actor, AuditAction.ENROLMENT_NEEDS_CHANGED, enrolment, at=at, party_id=enrolment.coordinator_id)


def allow_self_enrolment(vendor: VendorOrganization, *, allowed: bool, actor: Actor, at: datetime) -> None:
    """Say whether a vendor's coordinators may enrol themselves."""
    vendor.self_enrolment = allowed
    audit.record(actor, AuditAction.PARTY_UPDATED, vendor, at=at)


def _seat_the_next(session: CourseSession, *, base_url: str, actor: Actor, at: datetime) -> Sequence[Enrolment]:
    if session.cancelled_at is not None or session.places_until <= at:
        return []
    free, line = free_in(session), enrolments.waiting(session.id)
    if not free or not line:
        return []
    known = enrolment_candidates.candidates_for(session, [one.coordinator_id for one in line], vendor_id=None)
    fit = [one for one in line if one.coordinator_id in known and known[one.coordinator_id].against_a_seat is None]
    seated = list(zip(fit, free, strict=False))
    for one, seat in seated:
        one.status, one.seat_number, one.seated_at = EnrolmentStatus.ENROLLED, seat, at
        audit.record(actor, AuditAction.ENROLMENT_PROMOTED, one, at=at, party_id=one.coordinator_id)
        session_letters.tell_of_place(one, base_url=base_url, at=at, promoted=True)
    db.session.flush()
    return [one for one, _ in seated]


def free_in(session: CourseSession) -> list[int]:
    """The seats of a session that nobody holds, lowest first. The session is locked."""
    numbers = db.session.scalars(
        select(CourseSessionSeat.number).where(CourseSessionSeat.session_id == session.id)
    ).all()
    taken = db.session.scalars(
        select(Enrolment.seat_number).where(Enrolment.session_id == session.id, Enrolment.seat_number.is_not(None))
    ).all()
    return free_seats(numbers, taken)


def _require_unfinished(enrolment: Enrolment) -> None:
    """Refuse to give up a place in a course that the person has finished at their own pace."""
    if any(one.finished_on for one in enrolments.attendance_of([enrolment.id]).values()):
        raise Refusal("The provider noted that this course was finished. The place is kept, and the hours follow.")


def _seated_on(enrolment: Enrolment) -> date | None:
    """The day on which somebody got the seat; None for who waits."""
    return None if enrolment.seated_at is None else civil_date(enrolment.seated_at)


def _end(enrolment: Enrolment, status: EnrolmentStatus, reason: str, *, at: datetime) -> None:
    enrolment.status, enrolment.seat_number = status, None
    enrolment.ended_at, enrolment.ended_because = at, reason
