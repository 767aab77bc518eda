"""Corrections: why a recorded term or status event was replaced by another, years later perhaps."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import CredentialPeriod, StatusEvent


class Correction(Base):
    """The ground of a correction; what was replaced is told by `supersedes_id` of the row that came of it."""

    __table_args__ = (CheckConstraint("(period_id IS NULL) <> (status_event_id IS NULL)", name="of_one_record"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    period_id: Mapped[int | None] = mapped_column(
        ForeignKey("credential_period.id"), unique=True, comment="The term as it is recorded from then on"
    )
    status_event_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_event.id"), unique=True, comment="The event as it is recorded from then on"
    )
    reason: Mapped[str] = mapped_column(Text)
    citation: Mapped[str] = mapped_column(String(200), default="")
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    period: Mapped[CredentialPeriod | None] = relationship()
    status_event: Mapped[StatusEvent | None] = relationship()
    corrected_by: Mapped[User] = relationship()
