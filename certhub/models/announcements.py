"""Letters about one event to everybody whom it touches: asked for by somebody, written by the worker."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.convenings import Convening
from certhub.models.orders import BoardOrder
from certhub.models.standards import StandardVersion


class Announcement(Base):
    """Letters about a new version, an order or its revocation, or the invitations to a meeting; at most one of each."""

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN standard_version_id IS NULL THEN 0 ELSE 1 END + CASE WHEN order_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN convening_id IS NULL THEN 0 ELSE 1 END = 1",
            name="of_one_event",
        ),
        CheckConstraint("NOT of_revocation OR order_id IS NOT NULL", name="revocation_of_order"),
        Index(
            "uq_announcement_order",
            "order_id",
            "of_revocation",
            unique=True,
            postgresql_where=text("order_id IS NOT NULL"),
            sqlite_where=text("order_id IS NOT NULL"),
        ),
        Index(
            "ix_announcement_waiting",
            "id",
            postgresql_where=text("finished_at IS NULL"),
            sqlite_where=text("finished_at IS NULL"),
        ),
    )
    audited = False  # who asked for the letters is told with what they are about; the rest is how far the worker is

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_version_id: Mapped[int | None] = mapped_column(ForeignKey("standard_version.id"), unique=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("board_order.id"))
    convening_id: Mapped[int | None] = mapped_column(ForeignKey("convening.id"), unique=True)
    of_revocation: Mapped[bool] = mapped_column(default=False, comment="About the end of the order")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(comment="Letters to write, counted when they were asked for")
    done: Mapped[int] = mapped_column(default=0, comment="Letters written so far")
    last_recipient: Mapped[str] = mapped_column(
        String(254), default="", comment="The address that was written to last; they come in order"
    )
    finished_at: Mapped[datetime | None]

    standard_version: Mapped[StandardVersion | None] = relationship()
    order: Mapped[BoardOrder | None] = relationship()
    convening: Mapped[Convening | None] = relationship()
    asked_by: Mapped[User | None] = relationship()
