"""Vendors, practices and training programs: the registers that DPH reads."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, Table, func, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.parties import (
    Employment,
    Party,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.queries import parties
from certhub.queries.municipalities import municipality_name
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import Region, SubjectType

_party = Party.__table__.c
_practice = Practice.__table__.c


@dataclass(frozen=True, slots=True)
class Match:
    """An organization that a search found."""

    id: int
    kind: SubjectType
    name: str
    municipality: str | None


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization in a list; `identifier` is the vendor code, the NPI or the parent institution."""

    id: int
    name: str
    region: Region | None
    municipality: str | None
    identifier: str | None
    credential: parties.Held | None = None
    coordinators: int = 0
    shares_identifier: bool = False


def vendors(viewer: Viewer, *, q: str = "", region: Region | None = None, cursor: str | None = None) -> Page[Any]:
    """Vendor organizations by name, with the number of coordinators whom each employs."""
    table: Any = VendorOrganization.__table__
    found = _page(viewer, SubjectType.VENDOR, table, table.c.vendor_code, q=q, region=region, cursor=cursor)
    counts = db.session.execute(
        select(Employment.employer_id, func.count(Employment.coordinator_id.distinct()).label("people"))
        .where(
            Employment.employer_id.in_([row.id for row in found.rows]),
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= clock.today()),
        )
        .group_by(Employment.employer_id)
    )
    working = {row.employer_id: row.people for row in counts}
    return _with(found, lambda row: replace(row, coordinators=working.get(row.id, 0)))


def practices(
    viewer: Viewer, *, q: str = "", region: Region | None = None, cursor: str | None = None
) -> Page[OrganizationRow]:
    """Practices by name; an NPI that another practice has, too, is flagged."""
    table: Any = Practice.__table__
    found = _page(viewer, SubjectType.PRACTICE, table, table.c.npi, q=q, region=region, cursor=cursor)
    doubled = set(
        db.session.scalars(
            select(_practice.npi)
            .where(_practice.npi.in_([row.identifier for row in found.rows]))
            .group_by(_practice.npi)
            .having(func.count() > 1)
        )
    )
    return _with(found, lambda row: replace(row, shares_identifier=row.identifier in doubled))


def programs(
    viewer: Viewer, *, q: str = "", region: Region | None = None, cursor: str | None = None
) -> Page[OrganizationRow]:
    """Training programs by name."""
    table: Any = TrainingProgram.__table__
    return _page(
        viewer, SubjectType.TRAINING_PROGRAM, table, table.c.parent_institution, q=q, region=region, cursor=cursor
    )


def vendor_with_code(code: str) -> VendorOrganization | None:
    """The vendor organization with this vendor code."""
    return db.session.scalar(select(VendorOrganization).where(VendorOrganization.vendor_code == code))


def vendor_choices() -> list[tuple[int, str]]:
    """Every vendor organization by number and name, for forms of DPH."""
    return _choices(SubjectType.VENDOR)


def search(q: str, kinds: Collection[SubjectType]) -> list[Match]:
    """The organizations whose name holds `q`, or whose vendor code or NPI it is; the first twenty by name.

    Names of organizations are public: a vendor finds the practice here in which it places somebody.
    """
    wanted = q.strip()
    if not wanted:
        return []
    vendor, practice = VendorOrganization.__table__.c, Practice.__table__.c
    rows = db.session.execute(
        select(_party.id, _party.kind, _party.name, municipality_name(_party.municipality_id).label("municipality"))
        .outerjoin(VendorOrganization.__table__, vendor.id == _party.id)
        .outerjoin(Practice.__table__, practice.id == _party.id)
        .where(
            _party.kind.in_(kinds),
            or_(
                _party.sort_name.contains(folded(wanted), autoescape=True),
                vendor.vendor_code == wanted.upper(),
                practice.npi == wanted,
            ),
        )
        .order_by(_party.sort_name, _party.id)
        .limit(20)
    )
    return [Match(row.id, row.kind, row.name, row.municipality) for row in rows]


def chosen(party_id: int | None) -> Party:
    """The organization that was chosen from `search`, whoever asks: names are public, records are not.

    Raises `NotVisible` for a person or an unknown number.
    """
    found = db.session.scalar(select(Party).where(Party.id == (party_id or 0), Party.kind != SubjectType.COORDINATOR))
    if found is None:
        raise NotVisible(party_id)
    return found


def program_names() -> list[str]:
    """The names of the training programs, to choose from instead of typing."""
    return [name for _, name in _choices(SubjectType.TRAINING_PROGRAM)]


def _choices(kind: SubjectType) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(_party.id, _party.name).where(_party.kind == kind).order_by(_party.sort_name, _party.id)
    )
    return [(row.id, row.name) for row in rows]


def _page(
    viewer: Viewer,
    kind: SubjectType,
    table: Table,
    identifier: Any,
    *,
    q: str,
    region: Region | None,
    cursor: str | None,
) -> Page[OrganizationRow]:
    statement: Select[Any] = (
        select(_party.id, _party.name, _party.region, municipality_name(_party.municipality_id), identifier)
        .join(table, table.c.id == _party.id)
        .where(_party.kind == kind, party_visible(viewer))
    )
    if q:
        like_name = _party.sort_name.contains(folded(q), autoescape=True)
        statement = statement.where(or_(like_name, func.lower(identifier) == q.strip().lower()))
    if region is not None:
        statement = statement.where(_party.region == region)

    found = paged(statement, [Party.sort_name, Party.id], lambda row: OrganizationRow(*row[:5]), cursor=cursor)
    held = parties.credentials_of([row.id for row in found.rows])
    return _with(found, lambda row: replace(row, credential=held.get(row.id)))


def _with(page: Page[OrganizationRow], change: Callable[[OrganizationRow], OrganizationRow]) -> Page[OrganizationRow]:
    return Page([change(row) for row in page.rows], page.next, page.previous)
