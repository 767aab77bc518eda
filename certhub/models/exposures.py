"""The ledger of what was told of exposed assignments: to whom, by which message, and that it is over."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from certhub.models.base import Base, BigKey
from certhub.rules.exposure import Link, Reader


class ExposureNotice(Base):
    """That one recipient is told of one broken link of one placement, once, and once that it is over."""

    __table_args__ = (
        # A placement is named by its parties: a correction of an assignment is a new row, and not a new exposure.
        UniqueConstraint("coordinator_id", "practice_id", "vendor_id", "link", "first_on", "recipient"),
        Index("ix_exposure_notice_recipient", "recipient", "message_id"),
        Index("ix_exposure_notice_message", "message_id"),
        Index("ix_exposure_notice_end", "end_message_id"),
        Index("ix_exposure_notice_link", "link", "coordinator_id"),
        Index("ix_exposure_notice_vendor", "vendor_id", "link"),
        Index("ix_exposure_notice_practice", "practice_id", "link"),
    )
    audited = False  # derived from audited records; this table is itself the ledger

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    link: Mapped[Link]
    first_on: Mapped[date] = mapped_column(comment="First day on which the placement is exposed by this link")
    reader: Mapped[Reader] = mapped_column(comment="In what role the recipient is told")
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), comment="The letter that told of it")
    over_on: Mapped[date | None] = mapped_column(comment="The day on which it was found to be over")
    end_message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id"), comment="The letter that told that it is over"
    )
