"""What became of the participants of a session: attendance by sheet or code, scores, hours, and corrections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
from certhub.queries.course_sessions import terms_of
from certhub.rules.audit_actions import AuditAction
from certhub.rules.course_meetings import Meeting, code_counts
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EARNED, HOLDING_A_SEAT, EnrolmentStatus, MarkedBy
from certhub.rules.evaluation_form import require_answers
from certhub.rules.refusal import Refusal, Stale
from certhub.rules.session_results import (
    Attended,
    SessionResult,
    require_attendance,
    require_finishing_day,
    require_test_score,
    result_of,
)
from certhub.rules.training_categories import TrainingCategory
from certhub.services import audit, completion_certificates, training
from certhub.services.audit import Actor


@dataclass(frozen=True, slots=True)
class Marked:
    """What the sheet says of one participant: minutes in each meeting, by its number, and the score.

    `finished_on` is the day on which a course at one's own pace was finished. `seen` names the attendance that stood on
    the page, by meeting (0: none), and `seen_score` the score; where they are left out nothing is compared.
    """

    minutes: Mapping[int, int | None]
    score: int | None = None
    finished_on: date | None = None
    seen: Mapping[int, int] = field(default_factory=dict)
    seen_score: int | None = None


def lasted(meeting: SessionMeeting, session: CourseSession) -> int:
    """How many minutes of a meeting count: of a course at one's own pace, those of the course."""
    if session.course.delivery is Delivery.SELF_PACED:
        return sum(terms_of(session)["minutes"].values())
    return meeting.minutes


def preview(session: CourseSession, marked: Marked) -> SessionResult:
    """What a participant would earn, as the page shows it before it is settled."""
    terms = terms_of(session)
    return result_of(
        {TrainingCategory(name): minutes for name, minutes in terms["minutes"].items()},
        [
            Attended(
                marked.finished_on or clock.civil_date(one.ends_at),
                lasted(one, session),
                marked.minutes.get(one.id) or 0,
            )
            for one in session.meetings
        ],
        score=marked.score,
        pass_mark=terms["pass_mark"],
        partial_credit=terms["partial_credit"],
        own_pace=session.course.delivery is Delivery.SELF_PACED,
    )


def mark(session: CourseSession, sheet: Mapping[int, Marked], *, actor: Actor, at: datetime) -> int:
    """Note from the sign-in sheet who was there, by the number of the enrolment.

    What was noted of somebody after the page was opened stays, such as a check-in by the code: gives how many notes
    these are. Raises `Refusal`.
    """
    locked(session)
    _require_running(session, at=at)
    _freeze(session, actor=actor, at=at)
    kept = 0
    places = {one.id: one for one in _places(session)}
    present = enrolments.attendance_of(list(places))
    for number, marked in sheet.items():
        one = places.get(number)
        if one is None:
            raise Refusal("Somebody on this page has given up the place since. Look at the page again.")
        if one.status is not EnrolmentStatus.ENROLLED:
            kept += 1
            continue
        kept += _mark(session, one, marked, present, by=MarkedBy.SHEET, actor=actor, at=at)
    return kept


def settle(session: CourseSession, *, actor: Actor, at: datetime) -> int:
    """Close a session: each participant gets the hours that were earned, once. Gives how many people earned some."""
    locked(session)
    _require_running(session, at=at)
    if session.ends_at > at:
        raise Refusal("The session has not ended yet. Close it when the last meeting is over.")
    _freeze(session, actor=actor, at=at)
    for one, result in _results(session):
        _enter(session, one, result, actor=actor, at=at)
    earned = sum(one.status in EARNED for one in _places(session))
    for one in db.session.scalars(
        select(Enrolment).where(Enrolment.session_id == session.id, Enrolment.status == EnrolmentStatus.WAITLISTED)
    ).all():
        one.status, one.ended_at, one.ended_because = EnrolmentStatus.NOT_SEATED, at, "No seat came free."
        audit.record(actor, AuditAction.ENROLMENT_SETTLED, one, at=at, party_id=one.coordinator_id)
    session.closed_at = at
    audit.record(
        actor, AuditAction.COURSE_SESSION_CLOSED, session, at=at, party_id=session.course.program_id, earned=earned
    )
    return earned


