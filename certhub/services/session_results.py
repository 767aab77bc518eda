"""What became of the participants of a session: attendance by sheet or code, scores, hours, and corrections."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import insert, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.course_sessions import (
    CourseSession,
    Enrolment,
    MeetingAttendance,
    SessionEvaluation,
    SessionMeeting,
)
from certhub.models.training import TrainingCompletion
from certhub.queries import courses, enrolments
from certhub.rules.audit_actions import AuditAction
from certhub.rules.course_meetings import Meeting, code_counts
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus, MarkedBy
from certhub.rules.evaluation_form import require_answers
from certhub.rules.refusal import Refusal
from certhub.rules.session_results import Attended, SessionResult, require_attendance, require_test_score, result_of
from certhub.services import audit, completion_certificates, training
from certhub.services.audit import Actor


@dataclass(frozen=True, slots=True)
class Marked:
    """What the sheet says of one participant: minutes in each meeting, by its number, and the score."""

    minutes: Mapping[int, int | None]
    score: int | None = None


def lasted(meeting: SessionMeeting, session: CourseSession) -> int:
    """How many minutes of a meeting count: of a course at one's own pace, those of the course."""
    if session.course.delivery is Delivery.SELF_PACED:
        return sum(session.course.minutes.values())
    return meeting.minutes


def preview(session: CourseSession, marked: Marked) -> SessionResult:
    """What a participant would earn, as the page shows it before it is settled."""
    return result_of(
        session.course.minutes,
        [
            Attended(clock.civil_date(one.ends_at), lasted(one, session), marked.minutes.get(one.id) or 0)
            for one in session.meetings
        ],
        score=marked.score,
        pass_mark=session.course.pass_mark,
        partial_credit=session.course.partial_credit,
    )


def mark(session: CourseSession, sheet: Mapping[int, Marked], *, actor: Actor, at: datetime) -> None:
    """Note from the sign-in sheet who was there, by the number of the enrolment. Raises `Refusal`."""
    locked(session)
    _require_begun(session, at=at)
    places = {one.id: one for one in _places(session)}
    present = enrolments.attendance_of(list(places))
    for number, marked in sheet.items():
        one = places.get(number)
        if one is None:
            raise Refusal("Somebody on this page has given up the place since. Look at the page again.")
        _mark(session, one, marked, present, by=MarkedBy.SHEET, actor=actor, at=at)


def settle(session: CourseSession, *, actor: Actor, at: datetime) -> int:
    """Close a session: each participant gets the hours that were earned, once. Gives how many people earned some."""
    locked(session)
    _require_begun(session, at=at)
    if session.closed_at is not None:
        raise Refusal("This session was closed before. Correct a single participant instead.")
    if session.ends_at > at:
        raise Refusal("The session has not ended yet. Close it when the last meeting is over.")
    places = _places(session)
    present = enrolments.attendance_of([one.id for one in places])
    earned = 0
    for one in places:
        result = preview(session, _as_marked(session, one, present))
        _enter(session, one, result, actor=actor, at=at)
        earned += bool(result.minutes)
    session.closed_at = at
    audit.record(
        actor, AuditAction.COURSE_SESSION_CLOSED, session, at=at, party_id=session.course.program_id, earned=earned
    )
    return earned


def correct(enrolment: Enrolment, marked: Marked, *, reason: str, actor: Actor, at: datetime) -> SessionResult:
    """Correct one participant of a closed session: the hours entered before are superseded by the right ones."""
    session = locked(enrolment.session)
    locked(enrolment)
    if session.closed_at is None:
        raise Refusal("The session is not closed yet. Change the sheet instead.")
    if enrolment.status not in HOLDING_A_SEAT:
        raise Refusal("This place was given up before the session.")
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    present = enrolments.attendance_of([enrolment.id])
    _mark(session, enrolment, marked, present, by=MarkedBy.SHEET, actor=actor, at=at)
    result = preview(session, marked)
    _enter(session, enrolment, result, reason=reason, actor=actor, at=at)
    audit.record(
        actor, AuditAction.ATTENDANCE_CORRECTED, enrolment, at=at, party_id=enrolment.coordinator_id, reason=reason
    )
    return result


def check_in(enrolment: Enrolment, *, code: str, actor: Actor, at: datetime) -> SessionMeeting:
    """Note that somebody is there, by the code that the trainer shows; for the whole meeting until the sheet says else.

    Raises `Refusal` for a wrong code and for a time at which it is not taken.
    """
    session = enrolment.session
    locked(enrolment)
    if enrolment.status is not EnrolmentStatus.ENROLLED or session.closed_at is not None:
        raise Refusal("You have no seat in this session, or it is closed.")
    typed = "".join(code.split()).upper()
    meeting = next((one for one in session.meetings if one.code == typed), None)
    if meeting is None:
        raise Refusal("This is not the code of a meeting. Type the six letters and digits that the trainer shows.",
                      field="code")  # fmt: skip
    if not code_counts(Meeting(meeting.starts_at, meeting.ends_at), at=at):
        raise Refusal(
            "The code is taken from half an hour before the meeting until half an hour after it. Ask the trainer to "
            "mark you on the sheet.",
            field="code",
        )
    present = enrolments.attendance_of([enrolment.id])
    if (enrolment.id, meeting.id) not in present:
        _attend(enrolment, meeting, lasted(meeting, session), None, by=MarkedBy.CODE, actor=actor, at=at)
    return meeting


