"""A plan keeps its limits, is the same whatever the order of its parts, and says why each line is as it is."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhub.rules.independence import Span
from certhub.rules.placement.costs import cost_of, miles_between, priced, unserved_percent
from certhub.rules.placement.explanation import explained, one_after_the_other
from certhub.rules.placement.problem import Candidate, Demand, Limits, Place, Placement, Plan, Problem
from certhub.rules.placement.search import plan
from certhub.rules.placement.shortfall import by_practice, by_region, more_people, positions, share_of_hours
from certhub.rules.vocabulary import Region
from certhub.services.placement_bound import lower_bound

WORCESTER = Place("Worcester", 42.2695, -71.8078, Region.CENTRAL)
SPRINGFIELD = Place("Springfield", 42.1155, -72.5395, Region.WESTERN)
BOSTON = Place("Boston", 42.3389, -71.0196, Region.BOSTON)
TOWNS = (WORCESTER, SPRINGFIELD, BOSTON)


def one(number: int, room: int = 100, place: Place = WORCESTER, *spoken: str, today: tuple[int, ...] = ()) -> Candidate:
    return Candidate(
        number, f"Person {number}", 1, "Vendor", room, 100, place, frozenset({"en", *spoken}), frozenset(today)
    )


def need(number: int, share: int = 50, place: Place = WORCESTER, **languages: int) -> Demand:
    return Demand(number, f"Practice {number}", share, place, languages)


def solved(problem: Problem, steps: int = 500) -> Plan:
    return plan(priced(problem), steps=steps)


def placed(found: Plan) -> dict[tuple[int, int], int]:
    return {(line.candidate_id, line.demand_id): line.share for line in found.placements}


problems = st.builds(
    lambda people, practices, apart: Problem(
        tuple(
            Candidate(
                number, f"Person {number}", 1, "Vendor", room, 100, TOWNS[town],
                frozenset({"en", *spoken}), frozenset(today),
            )
            for number, (room, town, spoken, today) in enumerate(people, start=1)
        ),
        tuple(
            Demand(number, f"Practice {number}", share, TOWNS[town], {"es": es} if es else {})
            for number, (share, town, es) in enumerate(practices, start=1)
        ),
        dict.fromkeys(apart, "Kept apart."),
    ),
    st.lists(
        st.tuples(
            st.integers(1, 100), st.integers(0, 2), st.sets(st.sampled_from(("es", "pt"))), st.sets(st.integers(1, 6))
        ),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(1, 150), st.integers(0, 2), st.integers(0, 60)), max_size=8),
    st.sets(st.tuples(st.integers(1, 6), st.integers(1, 8)), max_size=4),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(problems)
def test_no_plan_ever_breaks_a_limit_and_its_cost_is_that_of_its_lines(problem: Problem) -> None:
    ready = priced(problem)
    found = plan(ready, steps=300)

    people = {each.id: each for each in problem.candidates}
    practices = {each.id: each for each in problem.demands}
    given_to, taken = Counter[int](), Counter[int]()
    for line in found.placements:
        taken[line.candidate_id] += line.share
        given_to[line.demand_id] += line.share
        assert (line.candidate_id, line.demand_id) not in problem.apart
        assert line.share >= min(problem.limits.least_share, practices[line.demand_id].share)
        miles = miles_between(people[line.candidate_id].place, practices[line.demand_id].place)
        assert miles is not None
        assert miles <= problem.limits.miles
    assert all(share <= people[number].room for number, share in taken.items())
    assert all(practices[number].share == given_to[number] + found.unmet.get(number, 0) for number in practices)
    assert all(left > 0 for left in found.unmet.values())
    assert found.cost == cost_of(ready, found)
    assert len(placed(found)) == len(found.placements)


@settings(max_examples=30, deadline=None)
@given(problems, st.randoms(use_true_random=False))
def test_the_same_records_in_another_order_give_the_same_plan(problem: Problem, order: random.Random) -> None:
    people, practices = list(problem.candidates), list(problem.demands)
    order.shuffle(people)
    order.shuffle(practices)
    assert solved(Problem(tuple(people), tuple(practices), problem.apart)) == solved(problem)


@settings(max_examples=30, deadline=None)
@given(problems)
def test_more_steps_never_give_a_worse_plan(problem: Problem) -> None:
    costs = [plan(priced(problem), steps=steps).cost for steps in (0, 20, 400)]
    assert costs == sorted(costs, reverse=True)


@settings(max_examples=30, deadline=None)
@given(problems)
def test_every_line_says_why_and_no_region_loses_a_percent(problem: Problem) -> None:
    ready = priced(problem)
    found = plan(ready, steps=100)
    lines = explained(ready, found)
    assert [(line.candidate_id, line.demand_id, line.share) for line in lines] == [
        (line.candidate_id, line.demand_id, line.share) for line in found.placements
    ]
    assert all(line.why and line.next_best for line in lines)
    summaries = by_region(problem, found)
    assert sum(each.need for each in summaries) == sum(each.share for each in problem.demands)
    assert sum(each.unmet for each in summaries) == sum(found.unmet.values())
    assert all(each.placed + each.unmet == each.need for each in summaries)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(
            Problem((one(1, 100, SPRINGFIELD), one(2)), (need(1),)), {(2, 1): 50}, id="the nearer one"
        ),
        pytest.param(
            Problem((one(1), one(2, 100, WORCESTER, "es")), (need(1, es=40),)), {(2, 1): 50}, id="who speaks Spanish"
        ),
        pytest.param(
            Problem((one(1), one(2, today=(1,))), (need(1),)), {(2, 1): 50}, id="who works there already"
        ),
        pytest.param(
            Problem((one(1, 30), one(2, 50)), (need(1),)), {(2, 1): 50}, id="one rather than two"
        ),
        pytest.param(
            Problem((one(1, 30), one(2, 20)), (need(1),)), {(1, 1): 30, (2, 1): 20}, id="two rather than nobody"
        ),
        pytest.param(Problem((one(1),), (need(1),), {(1, 1): "Employed there."}), {}, id="never one kept apart"),
        pytest.param(Problem((one(1, 100, SPRINGFIELD),), (need(1, 50, BOSTON),)), {}, id="never too far"),
        pytest.param(Problem((one(1, 4),), (need(1),)), {}, id="no sliver"),
        pytest.param(Problem((one(1, 4),), (need(1, 3),)), {(1, 1): 3}, id="a small need as a whole"),
        pytest.param(Problem((one(1, 0),), (need(1),)), {}, id="nobody without room"),
        pytest.param(Problem((), ()), {}, id="nothing at all"),
    ],
)  # fmt: skip
def test_a_plan_prefers_what_the_weights_say(problem: Problem, expected: dict[tuple[int, int], int]) -> None:
    assert placed(solved(problem)) == expected


def test_a_practice_gives_way_to_one_that_has_no_other_choice() -> None:
    people = (one(1, 50, WORCESTER, "es"), one(2, 50))
    practices = (need(1, 50, es=10), need(2, 50, es=90))
    assert placed(solved(Problem(people, practices))) == {(2, 1): 50, (1, 2): 50}


def test_the_greatest_distance_is_an_option() -> None:
    problem = Problem((one(1, 100, SPRINGFIELD),), (need(1, 50, BOSTON),), limits=Limits(miles=120))
    assert placed(solved(problem)) == {(1, 1): 50}


@pytest.mark.parametrize(
    ("first", "second", "miles"), [(WORCESTER, WORCESTER, 0), (WORCESTER, BOSTON, 41), (SPRINGFIELD, BOSTON, 79)]
)
def test_distances_are_great_circles_between_towns(first: Place, second: Place, miles: int) -> None:
    assert abs((miles_between(first, second) or 0) - miles) <= 1
    assert miles_between(first, second) == miles_between(second, first)


def test_families_whose_language_is_spoken_are_not_counted_as_unserved() -> None:
    assert unserved_percent(frozenset({"en", "es"}), need(1, es=30, pt=20)) == 20
    assert unserved_percent(frozenset({"en"}), need(1, es=70, pt=60)) == 100


def test_a_line_says_why_with_numbers_and_by_how_much_the_next_best_is_worse() -> None:
    ready = priced(Problem((one(1, 80, WORCESTER, "es", today=(1,)), one(2, 100, BOSTON)), (need(1, 50, es=30),)))
    (line,) = explained(ready, plan(ready))
    assert line.why == (
        "In the same town, with room for 80 percent of a full-time position; this meets the whole need. "
        "Speaks what the families want: Spanish (30 percent). "
        "Works with this practice already, so families keep who they know."
    )
    assert line.next_best_id == 2
    assert line.next_best_points == 50 * (41 + 15 + 15 + 8)
    assert line.next_best.startswith(f"Person 2, worse by {line.next_best_points} points: ")
    assert "can speak with 70 instead of 100 percent of the families" in line.next_best


def test_what_is_missing_is_told_as_people_and_languages() -> None:
    problem = Problem((one(1, 60),), (need(1, 100, es=50, pt=10), need(2, 80)))
    (central,) = found = by_region(problem, solved(problem))
    assert (central.need, central.room, central.placed, central.unmet) == (180, 60, 60, 120)
    assert more_people(found) == {Region.CENTRAL: 2}


def test_the_people_who_are_missing_are_rounded_up_once_for_the_state_and_not_region_by_region() -> None:
    problem = Problem((), (need(1, 40), need(2, 40, SPRINGFIELD), need(3, 30, BOSTON)))
    people = more_people(by_region(problem, solved(problem)))
    assert sum(people.values()) == 2
    assert people == {Region.CENTRAL: 1, Region.WESTERN: 1, Region.BOSTON: 0}


def test_a_practice_that_needs_more_on_some_days_is_told_once_with_the_most_that_it_needs() -> None:
    first, second = (date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 4, 1), date(2026, 6, 30))
    demands = (
        Demand(1, "Elm", 30, WORCESTER, practice_id=7, days=Span(*first)),
        Demand(2, "Elm", 20, WORCESTER, practice_id=7, days=Span(*second)),
    )
    problem = Problem((one(1, 60),), demands)
    found = solved(problem)
    (practice,) = by_practice(problem, found)
    assert (practice.need, practice.unmet) == (50, 0)
    lines = one_after_the_other(explained(priced(problem), found))
    assert [(line.days, line.share) for line in lines] == [
        (Span(date(2026, 1, 1), date(2026, 3, 31)), 30), (Span(*second), 50),
    ]  # fmt: skip


def test_whoever_goes_on_stays_though_somebody_else_would_cost_less() -> None:
    goes_on = replace(need(1, 50), stays=2, until="through March 31, 2026")
    ready = priced(Problem((one(1, 100, WORCESTER), one(2, 50, BOSTON, today=(1,))), (goes_on, need(2, 60))))
    found = plan(ready)
    assert placed(found) == {(2, 1): 50, (1, 2): 60}
    assert found.cost == cost_of(ready, found)
    assert "Works with this practice through March 31, 2026 and goes on" in explained(ready, found)[0].why


def test_a_practice_whose_town_is_not_known_is_planned_without_the_way() -> None:
    unknown = Place("", None, None, Region.WESTERN)
    ready = priced(Problem((one(1, 100, BOSTON),), (need(1, 50, unknown),)))
    (line,) = explained(ready, plan(ready))
    assert (line.miles, line.points) == (None, 100 + 50 * 15)
    assert "town of the practice is not on record" in line.why


@pytest.mark.parametrize(("percent", "words"), [(0, "0.00"), (1, "0.01"), (50, "0.50"), (100, "1.00"), (131, "1.31")])
def test_positions_are_told_to_the_percent_so_that_they_add_up(percent: int, words: str) -> None:
    assert positions(percent) == words


@pytest.mark.parametrize(("hours", "share"), [(Fraction(91), 100), (Fraction(455, 10), 50), (Fraction(46), 51)])
def test_hours_become_percent_of_a_full_time_position_rounded_up(hours: Fraction, share: int) -> None:
    assert share_of_hours(hours, Fraction(91)) == share


@settings(max_examples=60, deadline=None)
@given(problems)
def test_no_plan_costs_less_than_the_bound(problem: Problem) -> None:
    ready = priced(problem)
    if ready.demands:
        assert solved(problem).cost >= lower_bound(ready)


def test_staying_counts_for_each_percent_so_a_sliver_earns_no_more_than_a_sliver() -> None:
    ready = priced(Problem((one(1, today=(1,)), one(2)), (need(1, 60),)))
    kept = [cost_of(ready, Plan((Placement(1, 1, share), Placement(2, 1, 60 - share)), {}, 0)) for share in (5, 30, 55)]
    assert kept == [200 + 8 * 55, 200 + 8 * 30, 200 + 8 * 5]
    assert placed(plan(ready)) == {(1, 1): 60}


def test_nothing_is_paid_for_leaving_where_nobody_could_stay() -> None:
    far = priced(Problem((one(1, 100, SPRINGFIELD, today=(1,)), one(2, 100, BOSTON)), (need(1, 60, BOSTON),)))
    assert plan(far).cost == 100


def made(seed: int) -> Problem:
    """Sixty practices that need all the room of twenty coordinators."""
    drawn = random.Random(seed)  # noqa: S311  (a made-up state)
    people = tuple(one(number, drawn.choice((60, 80, 100)), drawn.choice(TOWNS)) for number in range(1, 21))
    room = sum(each.room for each in people)
    shares = [drawn.randint(8, 45) for _ in range(60)]
    return Problem(
        people,
        tuple(
            need(number, max(5, share * room * 9 // (10 * sum(shares))), drawn.choice(TOWNS), es=drawn.choice((0, 30)))
            for number, share in enumerate(shares, start=1)
        ),
        limits=Limits(miles=120),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_for_a_tight_state_is_near_to_what_no_plan_can_go_below(seed: int) -> None:
    ready = priced(made(seed))
    bound = lower_bound(ready)
    costs = {steps: plan(ready, steps=steps).cost for steps in (0, 300, 6000)}
    assert bound <= costs[6000] <= costs[300] <= costs[0]
    assert costs[6000] - bound < (costs[0] - bound) / 2
