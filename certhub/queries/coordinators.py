"""Coordinators: the list with each person's next deadline, those who left, and one record with its parts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.contracts import Contract
from certhub.models.parties import (
    Assignment,
    Coordinator,
    Employment,
    ExternalLicence,
    Party,
)
from certhub.queries import parties
from certhub.queries.credential_status import has_status
from certhub.queries.municipalities import municipality_name
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.assignment import Load
from certhub.rules.independence import Span
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import (
    CredentialStatus,
    Discipline,
    EmploymentKind,
    Region,
    Role,
    SubjectType,
)

_party = Party.__table__.c
_person = Coordinator.__table__.c
_absorbed = Coordinator.__table__.alias("absorbed").c
_known = Party.__table__.alias("known").c


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; the page keeps these in its address."""

    q: str = ""
    region: Region | None = None
    discipline: Discipline | None = None
    status: CredentialStatus | None = None
    without_credential: bool = False

    @property
    def any(self) -> bool:
        """Whether the list is narrowed at all."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class CoordinatorRow:
    """A coordinator in a list."""

    id: int
    name: str
    discipline: Discipline
    region: Region | None
    municipality: str | None
    employers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    credential: parties.Held | None = None


@dataclass(frozen=True, slots=True)
class FormerRow:
    """Somebody who worked for the organization: the name and the days, nothing else."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SpellRow:
    """An employment on a coordinator's record."""

    id: int
    employer_id: int
    employer: str
    employer_kind: SubjectType
    kind: EmploymentKind
    job_title: str | None
    full_time_percent: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """An assignment on a coordinator's record."""

    id: int
    practice_id: int
    practice: str
    vendor: str
    contract_id: int
    contract: str
    load: Load
    over_capacity_reason: str | None
    broken_links_reason: str | None
    starts_on: date
    ends_on: date | None


def one(viewer: Viewer, coordinator_id: int) -> Coordinator:
    """A coordinator whom the viewer may see. Raises `NotVisible`."""
    return parties.one_of(viewer, Coordinator, coordinator_id)


def page(viewer: Viewer, filters: Filters, *, cursor: str | None = None) -> Page[CoordinatorRow]:
    """The coordinators whom the viewer may see, in the order of names."""
    statement = select(
        _party.id, _party.name, _person.discipline, _party.region, municipality_name(_party.municipality_id)
    ).join(Coordinator.__table__, _person.id == _party.id)
    statement = _narrowed(_scoped(statement, viewer), filters)
    found = paged(statement, [Party.sort_name, Party.id], lambda row: CoordinatorRow(*row[:5]), cursor=cursor)
    return Page(_completed(viewer, found.rows), found.next, found.previous)


