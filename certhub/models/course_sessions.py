"""Sessions of courses: meetings, seats, who is enrolled or waits, who was there, and what people thought of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base, BigKey
from certhub.models.courses import Course
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.rules import local_times
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, LIVE, EnrolmentStatus, MarkedBy

_HOLDING = ", ".join(f"'{one.value}'" for one in HOLDING_A_SEAT)
_STANDING = ", ".join(f"'{one.value}'" for one in LIVE)
_LIVE = text(f"status IN ({_STANDING})")


class CourseSession(Base):
    """A course that is given once: its meetings, its seats, and until when one can enrol."""

    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 2000", name="seats_range"),
        CheckConstraint("ends_at > starts_at", name="times_in_order"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because = '')", name="cancelled_with_reason"),
        CheckConstraint("cancelled_at IS NULL OR closed_at IS NULL", name="cancelled_or_held"),
        Index("ix_course_session_places", "places_until", "id"),
        Index("ix_course_session_course", "course_id", "places_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    starts_at: Mapped[datetime] = mapped_column(comment="When the first meeting starts")
    ends_at: Mapped[datetime] = mapped_column(comment="When the last meeting ends")
    places_until: Mapped[datetime] = mapped_column(
        comment="Until when places are given and given up: the first meeting, or the end of a period at one's own pace"
    )
    place: Mapped[str] = mapped_column(String(300), default="")
    link: Mapped[str] = mapped_column(String(500), default="", comment="Shown to those who have a seat only")
    language: Mapped[str] = mapped_column(String(8), default="en", comment="ISO 639 code")
    trainers: Mapped[str] = mapped_column(String(300))
    notes: Mapped[str] = mapped_column(Text, default="", comment="What participants should know or bring")
    seats: Mapped[int] = mapped_column(comment="As many as there are rows of course_session_seat")
    enrol_until: Mapped[date] = mapped_column(comment="Last day on which one can enrol")
    withdraw_until: Mapped[date] = mapped_column(
        comment="Last day on which one can withdraw without asking the trainer"
    )
    calendar_uid: Mapped[str] = mapped_column(String(80), unique=True)
    calendar_sequence: Mapped[int] = mapped_column(
        default=0, comment="Rises with each change of time, place, title or state"
    )
    changed_at: Mapped[datetime] = mapped_column(comment="When the calendar entry last changed")
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(comment="When attendance was settled and hours were entered")
    terms: Mapped[dict[str, Any] | None] = mapped_column(
        comment="What the course gave and asked for when attendance was first noted; a later change changes nothing"
    )
    recorded_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    meetings: Mapped[list["SessionMeeting"]] = relationship(
        order_by="SessionMeeting.starts_at", back_populates="session", cascade="all, delete-orphan"
    )

    @property
    def starts_in_words(self) -> str:
        """When it starts; of a course at one's own pace the first day."""
        return local_times.start_in_words(self.starts_at, own_pace=self.course.delivery is Delivery.SELF_PACED)


class SessionMeeting(Base):
    """One meeting of a session: a course of three mornings has three."""

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times_in_order"),
        Index("ix_session_meeting_session", "session_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    code: Mapped[str] = mapped_column(
        String(12), info={"secret": True}, comment="What participants type to say that they are there"
    )

    session: Mapped[CourseSession] = relationship(back_populates="meetings")

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def in_words(self) -> str:
        """When it is held; of a course at one's own pace the first and the last day."""
        own_pace = self.session.course.delivery is Delivery.SELF_PACED
        return local_times.session_in_words(self.starts_at, self.ends_at, own_pace=own_pace)


class CourseSessionSeat(Base):
    """A seat of a session: whoever is enrolled holds one, and no two people hold the same."""

    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class Enrolment(Base):
    """A coordinator's place in a session, on its waiting list, or what became of it."""

    __table_args__ = (
        CheckConstraint(f"(status IN ({_HOLDING})) = (seat_number IS NOT NULL)", name="seat_while_enrolled"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score_range"),
        ForeignKeyConstraint(
            ["session_id", "seat_number"],
            ["course_session_seat.session_id", "course_session_seat.number"],
            name="fk_enrolment_seat",
        ),
        UniqueConstraint("session_id", "seat_number", name="uq_enrolment_seat"),
        Index(
            "uq_enrolment_live", "session_id", "coordinator_id", unique=True,
            postgresql_where=_LIVE, sqlite_where=_LIVE,
        ),
        Index("ix_enrolment_session", "session_id", "status", "id"),
        Index("ix_enrolment_coordinator", "coordinator_id", "id"),
        Index("ix_enrolment_vendor", "vendor_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="The employer on the day of the enrolment"
    )
    status: Mapped[EnrolmentStatus]
    seat_number: Mapped[int | None]
    interpreter: Mapped[str] = mapped_column(String(8), default="", comment="Language of an interpreter asked for")
    accommodation: Mapped[str] = mapped_column(
        Text, default="", info={"secret": True}, comment="What the person needs to take part; for the trainers only"
    )
    needs_told_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="The one employer that may read what is needed"
    )
    score: Mapped[int | None] = mapped_column(comment="Percent in the final test")
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    requested_at: Mapped[datetime]
    seated_at: Mapped[datetime | None] = mapped_column(comment="When the seat was given; later for who waited")
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(500), default="")
    moved_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolment.id"), comment="The enrolment in another session of the course that took its place"
    )
    evaluated_at: Mapped[datetime | None] = mapped_column(comment="When the evaluation form was sent; not what it says")

    session: Mapped[CourseSession] = relationship(foreign_keys=[session_id])
    coordinator: Mapped[Coordinator] = relationship()
    vendor: Mapped[VendorOrganization | None] = relationship(foreign_keys=[vendor_id])


class MeetingAttendance(Base):
    """How long somebody was in a meeting; corrections supersede, nothing is overwritten."""

    __table_args__ = (
        CheckConstraint("minutes >= 0 AND minutes <= 24000", name="minutes_range"),
        Index(
            "uq_meeting_attendance_now", "enrolment_id", "meeting_id", unique=True,
            postgresql_where=text("superseded_at IS NULL"), sqlite_where=text("superseded_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("session_meeting.id"), index=True)
    minutes: Mapped[int]
    finished_on: Mapped[date | None] = mapped_column(
        comment="Of a course at one's own pace: the day on which the person finished"
    )
    marked_by: Mapped[MarkedBy] = mapped_column(comment="From the sign-in sheet, or by the code of the meeting")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_attendance.id"), unique=True)


class CompletionCertificate(Base):
    """What a certificate of completion says, frozen when it was issued; a correction issues the next one."""

    __table_args__ = (UniqueConstraint("enrolment_id", "issue"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    issue: Mapped[int] = mapped_column(comment="1, and one more with each correction; the last one counts")
    number: Mapped[str] = mapped_column(String(40), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(
        info={"secret": True}, comment="All that is printed; the audit trail need not repeat it"
    )
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    enrolment: Mapped[Enrolment] = relationship()


class SessionEvaluation(Base):
    """An evaluation form of a session, without the name of whoever sent it; never changed."""

    audited = False
    """An entry of the trail would tell who thought what."""

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="Drawn at random, so that the order of rows tells nobody apart"
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(comment="A number from 1 to 5 for each statement of the form")
    comment: Mapped[str] = mapped_column(Text, default="")
