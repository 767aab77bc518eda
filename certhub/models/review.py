"""The review of an application: its way from stage to stage, recommendations, and what both sides wrote."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome


class ApplicationStage(Base):
    """An application came into a status; the rows of one application tell how long each side had it."""

    __table_args__ = (Index("ix_application_stage_application", "application_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    status: Mapped[ApplicationStatus]
    entered_on: Mapped[date] = mapped_column(comment="Agency date")
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why it was taken back, reopened or closed by DPH")
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="Empty where a job did it")
    recorded_at: Mapped[datetime]

    moved_by: Mapped[User | None] = relationship()


class Recommendation(Base):
    """What a reviewer recommends, and which critical requirements would be set aside and why; somebody else decides."""

    __table_args__ = (
        Index("ix_recommendation_application", "application_id", "id"),
        UniqueConstraint("id", "recommended_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    outcome: Mapped[DecisionOutcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    overrides: Mapped[list[Any]] = mapped_column(
        comment="The critical requirements that are set aside: code, title and reason of each"
    )
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation_record.id"))
    recommended_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recommended_at: Mapped[datetime]

    recommended_by: Mapped[User] = relationship()


class RequirementNote(Base):
    """What the applicant or a reviewer wrote on one requirement of an application."""

    __table_args__ = (Index("ix_requirement_note_application", "application_id", "requirement_code", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    requirement_code: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False, comment="Only DPH and auditors read it")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    written_by: Mapped[User] = relationship()