def selected(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The ids and names of the coordinators in the list, as a statement that other lists narrow further."""
    statement = select(_party.id, _party.name).join(Coordinator.__table__, _person.id == _party.id)
    return _narrowed(_scoped(statement, viewer), filters)


def employers_of(viewer: Viewer, ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Who employs each of the people today, as far as the viewer may know."""
    return _employers(viewer, ids)


def former(viewer: Viewer, *, cursor: str | None = None) -> Page[FormerRow]:
    """Who worked for the viewer's vendor and does not any more: names and dates of the own spell only."""
    if viewer.role is not Role.VENDOR_HR:
        return Page([], None, None)
    still = _working_for(viewer.party_id or 0)
    statement = (
        select(_party.name, Employment.starts_on, Employment.ends_on)
        .join(Employment, Employment.coordinator_id == _party.id)
        .where(
            Employment.employer_id == viewer.party_id,
            Employment.superseded_at.is_(None),
            Employment.ends_on < clock.today(),
            _party.id.not_in(still),
        )
    )
    return paged(
        statement, [Party.sort_name, Employment.id], lambda row: FormerRow(row[0], row[1], row[2]), cursor=cursor
    )


def employments(viewer: Viewer, person: Coordinator) -> list[SpellRow]:
    """The person's spells, latest first; an organization sees those at itself only."""
    statement = (
        select(
            Employment.id,
            Employment.employer_id,
            _party.name,
            _party.kind,
            Employment.kind,
            Employment.job_title,
            Employment.full_time_percent,
            Employment.starts_on,
            Employment.ends_on,
        )
        .join(Party.__table__, _party.id == Employment.employer_id)
        .where(Employment.coordinator_id == person.id, Employment.superseded_at.is_(None), _own_spell(viewer))
        .order_by(Employment.starts_on.desc(), Employment.id.desc())
    )
    return [SpellRow(*row) for row in db.session.execute(statement)]


def employment(viewer: Viewer, coordinator_id: int, employment_id: int) -> Employment:
    """A spell that counts now, of a person whom the viewer may see. Raises `NotVisible`."""
    person = one(viewer, coordinator_id)
    found = db.session.scalar(
        select(Employment).where(
            Employment.id == employment_id, Employment.coordinator_id == person.id, _own_spell(viewer)
        )
    )
    if found is None:
        raise NotVisible(employment_id)
    return found


def days_employed(coordinator_id: int, employer_id: int, *, but: Employment | None = None) -> list[Span]:
    """The days on which an organization employs a person, the first ones first, without those of one spell."""
    spells = db.session.scalars(
        select(Employment)
        .where(
            Employment.coordinator_id == coordinator_id,
            Employment.employer_id == employer_id,
            Employment.superseded_at.is_(None),
        )
        .order_by(Employment.starts_on, Employment.id)
    )
    return [Span(one.starts_on, one.ends_on) for one in spells if one is not but]


def assignments(viewer: Viewer, person: Coordinator) -> list[PlacementRow]:
    """The practices that the person worked and works with, latest first."""
    practice, vendor = (Party.__table__.alias(name).c for name in ("place", "employer"))
    rows = db.session.execute(
        select(Assignment, practice.name.label("practice"), vendor.name.label("vendor"), Contract.number)
        .join(practice.id.table, practice.id == Assignment.practice_id)
        .join(vendor.id.table, vendor.id == Assignment.vendor_id)
        .join(Contract, Contract.id == Assignment.contract_id)
        .where(Assignment.coordinator_id == person.id, Assignment.superseded_at.is_(None), _own_assignment(viewer))
        .order_by(Assignment.starts_on.desc(), Assignment.id.desc())
    )
    return [
        PlacementRow(
            one.id, one.practice_id, place, employer, one.contract_id, number, Load(one.places, one.share_percent),
            one.over_capacity_reason, one.broken_links_reason, one.starts_on, one.ends_on,
        )
        for one, place, employer, number in rows
    ]  # fmt: skip


def assignment(viewer: Viewer, coordinator_id: int, assignment_id: int) -> Assignment:
    """An assignment of a person whom the viewer may see. Raises `NotVisible`."""
    person = one(viewer, coordinator_id)
    found = db.session.scalar(
        select(Assignment).where(
            Assignment.id == assignment_id, Assignment.coordinator_id == person.id, _own_assignment(viewer)
        )
    )
    if found is None:
        raise NotVisible(assignment_id)
    return found


def assignments_in(spell: Employment) -> list[Assignment]:
    """The employer's assignments of the person that began in the days of a spell, in the order of their first day."""
    statement = select(Assignment).where(
        Assignment.coordinator_id == spell.coordinator_id,
        Assignment.vendor_id == spell.employer_id,
        Assignment.superseded_at.is_(None),
        Assignment.starts_on >= spell.starts_on,
    )
    if spell.ends_on is not None:
        statement = statement.where(Assignment.starts_on <= spell.ends_on)
    return list(db.session.scalars(statement.order_by(Assignment.starts_on, Assignment.id)))


def assignments_going_on_in(spell: Employment, *, on: date) -> list[Assignment]:
    """Those of them that have not ended by a day, which end with the employment."""
    return [one for one in assignments_in(spell) if one.ends_on is None or one.ends_on >= on]


def licences(person: Coordinator) -> list[ExternalLicence]:
    """The licences that count now, in the order of their kind."""
    return list(
        db.session.scalars(
            select(ExternalLicence)
            .where(ExternalLicence.coordinator_id == person.id, ExternalLicence.superseded_at.is_(None))
            .order_by(ExternalLicence.kind, ExternalLicence.id)
        )
    )


def licence(viewer: Viewer, coordinator_id: int, licence_id: int) -> ExternalLicence:
    """A licence of a person whom the viewer may see. Raises `NotVisible`."""
    person = one(viewer, coordinator_id)
    found = db.session.scalar(
        select(ExternalLicence).where(ExternalLicence.id == licence_id, ExternalLicence.coordinator_id == person.id)
    )
    if found is None:
        raise NotVisible(licence_id)
    return found


def namesakes(viewer: Viewer, name: str, *, but: int | None = None) -> list[CoordinatorRow]:
    """Coordinators whom the viewer may see and whose name reads the same."""
    statement = (
        select(_party.id, _party.name, _person.discipline, _party.region, municipality_name(_party.municipality_id))
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(_party.sort_name == folded(name), _party.id != (but or 0))
        .order_by(_party.id)
        .limit(5)
    )
    rows = [CoordinatorRow(*row) for row in db.session.execute(_scoped(statement, viewer))]
    return _completed(viewer, rows)


def with_email(viewer: Viewer, email: str) -> int | None:
    """The coordinator with this e-mail address, where the viewer may see the record.

    An address that belonged to a record which was absorbed leads to the one that absorbed it.
    """
    former = select(_absorbed.merged_into_id).where(
        _absorbed.id == _known.id, _known.email == email, _absorbed.merged_into_id.is_not(None)
    )
    statement = (
        select(_party.id)
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(or_(_party.email == email, _party.id.in_(former)))
    )
    found: int | None = db.session.scalar(_scoped(statement, viewer))
    return found


def _scoped(statement: Select[Any], viewer: Viewer) -> Select[Any]:
    """DPH reads the register by its index, a vendor the few whom it employs by the employment index."""
    statement = statement.where(_person.merged_into_id.is_(None))
    if sees_everything(viewer):
        return statement.where(_party.kind == SubjectType.COORDINATOR)
    if viewer.role is Role.VENDOR_HR:
        mine = _working_for(viewer.party_id or 0).cte("mine")
        return statement.join(mine, mine.c.coordinator_id == _person.id)
    return statement.where(_party.id == (viewer.party_id or 0))


def _working_for(vendor_id: int) -> Select[int]:
    return (
        select(Employment.coordinator_id)
        .where(
            Employment.employer_id == vendor_id,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= clock.today()),
        )
        .distinct()
    )


