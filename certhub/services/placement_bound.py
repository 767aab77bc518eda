"""What no plan of a problem can go below: its linear relaxation, solved by HiGHS where `optimize` is installed."""

import importlib
import importlib.util
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from certhub.rules.placement.costs import Pair, Priced

_FIRST = 60
"""Pairings of each practice that the first round knows; further ones are added while they could lower the bound."""
_TOLERANCE = 1e-6


def available() -> bool:
    """Whether the solver is installed."""
    return importlib.util.find_spec("highspy") is not None


def lower_bound(priced: Priced) -> int:
    """Points that no plan can go below, over all pairings that the limits allow, rounded up to whole points.

    Placements may be of any size in it. What a placement costs by itself counts in proportion to its share of the
    largest possible one; what it saves, where somebody stays, counts in full as soon as it has the least share. Both
    are never more than what a plan pays, so no plan can cost less. Pairings are left out of a round only where the
    prices of the round show that they cannot lower the bound.
    """
    chosen = [
        (demand, pair)
        for demand, pairs in enumerate(priced.pairs)
        for number, pair in enumerate(pairs)
        if number < _FIRST or pair.fixed < 0
    ]
    columns = [piece for one in chosen for piece in _pieces(priced, *one)]
    known = {(demand, pair.candidate) for demand, pair in chosen}
    while True:
        value, prices = _solved(priced, columns)
        more = [
            (demand, pair)
            for demand, pairs in enumerate(priced.pairs)
            for pair in pairs
            if (demand, pair.candidate) not in known and _reduced(priced, demand, pair, prices) < -_TOLERANCE
        ]
        if not more:
            return math.ceil(value - _TOLERANCE * abs(value))
        columns += [piece for one in more for piece in _pieces(priced, *one)]
        known.update((demand, pair.candidate) for demand, pair in more)


def _most(priced: Priced, demand: int, pair: Pair) -> int:
    return min(priced.candidates[pair.candidate].room, priced.demands[demand].share)


class _Piece(NamedTuple):
    """A part of a placement, of this size at most, at this many points for each percent."""

    demand: int
    candidate: int
    size: int
    each: float


def _pieces(priced: Priced, demand: int, pair: Pair) -> list[_Piece]:
    """A pairing as parts, the cheapest first: together the highest line that stays below its cost everywhere."""
    most = _most(priced, demand, pair)
    if pair.fixed >= 0:
        return [_Piece(demand, pair.candidate, most, pair.per_percent + pair.fixed / most)]
    least = min(priced.least(demand), most)
    saving = _Piece(demand, pair.candidate, least, pair.per_percent + pair.fixed / least)
    return [saving, _Piece(demand, pair.candidate, most - least, pair.per_percent)]


def _reduced(priced: Priced, demand: int, pair: Pair, prices: Sequence[float]) -> float:
    cheapest = _pieces(priced, demand, pair)[0].each
    return cheapest - prices[demand] - prices[len(priced.demands) + pair.candidate]


def _solved(priced: Priced, columns: Sequence[_Piece]) -> tuple[float, list[float]]:
    """The least cost with these pairings, and the price of each practice's need and each coordinator's room."""
    highspy: Any = importlib.import_module("highspy")
    needs, rooms = [float(one.share) for one in priced.demands], [float(one.room) for one in priced.candidates]
    width, count = len(columns), len(needs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width + count, count + len(rooms)
    model.col_cost_ = [one.each for one in columns] + [float(priced.problem.weights.unmet)] * count
    model.col_lower_ = [0.0] * (width + count)
    model.col_upper_ = [float(one.size) for one in columns] + needs
    model.row_lower_ = needs + [-highspy.kHighsInf] * len(rooms)
    model.row_upper_ = needs + rooms
    model.offset_ = float(priced.constant)
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.start_ = [2 * number for number in range(width)] + [2 * width + number for number in range(count + 1)]
    matrix.index_ = [row for one in columns for row in (one.demand, count + one.candidate)] + list(range(count))
    matrix.value_ = [1.0] * (2 * width + count)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", "false")
    solver.passModel(model)
    solver.run()
    return float(solver.getInfo().objective_function_value), list(solver.getSolution().row_dual)
