"""The capacity model: exact arithmetic, lights and caps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.caseload import (
    GAUGE,
    MODEL,
    Caseload,
    Light,
    Tier,
    capacity,
    decimal,
    light_of,
    most_children,
    single_tier_capacity,
    utilisation,
)

T1, T2, T3 = Tier
NUMBERS = st.integers(0, 400)
PARTS = st.fractions(Fraction(1, 100), Fraction(2), max_denominator=100)


@st.composite
def caseloads(draw: st.DrawFn) -> Caseload:
    active = {tier: draw(NUMBERS) for tier in Tier}
    return Caseload(active, {tier: draw(st.integers(0, number)) for tier, number in active.items()})


def test_the_hours_of_a_full_time_position_are_those_of_the_model() -> None:
    assert MODEL.productive_hours == 130
    assert MODEL.direct_hours == 91


@pytest.mark.parametrize(("tier", "children"), [(T1, 227), (T2, 91), (T3, 39)])
def test_one_tier_alone_fills_a_full_time_position_with_so_many_children(tier: Tier, children: int) -> None:
    assert single_tier_capacity(tier) == children
    assert utilisation(Caseload({tier: children}), Fraction(1)).light is Light.AMBER
    assert utilisation(Caseload({tier: children + 1}), Fraction(1)).light is Light.RED


@pytest.mark.parametrize(
    ("mix", "full_time", "children"),
    [
        ({T1: 1}, Fraction(1), 100),  # the hard cap, not the 227 of the hours
        ({T2: 1}, Fraction(1), 91),
        ({T3: 1}, Fraction(1), 39),
        ({T3: 1}, Fraction(1, 2), 19),
        ({T1: 50, T2: 35, T3: 15}, Fraction(1), 100),
        ({T1: 1, T2: 1, T3: 1}, Fraction(1), 73),
        ({T2: 1}, Fraction(0), 0),
    ],
)
def test_capacity_follows_the_mix_of_tiers_and_the_hard_cap(
    mix: dict[Tier, int], full_time: Fraction, children: int
) -> None:
    assert capacity(full_time, mix) == children


@pytest.mark.parametrize("mix", [{}, {T1: 0}, {T1: -1, T2: 3}])
def test_a_mix_without_weights_is_a_mistake(mix: dict[Tier, int]) -> None:
    with pytest.raises(ValueError, match="mix of tiers"):
        capacity(Fraction(1), mix)


@pytest.mark.parametrize(
    ("active", "first_month", "full_time", "share", "light"),
    [
        ({}, {}, Fraction(1), Fraction(0), Light.GREEN),
        ({T2: 77}, {}, Fraction(1), Fraction(77, 91), Light.GREEN),
        ({T2: 78}, {}, Fraction(1), Fraction(78, 91), Light.AMBER),
        ({T2: 91}, {}, Fraction(1), Fraction(1), Light.AMBER),
        ({T2: 92}, {}, Fraction(1), Fraction(92, 91), Light.RED),
        ({T3: 10}, {T3: 10}, Fraction(1), Fraction(736, 910), Light.GREEN),
        (
            {T1: 20, T2: 30, T3: 15},
            {T3: 2},
            Fraction(1),
            (8 + 30 + Fraction(345, 10) + 2 * Fraction(23, 10) * Fraction(22, 10)) / 91,
            Light.AMBER,
        ),
        ({T2: 40}, {}, Fraction(4, 10), Fraction(400, 364), Light.RED),
    ],
)
def test_utilisation_is_the_hours_of_the_children_over_the_hours_that_there_are(
    active: dict[Tier, int], first_month: dict[Tier, int], full_time: Fraction, share: Fraction, light: Light
) -> None:
    found = utilisation(Caseload(active, first_month), full_time)
    assert (found.share, found.light) == (share, light)


def test_the_derivation_shows_each_number_of_the_model_and_ends_with_the_share() -> None:
    found = utilisation(Caseload({T1: 20, T2: 30, T3: 15}, {T3: 2}), Fraction(1))
    told = " ".join(f"{step.title} {step.formula} {step.result}" for step in found.steps)
    for part in ("37.5 hours a week × 52 ÷ 12 × 0.80", "130.0", "0.70", "91.0", "13 × 2.3 + 2 in the first month"):
        assert part in told
    assert found.steps[-1].result == found.percent == "90.8 %"


def test_somebody_without_working_time_is_red_with_the_first_child() -> None:
    assert utilisation(Caseload({}), Fraction(0)).light is Light.GREEN
    found = utilisation(Caseload({T1: 1}), Fraction(0))
    assert (found.share, found.light, found.percent, found.over_cap) == (None, Light.RED, "—", True)
    assert light_of(None, 0) is Light.GREEN


@pytest.mark.parametrize(("active", "first_month"), [({T1: 1}, {T1: 2}), ({T1: -1}, {}), ({}, {T3: 1})])
def test_counts_that_cannot_be_are_a_mistake(active: dict[Tier, int], first_month: dict[Tier, int]) -> None:
    with pytest.raises(ValueError, match="first month"):
        utilisation(Caseload(active, first_month), Fraction(1))


def test_a_negative_part_of_a_position_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="never negative"):
        utilisation(Caseload({}), Fraction(-1, 2))


@given(caseloads(), st.sampled_from(Tier), st.booleans(), PARTS)
def test_one_more_child_never_leaves_more_room(load: Caseload, tier: Tier, new: bool, part: Fraction) -> None:
    more = load.with_more(Caseload({tier: 1}, {tier: int(new)}))
    before, after = utilisation(load, part), utilisation(more, part)
    assert before.share is not None
    assert after.share is not None
    assert after.share > before.share
    assert list(Light).index(after.light) >= list(Light).index(before.light)


@given(caseloads(), PARTS, PARTS)
def test_more_working_time_never_leaves_less_room(load: Caseload, one: Fraction, other: Fraction) -> None:
    little, much = sorted((one, other))
    assert (utilisation(load, much).share or 0) <= (utilisation(load, little).share or 0)
    assert most_children(little) <= most_children(much)


@given(caseloads(), caseloads(), PARTS)
def test_the_order_of_practices_changes_nothing(one: Caseload, other: Caseload, part: Fraction) -> None:
    assert utilisation(one.with_more(other), part) == utilisation(other.with_more(one), part)
    assert one.with_more(other).hours() == one.hours() + other.hours()


@given(st.dictionaries(st.sampled_from(Tier), st.integers(1, 50), min_size=1), PARTS)
def test_what_fits_by_capacity_is_not_red(mix: dict[Tier, int], part: Fraction) -> None:
    fits = capacity(part, mix)
    each = sum((MODEL.hours[tier] * weight for tier, weight in mix.items()), Fraction(0)) / sum(mix.values())
    assert fits * each <= part * MODEL.direct_hours
    assert fits <= most_children(part)


@pytest.mark.parametrize(
    ("number", "places", "told"),
    [(Fraction(1, 3), 2, "0.33"), (Fraction(1, 8), 2, "0.13"), (Fraction(12345), 1, "12,345.0"), (Fraction(5), 0, "5")],
)
def test_fractions_are_told_rounded_half_up(number: Fraction, places: int, told: str) -> None:
    assert decimal(number, places) == told


@given(caseloads(), st.integers(0, 200))
def test_whole_numbers_say_what_the_fractions_say(load: Caseload, percent: int) -> None:
    numbers = [*(load.active[tier] for tier in Tier), *(load.first_month[tier] for tier in Tier)]
    found = utilisation(load, Fraction(percent, 100))
    whole = GAUGE.load(numbers)
    assert Fraction(whole, GAUGE.unit) == found.hours
    assert GAUGE.light(whole, percent, load.children) is found.light


@pytest.mark.parametrize(("tier", "children"), [(T2, 77), (T2, 78), (T2, 91), (T2, 92)])
def test_whole_numbers_change_their_light_with_the_same_child(tier: Tier, children: int) -> None:
    numbers = [children if one is tier else 0 for one in Tier] + [0, 0, 0]
    assert GAUGE.light(GAUGE.load(numbers), 100, children) is utilisation(Caseload({tier: children}), Fraction(1)).light
