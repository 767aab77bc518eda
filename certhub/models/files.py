"""Uploaded and issued files: what is known of them; the bytes are in the file store."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from certhub.models.base import Base


class StoredFile(Base):
    """A file that somebody provided, kept by its SHA-256; the name is only what the person called it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("party.id"), index=True, comment="The organization that handles it"
    )
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True, comment="Whom it is about")
    sha256: Mapped[str] = mapped_column(String(64), info={"file": True}, index=True)
    size: Mapped[int] = mapped_column(comment="Bytes")
    media_type: Mapped[str] = mapped_column(String(100), comment="Sniffed from the bytes, never taken from the browser")
    original_name: Mapped[str] = mapped_column(String(200))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]
