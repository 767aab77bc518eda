"""Sharing cents by the largest remainder: the vectors of the field, and what always holds."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.allocation import NothingToShareBy, largest_remainder, quota

COVERAGE = {"private": 52, "medicaid": 41, "other": 7}
CHILD_MONTHS = {"P1": 180_000, "P2": 95_000, "P3": 61_000, "P4": 33_000, "P5": 11_000}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1150, COVERAGE, [598, 472, 80]),
        (1150, {"neuro": 25, "congenital": 24, "learning": 14, "other": 37}, [287, 276, 161, 426]),
        (1150, {"3-5 years": 25, "other": 75}, [287, 863]),
        (1150, {"PCP": 86, "other": 14}, [989, 161]),
        (1_000_000_00, COVERAGE, [520_000_00, 410_000_00, 70_000_00]),
        (520_000_00, CHILD_MONTHS, [246_315_79, 130_000_00, 83_473_68, 45_157_90, 15_052_63]),
        (246_315_79, dict.fromkeys(range(1, 5), 1), [61_578_95, 61_578_95, 61_578_95, 61_578_94]),
        (45_157_90, dict.fromkeys(range(1, 5), 1), [11_289_48, 11_289_48, 11_289_47, 11_289_47]),
        (100_00, dict.fromkeys(range(3), 1), [33_34, 33_33, 33_33]),
        (1, {"A": 1, "B": 1}, [1, 0]),
        (410_000_00, {"federal": 5000, "match": 5000}, [205_000_00, 205_000_00]),
        (-1150, COVERAGE, [-598, -472, -80]),
        (100, {"half": Fraction(1, 2), "third": Fraction(1, 3), "sixth": Fraction(1, 6)}, [50, 33, 17]),
        (5, {"nobody": 0, "all": 3}, [0, 5]),
        (0, {"nobody": 0}, [0]),
        (0, {}, []),
    ],
)
def test_the_vectors_come_out_to_the_cent(total: int, weights: dict[object, int], parts: list[int]) -> None:
    assert list(largest_remainder(total, weights).values()) == parts


@pytest.mark.parametrize(("total", "weights"), [(1, {"A": 0, "B": 0}), (-1, {"A": 0}), (1, {})])
def test_nothing_can_be_shared_by_zeros(total: int, weights: dict[str, int]) -> None:
    with pytest.raises(NothingToShareBy, match="zero"):
        largest_remainder(total, weights)


def test_a_negative_weight_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="negative"):
        largest_remainder(1, {"A": 2, "B": -1})


WEIGHTS = st.dictionaries(st.integers(0, 500), st.integers(0, 10**12), min_size=1, max_size=40).filter(
    lambda weights: any(weights.values())
)
TOTALS = st.integers(-(10**13), 10**13)


@given(TOTALS, WEIGHTS)
def test_the_parts_add_up_and_each_is_its_quota_rounded_down_or_up(total: int, weights: dict[int, int]) -> None:
    parts = largest_remainder(total, weights)
    every = sum(weights.values())

    assert sum(parts.values()) == total
    for key, part in parts.items():
        exact = quota(abs(total), weights[key], every)
        assert int(exact) <= abs(part) <= int(exact) + (exact.denominator > 1)
        assert part * total >= 0
        assert weights[key] or part == 0


@given(TOTALS, WEIGHTS, st.integers(1, 1000), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_scale_of_the_weights_changes_a_part(
    total: int, weights: dict[int, int], scale: int, shuffler: object
) -> None:
    turned = list(weights.items())
    shuffler.shuffle(turned)  # type: ignore[attr-defined]  # a Random of Hypothesis

    parts = largest_remainder(total, weights)

    assert largest_remainder(total, dict(turned)) == parts
    assert largest_remainder(total, {key: Fraction(weight, scale) for key, weight in weights.items()}) == parts
    assert largest_remainder(-total, weights) == {key: -part for key, part in parts.items()}


@given(st.integers(0, 10**9), WEIGHTS)
def test_the_cents_that_are_left_go_in_the_order_of_fraction_weight_and_key(
    total: int, weights: dict[int, int]
) -> None:
    """The rule once more with fractions, word for word."""
    every = sum(weights.values())
    quotas = {key: quota(total, weight, every) for key, weight in weights.items()}
    parts = {key: int(exact) for key, exact in quotas.items()}
    order = sorted(weights, key=lambda key: (-(quotas[key] - parts[key]), -weights[key], key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1

    assert largest_remainder(total, weights) == parts
