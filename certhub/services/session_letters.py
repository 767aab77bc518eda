"""Letters about sessions: a place, a seat that came free, a change, a cancellation; each told once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from certhub.clock import civil_date
from certhub.database import db
from certhub.documents import calendar
from certhub.documents.calendar import Event
from certhub.models.accounts import User
from certhub.models.course_sessions import CourseSession, Enrolment, SessionMeeting
from certhub.models.parties import Coordinator
from certhub.queries import employer_changes, enrolments, session_calendar
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.findings import listed
from certhub.rules.languages import LANGUAGES
from certhub.services import outbox
from certhub.services.audit import Actor


def tell_of_place(
    enrolment: Enrolment, *, base_url: str, at: datetime, line: int = 0, promoted: bool = False, came: bool = False
) -> None:
    """Tell the person of the seat, or of the place in `line`; of a seat that came free the employer, too.

    `came` is true for somebody who came to the session without a seat.
    """
    context = {**_of_place(enrolment, line, base_url, at=at), "promoted": promoted, "left": [], "came": came}
    readers = [enrolment.coordinator_id, *(_employer(enrolment) if promoted else [])]
    _tell_of_place(enrolment, readers, context, base_url=base_url, at=at)


def tell_of_move(old: Enrolment, new: Enrolment, *, line: int, own: bool, base_url: str, at: datetime) -> None:
    """Tell the person of the new place, and the employer where the person moved by their `own` wish."""
    left = _about(_session(old), base_url)["when"]
    context = {**_of_place(new, line, base_url, at=at), "promoted": False, "left": left, "came": False}
    readers = [new.coordinator_id, *(_employer(new) if own else [])]
    gone = _taken_off(old, because="Moved to another session.", base_url=base_url, at=at)
    _tell_of_place(new, readers, context, gone=gone, base_url=base_url, at=at)


def tell_of_withdrawal(enrolment: Enrolment, *, by: Actor, base_url: str, at: datetime) -> None:
    """Tell the person that the place was given up, and the employer where the person did it."""
    own = isinstance(by, User) and by.party_id == enrolment.coordinator_id
    readers = [enrolment.coordinator_id, *(_employer(enrolment) if own else [])]
    gone = _taken_off(enrolment, because="The place was given up.", base_url=base_url, at=at)
    context = {
        **_about(_session(enrolment), base_url), "person": _name(enrolment), "own": own,
        "reason": enrolment.ended_because,
    }  # fmt: skip
    attached = _file(_session(enrolment), gone)
    _write("session-place-given-up", readers, str(enrolment.id), context, enrolment, at=at, attached=attached)


def tell_of_change(
    session: CourseSession,
    what: Collection[str],
    *,
    dropped: Collection[SessionMeeting] = (),
    base_url: str,
    at: datetime,
) -> None:
    """Tell everybody who has a place, or waits for one, what of the session is new, and when and where it is now.

    Meetings that were `dropped` are taken off the calendars of those who have a seat.
    """
    context = {
        **_about(session, base_url),
        "what": listed(tuple(what)),
        "can_give_up": session.places_until > at,
        "new_link": "link to join" in what,
    }
    given_up = session_calendar.given_up_in(session)
    for one in _live(session):
        step, seated = f"{session.calendar_sequence}:{one.id}", one.status is EnrolmentStatus.ENROLLED
        before = given_up.get(one.coordinator_id, 0)
        gone = session_calendar.events_taken_off(
            session, dropped, because="This meeting is not held.", at=at, base_url=base_url, given_up=before
        )
        attached = _file(session, [*_events(session, before, base_url), *gone]) if seated else b""
        _write("session-changed", [one.coordinator_id], step, context, one, at=at, attached=attached)


def tell_of_cancellation(session: CourseSession, places: Iterable[Enrolment], *, base_url: str, at: datetime) -> None:
    """Tell everybody who had a place, and each vendor once of all its people."""
    context = {**_about(session, base_url), "reason": session.cancelled_because}
    places = list(places)
    employers = enrolments.employers_of([one.coordinator_id for one in places])
    people: defaultdict[int, list[Enrolment]] = defaultdict(list)
    given_up = session_calendar.given_up_in(session)
    for one in places:
        told = {**context, "people": []}
        events = _events(session, given_up.get(one.coordinator_id, 0), base_url)
        attached = _file(session, events) if one.seated_at is not None else b""
        _write("session-cancelled", [one.coordinator_id], str(one.id), told, one, at=at, attached=attached)
        if one.coordinator_id in employers:
            people[employers[one.coordinator_id]].append(one)
    for vendor_id, theirs in people.items():
        names = sorted(_name(one) for one in theirs)
        _write("session-cancelled", [vendor_id], f"{session.id}:{vendor_id}", {**context, "people": names}, None, at=at)


def _of_place(enrolment: Enrolment, line: int, base_url: str, *, at: datetime) -> dict[str, Any]:
    session = _session(enrolment)
    return {
        **_about(session, base_url),
        "person": _name(enrolment),
        "waiting": enrolment.status is EnrolmentStatus.WAITLISTED,
        "line": line,
        "give_up_by": session.withdraw_until if civil_date(at) <= session.withdraw_until else None,
    }


def _tell_of_place(
    enrolment: Enrolment,
    readers: list[int],
    context: Mapping[str, Any],
    *,
    gone: Sequence[Event] = (),
    base_url: str,
    at: datetime,
) -> None:
    session, seated = _session(enrolment), enrolment.status is EnrolmentStatus.ENROLLED
    step = f"{enrolment.id}:{'seat' if seated else 'waiting'}"
    here = _events(session, session_calendar.given_up_before(enrolment), base_url) if seated else []
    attached = _file(session, [*gone, *here])
    _write("session-place", readers, step, context, enrolment, at=at, attached=attached)


def _employer(enrolment: Enrolment) -> list[int]:
    """The vendor for which the person works now, if any."""
    return list(enrolments.employers_of([enrolment.coordinator_id]).values())


def _taken_off(enrolment: Enrolment, *, because: str, base_url: str, at: datetime) -> list[Event]:
    """What takes the meetings off the calendar of somebody who had a seat and has it no more."""
    if enrolment.seated_at is None:
        return []
    session, before = _session(enrolment), session_calendar.given_up_before(enrolment)
    return session_calendar.events_taken_off(
        session, session.meetings, because=because, at=at, base_url=base_url, given_up=before
    )


def _events(session: CourseSession, given_up: int, base_url: str) -> list[Event]:
    """The meetings: new ones, the same at another time, or cancelled, by name and number."""
    return session_calendar.events_of_session(session, joins=True, base_url=base_url, given_up=given_up)


def _file(session: CourseSession, events: Sequence[Event]) -> bytes:
    return calendar.feed(events, title=session.course.title) if events else b""


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
        "when": [one.in_words for one in session.meetings],
        "place": session.place,
        "language": LANGUAGES.get(session.language, session.language),
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
    attached: bytes = b"",
) -> None:
    """Write to each party; the calendar file goes to the person only."""
    for party_id, readers in employer_changes.emails_of(party_ids).items():
        own = enrolment is not None and party_id == enrolment.coordinator_id
        for email, name in readers:
            outbox.enqueue(
                kind, recipient=email, recipient_name=name, dedupe_key=f"{kind}:{step}:{party_id}:{email}",
                context={**context, "to_person": own}, party_id=enrolment.coordinator_id if enrolment else party_id,
                calendar=attached if own else b"", at=at,
            )  # fmt: skip
