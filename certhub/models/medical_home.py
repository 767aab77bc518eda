"""How a practice rates itself as a medical home, and what its families say: assessments, answers, feedback rounds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.models.parties import Practice
from certhub.rules.vocabulary import FeedbackMethod, RespondentRole


class SelfAssessment(Base):
    """A practice's work on one self-assessment; what it came to is frozen in its result."""

    __table_args__ = (
        Index(
            "uq_self_assessment_open",
            "party_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_self_assessment_party", "party_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    instrument: Mapped[str] = mapped_column(String(20), comment="For example MHI-FV")
    instrument_version: Mapped[int] = mapped_column(comment="Of our own words in data/instruments")
    licensed_copy: Mapped[str] = mapped_column(
        String(200), comment="Where the practice keeps its licensed copy; the instrument's own text is not kept here"
    )
    consensus: Mapped[dict[str, Any]] = mapped_column(comment="The agreed score by theme, as far as they have come")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was closed with a result, or given up without")

    practice: Mapped[Practice] = relationship()
    respondents: Mapped[list["SelfAssessmentRespondent"]] = relationship(
        back_populates="assessment", order_by="SelfAssessmentRespondent.id"
    )
    result: Mapped["SelfAssessmentResult | None"] = relationship(back_populates="assessment")


class SelfAssessmentRespondent(Base):
    """Somebody of a practice who answers, by a personal link or on paper; the link's secret is kept only as a hash."""

    __table_args__ = (Index("ix_self_assessment_respondent_assessment", "assessment_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[RespondentRole]
    email: Mapped[str | None] = mapped_column(String(254), comment="Empty for somebody who answers on paper")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info={"secret": True})
    link_until: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]] = mapped_column(comment="The score by theme, as far as they have come")
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(comment="Added by mistake; the answers no longer show")

    assessment: Mapped[SelfAssessment] = relationship(back_populates="respondents")


class SelfAssessmentResult(Base):
    """What a practice agreed on, with everybody's answers by role and without names; never changed."""

    __table_args__ = (
        UniqueConstraint("assessment_id"),
        Index("ix_self_assessment_result_party", "party_id", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    held_on: Mapped[date] = mapped_column(comment="The day on which they agreed")
    scores: Mapped[dict[str, Any]] = mapped_column(comment="The agreed score by theme")
    answers: Mapped[list[Any]] = mapped_column(comment="For each person the role and the scores, no name")
    total: Mapped[int]
    percent_hundredths: Mapped[int] = mapped_column(comment="Percent of the highest total, times 100")
    coordination_hundredths: Mapped[int | None] = mapped_column(
        comment="Mean of the care coordination domain, times 100"
    )
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    assessment: Mapped[SelfAssessment] = relationship(back_populates="result")


class FamilyFeedback(Base):
    """A round of family feedback in counts: no family is named. A correction supersedes; no row is ever changed."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("answered <= asked AND asked <= families", name="counts_in_order"),
        Index("ix_family_feedback_party", "party_id", "ends_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    method: Mapped[FeedbackMethod]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    families: Mapped[int] = mapped_column(comment="Families of children with special needs in the practice")
    asked: Mapped[int]
    answered: Mapped[int]
    favourable: Mapped[dict[str, Any]] = mapped_column(comment="Whole percent of good answers by group of questions")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("family_feedback.id"), unique=True)
