"""Training completions: hours by category, on which standards count."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.files import StoredFile
from certhub.models.parties import Coordinator


class TrainingCompletion(Base):
    """Contact hours of one category that a coordinator earned in one activity."""

    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes <= 60000", name="minutes_range"),
        # Holds all that hours are added up by, so that a whole population is counted without reading the table.
        Index(
            "ix_training_completion_coordinator",
            "coordinator_id",
            "superseded_at",
            "completed_on",
            "category",
            "withdrawn",
            "provider_approved",
            "minutes",
        ),
        Index("ix_training_completion_vendor", "vendor_id", "id"),
        Index(
            "ix_training_completion_import",
            "import_id",
            "id",
            postgresql_where=text("import_id IS NOT NULL"),
            sqlite_where=text("import_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    vendor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="The vendor that recorded it; its list is read by this index"
    )
    title: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(200))
    provider_approved: Mapped[bool] = mapped_column(
        default=False, comment="What whoever entered it says; a reviewer's word in training_approval goes before it"
    )
    course_code: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[int] = mapped_column(comment="Contact time; 60 minutes are one contact hour")
    score: Mapped[int | None] = mapped_column(comment="Percent in the final assessment, where there was one")
    completed_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    enrolment_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolment.id"), index=True, comment="The place in a session of the catalogue that earned the hours"
    )
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("training_completion.id"), unique=True)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_import.id"), comment="The file that it came with, or was taken back with"
    )
    withdrawn: Mapped[bool] = mapped_column(default=False, comment="This row only takes back the one it supersedes")

    coordinator: Mapped[Coordinator] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class TrainingApproval(Base):
    """A reviewer's word on whether a training is approved, whatever was said when it was entered; the latest counts."""

    __table_args__ = (Index("ix_training_approval_completion", "completion_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("training_completion.id"))
    approved: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    reviewer: Mapped[User] = relationship()


class TrainingShortfall(Base):
    """Somebody whose hours are short of their pace before a renewal, as the last look found it; derived each night."""

    audited = False  # derived from audited records, and derived again each night

    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), unique=True)
    expires_on: Mapped[date] = mapped_column(comment="Last day of the term that the hours are for")
    lacking: Mapped[str] = mapped_column(String(400), comment="What is lacking, in words")
    looked_at: Mapped[datetime]
