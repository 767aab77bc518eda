"""Standards as data: a standard and its versions, immutable once adopted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.rules.vocabulary import SubjectType, Transition, VersionStatus


class StandardSet(Base):
    """A standard for one kind of subject, such as CC-CORE for coordinators."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    subject_type: Mapped[SubjectType] = mapped_column(index=True)

    versions: Mapped[list["StandardVersion"]] = relationship(
        back_populates="standard", order_by="StandardVersion.version"
    )


class StandardVersion(Base):
    """One version of a standard; the whole row is frozen at adoption.

    Until when a version judges is not kept: it follows from the versions adopted after it (`rules.transitions`).
    """

    __table_args__ = (
        UniqueConstraint("standard_id", "version"),
        CheckConstraint(
            "status = 'draft' OR (adopted_on IS NOT NULL AND effective_from IS NOT NULL AND transition IS NOT NULL)",
            name="adopted_has_dates",
        ),
        CheckConstraint(
            "(sunset_on IS NOT NULL AND transition = 'sunset' AND sunset_on > effective_from) "
            "OR (sunset_on IS NULL AND (transition IS NULL OR transition <> 'sunset'))",
            name="sunset_has_its_date",
        ),
        Index(
            "uq_standard_version_draft",
            "standard_id",
            unique=True,
            postgresql_where=text("status = 'draft'"),
            sqlite_where=text("status = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard_set.id"))
    version: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    adopted_on: Mapped[date | None]
    effective_from: Mapped[date | None]
    transition: Mapped[Transition | None] = mapped_column(comment="From when it judges those who hold a credential")
    sunset_on: Mapped[date | None] = mapped_column(comment="From this day on it judges everybody")
    definition: Mapped[dict[str, Any]] = mapped_column(
        comment="Requirements, groups and term policy; see rules.standard_definition"
    )
    definition_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the canonical definition")
    drafted_from_id: Mapped[int | None] = mapped_column(ForeignKey("standard_version.id"))
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="Empty for a shipped one")
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="Empty for a shipped one")
    created_at: Mapped[datetime]

    standard: Mapped[StandardSet] = relationship(back_populates="versions", lazy="joined")
    drafted_by: Mapped[User | None] = relationship(foreign_keys=drafted_by_id)
    adopted_by: Mapped[User | None] = relationship(foreign_keys=adopted_by_id)
