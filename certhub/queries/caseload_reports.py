"""Caseload reports: what a vendor owes for a month, what it typed and filed, and who is late."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from certhub.database import db
from certhub.models.caseload import CaseloadCount, CaseloadDraft, CaseloadLine, CaseloadQuestion, CaseloadReport
from certhub.models.parties import Assignment, Coordinator, Employment, Party, VendorOrganization
from certhub.queries import parties
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.assignment import Load
from certhub.rules.caseload_checks import Pair, QuestionState, Reported, works_in
from certhub.rules.caseload_report import (
    PARTS,
    Breakdown,
    Line,
    due_on,
    is_late,
    month_of,
)
from certhub.rules.independence import Span
from certhub.rules.permissions import Viewer, reports_for_the_office
from certhub.rules.terms import add_months, last_day_of_month

COLUMNS = (
    "children", "tier_1", "tier_2", "tier_3", "first_month_1", "first_month_2", "first_month_3", "admissions",
    "closures", "families", "contacted", "encounters",
)  # fmt: skip
"""The numbers that a line has columns for; the others are rows of `CaseloadCount`."""

FULL_TIME = 100
"""Percent."""

_WAITING = (QuestionState.OPEN, QuestionState.ANSWERED)
_merged: Any = Coordinator.__table__.alias("merged_record").c
_party: Any = Party.__table__.c
_coordinator: Any = Party.__table__.alias("person").c
_practice: Any = Party.__table__.alias("place").c


@dataclass(frozen=True, slots=True)
class Place:
    """A coordinator at a practice, as a line of a report names them, with the days of the assignments there."""

    assignment_id: int
    coordinator_id: int
    coordinator: str
    email: str
    practice_id: int
    practice: str
    spans: tuple[Span, ...]
    in_month: bool
    loads: tuple[Load, ...] = ()
    """What the assignments that have a day in the month plan for."""

    @property
    def pair(self) -> Pair:
        """What a line is about."""
        return (self.coordinator_id, self.practice_id)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a vendor: whether a report is owed, when it was due and filed, and how many questions wait."""

    month: date
    owed: bool
    due_on: date
    filed_on: date | None
    children: int | None
    waiting: int

    @property
    def late_by_filing(self) -> bool:
        """Whether it came in after its due day."""
        return self.filed_on is not None and is_late(self.month, self.filed_on)


@dataclass(frozen=True, slots=True)
class VendorRow:
    """A vendor in the list of one month."""

    party_id: int
    name: str
    filed_on: date | None
    due_on: date
    children: int | None
    waiting: int

    def late(self, today: date) -> bool:
        """Whether the report is overdue, or came in late."""
        return (self.filed_on or today) > self.due_on


def month(number: int) -> date:
    """The month that an address names. Raises `NotVisible` for what is none."""
    found = month_of(number)
    if found is None:
        raise NotVisible(number)
    return found


def vendor(viewer: Viewer, party_id: int) -> VendorOrganization:
    """A vendor whose reports the viewer may see. Raises `NotVisible`."""
    return parties.one_of(viewer, VendorOrganization, party_id)


def places(viewer: Viewer, vendor_id: int, month_from: date) -> list[Place]:
    """Everybody at every practice with an assignment by the vendor in the month, typed in or reported for it.

    Raises `NotVisible`. Ordered by people's names.
    """
    _require_own(viewer, vendor_id)
    told = _told_pairs(viewer, vendor_id, month_from)
    first, last = month_from, last_day_of_month(month_from)
    in_month = and_(
        Assignment.superseded_at.is_(None),
        Assignment.starts_on <= last,
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= first),
    )
    scope: ColumnElement[bool] = in_month
    if told:
        scope = or_(
            in_month, and_(Assignment.coordinator_id.in_({p[0] for p in told}),
                           Assignment.practice_id.in_({p[1] for p in told}))
        )  # fmt: skip
    found = _placed(and_(Assignment.vendor_id == vendor_id, scope), month_from)
    return [place for place in found if place.in_month or place.pair in told]


