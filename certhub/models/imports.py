"""Roster imports: what was uploaded, what the dry run said, and whether it was carried out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.models.files import StoredFile
from certhub.models.parties import VendorOrganization


class ImportStatus(StrEnum):
    """A roster import is checked first, and applied or discarded after."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class RosterWork(StrEnum):
    """What the worker was asked to do with a long roster."""

    CHECK = "check"
    IMPORT = "import"


class RosterImport(Base):
    """A spreadsheet of coordinators with the report of its dry run, and how far the work on it is."""

    __table_args__ = (
        Index("ix_roster_import_vendor", "vendor_id", "id"),
        Index(
            "ix_roster_import_work", "id", postgresql_where=text("work IS NOT NULL"),
            sqlite_where=text("work IS NOT NULL"),
        ),
        CheckConstraint("(work IS NULL) = (work_asked_at IS NULL)", name="work_whole"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.CHECKED)
    row_count: Mapped[int]
    error_count: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(
        info={"secret": True}, comment="What the dry run found; personal data that the audit trail need not repeat"
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    work: Mapped[RosterWork | None] = mapped_column(comment="What waits for the worker, or is under way")
    work_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    work_asked_at: Mapped[datetime | None]
    work_started_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0, server_default="0", comment="Rows that the work under way has read")
    problem: Mapped[str] = mapped_column(
        Text, default="", server_default="", comment="Why the last work was not done, as a sentence"
    )

    vendor: Mapped[VendorOrganization] = relationship()
    file: Mapped[StoredFile] = relationship()
