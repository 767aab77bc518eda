"""The plan: those with most to lose first, then better one change at a time, within a number of steps.

Everything is done in a fixed order and counted in steps, never in seconds, so the same problem gives the same plan on
any machine and whatever order its parts come in.
"""

import heapq
from dataclasses import dataclass, field

from certhub.rules.placement.costs import Pair, Priced
from certhub.rules.placement.problem import Placement, Plan

CLOSE_STEPS = 12_000
"""The steps of a first plan: less than a second for 500 coordinators and 1,500 practices."""
CLOSER_STEPS = 100_000
"""The steps of a plan that may take longer."""
_SPLITS = 4
_CHOICES = 40
"""Pairings of each practice that prices are made from."""
_NARROW, _WIDE = 4, 64
_PARTLY = 24

Fill = tuple[tuple[Pair, int], ...]


@dataclass(slots=True)
class _State:
    """Who has how much room left, and who works where."""

    priced: Priced
    room: list[int]
    fills: list[Fill]
    at: list[set[int]]
    """For each candidate the demands that it works on."""
    steps: int = 0
    prices: list[int] = field(default_factory=list)
    unmet: int = field(init=False)

    def __post_init__(self) -> None:
        self.unmet = self.priced.problem.weights.unmet

    def cost(self, demand: int, fill: Fill) -> int:
        given = sum(share for _, share in fill)
        return sum(pair.points(share) for pair, share in fill) + self.unmet * (
            self.priced.demands[demand].share - given
        )

    def value(self, demand: int, fill: Fill) -> int:
        """The cost with the price of the time that it takes."""
        return self.cost(demand, fill) + sum(self.prices[pair.candidate] * share for pair, share in fill)

    def take(self, demand: int, fill: Fill) -> None:
        self.fills[demand] = fill
        for pair, share in fill:
            self.room[pair.candidate] -= share
            self.at[pair.candidate].add(demand)

    def release(self, demand: int) -> Fill:
        fill = self.fills[demand]
        for pair, share in fill:
            self.room[pair.candidate] += share
            self.at[pair.candidate].discard(demand)
        self.fills[demand] = ()
        return fill


def plan(priced: Priced, *, steps: int = CLOSE_STEPS) -> Plan:
    """A good plan for a problem, found with at most this many tries of another fill."""
    state = _State(
        priced, [one.room for one in priced.candidates], [()] * len(priced.demands), [set() for _ in priced.candidates]
    )
    state.prices = prices(priced)
    _greedy(state)
    state.prices = [0] * len(priced.candidates)
    _improve(state, steps)
    return _as_plan(state)


def prices(priced: Priced, rounds: int = 110, first: float = 7.0, shrink: float = 0.98) -> list[int]:
    """What a percent of each candidate's time is worth: it rises while more practices want it than there is room.

    Each round lets every practice choose as if it were alone; whoever is wanted too much becomes dearer.
    """
    room = [one.room for one in priced.candidates]
    price = [0.0] * len(room)
    step = first
    unmet = priced.problem.weights.unmet
    choices = [(demand.share, pairs[:_CHOICES]) for demand, pairs in zip(priced.demands, priced.pairs, strict=True)]
    for _ in range(rounds):
        load = [0] * len(room)
        for need, pairs in choices:
            best, chosen = float(unmet * need), -1
            for whole, candidate, _, _ in pairs:
                if whole >= best:
                    break
                value = whole + need * price[candidate]
                if value < best:
                    best, chosen = value, candidate
            if chosen >= 0:
                load[chosen] += need
        for candidate, free in enumerate(room):
            over = (load[candidate] - free) / 100
            price[candidate] = min(unmet, max(0.0, price[candidate] + step * over))
        step *= shrink
    return [round(one) for one in price]


def _greedy(state: _State) -> None:
    """Place the practice first that loses most if it does not get its best choice, again and again."""
    count = len(state.priced.demands)
    leaning: list[set[int]] = [set() for _ in state.room]
    regrets = [0] * count
    waiting: list[tuple[int, int]] = []
    open_ = set(range(count))

    def look(demand: int) -> None:
        regret, choices = _regret(state, demand)
        regrets[demand] = regret
        for candidate in choices:
            leaning[candidate].add(demand)
        heapq.heappush(waiting, (-regret, demand))

    for demand in range(count):
        look(demand)
    while waiting:
        regret, demand = heapq.heappop(waiting)
        if demand not in open_ or -regret != regrets[demand]:
            continue
        open_.discard(demand)
        fill = best_fill(state, demand)
        state.take(demand, fill)
        for pair, _ in fill:
            free = state.room[pair.candidate]
            for other in sorted(leaning[pair.candidate]):
                if other in open_ and state.priced.demands[other].share > free:
                    look(other)
                    leaning[pair.candidate].discard(other)


