"""The audit trail and the access log: append-only, protected by the database itself."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from certhub.models.base import Base, BigKey


class AuditEntry(Base):
    """One change, hashed over the entry before it; written in the same transaction as the change."""

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),
        Index("ix_audit_entry_party", "party_id", "seq"),
        Index("ix_audit_entry_actor", "actor_id", "seq"),
        Index("ix_audit_entry_action", "action", "seq"),
    )
    audited = False

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False, comment="1, 2, 3 ... without a gap")
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Integer, comment="The account; empty for a job or a command")
    actor: Mapped[str] = mapped_column(String(240), comment="Who it was, as known then")
    action: Mapped[str] = mapped_column(String(60), comment="resource.past_tense")
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    party_id: Mapped[int | None] = mapped_column(Integer, comment="Whom it concerns, for one record's history")
    changes: Mapped[str] = mapped_column(Text, comment="Canonical JSON: before and after of every changed column")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The highest entry that was ever chained: the database moves it along with each entry, and never back."""

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Always 1")
    seq: Mapped[int] = mapped_column(BigKey, comment="Its number; a trail that ends earlier was cut off")
    hash: Mapped[str] = mapped_column(String(64))


class AccessLog(Base):
    """One reading of a personal record, or of a list of them (M.G.L. c.66A asks for a record of access)."""

    __table_args__ = (
        CheckConstraint("(party_id IS NULL) = (listing <> '')", name="record_or_list"),
        Index("ix_access_log_party", "party_id", "id"),
        Index("ix_access_log_user", "user_id", "id"),
    )
    audited = False

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), comment="Whose record; empty for a list")
    what: Mapped[str] = mapped_column(String(60), comment="Which page or file was read, by its endpoint")
    listing: Mapped[str] = mapped_column(
        Text, default="", comment="Of a list, in JSON: which one, its filters and how many rows; empty for one record"
    )
