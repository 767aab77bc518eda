"""Where the tiles of the six regions stand, roughly as on the map; each shows how much of its need a plan meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certhub.rules.placement.shortfall import positions
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region

WIDTH, HEIGHT = 360, 190
_WIDE, _HIGH = 84, 86
_PLACES: Mapping[Region, tuple[int, int]] = {
    Region.WESTERN: (4, 4),
    Region.CENTRAL: (93, 4),
    Region.NORTHEAST: (271, 4),
    Region.METRO_WEST: (182, 4),
    Region.BOSTON: (271, 98),
    Region.SOUTHEAST: (182, 98),
}
_BAR = 68


@dataclass(frozen=True, slots=True)
class Tile:
    """A region: how much of the need is met, what is missing of it in positions, and a bar."""

    label: str
    x: int
    y: int
    met: str
    missing: str
    length: float


@dataclass(frozen=True, slots=True)
class RegionDrawing:
    """All tiles, with what a screen reader says of them."""

    tiles: tuple[Tile, ...]
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    wide: int = _WIDE
    high: int = _HIGH
    bar: int = _BAR


def of(regions: Sequence[Mapping[str, Any]]) -> RegionDrawing:
    """The drawing of a proposal's regions, each as it was kept."""
    tiles, told = [], []
    for one in regions:
        region = Region(one["region"])
        x, y = _PLACES[region]
        need, placed, unmet = one["need"], one["placed"], one["unmet"]
        met = f"{100 * placed // need} % met" if need else "no need"
        missing = f"{positions(unmet)} missing" if unmet else f"of {positions(need)}" if need else ""
        length = round(_BAR * placed / need, 1) if need else 0.0
        tiles.append(Tile(REGION_LABELS[region], x, y, met, missing, length))
        told.append(f"{REGION_LABELS[region]}: {positions(placed)} of {positions(need)} positions met")
    return RegionDrawing(tuple(tiles), ". ".join(told) + ".")
