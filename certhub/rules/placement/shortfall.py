"""What stays unmet, by region: how many more full-time coordinators are needed, and with which languages."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from certhub.rules.placement.problem import Demand, Plan, Problem
from certhub.rules.vocabulary import Region

_WHOLE = 100
_TENTHS = 10


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

    @property
    def more_coordinators(self) -> int:
        """How many more full-time coordinators would meet the need, in whole people."""
        return math.ceil(Fraction(self.unmet, _WHOLE))


def by_region(problem: Problem, plan: Plan) -> tuple[RegionSummary, ...]:
    """Need, room, what is placed and what stays unmet, for each region with a practice or a coordinator."""
    need, room, unmet, practices = Counter[Region](), Counter[Region](), Counter[Region](), Counter[Region]()
    wanted: defaultdict[Region, list[tuple[Demand, int]]] = defaultdict(list)
    for one in problem.candidates:
        room[one.place.region] += one.room
    for demand in problem.demands:
        region, left = demand.place.region, plan.unmet.get(demand.id, 0)
        need[region] += demand.share
        if left:
            unmet[region] += left
            practices[region] += 1
            wanted[region].append((demand, left))
    return tuple(
        RegionSummary(
            region, need[region], room[region], need[region] - unmet[region], unmet[region], practices[region],
            _languages(wanted[region]),
        )
        for region in Region
        if need[region] or room[region]
    )  # fmt: skip


def positions(percent: int) -> str:
    """Percent of a full-time position as a number of positions with one decimal, rounded up: 130 is "1.3"."""
    tenths = math.ceil(Fraction(percent * _TENTHS, _WHOLE))
    return f"{tenths // _TENTHS}.{tenths % _TENTHS}"


def _languages(unmet: Iterable[tuple[Demand, int]]) -> tuple[tuple[str, int], ...]:
    total: dict[str, Fraction] = {}
    for demand, left in unmet:
        for code, percent in demand.languages.items():
            total[code] = total.get(code, Fraction(0)) + Fraction(left * percent, _WHOLE)
    return tuple(sorted(((code, math.ceil(share)) for code, share in total.items()), key=lambda one: (-one[1], one[0])))


def share_of_hours(hours: Fraction, direct_hours: Fraction) -> int:
    """Hours a month as percent of a full-time position's direct hours, rounded up so that no child is left out."""
    return math.ceil(hours * _WHOLE / direct_hours)


def languages_of(wanted: Mapping[str, int]) -> dict[str, int]:
    """The languages besides English that anybody wants."""
    return {code: percent for code, percent in wanted.items() if code != "en" and percent > 0}
