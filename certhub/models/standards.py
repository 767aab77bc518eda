"""Standards as data: a standard and its versions, immutable once adopted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.rules.vocabulary import SubjectType, VersionStatus


class StandardSet(Base):
    """A standard for one kind of subject, such as CC-CORE for coordinators."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    subject_type: Mapped[SubjectType] = mapped_column(index=True)

    versions: Mapped[list["StandardVersion"]] = relationship(
        back_populates="standard", order_by="StandardVersion.version"
    )


class StandardVersion(Base):
    """One version of a standard; what it asks for is frozen at adoption."""

    __table_args__ = (
        UniqueConstraint("standard_id", "version"),
        CheckConstraint(
            "status = 'draft' OR (adopted_on IS NOT NULL AND effective_from IS NOT NULL)", name="adopted_has_dates"
        ),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard_set.id"))
    version: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    adopted_on: Mapped[date | None]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None] = mapped_column(comment="Last day on which applications are judged under it")
    definition: Mapped[dict[str, Any]] = mapped_column(
        comment="Requirements, groups and term policy; see rules.standard_definition"
    )
    definition_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the canonical definition")
    created_at: Mapped[datetime]

    standard: Mapped[StandardSet] = relationship(back_populates="versions", lazy="joined")
