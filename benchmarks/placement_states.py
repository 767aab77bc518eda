"""A made-up but realistic problem of placing coordinators, from a seed: towns weighted to the cities of the state."""

import csv
import random
from importlib.resources import files

from certhub.rules.placement.problem import Candidate, Demand, Place, Problem
from certhub.rules.regions import REGION_BY_NUMBER

COORDINATORS, PRACTICES = 500, 1500
_CITIES = {
    "Boston": 90, "Worcester": 35, "Springfield": 30, "Lowell": 18, "Cambridge": 15, "New Bedford": 15, "Brockton": 16,
    "Lynn": 14, "Fall River": 14, "Lawrence": 14, "Quincy": 12, "Newton": 9, "Framingham": 10, "Pittsfield": 8,
    "Holyoke": 8, "Barnstable": 8, "Salem": 7, "Plymouth": 8, "Fitchburg": 7, "Haverhill": 8,
}  # fmt: skip
_LANGUAGES = {"es": 30, "pt": 14, "ht": 8, "zh": 7, "vi": 4, "kea": 4, "ar": 3, "ru": 2, "km": 2}
_VENDORS = 40


def made(seed: int, *, coordinators: int = COORDINATORS, practices: int = PRACTICES, need: int = 100) -> Problem:
    """A problem of this size; with `need` 100 there is about as much need as room, with 85 there is room to spare."""
    drawn = random.Random(seed)
    towns = _towns()
    weights = [_CITIES.get(town.municipality, 1) for town in towns]
    demands = tuple(
        Demand(
            id=number,
            name=f"Practice {number}",
            share=min(180, max(4, round(drawn.lognormvariate(3.05, 0.7) * need / 100))),
            place=town,
            languages=_wanted(drawn),
        )
        for number, town in enumerate(drawn.choices(towns, weights, k=practices), start=1)
    )
    homes = drawn.choices(towns, weights, k=coordinators)
    room = [drawn.choices((100, 80, 60, 50), (60, 15, 10, 15))[0] - drawn.choice((0, 0, 0, 20)) for _ in homes]
    near = _nearby(demands)
    candidates = []
    for number, (home, free) in enumerate(zip(homes, room, strict=True), start=1):
        today = drawn.sample(near[home.region], min(len(near[home.region]), drawn.choice((0, 0, 1, 2, 3))))
        candidates.append(
            Candidate(
                id=number,
                name=f"Coordinator {number}",
                vendor_id=number % _VENDORS + 1,
                vendor=f"Vendor {number % _VENDORS + 1}",
                room=free,
                full_time_percent=100,
                place=home,
                languages=frozenset({"en", *_spoken(drawn)}),
                practices_today=frozenset(today),
            )
        )
    apart = {
        (drawn.randint(1, coordinators), drawn.randint(1, practices)): "Kept apart by the independence rule."
        for _ in range(coordinators // 2)
    }
    return Problem(tuple(candidates), demands, apart)


def _wanted(drawn: random.Random) -> dict[str, int]:
    if drawn.random() < 0.45:
        return {}
    chosen = drawn.choices(tuple(_LANGUAGES), tuple(_LANGUAGES.values()), k=drawn.choice((1, 1, 2)))
    return {code: drawn.choice((10, 20, 30, 45)) for code in chosen}


def _spoken(drawn: random.Random) -> list[str]:
    if drawn.random() < 0.5:
        return []
    return drawn.choices(tuple(_LANGUAGES), tuple(_LANGUAGES.values()), k=drawn.choice((1, 1, 1, 2)))


def _nearby(demands: tuple[Demand, ...]) -> dict[object, list[int]]:
    near: dict[object, list[int]] = {region: [] for region in REGION_BY_NUMBER.values()}
    for demand in demands:
        near[demand.place.region].append(demand.id)
    return near


def _towns() -> list[Place]:
    with files("certhub.data").joinpath("municipalities.csv").open(encoding="utf-8") as lines:
        return [
            Place(
                row["municipality"], float(row["latitude"]), float(row["longitude"]),
                REGION_BY_NUMBER[int(row["eohhs_region_num"])],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip
