"""Accounts: who may sign in, how they were invited, and the sessions that can be ended."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.models.parties import Party
from certhub.rules.vocabulary import Role


class User(Base):
    """A person's account, with exactly one role, for DPH or for one party."""

    __tablename__ = "account"  # "user" is a reserved word in PostgreSQL
    __table_args__ = (
        CheckConstraint(
            "role IN ('dph_administrator','dph_reviewer','fund_manager','auditor') OR party_id IS NOT NULL",
            name="outside_roles_have_party",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, comment="Lower case; what people sign in with")
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    party_id: Mapped[int | None] = mapped_column(
        ForeignKey("party.id"), index=True, comment="The organization acted for, or the coordinator who signs in"
    )
    password_hash: Mapped[str | None] = mapped_column(String(200), info={"secret": True}, comment="argon2id")
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]

    party: Mapped[Party | None] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.deactivated_at is None


class Invitation(Base):
    """An invitation by mail to open an account; the link's secret is kept only as a hash."""

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    party: Mapped[Party | None] = relationship(lazy="joined")


class PasswordReset(Base):
    """A single-use link to choose a new password."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None] = mapped_column(comment="When a newer link or a new password made it void")

    user: Mapped[User] = relationship()


class AddressChange(Base):
    """A new e-mail address of an account: it counts once its owner has opened the single-use link that went there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), comment="Lower case; the address to which the link went")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), comment="Who asked: the owner or another")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None] = mapped_column(comment="When a newer link or a person made it void")

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])


class UserSession(Base):
    """A signed-in browser; ending the row signs it out wherever it is."""

    __table_args__ = (Index("ix_user_session_user", "user_id", "ended_at"),)
    audited = False  # sign-in and sign-out have audit entries of their own; the row is plumbing

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="", comment="IP address at sign-in")

    user: Mapped[User] = relationship(lazy="joined")


class SignInThrottle(Base):
    """Tries in vain of one network address or account, kept in the database so that all workers agree."""

    audited = False  # counting failures; the failures themselves are audit entries

    key: Mapped[str] = mapped_column(String(80), primary_key=True, comment="Hash of what was typed; no address is kept")
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class FormSubmission(Base):
    """A form that did its work, so that a double click leads to the same page and not to a second record."""

    audited = False  # the work itself is audited

    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
