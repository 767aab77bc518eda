"""Parties: who holds credentials, and how organizations belong together."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base
from certhub.rules.champions import ChampionRole
from certhub.rules.licences import CheckResult
from certhub.rules.vocabulary import Discipline, EmploymentKind, Region, SubjectType


class Municipality(Base):
    """One of the 351 cities and towns of Massachusetts, with its EOHHS region."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    county: Mapped[str] = mapped_column(String(30))
    county_fips: Mapped[str] = mapped_column(String(5))
    region: Mapped[Region] = mapped_column(
        index=True, comment="Regions are groups of municipalities, never of counties"
    )
    latitude: Mapped[float] = mapped_column(comment="Degrees north")
    longitude: Mapped[float] = mapped_column(comment="Degrees east (negative)")


class Party(Base):
    """Anybody who can hold a credential: an organization, a practice, a program or a person."""

    __table_args__: Any = (
        Index("ix_party_kind_sort", "kind", "sort_name", "id"),
        Index("ix_party_kind_region_sort", "kind", "region", "sort_name", "id"),
        Index(
            "uq_party_coordinator_email",
            "email",
            unique=True,
            postgresql_where=text("kind = 'coordinator'"),
            sqlite_where=text("kind = 'coordinator'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SubjectType]
    name: Mapped[str] = mapped_column(String(200), comment="Legal name, in any script")
    sort_name: Mapped[str] = mapped_column(String(200), comment="Folded name that lists are ordered and paged by")
    certificate_name: Mapped[str | None] = mapped_column(
        String(200), comment="Name in Latin letters for the certificate, where the legal name is in another script"
    )
    email: Mapped[str | None] = mapped_column(String(254), index=True, comment="Business e-mail; never public")
    phone: Mapped[str | None] = mapped_column(String(30))
    preferred_language: Mapped[str] = mapped_column(String(8), default="en", comment="ISO 639 code for letters")
    address_line: Mapped[str | None] = mapped_column(String(200))
    zip_code: Mapped[str | None] = mapped_column(String(10))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    region: Mapped[Region | None] = mapped_column(
        comment="Of the municipality; kept here so that lists filter by index"
    )
    created_at: Mapped[datetime]

    municipality: Mapped[Municipality | None] = relationship(lazy="joined")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="party", order_by="Contact.id")
    languages: Mapped[list["PartyLanguage"]] = relationship(order_by="PartyLanguage.code", cascade="all, delete-orphan")
    stakes: Mapped[list["OwnershipStake"]] = relationship(order_by="OwnershipStake.starts_on")

    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012  (SQLAlchemy reads a plain dict here)


class VendorOrganization(Party):
    """A community organization that contracts with DPH and employs coordinators."""

    __table_args__ = (UniqueConstraint("vendor_code"),)

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    vendor_code: Mapped[str] = mapped_column(String(12), comment="MMARS vendor code: VC and ten digits")
    self_enrolment: Mapped[bool] = mapped_column(
        default=False, comment="Whether coordinators may enrol themselves in training"
    )

    __mapper_args__ = {"polymorphic_identity": SubjectType.VENDOR}  # noqa: RUF012  (as above)


class Coordinator(Party):
    """A person who coordinates care; keeps the record when the employer changes."""

    __table_args__ = (
        CheckConstraint("birth_month IS NULL OR birth_month BETWEEN 1 AND 12", name="birth_month_range"),
        CheckConstraint("birth_day IS NULL OR birth_day BETWEEN 1 AND 31", name="birth_day_range"),
        CheckConstraint("(birth_month IS NULL) = (birth_day IS NULL)", name="birthday_whole"),
        Index(
            "ix_coordinator_merged",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
            sqlite_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    discipline: Mapped[Discipline] = mapped_column(index=True)
    birth_month: Mapped[int | None] = mapped_column(comment="Month and day only, for terms that end on a birthday")
    birth_day: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("coordinator.id"), comment="The record of the same person that absorbed this one; empty for most"
    )

    employments: Mapped[list["Employment"]] = relationship(
        foreign_keys="Employment.coordinator_id", order_by="Employment.starts_on", back_populates="coordinator"
    )
    licences: Mapped[list["ExternalLicence"]] = relationship(order_by="ExternalLicence.id")

    __mapper_args__ = {"polymorphic_identity": SubjectType.COORDINATOR}  # noqa: RUF012  (as above)


class Practice(Party):
    """A pediatric practice that commits to the medical home; it never employs its coordinators."""

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    npi: Mapped[str] = mapped_column(
        String(10), index=True, comment="National Provider Identifier; doubles are flagged, not refused"
    )
    pays_coordinator_wages: Mapped[bool] = mapped_column(
        default=False, comment="The practice declared that it pays part of a coordinator's wages: a conflict"
    )

    sites: Mapped[list["PracticeSite"]] = relationship(
        primaryjoin="and_(Practice.id == PracticeSite.practice_id, PracticeSite.superseded_at.is_(None))",
        order_by="PracticeSite.id",
        viewonly=True,
    )

    __mapper_args__ = {"polymorphic_identity": SubjectType.PRACTICE}  # noqa: RUF012  (as above)


class TrainingProgram(Party):
    """A program that trains coordinators and is approved under TP-CORE."""

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    parent_institution: Mapped[str | None] = mapped_column(String(200))

    __mapper_args__ = {"polymorphic_identity": SubjectType.TRAINING_PROGRAM}  # noqa: RUF012  (as above)


class PracticeSite(Base):
    """A place where a practice sees patients; corrections supersede, and a move opens another row."""

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address_line: Mapped[str] = mapped_column(String(200))
    zip_code: Mapped[str | None] = mapped_column(String(10))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    service_location: Mapped[str | None] = mapped_column(String(20), comment="MassHealth PID/SL")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    moved_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("practice_site.id"), unique=True, comment="Where the same site was before it moved here"
    )
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(
        ForeignKey("practice_site.id"), unique=True, comment="What was recorded wrongly about the same place"
    )

    practice: Mapped[Practice] = relationship()
    municipality: Mapped[Municipality] = relationship(lazy="joined")


class Champion(Base):
    """A physician or staff member who leads the work in a practice; corrections supersede, nothing is overwritten."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        Index("ix_champion_practice", "practice_id", "superseded_at"),
        Index(
            "uq_champion_open",
            "practice_id",
            "role",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND ends_on IS NULL"),
            sqlite_where=text("superseded_at IS NULL AND ends_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    role: Mapped[ChampionRole]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), comment="Business e-mail; never public")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="Last day, inclusive; empty while it goes on")
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("champion.id"), unique=True)

    practice: Mapped[Practice] = relationship()


class Contact(Base):
    """A person at an organization whom DPH can reach about a subject."""

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    responsibility: Mapped[str] = mapped_column(String(80), comment="For example contract manager, CORI coordinator")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(30))

    party: Mapped[Party] = relationship(back_populates="contacts")


class PartyLanguage(Base):
    """A language that a party can serve families in."""

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True, comment="ISO 639 code")


class OwnershipGroup(Base):
    """Entities under one tax number, parent or common control."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class OwnershipStake(Base):
    """A party's membership in an ownership group, with the share that the group controls."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("ownership_group.id"), index=True)
    percent: Mapped[int] = mapped_column(comment="Whole percent of control; above 5 counts as common control")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    group: Mapped[OwnershipGroup] = relationship(lazy="joined")


class Employment(Base):
    """A spell in which a person works for an organization; corrections supersede, nothing is overwritten."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("full_time_percent BETWEEN 1 AND 100", name="full_time_range"),
        Index("ix_employment_employer_open", "employer_id", "superseded_at", "ends_on", "coordinator_id"),
        Index("ix_employment_coordinator", "coordinator_id", "superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    employer_id: Mapped[int] = mapped_column(
        ForeignKey("party.id"), comment="A vendor organization; a practice only where an existing conflict is recorded"
    )
    kind: Mapped[EmploymentKind]
    job_title: Mapped[str | None] = mapped_column(String(120))
    full_time_percent: Mapped[int] = mapped_column(
        default=100, comment="Percent of a full-time week that the person works here"
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="Last day of work, inclusive; empty while it goes on")
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("employment.id"), unique=True)

    coordinator: Mapped[Coordinator] = relationship(foreign_keys=[coordinator_id], back_populates="employments")
    employer: Mapped[Party] = relationship(foreign_keys=[employer_id])


class Assignment(Base):
    """A coordinator placed in a practice by a vendor under a contract, for some places or a share of the week."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("(places IS NULL) <> (share_percent IS NULL)", name="places_or_share"),
        CheckConstraint("places IS NULL OR places > 0", name="places_range"),
        CheckConstraint("share_percent IS NULL OR share_percent BETWEEN 1 AND 100", name="share_range"),
        Index("ix_assignment_vendor_open", "vendor_id", "superseded_at", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), index=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    vendor_id: Mapped[int] = mapped_column(
        ForeignKey("vendor_organization.id"), comment="The contract's vendor, kept here so that lists find it by index"
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    places: Mapped[int | None] = mapped_column(comment="Children of the practice that the coordinator has room for")
    share_percent: Mapped[int | None] = mapped_column(comment="Percent of a full-time week, where places are not told")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="Last day, inclusive; empty while all that it hangs on holds")
    over_capacity_reason: Mapped[str | None] = mapped_column(
        String(500), comment="Why DPH let it pass the coordinator's capacity; empty for most"
    )
    broken_links_reason: Mapped[str | None] = mapped_column(
        String(500), comment="Why DPH corrected it to days on which something does not hold; empty for most"
    )
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), unique=True)

    coordinator: Mapped[Coordinator] = relationship()
    practice: Mapped[Practice] = relationship()
    vendor: Mapped[VendorOrganization] = relationship()


class ExternalLicence(Base):
    """A licence or certificate from another body (RN, LICSW, CCM ...), with its own expiry."""

    __table_args__ = (Index("ix_external_licence_coordinator", "coordinator_id", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    kind: Mapped[str] = mapped_column(String(40), comment="For example RN, LICSW, CCM")
    number: Mapped[str] = mapped_column(String(40))
    issued_by: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(40), default="current")
    expires_on: Mapped[date | None] = mapped_column(index=True)
    verified_on: Mapped[date | None] = mapped_column(comment="The day on which it was last found so at the source")
    check_again_on: Mapped[date | None] = mapped_column(
        comment="Last day on which that check counts, by the standard in force when it was recorded"
    )
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("external_licence.id"), unique=True)


class LicenceCheck(Base):
    """One look at the source of an external licence, and what was found there; never changed."""

    __table_args__ = (Index("ix_licence_check_coordinator", "coordinator_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    licence_id: Mapped[int] = mapped_column(
        ForeignKey("external_licence.id"), index=True, comment="The licence as it was recorded when somebody looked"
    )
    source: Mapped[str] = mapped_column(String(200), comment="Where somebody looked, such as the board's web page")
    result: Mapped[CheckResult]
    checked_on: Mapped[date]
    recorded_at: Mapped[datetime]

    licence: Mapped[ExternalLicence] = relationship(lazy="joined")
