"""Parties of any kind: one record with what belongs to it, and what in it needs a second look."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, with_polymorphic

from certhub import clock
from certhub.database import db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import (
    Assignment,
    Contact,
    Coordinator,
    OwnershipGroup,
    OwnershipStake,
    Party,
    PartyLanguage,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.queries.credential_status import period_in_question, status_column
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.permissions import Viewer
from certhub.rules.status import is_authorized
from certhub.rules.vocabulary import CredentialStatus

P = TypeVar("P", Coordinator, VendorOrganization, Practice, TrainingProgram)

_WHOLE = with_polymorphic(Party, "*")
_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in a list: its number, today's status, and the last day of its term.

    `renewed_through` is the last day of the term that is granted already for later, where one is.
    """

    number: str
    status: CredentialStatus
    expires_on: date | None
    renewed_through: date | None

    @property
    def practice(self) -> bool:
        """Whether the holder may practice or work under it, also past its last day while a renewal waits."""
        return is_authorized(self.status)


@dataclass(frozen=True, slots=True)
class Placement:
    """An assignment as the vendor's and the practice's pages list it."""

    id: int
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor: str
    starts_on: date
    ends_on: date | None


def one(viewer: Viewer, party_id: int) -> Party:
    """A party of any kind that the viewer may see. Raises `NotVisible`.

    The address of a record that another one of the same person absorbed leads to that one.
    """
    found: Party | None = db.session.scalar(select(_WHOLE).where(_WHOLE.id == party_id, party_visible(viewer)))
    if found is None:
        raise NotVisible(party_id)
    into = found.merged_into_id if isinstance(found, Coordinator) else None
    return found if into is None else one(viewer, into)


def seen_of(viewer: Viewer, party_ids: Collection[int]) -> frozenset[int]:
    """Those of some parties whose record the viewer may open now: no page leads to another."""
    return frozenset(db.session.scalars(select(_party.id).where(_party.id.in_(party_ids), party_visible(viewer))))


def one_of(viewer: Viewer, kind: type[P], party_id: int) -> P:
    """A party of one kind that the viewer may see, or the record that absorbed it. Raises `NotVisible`."""
    found = db.session.scalar(select(kind).where(kind.id == party_id, party_visible(viewer)))
    if found is None:
        raise NotVisible(party_id)
    into = found.merged_into_id if isinstance(found, Coordinator) else None
    return found if into is None else one_of(viewer, kind, into)


def contact(viewer: Viewer, party_id: int, contact_id: int) -> Contact:
    """A contact of a party that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Contact).where(
            Contact.id == contact_id, Contact.party_id == party_id, party_visible(viewer, Contact.__table__.c.party_id)
        )
    )
    if found is None:
        raise NotVisible(contact_id)
    return found


def stake(viewer: Viewer, party_id: int, stake_id: int) -> OwnershipStake:
    """An organization's place in an ownership group. Raises `NotVisible`."""
    found = db.session.scalar(
        select(OwnershipStake).where(
            OwnershipStake.id == stake_id,
            OwnershipStake.party_id == party_id,
            party_visible(viewer, OwnershipStake.__table__.c.party_id),
        )
    )
    if found is None:
        raise NotVisible(stake_id)
    return found


def ownership_groups() -> list[str]:
    """The names of all ownership groups, for choosing one instead of typing it a second way."""
    return list(db.session.scalars(select(OwnershipGroup.name).order_by(OwnershipGroup.name)))


def with_same_npi(practice: Practice) -> list[tuple[int, str]]:
    """The other practices that carry the same NPI."""
    rows = db.session.execute(
        select(Practice.id, Practice.name)
        .where(Practice.npi == practice.npi, Practice.id != practice.id)
        .order_by(Practice.sort_name, Practice.id)
        .limit(20)
    )
    return [(row.id, row.name) for row in rows]


def placements_at(practice: Practice) -> list[Placement]:
    """Who works with a practice now or soon, by name."""
    return _placements(Assignment.practice_id == practice.id)


def placements_of(vendor: VendorOrganization) -> list[Placement]:
    """Where a vendor's coordinators work now or soon."""
    return _placements(Assignment.vendor_id == vendor.id)


def languages_of(party_ids: Collection[int]) -> defaultdict[int, list[str]]:
    """The language codes of each party."""
    rows = db.session.execute(
        select(PartyLanguage.party_id, PartyLanguage.code)
        .where(PartyLanguage.party_id.in_(party_ids))
        .order_by(PartyLanguage.code)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.party_id].append(row.code)
    return found


def credentials_of(party_ids: Collection[int]) -> dict[int, Held]:
    """The credential that each party holds, with today's status."""
    today = clock.today()
    later = aliased(CredentialPeriod)
    renewed_through = (
        select(func.max(later.expires_on))
        .where(later.credential_id == Credential.id, later.superseded_at.is_(None), later.starts_on > today)
        .correlate(Credential)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Credential.party_id,
            Credential.number,
            status_column(Credential.id, as_of=today),
            CredentialPeriod.expires_on,
            renewed_through,
        )
        .outerjoin(CredentialPeriod, CredentialPeriod.id == period_in_question(Credential.id, as_of=today))
        .where(Credential.party_id.in_(party_ids))
        .order_by(Credential.id)
    )
    return {row[0]: Held(*row[1:]) for row in rows}


def _placements(condition: ColumnElement[bool]) -> list[Placement]:
    person, practice, vendor = (Party.__table__.alias(name).c for name in ("person", "place", "employer"))
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.coordinator_id,
            person.name.label("coordinator"),
            Assignment.practice_id,
            practice.name.label("practice"),
            vendor.name.label("vendor"),
            Assignment.starts_on,
            Assignment.ends_on,
        )
        .join(person.id.table, person.id == Assignment.coordinator_id)
        .join(practice.id.table, practice.id == Assignment.practice_id)
        .join(vendor.id.table, vendor.id == Assignment.vendor_id)
        .where(
            condition,
            Assignment.superseded_at.is_(None),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= clock.today()),
        )
        .order_by(person.sort_name, Assignment.id)
        .limit(200)
    )
    return [Placement(*row) for row in rows]
