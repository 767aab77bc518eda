"""What the independence rule needs to know, read from the records in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, union
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.parties import Assignment, Employment, OwnershipGroup, OwnershipStake, Party, Practice
from certhub.queries.visibility import sees_everything
from certhub.rules.independence import (
    Arrangement,
    Conflict,
    EmploymentSpell,
    GroupMembership,
    Organization,
    Span,
    independence_of,
)
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import SubjectType

MOST_TOLD = 5
"""How many breaches a page about something else tells: one owner of many practices can make hundreds."""

_ALWAYS = Span(date.min)


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of independence with the assignment that it is in, so that a page can lead to it."""

    assignment_id: int
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor_id: int
    conflict: Conflict


PARTY_OF_ASSIGNMENT = {
    SubjectType.COORDINATOR: Assignment.coordinator_id,
    SubjectType.PRACTICE: Assignment.practice_id,
    SubjectType.VENDOR: Assignment.vendor_id,
}


def conflicts(party: Party, day: date) -> list[Conflict]:
    """Each breach of independence that stands on `day` or later in the party's assignments.

    A coordinator's, a practice's or a vendor's assignments; a training program has none.
    """
    return _conflicts(breaches_of(party, day))


def breaches_of(party: Party, day: date) -> list[Breach]:
    """The same with the assignment of each."""
    column = PARTY_OF_ASSIGNMENT.get(party.kind)
    return [] if column is None else breaches(column == party.id, from_on=day)


def conflicts_where(
    condition: ColumnElement[bool], *, from_on: date, instead: Mapping[int, Span] | None = None
) -> list[Conflict]:
    """Each breach in the assignments under `condition`, in the order of their first day."""
    return _conflicts(breaches(condition, from_on=from_on, instead=instead))


def breaches(
    condition: ColumnElement[bool], *, from_on: date, instead: Mapping[int, Span] | None = None
) -> list[Breach]:
    """Each breach that stands on `from_on` or later, with its assignment, in the order of their first day.

    An assignment is judged on all its days: when a conflict began is not the day on which somebody looks. `instead` are
    other days of employments, by their numbers, for whoever asks what a correction would do.
    """
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.coordinator_id,
            Assignment.practice_id,
            Assignment.vendor_id,
            Assignment.starts_on,
            Assignment.ends_on,
        )
        .where(
            condition,
            Assignment.superseded_at.is_(None),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= from_on),
        )
        .order_by(Assignment.id)
    ).all()
    if not rows:
        return []
    facts = _Facts(
        {row.coordinator_id for row in rows},
        {row.practice_id for row in rows},
        {row.vendor_id for row in rows},
        instead or {},
    )
    found = [
        Breach(
            row.id, row.coordinator_id, each.coordinator, row.practice_id, each.practice.name, row.vendor_id, conflict
        )
        for row in rows
        for each in [
            facts.arrangement(row.coordinator_id, row.practice_id, row.vendor_id, Span(row.starts_on, row.ends_on))
        ]
        for conflict in independence_of(each).conflicts
        if conflict.stands_from(from_on)
    ]
    return sorted(found, key=lambda one: (one.conflict.from_on, one.conflict.rule, one.conflict.sentence))


def standing(viewer: Viewer, *, on: date) -> list[Breach]:
    """Every breach that stands on a day or later, for those who see all records; there should be none.

    Few assignments can break the rule at all, and only these are judged.
    """
    return breaches(Assignment.id.in_(_suspects()), from_on=on) if sees_everything(viewer) else []


def _suspects() -> CompoundSelect[Any]:
    """The assignments with a reason to look: who employs, who owns, who pays."""
    place, other = aliased(OwnershipStake), aliased(OwnershipStake)
    related = (
        select(Assignment.id)
        .join(place, place.party_id == Assignment.practice_id)
        .join(other, other.group_id == place.group_id)
        .where(other.party_id != place.party_id)
    )
    return union(
        select(Assignment.id).join(Practice, Practice.id == Assignment.practice_id).where(
            Practice.pays_coordinator_wages.is_(True)
        ),
        select(Assignment.id).join(
            Employment,
            and_(
                Employment.coordinator_id == Assignment.coordinator_id,
                Employment.employer_id == Assignment.practice_id,
                Employment.superseded_at.is_(None),
            ),
        ),
        select(Assignment.id).where(Assignment.vendor_id == Assignment.practice_id),
        related.where(other.party_id == Assignment.vendor_id),
        related.join(
            Employment,
            and_(
                Employment.coordinator_id == Assignment.coordinator_id,
                Employment.employer_id == other.party_id,
                Employment.superseded_at.is_(None),
            ),
        ),
    )  # fmt: skip


