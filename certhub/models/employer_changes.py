"""Changes of employer: the request, the links in its letters, the answer, and what it did to the records."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.parties import Assignment, Coordinator, Employment, Party, VendorOrganization
from certhub.rules.vocabulary import EmploymentKind


class EmployerChange(Base):
    """A vendor's request that a coordinator who is on file joins it; kept also where no record fits."""

    __table_args__ = (
        Index("ix_employer_change_vendor", "vendor_id", "known_by"),
        Index("ix_employer_change_party", "party_id", "id"),
        Index("ix_employer_change_waiting", "expires_at", "id"),
        CheckConstraint(
            "(consented_at IS NULL OR declined_at IS NULL) AND (consented_at IS NULL OR withdrawn_at IS NULL) "
            "AND (declined_at IS NULL OR withdrawn_at IS NULL)",
            name="ends_in_one_way",
        ),
        CheckConstraint("taken_back_at IS NULL OR consented_at IS NOT NULL", name="taken_back_after_consent"),
        CheckConstraint("consented_at IS NULL OR party_id IS NOT NULL", name="somebody_consents"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor_organization.id"))
    party_id: Mapped[int | None] = mapped_column(
        ForeignKey("coordinator.id"), comment="Whose record fits what was typed; the vendor does not learn whether any"
    )
    known_by: Mapped[str] = mapped_column(String(254), comment="E-mail address or credential number, as typed")
    last_name: Mapped[str] = mapped_column(String(200), comment="As typed by the vendor")
    starts_on: Mapped[date] = mapped_column(comment="First day of work at the vendor")
    kind: Mapped[EmploymentKind]
    job_title: Mapped[str | None] = mapped_column(String(120))
    message: Mapped[str] = mapped_column(String(1000), default="", comment="From the vendor to the person")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="Taken back by the vendor before there was an answer")
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="Undone by one side after the consent")
    expiry_told_at: Mapped[datetime | None] = mapped_column(comment="When the vendor was told that nobody answered")

    vendor: Mapped[VendorOrganization] = relationship(lazy="joined")
    person: Mapped[Coordinator | None] = relationship()
    asked_by: Mapped[User] = relationship()
    practices: Mapped[list["EmployerChangePractice"]] = relationship(order_by="EmployerChangePractice.practice_id")


class EmployerChangePractice(Base):
    """A practice at which the person is to go on, for the new vendor, in case the person works there."""

    audited = False  # part of the request, which has an audit entry of its own

    change_id: Mapped[int] = mapped_column(ForeignKey("employer_change.id"), primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)


class EmployerChangeLink(Base):
    """The link in the letter to a person without an account; only its hash is kept."""

    audited = False  # part of a letter; that it was written has an audit entry of its own

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("employer_change.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"secret": True})
    created_at: Mapped[datetime]


class EmployerChangeAnswer(Base):
    """The person's answer and how it was signed; never changed."""

    __table_args__ = (UniqueConstraint("change_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("employer_change.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    consents: Mapped[bool]
    signed_name: Mapped[str] = mapped_column(String(200), comment="As typed in place of a signature (M.G.L. c.110G)")
    text_id: Mapped[str] = mapped_column(String(60))
    text_version: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(String(64), comment="Hash of the text that was shown and signed")
    address: Mapped[str] = mapped_column(String(45), comment="IP address from which the answer was sent")
    signed_at: Mapped[datetime]


class EmployerChangeEffect(Base):
    """One thing that a consent did: an employment or an assignment before and after; never changed.

    Without a row before, it began with the change; without a row after, it was taken back.
    """

    __table_args__ = (
        CheckConstraint(
            "employment_before_id IS NOT NULL OR employment_after_id IS NOT NULL "
            "OR assignment_before_id IS NOT NULL OR assignment_after_id IS NOT NULL",
            name="did_something",
        ),
        Index("ix_employer_change_effect_change", "change_id", "id"),
        Index("ix_employer_change_effect_employment", "employment_after_id"),
        Index("ix_employer_change_effect_employer", "employer_id", "change_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("employer_change.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("party.id"), comment="Whose employment or assignment it is")
    employment_before_id: Mapped[int | None] = mapped_column(ForeignKey("employment.id"))
    employment_after_id: Mapped[int | None] = mapped_column(ForeignKey("employment.id"))
    assignment_before_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    assignment_after_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))

    change: Mapped[EmployerChange] = relationship()
    employer: Mapped[Party] = relationship(foreign_keys=[employer_id])
    employment_before: Mapped[Employment | None] = relationship(foreign_keys=[employment_before_id])
    employment_after: Mapped[Employment | None] = relationship(foreign_keys=[employment_after_id])
    assignment_before: Mapped[Assignment | None] = relationship(foreign_keys=[assignment_before_id])
    assignment_after: Mapped[Assignment | None] = relationship(foreign_keys=[assignment_after_id])


class LastDayProposal(Base):
    """A former employer's word that the last day of work is another one than the change recorded."""

    __table_args__ = (
        UniqueConstraint("change_id", "employer_id"),
        CheckConstraint("(settled_at IS NULL) = (accepted IS NULL)", name="settled_one_way"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("employer_change.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    last_on: Mapped[date] = mapped_column(comment="The last day of work, as the former employer says")
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    accepted: Mapped[bool | None] = mapped_column(comment="Whether the person or DPH took the proposed day over")

    employer: Mapped[Party] = relationship(foreign_keys=[employer_id])
    proposed_by: Mapped[User] = relationship()
