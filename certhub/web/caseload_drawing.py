"""How full coordinators are by region, as a drawing: a bar for each region, divided by the lights."""

from collections.abc import Sequence
from dataclasses import dataclass

from certhub.queries.caseload_use import RegionRow
from certhub.rules.caseload import LIGHT_LABELS, Light, decimal
from certhub.rules.regions import REGION_LABELS

NO_REGION = "No region"
NO_REPORT = "No report"

_LEFT, _WIDTH = 12, 336
_ROW, _TOP = 46, 20
_PERCENT = 100
_CLASSES = {Light.GREEN: "bar-good", Light.AMBER: "bar-soon", Light.RED: "bar-late", None: "bar-none"}


@dataclass(frozen=True, slots=True)
class Piece:
    """The coordinators of one light in a region."""

    x: float
    width: float
    style: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One region."""

    label: str
    value: str
    y: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing, with the words that say what it shows."""

    bars: tuple[Bar, ...]
    height: int
    description: str
    width: int = 360


def of(regions: Sequence[RegionRow]) -> Drawing:
    """Each region's coordinators as parts of a bar; all bars have the same length."""
    bars = tuple(
        Bar(region_name(row), used(row), _TOP + place * _ROW, _pieces(row)) for place, row in enumerate(regions)
    )
    told = " ".join(f"{bar.label}: {', '.join(piece.words for piece in bar.pieces)}." for bar in bars)
    return Drawing(bars, _TOP + len(bars) * _ROW - 14, told)


def region_name(row: RegionRow) -> str:
    """What a region is called."""
    return REGION_LABELS[row.region] if row.region else NO_REGION


def used(row: RegionRow) -> str:
    """The part of a region's time that is taken."""
    return "—" if row.share is None else f"{decimal(row.share * _PERCENT, 0)} % used"


def _pieces(row: RegionRow) -> tuple[Piece, ...]:
    found, x = [], float(_LEFT)
    for light in (*Light, None):
        people = row.lights[light]
        if people:
            width = round(_WIDTH * people / row.coordinators, 1)
            label = LIGHT_LABELS[light] if light else NO_REPORT
            found.append(Piece(round(x, 1), width, _CLASSES[light], f"{label} {people}"))
            x += width
    return tuple(found)