def place_of(viewer: Viewer, vendor_id: int, assignment_id: int, month_from: date) -> Place:
    """The place of one assignment of the vendor, whenever it was. Raises `NotVisible`."""
    _require_own(viewer, vendor_id)
    pair = db.session.execute(
        select(Assignment.coordinator_id, Assignment.practice_id).where(
            Assignment.id == assignment_id, Assignment.vendor_id == vendor_id
        )
    ).one_or_none()
    if pair is None:
        raise NotVisible(assignment_id)
    return _placed(
        and_(
            Assignment.vendor_id == vendor_id,
            Assignment.coordinator_id == pair.coordinator_id,
            Assignment.practice_id == pair.practice_id,
        ),
        month_from,
    )[0]


def all_places(viewer: Viewer, vendor_id: int, month_from: date) -> list[Place]:
    """Every place at which the vendor ever had somebody: whom a spreadsheet can name. Raises `NotVisible`."""
    _require_own(viewer, vendor_id)
    return _placed(Assignment.vendor_id == vendor_id, month_from)


def standing(vendor_id: int, month_from: date) -> CaseloadReport | None:
    """The report that counts now, if one was filed; whoever asks has found the vendor by `vendor`."""
    return db.session.scalar(
        select(CaseloadReport).where(
            CaseloadReport.vendor_id == vendor_id,
            CaseloadReport.month_from == month_from,
            CaseloadReport.superseded_at.is_(None),
        )
    )


def versions(vendor_id: int, month_from: date) -> list[CaseloadReport]:
    """Every report of a month, the latest first."""
    return list(
        db.session.scalars(
            select(CaseloadReport)
            .where(CaseloadReport.vendor_id == vendor_id, CaseloadReport.month_from == month_from)
            .order_by(CaseloadReport.id.desc())
        )
    )


def lines_of(report_id: int | None) -> dict[Pair, Line]:
    """The lines of a report with all their numbers; none for none."""
    if report_id is None:
        return {}
    lines = db.session.execute(
        select(
            CaseloadLine.id, person_of(CaseloadLine.coordinator_id), CaseloadLine.practice_id,
            *(getattr(CaseloadLine, name) for name in COLUMNS),
        )
        .where(CaseloadLine.report_id == report_id)
        .order_by(CaseloadLine.id)
    ).all()  # fmt: skip
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for line_id, code, number in db.session.execute(
        select(CaseloadCount.line_id, CaseloadCount.code, CaseloadCount.number)
        .join(CaseloadLine, CaseloadLine.id == CaseloadCount.line_id)
        .where(CaseloadLine.report_id == report_id)
    ):
        counts[line_id][code] = number
    return _added_up(
        ((row[1], row[2]), {**dict(zip(COLUMNS, row[3:], strict=True)), **counts[row.id]}) for row in lines
    )


def drafts_of(viewer: Viewer, vendor_id: int, month_from: date) -> dict[Pair, Line]:
    """What the viewer's side has typed and not filed: a vendor its own lines, DPH what it types from paper."""
    rows = db.session.execute(
        select(person_of(CaseloadDraft.coordinator_id), CaseloadDraft.practice_id, CaseloadDraft.numbers)
        .where(*own_drafts(viewer, vendor_id, month_from))
        .order_by(CaseloadDraft.id)
    )
    return _added_up(((row[0], row[1]), row[2]) for row in rows)


def own_drafts(viewer: Viewer, vendor_id: int, month_from: date) -> tuple[ColumnElement[bool], ...]:
    """The condition of the drafts of a vendor's month that are the viewer's side's."""
    return (
        CaseloadDraft.vendor_id == vendor_id,
        CaseloadDraft.month_from == month_from,
        CaseloadDraft.by_office.is_(reports_for_the_office(viewer)),
    )


def person_of(column: Any) -> ColumnElement[int]:
    """Whom a line is about: the record that was kept where two of one person were merged; lines never change."""
    merged = select(_merged.merged_into_id).where(_merged.id == column).scalar_subquery()
    return func.coalesce(merged, column)


