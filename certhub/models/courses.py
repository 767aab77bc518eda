"""The catalogue: courses with their hours by category, what they are mapped to, and what is needed before them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.models.parties import TrainingProgram
from certhub.rules.courses import DPH_AS_PROVIDER, Delivery, course_hours, is_offered, require_tags
from certhub.rules.training_categories import TrainingCategory


class Course(Base):
    """A course of the catalogue, given by a training program or by DPH itself."""

    __table_args__ = (
        CheckConstraint("pass_mark IS NULL OR pass_mark BETWEEN 1 AND 100", name="pass_mark_range"),
        CheckConstraint("valid_months IS NULL OR valid_months BETWEEN 1 AND 120", name="valid_months_range"),
        CheckConstraint("offered_until IS NULL OR offered_until >= offered_from", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_program.id"), index=True, comment="Who gives it; empty for DPH's own courses"
    )
    code: Mapped[str] = mapped_column(String(40), unique=True, comment="As standards name it, such as PCCC-M1")
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    delivery: Mapped[Delivery]
    accessibility: Mapped[str] = mapped_column(
        Text, default="", comment="Captions, ramps, materials in large print ..."
    )
    pass_mark: Mapped[int | None] = mapped_column(comment="Percent of the final test; empty where there is none")
    partial_credit: Mapped[bool] = mapped_column(
        default=False, comment="Whether somebody who missed a part earns the hours of the rest"
    )
    valid_months: Mapped[int | None] = mapped_column(
        comment="Months for which a completion counts as a prerequisite; empty for good"
    )
    external_system: Mapped[str] = mapped_column(String(40), default="", comment="Such as TRAIN")
    external_affiliate: Mapped[str] = mapped_column(String(80), default="")
    external_course_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    offered_from: Mapped[date]
    offered_until: Mapped[date | None] = mapped_column(comment="Last day on which a session may be held; empty: open")
    recorded_at: Mapped[datetime]

    program: Mapped[TrainingProgram | None] = relationship()
    hours: Mapped[list["CourseHours"]] = relationship(order_by="CourseHours.category", cascade="all, delete-orphan")
    tags: Mapped[list["CourseTag"]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list["CourseLanguage"]] = relationship(
        order_by="CourseLanguage.code", cascade="all, delete-orphan"
    )
    prerequisites: Mapped[list["CoursePrerequisite"]] = relationship(
        foreign_keys="CoursePrerequisite.course_id", cascade="all, delete-orphan"
    )

    @property
    def provider(self) -> str:
        """Who gives it, in words."""
        return self.program.name if self.program else DPH_AS_PROVIDER

    @property
    def minutes(self) -> dict[TrainingCategory, int]:
        """Contact minutes by category, in the order of the categories."""
        given = {TrainingCategory(one.category): one.minutes for one in self.hours}
        return {category: given[category] for category in TrainingCategory if category in given}

    @property
    def covers(self) -> tuple[str, ...]:
        """The competencies and domains that it covers, by id, in the order of their lists."""
        return require_tags(one.tag for one in self.tags)

    @property
    def total_hours(self) -> Decimal:
        """Contact hours of all categories."""
        return course_hours(self.minutes.values())

    def is_offered(self, on: date) -> bool:
        """Whether a session may be held on a day."""
        return is_offered(self.offered_from, self.offered_until, on)


class CourseHours(Base):
    """Contact minutes of one category that a course gives."""

    __table_args__ = (CheckConstraint("minutes > 0 AND minutes <= 24000", name="minutes_range"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40), primary_key=True)
    minutes: Mapped[int] = mapped_column(comment="60 minutes are one contact hour")


class CourseTag(Base):
    """A core competency or a domain of the national standards that a course covers."""

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)


class CourseLanguage(Base):
    """A language in which a course is given."""

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True, comment="ISO 639 code")


class CoursePrerequisite(Base):
    """A course that has to be finished before another one."""

    __table_args__ = (CheckConstraint("course_id <> needs_id", name="not_itself"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    needs_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)

    needs: Mapped[Course] = relationship(foreign_keys=[needs_id], lazy="joined")
