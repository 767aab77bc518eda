"""Enrolment in sessions of courses: what a place can become, who may take one, and who is next.

The lesson behind it: waiting lists that nobody is promoted from, and seats that are counted twice. A seat is given in
the order in which people asked, in the transaction that frees it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from certhub.clock import civil_date
from certhub.rules.courses import prerequisites_sentence
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written


class EnrolmentStatus(StrEnum):
    """What a place in a session can become."""

    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    IN_PART = "in_part"
    NOT_COMPLETED = "not_completed"
    NO_SHOW = "no_show"
    NOT_SEATED = "not_seated"


class MarkedBy(StrEnum):
    """Where it is known from that somebody was in a meeting."""

    SHEET = "sheet"
    CODE = "code"


HOLDING_A_SEAT = (
    EnrolmentStatus.ENROLLED,
    EnrolmentStatus.COMPLETED,
    EnrolmentStatus.IN_PART,
    EnrolmentStatus.NOT_COMPLETED,
    EnrolmentStatus.NO_SHOW,
)
"""Who has or had a seat to the end; everybody else holds none."""

LIVE = (*HOLDING_A_SEAT, EnrolmentStatus.WAITLISTED)
"""A person has one of these in a session at most."""

OPEN = (EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED)
"""What can still be given up, while the session has not begun."""

EARNED = (EnrolmentStatus.COMPLETED, EnrolmentStatus.IN_PART)
"""Who earned hours, and has a certificate of them."""

ENROLMENT_LABELS: Mapping[EnrolmentStatus, str] = {
    EnrolmentStatus.ENROLLED: "Enrolled",
    EnrolmentStatus.WAITLISTED: "On the waiting list",
    EnrolmentStatus.WITHDRAWN: "Withdrawn",
    EnrolmentStatus.MOVED: "Moved to another session",
    EnrolmentStatus.CANCELLED: "Session cancelled",
    EnrolmentStatus.COMPLETED: "Completed",
    EnrolmentStatus.IN_PART: "Completed in part",
    EnrolmentStatus.NOT_COMPLETED: "Not completed",
    EnrolmentStatus.NO_SHOW: "Did not come",
    EnrolmentStatus.NOT_SEATED: "No seat came free",
}

MOST_AT_ONCE = 500
"""People whom one form enrols (program default): a longer list is a mistake, or a file to import."""


@dataclass(frozen=True, slots=True)
class SessionState:
    """What decides whether somebody can still take a place in a session.

    `places_until` is the start of the first meeting. A course that people take at their own pace can be joined while
    its period lasts.
    """

    places_until: datetime
    enrol_until: date
    cancelled: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides whether one person can take a place: `present` is the live enrolment in the session, if any."""

    employed: bool
    present: EnrolmentStatus | None
    missing: tuple[str, ...]
    clash: str = ""
    elsewhere: str = ""
    """When the person has a seat in, or waits for, another session of the same course."""


def require_open(session: SessionState, *, at: datetime) -> None:
    """Refuse a session in which nobody can enrol any more."""
    if session.cancelled:
        raise Refusal("This session was cancelled. Choose another one of the course.")
    if session.closed or session.places_until <= at:
        raise Refusal("This session has begun. Choose another one of the course.")
    if session.enrol_until < civil_date(at):
        raise Refusal(f"Enrolment ended on {written(session.enrol_until)}. Ask the trainer, or choose another session.")


def is_open(session: SessionState, *, at: datetime) -> bool:
    """Whether somebody can enrol now."""
    try:
        require_open(session, at=at)
    except Refusal:
        return False
    return True


def reason_against(person: Candidate) -> str | None:
    """Why a person cannot take a place, in one sentence; None where nothing speaks against it."""
    if not person.employed:
        return "Works for no vendor now."
    if person.present is EnrolmentStatus.WAITLISTED:
        return "Is on the waiting list already."
    if person.present is not None:
        return "Is enrolled already."
    if person.elsewhere:
        return f"Has a place in the session of {person.elsewhere} already. Move the person instead."
    if person.missing:
        return prerequisites_sentence(person.missing)
    if person.clash:
        return person.clash
    return None


def free_seats(numbers: Iterable[int], taken: Iterable[int | None]) -> list[int]:
    """The seats that nobody holds, lowest first."""
    held = set(taken)
    return sorted(number for number in numbers if number not in held)


def require_seats(wanted: int, *, held: int) -> None:
    """Refuse fewer seats than people who hold one."""
    if wanted < held:
        raise Refusal(f"{held} people have a seat. Type {held} or more, or withdraw people first.", field="seats")


def require_withdrawable(status: EnrolmentStatus, session: SessionState, *, at: datetime) -> None:
    """Refuse to give up a place that is gone, or in a session that has begun."""
    if status not in OPEN:
        raise Refusal("This place was given up or settled before. Look at the page again.")
    if session.places_until <= at:
        raise Refusal("The session has begun. The trainer notes who came.")


def require_in_time(withdraw_until: date, *, seated_on: date | None, at: datetime) -> None:
    """Refuse somebody who gives up a seat after the last day for it; the trainer can still free the seat.

    `seated_on` is None for who waits. Whoever got the seat after that day can give it back until the session begins.
    """
    if seated_on is not None and seated_on <= withdraw_until < civil_date(at):
        raise Refusal(
            f"A seat could be given up until {written(withdraw_until)}. Ask the trainer to free it, so that somebody "
            "else can come."
        )
