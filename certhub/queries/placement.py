"""The problem of a proposal, gathered from the records in a constant number of statements: who has room, who needs."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select

from certhub.database import canonical, db
from certhub.models.certification import Credential
from certhub.models.contracts import Contract, ContractPeriod
from certhub.models.parties import Coordinator, Employment, Municipality, Party, VendorOrganization
from certhub.models.proposals import PracticeNeed, ProposalLine
from certhub.queries import (
    contract_budgets,
    contract_spending,
    credential_status,
    independence,
    parties,
    placement_weeks,
)
from certhub.queries.placement_weeks import Weeks
from certhub.rules.assignment import used_up
from certhub.rules.caseload import MODEL, Caseload, Tier
from certhub.rules.exposure import Chain, Link, breaks_of
from certhub.rules.independence import Span
from certhub.rules.placement.problem import Candidate, Demand, Excluded, Limits, Place, Problem
from certhub.rules.placement.shortfall import share_of_hours
from certhub.rules.placement.stretches import Part, missing, most, stretches
from certhub.rules.proposals import LineDecision
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
                [one.id, one.practice, one.share, one.place.municipality, dict(one.languages), one.stays,
                 *([str(one.days.from_on), str(one.days.to_on)] if one.days else [])]
                for one in sorted(problem.demands, key=lambda each: each.id)
            ],
            "apart": sorted(problem.apart),
            "contracts": dict(sorted(self.contracts.items())),
        }  # fmt: skip
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def gathered(regions: Collection[Region], days: Span, *, vendor_id: int | None, most_miles: int, on: date) -> Gathered:
    """Who has room in some days, and which practices of some regions have a need that nobody meets; as known now.

    Assignments meet need and take a coordinator's time on their own days. Where one of them ends within the plan, its
    coordinator goes on in the same practice, as far as may be. `on` is today, whose assignments count for continuity.
    """
    needs, people, histories = _needs(regions), _people(days, vendor_id), _histories()
    weeks = placement_weeks.weeks(days, on, vendor_id=vendor_id)
    candidates, contracts, without = _candidates(people, histories, weeks, days)
    places, uncommitted = _places(needs, histories, days)
    vendor_of = {one.id: one.vendor_id for one in candidates}
    apart = {
        **declined_pairs(),
        **{
            pair: conflict.sentence
            for pair, conflict in independence.kept_apart(vendor_of, {one.id for one in places}, days).items()
        },
    }
    staying = _staying(places, vendor_of, weeks, apart, days)
    demands = _demands(places, weeks, staying, days)
    full = []
    for one in candidates:
        own = [each for each in staying if each.stays == one.id]
        room = weeks.room(one.id, one.vendor_id, [(each.days or days, each.share) for each in own])
        if room <= 0 and not own:
            without.append(Excluded(one.id, one.name, one.place.region, weeks.why_full(one.id, one.vendor_id)))
        else:
            full.append(replace(one, room=max(room, 0) + sum(each.share for each in own)))
    problem = Problem(
        tuple(full), tuple(demands), _apart_from_demands(apart, demands, weeks), limits=Limits(miles=most_miles)
    )
    return Gathered(problem, contracts, (*without, *uncommitted))


def need_left(practice_id: int, days: Span) -> int:
    """The percent of a full-time position that a practice needs and nobody meets on any of some days, as known now."""
    need = db.session.scalar(
        select(PracticeNeed).where(PracticeNeed.practice_id == practice_id, PracticeNeed.superseded_at.is_(None))
    )
    if need is None:
        return 0
    return _share_of(need.tier_1, need.tier_2, need.tier_3) - most(placement_weeks.of_practice(practice_id, days), days)


def declined_pairs() -> dict[tuple[int, int], str]:
    """Coordinators and practices that somebody declined to bring together, with the reason, until it is lifted."""
    rows = db.session.execute(
        select(ProposalLine.coordinator_id, ProposalLine.practice_id, ProposalLine.reason)
        .where(ProposalLine.decision == LineDecision.DECLINED, ProposalLine.lifted_at.is_(None))
        .order_by(ProposalLine.decided_at, ProposalLine.id)
    )
    return {(row.coordinator_id, row.practice_id): f"Declined: {row.reason}" for row in rows}


@dataclass(frozen=True, slots=True)
class _Placeable:
    """A practice that is committed on all the days, with its whole need."""

    id: int
    name: str
    need: int
    place: Place
    languages: Mapping[str, int]


def _staying(
    places: Iterable[_Placeable], vendor_of: Mapping[int, int], weeks: Weeks, apart: Collection[tuple[int, int]],
    days: Span,
) -> list[Demand]:  # fmt: skip
    """Where today's coordinator can go on before or after an assignment on some of the days, with the same share."""
    found: list[Demand] = []
    for place in places:
        met = weeks.at_practice(place.id)
        for coordinator_id in sorted({row.coordinator_id for row in weeks.rows_at(place.id)}):
            vendor_id = vendor_of.get(coordinator_id)
            own = weeks.parts_of_pair(coordinator_id, place.id, vendor_id)
            if vendor_id is None or (coordinator_id, place.id) in apart or not own:
                continue
            for span in [without for without, percent in stretches(own, days) if percent == 0]:
                also = [(one.days or days, one.share) for one in found if one.stays == coordinator_id]
                share = min(
                    max(percent for _, percent in own),
                    place.need - most(met, span),
                    weeks.room(coordinator_id, vendor_id, also, on=span),
                )
                if share > 0:
                    met.append((span, share))
                    found.append(
                        Demand(
                            0, place.name, share, place.place, place.languages, place.id, span, coordinator_id,
                            _days_in_words(own),
                        )
                    )  # fmt: skip
    return found


