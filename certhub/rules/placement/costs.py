"""What a pairing of a coordinator and a practice costs, in whole points: travel, languages, region, continuity."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from certhub.rules.placement.problem import Candidate, Demand, Place, Plan, Problem, Weights

EARTH_RADIUS_MILES = 3958.8
WHOLE = 100


def miles_between(one: Place, other: Place) -> int:
    """The great-circle distance between two municipalities' middles, in whole miles."""
    return _miles(one.latitude, one.longitude, other.latitude, other.longitude)


def unserved_percent(languages: frozenset[str], demand: Demand) -> int:
    """The percent of a practice's families whose language is not spoken; English is taken to be spoken by all."""
    return min(WHOLE, sum(share for code, share in demand.languages.items() if code not in languages))


def per_placement(candidate: Candidate, demand: Demand, weights: Weights) -> int:
    """The points of the placement itself; keeping today's coordinator spares those of leaving."""
    return weights.placement - (weights.leaving if demand.id in candidate.practices_today else 0)


class Pair(NamedTuple):
    """One pairing that the limits allow; its candidate is told by the place among the sorted ones."""

    whole: int
    """The cost of meeting the whole need; pairs are sorted by it."""
    candidate: int
    per_percent: int
    fixed: int

    def points(self, share: int) -> int:
        """The cost of a placement of this share."""
        return self.per_percent * share + self.fixed


@dataclass(frozen=True, slots=True)
class Priced:
    """A problem in a fixed order, with every allowed pairing priced; the cheapest for a practice's whole need first."""

    problem: Problem
    candidates: tuple[Candidate, ...]
    demands: tuple[Demand, ...]
    pairs: tuple[list[Pair], ...]
    """For each demand."""
    constant: int
    """What every plan pays: leaving of everybody who is somewhere today, given back for each who stays."""

    def least(self, demand: int) -> int:
        """The least share of a placement in a practice."""
        return min(self.problem.limits.least_share, self.demands[demand].share)


def priced(problem: Problem) -> Priced:
    """Sort a problem and price its pairings."""
    candidates = tuple(sorted((one for one in problem.candidates if one.room > 0), key=lambda one: one.id))
    demands = tuple(sorted((one for one in problem.demands if one.share > 0), key=lambda one: one.id))
    towns, weights = _by_town(candidates), problem.weights
    reached: dict[Place, list[tuple[int, list[int]]]] = {}
    pairs = []
    for demand in demands:
        if demand.place not in reached:
            reached[demand.place] = _within_reach(demand.place, towns, problem)
        missing: dict[frozenset[str], int] = {}
        found = []
        for base, there in reached[demand.place]:
            for number in there:
                one = candidates[number]
                points = missing.get(one.languages)
                if points is None:
                    points = weights.language * unserved_percent(one.languages, demand) // WHOLE
                    missing[one.languages] = points
                fixed = per_placement(one, demand, weights) if one.practices_today else weights.placement
                each = base + points
                found.append(Pair(each * demand.share + fixed, number, each, fixed))
        if problem.apart:
            found = [pair for pair in found if (candidates[pair.candidate].id, demand.id) not in problem.apart]
        found.sort()
        pairs.append(found)
    known = {demand.id for demand in demands}
    staying = sum(len(one.practices_today & known) for one in candidates)
    return Priced(problem, candidates, demands, tuple(pairs), weights.leaving * staying)


def _within_reach(
    place: Place, towns: Iterable[tuple[Place, list[int]]], problem: Problem
) -> list[tuple[int, list[int]]]:
    """The candidates that are near enough to a place, with the points of their way and region."""
    found = []
    for town, there in towns:
        miles = miles_between(town, place)
        if miles <= problem.limits.miles:
            elsewhere = town.region is not place.region
            found.append((problem.weights.mile * miles + (problem.weights.region if elsewhere else 0), there))
    return found


def cost_of(priced_problem: Priced, plan: Plan) -> int:
    """The cost of a plan, counted from its lines alone."""
    place = {demand.id: number for number, demand in enumerate(priced_problem.demands)}
    prices = {
        (priced_problem.candidates[pair.candidate].id, demand.id): pair
        for demand, pairs in zip(priced_problem.demands, priced_problem.pairs, strict=True)
        for pair in pairs
    }
    left = {demand.id: demand.share for demand in priced_problem.demands}
    total = priced_problem.constant
    for line in plan.placements:
        total += prices[line.candidate_id, line.demand_id].points(line.share)
        left[line.demand_id] -= line.share
    assert all(left[number] >= 0 for number in place)  # noqa: S101  (a plan never gives more than is needed)
    return total + priced_problem.problem.weights.unmet * sum(left.values())


def _by_town(candidates: Iterable[Candidate]) -> list[tuple[Place, list[int]]]:
    towns: dict[Place, list[int]] = {}
    for number, one in enumerate(candidates):
        towns.setdefault(one.place, []).append(number)
    return list(towns.items())


def _miles(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    one, other = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((other - one) / 2) ** 2
        + math.cos(one) * math.cos(other) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(half)))
