"""Monthly caseload reports of vendors: counts only, by coordinator and practice, with the questions that they raise."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.parties import Coordinator, Practice, VendorOrganization
from certhub.rules.caseload_checks import Check, Move, QuestionState
from certhub.rules.caseload_report import Breakdown


class ReportSource(StrEnum):
    """How a report came in."""

    FORM = "form"
    FILE = "file"
    PAPER = "paper"


class SheetStatus(StrEnum):
    """A spreadsheet is checked first, and taken over or put aside after."""

    CHECKED = "checked"
    TAKEN_OVER = "taken_over"
    DISCARDED = "discarded"


class CaseloadReport(Base):
    """A vendor's report of one month as it was filed; a correction is another one that supersedes it."""

    __table_args__ = (
        Index(
            "uq_caseload_report_standing",
            "vendor_id",
            "month_from",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
        Index("ix_caseload_report_month", "month_from", "vendor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    month_from: Mapped[date] = mapped_column(comment="First day of the month that it is about")
    due_on: Mapped[date] = mapped_column(comment="The 15th of the next month, or the business day after it")
    filed_on: Mapped[date] = mapped_column(comment="The day on which it came in; for one on paper, as DPH received it")
    first_filed_on: Mapped[date] = mapped_column(
        comment="The day on which the month was filed first: a correction does not make it late"
    )
    source: Mapped[ReportSource]
    children: Mapped[int] = mapped_column(comment="Active children in all lines")
    line_count: Mapped[int]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("caseload_report.id"), unique=True)

    vendor: Mapped[VendorOrganization] = relationship()
    filed_by: Mapped[User] = relationship()


class CaseloadLine(Base):
    """The numbers of one coordinator at one practice in a filed report; never changed."""

    __table_args__ = (
        UniqueConstraint("report_id", "coordinator_id", "practice_id"),
        Index("ix_caseload_line_coordinator", "coordinator_id", "report_id"),
        CheckConstraint("tier_1 + tier_2 + tier_3 = children", name="tiers_add_up"),
        CheckConstraint(
            "first_month_1 <= tier_1 AND first_month_2 <= tier_2 AND first_month_3 <= tier_3", name="new_are_active"
        ),
        CheckConstraint(
            "first_month_1 >= 0 AND first_month_2 >= 0 AND first_month_3 >= 0 AND admissions >= 0 AND closures >= 0 "
            "AND families >= 0 AND contacted >= 0 AND encounters >= 0",
            name="no_number_negative",
        ),
    )
    audited = False  # part of the report, whose audit entry tells its totals; the database refuses every change

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("caseload_report.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    children: Mapped[int] = mapped_column(comment="Active on the last day of the month")
    tier_1: Mapped[int]
    tier_2: Mapped[int]
    tier_3: Mapped[int]
    first_month_1: Mapped[int] = mapped_column(comment="Of tier 1 those in their first month")
    first_month_2: Mapped[int]
    first_month_3: Mapped[int]
    admissions: Mapped[int]
    closures: Mapped[int]
    families: Mapped[int] = mapped_column(comment="Active families")
    contacted: Mapped[int] = mapped_column(comment="Families contacted, or tried, in the last 90 days")
    encounters: Mapped[int]

    counts: Mapped[list["CaseloadCount"]] = relationship(order_by="CaseloadCount.code")


class CaseloadCount(Base):
    """One number of a breakdown of a line that is not 0; never changed."""

    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)
    audited = False  # as the line that it belongs to

    line_id: Mapped[int] = mapped_column(ForeignKey("caseload_line.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True, comment="As the forms and spreadsheets name it")
    breakdown: Mapped[Breakdown]
    number: Mapped[int]


class CaseloadDraft(Base):
    """A line that is typed and not filed yet; filing the report removes it.

    What a vendor types is nobody else's to see, and what DPH types from paper is DPH's own.
    """

    __table_args__ = (
        UniqueConstraint("vendor_id", "month_from", "coordinator_id", "practice_id", "by_office", name="one_of_a_side"),
    )
    audited = False  # nothing is reported by it; what is filed has an audit entry

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    month_from: Mapped[date]
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    by_office: Mapped[bool] = mapped_column(comment="Typed by DPH from paper; else by the vendor")
    numbers: Mapped[dict[str, Any]] = mapped_column(comment="Each number by its field")
    source: Mapped[ReportSource]
    typed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    typed_at: Mapped[datetime]


class CaseloadSheet(Base):
    """A spreadsheet with the lines of one month and what the check of it found."""

    __table_args__ = (Index("ix_caseload_sheet_vendor", "vendor_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    month_from: Mapped[date]
    sha256: Mapped[str] = mapped_column(String(64), info={"file": True}, comment="The bytes in the file store")
    file_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[SheetStatus] = mapped_column(default=SheetStatus.CHECKED)
    by_office: Mapped[bool] = mapped_column(comment="Uploaded by DPH; else by the vendor, whose draft it is")
    row_count: Mapped[int]
    error_count: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(
        info={"secret": True}, comment="Problems by row and column, and the lines as they were understood"
    )
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]

    vendor: Mapped[VendorOrganization] = relationship()


class CaseloadQuestion(Base):
    """Something in a filed report that does not fit; the vendor answers or corrects, DPH accepts or asks again."""

    __table_args__ = (
        Index("ix_caseload_question_vendor", "vendor_id", "month_from", "id"),
        Index(
            "ix_caseload_question_waiting",
            "state",
            "id",
            postgresql_where=text("state IN ('open', 'answered')"),
            sqlite_where=text("state IN ('open', 'answered')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("caseload_report.id"), index=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    month_from: Mapped[date]
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id"))
    about: Mapped[Check]
    sentence: Mapped[str] = mapped_column(Text, comment="As CertHub asked it")
    state: Mapped[QuestionState] = mapped_column(default=QuestionState.OPEN)
    raised_at: Mapped[datetime]

    report: Mapped[CaseloadReport] = relationship()
    vendor: Mapped[VendorOrganization] = relationship()
    coordinator: Mapped[Coordinator] = relationship()
    practice: Mapped[Practice | None] = relationship()
    moves: Mapped[list["CaseloadQuestionMove"]] = relationship(order_by="CaseloadQuestionMove.id")


class CaseloadQuestionMove(Base):
    """What somebody said to a question: an answer, asked again, accepted; never changed."""

    audited = False  # the audit entry of the question tells the words

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("caseload_question.id"), index=True)
    move: Mapped[Move]
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    by: Mapped[User] = relationship()
