"""The plan: those with most to lose first, then better one change at a time, within a number of steps.

Everything is done in a fixed order and counted in steps, never in seconds, and what is drawn by lot is drawn from a
fixed seed, so the same problem gives the same plan on any machine and whatever order its parts come in.
"""

import heapq
import random
from collections.abc import Iterator

from certhub.rules.placement.costs import Priced
from certhub.rules.placement.fills import State
from certhub.rules.placement.problem import Placement, Plan

CLOSE_STEPS = 55_000
"""The steps of a first plan: about a second for 500 coordinators and 1,500 practices."""
CLOSER_STEPS = 600_000
"""The steps of a plan that may take longer: three to eight seconds for as many."""
_CHOICES = 40
"""Pairings of each practice that prices are made from."""
_PUSHED = 10
"""Coordinators of a practice whose other practices are pushed out for it, one after the other."""
_STIRRED, _NEAR = 2, 8
"""At most so many coordinators have their practices all placed anew at once, out of the cheapest ones of a practice."""


def plan(priced: Priced, *, steps: int = CLOSE_STEPS) -> Plan:
    """A good plan for a problem, found with at most this many tries of another fill, give or take a change begun."""
    state = State(priced, prices(priced))
    _greedy(state)
    state.price = [0] * len(priced.candidates)
    if steps and state.open:
        state.steps = 0
        _improve(state, steps)
        _stir(state, steps)
    return _as_plan(state)


def prices(priced: Priced, rounds: int = 110, first: float = 7.0, shrink: float = 0.98) -> list[int]:
    """What a percent of each candidate's time is worth: it rises while more practices want it than there is room.

    Each round lets every practice choose as if it were alone; whoever is wanted too much becomes dearer.
    """
    room = [one.room for one in priced.candidates]
    price = [0.0] * len(room)
    step = first
    unmet, placement = priced.problem.weights.unmet, priced.placement
    choices = [
        (demand.share, unmet - placement / demand.share, list(zip(each[:_CHOICES], order[:_CHOICES], strict=True)))
        for demand, each, order in zip(priced.demands, priced.each, priced.order, strict=True)
    ]
    for _ in range(rounds):
        load = [0] * len(room)
        for need, worst, pairs in choices:
            best, chosen = worst, -1
            for points, candidate in pairs:
                if points >= best:
                    break
                value = points + price[candidate]
                if value < best:
                    best, chosen = value, candidate
            if chosen >= 0:
                load[chosen] += need
        for candidate, free in enumerate(room):
            over = (load[candidate] - free) / 100
            price[candidate] = min(unmet, max(0.0, price[candidate] + step * over))
        step *= shrink
    return [round(one) for one in price]


def _greedy(state: State) -> None:
    """Place the practice first that loses most if it does not get its best choice, again and again."""
    count = len(state.need)
    leaning: list[set[int]] = [set() for _ in state.room]
    regrets = [0] * count
    waiting: list[tuple[int, int]] = []
    open_ = set(state.open)

    def look(demand: int) -> None:
        regret, choices = _regret(state, demand)
        regrets[demand] = regret
        for candidate in choices:
            leaning[candidate].add(demand)
        heapq.heappush(waiting, (-regret, demand))

    for demand in state.open:
        look(demand)
    while waiting:
        regret, demand = heapq.heappop(waiting)
        if demand not in open_ or -regret != regrets[demand]:
            continue
        open_.discard(demand)
        fill = state.best_fill(demand) or ()
        state.take(demand, fill)
        for candidate, _ in fill:
            free = state.room[candidate]
            for other in sorted(leaning[candidate]):
                if other in open_ and state.need[other] > free:
                    look(other)
                    leaning[candidate].discard(other)


def _regret(state: State, demand: int) -> tuple[int, list[int]]:
    """How much worse the second best placement of the whole need is than the best, and who these two are."""
    need, room, price = state.need[demand], state.room, state.price
    first = second = state.unmet * need - state.priced.placement
    one = two = -1
    for points, candidate in state.pairs(demand):
        if points * need >= second:
            break
        if room[candidate] >= need:
            value = need * (points + price[candidate])
            if value < first:
                first, second, one, two = value, first, candidate, one
            elif value < second:
                second, two = value, candidate
    if one < 0:  # too much for anybody alone: those who can share it are still free only at the beginning
        return first, []
    return second - first, [candidate for candidate in (one, two) if candidate >= 0]


def _improve(state: State, steps: int) -> None:
    """Fill one practice anew after the other, those with most to gain first, as long as anything becomes better."""
    improved = True
    while improved:
        improved = False
        for demand in sorted(state.open, key=lambda each: -state.to_gain(each)):
            if state.steps >= steps:
                return
            improved = _better(state, demand) or improved


def _better(state: State, demand: int) -> bool:
    """Fill a practice anew, or give it somebody whose other practice then looks for another."""
    before, cost = state.release(demand)
    fill = state.best_fill(demand, below=cost)
    if fill is not None:
        state.take(demand, fill)
        return True
    if _push(state, demand, cost):
        return True
    state.take(demand, before)
    return False


def _push(state: State, demand: int, here: int) -> bool:
    """Give a practice that has nobody now a coordinator who is better than `here`, whose other practice gives way."""
    need = state.need[demand]
    for points, candidate in state.pairs(demand)[:_PUSHED]:
        gain = here - points * need - state.priced.placement
        if gain <= 0:
            return False
        for other, theirs in _that_could_give_way(state, candidate, need):
            left, cost = state.release(other)
            state.take(demand, ((candidate, need),))
            fill = state.best_fill(other, below=gain + cost)
            if fill is not None:
                state.take(other, fill)
                return True
            state.release(demand)
            state.take(other, left)
            assert state.at[candidate][other] == theirs  # noqa: S101  (as it was before)
    return False


def _that_could_give_way(state: State, candidate: int, need: int) -> Iterator[tuple[int, int]]:
    """The practices of a candidate that take at least what is lacking for a need."""
    lack = need - state.room[candidate]
    if lack > 0:
        yield from [(other, share) for other, share in state.at[candidate].items() if share >= lack]


def _stir(state: State, steps: int) -> None:
    """Place all practices of one or two neighbouring coordinators anew in another order; keep what is no worse.

    A plan that is as good counts as another way on, so the search does not stand still.
    """
    drawn = random.Random(1)  # noqa: S311  (a fixed seed: the same plan each time)
    count = len(state.open)
    while state.steps < steps:
        state.steps += 1
        centre = state.open[int(drawn.random() * count)]
        near = state.priced.order[centre][:_NEAR]
        chosen = sorted(range(len(near)), key=lambda _: drawn.random())[: 1 + int(drawn.random() * _STIRRED)]
        stirred = dict.fromkeys([centre, *(demand for number in chosen for demand in state.at[near[number]])])
        largest_first = sorted(stirred, key=lambda each: -state.need[each] * drawn.random())
        state.remember()
        for demand in stirred:
            state.release(demand)
        for demand in largest_first:
            state.take(demand, state.best_fill(demand) or ())
        for demand in largest_first:
            _better(state, demand)
        if state.cost > state.cost_before:
            state.take_back()


def _as_plan(state: State) -> Plan:
    lines, unmet = [], {}
    for number, fill in enumerate(state.fills):
        demand = state.priced.demands[number]
        for candidate, share in sorted(fill, key=lambda one: (-one[1], one[0])):
            lines.append(Placement(state.priced.candidates[candidate].id, demand.id, share))
        left = demand.share - sum(share for _, share in fill)
        if left:
            unmet[demand.id] = left
    return Plan(tuple(lines), unmet, state.cost)
