"""How full coordinators are, state-wide as of any day: one statement, however many there are.

What counts on a day is the latest month whose last day has come, as each vendor reported it; a vendor that is late
counts with the month before, and after three months with nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from certhub.database import db
from certhub.models.caseload import CaseloadLine, CaseloadReport
from certhub.models.parties import Assignment, Coordinator, Employment, Party, VendorOrganization
from certhub.queries.caseload_reports import FULL_TIME
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.caseload import (
    GAUGE,
    Caseload,
    Light,
    Tier,
    Utilisation,
    most_children,
    utilisation,
)
from certhub.rules.caseload_report import month_that_counts
from certhub.rules.permissions import Viewer, is_employer
from certhub.rules.terms import add_months, last_day_of_month
from certhub.rules.vocabulary import Region

MONTHS_KEPT = 3
"""A report counts until this many months have ended without another (program default)."""

_TIERS = ("tier_1", "tier_2", "tier_3", "first_month_1", "first_month_2", "first_month_3")
_person: Any = Coordinator.__table__.c
_vendor: Any = Party.__table__.alias("vendor").c


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the state is asked for."""

    region: Region | None = None
    vendor_id: int | None = None
    light: Light | None = None


@dataclass(frozen=True, slots=True)
class UseRow:
    """A coordinator with what is reported and how much of the time it takes.

    `numbers` are active children by tier and those in their first month by tier. `month` is that of the oldest report
    that counts, None where nothing is reported; then there is no light.
    """

    party_id: int
    name: str
    sort_name: str
    region: Region | None
    vendor: str
    vendors: int
    full_time_percent: int
    month: date | None
    numbers: tuple[int, ...]
    families: int
    contacted: int
    missing: int = 0
    """Vendors that place the person and have reported nothing that counts of them."""

    @property
    def children(self) -> int:
        """All active children."""
        return sum(self.numbers[:3])

    @property
    def full_time(self) -> Fraction:
        """The part of a full-time position."""
        return Fraction(self.full_time_percent, FULL_TIME)

    @property
    def caseload(self) -> Caseload:
        """The children as the capacity model counts them."""
        return Caseload(dict(zip(Tier, self.numbers[:3], strict=True)), dict(zip(Tier, self.numbers[3:], strict=True)))

    @property
    def load(self) -> int:
        """What the children take, in the whole numbers of the gauge."""
        return GAUGE.load(self.numbers)

    @property
    def hours(self) -> Fraction:
        """Hours a month that the children take."""
        return Fraction(self.load, GAUGE.unit)

    @property
    def share(self) -> Fraction | None:
        """The part of the direct time that they take; None without working time."""
        return Fraction(self.load, GAUGE.percent * self.full_time_percent) if self.full_time_percent else None

    @property
    def light(self) -> Light | None:
        """Green, amber or red; None where nothing is reported, or a part is missing and the rest is not red already."""
        if self.month is None:
            return None
        light = GAUGE.light(self.load, self.full_time_percent, self.children)
        return None if self.missing and light is not Light.RED else light

    @property
    def over_cap(self) -> bool:
        """Whether there are more children than the hard cap allows."""
        return self.month is not None and self.children > most_children(self.full_time)

    @property
    def derived(self) -> Utilisation:
        """The same with its derivation."""
        return utilisation(self.caseload, self.full_time)

    @property
    def key(self) -> tuple[str, int]:
        """What lists are ordered and paged by."""
        return (self.sort_name, self.party_id)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region: how many coordinators are at each light, and how much of all their time is taken."""

    region: Region | None
    lights: dict[Light | None, int]
    children: int
    hours: Fraction
    available: Fraction

    @property
    def coordinators(self) -> int:
        """All of them."""
        return sum(self.lights.values())

    @property
    def share(self) -> Fraction | None:
        """The part of the time of those with a report that is taken."""
        return self.hours / self.available if self.available else None


def state(viewer: Viewer, as_of: date, filters: Filters | None = None) -> list[UseRow]:
    """Every coordinator whom the viewer may see and a vendor employs on the day; one statement."""
    asked = filters or Filters()
    statement = _loads(_scope(viewer), as_of)
    if asked.region:
        statement = statement.where(Party.region == asked.region)
    if asked.vendor_id:
        statement = statement.where(Employment.employer_id == asked.vendor_id)
    rows = [_row(row) for row in db.session.execute(statement)]
    return [row for row in rows if asked.light is None or row.light is asked.light]


def of_coordinator(viewer: Viewer, party_id: int, as_of: date) -> UseRow | None:
    """One coordinator; None while no vendor employs them. Raises `NotVisible`."""
    if db.session.scalar(select(Coordinator.id).where(Coordinator.id == party_id, party_visible(viewer))) is None:
        raise NotVisible(party_id)
    found = db.session.execute(_loads(_scope(viewer), as_of).where(Employment.coordinator_id == party_id)).one_or_none()
    return _row(found) if found else None


def figures(scope: ColumnElement[bool], as_of: date) -> dict[int, dict[str, Decimal]]:
    """What standards ask of caseloads (CC-11, CC-11B, CC-12), for the coordinators whose employments `scope` admits.

    Whoever has no working time or no family, or is not reported by every vendor that places them, has no such figure:
    a part of the children says nothing about all of them. Rounded away from what is asked,
    so that a figure that is over a limit by the smallest part stays over it.
    """
    found: dict[int, dict[str, Decimal]] = {}
    for row in map(_row, db.session.execute(_loads(scope, as_of))):
        told = found.setdefault(row.party_id, {})
        if row.month is None or row.missing:
            continue
        if row.share is not None:
            told["caseload_utilisation"] = _rounded(row.share, 4, ROUND_CEILING)
            told["children_per_fte"] = _rounded(row.children / row.full_time, 2, ROUND_CEILING)
        if row.families:
            reached = Fraction(100 * row.contacted, row.families)
            told["families_contacted_90_days_percent"] = _rounded(reached, 1, ROUND_FLOOR)
    return found


def _rounded(number: Fraction, places: int, way: str) -> Decimal:
    scaled = number * 10**places
    whole = math.ceil(scaled) if way == ROUND_CEILING else math.floor(scaled)
    return Decimal(whole).scaleb(-places)


def by_region(rows: Iterable[UseRow]) -> list[RegionRow]:
    """The rows added up by region, in the order of the regions; those without one come last."""
    together: dict[Region | None, list[UseRow]] = defaultdict(list)
    for row in rows:
        together[row.region].append(row)
    return [_added(region, together[region]) for region in (*Region, None) if together[region]]


def history(viewer: Viewer, party_id: int, as_of: date, *, months: int = 12) -> list[tuple[date, int]]:
    """The active children of a coordinator month by month, the oldest first, as far as the viewer may see."""
    last = month_that_counts(as_of)
    statement = (
        select(CaseloadReport.month_from, func.sum(CaseloadLine.children))
        .join(CaseloadLine, CaseloadLine.report_id == CaseloadReport.id)
        .join(_person.id.table, _person.id == CaseloadLine.coordinator_id)
        .where(
            func.coalesce(_person.merged_into_id, _person.id) == party_id,
            CaseloadReport.superseded_at.is_(None),
            CaseloadReport.month_from.between(add_months(last, 1 - months), last),
            party_visible(viewer, func.coalesce(_person.merged_into_id, _person.id)),
        )
        .group_by(CaseloadReport.month_from)
        .order_by(CaseloadReport.month_from)
    )
    if is_employer(viewer):
        statement = statement.where(CaseloadReport.vendor_id == viewer.party_id)
    return [(month, children) for month, children in db.session.execute(statement)]


def _added(region: Region | None, rows: list[UseRow]) -> RegionRow:
    lights: dict[Light | None, int] = {**dict.fromkeys((*Light, None), 0), **Counter(row.light for row in rows)}
    told = [row for row in rows if row.month is not None]
    return RegionRow(
        region,
        lights,
        sum(row.children for row in told),
        Fraction(sum(row.load for row in told), GAUGE.unit),
        Fraction(sum(row.full_time_percent for row in told) * GAUGE.percent, GAUGE.unit),
    )


def _row(row: Any) -> UseRow:
    party_id, name, sort_name, region, vendor, vendors, percent, month, *numbers, families, contacted, missing = row
    return UseRow(
        party_id, name, sort_name, region, vendor, vendors, int(percent), month, tuple(map(_whole, numbers)),
        _whole(families), _whole(contacted), _whole(missing),
    )  # fmt: skip


def _whole(number: Any) -> int:
    """A sum as Python counts: PostgreSQL gives a decimal, and nothing where there is no row."""
    return int(number or 0)


def _loads(scope: ColumnElement[bool], as_of: date) -> Select[*tuple[Any, ...]]:
    """For each coordinator the working time at all vendors, and the sums of what these reported."""
    reported = _reported(as_of).subquery("reported")
    latest = latest_months(as_of).subquery("latest")
    unreported = and_(reported.c.person_id.is_(None), _placed_by(as_of))
    return (
        select(
            Party.id, Party.name, Party.sort_name, Party.region, func.min(_vendor.name),
            func.count(_vendor.id.distinct()), func.sum(Employment.full_time_percent), func.min(reported.c.month_from),
            *(func.sum(reported.c[name]) for name in _TIERS),
            func.sum(reported.c.families), func.sum(reported.c.contacted),
            func.sum(case((unreported, 1), else_=0)),
        )
        .select_from(Employment)
        .join(Party, Party.id == Employment.coordinator_id)
        .join(VendorOrganization.__table__, VendorOrganization.__table__.c.id == Employment.employer_id)
        .join(_vendor.id.table, _vendor.id == Employment.employer_id)
        .outerjoin(latest, latest.c.vendor_id == Employment.employer_id)
        .outerjoin(
            reported,
            and_(
                reported.c.vendor_id == Employment.employer_id,
                reported.c.person_id == Employment.coordinator_id,
                reported.c.month_from == latest.c.month_from,
            ),
        )
        .where(
            Employment.superseded_at.is_(None),
            Employment.starts_on <= as_of,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= as_of),
            scope,
        )
        .group_by(Party.id, Party.name, Party.sort_name, Party.region)
    )  # fmt: skip


def _placed_by(as_of: date) -> ColumnElement[bool]:
    """Whether the employer has the person in a practice since the end of the month that counts: it owes a line."""
    told_by = last_day_of_month(month_that_counts(as_of))
    return exists(
        select(Assignment.id)
        .where(
            Assignment.coordinator_id == Employment.coordinator_id,
            Assignment.vendor_id == Employment.employer_id,
            Assignment.superseded_at.is_(None),
            Assignment.starts_on <= told_by,
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= as_of),
        )
        .correlate(Employment)
    )


def _reported(as_of: date) -> Select[*tuple[Any, ...]]:
    """What is reported of each person by each vendor in the months that can count; merged records count as one."""
    person = func.coalesce(_person.merged_into_id, _person.id)
    return (
        select(
            CaseloadReport.vendor_id, CaseloadReport.month_from, person.label("person_id"),
            *(func.sum(getattr(CaseloadLine, name)).label(name) for name in (*_TIERS, "families", "contacted")),
        )
        .join(CaseloadLine, CaseloadLine.report_id == CaseloadReport.id)
        .join(_person.id.table, _person.id == CaseloadLine.coordinator_id)
        .where(*_standing(as_of))
        .group_by(CaseloadReport.vendor_id, CaseloadReport.month_from, person)
    )  # fmt: skip


def latest_months(as_of: date) -> Select[*tuple[Any, ...]]:
    """The latest month of each vendor that counts on the day."""
    return (
        select(CaseloadReport.vendor_id, func.max(CaseloadReport.month_from).label("month_from"))
        .where(*_standing(as_of))
        .group_by(CaseloadReport.vendor_id)
    )


def _standing(as_of: date) -> tuple[ColumnElement[bool], ...]:
    last = month_that_counts(as_of)
    return (
        CaseloadReport.superseded_at.is_(None),
        CaseloadReport.month_from.between(add_months(last, 1 - MONTHS_KEPT), last),
    )


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    """A vendor sees the part that its own people work for it; everybody else as records are seen."""
    if is_employer(viewer):
        return Employment.employer_id == (viewer.party_id or 0)
    return party_visible(viewer, Employment.__table__.c.coordinator_id)
