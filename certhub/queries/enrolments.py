"""Enrolments: of a session, of a vendor's people, of one person; and whom a vendor can enrol."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.course_sessions import CourseSession, Enrolment, MeetingAttendance
from certhub.models.courses import Course
from certhub.models.parties import Coordinator, Employment, Party, VendorOrganization
from certhub.queries import courses
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, employed_now, sees_everything
from certhub.rules import local_times
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import LIVE, EnrolmentStatus
from certhub.rules.name_order import names_agree
from certhub.rules.permissions import Permission, Viewer, is_coordinator, is_employer, may, trains
from certhub.rules.vocabulary import SubjectType

_party = Party.__table__.c
_person = Coordinator.__table__.c
_vendor = Party.__table__.alias("employer").c
_employing = Party.__table__.alias("employing")


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """A place in a session, in a list of people or of sessions."""

    id: int
    session_id: int
    coordinator_id: int
    name: str
    vendor: str | None
    status: EnrolmentStatus
    seat_number: int | None
    interpreter: str
    accommodation: str
    score: int | None
    ended_because: str
    code: str
    title: str
    starts_at: datetime
    delivery: Delivery
    employed: bool
    may_say_needs: bool = True

    @property
    def starts_in_words(self) -> str:
        """When the session starts; of a course at one's own pace the first day."""
        return local_times.start_in_words(self.starts_at, own_pace=self.delivery is Delivery.SELF_PACED)


def one(viewer: Viewer, enrolment_id: int) -> Enrolment:
    """An enrolment that the viewer may see: its person, the present employer, the program, DPH. Raises `NotVisible`."""
    found = db.session.scalar(select(Enrolment).where(Enrolment.id == enrolment_id, _visible(viewer)))
    if found is None:
        raise NotVisible(enrolment_id)
    return found


def with_needs(viewer: Viewer, enrolment_id: int) -> Enrolment:
    """An enrolment whose needs the viewer may read and say: not a later employer. Raises `NotVisible`."""
    found = one(viewer, enrolment_id)
    if not _may_say_needs(viewer, found):
        raise NotVisible(enrolment_id)
    return found


def own(viewer: Viewer, session: CourseSession) -> Enrolment | None:
    """The viewer's own place in a session: the live one, or else the last one that was given up."""
    if not is_coordinator(viewer):
        return None
    found = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.session_id == session.id, Enrolment.coordinator_id == viewer.party_id)
        .order_by(Enrolment.id)
    ).all()
    return next((one for one in found if one.status in LIVE), found[-1] if found else None)


def may_enrol_self(viewer: Viewer) -> bool:
    """Whether the viewer is a coordinator whose present vendor lets its people enrol themselves."""
    return own_vendor(viewer) is not None


def own_vendor(viewer: Viewer) -> int | None:
    """The vendor that employs the viewer now and lets its people enrol themselves; None where there is none."""
    if not may(viewer, Permission.ENROLMENT_REQUEST_OWN):
        return None
    vendor = VendorOrganization.__table__.c
    works_for = db.session.scalar(
        select(employer_now(_party.id)).where(_party.id == (viewer.party_id or 0)).select_from(Party.__table__)
    )
    return db.session.scalar(select(vendor.id).where(vendor.id == works_for, vendor.self_enrolment.is_(True)))


def of_session(viewer: Viewer, session: CourseSession) -> list[EnrolmentRow]:
    """The places in a session that the viewer may see, in the order in which they were asked for."""
    rows = db.session.execute(
        _rows().where(Enrolment.session_id == session.id, _visible(viewer)).order_by(Enrolment.id)
    )
    return [_row(row, viewer) for row in rows]


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[EnrolmentRow]:
    """The enrolments that the viewer may see, latest first."""
    return paged(
        _rows().where(_visible(viewer)), [Enrolment.id], lambda row: _row(row, viewer), cursor=cursor, newest_first=True
    )


def waiting(session_id: int) -> list[Enrolment]:
    """Who waits for a seat, in the order in which they asked, as far as they still work for a vendor."""
    works = employer_now(Enrolment.__table__.c.coordinator_id).is_not(None)
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session_id, Enrolment.status == EnrolmentStatus.WAITLISTED, works)
            .order_by(Enrolment.id)
        )
    )


def place_in_line(enrolment: Enrolment) -> int:
    """How many people get a seat before this one, and this one: 1 is next."""
    return next((place for place, one in enumerate(waiting(enrolment.session_id), 1) if one.id == enrolment.id), 0)


def waiting_place(session: CourseSession, coordinator_id: int) -> Enrolment | None:
    """Somebody's place on the waiting list of a session, if any."""
    return db.session.scalar(
        select(Enrolment).where(
            Enrolment.session_id == session.id,
            Enrolment.coordinator_id == coordinator_id,
            Enrolment.status == EnrolmentStatus.WAITLISTED,
        )
    )