def enter_finished(session: CourseSession, *, actor: Actor, at: datetime) -> int:
    """Enter the hours of those who finished a course at their own pace, while others still can; how many these are.

    Raises `Refusal` for a course that has meetings: its hours are entered when they are over.
    """
    locked(session)
    _require_running(session, at=at)
    if session.course.delivery is not Delivery.SELF_PACED:
        raise Refusal("The hours of this course are entered when the last meeting is over.")
    _freeze(session, actor=actor, at=at)
    finished = [(one, result) for one, result in _results(session) if result.status is EnrolmentStatus.COMPLETED]
    for one, result in finished:
        _enter(session, one, result, actor=actor, at=at)
    return len(finished)


def correct(enrolment: Enrolment, marked: Marked, *, reason: str, actor: Actor, at: datetime) -> SessionResult:
    """Correct one participant whose hours were entered: they are superseded by the right ones. Raises `Refusal`."""
    session = locked(enrolment.session)
    locked(enrolment)
    if enrolment.status is EnrolmentStatus.ENROLLED:
        raise Refusal("The session is not closed yet. Change the sheet instead.")
    if enrolment.status not in HOLDING_A_SEAT:
        raise Refusal("This place was given up before the session.")
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    present = enrolments.attendance_of([enrolment.id])
    if _mark(session, enrolment, marked, present, by=MarkedBy.SHEET, actor=actor, at=at):
        raise Stale(
            "Somebody else corrected this participant since. The page shows now what is on file. Correct it if it is "
            "still wrong."
        )
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
    session = locked(enrolment.session)  # as whoever saves the sheet: one comes after the other
    locked(enrolment)
    if enrolment.status is not EnrolmentStatus.ENROLLED or session.closed_at is not None:
        raise Refusal("You have no seat in this session, or it is closed.")
    if session.course.delivery is Delivery.SELF_PACED:
        raise Refusal("You take this course at your own pace. The provider notes when you have finished.")
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
    known = enrolments.attendance_of([enrolment.id]).get((enrolment.id, meeting.id))
    if known is not None and not known.minutes:
        raise Refusal("The trainer noted on the sheet that you were not there. Speak with the trainer.", field="code")
    if known is None:
        _freeze(session, actor=actor, at=at)
        _attend(enrolment, meeting, lasted(meeting, session), known, by=MarkedBy.CODE, actor=actor, at=at)
    return meeting


def evaluate(enrolment: Enrolment, *, answers: Mapping[str, int], comment: str, actor: User, at: datetime) -> None:
    """Send the evaluation form: once for each participant, and kept without a name."""
    locked(enrolment)
    if enrolment.status is EnrolmentStatus.NO_SHOW:
        raise Refusal("The trainer noted that you were not there. If that is wrong, speak with the trainer.")
    came = enrolment.status in HOLDING_A_SEAT
    if not came or (enrolment.session.ends_at > at and enrolment.status not in EARNED):
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


def _require_running(session: CourseSession, *, at: datetime) -> None:
    """Refuse a session that was cancelled, has not begun, or was closed."""
    if session.cancelled_at is not None:
        raise Refusal("This session was cancelled. Nobody was there.")
    if session.starts_at > at:
        raise Refusal("The session has not begun. Note who came when it has.")
    if session.closed_at is not None:
        raise Refusal("This session was closed before. Correct a single participant instead.")


def _places(session: CourseSession) -> list[Enrolment]:
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session.id, Enrolment.status.in_(HOLDING_A_SEAT))
            .order_by(Enrolment.id)
        )
    )


def _results(session: CourseSession) -> list[tuple[Enrolment, SessionResult]]:
    """What everybody earned whose hours are not entered yet."""
    places = [one for one in _places(session) if one.status is EnrolmentStatus.ENROLLED]
    marked = on_file(session, {one.id: one.score for one in places})
    return [(one, preview(session, marked[one.id])) for one in places]


