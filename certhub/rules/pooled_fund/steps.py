"""What each step of the fund gives: its numbers, and the lines and sentences that its page shows."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a step: what it is, its cents, and what else is to be said of it."""

    label: str
    cents: int
    note: str = ""
    key: int = 0
    """The number of the payer whose line it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """The lines of a step with their sum, the formula with the numbers put in, and what to look at."""

    key: str
    title: str
    lines: tuple[Line, ...]
    sum_label: str
    sum_cents: int
    formulas: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it is kept for good."""
        return asdict(self)


def kept(plain: dict[str, Any]) -> Step:
    """A step as it was kept."""
    return Step(
        key=plain["key"],
        title=plain["title"],
        lines=tuple(Line(**line) for line in plain["lines"]),
        sum_label=plain["sum_label"],
        sum_cents=plain["sum_cents"],
        formulas=tuple(plain["formulas"]),
        warnings=tuple(plain["warnings"]),
    )
