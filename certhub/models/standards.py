"""Standards as data: a standard and its versions, immutable once adopted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
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

    @property
    def is_shipped(self) -> bool:
        """Whether it came with CertHub: then the day of its adoption is that of the installation, and nobody's act."""
        return self.drafted_by_id is None and self.adopted_by_id is None


class StandardPreview(Base):
    """A count of what a draft would mean for those who hold a credential, asked for by somebody and made by the worker.

    It tells of the definition that the draft had then; a draft that was changed since needs another count.
    """

    __table_args__ = (
        Index(
            "uq_standard_preview_waiting",
            "standard_version_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
            sqlite_where=text("finished_at IS NULL"),
        ),
        CheckConstraint("finished_at IS NULL OR started_at IS NOT NULL", name="dates_in_order"),
    )
    audited = False  # a figure that anybody can count again; it decides nothing

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id", ondelete="CASCADE"), index=True)
    definition_hash: Mapped[str] = mapped_column(String(64), comment="What was judged by: the draft as it was then")
    as_of: Mapped[date] = mapped_column(comment="The day on which everybody is judged")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0, comment="Holders judged so far")
    total: Mapped[int | None] = mapped_column(comment="Holders to judge; empty until the count has begun")
    failing: Mapped[int] = mapped_column(default=0, comment="Holders who do not meet the draft today")
    because: Mapped[int] = mapped_column(default=0, comment="Those of them who fail only for what the draft changes")
    requirements: Mapped[list[Any]] = mapped_column(
        default=list, comment="For each requirement: its code, who does not meet it, and who only for the change"
    )
    error: Mapped[str | None] = mapped_column(Text)

    asked_by: Mapped[User] = relationship()


class StandardPreviewHolder(Base):
    """Somebody who would not meet a draft today, with the requirements that are in the way."""

    audited = False  # part of a count

    preview_id: Mapped[int] = mapped_column(ForeignKey("standard_preview.id", ondelete="CASCADE"), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), primary_key=True)
    unmet: Mapped[str] = mapped_column(Text, comment="Codes of what is not met, each between spaces")
    because: Mapped[str] = mapped_column(Text, comment="Those of them that only the draft brings")
