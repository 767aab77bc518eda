"""Whom a vendor or DPH can enrol in a session, what speaks against each, and whom the session would help."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, null, select
from sqlalchemy.orm import aliased

from certhub import clock
from certhub.database import db
from certhub.models.course_sessions import CourseSession, Enrolment, SessionMeeting
from certhub.models.courses import Course
from certhub.models.parties import Coordinator, Party
from certhub.models.training import TrainingCompletion
from certhub.queries import courses, parties, training_hours
from certhub.queries.coordinators import Filters
from certhub.queries.enrolments import employer_now
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import employed_now, sees_everything
from certhub.rules import local_times
from certhub.rules.courses import Delivery, missing_prerequisites
from certhub.rules.enrolment import LIVE, Candidate, EnrolmentStatus, reason_against
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.session_help import Offer, help_in_words, lacking_in_words
from certhub.rules.vocabulary import SubjectType

MOST_PROPOSED = 50
"""People whom a page proposes for a session; when they are enrolled it proposes the next."""
MOST_LOOKED_AT = 1_000
"""People among whom a page looks for those, the nearest deadline first: to judge each takes a millisecond."""

_party = Party.__table__.c
_person = Coordinator.__table__.c


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Somebody whom the viewer can pick for a session, with what speaks against it (None: nothing).

    `adds` says what the session would add to what the person still lacks, or what that is.
    """

    id: int
    name: str
    credential: parties.Held | None
    against: str | None
    adds: str = ""


def candidates(viewer: Viewer, session: CourseSession, *, q: str = "", cursor: str | None = None) -> Page[CandidateRow]:
    """Whom the viewer can pick for a session: a vendor its own people, DPH everybody; in the order of names."""
    vendor_id = None if sees_everything(viewer) else viewer.party_id or 0
    statement = _known(session, vendor_id)
    if vendor_id is not None:
        statement = statement.where(employed_now(vendor_id, _party.id))
    if q:
        statement = statement.where(_party.sort_name.contains(folded(q), autoescape=True))
    found = paged(statement, [Party.sort_name, Party.id], lambda row: _known_of(session, row), cursor=cursor, size=100)
    held = parties.credentials_of([one.id for one in found.rows])
    return Page(
        [CandidateRow(one.id, one.name, held.get(one.id), one.against) for one in found.rows],
        found.next,
        found.previous,
    )


def who_lack(
    viewer: Viewer, session: CourseSession, lack: training_hours.Lack, *, q: str = "", cursor: str | None = None
) -> Page[CandidateRow]:
    """Those of the people whom the viewer can pick who lack something, with all that they lack, in the order of names.

    Each page looks through `training_hours.LOOKED_THROUGH` people, as the roster of hours does.
    """
    filters = training_hours.HoursFilters(people=Filters(q=q), lacks=lack)
    found = training_hours.page(viewer, filters, as_of=clock.today(), cursor=cursor).page
    vendor_id = None if sees_everything(viewer) else viewer.party_id or 0
    known = candidates_for(session, [row.id for row in found.rows], vendor_id=vendor_id)
    rows = [
        CandidateRow(row.id, row.name, row.credential, known[row.id].against, lacking_in_words(row.accounts))
        for row in found.rows
        if row.id in known
    ]
    return Page(rows, found.next, found.previous)


