"""What holders hand in between applications, and what the reviewers said of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Credential, Evidence
from certhub.models.parties import Party
from certhub.models.standards import StandardVersion
from certhub.rules.vocabulary import Verdict


class Submittal(Base):
    """Evidence that a holder handed in without an application; it counts once DPH has accepted it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    standard_version_id: Mapped[int] = mapped_column(
        ForeignKey("standard_version.id"), comment="The version whose requirement was shown to whoever handed it in"
    )
    requirement_code: Mapped[str] = mapped_column(String(20))
    handed_in_on: Mapped[date] = mapped_column(comment="Agency date")
    due_on: Mapped[date] = mapped_column(index=True, comment="By when DPH is to look at it")

    evidence: Mapped[Evidence] = relationship()
    party: Mapped[Party] = relationship()
    credential: Mapped[Credential] = relationship()
    standard_version: Mapped[StandardVersion] = relationship()


class SubmittalReview(Base):
    """A reviewer's word on what was handed in; a correction supersedes the one before it, and the last one counts."""

    __table_args__ = (
        Index(
            "uq_submittal_review_first",
            "submittal_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
            sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_submittal_review_submittal", "submittal_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submittal_id: Mapped[int] = mapped_column(ForeignKey("submittal.id"))
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("submittal_review.id"), unique=True)

    reviewer: Mapped[User] = relationship()
