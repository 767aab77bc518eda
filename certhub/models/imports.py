"""Roster imports: what was uploaded, what the dry run said, and whether it was carried out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.models.files import StoredFile
from certhub.models.parties import VendorOrganization


class ImportStatus(StrEnum):
    """A roster import is checked first, and applied or discarded after."""

    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class RosterImport(Base):
    """A spreadsheet of coordinators with the report of its dry run."""

    __table_args__ = (Index("ix_roster_import_vendor", "vendor_id", "id"),)

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

    vendor: Mapped[VendorOrganization] = relationship()
    file: Mapped[StoredFile] = relationship()
