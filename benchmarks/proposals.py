"""A proposal for 500 coordinators and 1,500 practices against what no plan can go below.

No database is asked: the goal is about the search. The states are made from seeds: with room to spare, nearly without,
with as much need as room, and with a shortage. An exact fit is told without a goal: each percent that stays unmet costs
1,000 points there, and the bound, which splits people at will, leaves none. The bound is the linear relaxation over all
pairings, solved by HiGHS (`services.placement_bound`). Times are those of the clock on the wall; the details have the
processor's, since machines are shared.
"""

import time
from collections.abc import Iterator

from benchmarks.databases import Database
from benchmarks.placement_states import COORDINATORS, PRACTICES, made
from benchmarks.results import Measure
from certhub.rules.placement.costs import priced
from certhub.rules.placement.explanation import explained
from certhub.rules.placement.search import CLOSE_STEPS, CLOSER_STEPS, plan
from certhub.services.placement_bound import lower_bound

SETTINGS = (("in seconds", CLOSE_STEPS, 2.0, 7.0), ("closer", CLOSER_STEPS, 10.0, 4.0))
"""The words of a setting, its steps, and the most seconds and percent above the bound."""
NEEDS = ((85, True), (92, True), (100, False), (110, True))
"""Need in percent of the room, and whether there is a goal."""
SEEDS = (1, 2)


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:  # noqa: ARG001  (no database)
    """The time and the gap of both settings for each state."""
    if database.kind != "sqlite":  # the same plan on any database
        return
    people, practices = (COORDINATORS // 25, PRACTICES // 25) if quick else (COORDINATORS, PRACTICES)
    for need, judged in NEEDS[:1] if quick else NEEDS:
        for seed in SEEDS[:1] if quick else SEEDS:
            problem = made(seed, coordinators=people, practices=practices, need=need)
            bound = lower_bound(priced(problem))
            for words, steps, seconds, percent in SETTINGS:
                began, processor = time.perf_counter(), time.process_time()
                ready = priced(problem)
                found = plan(ready, steps=steps)
                explained(ready, found)
                taken, processor = time.perf_counter() - began, time.process_time() - processor
                what = f"proposal {words}, need {need} % of the room, seed {seed}"
                above = 100 * (found.cost - bound) / bound
                told = {
                    "cost": found.cost, "bound": bound, "unmet_percent": sum(found.unmet.values()), "steps": steps,
                    "processor_s": round(processor, 2),
                }  # fmt: skip
                goal = judged and not quick
                yield Measure("proposals", f"{what}: time", "none", taken, "s", seconds if goal else None, details=told)
                yield Measure("proposals", f"{what}: above the bound", "none", above, "%", percent if goal else None)
