"""Sharing a whole number of cents by weights, exactly: the method of the largest remainder (Hamilton).

Each quota is the total times the weight over the sum of the weights, as an exact fraction. Everybody gets the whole
part of the quota; the cents that are left go one each to the largest fractions, of equal ones to the larger weight, and
of equal weights to the smaller key. So the parts always add up to the total, each is its quota rounded down or up, and
neither the order of the weights nor their scale changes anything.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

from certhub.rules.refusal import Refusal

Key = TypeVar("Key", bound=Any)


class NothingToShareBy(Refusal):
    """There is something to share, and all weights are zero."""


def largest_remainder(total: int, weights: Mapping[Key, int | Fraction]) -> dict[Key, int]:
    """`total` shared by `weights`, in whole numbers that add up to it.

    A negative total is a refund: its amount is shared in the same way. Raises `NothingToShareBy` where nobody has a
    weight and there is something to share, and `ValueError` for a negative weight.
    """
    whole = _whole(weights)
    if any(weight < 0 for weight in whole.values()):
        raise ValueError("a weight is negative")
    every = sum(whole.values())
    if every == 0:
        if total != 0:
            raise NothingToShareBy("There is an amount to share, but everything that it is shared by is zero.")
        return dict.fromkeys(weights, 0)
    sign, amount = (-1, -total) if total < 0 else (1, total)
    given: dict[Key, int] = {}
    order = []
    for key, weight in whole.items():
        given[key], fraction = divmod(amount * weight, every)
        order.append((-fraction, -weight, key))
    order.sort()
    for _, _, key in order[: amount - sum(given.values())]:
        given[key] += 1
    return {key: sign * part for key, part in given.items()}


def quota(total: int, weight: int | Fraction, every: int | Fraction) -> Fraction:
    """The exact share before rounding."""
    return Fraction(total) * Fraction(weight) / Fraction(every)


def _whole(weights: Mapping[Key, int | Fraction]) -> dict[Key, int]:
    """The weights as integers in the same proportions: exact, and far faster to divide than fractions."""
    scale = math.lcm(*(weight.denominator for weight in weights.values()))
    return {key: weight.numerator * (scale // weight.denominator) for key, weight in weights.items()}
