"""What holders hand in between applications, and what the reviewers said of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
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


class FilingDue(Base):
    """A period for which an organization files something, such as a quarter; noted each day from the standards."""

    __table_args__ = (
        UniqueConstraint("credential_id", "requirement_code", "period_to"),
        Index("ix_filing_due_due", "due_on", "put_aside_because"),
    )
    audited = False  # derived from audited records, and derived again each day

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    requirement_code: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(Text, comment="What is filed, as the standard calls it")
    period_from: Mapped[date]
    period_to: Mapped[date] = mapped_column(comment="Last day of the period, by which its evidence is found")
    due_on: Mapped[date]
    put_aside_because: Mapped[str | None] = mapped_column(String(80), comment="Why it is not asked for any more")
    noted_at: Mapped[datetime]