def _added_up(lines: Iterable[tuple[Pair, Line]]) -> dict[Pair, Line]:
    """Lines by coordinator and practice; those of two records of one person are one line."""
    found: dict[Pair, Line] = {}
    for pair, line in lines:
        if (other := found.get(pair)) is not None:
            found[pair] = {key: other.get(key, 0) + line.get(key, 0) for key in {**other, **line}}
        else:
            found[pair] = line
    return found


def beside_the_records(vendor_id: int, month_from: date, lines: Mapping[Pair, Line], at: Iterable[Place]) -> Reported:
    """Lines with what is on file beside them, for the checks."""
    known = list(at)
    before = standing(vendor_id, add_months(month_from, -1))
    names = {place.coordinator_id: place.coordinator for place in known}
    names |= {place.practice_id: place.practice for place in known}
    return Reported(
        month=month_from,
        lines=lines,
        placed={place.pair: place.spans for place in known if place.in_month},
        loads={place.pair: place.loads for place in known if place.in_month},
        before=lines_of(before.id) if before else None,
        full_time=full_time_parts(vendor_id, month_from),
        names=names,
    )


def full_time_parts(vendor_id: int, month_from: date) -> dict[int, Fraction]:
    """The part of a full-time position of everybody whom the vendor employed in the month: the largest one."""
    rows = db.session.execute(
        select(Employment.coordinator_id, func.max(Employment.full_time_percent)).where(
            Employment.employer_id == vendor_id,
            Employment.superseded_at.is_(None),
            Employment.starts_on <= last_day_of_month(month_from),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= month_from),
        )
        .group_by(Employment.coordinator_id)
    )  # fmt: skip
    return {coordinator_id: Fraction(percent, FULL_TIME) for coordinator_id, percent in rows}


def months(viewer: Viewer, vendor_id: int, year: int, today: date) -> list[MonthRow]:
    """The months of a year that are over, the latest first. Raises `NotVisible`."""
    _require_own(viewer, vendor_id)
    first, last = date(year, 1, 1), date(year, 12, 31)
    spans = [
        Span(starts_on, ends_on)
        for starts_on, ends_on in db.session.execute(
            select(Assignment.starts_on, Assignment.ends_on)
            .where(
                Assignment.vendor_id == vendor_id,
                Assignment.superseded_at.is_(None),
                Assignment.starts_on <= last,
                or_(Assignment.ends_on.is_(None), Assignment.ends_on >= first),
            )
            .distinct()
        )
    ]
    filed = {
        row.month_from: row
        for row in db.session.execute(
            select(CaseloadReport.month_from, CaseloadReport.first_filed_on, CaseloadReport.children, _waiting())
            .where(
                CaseloadReport.vendor_id == vendor_id,
                CaseloadReport.superseded_at.is_(None),
                CaseloadReport.month_from.between(first, last),
            )
        )
    }  # fmt: skip
    every = [date(year, number, 1) for number in range(12, 0, -1)]
    return [
        MonthRow(
            one, works_in(one, spans), due_on(one), *(filed[one][1:] if one in filed else (None, None, 0))
        )
        for one in every
        if last_day_of_month(one) < today
    ]  # fmt: skip


def vendors(viewer: Viewer, month_from: date, *, cursor: str | None = None) -> Page[VendorRow]:
    """The vendors that owe a report of the month or have filed one, in the order of their names."""
    owed = (
        select(Assignment.id)
        .where(
            Assignment.vendor_id == _party.id,
            Assignment.superseded_at.is_(None),
            Assignment.starts_on <= last_day_of_month(month_from),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= month_from),
        )
        .exists()
    )
    statement = (
        select(Party.id, Party.name, CaseloadReport.first_filed_on, CaseloadReport.children, _waiting())
        .join(VendorOrganization.__table__, VendorOrganization.__table__.c.id == Party.id)
        .outerjoin(
            CaseloadReport,
            and_(
                CaseloadReport.vendor_id == Party.id,
                CaseloadReport.month_from == month_from,
                CaseloadReport.superseded_at.is_(None),
            ),
        )
        .where(or_(owed, CaseloadReport.id.is_not(None)))
    )
    if not sees_everything(viewer):
        statement = statement.where(Party.id == (viewer.party_id or 0))
    due = due_on(month_from)
    return paged(
        statement,
        [Party.sort_name, Party.id],
        lambda row: VendorRow(row[0], row[1], row[2], due, row[3], row[4] or 0),
        cursor=cursor,
    )