def _own_spell(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.role is Role.VENDOR_HR:
        return Employment.employer_id == viewer.party_id
    return Employment.id.is_not(None)


def _own_assignment(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.role is Role.VENDOR_HR:
        return Assignment.vendor_id == viewer.party_id
    return Assignment.id.is_not(None)


def _narrowed(statement: Select[Any], filters: Filters) -> Select[Any]:
    if "@" in filters.q:
        statement = statement.where(_party.email == filters.q.strip().lower())
    elif filters.q:
        statement = statement.where(_party.sort_name.contains(folded(filters.q), autoescape=True))
    if filters.region is not None:
        statement = statement.where(_party.region == filters.region)
    if filters.discipline is not None:
        statement = statement.where(_person.discipline == filters.discipline)
    if filters.without_credential:
        return statement.where(~select(Credential.id).where(Credential.party_id == _party.id).exists())
    if filters.status is None:
        return statement
    return statement.join(Credential, Credential.party_id == _person.id).where(
        has_status(Credential.__table__.c.id, filters.status, as_of=clock.today())
    )


def _completed(viewer: Viewer, rows: Sequence[CoordinatorRow]) -> list[CoordinatorRow]:
    """The rows with employers, languages and credentials, each read in one statement."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    employers = _employers(viewer, ids)
    languages = parties.languages_of(ids)
    credentials = parties.credentials_of(ids)
    return [
        replace(
            row,
            employers=tuple(employers[row.id]),
            languages=tuple(languages[row.id]),
            credential=credentials.get(row.id),
        )
        for row in rows
    ]


def _employers(viewer: Viewer, ids: Collection[int]) -> defaultdict[int, list[str]]:
    rows = db.session.execute(
        select(Employment.coordinator_id, _party.name)
        .join(Party.__table__, _party.id == Employment.employer_id)
        .where(
            Employment.coordinator_id.in_(ids),
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= clock.today()),
            _own_spell(viewer),
        )
        .order_by(Employment.starts_on, Employment.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.name not in found[row.coordinator_id]:
            found[row.coordinator_id].append(row.name)
    return found
