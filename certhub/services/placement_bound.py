"""What no plan of a problem can go below: its linear relaxation, solved by HiGHS where `optimize` is installed."""

import importlib
import importlib.util
import math
from collections.abc import Sequence
from typing import Any

from certhub.rules.placement.costs import Pair, Priced

_FIRST = 60
"""Pairings of each practice that the first round knows; further ones are added while they could lower the bound."""
_TOLERANCE = 1e-6


def available() -> bool:
    """Whether the solver is installed."""
    return importlib.util.find_spec("highspy") is not None


def lower_bound(priced: Priced) -> int:
    """Points that no plan can go below, over all pairings that the limits allow, rounded up to whole points.

    Placements may be of any size in it, and the cost of a placement counts in proportion to its share of the largest
    possible one: so no plan can cost less. Pairings are left out of a round only where the prices of the round show
    that they cannot lower the bound.
    """
    columns = [
        (demand, pair)
        for demand, pairs in enumerate(priced.pairs)
        for number, pair in enumerate(pairs)
        if number < _FIRST or pair.fixed < priced.problem.weights.placement
    ]
    known = {(demand, pair.candidate) for demand, pair in columns}
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
        columns += more
        known.update((demand, pair.candidate) for demand, pair in more)


def _most(priced: Priced, demand: int, pair: Pair) -> int:
    return min(priced.candidates[pair.candidate].room, priced.demands[demand].share)


def _cost(priced: Priced, demand: int, pair: Pair) -> float:
    """The points of each percent, with the part of the placement that falls on it at the largest possible share."""
    return pair.per_percent + pair.fixed / _most(priced, demand, pair)


def _reduced(priced: Priced, demand: int, pair: Pair, prices: Sequence[float]) -> float:
    return _cost(priced, demand, pair) - prices[demand] - prices[len(priced.demands) + pair.candidate]


def _solved(priced: Priced, columns: Sequence[tuple[int, Pair]]) -> tuple[float, list[float]]:
    """The least cost with these pairings, and the price of each practice's need and each coordinator's room."""
    highspy: Any = importlib.import_module("highspy")
    needs, rooms = [float(one.share) for one in priced.demands], [float(one.room) for one in priced.candidates]
    width, count = len(columns), len(needs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width + count, count + len(rooms)
    model.col_cost_ = [_cost(priced, *one) for one in columns] + [float(priced.problem.weights.unmet)] * count
    model.col_lower_ = [0.0] * (width + count)
    model.col_upper_ = [float(_most(priced, *one)) for one in columns] + needs
    model.row_lower_ = needs + [-highspy.kHighsInf] * len(rooms)
    model.row_upper_ = needs + rooms
    model.offset_ = float(priced.constant)
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.start_ = [2 * number for number in range(width)] + [2 * width + number for number in range(count + 1)]
    matrix.index_ = [row for demand, pair in columns for row in (demand, count + pair.candidate)] + list(range(count))
    matrix.value_ = [1.0] * (2 * width + count)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", "false")
    solver.passModel(model)
    solver.run()
    return float(solver.getInfo().objective_function_value), list(solver.getSolution().row_dual)