def _conflicts(found: list[Breach]) -> list[Conflict]:
    return list(dict.fromkeys(breach.conflict for breach in found))


def arrangement(coordinator_id: int, practice_id: int, vendor_id: int, span: Span) -> Arrangement:
    """An assignment that is asked for, as the rule sees it."""
    return _Facts({coordinator_id}, {practice_id}, {vendor_id}).arrangement(
        coordinator_id, practice_id, vendor_id, span
    )


def kept_apart(
    vendor_of: Mapping[int, int], practice_ids: Collection[int], span: Span
) -> dict[tuple[int, int], Conflict]:
    """The first conflict of each coordinator and practice that could not work together in `span`.

    `vendor_of` tells for each coordinator the vendor that would place the person. Few practices are owned along with
    others, pay wages or employ somebody, and only with these is everybody judged.
    """
    facts = _Facts(vendor_of, practice_ids, set(vendor_of.values()))
    employers = {spell.employer.id for spells in facts.employments.values() for spell in spells}
    tied = sorted(
        number
        for number in practice_ids
        if number in facts.paying or number in employers or facts.organizations[number].memberships
    )
    found = {}
    for coordinator_id, vendor_id in vendor_of.items():
        for practice_id in tied:
            conflicts = independence_of(facts.arrangement(coordinator_id, practice_id, vendor_id, span)).conflicts
            if conflicts:
                found[coordinator_id, practice_id] = conflicts[0]
    return found


def organization(party_id: int) -> Organization:
    """One organization with its places in ownership groups."""
    return _Facts((), (), {party_id}).organizations[party_id]


class _Facts:
    """The employments, ownership and wages around some assignments."""

    def __init__(
        self,
        coordinator_ids: Collection[int],
        practice_ids: Collection[int],
        vendor_ids: Collection[int],
        instead: Mapping[int, Span] = MappingProxyType({}),
    ) -> None:
        spells = db.session.execute(
            select(
                Employment.id,
                Employment.coordinator_id,
                Employment.employer_id,
                Employment.kind,
                Employment.starts_on,
                Employment.ends_on,
            )
            .where(Employment.coordinator_id.in_(coordinator_ids), Employment.superseded_at.is_(None))
            .order_by(Employment.starts_on, Employment.id)
        ).all()
        self.names, self.paying, self.organizations = _organizations(
            {*coordinator_ids, *practice_ids, *vendor_ids, *(spell.employer_id for spell in spells)}
        )
        self.employments: defaultdict[int, list[EmploymentSpell]] = defaultdict(list)
        for spell in spells:
            days = instead.get(spell.id) or Span(spell.starts_on, spell.ends_on)
            self.employments[spell.coordinator_id].append(
                EmploymentSpell(self.organizations[spell.employer_id], days, spell.kind)
            )

    def arrangement(self, coordinator_id: int, practice_id: int, vendor_id: int, span: Span) -> Arrangement:
        return Arrangement(
            coordinator=self.names[coordinator_id],
            practice=self.organizations[practice_id],
            vendor=self.organizations[vendor_id],
            span=span,
            employments=tuple(self.employments[coordinator_id]),
            wages_paid_by_practice=(_ALWAYS,) if practice_id in self.paying else (),
        )


def _organizations(party_ids: Collection[int]) -> tuple[dict[int, str], frozenset[int], dict[int, Organization]]:
    """The names, which of them are practices that pay coordinators' wages, and each with its places in groups."""
    party, practice = Party.__table__, Practice.__table__
    rows = db.session.execute(
        select(party.c.id, party.c.name, practice.c.pays_coordinator_wages)
        .outerjoin(practice, practice.c.id == party.c.id)
        .where(party.c.id.in_(party_ids))
    ).all()
    names = {row.id: row.name for row in rows}
    paying = frozenset(row.id for row in rows if row.pays_coordinator_wages)
    memberships: defaultdict[int, list[GroupMembership]] = defaultdict(list)
    stakes = db.session.execute(
        select(
            OwnershipStake.party_id,
            OwnershipStake.group_id,
            OwnershipStake.percent,
            OwnershipStake.starts_on,
            OwnershipStake.ends_on,
            OwnershipGroup.name,
        )
        .join(OwnershipGroup, OwnershipGroup.id == OwnershipStake.group_id)
        .where(OwnershipStake.party_id.in_(party_ids))
        .order_by(OwnershipStake.id)
    )
    for stake in stakes:
        memberships[stake.party_id].append(
            GroupMembership(stake.group_id, stake.name, Span(stake.starts_on, stake.ends_on), Decimal(stake.percent))
        )
    organizations = {key: Organization(key, name, memberships=tuple(memberships[key])) for key, name in names.items()}
    return names, paying, organizations