def evaluate(enrolment: Enrolment, *, answers: Mapping[str, int], comment: str, actor: User, at: datetime) -> None:
    """Send the evaluation form: once for each participant, and kept without a name."""
    locked(enrolment)
    if enrolment.status not in HOLDING_A_SEAT or enrolment.session.ends_at > at:
        raise Refusal("You can say what you thought of it when the session is over.")
    if enrolment.evaluated_at is not None:
        raise Refusal("Your form was sent before. Thank you.")
    require_answers(answers)
    enrolment.evaluated_at = at
    db.session.execute(
        insert(SessionEvaluation).values(
            id=token_hex(16), session_id=enrolment.session_id, answers=dict(answers), comment=comment
        )
    )
    audit.record(actor, AuditAction.COURSE_SESSION_EVALUATED, enrolment, at=at, party_id=enrolment.coordinator_id)


def _require_begun(session: CourseSession, *, at: datetime) -> None:
    if session.cancelled_at is not None:
        raise Refusal("This session was cancelled. Nobody was there.")
    if session.starts_at > at:
        raise Refusal("The session has not begun. Note who came when it has.")


def _places(session: CourseSession) -> list[Enrolment]:
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session.id, Enrolment.status.in_(HOLDING_A_SEAT))
            .order_by(Enrolment.id)
        )
    )


def _as_marked(session: CourseSession, one: Enrolment, present: Mapping[tuple[int, int], MeetingAttendance]) -> Marked:
    return Marked(
        {
            meeting.id: present[one.id, meeting.id].minutes if (one.id, meeting.id) in present else 0
            for meeting in session.meetings
        },
        one.score,
    )


def _mark(
    session: CourseSession,
    one: Enrolment,
    marked: Marked,
    present: Mapping[tuple[int, int], MeetingAttendance],
    *,
    by: MarkedBy,
    actor: Actor,
    at: datetime,
) -> None:
    changed = False
    for meeting in session.meetings:
        whole = lasted(meeting, session)
        minutes = require_attendance(
            marked.minutes.get(meeting.id), lasted=whole, field=f"minutes_{one.id}_{meeting.id}"
        )
        known = present.get((one.id, meeting.id))
        if (known.minutes if known else 0) != minutes:
            _attend(one, meeting, minutes, known, by=by, actor=actor, at=at)
            changed = True
    score = require_test_score(marked.score, pass_mark=session.course.pass_mark)
    if one.score != score:
        one.score, changed = score, True
    if changed and session.closed_at is None:
        audit.record(actor, AuditAction.ATTENDANCE_RECORDED, one, at=at, party_id=one.coordinator_id)


def _attend(
    one: Enrolment,
    meeting: SessionMeeting,
    minutes: int,
    known: MeetingAttendance | None,
    *,
    by: MarkedBy,
    actor: Actor,
    at: datetime,
) -> None:
    if known is not None:
        known.superseded_at = at
        db.session.flush()  # first, because one row counts at a time
    row = MeetingAttendance(
        enrolment_id=one.id, meeting_id=meeting.id, minutes=minutes, marked_by=by,
        recorded_by_id=actor.id if isinstance(actor, User) else None, recorded_at=at,
        supersedes_id=known.id if known else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, AuditAction.ATTENDANCE_RECORDED, row, at=at, party_id=one.coordinator_id)


def _enter(
    session: CourseSession, one: Enrolment, result: SessionResult, *, reason: str = "", actor: Actor, at: datetime
) -> None:
    """Bring the outcome and the hours on file; hours that were right already stay as they are."""
    one.status, one.ended_because = result.status, result.because
    course = session.course
    on_file = {
        row.category: row
        for row in db.session.scalars(
            select(TrainingCompletion).where(
                TrainingCompletion.enrolment_id == one.id,
                TrainingCompletion.superseded_at.is_(None),
                TrainingCompletion.withdrawn.is_(False),
            )
        )
    }
    wanted = {category.value: minutes for category, minutes in result.minutes.items()}
    completed_on = result.completed_on
    approved = completed_on is not None and courses.is_approved(course.program_id, on=completed_on)
    for category in sorted({*on_file, *wanted}):
        known = on_file.get(category)
        if known and known.minutes == wanted.get(category) and known.completed_on == completed_on:
            continue
        if completed_on is not None and category in wanted:
            training.enter_result(
                one, course, category=category, minutes=wanted[category], completed_on=completed_on,
                approved=approved, instead_of=known, actor=actor, at=at,
            )  # fmt: skip
        elif known:
            training.withdraw(known, reason=reason or result.because, actor=actor, at=at)
    completion_certificates.issue(session, one, result, approved=approved, actor=actor, at=at)
    audit.record(actor, AuditAction.ENROLMENT_SETTLED, one, at=at, party_id=one.coordinator_id)
