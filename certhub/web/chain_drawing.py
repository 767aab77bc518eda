"""The chain of assignments as a drawing: the broken link, and what hangs on it from there down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from certhub.queries.exposure import ExposedRow
from certhub.rules.exposure import LINK_LABELS, Link
from certhub.web.formats import count

WIDTH = 340
_BOX, _GAP, _LONGEST = 54, 26, 38

State = Literal["holds", "broken", "exposed"]


@dataclass(frozen=True, slots=True)
class Box:
    """One step of the chain; `y` is its upper edge."""

    title: str
    text: str
    state: State
    y: int

    @property
    def foot(self) -> int:
        """The lower edge."""
        return self.y + _BOX


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing, with the sentence that says what it shows."""

    boxes: tuple[Box, ...]
    height: int
    sentence: str


def of(broken: Link, rows: Sequence[ExposedRow]) -> Drawing:
    """The chain of some assignments that one broken link exposes."""
    vendors, people, places = (
        sorted({getattr(row, name) for row in rows}) for name in ("vendor", "coordinator", "practice")
    )
    texts = {
        Link.VENDOR_CERTIFICATION: _named(vendors, "vendor"),
        Link.CONTRACT: _named(vendors, "vendor"),
        Link.EMPLOYMENT: _named(people, "coordinator"),
        Link.CREDENTIAL: _named(people, "coordinator"),
        Link.COMMITMENT: _named(places, "practice"),
    }
    throughout = {link for link in Link if all(link in row.links for row in rows)}
    steps = [(LINK_LABELS[link], texts[link], _state(link, broken, throughout)) for link in Link]
    steps.insert(len(steps) - 1, ("Assignment", count(len(rows), "assignment"), "exposed"))
    boxes = tuple(
        Box(title, text, state, number * (_BOX + _GAP) + 2) for number, (title, text, state) in enumerate(steps)
    )
    sentence = f"{LINK_LABELS[broken]} is broken: {texts[broken]}. {count(len(rows), 'assignment')} exposed."
    return Drawing(boxes, boxes[-1].foot + 2, sentence)


def _state(link: Link, broken: Link, throughout: set[Link]) -> State:
    """Another link is drawn as broken where it is broken for each of the assignments; the table tells of the rest."""
    if link is broken or link in throughout:
        return "broken"
    order = list(Link)
    return "exposed" if order.index(link) > order.index(broken) else "holds"


def _named(names: Sequence[str], noun: str) -> str:
    if len(names) > 1:
        return count(len(names), noun)
    return names[0] if len(names[0]) <= _LONGEST else names[0][: _LONGEST - 1] + "…"
