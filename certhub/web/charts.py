"""Where the marks of a chart stand. The pages draw them as SVG, with a table of the same numbers beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from certhub.rules.findings import share
from certhub.rules.requirement_kinds.instrument_scales import Instrument
from certhub.rules.self_assessment import Comparison, ThemeAnswers
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.transcript import Account
from certhub.web.formats import hours as number

WIDTH = 360
_LEFT, _RIGHT = 12, 348
_ROW, _TOP = 46, 30
_BAR_ROW, _BAR_TOP = 42, 20


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale with its label."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of a chart: its label, its value in words, and where now and before stand on the scale."""

    label: str
    value: str
    y: int
    now: float
    before: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of dots on a scale; `now` and `before` name what full and hollow dots stand for."""

    title: str
    description: str
    height: int
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    now: str
    before: str
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Dot:
    """A score that so many people gave."""

    x: float
    people: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Everybody's answers for one theme on its scale."""

    title: str
    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    start: float
    end: float
    width: int = WIDTH
    height: int = 48


@dataclass(frozen=True, slots=True)
class Bar:
    """Hours beside their minimum: a bar that ends at the right where the minimum is reached."""

    label: str
    value: str
    y: int
    width: float
    short: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars for the hours in all and for each category that has a minimum of its own."""

    title: str
    description: str
    height: int
    bars: tuple[Bar, ...]
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class CountBar:
    """A number as a bar: its label, the number, and how long the bar is."""

    label: str
    value: int
    y: int
    length: float


@dataclass(frozen=True, slots=True)
class CountChart:
    """Numbers that are compared, one bar below the other."""

    title: str
    description: str
    height: int
    bars: tuple[CountBar, ...]
    width: int = WIDTH


def bar_chart(title: str, numbers: Sequence[tuple[str, int]]) -> CountChart:
    """Numbers from 0 on as bars, the largest across the whole width; in the order in which they come."""
    largest = max((value for _, value in numbers), default=0) or 1
    bars = tuple(
        CountBar(label, value, _BAR_TOP + place * _BAR_ROW, round((_RIGHT - _LEFT) * value / largest, 1))
        for place, (label, value) in enumerate(numbers)
    )
    return CountChart(
        title=title,
        description="; ".join(f"{bar.label}: {bar.value}" for bar in bars) + ".",
        height=_BAR_TOP + len(bars) * _BAR_ROW - 14,
        bars=bars,
    )


def signed(change: Decimal | None) -> str:
    """A change with its sign: +2.6, −0.5, no change; empty where there is nothing to compare with."""
    if change is None:
        return ""
    return "no change" if change == 0 else ("+" if change > 0 else "−") + number(abs(change))


def profile_chart(instrument: Instrument, comparison: Comparison) -> Chart:
    """The means of the domains, now and last time."""
    scale = range(instrument.low, instrument.high + 1)
    marks = tuple(
        Mark(
            one.title,
            _with_change(number(one.now), one.change),
            _TOP + place * _ROW,
            _x(one.now, instrument.low, instrument.high),
            None if one.before is None else _x(one.before, instrument.low, instrument.high),
        )
        for place, one in enumerate(comparison.domains)
    )
    told = "; ".join(f"{mark.label} {mark.value}" for mark in marks)
    return Chart(
        title=f"Mean of each domain on {written(comparison.now.held_on)}",
        description=f"On a scale from {instrument.low} to {instrument.high}. {told}.",
        height=_TOP + (len(marks) - 1) * _ROW + 44,
        ticks=tuple(Tick(_x(Decimal(step), instrument.low, instrument.high), str(step)) for step in scale),
        marks=marks,
        now=written(comparison.now.held_on),
        before=written(comparison.before.held_on) if comparison.before else "",
    )


def trend_chart(comparisons: Sequence[Comparison]) -> Chart:
    """The totals in percent, oldest first; the hollow dot of each row is the total before it."""
    marks = tuple(
        Mark(
            written(one.now.held_on),
            _with_change(f"{number(one.now.score.percent)} percent", one.percent_change),
            _TOP + place * _ROW,
            _x(one.now.score.percent, 0, 100),
            None if one.before is None else _x(one.before.score.percent, 0, 100),
        )
        for place, one in enumerate(comparisons)
    )
    return Chart(
        title="Total of each self-assessment in percent",
        description="; ".join(f"{mark.label}: {mark.value}" for mark in marks) + ".",
        height=_TOP + (len(marks) - 1) * _ROW + 44,
        ticks=tuple(Tick(_x(Decimal(step), 0, 100), str(step)) for step in range(0, 101, 25)),
        marks=marks,
        now="This total",
        before="The one before" if any(mark.before is not None for mark in marks) else "",
    )


def spread_chart(instrument: Instrument, answers: ThemeAnswers) -> Spread | None:
    """Everybody's answers for one theme; None while nobody has answered."""
    scores = [score for _, score in answers.given]
    if not scores:
        return None
    at = {score: _x(Decimal(score), instrument.low, instrument.high) for score in scores}
    return Spread(
        title=f"{answers.title}: " + ", ".join(f"{who} {score}" for who, score in answers.given),
        ticks=tuple(
            Tick(_x(Decimal(step), instrument.low, instrument.high), str(step))
            for step in range(instrument.low, instrument.high + 1)
        ),
        dots=tuple(Dot(x, scores.count(score)) for score, x in sorted(at.items())),
        start=at[min(scores)],
        end=at[max(scores)],
    )


def hours_chart(account: Account) -> BarChart:
    """How far the hours have come that a requirement asks for; a minimum of 0 is reached."""
    found = account.tally
    if found is None:
        raise ValueError(f"{account.requirement.code} asks for no hours")
    asked = [("All hours", found.total, found.minimum)]
    asked += [(TrainingCategory(one.category).label, one.had, one.wanted) for one in found.categories]
    bars = tuple(
        Bar(
            label,
            f"{number(had)} of {number(wanted)}",
            _TOP + place * _ROW,
            round(float(share(had, wanted)) * (_RIGHT - _LEFT), 1),
            had < wanted,
        )
        for place, (label, had, wanted) in enumerate(asked)
    )
    return BarChart(
        title=f"Hours for {account.requirement.code}, each bar to its minimum",
        description="; ".join(f"{bar.label}: {bar.value}" for bar in bars) + ".",
        height=_TOP + (len(bars) - 1) * _ROW + 24,
        bars=bars,
    )


def _with_change(value: str, change: Decimal | None) -> str:
    return value if change is None else f"{value} ({signed(change)})"


def _x(value: Decimal, low: int, high: int) -> float:
    return round(_LEFT + float(value - low) / (high - low) * (_RIGHT - _LEFT), 1)