def by_name_and_key(name: str, key: str) -> int | None:
    """The coordinator with an e-mail or a credential number, and this name; None where there is not exactly one."""
    held = select(Credential.party_id).where(Credential.number == key.upper())
    rows = db.session.execute(
        select(func.coalesce(_person.merged_into_id, _person.id).label("id"), _party.name)
        .join(Party.__table__, _party.id == _person.id)
        .where(or_(func.lower(_party.email) == key.lower(), _person.id.in_(held)))
    )
    found = {row.id for row in rows if names_agree(name, row.name)}
    return found.pop() if len(found) == 1 else None


def attendance_of(enrolment_ids: Collection[int]) -> dict[tuple[int, int], MeetingAttendance]:
    """What counts now of who was where how long, by enrolment and meeting."""
    found = db.session.scalars(
        select(MeetingAttendance).where(
            MeetingAttendance.enrolment_id.in_(enrolment_ids), MeetingAttendance.superseded_at.is_(None)
        )
    )
    return {(one.enrolment_id, one.meeting_id): one for one in found}


def employers_of(coordinator_ids: Collection[int]) -> dict[int, int]:
    """The vendor for which each person works now; whoever works for none is left out."""
    employer = employer_now(_party.id).label("employer")
    rows = db.session.execute(select(_party.id, employer).where(_party.id.in_(coordinator_ids)))
    return {row.id: row.employer for row in rows if row.employer is not None}


def employer_now(person: ColumnElement[int], vendor_id: int | None = None) -> ScalarSelect[Any]:
    """The vendor for which a coordinator works now, the latest of several; or that one vendor, where it is one."""
    statement = (
        select(Employment.employer_id)
        .join(_employing, _employing.c.id == Employment.employer_id)
        .where(
            Employment.coordinator_id == person,
            Employment.superseded_at.is_(None),
            _employing.c.kind == SubjectType.VENDOR,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= clock.today()),
        )
        .order_by(Employment.starts_on.desc(), Employment.id.desc())
        .limit(1)
    )
    if vendor_id is not None:
        statement = statement.where(Employment.employer_id == vendor_id)
    return statement.correlate(person.table).scalar_subquery()


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """A program sees who comes to its sessions, a vendor its own people while it employs them, a person themself."""
    if sees_everything(viewer):
        return Enrolment.id.is_not(None)
    own = viewer.party_id or 0
    if trains(viewer):
        return exists(
            select(CourseSession.id)
            .join(Course, Course.id == CourseSession.course_id)
            .where(CourseSession.id == Enrolment.session_id, courses.manages(viewer))
        )
    if is_employer(viewer):
        return employed_now(own, Enrolment.__table__.c.coordinator_id)
    if is_coordinator(viewer):
        return Enrolment.coordinator_id == own
    return Enrolment.id.is_(None)


def _rows() -> Select[Any]:
    one = Enrolment
    return (
        select(
            one.id, one.session_id, one.coordinator_id, _party.name, _vendor.name.label("vendor"), one.status,
            one.seat_number, one.interpreter, one.accommodation, one.score, one.ended_because, Course.code,
            Course.title, CourseSession.starts_at, Course.delivery,
            employer_now(Enrolment.__table__.c.coordinator_id).is_not(None).label("employed"), one.vendor_id,
            one.needs_told_to_id,
        )
        .join(Party.__table__, _party.id == one.coordinator_id)
        .outerjoin(_vendor.id.table, _vendor.id == one.vendor_id)
        .join(CourseSession, CourseSession.id == one.session_id)
        .join(Course, Course.id == CourseSession.course_id)
    )  # fmt: skip


def _row(row: Any, viewer: Viewer) -> EnrolmentRow:
    """What somebody needs to take part is for the trainers, the person and the employer who was told; not for others.

    A later employer does not read who the earlier one was, what was written to it, and the score, either.
    """
    found = EnrolmentRow(*row[:16])
    runs = may(viewer, Permission.SESSION_RUN)
    if not runs and viewer.party_id not in (row.needs_told_to_id, row.coordinator_id):
        found = replace(found, interpreter="", accommodation="")
    if is_employer(viewer) and row.vendor_id != viewer.party_id:
        typed = row.status in (EnrolmentStatus.WITHDRAWN, EnrolmentStatus.MOVED)
        found = replace(found, vendor=None, score=None, ended_because="" if typed else found.ended_because)
    return replace(found, may_say_needs=_may_say_needs(viewer, row))


def _may_say_needs(viewer: Viewer, place: Any) -> bool:
    """Whether the viewer may read and say what is needed: of the employers the one who was told, or who asked."""
    return not is_employer(viewer) or viewer.party_id == (place.needs_told_to_id or place.vendor_id)
