"""What changes within the days of a plan: how much is taken or met on which days, in stretches between the changes."""

from collections.abc import Iterable, Sequence
from datetime import date

from certhub.rules.independence import Span
from certhub.rules.terms import ONE_DAY

Part = tuple[Span, int]
"""Some days, and percent of a full-time position on each of them."""


def stretches(parts: Iterable[Part], days: Span) -> list[tuple[Span, int]]:
    """The days of a plan in stretches on which the sum of the parts stays the same, from the first to the last."""
    inside = [(both, percent) for span, percent in parts if (both := span.overlap(days)) is not None]
    last = _last(days)
    changes = {days.from_on}
    for span, _ in inside:
        changes.add(span.from_on)
        if _last(span) < last:
            changes.add(_last(span) + ONE_DAY)
    starts = sorted(changes)
    ends = [*(start - ONE_DAY for start in starts[1:]), last]
    found: list[tuple[Span, int]] = []
    for start, end in zip(starts, ends, strict=True):
        percent = sum(each for span, each in inside if span.from_on <= start <= _last(span))
        if found and found[-1][1] == percent:
            found[-1] = (Span(found[-1][0].from_on, end), percent)
        else:
            found.append((Span(start, end), percent))
    return found


def most(parts: Iterable[Part], days: Span) -> int:
    """The most that the parts come to on any of the days."""
    return max(percent for _, percent in stretches(parts, days))


def missing(need: int, met: Iterable[Part], days: Span) -> list[Part]:
    """What is lacking, as placements could meet it: what is lacking throughout first, then the rest of some days.

    The parts may overlap; on each day they come to what is lacking on it.
    """
    return _layers([(span, max(0, need - percent)) for span, percent in stretches(met, days)])


def in_sequence(parts: Sequence[Part]) -> list[Part]:
    """Parts that may overlap as parts one after the other, each with the sum of its days."""
    if not parts:
        return []
    whole = Span(min(span.from_on for span, _ in parts), max(_last(span) for span, _ in parts))
    return [part for part in stretches(parts, whole) if part[1]]


def _layers(steps: Sequence[Part]) -> list[Part]:
    if not steps:
        return []
    least = min(percent for _, percent in steps)
    found = [(Span(steps[0][0].from_on, steps[-1][0].to_on), least)] if least else []
    above: list[Part] = []
    for span, percent in steps:
        if percent > least:
            above.append((span, percent - least))
        else:
            found += _layers(above)
            above = []
    return found + _layers(above)


def _last(span: Span) -> date:
    return span.to_on or date.max
