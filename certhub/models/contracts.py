"""Contracts with vendors: what was agreed, its budget by fiscal year, amendments, steps, and the days in force."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.files import StoredFile
from certhub.models.parties import VendorOrganization
from certhub.rules.contract_amendments import AmendmentKind, PeriodReason
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, StepKind, Terms


class Contract(Base):
    """A contract of DPH with a vendor, as both sign it; once executed its words never change."""

    __table_args__ = (
        CheckConstraint("option_count >= 0 AND option_months >= 0", name="options_range"),
        CheckConstraint("(option_count = 0) = (option_months = 0)", name="options_whole"),
        CheckConstraint("start_rule = 'signatures' OR start_on IS NOT NULL", name="start_named"),
        CheckConstraint("start_on IS NULL OR ends_on >= start_on", name="dates_in_order"),
        CheckConstraint("(executed_at IS NULL) = (effective_on IS NULL)", name="executed_whole"),
        Index("ix_contract_vendor", "vendor_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    number: Mapped[str] = mapped_column(String(20), unique=True, comment="MMARS document id of the contract")
    title: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(Text, comment="The performance that is agreed, in words")
    procurement_id: Mapped[str] = mapped_column(String(60), comment="COMMBUYS bid or purchase order, RFR number")
    procurement_type: Mapped[ProcurementType]
    compensation: Mapped[Compensation]
    terms: Mapped[Terms]
    start_rule: Mapped[StartRule]
    start_on: Mapped[date | None] = mapped_column(comment="The day that the contract names, where it names one")
    ends_on: Mapped[date] = mapped_column(comment="Last day as signed, inclusive; amendments are periods of their own")
    needs_secretariat: Mapped[bool] = mapped_column(default=False)
    rfr_posted_on: Mapped[date | None] = mapped_column(comment="The request for response was posted")
    awarded_on: Mapped[date | None]
    procurement_ends_on: Mapped[date | None] = mapped_column(comment="Last day that options can reach")
    option_count: Mapped[int] = mapped_column(default=0, comment="Options to renew that were procured")
    option_months: Mapped[int] = mapped_column(default=0, comment="Length of each option in months")
    legal_name: Mapped[str] = mapped_column(String(200), comment="As on the contractor's W-9")
    doing_business_as: Mapped[str | None] = mapped_column(String(200))
    legal_address: Mapped[str] = mapped_column(String(300), comment="As on the contractor's W-9")
    remittance_address: Mapped[str | None] = mapped_column(String(300), comment="Where it differs from the legal one")
    address_code: Mapped[str | None] = mapped_column(String(5), comment="MMARS vendor code address id, such as AD001")
    contractor_manager: Mapped[str] = mapped_column(String(200))
    contractor_email: Mapped[str] = mapped_column(String(254))
    contractor_phone: Mapped[str | None] = mapped_column(String(30))
    department_code: Mapped[str] = mapped_column(String(3), default="DPH", comment="MMARS department code")
    department_manager: Mapped[str] = mapped_column(String(200))
    department_email: Mapped[str] = mapped_column(String(254))
    discount_10_days: Mapped[int] = mapped_column(default=0, comment="Prompt payment discount, hundredths of a percent")
    discount_15_days: Mapped[int] = mapped_column(default=0, comment="Prompt payment discount, hundredths of a percent")
    discount_20_days: Mapped[int] = mapped_column(default=0, comment="Prompt payment discount, hundredths of a percent")
    discount_30_days: Mapped[int] = mapped_column(default=0, comment="Prompt payment discount, hundredths of a percent")
    supplier_diversity: Mapped[str | None] = mapped_column(
        Text, comment="Supplier diversity commitment; on the form since December 2, 2024"
    )
    continues_id: Mapped[int | None] = mapped_column(
        ForeignKey("contract.id"), unique=True, comment="The contract that this one continues after its end"
    )
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    executed_at: Mapped[datetime | None] = mapped_column(comment="When the last signature was recorded; frozen since")
    effective_on: Mapped[date | None]
    effective_because: Mapped[str | None] = mapped_column(Text)

    vendor: Mapped[VendorOrganization] = relationship()
    drafted_by: Mapped[User] = relationship()
    continues: Mapped["Contract | None"] = relationship(remote_side="Contract.id")
    document_ids: Mapped[list["ContractDocumentId"]] = relationship(order_by="ContractDocumentId.id")


class ContractDocumentId(Base):
    """A further document in the state's accounting system that belongs to a contract, such as an encumbrance."""

    __table_args__ = (UniqueConstraint("contract_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]


class ContractAmendment(Base):
    """A change of a contract that both sign before obligations are incurred under it; frozen when executed."""

    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("kind <> 'option' OR new_ends_on IS NOT NULL", name="option_extends"),
        CheckConstraint("start_rule = 'signatures' OR start_on IS NOT NULL", name="start_named"),
        CheckConstraint("(executed_at IS NULL) = (effective_on IS NULL)", name="executed_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, 3 ... within the contract")
    kind: Mapped[AmendmentKind]
    reason: Mapped[str] = mapped_column(Text, comment="What changes and why, in words")
    scope: Mapped[str | None] = mapped_column(Text, comment="The performance from then on, where it changes")
    start_rule: Mapped[StartRule]
    start_on: Mapped[date | None]
    ends_before_on: Mapped[date] = mapped_column(comment="Last day of the contract before the amendment")
    new_ends_on: Mapped[date | None] = mapped_column(comment="Last day of the contract after it, where it changes")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    effective_on: Mapped[date | None]
    effective_because: Mapped[str | None] = mapped_column(Text)

    contract: Mapped[Contract] = relationship()


class BudgetLine(Base):
    """An amount of a fiscal year under a contract, by object; an amendment's lines are what it adds or takes away."""

    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        Index("ix_budget_line_contract", "contract_id", "fiscal_year"),
        Index("ix_budget_line_year", "fiscal_year", "in_force_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("contract_amendment.id"), index=True)
    fiscal_year: Mapped[int] = mapped_column(comment="Named by the year in which it ends: FY2027 from July 1, 2026")
    object_code: Mapped[str] = mapped_column(String(4), comment="Expenditure object, such as MM3")
    purpose: Mapped[str] = mapped_column(String(200))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    in_force_at: Mapped[datetime | None] = mapped_column(comment="Since when it counts; empty while in a draft")


class ContractRate(Base):
    """The price of one unit of a service under a rate contract."""

    __table_args__ = (CheckConstraint("rate_cents > 0", name="rate_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("contract_amendment.id"), index=True)
    service: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(60), comment="What one unit is, such as a month of one full-time position")
    rate_cents: Mapped[int] = mapped_column(BigInteger)
    in_force_at: Mapped[datetime | None] = mapped_column(comment="Since when it counts; empty while in a draft")


class ContractStep(Base):
    """A step in the life of a contract or of one of its amendments; never changed."""

    __table_args__ = (Index("ix_contract_step_contract", "contract_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("contract_amendment.id"), index=True)
    kind: Mapped[StepKind]
    happened_on: Mapped[date]
    person: Mapped[str | None] = mapped_column(String(200), comment="Who signed or decided")
    person_title: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), comment="The signed page")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class ContractOpenItem(Base):
    """Something that was not settled when a contract was closed out, and why it was closed out all the same.

    Never changed.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("contract_step.id"), index=True, comment="The close-out")
    what: Mapped[str] = mapped_column(Text, comment="What was open, in words, as it stood on the day")
    reason: Mapped[str] = mapped_column(Text)


class ContractPeriod(Base):
    """Days on which a contract is in force without a break; corrections supersede, nothing is overwritten."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        Index("ix_contract_period_contract", "contract_id", "superseded_at", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("contract_amendment.id"))
    reason: Mapped[PeriodReason]
    because: Mapped[str] = mapped_column(Text, comment="Why these days, in words")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("contract_period.id"), index=True)
