"""The pooled fund before the year begins: payers, fund years, and what their allocation rests on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.rules.pooled_fund.configuration import (
    Basis,
    CoverageClass,
    ExcludedShareTo,
    Knowledge,
    LineKind,
    PayerKind,
    TrueUpMode,
)
from certhub.rules.pooled_fund.steps import Step, kept
from certhub.rules.pooled_fund.year_state import YearEventKind

_STANDING = text("superseded_at IS NULL")


class Payer(Base):
    """A private payer: an insurer, or an administrator that pays for the plans of its clients."""

    __table_args__ = (
        CheckConstraint("(successor_id IS NULL) = (merged_on IS NULL)", name="merged_whole"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="merged_elsewhere"),
        Index("ix_payer_sort", "sort_name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    sort_name: Mapped[str] = mapped_column(String(200), comment="Folded name that lists are ordered and paged by")
    kind: Mapped[PayerKind]
    attention: Mapped[str] = mapped_column(String(200), default="", comment="Who opens its notices")
    email: Mapped[str | None] = mapped_column(String(254), comment="Where reminders of instalments go; never public")
    address: Mapped[str] = mapped_column(String(400), default="", comment="Where its notices go, line by line")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"), comment="Into whom it merged")
    merged_on: Mapped[date | None] = mapped_column(comment="First day on which the successor stands for it")
    left_on: Mapped[date | None] = mapped_column(comment="Last day in the market of Massachusetts")
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    registered_at: Mapped[datetime]

    successor: Mapped["Payer | None"] = relationship(remote_side="Payer.id")


class FundYear(Base):
    """A fiscal year of the pooled fund and its choices; what was adopted is frozen in its allocation."""

    __table_args__ = (
        CheckConstraint("threshold_cents >= 0 AND prior_cost_cents >= 0 AND medicaid_rate_cents >= 0", name="no_debts"),
        CheckConstraint("admin_cap BETWEEN 0 AND 10000 AND reserve_cap BETWEEN 0 AND 10000", name="caps_range"),
        CheckConstraint("instalments BETWEEN 1 AND 24", name="instalments_range"),
        CheckConstraint("appeal_days >= 1 AND notice_days >= 0", name="days_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(unique=True, comment="The year in which it ends: 2027 ends June 30, 2027")
    basis: Mapped[Basis] = mapped_column(comment="What private payers share by")
    threshold_cents: Mapped[int] = mapped_column(BigInteger, comment="Least surcharge payments of a payer in scope")
    admin_cap: Mapped[int] = mapped_column(comment="Hundredths of a percent of the need before the carry")
    reserve_cap: Mapped[int] = mapped_column(comment="Hundredths of a percent of the cost of the year before")
    prior_cost_cents: Mapped[int] = mapped_column(BigInteger, comment="Cost of the year before")
    medicaid_rate_cents: Mapped[int] = mapped_column(BigInteger, comment="Most that can be claimed for one unit")
    federal_shares: Mapped[list[Any]] = mapped_column(comment="Each day from which a federal share counts, with it")
    instalments: Mapped[int]
    true_up_mode: Mapped[TrueUpMode]
    excluded_share_to: Mapped[ExcludedShareTo] = mapped_column(comment="Who bears the share of payers out of scope")
    appeal_days: Mapped[int]
    notice_days: Mapped[int] = mapped_column(comment="From a notice to the first day on which anything is due")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]


class FundLine(Base):
    """A line of a year's need, entered by hand; taken out, it stays on file."""

    __table_args__ = (
        CheckConstraint("kind = 'carry' OR cents >= 0", name="only_a_carry_is_negative"),
        Index("ix_fund_line_year", "fund_year_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    kind: Mapped[LineKind]
    label: Mapped[str] = mapped_column(String(200))
    cents: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(200), comment="Where the amount comes from")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None] = mapped_column(comment="Since when it does not count")


