"""The ledger of the pooled fund: entries with their postings, the money that moves, and who bears a vendor's cost."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey, words_of
from certhub.models.contracts import Contract
from certhub.models.fund import FundYear, Payer
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.rules.last_resort import Outcome, Source
from certhub.rules.ledger import Account, Cause, MovementKind

_FIRST = text("supersedes_id IS NULL")


class LedgerHead(Base):
    """The one row with the last number and the money in the fund; its lock puts postings one after the other."""

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("cash_cents >= 0", name="never_negative"),
    )
    audited = False  # each entry that moves it along is kept for ever, with the money after it

    id: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)
    cash_cents: Mapped[int] = mapped_column(BigInteger, default=0)


class FundMovement(Base):
    """Money that came into the fund besides what payers pay, or went out besides what vendors are paid."""

    __table_args__ = (
        CheckConstraint("cents > 0", name="cents_above_zero"),
        CheckConstraint("reverses_id IS NULL OR reason <> ''", name="reversed_with_reason"),
        Index("ix_fund_movement_year", "fund_year_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_year_id: Mapped[int] = mapped_column(ForeignKey("fund_year.id"))
    kind: Mapped[MovementKind]
    cents: Mapped[int] = mapped_column(BigInteger)
    happened_on: Mapped[date] = mapped_column(comment="When the money came in or went out")
    reference: Mapped[str] = mapped_column(String(200), comment="Number of the transfer, award or payment document")
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why it is reversed")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movement.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    fund_year: Mapped[FundYear] = relationship()
    recorded_by: Mapped[User] = relationship()


class PayerAnswer(Base):
    """What a payer that comes before DPH does about a line of a vendor's invoice, with its evidence.

    The evidence itself names children, so it stays where it is: only its number and day are kept here.
    """

    __table_args__ = (
        CheckConstraint("source <> 'dph'", name="dph_is_what_is_left"),
        CheckConstraint("(outcome = 'paid') = (cents > 0)", name="whoever_pays_has_an_amount"),
        CheckConstraint("cents >= 0 AND cents <= of_cents", name="no_more_than_asked"),
        CheckConstraint("units_hundredths >= 0", name="units_range"),
        Index(
            "uq_payer_answer_first", "line_id", "source", unique=True, postgresql_where=_FIRST, sqlite_where=_FIRST
        ),
        Index("ix_payer_answer_line", "line_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("vendor_invoice_line.id"))
    source: Mapped[Source]
    outcome: Mapped[Outcome]
    cents: Mapped[int] = mapped_column(BigInteger, comment="What it pays of the line")
    of_cents: Mapped[int] = mapped_column(BigInteger, comment="What the payers ahead left for it when it was asked")
    units_hundredths: Mapped[int | None] = mapped_column(
        BigInteger, comment="Acuity-weighted child-months that are claimed; of Medicaid only"
    )
    evidence: Mapped[str] = mapped_column(String(200), comment="Number of the remittance advice, denial or rule")
    evidence_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("payer_answer.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    line: Mapped[VendorInvoiceLine] = relationship()
    recorded_by: Mapped[User] = relationship()


class LedgerEntry(Base):
    """One event in the ledger, of one payer's year, one vendor invoice or one movement; never changed."""

    __table_args__ = (
        CheckConstraint("cash_after_cents >= 0", name="never_negative"),
        CheckConstraint(
            "(payer_id IS NOT NULL AND invoice_id IS NULL AND contract_id IS NULL AND movement_id IS NULL) OR "
            "(payer_id IS NULL AND invoice_id IS NOT NULL AND contract_id IS NOT NULL AND movement_id IS NULL) OR "
            "(payer_id IS NULL AND invoice_id IS NULL AND contract_id IS NULL AND movement_id IS NOT NULL)",
            name="one_subject",
        ),
        UniqueConstraint("number"),
        Index("ix_ledger_entry_year", "fiscal_year", "number"),
        Index("ix_ledger_entry_payer", "payer_id", "fiscal_year"),
        Index("ix_ledger_entry_invoice", "invoice_id"),
        Index("ix_ledger_entry_contract", "contract_id", "fiscal_year"),
        Index("ix_ledger_entry_movement", "movement_id"),
    )
    audited = False  # what it follows from is audited, and the number without gaps shows that none is missing

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[int] = mapped_column(comment="Without gaps, over all years")
    fiscal_year: Mapped[int] = mapped_column(comment="The year in which it ends: 2027 ends June 30, 2027")
    cause: Mapped[Cause]
    happened_on: Mapped[date] = mapped_column(comment="The day of the event, not of its recording")
    cash_after_cents: Mapped[int] = mapped_column(BigInteger, comment="Money in the fund after it")
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("vendor_invoice.id"))
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movement.id"))
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    posted_at: Mapped[datetime]

    payer: Mapped[Payer | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    invoice: Mapped[VendorInvoice | None] = relationship()
    movement: Mapped[FundMovement | None] = relationship()
    postings: Mapped[list["LedgerPosting"]] = relationship(order_by="LedgerPosting.id")


class LedgerPosting(Base):
    """The same amount on the debit side of one account and on the credit side of another; never changed."""

    __table_args__ = (
        CheckConstraint("cents > 0", name="cents_above_zero"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        Index("ix_ledger_posting_entry", "entry_id"),
    )
    audited = False  # as the entry that it belongs to

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    debit: Mapped[Account] = mapped_column(words_of(Account, "debit"))
    credit: Mapped[Account] = mapped_column(words_of(Account, "credit"))
    cents: Mapped[int] = mapped_column(BigInteger)
