"""What stays unmet, by region: how many more full-time coordinators are needed, and with which languages."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from certhub.rules.allocation import largest_remainder
from certhub.rules.independence import Span
from certhub.rules.placement.problem import Demand, Plan, Problem
from certhub.rules.placement.stretches import in_sequence
from certhub.rules.vocabulary import Region

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class RegionSummary:
    """A region in a plan, in percent of full-time positions; `languages` are those of the unmet need."""

    region: Region
    need: int
    room: int
    """Of the coordinators who live there."""
    placed: int
    unmet: int
    practices_unmet: int
    languages: tuple[tuple[str, int], ...]
    """Code, and percent of full-time positions whose families want it; the most wanted first."""


def more_people(summaries: Iterable[RegionSummary]) -> dict[Region, int]:
    """How many more people each region needs: the state's number is rounded up once and shared by largest remainder."""
    unmet = {one.region: one.unmet for one in summaries if one.unmet}
    return largest_remainder(math.ceil(Fraction(sum(unmet.values()), _WHOLE)), unmet)


def by_region(problem: Problem, plan: Plan) -> tuple[RegionSummary, ...]:
    """Need, room, what is placed and what stays unmet, for each region with a practice or a coordinator."""
    need, room, unmet, practices = Counter[Region](), Counter[Region](), Counter[Region](), Counter[Region]()
    wanted: defaultdict[Region, list[tuple[PracticeNeed, int]]] = defaultdict(list)
    for one in problem.candidates:
        room[one.place.region] += one.room
    for practice in by_practice(problem, plan):
        need[practice.region] += practice.need
        if practice.unmet:
            unmet[practice.region] += practice.unmet
            practices[practice.region] += 1
            wanted[practice.region].append((practice, practice.unmet))
    return tuple(
        RegionSummary(
            region, need[region], room[region], need[region] - unmet[region], unmet[region], practices[region],
            _languages(wanted[region]),
        )
        for region in Region
        if need[region] or room[region]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PracticeNeed:
    """A practice in a plan: what it lacks and what stays unmet, each on the day on which it is most."""

    practice_id: int
    region: Region
    need: int
    unmet: int
    languages: Mapping[str, int]


def by_practice(problem: Problem, plan: Plan) -> list[PracticeNeed]:
    """The practices of a problem, each once, though it may need something on some days and more on others."""
    together: defaultdict[int, list[Demand]] = defaultdict(list)
    for demand in problem.demands:
        together[demand.practice].append(demand)
    return [
        PracticeNeed(
            number,
            same[0].place.region,
            _at_most([(one.days, one.share) for one in same]),
            _at_most([(one.days, plan.unmet.get(one.id, 0)) for one in same]),
            same[0].languages,
        )
        for number, same in together.items()
    ]


def _at_most(parts: list[tuple[Span | None, int]]) -> int:
    dated = [(days, percent) for days, percent in parts if days is not None]
    throughout = sum(percent for days, percent in parts if days is None)
    return throughout + max((percent for _, percent in in_sequence(dated)), default=0)


def positions(percent: int) -> str:
    """Percent of a full-time position as a number of positions: 130 is "1.30". Nothing is rounded: it adds up."""
    return f"{percent // _WHOLE}.{percent % _WHOLE:02}"


def _languages(unmet: Iterable[tuple[PracticeNeed, int]]) -> tuple[tuple[str, int], ...]:
    total: dict[str, Fraction] = {}
    for practice, left in unmet:
        for code, percent in practice.languages.items():
            total[code] = total.get(code, Fraction(0)) + Fraction(left * percent, _WHOLE)
    return tuple(sorted(((code, math.ceil(share)) for code, share in total.items()), key=lambda one: (-one[1], one[0])))


def share_of_hours(hours: Fraction, direct_hours: Fraction) -> int:
    """Hours a month as percent of a full-time position's direct hours, rounded up so that no child is left out."""
    return math.ceil(hours * _WHOLE / direct_hours)


def languages_of(wanted: Mapping[str, int]) -> dict[str, int]:
    """The languages besides English that anybody wants."""
    return {code: percent for code, percent in wanted.items() if code != "en" and percent > 0}