def _regret(state: _State, demand: int) -> tuple[int, list[int]]:
    """How much worse the second best placement of the whole need is than the best, and who these two are."""
    need, room, price = state.priced.demands[demand].share, state.room, state.prices
    first = second = state.unmet * need
    one = two = -1
    for whole, candidate, _, _ in state.priced.pairs[demand]:
        if whole >= second:
            break
        if room[candidate] >= need:
            value = whole + need * price[candidate]
            if value < first:
                first, second, one, two = value, first, candidate, one
            elif value < second:
                second, two = value, candidate
    if one < 0:  # too much for anybody alone: those who can share it are still free only at the beginning
        return first, []
    return second - first, [candidate for candidate in (one, two) if candidate >= 0]


def best_fill(state: _State, demand: int) -> Fill:
    """The cheapest way to meet a practice's need with the room that is left: by one, by two, or by several."""
    need = state.priced.demands[demand].share
    least = state.priced.least(demand)
    room, price = state.room, state.prices
    single: Pair | None = None
    cost = state.unmet * need
    partly: list[Pair] = []
    for pair in state.priced.pairs[demand]:
        whole, candidate, _, _ = pair
        if whole >= cost:
            break
        free = room[candidate]
        if free >= need:
            value = whole + need * price[candidate]
            if value < cost:
                single, cost = pair, value
        elif free >= least and len(partly) < _PARTLY:
            partly.append(pair)
    best: Fill = ((single, need),) if single is not None else ()
    others = [*partly, single] if single is not None else partly
    for first in partly[:_SPLITS]:
        fill = _filled(state, demand, first, others)
        value = state.value(demand, fill)
        if value < cost:
            best, cost = fill, value
    return best


def _filled(state: _State, demand: int, first: Pair, others: list[Pair]) -> Fill:
    """A fill that begins with one who has room for a part."""
    fill: list[tuple[Pair, int]] = []
    left, least, pair = state.priced.demands[demand].share, state.priced.least(demand), first
    used: set[int] = set()
    while True:
        share = min(state.room[pair.candidate], left)
        if 0 < left - share < least <= left - least:  # the rest would be too little for a placement of its own
            share = left - least
        fill.append((pair, share))
        used.add(pair.candidate)
        left -= share
        if left < least:
            return tuple(fill)
        value, chosen = state.unmet * left, None
        for other in others:
            if other.candidate not in used:
                share = min(state.room[other.candidate], left)
                points = other.points(share) + state.prices[other.candidate] * share + state.unmet * (left - share)
                if points < value:
                    chosen, value = other, points
        if chosen is None:
            return tuple(fill)
        pair = chosen


def _improve(state: _State, steps: int) -> None:
    """Local search: fill one practice anew, or push somebody else's practice out and fill that one anew."""
    count = len(state.priced.demands)
    improved = True
    width = _NARROW
    while state.steps < steps and (improved or width < _WIDE):
        if not improved:
            width *= 2
        improved = False
        order = sorted(range(count), key=lambda demand: -_to_gain(state, demand))
        for demand in order:
            if state.steps >= steps:
                return
            if _refill(state, demand) or _push(state, demand, width):
                improved = True


def _to_gain(state: _State, demand: int) -> int:
    """How much better a practice would fare with its first choice; those with most to gain are tried first."""
    pairs = state.priced.pairs[demand]
    return state.cost(demand, state.fills[demand]) - pairs[0].whole if pairs else 0


def _refill(state: _State, demand: int) -> bool:
    state.steps += 1
    before = state.release(demand)
    fill = best_fill(state, demand)
    if state.cost(demand, fill) < state.cost(demand, before):
        state.take(demand, fill)
        return True
    state.take(demand, before)
    return False


def _push(state: _State, demand: int, width: int) -> bool:
    """Give a practice a coordinator who would be better, and let the practice that makes room look for another."""
    here = state.cost(demand, state.fills[demand])
    need = state.priced.demands[demand].share
    tried = 0
    for pair in state.priced.pairs[demand]:
        wanted = pair.points(need)
        if wanted >= here or tried >= width:
            return False
        tried += 1
        for other in sorted(state.at[pair.candidate]):
            if other == demand:
                continue
            state.steps += 1
            if _exchange(state, demand, other, pair):
                return True
    return False


def _exchange(state: _State, demand: int, other: int, pair: Pair) -> bool:
    mine, theirs = state.release(demand), state.release(other)
    before = state.cost(demand, mine) + state.cost(other, theirs)
    need = state.priced.demands[demand].share
    if state.room[pair.candidate] >= need:
        fill: Fill = ((pair, need),)
    else:
        fill = best_fill(state, demand)
    state.take(demand, fill)
    second = best_fill(state, other)
    if state.cost(demand, fill) + state.cost(other, second) < before:
        state.take(other, second)
        return True
    state.release(demand)
    state.take(demand, mine)
    state.take(other, theirs)
    return False


def _as_plan(state: _State) -> Plan:
    lines, unmet, cost = [], {}, state.priced.constant
    for number, fill in enumerate(state.fills):
        demand = state.priced.demands[number]
        cost += state.cost(number, fill)
        for pair, share in sorted(fill, key=lambda one: (-one[1], one[0].candidate)):
            lines.append(Placement(state.priced.candidates[pair.candidate].id, demand.id, share))
        left = demand.share - sum(share for _, share in fill)
        if left:
            unmet[demand.id] = left
    return Plan(tuple(lines), unmet, cost)
