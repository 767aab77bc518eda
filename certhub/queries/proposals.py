"""Proposals: which there are, their lines with what was decided, what stays unmet, and what practices need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from certhub.database import db, stream
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.parties import Party, Practice
from certhub.models.proposals import PracticeNeed, Proposal, ProposalLeftOut, ProposalLine, ProposalUnmet
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.permissions import Viewer, may_place
from certhub.rules.proposals import DECISION_LABELS, LineDecision
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region

_party = Party.__table__
_NEED_KEYS: tuple[InstrumentedAttribute[Any], ...] = (Party.sort_name, Party.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of a proposal's lines is asked for."""

    region: Region | None = None
    decision: LineDecision | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a proposal in a list."""

    id: int
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor: str
    region: Region
    starts_on: date
    ends_on: date
    share_percent: int
    miles: int | None
    points: int
    why: str
    next_best: str
    next_best_points: int | None
    decision: LineDecision
    reason: str
    problem: str


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """A practice whose need stays unmet, or is met in part."""

    practice: str
    region: Region
    need: int
    unmet: int
    languages: dict[str, int]


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A practice with what it needs; nothing where nobody has said it yet."""

    party_id: int
    name: str
    region: Region | None
    tier_1: int | None
    tier_2: int | None
    tier_3: int | None
    languages: dict[str, int] | None
    reported_month_from: date | None


_COLUMNS = {
    "coordinator": "Coordinator",
    "practice": "Practice",
    "vendor": "Vendor",
    "region": "Region",
    "starts_on": "First day",
    "ends_on": "Last day",
    "share_percent": "Percent of a full-time week",
    "miles": "Miles",
    "points": "Points",
    "why": "Why",
    "next_best": "Next best",
    "next_best_points": "Points by which the next best is worse",
    "decision": "Decision",
    "reason": "Why it was declined",
    "problem": "Why it could not be accepted",
}
HEADING = tuple(_COLUMNS.values())
"""The columns of the exported lines."""


def cells(row: LineRow) -> tuple[object, ...]:
    """A line's values in the order of `HEADING`."""
    words = {"region": REGION_LABELS[row.region], "decision": DECISION_LABELS[row.decision]}
    return tuple(words.get(name, getattr(row, name)) for name in _COLUMNS)


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[Proposal]:
    """The proposals that the viewer may read, the latest first."""
    statement = select(Proposal).options(joinedload(Proposal.asked_by), joinedload(Proposal.vendor))
    return paged(
        statement.where(_visible_to(viewer)), (Proposal.id,), lambda row: row[0], cursor=cursor, newest_first=True
    )


def one(viewer: Viewer, proposal_id: int) -> Proposal:
    """A proposal that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Proposal)
        .options(joinedload(Proposal.asked_by), joinedload(Proposal.vendor))
        .where(Proposal.id == proposal_id, _visible_to(viewer))
    )
    if found is None:
        raise NotVisible(proposal_id)
    return found


def line(viewer: Viewer, line_id: int) -> ProposalLine:
    """A line of a proposal that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        select(ProposalLine)
        .join(Proposal, Proposal.id == ProposalLine.proposal_id)
        .where(ProposalLine.id == line_id, _visible_to(viewer))
    )
    if found is None:
        raise NotVisible(line_id)
    return found


def lines(proposal: Proposal, filters: Filters, *, cursor: str | None = None) -> Page[LineRow]:
    """Some lines of a proposal, by region and then in the order of the plan."""
    statement = _lines(filters).where(ProposalLine.proposal_id == proposal.id)
    return paged(statement, (ProposalLine.region, ProposalLine.id), _line_row, cursor=cursor)


def whole(proposal_id: int, filters: Filters) -> Any:
    """All lines of a proposal, read piece by piece."""
    statement = _lines(filters).where(ProposalLine.proposal_id == proposal_id)
    for row in stream(statement.order_by(ProposalLine.region, ProposalLine.id)):
        yield _line_row(row)


def chosen(proposal: Proposal, line_ids: Sequence[int]) -> list[ProposalLine]:
    """Some lines of a proposal by their numbers, in the order of the plan; numbers of others are passed over."""
    return list(
        db.session.scalars(
            select(ProposalLine)
            .where(ProposalLine.proposal_id == proposal.id, ProposalLine.id.in_(line_ids))
            .order_by(ProposalLine.id)
        )
    )


def counts(proposal: Proposal) -> dict[Region, dict[LineDecision, int]]:
    """How many lines are open, accepted and declined, by region."""
    rows = db.session.execute(
        select(ProposalLine.region, ProposalLine.decision, func.count())
        .where(ProposalLine.proposal_id == proposal.id)
        .group_by(ProposalLine.region, ProposalLine.decision)
    )
    found: dict[Region, dict[LineDecision, int]] = {}
    for region, decision, number in rows:
        found.setdefault(region, {})[decision] = number
    return found


def unmet(proposal: Proposal, region: Region | None, *, cursor: str | None = None) -> Page[UnmetRow]:
    """The practices whose need stays unmet, by region and in the order of their records."""
    statement: Any = (
        select(_party.c.name, ProposalUnmet.need, ProposalUnmet.unmet, ProposalUnmet.languages)
        .join(_party, _party.c.id == ProposalUnmet.practice_id)
        .where(ProposalUnmet.proposal_id == proposal.id, ProposalUnmet.region == region if region else true())
    )
    keys = (ProposalUnmet.region, ProposalUnmet.practice_id)
    return paged(
        statement, keys, lambda row: UnmetRow(row[0], row.region, row.need, row.unmet, row.languages), cursor=cursor
    )


