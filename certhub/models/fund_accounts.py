"""What private payers owe the pooled fund and what they paid. Each movement of money is a row that never changes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.fund import FundAllocation, FundTrueUp, FundYear, Payer
from certhub.rules.pooled_fund.invoices import AppealOutcome, PaymentKind
from certhub.rules.pooled_fund.true_up import Settlement

_FIRST = text("supersedes_id IS NULL")


class Assessment(Base):
    """What a payer is assessed for a year; an appeal or a corrected allocation supersedes it."""

    __table_args__ = (
        CheckConstraint("total_cents = share_cents + adjustment_cents", name="adds_up"),
        Index(
            "uq_assessment_first", "fund_year_id", "payer_id", unique=True,
            postgresql_where=_FIRST, sqlite_where=_FIRST,
        ),
        Index("ix_assessment_year", "fund_year_id", "id"),
        Index("ix_assessment_payer", "payer_id", "fund_year_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    allocation_id: Mapped[int] = mapped_column(ForeignKey("fund_allocation.id"))
    share_cents: Mapped[int] = mapped_column(BigInteger, comment="Its part of the private share")
    adjustment_cents: Mapped[int] = mapped_column(
        BigInteger, default=0, comment="Charges and credits of true-ups, one row of fund_adjustment each"
    )
    total_cents: Mapped[int] = mapped_column(BigInteger, comment="What is billed; below zero it is paid back")
    note: Mapped[str] = mapped_column(Text, default="", comment="What its notice says of the base")
    is_decided: Mapped[bool] = mapped_column(
        default=False, comment="The share was decided on appeal; shares that are adopted anew leave it"
    )
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    fund_year: Mapped[FundYear] = relationship()
    payer: Mapped[Payer] = relationship()
    allocation: Mapped[FundAllocation] = relationship()


class FundAdjustment(Base):
    """That an assessment takes a payer's difference of a true-up along: of an earlier year, or of its own at once."""

    __table_args__ = (
        UniqueConstraint("assessment_id", "from_year_id", "payer_id"),
        CheckConstraint("cents <> 0", name="cents_not_zero"),
        Index("ix_fund_adjustment_from", "from_year_id", "payer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    from_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"), comment="Whose true-up it is of")
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"), comment="Whose difference it is; it may have merged")
    cents: Mapped[int] = mapped_column(BigInteger)


class Instalment(Base):
    """A part of an assessment with the day that the calendar plans for it."""

    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        CheckConstraint("cents > 0", name="cents_above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    cents: Mapped[int] = mapped_column(BigInteger)
    planned_on: Mapped[date] = mapped_column(comment="Due on this day, or on the notice's first day if that is later")


class FundNotice(Base):
    """The notice of an assessment: from then on it is billed and can be appealed."""

    __table_args__ = (UniqueConstraint("assessment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    issued_on: Mapped[date]
    earliest_due_on: Mapped[date] = mapped_column(comment="Nothing is due before this day")
    appeal_until: Mapped[date]
    words: Mapped[dict[str, Any]] = mapped_column(comment="What it says, frozen: to whom, of what, why, and due when")
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship()
    issued_by: Mapped[User] = relationship()


class FundPayment(Base):
    """Money paid in, paid back, or taken along in a merger; or the reversal of a payment or refund: a row for each."""

    __table_args__ = (
        CheckConstraint(
            "(kind = 'payment' AND cents > 0) OR (kind = 'refund' AND cents < 0) "
            "OR (kind IN ('reversal', 'transfer') AND cents <> 0)",
            name="in_or_out",
        ),
        CheckConstraint("(kind = 'transfer') = (other_payer_id IS NOT NULL)", name="transfer_has_other"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_of_a_payment"),
        Index("ix_fund_payment_account", "fund_year_id", "payer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    kind: Mapped[PaymentKind]
    cents: Mapped[int] = mapped_column(BigInteger, comment="Above zero for money that came in, below for what went out")
    happened_on: Mapped[date] = mapped_column(comment="When the money came in or went out")
    reference: Mapped[str] = mapped_column(String(200), default="", comment="Number of the cheque or transfer")
    reason: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("fund_payment.id"), unique=True)
    other_payer_id: Mapped[int | None] = mapped_column(
        ForeignKey("payer.id"), comment="From or to whose account a transfer is"
    )
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class FundWriteOff(Base):
    """What will not be collected from a payer, so that the state bears it; or that it is to be collected after all."""

    __table_args__ = (
        CheckConstraint("cents <> 0 AND (cents < 0) = (reverses_id IS NOT NULL)", name="reversal_below_zero"),
        Index("ix_fund_write_off_account", "fund_year_id", "payer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    cents: Mapped[int] = mapped_column(BigInteger, comment="Below zero where an earlier one is reversed")
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("fund_write_off.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class FundReferral(Base):
    """That an overdue instalment was handed to whoever collects it."""

    __table_args__ = (UniqueConstraint("fund_year_id", "payer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    number: Mapped[int] = mapped_column(comment="Of the instalment")
    referred_on: Mapped[date]
    referred_to: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class FundAppeal(Base):
    """A payer's appeal against its assessment."""

    __table_args__ = (UniqueConstraint("assessment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    filed_on: Mapped[date]
    grounds: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship()
    recorded_by: Mapped[User] = relationship()
    decision: Mapped["FundAppealDecision | None"] = relationship(back_populates="appeal", lazy="joined")


class FundAppealDecision(Base):
    """How an appeal ended; a changed assessment is a new one that supersedes the old."""

    __table_args__ = (
        UniqueConstraint("appeal_id"),
        CheckConstraint("(outcome = 'changed') = (changed_to_id IS NOT NULL)", name="changed_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("fund_appeal.id"))
    outcome: Mapped[AppealOutcome]
    decided_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    changed_to_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    appeal: Mapped[FundAppeal] = relationship(back_populates="decision")
    decided_by: Mapped[User] = relationship()


class TrueUpLine(Base):
    """One payer's difference in a true-up."""

    __table_args__ = (UniqueConstraint("true_up_id", "payer_id"), Index("ix_true_up_line_payer", "payer_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    true_up_id: Mapped[int] = mapped_column(ForeignKey("fund_true_up.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    assessed_cents: Mapped[int] = mapped_column(BigInteger)
    actual_cents: Mapped[int] = mapped_column(BigInteger)
    delta_cents: Mapped[int] = mapped_column(BigInteger, comment="Actual less assessed; below zero it paid too much")
    settlement: Mapped[Settlement]

    true_up: Mapped[FundTrueUp] = relationship()
    payer: Mapped[Payer] = relationship()