class FundUnits(Base):
    """Acuity-weighted child-months of one class in one month."""

    __table_args__ = (
        CheckConstraint("units_hundredths >= 0", name="units_range"),
        Index(
            "uq_fund_units_standing", "fund_year_id", "knowledge", "month_on", "coverage", unique=True,
            postgresql_where=_STANDING, sqlite_where=_STANDING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    knowledge: Mapped[Knowledge] = mapped_column(comment="Foreseen before the year, or counted")
    month_on: Mapped[date] = mapped_column(comment="First day of the month; coverage is that of its 15th")
    coverage: Mapped[CoverageClass]
    units_hundredths: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class PayerBase(Base):
    """What a payer's share of a year rests on, with where it comes from."""

    __table_args__ = (
        CheckConstraint("payments_cents >= 0 AND child_months >= 0 AND units_hundredths >= 0", name="bases_range"),
        Index(
            "uq_payer_base_standing", "fund_year_id", "knowledge", "payer_id", unique=True,
            postgresql_where=_STANDING, sqlite_where=_STANDING,
        ),
        Index("ix_payer_base_payer", "payer_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    knowledge: Mapped[Knowledge]
    payments_cents: Mapped[int | None] = mapped_column(
        BigInteger, comment="Payments subject to the surcharge; they decide whether the payer is in scope"
    )
    child_months: Mapped[int | None] = mapped_column(BigInteger, comment="Covered child-months")
    units_hundredths: Mapped[int | None] = mapped_column(BigInteger, comment="Attributed units")
    source: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    payer: Mapped[Payer] = relationship()


class FundAllocation(Base):
    """Steps 1 to 5 as they were adopted, with everything that they rest on; a later one supersedes it."""

    __table_args__ = (
        Index(
            "uq_fund_allocation_first", "fund_year_id", unique=True,
            postgresql_where=text("supersedes_id IS NULL"), sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_fund_allocation_year", "fund_year_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    inputs: Mapped[dict[str, Any]] = mapped_column(comment="Choices, lines, units and bases")
    fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the inputs")
    steps: Mapped[list[Any]] = mapped_column(comment="The steps as their pages show them")
    need_cents: Mapped[int] = mapped_column(BigInteger)
    private_cents: Mapped[int] = mapped_column(BigInteger, comment="Assessed to private payers together")
    federal_cents: Mapped[int] = mapped_column(BigInteger)
    match_cents: Mapped[int] = mapped_column(BigInteger)
    state_cents: Mapped[int] = mapped_column(BigInteger)
    adopted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why an earlier one is replaced")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("fund_allocation.id"), unique=True)
    adopted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    adopted_at: Mapped[datetime]

    fund_year: Mapped[FundYear] = relationship()
    adopted_by: Mapped[User] = relationship()

    def private_step(self) -> Step:
        """What private payers were assessed, as it was adopted."""
        return next(kept(one) for one in self.steps if one["key"] == "private")


class FundTrueUp(Base):
    """The true-up of a year as it was recorded; after a reopening a later one supersedes it."""

    __table_args__ = (
        Index(
            "uq_fund_true_up_first", "fund_year_id", unique=True,
            postgresql_where=text("supersedes_id IS NULL"), sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_fund_true_up_year", "fund_year_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    mode: Mapped[TrueUpMode]
    cost_cents: Mapped[int] = mapped_column(BigInteger, comment="Actual cost of the year")
    earmarked_cents: Mapped[int] = mapped_column(BigInteger, comment="Earmarked money that was used")
    carried_cents: Mapped[int] = mapped_column(BigInteger, comment="Carry of the year before, as it stood then")
    cost_source: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[dict[str, Any]]
    fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of what the outcome rests on")
    steps: Mapped[list[Any]]
    private_cents: Mapped[int] = mapped_column(BigInteger, comment="Private part of the over- or under-collection")
    medicaid_cents: Mapped[int] = mapped_column(BigInteger)
    state_cents: Mapped[int] = mapped_column(BigInteger)
    carry_cents: Mapped[int] = mapped_column(BigInteger, comment="Enters the need of the next year")
    recorded_on: Mapped[date]
    gaps: Mapped[list[Any]] = mapped_column(comment="What was not counted, so that what was foreseen counts")
    gaps_reason: Mapped[str] = mapped_column(Text, default="", comment="Why it was recorded all the same")
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why an earlier one is replaced")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("fund_true_up.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class FundYearEvent(Base):
    """That a year was closed, opened again with a reason, or that its shares are to be corrected while it is open."""

    __table_args__ = (
        CheckConstraint("kind = 'closed' OR reason <> ''", name="opened_with_reason"),
        CheckConstraint("(kind = 'correction') = (allocation_id IS NOT NULL)", name="correction_of_shares"),
        Index("ix_fund_year_event_year", "fund_year_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    kind: Mapped[YearEventKind]
    reason: Mapped[str] = mapped_column(Text, default="")
    allocation_id: Mapped[int | None] = mapped_column(
        ForeignKey("fund_allocation.id"), comment="The adopted shares that are corrected; the next ones end it"
    )
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