def _demands(places: Iterable[_Placeable], weeks: Weeks, staying: Sequence[Demand], days: Span) -> list[Demand]:
    """What is lacking in each practice on which days, and where somebody goes on; numbered by practice."""
    found: list[Demand] = []
    for place in places:
        own = [one for one in staying if one.practice_id == place.id]
        met = [*weeks.at_practice(place.id), *((one.days or days, one.share) for one in own)]
        lacking = [
            Demand(0, place.name, share, place.place, place.languages, place.id, span)
            for span, share in missing(place.need, met, days)
        ]
        found += [*own, *lacking]
    return [replace(one, id=number) for number, one in enumerate(found, start=1)]


def _apart_from_demands(
    pairs: Mapping[tuple[int, int], str], demands: Iterable[Demand], weeks: Weeks
) -> dict[tuple[int, int], str]:
    """Pairs of coordinator and practice as pairs of coordinator and demand, and those who work there on these days."""
    of_practice: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for (coordinator_id, practice_id), sentence in pairs.items():
        of_practice[practice_id].append((coordinator_id, sentence))
    found: dict[tuple[int, int], str] = {}
    for one in demands:
        for coordinator_id, sentence in of_practice[one.practice]:
            found[coordinator_id, one.id] = sentence
        for row in weeks.rows_at(one.practice):
            if one.days and Span(row.starts_on, row.ends_on).overlap(one.days):
                found.setdefault((row.coordinator_id, one.id), "They work together on some of these days already.")
    return found


def _days_in_words(parts: Sequence[Part]) -> str:
    last = max((span.to_on or date.max for span, _ in parts), default=date.max)
    if last == date.max:
        return f"from {written(min(span.from_on for span, _ in parts))}"
    return f"through {written(last)}"


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


