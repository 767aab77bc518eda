"""What no plan of a problem can go below: its linear relaxation, solved by HiGHS where `optimize` is installed."""

import importlib
import importlib.util
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from certhub.rules.placement.costs import Priced

_FIRST = 60
"""Pairings of each practice that the first round knows; further ones are added while they could lower the bound."""
_TOLERANCE = 1e-6


def available() -> bool:
    """Whether the solver is installed."""
    return importlib.util.find_spec("highspy") is not None


def lower_bound(priced: Priced) -> int:
    """Points that no plan can go below, over all pairings that the limits allow, rounded up to whole points.

    Placements may be of any size in it, and what a placement costs by itself counts in proportion to its share of the
    largest possible one. That is never more than what a plan pays, so no plan can cost less. Pairings are left out of a
    round only where the prices of the round show that they cannot lower the bound.
    """
    every = [
        [_column(priced, demand, candidate, each) for candidate, each in zip(order, points, strict=True)]
        for demand, (order, points) in enumerate(zip(priced.order, priced.each, strict=True))
    ]
    columns = [one for columns in every for one in columns[:_FIRST]]
    left = [one for columns in every for one in columns[_FIRST:]]
    while True:
        value, prices = _solved(priced, columns)
        more = [one for one in left if _reduced(priced, one, prices) < -_TOLERANCE]
        if not more:
            return math.ceil(value - _TOLERANCE * abs(value))
        columns += more
        left = [one for one in left if _reduced(priced, one, prices) >= -_TOLERANCE]


class _Column(NamedTuple):
    """A pairing at this many points for each percent at least."""

    demand: int
    candidate: int
    each: float


def _column(priced: Priced, demand: int, candidate: int, each: int) -> _Column:
    most = min(priced.candidates[candidate].room, priced.demands[demand].share)
    return _Column(demand, candidate, each + priced.placement / most)


def _reduced(priced: Priced, one: _Column, prices: Sequence[float]) -> float:
    return one.each - prices[one.demand] - prices[len(priced.demands) + one.candidate]


def _solved(priced: Priced, columns: Sequence[_Column]) -> tuple[float, list[float]]:
    """The least cost with these pairings, and the price of each practice's need and each coordinator's room."""
    highspy: Any = importlib.import_module("highspy")
    needs, rooms = [float(one.share) for one in priced.demands], [float(one.room) for one in priced.candidates]
    width, count = len(columns), len(needs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width + count, count + len(rooms)
    model.col_cost_ = [one.each for one in columns] + [float(priced.problem.weights.unmet)] * count
    model.col_lower_ = [0.0] * (width + count)
    model.col_upper_ = [float(priced.demands[one.demand].share) for one in columns] + needs
    model.row_lower_ = needs + [-highspy.kHighsInf] * len(rooms)
    model.row_upper_ = needs + rooms
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
