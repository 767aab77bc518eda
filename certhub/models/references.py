"""References: requests to people without an account, the links in their letters, and how the answers were signed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Application, Evidence


class ReferenceRequest(Base):
    """A request to a person outside CertHub to give a reference for an application."""

    __table_args__ = (
        Index(
            "uq_reference_request_email",
            "application_id",
            "email",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL"),
            sqlite_where=text("cancelled_at IS NULL"),
        ),
        Index("ix_reference_request_waiting", "expires_at", "id"),
        CheckConstraint(
            "(answered_at IS NULL OR declined_at IS NULL) AND (answered_at IS NULL OR cancelled_at IS NULL) "
            "AND (declined_at IS NULL OR cancelled_at IS NULL)",
            name="ends_in_one_way",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True, comment="Whom the reference is about")
    requirement_code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), comment="The referee, as named by whoever asks")
    email: Mapped[str] = mapped_column(String(254))
    relation: Mapped[str] = mapped_column(String(200), comment="How the referee knows the person, as told by the asker")
    organization: Mapped[str] = mapped_column(String(200), default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime] = mapped_column(comment="When the last letter was written that somebody asked for")
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None] = mapped_column(comment="When it was brought to mind before it expires")
    expiry_told_at: Mapped[datetime | None] = mapped_column(comment="When the applicant was told that it had expired")
    answered_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("reference_request.id"), unique=True)

    application: Mapped[Application] = relationship()
    asked_by: Mapped[User] = relationship(lazy="joined")


class ReferenceLink(Base):
    """The link in one letter to a referee; each letter has its own, because only its hash is kept."""

    audited = False  # part of a letter; that it was written has an audit entry of its own

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("reference_request.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    created_at: Mapped[datetime]


class ReferenceSignature(Base):
    """How a referee signed the form; never changed, and the form itself is evidence."""

    __table_args__ = (UniqueConstraint("request_id"), UniqueConstraint("evidence_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("reference_request.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), comment="Whom the reference is about")
    signed_name: Mapped[str] = mapped_column(String(200), comment="As typed in place of a signature (M.G.L. c.110G)")
    text_id: Mapped[str] = mapped_column(String(60))
    text_version: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(String(64), comment="Hash of the text that was signed")
    consent_id: Mapped[str] = mapped_column(String(60))
    consent_version: Mapped[int]
    consent_sha256: Mapped[str] = mapped_column(String(64), comment="Hash of what was agreed to before signing")
    address: Mapped[str] = mapped_column(String(45), comment="IP address from which the form was sent")
    signed_at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship()
