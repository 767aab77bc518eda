"""Invoices of vendors under their contracts, with the days that are held back from payment until DPH decides."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator


class VendorInvoice(Base):
    """What a vendor asks to be paid for some days under a contract."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("returned_at IS NULL OR approved_at IS NULL", name="one_outcome"),
        CheckConstraint("(returned_at IS NULL) = (return_reason IS NULL)", name="returned_whole"),
        Index("ix_vendor_invoice_contract", "contract_id", "fiscal_year"),
        CheckConstraint("supplements_id <> id", name="supplements_another"),
        Index("ix_vendor_invoice_year", "fiscal_year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[str] = mapped_column(String(30), comment="The vendor's own invoice number")
    fiscal_year: Mapped[int]
    starts_on: Mapped[date] = mapped_column(comment="First day of service")
    ends_on: Mapped[date] = mapped_column(comment="Last day of service; in the same fiscal year")
    supplements_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_invoice.id"), index=True, comment="The first invoice of the month, which left this out"
    )
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    filed_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    contract: Mapped[Contract] = relationship()
    filed_by: Mapped[User] = relationship(foreign_keys=[filed_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    supplements: Mapped["VendorInvoice | None"] = relationship(remote_side="VendorInvoice.id")
    lines: Mapped[list["VendorInvoiceLine"]] = relationship(order_by="VendorInvoiceLine.id", back_populates="invoice")
    payments: Mapped[list["VendorPayment"]] = relationship(order_by="VendorPayment.id")


class VendorPayment(Base):
    """Money paid to a vendor for an approved invoice; never changed. One that came back is reversed by another row."""

    __table_args__ = (
        CheckConstraint("(reverses_id IS NULL) = (amount_cents > 0)", name="reversal_below_zero"),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        CheckConstraint("(reverses_id IS NULL) = (reason IS NULL)", name="reversal_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("vendor_invoice.id"), index=True)
    paid_on: Mapped[date]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(40), comment="Payment document in MMARS")
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_payment.id"), unique=True, comment="The payment that this row takes back, cents below zero"
    )
    reason: Mapped[str | None] = mapped_column(Text, comment="Why it was taken back")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class VendorInvoiceLine(Base):
    """The work of one coordinator, or another cost of the program, on an invoice; never changed."""

    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("vendor_invoice.id"), index=True)
    coordinator_id: Mapped[int | None] = mapped_column(
        ForeignKey("coordinator.id"), index=True, comment="Whose work it is; empty for a cost of the program"
    )
    description: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    adds_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_invoice_line.id"), index=True, comment="The approved line whose amount was too low"
    )

    invoice: Mapped[VendorInvoice] = relationship(back_populates="lines")
    coordinator: Mapped[Coordinator | None] = relationship()
    holds: Mapped[list["PaymentHold"]] = relationship(order_by="PaymentHold.starts_on", back_populates="line")


class PaymentHold(Base):
    """Days of a line on which vendor or coordinator was not authorized, with what is held back; never changed."""

    __table_args__ = (CheckConstraint("held_cents >= 0", name="held_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("vendor_invoice_line.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    held_cents: Mapped[int] = mapped_column(BigInteger)
    because: Mapped[str] = mapped_column(Text, comment="Which link was broken on these days, in words")
    links: Mapped[str] = mapped_column(String(120), default="", comment="The links that were broken, with spaces")
    recorded_at: Mapped[datetime]

    line: Mapped[VendorInvoiceLine] = relationship(back_populates="holds")
    decision: Mapped["HoldDecision | None"] = relationship(lazy="joined")


class HoldDecision(Base):
    """Whether what was held back is paid, with the reason; never changed."""

    __table_args__ = (UniqueConstraint("hold_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("payment_hold.id"))
    released: Mapped[bool] = mapped_column(comment="Paid after all; otherwise denied for good")
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()
