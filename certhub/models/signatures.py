"""Signed statements with the facts under them, how one was signed on the screen, and what must be attested anew."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.certification import Evidence
from certhub.models.parties import Party
from certhub.rules.drift import FactKind
from certhub.rules.signing import SigningAuthority


class Statement(Base):
    """The facts that a signed statement rests on, kept when it was put on file; on the screen or on paper alike."""

    __table_args__ = (Index("ix_statement_party", "party_id", "requirement_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), comment="Whom the statement is about")
    requirement_code: Mapped[str] = mapped_column(String(20))
    signed_for: Mapped[str] = mapped_column(String(40), comment="The party to the text, such as practice_manager")
    signer_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), comment="The account that signed, or on paper the one that has the signer's name"
    )
    signed_name: Mapped[str] = mapped_column(String(200), comment="As typed in place of a signature, or on the paper")
    rests_on: Mapped[dict[str, Any]] = mapped_column(
        comment="The facts on file that it rests on, as they stood: for each kind, words by key"
    )
    recorded_at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship()
    party: Mapped[Party] = relationship()
    signer: Mapped[User | None] = relationship()


class Signature(Base):
    """How a statement was signed on the screen (M.G.L. c.110G); never changed, and the statement itself is evidence."""

    __table_args__ = (UniqueConstraint("evidence_id"), Index("ix_signature_party", "party_id", "requirement_code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), comment="Whom the statement is about")
    requirement_code: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    account_name: Mapped[str] = mapped_column(String(200), comment="The account's name on that day")
    signed_name: Mapped[str] = mapped_column(String(200), comment="As typed in place of a signature")
    signed_for: Mapped[str] = mapped_column(String(40), comment="The party to the text, such as practice_manager")
    authority: Mapped[SigningAuthority]
    title: Mapped[str] = mapped_column(String(120), default="", comment="Empty for people who sign for themselves")
    text_id: Mapped[str] = mapped_column(String(60))
    text_version: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(String(64), comment="Hash of the text that was shown and signed")
    consent_id: Mapped[str] = mapped_column(String(60))
    consent_version: Mapped[int]
    consent_sha256: Mapped[str] = mapped_column(String(64), comment="Hash of what was agreed to before signing")
    address: Mapped[str] = mapped_column(
        String(45), comment="IP address of the signer; shown to DPH and auditors only, and never logged"
    )
    signed_at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship()
    party: Mapped[Party] = relationship()
    account: Mapped[User] = relationship()


class Drift(Base):
    """A fact under a signed statement that changed, so that it must be signed anew; open until that is done."""

    __table_args__ = (
        Index(
            "uq_drift_standing",
            "statement_id",
            "fact",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_drift_party", "party_id", "requirement_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    requirement_code: Mapped[str] = mapped_column(String(20))
    fact: Mapped[str] = mapped_column(String(60), comment="Which fact, such as sites:12")
    kind: Mapped[FactKind]
    sentence: Mapped[str] = mapped_column(String(500), comment="What changed, in words")
    changed_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(comment="Last day to sign anew: 30 days after the change (272 CMR 3.05)")
    noted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        comment="When the fact was found to be as before, or to have changed on another day"
    )

    party: Mapped[Party] = relationship()
    statement: Mapped[Statement] = relationship()
