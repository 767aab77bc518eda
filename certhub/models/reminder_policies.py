"""Reminder policies as DPH has set them: a version for each change, none of which ever changes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.rules.reminder_policies import ObligationKind


class ReminderPolicyVersion(Base):
    """One version of the policy for a kind of due date. The first is the shipped one; the row is frozen.

    Of the versions that have begun, the latest is in force; a change that has not begun when a later one is made never
    comes into force.
    """

    __table_args__ = (
        UniqueConstraint("kind", "version"),
        CheckConstraint("(version = 1) = (changed_by_id IS NULL)", name="shipped_is_nobodys"),
        CheckConstraint("version >= 1", name="counted_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ObligationKind]
    version: Mapped[int]
    effective_from: Mapped[date] = mapped_column(comment="The first day that is planned by it")
    definition: Mapped[dict[str, Any]] = mapped_column(comment="The policy; see rules.reminder_policies")
    reason: Mapped[str] = mapped_column(String(500))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="Empty for the shipped one")
    created_at: Mapped[datetime]

    changed_by: Mapped[User | None] = relationship()
