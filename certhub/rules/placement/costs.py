"""What a pairing of a coordinator and a practice costs, in whole points: travel, languages, region, continuity."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from certhub.rules.placement.problem import Candidate, Demand, Place, Plan, Problem

EARTH_RADIUS_MILES = 3958.8
WHOLE = 100


def miles_between(one: Place, other: Place) -> int | None:
    """The great-circle distance between two municipalities' middles, in whole miles; none where a town is not known."""
    if one.middle is None or other.middle is None:
        return None
    return _miles(*one.middle, *other.middle)


def unserved_percent(languages: frozenset[str], demand: Demand) -> int:
    """The percent of a practice's families whose language is not spoken; English is taken to be spoken by all."""
    return min(WHOLE, sum(share for code, share in demand.languages.items() if code not in languages))


@dataclass(frozen=True, slots=True)
class Priced:
    """A problem in a fixed order, with every allowed pairing priced; the cheapest of each practice first.

    Candidates are told by their places in `candidates`. A placement costs its points for each percent of its share,
    and `placement` once.
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    demands: tuple[Demand, ...]
    order: tuple[list[int], ...]
    """For each demand the candidates whom the limits allow, the cheapest first."""
    each: tuple[list[int], ...]
    """For each demand the points of a percent, in the same order."""

    @property
    def placement(self) -> int:
        """The points of each placement."""
        return self.problem.weights.placement

    def least(self, demand: int) -> int:
        """The least share of a placement in a practice."""
        return min(self.problem.limits.least_share, self.demands[demand].share)

    def points(self, demand: int, candidate: int, share: int) -> int:
        """The cost of one placement."""
        return self.each[demand][self.order[demand].index(candidate)] * share + self.placement


def priced(problem: Problem) -> Priced:
    """Sort a problem and price its pairings."""
    candidates = tuple(sorted((one for one in problem.candidates if one.room > 0), key=lambda one: one.id))
    demands = tuple(sorted((one for one in problem.demands if one.share > 0), key=lambda one: one.id))
    apart, today = _by_demand(problem, candidates)
    groups, count = _alike(candidates), len(candidates)
    reached: dict[Place, list[tuple[int, frozenset[str], list[int]]]] = {}
    order, each = [], []
    for demand in demands:
        if demand.place not in reached:
            reached[demand.place] = _within_reach(demand.place, groups, problem)
        missing: dict[frozenset[str], int] = {}
        keys: list[int] = []  # points and candidate in one number: the fastest to sort
        for base, spoken, there in reached[demand.place]:
            points = missing.get(spoken)
            if points is None:
                points = problem.weights.language * unserved_percent(spoken, demand) // WHOLE
                missing[spoken] = points
            at = (base + points) * count
            keys += [at + number for number in there]
        if demand.id in apart:
            keys = [key for key in keys if key % count not in apart[demand.id]]
        if demand.practice in today and (staying := today[demand.practice].intersection(key % count for key in keys)):
            more = problem.weights.leaving * count
            keys = [key if key % count in staying else key + more for key in keys]
        keys.sort()
        order.append([key % count for key in keys])
        each.append([key // count for key in keys])
    return Priced(problem, candidates, demands, tuple(order), tuple(each))


def _by_demand(problem: Problem, candidates: Iterable[Candidate]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """The places of whoever is kept apart, by demand, and of who works there today, by practice."""
    numbers, today = {}, defaultdict[int, set[int]](set)
    for number, one in enumerate(candidates):
        numbers[one.id] = number
        for practice_id in one.practices_today:
            today[practice_id].add(number)
    apart = defaultdict[int, set[int]](set)
    for candidate_id, demand_id in problem.apart:
        if candidate_id in numbers:
            apart[demand_id].add(numbers[candidate_id])
    return dict(apart), dict(today)


def _within_reach(
    place: Place, groups: Mapping[tuple[Place, frozenset[str]], list[int]], problem: Problem
) -> list[tuple[int, frozenset[str], list[int]]]:
    """The candidates that are near enough to a place, with the points of their way and region and what they speak.

    Where a town is not known the way is not counted: nobody is out of reach because a record lacks a town.
    """
    found, points = [], dict[Place, int | None]()
    for (town, spoken), there in groups.items():
        if town not in points:
            points[town] = _points_of_way(town, place, problem)
        if (base := points[town]) is not None:
            found.append((base, spoken, there))
    return found


def _points_of_way(town: Place, place: Place, problem: Problem) -> int | None:
    """The points of the way between two towns for a percent; none where it is too far."""
    miles = miles_between(town, place) or 0
    if miles > problem.limits.miles:
        return None
    return problem.weights.mile * miles + (problem.weights.region if town.region is not place.region else 0)


def cost_of(priced_problem: Priced, plan: Plan) -> int:
    """The cost of a plan, counted from its lines alone."""
    demands = {one.id: number for number, one in enumerate(priced_problem.demands)}
    candidates = {one.id: number for number, one in enumerate(priced_problem.candidates)}
    left = [demand.share for demand in priced_problem.demands]
    total = 0
    for line in plan.placements:
        number = demands[line.demand_id]
        total += priced_problem.points(number, candidates[line.candidate_id], line.share)
        left[number] -= line.share
    assert min(left, default=0) >= 0  # noqa: S101  (a plan never gives more than is needed)
    return total + priced_problem.problem.weights.unmet * sum(left)


def _alike(candidates: Iterable[Candidate]) -> dict[tuple[Place, frozenset[str]], list[int]]:
    """The candidates by what their price follows from: town and languages."""
    groups: dict[tuple[Place, frozenset[str]], list[int]] = {}
    for number, one in enumerate(candidates):
        groups.setdefault((one.place, one.languages), []).append(number)
    return groups


def _miles(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    one, other = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((other - one) / 2) ** 2
        + math.cos(one) * math.cos(other) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(half)))