def _candidates(
    people: Iterable[Row[Any]], held: Mapping[int, list[History]], weeks: Weeks, days: Span
) -> tuple[list[Candidate], dict[int, int], list[Excluded]]:
    """Whoever may be placed on all the days, with the contract; and who may not, with the reason."""
    rows = list(people)
    languages = parties.languages_of({row.coordinator_id for row in rows})
    contracts = _contracts()
    exhausted = _exhausted({number for held_by in contracts.values() for number in held_by}, days)
    found: dict[int, Candidate] = {}
    chosen: dict[int, int] = {}
    without: dict[int, Excluded] = {}
    for row in rows:
        number = row.coordinator_id
        if number in found:  # somebody with two vendors is placed by one of them in one proposal
            continue
        own = contracts.get(row.employer_id, {})
        contract_id, because = _contract_for(row, held, own, exhausted, weeks)
        if row.town is None:
            because = because or _NO_TOWN
        if because is not None:
            without.setdefault(number, Excluded(number, row.name, row.region, because))
            continue
        without.pop(number, None)
        chosen[number] = contract_id or 0
        found[number] = Candidate(
            number, row.name, row.employer_id, row.vendor, 0, row.full_time_percent, _place(row),
            frozenset({"en", *languages.get(number, ())}), frozenset(weeks.today.get(number, ())),
            f"The credential is in force from {written(days.from_on)} through {written(days.to_on or days.from_on)}.",
        )  # fmt: skip
    return list(found.values()), chosen, list(without.values())


def _contract_for(
    row: Row[Any], held: Mapping[int, list[History]], contracts: Mapping[int, list[Span]],
    exhausted: Mapping[int, str], weeks: Weeks,
) -> tuple[int | None, str | None]:  # fmt: skip
    """The contract under which somebody can be placed on all the days, or why there is none."""
    because: str | None = None
    for contract_id, terms in (*contracts.items(), *([] if contracts else [(0, [])])):
        chain = Chain(
            weeks.days, row.name, "", row.vendor, tuple(terms),
            tuple(one.days for one in weeks.spells.get((row.coordinator_id, row.employer_id), ())),
            tuple(held.get(row.employer_id, ())), tuple(held.get(row.coordinator_id, ())),
        )  # fmt: skip
        broken = breaks_of(chain, _OF_COORDINATOR)
        if not broken and contract_id not in exhausted:
            return contract_id, None
        told = (broken[0].sentence, broken[0].because) if broken else (exhausted[contract_id],)
        because = because or " ".join(filter(None, told))
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


def _exhausted(contract_ids: Collection[int], days: Span) -> dict[int, str]:
    """The contracts whose maximum obligation of a fiscal year of the plan is used up, in words."""
    maxima = contract_budgets.maxima(contract_ids)
    drawn = contract_spending.drawn_by_contract(contract_ids)
    found = {}
    for number in contract_ids:
        sentence = used_up(maxima.get(number, {}), drawn.get(number, {}), days)
        if sentence is not None:
            found[number] = sentence
    return found


def _places(
    needs: Iterable[Row[Any]], held: Mapping[int, list[History]], days: Span
) -> tuple[list[_Placeable], list[Excluded]]:
    """The practices with a need, and those that are not committed on all the days."""
    found, without = [], []
    for row in needs:
        chain = Chain(days, "", row.name, "", commitment=tuple(held.get(row.practice_id, ())))
        broken = breaks_of(chain, (Link.COMMITMENT,))
        if broken:
            because = " ".join(filter(None, (broken[0].sentence, broken[0].because)))
            without.append(Excluded(row.practice_id, row.name, row.region, because))
            continue
        need = _share_of(row.tier_1, row.tier_2, row.tier_3)
        found.append(_Placeable(row.practice_id, row.name, need, _place(row), dict(row.languages)))
    return found, without


def _share_of(tier_1: int, tier_2: int, tier_3: int) -> int:
    """What so many children need, in percent of a full-time position."""
    children = Caseload({Tier.T1: tier_1, Tier.T2: tier_2, Tier.T3: tier_3})
    return share_of_hours(children.hours(), MODEL.direct_hours)


def _place(row: Row[Any]) -> Place:
    return Place(row.town or "", row.latitude, row.longitude, row.region)