def who_need(viewer: Viewer, session: CourseSession) -> list[CandidateRow]:
    """The first people whom the session would help before their next deadline, the nearest first, with what it adds."""
    course = session.course
    day = clock.civil_date(session.ends_at)
    offer = Offer(course.code, course.minutes, day, approved=courses.is_approved(course.program_id, on=clock.today()))
    helped: dict[int, tuple[training_hours.HoursRow, str]] = {}
    for row in training_hours.who_lack(viewer, as_of=clock.today(), most=MOST_LOOKED_AT):
        if found := help_in_words(row.accounts, offer):
            helped[row.id] = (row, found)
        if len(helped) == MOST_PROPOSED:
            break
    vendor_id = None if sees_everything(viewer) else viewer.party_id or 0
    known = candidates_for(session, list(helped), vendor_id=vendor_id)
    return [
        CandidateRow(number, row.name, row.credential, known[number].against, found)
        for number, (row, found) in helped.items()
        if number in known
    ]


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about somebody who is to be enrolled."""

    id: int
    name: str
    vendor_id: int | None
    candidate: Candidate

    @property
    def against(self) -> str | None:
        """What speaks against it."""
        return reason_against(self.candidate)

    @property
    def against_a_seat(self) -> str | None:
        """What speaks against a seat for somebody who waits."""
        return reason_against(replace(self.candidate, present=None))

    @property
    def against_who_came(self) -> str | None:
        """What speaks against a seat for somebody who came, and therefore is nowhere else."""
        waits = self.candidate.present is EnrolmentStatus.WAITLISTED
        present = None if waits else self.candidate.present
        return reason_against(replace(self.candidate, present=present, clash="", elsewhere=""))


def candidates_for(
    session: CourseSession, ids: Collection[int], *, vendor_id: int | None, leaving: int | None = None
) -> dict[int, Known]:
    """What decides for each person, in one statement; those who are not on the vendor's roster are left out.

    `vendor_id` is the vendor that enrols; None for DPH, which enrols people of any vendor. `leaving` is the session
    whose seat is given up for this one.
    """
    statement = _known(session, vendor_id, leaving=leaving).where(_party.id.in_(ids))
    if vendor_id is not None:
        statement = statement.where(employed_now(vendor_id, _party.id))
    rows = db.session.execute(statement)
    return {row.id: _known_of(session, row) for row in rows}


def _known(session: CourseSession, vendor_id: int | None, *, leaving: int | None = None) -> Select[Any]:
    """Each coordinator with the employer, the places, the clash, and when what is needed was finished."""
    employer = employer_now(_party.id, vendor_id).label("employer")
    present = (
        select(Enrolment.status)
        .where(Enrolment.session_id == session.id, Enrolment.coordinator_id == _party.id, Enrolment.status.in_(LIVE))
        .scalar_subquery()
        .label("present")
    )
    needed = [
        _finished_on(one.needs.code, _needed_by(session)).label(f"needed_{place}")
        for place, one in enumerate(session.course.prerequisites)
    ]
    return (
        select(
            _party.id,
            _party.name,
            employer,
            present,
            _clash(session, leaving).label("clash"),
            _elsewhere(session, leaving),
            *needed,
        )
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(_party.kind == SubjectType.COORDINATOR, _person.merged_into_id.is_(None))
    )


def _known_of(session: CourseSession, row: Any) -> Known:
    needed = [one.needs for one in session.course.prerequisites]
    finished = [
        (one.code, on) for place, one in enumerate(needed) if (on := getattr(row, f"needed_{place}")) is not None
    ]
    missing = missing_prerequisites([(one.code, one.valid_months) for one in needed], finished, on=_needed_by(session))
    clash = f"Has a seat in {row.clash} at that time." if row.clash else ""
    own_pace = session.course.delivery is Delivery.SELF_PACED
    elsewhere = local_times.start_in_words(row.elsewhere, own_pace=own_pace) if row.elsewhere else ""
    candidate = Candidate(row.employer is not None, row.present, missing, clash, elsewhere)
    return Known(row.id, row.name, row.employer, candidate)


def _needed_by(session: CourseSession) -> date:
    """The day by which what a course needs has to be finished: the first one, or today in a period that has begun."""
    first = clock.civil_date(session.starts_at)
    return max(first, clock.today()) if session.course.delivery is Delivery.SELF_PACED else first


def _finished_on(code: str, by: date) -> ScalarSelect[Any]:
    done = TrainingCompletion
    return (
        select(func.max(done.completed_on))
        .where(
            done.coordinator_id == _party.id,
            done.superseded_at.is_(None),
            done.withdrawn.is_(False),
            done.course_code == code,
            done.completed_on <= by,
        )
        .scalar_subquery()
    )


def _clash(session: CourseSession, leaving: int | None) -> ColumnElement[Any]:
    """A course in which the person has a seat in the hours of a meeting; what is done at one's own pace is none."""
    if session.course.delivery is Delivery.SELF_PACED:
        return null()
    here, there = aliased(SessionMeeting), aliased(SessionMeeting)
    return (
        select(func.min(Course.title))
        .select_from(Enrolment)
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .join(there, there.session_id == CourseSession.id)
        .join(here, and_(here.session_id == session.id, here.starts_at < there.ends_at, here.ends_at > there.starts_at))
        .where(
            Enrolment.coordinator_id == _party.id,
            Enrolment.status == EnrolmentStatus.ENROLLED,
            CourseSession.id.not_in([session.id, leaving or 0]),
            Course.delivery != Delivery.SELF_PACED,
        )
        .scalar_subquery()
    )


def _elsewhere(session: CourseSession, leaving: int | None) -> ColumnElement[Any]:
    """When another session of the same course starts in which the person has a seat, and which is not over."""
    return (
        select(func.min(CourseSession.starts_at))
        .select_from(Enrolment)
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .where(
            Enrolment.coordinator_id == _party.id,
            Enrolment.status == EnrolmentStatus.ENROLLED,
            CourseSession.course_id == session.course_id,
            CourseSession.id.not_in([session.id, leaving or 0]),
            CourseSession.ends_at > clock.now(),
        )
        .scalar_subquery()
        .label("elsewhere")
    )
