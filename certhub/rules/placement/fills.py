"""Who works where while a plan is searched: the room that is left, what each practice gets, and the cheapest fill."""

from certhub.rules.placement.costs import Priced

_SPLITS = 4
"""Of the coordinators with room for a part, as many begin a fill of several."""
_PARTLY = 24
"""Coordinators with room for a part who are looked at."""

Fill = tuple[tuple[int, int], ...]
"""Candidates with their shares."""
_NOBODY: Fill = ()
_Part = tuple[int, int, int]
"""Points of a percent, the candidate, and the room."""


class State:
    """A plan in the making; `cost` is in points, `price` what a percent of each candidate's time is worth elsewhere."""

    def __init__(self, priced: Priced, price: list[int]) -> None:
        """Nobody works anywhere yet."""
        self.priced = priced
        self.price = price
        self.unmet = priced.problem.weights.unmet
        self.need = [one.share for one in priced.demands]
        self.room = [one.room for one in priced.candidates]
        self.fills: list[Fill] = [()] * len(self.need)
        self.costs = [self.unmet * need for need in self.need]
        self.cost = sum(self.costs)
        self.at: list[dict[int, int]] = [{} for _ in self.room]
        """For each candidate the demands that it works on, with the shares."""
        self.steps = 0
        self.cost_before = 0
        self._least = [priced.least(number) for number in range(len(self.need))]
        self._pairs = [list(zip(*both, strict=True)) for both in zip(priced.each, priced.order, strict=True)]
        self._points = [dict(zip(*both, strict=True)) for both in zip(priced.order, priced.each, strict=True)]
        self._before: dict[int, Fill] | None = None
        self.open = [number for number in range(len(self.need)) if not self._goes_on(number)]
        """The demands that are searched for; where somebody goes on, nobody else is looked for."""

    def pairs(self, demand: int) -> list[tuple[int, int]]:
        """Points of a percent with the candidate, the cheapest first."""
        return self._pairs[demand]

    def _goes_on(self, demand: int) -> bool:
        """Leave today's coordinator where one goes on, and nobody takes that one away."""
        one = self.priced.demands[demand]
        if one.stays is None:
            return False
        for candidate in self._points[demand]:
            if self.priced.candidates[candidate].id == one.stays and self.room[candidate] >= one.share:
                self.take(demand, ((candidate, one.share),))
                del self.at[candidate][demand]
                return True
        return False

    def take(self, demand: int, fill: Fill) -> None:
        """Give a practice that has nobody these candidates."""
        left, cost, points = self.need[demand], 0, self._points[demand]
        for candidate, share in fill:
            self.room[candidate] -= share
            self.at[candidate][demand] = share
            cost += points[candidate] * share
            left -= share
        cost += self.priced.placement * len(fill) + self.unmet * left
        self.fills[demand] = fill
        self.cost += cost - self.costs[demand]
        self.costs[demand] = cost

    def release(self, demand: int) -> tuple[Fill, int]:
        """Take everybody away from a practice; who it was, and what that cost."""
        fill, cost = self.fills[demand], self.costs[demand]
        if self._before is not None:
            self._before.setdefault(demand, fill)
        for candidate, share in fill:
            self.room[candidate] += share
            del self.at[candidate][demand]
        self.fills[demand] = ()
        self.costs[demand] = self.unmet * self.need[demand]
        self.cost += self.costs[demand] - cost
        return fill, cost

    def remember(self) -> None:
        """Note from here on what is changed, so that it can be taken back."""
        self._before, self.cost_before = {}, self.cost

    def take_back(self) -> None:
        """Undo all changes since `remember`."""
        before, self._before = self._before or {}, None
        for demand in before:
            self.release(demand)
        for demand, fill in before.items():
            self.take(demand, fill)

    def to_gain(self, demand: int) -> int:
        """How much better a practice would fare with its first choice."""
        pairs = self._pairs[demand]
        return self.costs[demand] - pairs[0][0] * self.need[demand] - self.priced.placement if pairs else 0

    def best_fill(self, demand: int, below: int | None = None) -> Fill | None:
        """The cheapest way to meet a need with the room that is left: by nobody, by one, by two, or by several.

        None where no way costs less than `below`. Time is counted at its price.
        """
        self.steps += 1
        need, least, room, price = self.need[demand], self._least[demand], self.room, self.price
        cost = self.unmet * need
        best: Fill | None = _NOBODY
        if below is not None and below <= cost:
            cost, best = below, None
        partly: list[_Part] = []
        most = (cost - self.priced.placement) / need
        for points, candidate in self._pairs[demand]:
            if points >= most:
                break
            free = room[candidate]
            if free < least:
                continue
            if free >= need:
                value = points + price[candidate]
                if value < most:
                    best, most, cost = ((candidate, need),), value, value * need + self.priced.placement
            elif len(partly) < _PARTLY:
                partly.append((points + price[candidate], candidate, free))
        if partly:
            others = [*partly, (int(most), best[0][0], need)] if best else partly
            for first in partly[:_SPLITS]:
                fill, value = self._filled(demand, first, others, cost)
                if value < cost:
                    best, cost = fill, value
        return best

    def _filled(self, demand: int, first: _Part, others: list[_Part], below: int) -> tuple[Fill, int]:
        """A fill that begins with one who has room for a part, with its cost; given up when that reaches `below`."""
        left, least, placement, unmet = self.need[demand], self._least[demand], self.priced.placement, self.unmet
        fill: dict[int, int] = {}
        cost, part = 0, first
        while True:
            points, candidate, free = part
            share = min(free, left)
            if 0 < left - share < least <= left - least:  # the rest would be too little for a placement of its own
                share = left - least
            fill[candidate] = share
            cost += points * share + placement
            left -= share
            value, chosen = unmet * left, None
            if left < least or cost >= below:
                break
            for other in others:
                points, candidate, free = other
                if candidate not in fill:
                    share = min(free, left)
                    worth = points * share + placement + unmet * (left - share)
                    if worth < value:
                        chosen, value = other, worth
            if chosen is None:
                break
            part = chosen
        return tuple(fill.items()), cost + unmet * left
