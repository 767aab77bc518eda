"""Chains for the tests of exposure: a vendor, its coordinator and a practice, each certified for some days."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.certification import Credential, CredentialPeriod, StatusEvent
from certhub.models.parties import Assignment, Coordinator, Employment, Party, Practice, VendorOrganization
from certhub.models.standards import StandardSet, StandardVersion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import StatusEventKind
from certhub.services import audit
from tests.factories import ARRANGING, WHEN, make_coordinator, make_practice, make_vendor, placement, saved

START, FAR = date(2025, 1, 6), date(2030, 12, 31)


@dataclass
class Placed:
    """One whole chain."""

    vendor: VendorOrganization
    person: Coordinator
    practice: Practice
    assignment: Assignment
    credentials: dict[int, Credential]

    def credential(self, party: Party) -> Credential:
        return self.credentials[party.id]

    @property
    def employment(self) -> Employment:
        return db.session.scalars(select(Employment).where(Employment.coordinator_id == self.person.id)).one()


def certified(party: Party, expires_on: date = FAR) -> Credential:
    standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == party.kind)).one()
    credential = saved(
        Credential(
            party_id=party.id, subject_type=party.kind, standard_id=standard.id, number=f"T-{party.id:06d}",
            granted_on=START, recorded_at=WHEN,
        )
    )  # fmt: skip
    termed(credential, START, expires_on)
    return credential


def termed(credential: Credential, starts_on: date, expires_on: date) -> CredentialPeriod:
    version = db.session.scalars(
        select(StandardVersion.id).where(StandardVersion.standard_id == credential.standard_id)
    ).first()
    return saved(
        CredentialPeriod(
            credential_id=credential.id, standard_version_id=version, starts_on=starts_on, expires_on=expires_on,
            grace_until=expires_on + timedelta(days=30), reinstatement_until=expires_on + timedelta(days=365),
            because="a test", recorded_at=WHEN,
        )
    )  # fmt: skip


def suspended(credential: Credential, effective_on: date, ends_on: date | None = None) -> StatusEvent:
    return saved(
        StatusEvent(
            credential_id=credential.id, kind=StatusEventKind.SUSPENDED, effective_on=effective_on, ends_on=ends_on,
            reason="A complaint about records", recorded_at=WHEN,
        )
    )  # fmt: skip


def placed(
    person: str = "Ana Ferreira", *, vendor: VendorOrganization | None = None, practice: Practice | None = None,
    credential_until: date = FAR,
) -> Placed:  # fmt: skip
    """An assignment whose whole chain holds, but for what ends on `credential_until`."""
    held: dict[int, Credential] = {}
    if vendor is None:
        vendor = make_vendor()
        held[vendor.id] = certified(vendor)
    if practice is None:
        practice = make_practice(email=f"practice{vendor.id}@example.org")
        held[practice.id] = certified(practice)
    somebody = make_coordinator(person, vendor=vendor)
    held[somebody.id] = certified(somebody, credential_until)
    return Placed(vendor, somebody, practice, assigned(somebody, practice, vendor), held)


def assigned(person: Coordinator, practice: Practice, vendor: VendorOrganization) -> Assignment:
    return saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=START, recorded_at=WHEN
        )
    )


def changed(row: Base, **values: object) -> None:
    """Change a record, as a correction of long ago did."""
    with transaction():
        for name, value in values.items():
            setattr(row, name, value)
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, row, at=WHEN)
