"""The random audit of continuing education: the draw as it was made, who was drawn, their proofs and outcomes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Application, Credential
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.standards import StandardSet
from certhub.rules.ce_audit import CeOutcome


class CeAudit(Base):
    """One draw: the population, its hash, the size and the seed, so that anybody can draw it again."""

    __table_args__ = (
        UniqueConstraint("standard_id", "decided_from", "decided_to"),
        CheckConstraint("decided_to >= decided_from", name="dates_in_order"),
        CheckConstraint("size BETWEEN 1 AND population_count", name="size_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard_set.id"))
    decided_from: Mapped[date] = mapped_column(comment="Renewals approved from this day")
    decided_to: Mapped[date] = mapped_column(comment="Through this day")
    known_at: Mapped[datetime] = mapped_column(comment="The population is what was on record at this instant")
    population: Mapped[list[Any]] = mapped_column(comment="Credential numbers in the order of the alphabet")
    population_count: Mapped[int]
    population_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 over the numbers, one to a line")
    size: Mapped[int]
    by_percent: Mapped[bool] = mapped_column(comment="The size is a tenth, rounded up; else it was typed")
    seed: Mapped[str] = mapped_column(String(80))
    seed_typed: Mapped[bool] = mapped_column(comment="Somebody typed the seed; else CertHub made it during the draw")
    due_on: Mapped[date] = mapped_column(comment="Last day for the proofs")
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    standard: Mapped[StandardSet] = relationship(lazy="joined")
    drawn_by: Mapped[User] = relationship()
    selected: Mapped[list["CeSelection"]] = relationship(order_by="CeSelection.place", back_populates="ce_audit")


class CeSelection(Base):
    """A holder whom a draw has selected, in the order of the draw."""

    __table_args__ = (UniqueConstraint("ce_audit_id", "credential_id"), UniqueConstraint("ce_audit_id", "place"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ce_audit_id: Mapped[int] = mapped_column(ForeignKey("ce_audit.id"))
    place: Mapped[int]
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), comment="The renewal that is audited")
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)

    ce_audit: Mapped[CeAudit] = relationship(back_populates="selected")
    credential: Mapped[Credential] = relationship()
    application: Mapped[Application] = relationship()
    party: Mapped[Party] = relationship()


class CeProof(Base):
    """A paper that was handed in for an audit; never changed, more can follow."""

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("ce_selection.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    provided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    provided_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship()
    provided_by: Mapped[User] = relationship()


class CeResult(Base):
    """A reviewer's word on how the audit of one holder ended; a correction supersedes the one before it."""

    __table_args__ = (
        Index(
            "uq_ce_result_first",
            "selection_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
            sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_ce_result_selection", "selection_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("ce_selection.id"))
    outcome: Mapped[CeOutcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("ce_result.id"), unique=True)

    reviewer: Mapped[User] = relationship()
