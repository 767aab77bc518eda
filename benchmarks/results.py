"""What was measured against which goal: the table on the terminal and the JSON file."""

import json
import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("flask", "sqlalchemy", "jinja2", "gunicorn", "psycopg", "typst")


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    goal: str
    """The number of the goal in the list of goals."""
    what: str
    database: str
    measured: float
    unit: str
    limit: float | None
    """None where no goal is set and the number is only told."""
    ratio: float | None = None
    """To the floor, or to the raw form, of the same run."""
    ratio_limit: float | None = None
    at_least: bool = False
    """Whether the limit is the least that is asked for, not the most."""
    details: dict[str, Any] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.limit is None and self.ratio_limit is None:
            return None
        within = self.limit is None or (self.measured >= self.limit if self.at_least else self.measured <= self.limit)
        return within and (self.ratio_limit is None or (self.ratio is not None and self.ratio <= self.ratio_limit))


def table(measures: Sequence[Measure]) -> str:
    """The measures as a table of plain text."""
    head = ("goal", "what", "on", "measured", "limit", "ratio", "limit", "met")
    rows = [head, *(_cells(one) for one in measures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cells(one: Measure) -> tuple[str, ...]:
    word = {True: "yes", False: "NO", None: ""}[one.met]
    bound = "" if one.limit is None else f"{'>=' if one.at_least else '<='} {one.limit:g}"
    return (
        one.goal,
        one.what,
        one.database,
        f"{one.measured:.4g} {one.unit}",
        bound,
        "" if one.ratio is None else f"{one.ratio:.2f} x",
        "" if one.ratio_limit is None else f"<= {one.ratio_limit:g} x",
        word,
    )


def write(measures: Iterable[Measure], *, scale: float, seconds: float, file: Path) -> None:
    """Keep the measures with what they were measured on; nothing in it tells whose machine it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": scale,
        "seconds": round(seconds),
        "machine": machine(),
        "measures": [{**_plain(asdict(one)), "met": one.met} for one in measures],
    }
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """Cores and versions; no names and no paths."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 5) if isinstance(value, float) else value
        for name, value in values.items()
        if value is not None
    }
