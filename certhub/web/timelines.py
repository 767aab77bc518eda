"""Where the terms and events of a credential stand on a line of time, as they were known and as they are known now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from certhub.rules.status import STATUS_LABELS, Event, History, Period
from certhub.rules.terms import written
from certhub.rules.vocabulary import CredentialStatus
from certhub.web.charts import WIDTH, Tick

_LEFT, _RIGHT = 12, 348
_ROW = 36
_HEAD, _FOOT = 34, 8
_SCALE = 24
_TICKS = 5
"""More years than these have labels of some only: they would run into each other."""
MOST_LETTERS = 58
"""Longer words over a bar would be cut off at the edge of the drawing."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One term or event: its words, and its days as a bar; `late` is where the late renewal of a term ends.

    `label` stands over the bar, with the days written shorter.
    """

    what: str
    days: str
    label: str
    until: str
    is_term: bool
    y: int
    start: float
    end: float
    late: float | None
    open_ended: bool

    @property
    def width(self) -> float:
        """How long the bar is; a single day stays visible."""
        return round(max(self.end - self.start, 2), 1)


@dataclass(frozen=True, slots=True)
class Band:
    """All that was known at one time."""

    title: str
    y: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bands one under the other on one scale, with today as a line."""

    title: str
    description: str
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    today: float
    height: int
    width: int = WIDTH

    @property
    def today_anchor(self) -> str:
        """To which side of its line the word "today" stands, so that it stays inside the drawing."""
        return "end" if self.today > WIDTH / 2 else "start"


def timeline(title: str, known: Sequence[tuple[str, History]], today: date) -> Timeline:
    """The drawing of what was known at each of some times, which `known` names, oldest first."""
    first, last = _reach(known, today)
    bands: list[Band] = []
    y = _HEAD
    for name, history in known:
        recorded: list[Period | Event] = [*history.periods, *history.events]
        facts = sorted(recorded, key=_order)
        rows = tuple(_stretch(one, y + 30 + place * _ROW, first, last) for place, one in enumerate(facts))
        bands.append(Band(name, y + 8, rows))
        y += 30 + max(len(rows), 1) * _ROW + _FOOT
    told = (
        f"{band.title}: " + ("; ".join(f"{one.what} {one.days}" for one in band.stretches) or "nothing") + "."
        for band in bands
    )
    return Timeline(
        title=title,
        description=" ".join([*told, f"Today is {written(today)}."]),
        bands=tuple(bands),
        ticks=tuple(Tick(_x(day, first, last), str(day.year)) for day in _years(first, last)),
        today=_x(today, first, last),
        height=y + _SCALE,
    )


def _reach(known: Sequence[tuple[str, History]], today: date) -> tuple[date, date]:
    days = [today]
    for _, history in known:
        for period in history.periods:
            days += [period.starts_on, period.grace_until]
        for event in history.events:
            days += [event.effective_on, event.ends_on or event.effective_on]
    return date(min(days).year, 1, 1), date(max(days).year, 12, 31)


def _years(first: date, last: date) -> Iterator[date]:
    count = last.year - first.year + 1
    for year in range(first.year, last.year + 1, -(-count // _TICKS)):
        yield date(year, 1, 1)


def _order(one: Period | Event) -> tuple[date, bool]:
    return (one.starts_on, False) if isinstance(one, Period) else (one.effective_on, True)


def _stretch(one: Period | Event, y: int, first: date, last: date) -> Stretch:
    if isinstance(one, Period):
        return Stretch(
            what="Term",
            days=f"{written(one.starts_on)} through {written(one.expires_on)}",
            label=f"Term, {_short(one.starts_on)} – {_short(one.expires_on)}",
            until=written(one.grace_until),
            is_term=True,
            y=y,
            start=_x(one.starts_on, first, last),
            end=_x(one.expires_on, first, last),
            late=_x(one.grace_until, first, last) if one.grace_until > one.expires_on else None,
            open_ended=False,
        )
    what = STATUS_LABELS[CredentialStatus(one.kind.value)].label
    return Stretch(
        what=what,
        days=f"{written(one.effective_on)} " + (f"through {written(one.ends_on)}" if one.ends_on else "on"),
        label=f"{what}, {_short(one.effective_on)} " + (f"– {_short(one.ends_on)}" if one.ends_on else "on"),
        until="",
        is_term=False,
        y=y,
        start=_x(one.effective_on, first, last),
        end=_x(one.ends_on or last, first, last),
        late=None,
        open_ended=one.ends_on is None,
    )


def _x(day: date, first: date, last: date) -> float:
    return round(_LEFT + (day - first).days / (last - first).days * (_RIGHT - _LEFT), 1)


def _short(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