def left_out(proposal: Proposal, *, cursor: str | None = None) -> Page[Row[Any]]:
    """Who could not be taken into account, and why; each row has name, region and because."""
    statement: Any = (
        select(_party.c.name, _party.c.kind, _party.c.region, ProposalLeftOut.because)
        .join(_party, _party.c.id == ProposalLeftOut.party_id)
        .where(ProposalLeftOut.proposal_id == proposal.id)
    )
    return paged(statement, (ProposalLeftOut.party_id,), lambda row: row, cursor=cursor)


def needs(region: Region | None, *, cursor: str | None = None) -> Page[NeedRow]:
    """All practices with what each needs, in the order of their names; for those who place coordinators."""
    statement: Any = (
        select(
            _party.c.name, _party.c.region, PracticeNeed.tier_1, PracticeNeed.tier_2, PracticeNeed.tier_3,
            PracticeNeed.languages, PracticeNeed.reported_month_from,
        )
        .select_from(Party)
        .join(Practice.__table__, Practice.__table__.c.id == Party.id)
        .outerjoin(PracticeNeed, (PracticeNeed.practice_id == Party.id) & PracticeNeed.superseded_at.is_(None))
        .where(_party.c.region == region if region else true())
    )  # fmt: skip
    return paged(
        statement,
        _NEED_KEYS,
        lambda row: NeedRow(
            row[-1], row.name, row.region, row.tier_1, row.tier_2, row.tier_3, row.languages, row.reported_month_from
        ),
        cursor=cursor,
    )


@dataclass(frozen=True, slots=True)
class DeclinedRow:
    """A coordinator and a practice that plans keep apart because somebody declined it."""

    line_id: int
    coordinator: str
    practice: str
    vendor: str
    reason: str
    decided_at: datetime
    decided_by: User


def declined(viewer: Viewer, *, cursor: str | None = None) -> Page[DeclinedRow]:
    """Whom plans keep apart because a line was declined and nobody has lifted it, the latest first."""
    practice, vendor = aliased(_party), aliased(_party)
    statement: Any = (
        select(
            _party.c.name, practice.c.name, vendor.c.name, ProposalLine.reason, ProposalLine.decided_at, User,
        )
        .select_from(ProposalLine)
        .join(Proposal, Proposal.id == ProposalLine.proposal_id)
        .join(_party, _party.c.id == ProposalLine.coordinator_id)
        .join(practice, practice.c.id == ProposalLine.practice_id)
        .join(Contract, Contract.id == ProposalLine.contract_id)
        .join(vendor, vendor.c.id == Contract.vendor_id)
        .join(User, User.id == ProposalLine.decided_by_id)
        .where(
            ProposalLine.decision == LineDecision.DECLINED, ProposalLine.lifted_at.is_(None), _visible_to(viewer)
        )
    )  # fmt: skip
    return paged(
        statement,
        (ProposalLine.id,),
        lambda row: DeclinedRow(row[-1], *tuple(row)[:6]),
        cursor=cursor,
        newest_first=True,
    )


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """DPH reads every proposal, a vendor those that it made of its own people."""
    return true() if sees_everything(viewer) else Proposal.vendor_id == (viewer.party_id or 0)


def may_decide(viewer: Viewer, proposal: Proposal, today: date) -> bool:
    """Whether the viewer can still accept or decline lines."""
    ready = proposal.finished_at is not None and not proposal.error and proposal.accept_asked_at is None
    return ready and may_place(viewer) and proposal.starts_on >= today


def _lines(filters: Filters) -> Select[*tuple[Any, ...]]:
    practice, vendor = aliased(_party), aliased(_party)
    conditions: list[ColumnElement[bool]] = []
    if filters.region is not None:
        conditions.append(ProposalLine.region == filters.region)
    if filters.decision is not None:
        conditions.append(ProposalLine.decision == filters.decision)
    return (
        select(
            ProposalLine.id.label("number"), ProposalLine.coordinator_id, _party.c.name.label("coordinator"),
            ProposalLine.practice_id, practice.c.name.label("practice"), vendor.c.name.label("vendor"),
            ProposalLine.region.label("of_region"), ProposalLine.starts_on, ProposalLine.ends_on,
            ProposalLine.share_percent, ProposalLine.miles, ProposalLine.points,
            ProposalLine.why, ProposalLine.next_best, ProposalLine.next_best_points, ProposalLine.decision,
            ProposalLine.reason, ProposalLine.problem,
        )
        .join(_party, _party.c.id == ProposalLine.coordinator_id)
        .join(practice, practice.c.id == ProposalLine.practice_id)
        .join(Contract, Contract.id == ProposalLine.contract_id)
        .join(vendor, vendor.c.id == Contract.vendor_id)
        .where(*conditions)
    )  # fmt: skip


def _line_row(row: Row[Any]) -> LineRow:
    told: tuple[Any, ...] = tuple(row)[:18]
    return LineRow(*told)
