"""Letters about sessions: a place, a seat that came free, a change, a cancellation; each told once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.parties import Coordinator
from certhub.queries import employer_changes
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.local_times import span_in_words
from certhub.services import outbox
from certhub.services.audit import Actor


def tell_of_place(enrolment: Enrolment, *, base_url: str, at: datetime, line: int = 0, promoted: bool = False) -> None:
    """Tell the person of the seat, or of the place in `line`; of a seat that came free the employer, too."""
    session = _session(enrolment)
    context = {
        **_about(session, base_url),
        "person": _name(enrolment),
        "waiting": enrolment.status is EnrolmentStatus.WAITLISTED,
        "line": line,
        "promoted": promoted,
        "withdraw_until": session.withdraw_until,
    }
    step = "seat" if enrolment.status is EnrolmentStatus.ENROLLED else "waiting"
    readers = [enrolment.coordinator_id, *([enrolment.vendor_id] if promoted and enrolment.vendor_id else [])]
    _write("session-place", readers, f"{enrolment.id}:{step}", context, enrolment, at=at)


def tell_of_withdrawal(enrolment: Enrolment, *, by: Actor, base_url: str, at: datetime) -> None:
    """Tell the person, or the employer where the person did it, that the place was given up."""
    own = isinstance(by, User) and by.party_id == enrolment.coordinator_id
    reader = enrolment.vendor_id if own else enrolment.coordinator_id
    if reader is None:
        return
    context = {
        **_about(_session(enrolment), base_url), "person": _name(enrolment), "own": own,
        "reason": enrolment.ended_because,
    }  # fmt: skip
    _write("session-place-given-up", [reader], str(enrolment.id), context, enrolment, at=at)


def tell_of_change(session: CourseSession, *, moved: bool, base_url: str, at: datetime) -> None:
    """Tell everybody who has a place, or waits for one, when and where the session is now."""
    context = {**_about(session, base_url), "moved": moved}
    for one in _live(session):
        _write("session-changed", [one.coordinator_id], f"{session.calendar_sequence}:{one.id}", context, one, at=at)


def tell_of_cancellation(session: CourseSession, places: Iterable[Enrolment], *, base_url: str, at: datetime) -> None:
    """Tell everybody who had a place, and each vendor once of all its people."""
    context = {**_about(session, base_url), "reason": session.cancelled_because}
    people: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for one in places:
        _write("session-cancelled", [one.coordinator_id], str(one.id), {**context, "people": []}, one, at=at)
        if one.vendor_id is not None:
            people[one.vendor_id].append(one)
    for vendor_id, theirs in people.items():
        names = sorted(_name(one) for one in theirs)
        _write("session-cancelled", [vendor_id], f"{session.id}:{vendor_id}", {**context, "people": names}, None, at=at)


def _session(enrolment: Enrolment) -> CourseSession:
    return db.session.get_one(CourseSession, enrolment.session_id)


def _name(enrolment: Enrolment) -> str:
    return db.session.get_one(Coordinator, enrolment.coordinator_id).name


def _live(session: CourseSession) -> Iterable[Enrolment]:
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.session_id == session.id,
            Enrolment.status.in_((EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED)),
        )
        .order_by(Enrolment.id)
    )


def _about(session: CourseSession, base_url: str) -> dict[str, Any]:
    return {
        "course": session.course.title,
        "when": [span_in_words(one.starts_at, one.ends_at) for one in session.meetings],
        "place": session.place,
        "trainers": session.trainers,
        "link": f"{base_url}/training/sessions/{session.id}",
    }


def _write(
    kind: str,
    party_ids: list[int],
    step: str,
    context: Mapping[str, Any],
    enrolment: Enrolment | None,
    *,
    at: datetime,
) -> None:
    for party_id, readers in employer_changes.emails_of(party_ids).items():
        own = enrolment is not None and party_id == enrolment.coordinator_id
        for email, name in readers:
            outbox.enqueue(
                kind, recipient=email, recipient_name=name, dedupe_key=f"{kind}:{step}:{party_id}:{email}",
                context={**context, "to_person": own}, party_id=enrolment.coordinator_id if enrolment else party_id,
                at=at,
            )  # fmt: skip
