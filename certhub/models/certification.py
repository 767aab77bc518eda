"""The lifecycle: application, evidence, review, decision, credential, periods and status events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.review import Recommendation
from certhub.models.standards import StandardSet, StandardVersion
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    DecisionOutcome,
    StatusEventKind,
    SubjectType,
    Verdict,
)

_OPEN = "status IN ('draft','submitted','incomplete','under_review','recommended')"


class Application(Base):
    """A request to be certified, renewed or reinstated under a standard."""

    __table_args__ = (
        CheckConstraint(
            "status IN ('draft','withdrawn','expired') OR submitted_at IS NOT NULL", name="submitted_has_date"
        ),
        CheckConstraint("(submitted_at IS NULL) = (submitted_on IS NULL)", name="submitted_whole"),
        CheckConstraint("status NOT IN ('approved','denied') OR closed_on IS NOT NULL", name="decided_has_date"),
        Index("uq_application_open", "party_id", unique=True, postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)),
        CheckConstraint(
            "status NOT IN ('submitted','under_review','recommended') OR due_on IS NOT NULL", name="with_dph_is_due"
        ),
        Index("ix_application_queue", "status", "id"),
        Index("ix_application_due", "status", "due_on", "id"),
        Index("ix_application_owner", "owner_id", "id"),
        Index("ix_application_credential", "credential_id", "submitted_on"),
        Index("ix_application_closed", "closed_on", "credential_id"),
        Index("ix_application_reviewer", "reviewer_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("party.id"),
        comment="The organization that handles it: the vendor for a coordinator, else the party itself",
    )
    kind: Mapped[ApplicationKind]
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.DRAFT)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard_set.id"))
    standard_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_version.id"), comment="The version in force on the day of submission; fixed from then on"
    )
    credential_id: Mapped[int | None] = mapped_column(
        ForeignKey("credential.id"), comment="What is renewed or reinstated"
    )
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None] = mapped_column(
        comment="Agency date of submission: decides version and timeliness"
    )
    complete_at: Mapped[datetime | None] = mapped_column(comment="When the completeness check passed")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    with_applicant_from: Mapped[date | None] = mapped_column(
        comment="Since when the next step is the applicant's; one that is left alone for too long is closed"
    )
    stage_from: Mapped[date] = mapped_column(comment="Agency date on which it came into its status")
    due_on: Mapped[date | None] = mapped_column(
        comment="By when DPH is to take the next step, by its service goals; empty while it is not DPH's turn"
    )
    closed_at: Mapped[datetime | None]
    closed_on: Mapped[date | None] = mapped_column(comment="Agency date on which it was decided, withdrawn or expired")

    party: Mapped[Party] = relationship(foreign_keys=[party_id])
    owner: Mapped[Party] = relationship(foreign_keys=[owner_id])
    standard: Mapped[StandardSet] = relationship(lazy="joined")
    standard_version: Mapped[StandardVersion | None] = relationship()
    credential: Mapped["Credential | None"] = relationship(foreign_keys=[credential_id])
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])
    decisions: Mapped[list["Decision"]] = relationship(back_populates="application", order_by="Decision.id")


class Evidence(Base):
    """What was provided for a requirement; never changed, a later row supersedes an earlier one."""

    __table_args__ = (Index("ix_evidence_party", "party_id", "requirement_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    requirement_code: Mapped[str] = mapped_column(String(20))
    value: Mapped[dict[str, Any]]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    occurred_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    provided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), unique=True)
    withdrawn: Mapped[bool] = mapped_column(default=False, comment="This row only takes back the one it supersedes")

    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    provided_by: Mapped[User | None] = relationship()


class ItemReview(Base):
    """A reviewer's word on the evidence for one requirement of an application; the latest counts."""

    __table_args__ = (Index("ix_item_review_application", "application_id", "requirement_code", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    requirement_code: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(Text, default="")
    last_evidence_id: Mapped[int | None] = mapped_column(
        ForeignKey("evidence.id"), comment="The newest evidence that was looked at; later evidence is pending again"
    )
    seen_inputs: Mapped[str] = mapped_column(
        String(64), default="", comment="Hash of what a returned item was judged by; returned while it stays the same"
    )
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    reviewer: Mapped[User] = relationship()


class EvaluationRecord(Base):
    """What the rules said of an application on a day, with a hash of all that they looked at."""

    __table_args__ = (Index("ix_evaluation_record_application", "application_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id"))
    as_of: Mapped[date]
    result: Mapped[str] = mapped_column(String(20))
    complete: Mapped[bool]
    findings: Mapped[list[Any]]
    engine_version: Mapped[str] = mapped_column(String(20))
    inputs_hash: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class Decision(Base):
    """How an application ended, on what evaluation, by whom and why; after a reopening a later one takes its place."""

    __table_args__ = (
        Index(
            "uq_decision_first",
            "application_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
            sqlite_where=text("supersedes_id IS NULL"),
        ),
        CheckConstraint("recommended_by_id <> decided_by_id", name="two_people"),
        CheckConstraint("(recommendation_id IS NULL) = (recommended_by_id IS NULL)", name="recommendation_whole"),
        CheckConstraint("NOT overridden OR recommendation_id IS NOT NULL", name="override_was_recommended"),
        # Who recommended it is told by the recommendation itself, so that the two people are two in the database, too.
        ForeignKeyConstraint(
            ["recommendation_id", "recommended_by_id"], ["recommendation.id", "recommendation.recommended_by_id"]
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    outcome: Mapped[DecisionOutcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation_record.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
    decided_on: Mapped[date]
    appeal_until: Mapped[date | None] = mapped_column(comment="Last day to ask for a hearing after a denial")
    recommendation_id: Mapped[int | None]
    recommended_by_id: Mapped[int | None] = mapped_column(comment="Never the person who decided")
    overridden: Mapped[bool] = mapped_column(
        default=False, comment="Whether a critical requirement was set aside; the recommendation says which and why"
    )
    supersedes_id: Mapped[int | None] = mapped_column(
        ForeignKey("decision.id"), unique=True, comment="The denial that was set aside before this decision"
    )

    application: Mapped[Application] = relationship(back_populates="decisions")
    decided_by: Mapped[User] = relationship(foreign_keys=[decided_by_id])
    recommendation: Mapped[Recommendation | None] = relationship()


class Credential(Base):
    """What a party holds under a standard; its number is never used again."""

    __table_args__ = (UniqueConstraint("party_id", "standard_id"), Index("ix_credential_subject", "subject_type", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    subject_type: Mapped[SubjectType]
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard_set.id"))
    number: Mapped[str] = mapped_column(
        String(24), unique=True, comment="For example CC-2026-000123-4, with a check digit"
    )
    granted_on: Mapped[date]
    recorded_at: Mapped[datetime]

    party: Mapped[Party] = relationship()
    standard: Mapped[StandardSet] = relationship(lazy="joined")
    periods: Mapped[list["CredentialPeriod"]] = relationship(
        back_populates="credential", order_by="CredentialPeriod.starts_on"
    )
    events: Mapped[list["StatusEvent"]] = relationship(back_populates="credential", order_by="StatusEvent.effective_on")


class CredentialPeriod(Base):
    """One term of a credential, valid through its last day; a renewal adds a period, a correction supersedes one."""

    __table_args__ = (
        CheckConstraint("expires_on >= starts_on", name="dates_in_order"),
        CheckConstraint("grace_until >= expires_on", name="grace_after_expiry"),
        Index(
            "uq_credential_period_start",
            "credential_id",
            "starts_on",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
        # Covers what tells an expiry from a lapse, so that half of the table need not be read for the few in grace.
        Index(
            "ix_credential_period_expiry", "expires_on", "grace_until", "credential_id", "superseded_at", "starts_on"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    standard_version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id"))
    starts_on: Mapped[date]
    expires_on: Mapped[date]
    grace_until: Mapped[date]
    reinstatement_until: Mapped[date]
    because: Mapped[str] = mapped_column(Text, comment="Why the term ends on this day, in one sentence")
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("credential_period.id"), unique=True)

    credential: Mapped[Credential] = relationship(back_populates="periods")
    standard_version: Mapped[StandardVersion] = relationship()


class StatusEvent(Base):
    """Something that happened to a credential: probation, suspension, surrender ... with its dates."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name="dates_in_order"),
        Index("ix_status_event_credential", "credential_id", "effective_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    kind: Mapped[StatusEventKind]
    effective_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="Last day, inclusive; empty while it lasts")
    reason: Mapped[str] = mapped_column(Text)
    citation: Mapped[str] = mapped_column(String(200), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("status_event.id"), unique=True)

    credential: Mapped[Credential] = relationship(back_populates="events")


class NumberSequence(Base):
    """The last number given out for a kind of credential in a year; the row's lock keeps numbers unique."""

    audited = False  # the numbers that it gives out are audited with their credentials

    subject_type: Mapped[SubjectType] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(Base):
    """An issued document: frozen facts, frozen bytes, and the code under which anybody can verify it."""

    __table_args__ = (
        Index(
            "uq_certificate_first",
            "period_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
            sqlite_where=text("supersedes_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("credential_period.id"))
    facts: Mapped[dict[str, Any]]
    template_version: Mapped[str] = mapped_column(String(20))
    engine: Mapped[str] = mapped_column(String(40), comment="Which engine made the bytes, with its version")
    conformance: Mapped[str] = mapped_column(String(60), comment="For example PDF/A-2a, PDF/UA-1; empty for pdfkit")
    sha256: Mapped[str] = mapped_column(String(64), info={"file": True}, index=True)
    size: Mapped[int] = mapped_column(comment="Bytes")
    verification_code: Mapped[str] = mapped_column(String(40), unique=True, comment="128 random bits, never derived")
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text, default="", comment="Why it was issued again")

    credential: Mapped[Credential] = relationship()
    period: Mapped[CredentialPeriod] = relationship()
