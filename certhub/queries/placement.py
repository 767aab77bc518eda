"""The problem of a proposal, gathered from the records in a constant number of statements: who has room, who needs."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from certhub.database import canonical, db
from certhub.models.certification import Credential
from certhub.models.contracts import Contract, ContractPeriod
from certhub.models.parties import Assignment, Coordinator, Employment, Municipality, Party, VendorOrganization
from certhub.models.proposals import PracticeNeed
from certhub.queries import credential_status, independence, parties
from certhub.rules.assignment import Load
from certhub.rules.caseload import MODEL, Caseload, Tier
from certhub.rules.exposure import Chain, Link, breaks_of
from certhub.rules.independence import Span
from certhub.rules.placement.problem import Candidate, Demand, Excluded, Limits, Place, Problem
from certhub.rules.placement.shortfall import share_of_hours
from certhub.rules.status import History
from certhub.rules.terms import written
from certhub.rules.vocabulary import Region, SubjectType

_party, _town = Party.__table__, Municipality.__table__
_OF_COORDINATOR = (Link.VENDOR_CERTIFICATION, Link.CONTRACT, Link.EMPLOYMENT, Link.CREDENTIAL)
_NO_TOWN = "The record has no municipality, so distances are not known. Add it to the record."


@dataclass(frozen=True, slots=True)
class Gathered:
    """A problem with what is needed to keep its plan: the contract of each candidate, and who is left out."""

    problem: Problem
    contracts: Mapping[int, int]
    left_out: tuple[Excluded, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that the plan follows from; the same records give the same one."""
        problem = self.problem
        told = {
            "candidates": [
                [one.id, one.vendor_id, one.room, one.place.municipality, sorted(one.languages),
                 sorted(one.practices_today)]
                for one in sorted(problem.candidates, key=lambda each: each.id)
            ],
            "demands": [
                [one.id, one.share, one.place.municipality, dict(one.languages)]
                for one in sorted(problem.demands, key=lambda each: each.id)
            ],
            "apart": sorted(problem.apart),
            "contracts": dict(sorted(self.contracts.items())),
        }  # fmt: skip
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def gathered(regions: Collection[Region], days: Span, *, vendor_id: int | None, most_miles: int, on: date) -> Gathered:
    """Who has room in some days, and which practices of some regions have a need that nobody meets; as known now.

    Assignments that run through all the days meet a need; those that touch the days take a coordinator's time. `on` is
    today, whose assignments count for continuity.
    """
    needs = _needs(regions)
    people = _people(days, vendor_id)
    histories = _histories()
    work = _assignments(days, on)
    candidates, contracts, without = _candidates(people, histories, work, days, on)
    demands, uncommitted = _demands(needs, histories, work, days)
    vendor_of = {one.id: one.vendor_id for one in candidates}
    apart = {
        pair: conflict.sentence
        for pair, conflict in independence.kept_apart(vendor_of, {one.id for one in demands}, days).items()
    }
    for row in work:
        if _touches(row, days):
            apart.setdefault((row.coordinator_id, row.practice_id), "They work together on some of these days already.")
    problem = Problem(tuple(candidates), tuple(demands), apart, limits=Limits(miles=most_miles))
    return Gathered(problem, contracts, (*without, *uncommitted))


def need_left(practice_id: int, days: Span) -> int:
    """The percent of a full-time position that a practice needs and nobody meets on all of some days, as known now."""
    need = db.session.scalar(
        select(PracticeNeed).where(PracticeNeed.practice_id == practice_id, PracticeNeed.superseded_at.is_(None))
    )
    if need is None:
        return 0
    rows = db.session.execute(_work(_overlapping(days)).where(Assignment.practice_id == practice_id)).all()
    return _share_of(need.tier_1, need.tier_2, need.tier_3) - sum(
        _share(row) for row in rows if _runs_through(row, days)
    )


def _needs(regions: Collection[Region]) -> list[Row[Any]]:
    """The practices of some regions with what they need, and where they are."""
    return list(
        db.session.execute(
            select(
                PracticeNeed.practice_id, _party.c.name, PracticeNeed.tier_1, PracticeNeed.tier_2, PracticeNeed.tier_3,
                PracticeNeed.languages, _party.c.region, _town.c.name.label("town"), _town.c.latitude,
                _town.c.longitude,
            )
            .join(_party, _party.c.id == PracticeNeed.practice_id)
            .outerjoin(_town, _town.c.id == _party.c.municipality_id)
            .where(PracticeNeed.superseded_at.is_(None), _party.c.region.in_(sorted(regions)))
            .order_by(PracticeNeed.practice_id)
        )
    )  # fmt: skip