def totals(viewer: Viewer, month_from: date) -> dict[Breakdown, list[tuple[str, int]]]:
    """What all reports of a month that the viewer may see add up to, by breakdown and field; one statement."""
    scope = [CaseloadReport.month_from == month_from, CaseloadReport.superseded_at.is_(None)]
    if not sees_everything(viewer):
        scope.append(CaseloadReport.vendor_id == (viewer.party_id or 0))
    rows = db.session.execute(
        select(CaseloadCount.code, func.sum(CaseloadCount.number))
        .join(CaseloadLine, CaseloadLine.id == CaseloadCount.line_id)
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .where(*scope)
        .group_by(CaseloadCount.code)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {
        one: [(part.label, found.get(part.key, 0)) for part in PARTS[one]]
        for one in (Breakdown.COVERAGE, Breakdown.AGE, Breakdown.DISABILITY)
    }


def _waiting() -> ColumnElement[int]:
    return (
        select(func.count(CaseloadQuestion.id))
        .where(CaseloadQuestion.report_id == CaseloadReport.id, CaseloadQuestion.state.in_(_WAITING))
        .correlate(CaseloadReport)
        .scalar_subquery()
    )


def _told_pairs(viewer: Viewer, vendor_id: int, month_from: date) -> set[Pair]:
    reported = (
        select(person_of(CaseloadLine.coordinator_id), CaseloadLine.practice_id)
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .where(
            CaseloadReport.vendor_id == vendor_id,
            CaseloadReport.month_from == month_from,
            CaseloadReport.superseded_at.is_(None),
        )
    )
    typed = select(person_of(CaseloadDraft.coordinator_id), CaseloadDraft.practice_id).where(
        *own_drafts(viewer, vendor_id, month_from)
    )
    return {(row[0], row[1]) for row in db.session.execute(reported.union(typed))}


def _placed(scope: ColumnElement[bool], month_from: date) -> list[Place]:
    rows = db.session.execute(
        select(
            Assignment.id, Assignment.coordinator_id, _coordinator.name, _coordinator.email, Assignment.practice_id,
            _practice.name, Assignment.starts_on, Assignment.ends_on, Assignment.superseded_at, Assignment.places,
            Assignment.share_percent,
        )
        .join(_coordinator.id.table, _coordinator.id == Assignment.coordinator_id)
        .join(_practice.id.table, _practice.id == Assignment.practice_id)
        .where(scope)
        .order_by(_coordinator.sort_name, _practice.sort_name, Assignment.id)
    ).all()  # fmt: skip
    together: dict[Pair, list[Any]] = defaultdict(list)
    for row in rows:
        together[row[1], row[4]].append(row)
    found = []
    for (coordinator_id, practice_id), same in together.items():
        spans = tuple(Span(row.starts_on, row.ends_on) for row in same if row.superseded_at is None)
        _, _, coordinator, email, _, practice, *_ = same[-1]
        found.append(
            Place(
                same[-1].id, coordinator_id, coordinator, email or "", practice_id, practice, spans,
                works_in(month_from, spans),
                tuple(
                    Load(row.places, row.share_percent)
                    for row in same
                    if row.superseded_at is None and works_in(month_from, [Span(row.starts_on, row.ends_on)])
                ),
            )
        )  # fmt: skip
    return found


def _require_own(viewer: Viewer, vendor_id: int) -> None:
    if not sees_everything(viewer) and viewer.party_id != vendor_id:
        raise NotVisible(vendor_id)
