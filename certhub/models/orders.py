"""Orders of the Board: what was adopted, what it did to which term, and its revocation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Credential
from certhub.models.parties import VendorOrganization
from certhub.models.standards import StandardSet
from certhub.rules.orders import OrderKind
from certhub.rules.vocabulary import Region


class BoardOrder(Base):
    """An extension or a waiver that the Board adopted; once in force it never changes."""

    __table_args__ = (
        CheckConstraint(
            "kind <> 'extension' OR extends_to IS NOT NULL OR extends_months > 0 OR extends_days > 0",
            name="extension_extends",
        ),
        CheckConstraint("extends_months >= 0 AND extends_days >= 0", name="never_shortens"),
        CheckConstraint(
            "kind <> 'waiver' OR (standard_id IS NOT NULL AND submitted_from IS NOT NULL AND submitted_to IS NOT NULL)",
            name="waiver_whole",
        ),
        CheckConstraint("(in_force_at IS NULL) = (in_force_by_id IS NULL)", name="in_force_whole"),
        CheckConstraint("(document_sha256 IS NULL) = (document_name IS NULL)", name="document_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(9), unique=True, comment="Year and sequence, such as 2026-04")
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrderKind]
    adopted_on: Mapped[date] = mapped_column(comment="The day of the vote")
    citation: Mapped[str] = mapped_column(String(200), comment="The legal ground")
    text: Mapped[str] = mapped_column(Text)
    extends_to: Mapped[date | None] = mapped_column(comment="A fixed last day; otherwise by months and days")
    extends_months: Mapped[int] = mapped_column(default=0)
    extends_days: Mapped[int] = mapped_column(default=0)
    grace_only: Mapped[bool] = mapped_column(default=False, comment="Moves the end of grace and not the last day")
    future_grants: Mapped[bool] = mapped_column(default=False, comment="Counts for terms that are granted later, too")
    waived_codes: Mapped[list[Any]] = mapped_column(comment="Codes of the requirements that are waived")
    submitted_from: Mapped[date | None] = mapped_column(comment="A waiver counts for applications submitted from here")
    submitted_to: Mapped[date | None] = mapped_column(comment="Last day of submission, inclusive")
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), comment="Cohort: one credential")
    standard_id: Mapped[int | None] = mapped_column(ForeignKey("standard_set.id"), comment="Cohort: under a standard")
    region: Mapped[Region | None] = mapped_column(comment="Cohort: holders in a region")
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="Cohort: whom the vendor employed on the day of the vote"
    )
    expires_from: Mapped[date | None] = mapped_column(comment="Cohort: terms that end on this day or later")
    expires_to: Mapped[date | None] = mapped_column(comment="Cohort: terms that end on this day or earlier")
    document_sha256: Mapped[str | None] = mapped_column(
        String(64), info={"file": True}, comment="The signed order in the file store"
    )
    document_name: Mapped[str | None] = mapped_column(String(200))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drafted_at: Mapped[datetime]
    in_force_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    in_force_at: Mapped[datetime | None] = mapped_column(index=True, comment="Since when it counts; empty for a draft")

    credential: Mapped[Credential | None] = relationship()
    standard: Mapped[StandardSet | None] = relationship()
    vendor: Mapped[VendorOrganization | None] = relationship()
    in_force_by: Mapped[User | None] = relationship(foreign_keys=[in_force_by_id])
    revocation: Mapped["OrderRevocation | None"] = relationship(back_populates="order", lazy="joined")


class OrderRevocation(Base):
    """The end of an order: the dates that it moved were worked out again without it."""

    __table_args__ = (UniqueConstraint("order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("board_order.id"))
    revoked_on: Mapped[date] = mapped_column(comment="The day of the vote that revoked it")
    reason: Mapped[str] = mapped_column(Text)
    citation: Mapped[str] = mapped_column(String(200), default="")
    revoked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime]

    order: Mapped[BoardOrder] = relationship(back_populates="revocation")
    revoked_by: Mapped[User] = relationship()


class OrderEffect(Base):
    """What an order or its revocation did to one term; before and after are one where another order goes as far."""

    __table_args__ = (
        UniqueConstraint("order_id", "granted_id", "taken_back"),
        Index("ix_order_effect_granted", "granted_id", "taken_back"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("board_order.id"))
    granted_id: Mapped[int] = mapped_column(
        ForeignKey("credential_period.id"), comment="The term as it was granted, before any order"
    )
    before_id: Mapped[int] = mapped_column(ForeignKey("credential_period.id"), index=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("credential_period.id"), index=True)
    taken_back: Mapped[bool] = mapped_column(default=False, comment="By the revocation, which counts from then on")
