"""What DPH checks of a vendor under contract, from debarment to corrective action."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.contracts import Contract
from certhub.rules.contract_oversight import InsuranceKind, QualificationStatus, VisitDepth, VisitResult


class DebarmentCheck(Base):
    """One look at a list of debarred contractors before an award or a renewal; never changed (M.G.L. c.29 s.29F)."""

    __table_args__ = (Index("ix_debarment_check_vendor", "vendor_id", "checked_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    source: Mapped[str] = mapped_column(String(200), comment="The list that was searched")
    checked_on: Mapped[date]
    listed: Mapped[bool] = mapped_column(comment="Whether the vendor was found on the list")
    note: Mapped[str | None] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class ProviderQualification(Base):
    """The yearly qualification status of a provider by EOHHS; the latest decision of a year counts."""

    __table_args__ = (Index("ix_provider_qualification_vendor", "vendor_id", "fiscal_year", "decided_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    fiscal_year: Mapped[int]
    status: Mapped[QualificationStatus]
    decided_on: Mapped[date] = mapped_column(comment="Date of the letter")
    note: Mapped[str | None] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class FinancialReport(Base):
    """A vendor's Uniform Financial Report of one of its fiscal years (808 CMR 1.04).

    Never changed: where the day of filing was typed wrongly, another row with the right one supersedes it.
    """

    __table_args__ = (
        Index(
            "uq_financial_report_first",
            "vendor_id",
            "year_ended_on",
            unique=True,
            sqlite_where=text("supersedes_id IS NULL"),
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        CheckConstraint("(supersedes_id IS NULL) = (correction_reason IS NULL)", name="correction_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    year_ended_on: Mapped[date] = mapped_column(comment="Last day of the vendor's own fiscal year")
    due_on: Mapped[date]
    filed_on: Mapped[date]
    supersedes_id: Mapped[int | None] = mapped_column(
        ForeignKey("financial_report.id"), unique=True, comment="The row with the wrong day, which this one corrects"
    )
    correction_reason: Mapped[str | None] = mapped_column(Text, comment="What was wrong")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    supersedes: Mapped["FinancialReport | None"] = relationship(remote_side="FinancialReport.id")


class InsurancePolicy(Base):
    """An insurance that the contract asks for; a renewal is a row of its own, a correction supersedes."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("limit_cents > 0", name="limit_positive"),
        Index("ix_insurance_policy_vendor", "vendor_id", "superseded_at", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    kind: Mapped[InsuranceKind]
    insurer: Mapped[str] = mapped_column(String(200))
    policy_number: Mapped[str] = mapped_column(String(60))
    limit_cents: Mapped[int] = mapped_column(BigInteger, comment="Limit for each occurrence")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("insurance_policy.id"), unique=True)


class SiteVisit(Base):
    """A visit of DPH to a vendor under a contract, how deep it went, and what was found; never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    visited_on: Mapped[date]
    depth: Mapped[VisitDepth]
    result: Mapped[VisitResult]
    findings: Mapped[str] = mapped_column(Text)
    visitors: Mapped[str] = mapped_column(String(300), comment="Who visited, by name")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()


class CorrectiveActionPlan(Base):
    """What a vendor must put right under a contract, and by when; its milestones follow."""

    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (closing_note IS NULL)", name="closed_whole"),
        Index("ix_corrective_action_plan_contract", "contract_id", "closed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("site_visit.id"), comment="The visit that found it")
    finding: Mapped[str] = mapped_column(Text)
    opened_on: Mapped[date]
    response_due_on: Mapped[date] = mapped_column(comment="The vendor's plan is due: 30 days (VO-17)")
    closed_on: Mapped[date | None]
    closing_note: Mapped[str | None] = mapped_column(Text)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()
    milestones: Mapped[list["CorrectiveMilestone"]] = relationship(order_by="CorrectiveMilestone.due_on")
    answers: Mapped[list["CorrectiveAnswer"]] = relationship(order_by="CorrectiveAnswer.id")


class CorrectiveAnswer(Base):
    """What a vendor said that it would do; never changed, a further answer is a row of its own.

    The first one tells whether the vendor answered in time.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("corrective_action_plan.id"), index=True)
    response: Mapped[str] = mapped_column(Text, comment="The vendor's plan, in its words")
    answered_on: Mapped[date]
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


class CorrectiveMilestone(Base):
    """One step of a corrective action plan, its due day and the day on which DPH saw it done."""

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("corrective_action_plan.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_note: Mapped[str | None] = mapped_column(String(500), comment="How DPH saw that it was done")
    recorded_at: Mapped[datetime]