def _people(days: Span, vendor_id: int | None) -> list[Row[Any]]:
    """Who is employed by a vendor on the first of the days; a merged record stands for none."""
    vendor = _party.alias("vendor_party")
    statement = (
        select(
            Employment.coordinator_id, _party.c.name, Employment.employer_id, vendor.c.name.label("vendor"),
            func.sum(Employment.full_time_percent).label("full_time_percent"), _party.c.region,
            _town.c.name.label("town"), _town.c.latitude, _town.c.longitude,
        )
        .join(Coordinator.__table__, Coordinator.__table__.c.id == Employment.coordinator_id)
        .join(_party, _party.c.id == Employment.coordinator_id)
        .join(VendorOrganization.__table__, VendorOrganization.__table__.c.id == Employment.employer_id)
        .join(vendor, vendor.c.id == Employment.employer_id)
        .outerjoin(_town, _town.c.id == _party.c.municipality_id)
        .where(
            Employment.superseded_at.is_(None),
            Coordinator.__table__.c.merged_into_id.is_(None),
            Employment.starts_on <= days.from_on,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= days.from_on),
        )
        .group_by(
            Employment.coordinator_id, _party.c.name, Employment.employer_id, vendor.c.name, _party.c.region,
            _town.c.name, _town.c.latitude, _town.c.longitude,
        )
        .order_by(Employment.coordinator_id, Employment.employer_id)
    )  # fmt: skip
    if vendor_id is not None:
        statement = statement.where(Employment.employer_id == vendor_id)
    return list(db.session.execute(statement))


def _histories() -> dict[int, list[History]]:
    """The credentials of all vendors, coordinators and practices."""
    kinds = (SubjectType.VENDOR, SubjectType.COORDINATOR, SubjectType.PRACTICE)
    held: defaultdict[int, list[History]] = defaultdict(list)
    for party_id, history in credential_status.histories_of(Credential.subject_type.in_(kinds)).values():
        held[party_id].append(history)
    return held


def _assignments(days: Span, on: date) -> list[Row[Any]]:
    """Assignments that touch the days, and those of today for continuity."""
    today = and_(Assignment.starts_on <= on, or_(Assignment.ends_on.is_(None), Assignment.ends_on >= on))
    return list(db.session.execute(_work(or_(_overlapping(days), today)).order_by(Assignment.id)))


def _work(condition: ColumnElement[bool]) -> Any:
    return select(
        Assignment.coordinator_id, Assignment.practice_id, Assignment.vendor_id, Assignment.starts_on,
        Assignment.ends_on, Assignment.places, Assignment.share_percent,
    ).where(Assignment.superseded_at.is_(None), condition)  # fmt: skip


def _overlapping(days: Span) -> ColumnElement[bool]:
    return and_(
        Assignment.starts_on <= (days.to_on or date.max),
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= days.from_on),
    )


def _candidates(
    people: Iterable[Row[Any]], held: Mapping[int, list[History]], work: Collection[Row[Any]], days: Span, on: date
) -> tuple[list[Candidate], dict[int, int], list[Excluded]]:
    """Whoever has room and may be placed on all the days, with the contract; and who may not, with the reason."""
    rows = list(people)
    languages = parties.languages_of({row.coordinator_id for row in rows})
    contracts, spells = _contracts(), _spells()
    taken: Counter[tuple[int, int]] = Counter()
    today: defaultdict[int, set[int]] = defaultdict(set)
    for row in work:
        if _touches(row, days):
            taken[row.coordinator_id, row.vendor_id] += _share(row)
        if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on):
            today[row.coordinator_id].add(row.practice_id)
    found: dict[int, Candidate] = {}
    chosen: dict[int, int] = {}
    without: dict[int, Excluded] = {}
    for row in rows:
        number = row.coordinator_id
        if number in found:  # somebody with two vendors is placed by one of them in one proposal
            continue
        contract_id, because = _contract_for(row, held, contracts.get(row.employer_id, {}), spells, days)
        room = min(100, row.full_time_percent) - taken[number, row.employer_id]
        if row.town is None:
            because = because or _NO_TOWN
        if because is None and room <= 0:
            because = "Has no room left: today's assignments take the whole week."
        if because is not None:
            without.setdefault(number, Excluded(number, row.name, row.region, because))
            continue
        without.pop(number, None)
        chosen[number] = contract_id or 0
        found[number] = Candidate(
            number, row.name, row.employer_id, row.vendor, room, row.full_time_percent, _place(row),
            frozenset({"en", *languages.get(number, ())}), frozenset(today[number]),
            f"The credential is in force from {written(days.from_on)} through {written(days.to_on or days.from_on)}.",
        )  # fmt: skip
    return list(found.values()), chosen, list(without.values())


