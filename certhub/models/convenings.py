"""Convenings: the state meetings of care coordinators, who came, and what was raised there."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.parties import Coordinator
from certhub.rules.vocabulary import Region


class Convening(Base):
    """A state meeting of care coordinators, planned by DPH."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_with_reason"),
        CheckConstraint("sequence >= 0", name="sequence_counts_up"),
        Index("ix_convening_held", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    held_on: Mapped[date] = mapped_column(comment="The day in Massachusetts on which it begins; windows count by it")
    place: Mapped[str] = mapped_column(String(300), default="", comment="Where people meet; empty for online only")
    link: Mapped[str] = mapped_column(String(500), default="", comment="Where people join online")
    region: Mapped[Region | None] = mapped_column(comment="Whom it is for; empty for the whole state")
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    planned_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(comment="When calendars were last given something new")
    calendar_uid: Mapped[str] = mapped_column(
        String(80), unique=True, comment="The name of the event in every calendar; never changes"
    )
    sequence: Mapped[int] = mapped_column(
        default=0, comment="Rises with each change of time or place and with the cancellation, as RFC 5545 asks"
    )
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None] = mapped_column(String(500))

    topics: Mapped[list["ConveningTopic"]] = relationship(
        order_by="ConveningTopic.position", cascade="all, delete-orphan"
    )


class ConveningTopic(Base):
    """One item of the agenda, in the order of the meeting."""

    audited = False  # part of the meeting, whose audit entry tells the whole agenda

    convening_id: Mapped[int] = mapped_column(ForeignKey("convening.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))


class ConveningInvitation(Base):
    """That somebody was invited to a meeting, or is not meant any more; the latest row of a person counts."""

    __table_args__ = (
        CheckConstraint("sequence >= 0", name="sequence_counts_up"),
        Index("ix_convening_invitation_person", "convening_id", "coordinator_id", "id"),
    )
    audited = False  # who asked for the invitations is told with the meeting; this is the ledger of the letters

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    convening_id: Mapped[int] = mapped_column(ForeignKey("convening.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    sequence: Mapped[int] = mapped_column(comment="The number of the meeting that the letter told of")
    taken_back: Mapped[bool] = mapped_column(default=False, comment="The meeting is for another region now")
    recorded_at: Mapped[datetime]


class ConveningAnswer(Base):
    """Whether somebody comes to a meeting; the latest answer counts, and none is ever changed."""

    __table_args__ = (Index("ix_convening_answer_person", "coordinator_id", "convening_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    convening_id: Mapped[int] = mapped_column(ForeignKey("convening.id"), index=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    is_coming: Mapped[bool]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), comment="The person, or an employer for them")
    recorded_at: Mapped[datetime]

    coordinator: Mapped[Coordinator] = relationship()


class ConveningAttendance(Base):
    """Whether somebody was at a meeting, as DPH recorded it; a correction is a row that supersedes."""

    __table_args__ = (
        Index(
            "uq_convening_attendance_first",
            "convening_id",
            "coordinator_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
            sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_convening_attendance_person", "coordinator_id", "convening_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    convening_id: Mapped[int] = mapped_column(ForeignKey("convening.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    attended: Mapped[bool]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("convening_attendance.id"), unique=True)

    coordinator: Mapped[Coordinator] = relationship()


class ConveningTheme(Base):
    """A problem of the system that coordinators raised at a meeting; a correction is a row that supersedes."""

    __table_args__ = (
        CheckConstraint("raised_by_count >= 1", name="somebody_raised_it"),
        CheckConstraint("NOT withdrawn OR supersedes_id IS NOT NULL", name="withdraws_something"),
        Index("ix_convening_theme_convening", "convening_id", "id"),
        Index("ix_convening_theme_domain", "domain", "region"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    convening_id: Mapped[int] = mapped_column(ForeignKey("convening.id"))
    title: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(Text, comment="What was said, without any detail of a child or a family")
    domain: Mapped[str] = mapped_column(String(10), comment="One of the six domains of the national standards")
    region: Mapped[Region | None] = mapped_column(comment="Where it happens; empty for the whole state")
    raised_by_count: Mapped[int] = mapped_column(comment="How many people raised it; nobody is named")
    evidence: Mapped[str] = mapped_column(Text, default="", comment="Figures or reports that show it")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("convening_theme.id"), unique=True)
    withdrawn: Mapped[bool] = mapped_column(default=False, comment="This row only strikes the one it supersedes")

    convening: Mapped[Convening] = relationship()
    recorded_by: Mapped[User] = relationship()
