"""Two records of one person made one, with all that is needed to take it back, and pairs that are two people."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base, BigKey
from certhub.models.parties import Coordinator


class RecordMerge(Base):
    """Which record of a person was absorbed by which other one; nothing is deleted, and it can be undone."""

    __table_args__ = (
        CheckConstraint("kept_id <> absorbed_id", name="of_two_records"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_whole"),
        Index(
            "uq_record_merge_absorbed",
            "absorbed_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), index=True)
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    taken: Mapped[dict[str, Any]] = mapped_column(
        comment="What was written on the two records themselves: by record and column the value before and after"
    )
    reason: Mapped[str] = mapped_column(Text)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    merged_at: Mapped[datetime]
    undone_reason: Mapped[str] = mapped_column(Text, default="")
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]

    kept: Mapped[Coordinator] = relationship(foreign_keys=[kept_id])
    absorbed: Mapped[Coordinator] = relationship(foreign_keys=[absorbed_id])
    merged_by: Mapped[User] = relationship(foreign_keys=[merged_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class RecordMergeItem(Base):
    """One row that a merge moved to the record that stays, or set aside because that one tells the same."""

    audited = False  # the merge has an audit entry, and so has each row that it changed

    __table_args__ = (UniqueConstraint("merge_id", "table_name", "column_name", "row_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("record_merge.id"))
    table_name: Mapped[str] = mapped_column(String(40))
    column_name: Mapped[str] = mapped_column(
        String(40), comment="What was changed: whose row it is, or the instant at which it was set aside or closed"
    )
    row_id: Mapped[int] = mapped_column(BigKey)


class ToldApart(Base):
    """Two records that look alike and were found to be of two people; it can be taken back."""

    __table_args__ = (
        CheckConstraint("one_id < other_id", name="smaller_first"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_whole"),
        Index(
            "uq_told_apart_pair",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            sqlite_where=text("taken_back_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, comment="How it is known that these are two people")
    told_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    told_at: Mapped[datetime]
    taken_back_reason: Mapped[str] = mapped_column(Text, default="")
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_back_at: Mapped[datetime | None]

    one: Mapped[Coordinator] = relationship(foreign_keys=[one_id])
    other: Mapped[Coordinator] = relationship(foreign_keys=[other_id])
    told_by: Mapped[User] = relationship(foreign_keys=[told_by_id])
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=[taken_back_by_id])