def _contract_for(
    row: Row[Any], held: Mapping[int, list[History]], contracts: Mapping[int, list[Span]],
    spells: Mapping[tuple[int, int], list[Span]], days: Span,
) -> tuple[int | None, str | None]:  # fmt: skip
    """The contract under which somebody can be placed on all the days, or why there is none."""
    because: str | None = None
    for contract_id, terms in (*contracts.items(), *([] if contracts else [(0, [])])):
        chain = Chain(
            days, row.name, "", row.vendor, tuple(terms), tuple(spells.get((row.coordinator_id, row.employer_id), ())),
            tuple(held.get(row.employer_id, ())), tuple(held.get(row.coordinator_id, ())),
        )  # fmt: skip
        broken = breaks_of(chain, _OF_COORDINATOR)
        if not broken:
            return contract_id, None
        because = because or " ".join(filter(None, (broken[0].sentence, broken[0].because)))
    return None, because


def _contracts() -> dict[int, dict[int, list[Span]]]:
    """The days on which the contracts of each vendor are in force; the one that ends last comes first."""
    rows = db.session.execute(
        select(Contract.vendor_id, Contract.id, ContractPeriod.starts_on, ContractPeriod.ends_on)
        .join(ContractPeriod, ContractPeriod.contract_id == Contract.id)
        .where(ContractPeriod.superseded_at.is_(None))
        .order_by(Contract.ends_on.desc(), Contract.id.desc(), ContractPeriod.starts_on)
    )
    found: defaultdict[int, dict[int, list[Span]]] = defaultdict(dict)
    for row in rows:
        found[row.vendor_id].setdefault(row.id, []).append(Span(row.starts_on, row.ends_on))
    return found


def _spells() -> dict[tuple[int, int], list[Span]]:
    rows = db.session.execute(
        select(Employment.coordinator_id, Employment.employer_id, Employment.starts_on, Employment.ends_on)
        .where(Employment.superseded_at.is_(None))
        .order_by(Employment.starts_on, Employment.id)
    )
    found: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for row in rows:
        found[row.coordinator_id, row.employer_id].append(Span(row.starts_on, row.ends_on))
    return found


def _demands(
    needs: Iterable[Row[Any]], held: Mapping[int, list[History]], work: Iterable[Row[Any]], days: Span
) -> tuple[list[Demand], list[Excluded]]:
    """The practices with a need that is left, and those that are not committed on all the days."""
    met: Counter[int] = Counter()
    for row in work:
        if _runs_through(row, days):
            met[row.practice_id] += _share(row)
    found, without = [], []
    for row in needs:
        chain = Chain(days, "", row.name, "", commitment=tuple(held.get(row.practice_id, ())))
        broken = breaks_of(chain, (Link.COMMITMENT,))
        if broken or row.town is None:
            because = " ".join(filter(None, (broken[0].sentence, broken[0].because))) if broken else _NO_TOWN
            without.append(Excluded(row.practice_id, row.name, row.region, because))
            continue
        left = _share_of(row.tier_1, row.tier_2, row.tier_3) - met[row.practice_id]
        if left > 0:
            found.append(Demand(row.practice_id, row.name, left, _place(row), dict(row.languages)))
    return found, without


def _share_of(tier_1: int, tier_2: int, tier_3: int) -> int:
    """What so many children need, in percent of a full-time position."""
    children = Caseload({Tier.T1: tier_1, Tier.T2: tier_2, Tier.T3: tier_3})
    return share_of_hours(children.hours(), MODEL.direct_hours)


def _share(row: Row[Any]) -> int:
    """What an assignment takes, in percent of a full-time position."""
    return share_of_hours(Load(row.places, row.share_percent).hours(), MODEL.direct_hours)


def _place(row: Row[Any]) -> Place:
    return Place(row.town, row.latitude, row.longitude, row.region)


def _touches(row: Row[Any], days: Span) -> bool:
    return Span(row.starts_on, row.ends_on).overlap(days) is not None


def _runs_through(row: Row[Any], days: Span) -> bool:
    """Whether an assignment is there on all the days."""
    last = days.to_on or date.max
    return bool(row.starts_on <= days.from_on and (row.ends_on is None or row.ends_on >= last))
