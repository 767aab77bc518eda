"""Letters about one event to everybody whom it touches: asked for by somebody, written by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.convenings import Convening
from certhub.models.orders import BoardOrder
from certhub.models.standards import StandardVersion
from certhub.rules.convenings import MeetingNews


class Announcement(Base):
    """Letters about a new version, an order or its revocation, at most one of each, or about news of a meeting."""

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN standard_version_id IS NULL THEN 0 ELSE 1 END + CASE WHEN order_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN convening_id IS NULL THEN 0 ELSE 1 END = 1",
            name="of_one_event",
        ),
        CheckConstraint("NOT of_revocation OR order_id IS NOT NULL", name="revocation_of_order"),
        CheckConstraint("(news IS NULL) = (convening_id IS NULL)", name="news_of_meeting"),
        CheckConstraint("(before IS NOT NULL) = (news IS NOT NULL AND news = 'change')", name="change_of_something"),
        Index("ix_announcement_convening", "convening_id", "news", "id"),
        Index(
            "uq_announcement_inviting",
            "convening_id",
            unique=True,
            postgresql_where=text("news = 'invitation' AND finished_at IS NULL"),
            sqlite_where=text("news = 'invitation' AND finished_at IS NULL"),
        ),
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
    convening_id: Mapped[int | None] = mapped_column(ForeignKey("convening.id"))
    news: Mapped[MeetingNews | None] = mapped_column(comment="What the letters about a meeting tell")
    before: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
        comment="When and where a meeting was before the change",
    )
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