def on_file(session: CourseSession, scores: Mapping[int, int | None]) -> dict[int, Marked]:
    """What is noted of participants, by the number of the enrolment, whose scores are given."""
    present = enrolments.attendance_of(list(scores))
    found = {}
    for number, score in scores.items():
        noted = {one.id: present.get((number, one.id)) for one in session.meetings}
        found[number] = Marked(
            {meeting: row.minutes if row else 0 for meeting, row in noted.items()},
            score,
            next((row.finished_on for row in noted.values() if row), None),
            {meeting: row.id if row else 0 for meeting, row in noted.items()},
            score,
        )
    return found


def _mark(
    session: CourseSession,
    one: Enrolment,
    marked: Marked,
    present: Mapping[tuple[int, int], MeetingAttendance],
    *,
    by: MarkedBy,
    actor: Actor,
    at: datetime,
) -> int:
    kept = 0
    for meeting in session.meetings:
        whole = lasted(meeting, session)
        minutes = require_attendance(
            marked.minutes.get(meeting.id), lasted=whole, field=f"minutes_{one.id}_{meeting.id}"
        )
        known = present.get((one.id, meeting.id))
        if marked.seen and marked.seen.get(meeting.id, 0) != (known.id if known else 0):
            kept += 1
            continue
        finished_on = _finishing_day(session, marked, minutes, whole, field=f"finished_{one.id}", at=at)
        if ((known.minutes, known.finished_on) if known else (0, None)) != (minutes, finished_on):
            _attend(one, meeting, minutes, known, finished_on=finished_on, by=by, actor=actor, at=at)
    score = require_test_score(marked.score, pass_mark=terms_of(session)["pass_mark"], field=f"score_{one.id}")
    if marked.seen and marked.seen_score != one.score:
        kept += one.score != score
    elif one.score != score:
        one.score = score
        audit.record(actor, AuditAction.ATTENDANCE_RECORDED, one, at=at, party_id=one.coordinator_id)
    return kept


def _finishing_day(
    session: CourseSession, marked: Marked, minutes: int, whole: int, *, field: str, at: datetime
) -> date | None:
    if session.course.delivery is not Delivery.SELF_PACED:
        return None
    first, last = clock.civil_date(session.starts_at), clock.civil_date(min(session.ends_at, at))
    return require_finishing_day(marked.finished_on, there=minutes, lasted=whole, first=first, last=last, field=field)


def _freeze(session: CourseSession, *, actor: Actor, at: datetime) -> None:
    """Keep what the course gives and asks for, so that a later change of it changes no result."""
    if session.terms is None:
        session.terms = terms_of(session)
        audit.record(actor, AuditAction.COURSE_SESSION_CHANGED, session, at=at, party_id=session.course.program_id)


def _attend(
    one: Enrolment,
    meeting: SessionMeeting,
    minutes: int,
    known: MeetingAttendance | None,
    *,
    finished_on: date | None = None,
    by: MarkedBy,
    actor: Actor,
    at: datetime,
) -> None:
    if known is not None:
        known.superseded_at = at
        db.session.flush()  # first, because one row counts at a time
    row = MeetingAttendance(
        enrolment_id=one.id, meeting_id=meeting.id, minutes=minutes, finished_on=finished_on, marked_by=by,
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
    entered = {
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
    whole = result.status is EnrolmentStatus.COMPLETED
    approved = completed_on is not None and courses.is_approved(course.program_id, on=completed_on)
    for category in sorted({*entered, *wanted}):
        known = entered.get(category)
        right = (wanted.get(category), completed_on, one.score, approved)
        if known and (known.minutes, known.completed_on, known.score, known.provider_approved) == right:
            continue
        if completed_on is not None and category in wanted:
            training.enter_result(
                one, course, category=category, minutes=wanted[category], completed_on=completed_on, whole=whole,
                approved=approved, instead_of=known, actor=actor, at=at,
            )  # fmt: skip
        elif known:
            training.withdraw(known, reason=reason or result.because, actor=actor, at=at)
    completion_certificates.issue(session, one, result, approved=approved, actor=actor, at=at)
    audit.record(actor, AuditAction.ENROLMENT_SETTLED, one, at=at, party_id=one.coordinator_id)
