"""Files of training completions from other systems: how they are read, what became of each row, whom to confirm."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.parties import VendorOrganization
from certhub.rules.training_import import Outcome


class TrainingImportStatus(StrEnum):
    """A file is uploaded, checked by a layout, and then imported as a whole or put aside."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class ImportWork(StrEnum):
    """What the worker was asked to do with a file."""

    CHECK = "check"
    IMPORT = "import"
    UNDO = "undo"


class TrainingMapping(Base):
    """How the files of another system are laid out, saved by a vendor or by DPH under a name."""

    __table_args__ = (
        Index(
            "uq_training_mapping_vendor_name",
            "vendor_id",
            "name",
            unique=True,
            postgresql_where=text("vendor_id IS NOT NULL"),
            sqlite_where=text("vendor_id IS NOT NULL"),
        ),
        Index(
            "uq_training_mapping_dph_name",
            "name",
            unique=True,
            postgresql_where=text("vendor_id IS NULL"),
            sqlite_where=text("vendor_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="Empty for one that DPH saved"
    )
    name: Mapped[str] = mapped_column(String(80))
    headings: Mapped[list[Any]] = mapped_column(comment="The keys of all columns of the file that it was saved for")
    layout: Mapped[dict[str, Any]] = mapped_column(
        comment="Columns, order of dates, unit of hours, words for categories"
    )
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class TrainingImport(Base):
    """A file of training completions with what the check of it found, and how far the work on it is."""

    __table_args__ = (
        Index("ix_training_import_vendor", "vendor_id", "id"),
        Index(
            "ix_training_import_work",
            "id",
            postgresql_where=text("work IS NOT NULL"),
            sqlite_where=text("work IS NOT NULL"),
        ),
        CheckConstraint("(work IS NULL) = (work_asked_at IS NULL)", name="work_whole"),
        CheckConstraint("status <> 'applied' OR applied_at IS NOT NULL", name="applied_has_date"),
        CheckConstraint("status <> 'undone' OR undone_at IS NOT NULL", name="undone_has_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="The vendor whose people it is about; empty for a file of DPH"
    )
    sha256: Mapped[str] = mapped_column(
        String(64),
        info={"file": True},
        comment="The bytes in the file store; it is about many people and so on nobody's list of files",
    )
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(200))
    is_long: Mapped[bool] = mapped_column(comment="Too many rows to be worked on while somebody waits for the page")
    status: Mapped[TrainingImportStatus] = mapped_column(default=TrainingImportStatus.UPLOADED)
    layout: Mapped[dict[str, Any] | None] = mapped_column(comment="The layout that it was checked by")
    row_count: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="Rows by what becomes of them")
    report: Mapped[dict[str, Any]] = mapped_column(
        default=dict, info={"secret": True}, comment="What the check found in the whole file, by column"
    )
    settled_through: Mapped[int] = mapped_column(
        BigKey, default=0, comment="Training entries up to this number were on file when it was checked"
    )
    leave_out: Mapped[bool] = mapped_column(
        default=False, comment="Somebody chose to import what is right and to leave out the rest"
    )
    undo_reason: Mapped[str] = mapped_column(Text, default="")
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]
    work: Mapped[ImportWork | None] = mapped_column(comment="What waits for the worker, or is under way")
    work_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    work_asked_at: Mapped[datetime | None]
    work_started_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0, comment="Rows that the work under way is through with")
    problem: Mapped[str] = mapped_column(Text, default="", comment="Why the last work was not done, as a sentence")

    vendor: Mapped[VendorOrganization | None] = relationship()
    uploaded_by: Mapped[User] = relationship(foreign_keys=uploaded_by_id)
    work_asked_by: Mapped[User | None] = relationship(foreign_keys=work_asked_by_id)


class TrainingImportDoubt(Base):
    """A person of a file whom only a name tells, or whose name is another one: somebody says who it is."""

    __table_args__ = (Index("ix_training_import_doubt_import", "import_id", "id"),)
    audited = False  # part of a check; that somebody answered has an audit entry, and so has what is imported

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("training_import.id"))
    name: Mapped[str] = mapped_column(String(200), comment="As the file says")
    email: Mapped[str] = mapped_column(String(254))
    number: Mapped[str] = mapped_column(String(40))
    first_row: Mapped[int]
    candidates: Mapped[list[Any]] = mapped_column(comment="Numbers of the records that it can be")
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("coordinator.id"), comment="Who it is")
    is_nobody: Mapped[bool] = mapped_column(default=False, comment="None of them: the rows are left out")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]


class TrainingImportRow(Base):
    """A row of a file as it was understood, and what becomes of it."""

    __table_args__ = (
        Index("uq_training_import_row_number", "import_id", "row", unique=True),
        Index("ix_training_import_row_outcome", "import_id", "outcome", "row"),
        Index("ix_training_import_row_person", "import_id", "coordinator_id"),
        Index(
            "ix_training_import_row_on_file",
            "on_file_id",
            postgresql_where=text("on_file_id IS NOT NULL"),
            sqlite_where=text("on_file_id IS NOT NULL"),
        ),
    )
    audited = False  # part of a check; what is imported from it has an audit entry for each completion

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("training_import.id"))
    row: Mapped[int] = mapped_column(comment="As the spreadsheet counts")
    outcome: Mapped[Outcome]
    note: Mapped[str] = mapped_column(Text, default="", comment="Why it is left out, as a sentence")
    problems: Mapped[list[Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
        comment="Column, what is there, what to do; for a row to correct",
    )
    who: Mapped[str] = mapped_column(String(254), comment="The person as the file says")
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("coordinator.id"))
    doubt_id: Mapped[int | None] = mapped_column(ForeignKey("training_import_doubt.id"))
    on_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_completion.id"), comment="The entry that is the same training; for a row that is on file"
    )
    title: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(200))
    provider_approved: Mapped[bool]
    course_code: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str | None] = mapped_column(String(40))
    minutes: Mapped[int]
    score: Mapped[int | None]
    completed_on: Mapped[date | None]
