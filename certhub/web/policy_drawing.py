"""A reminder policy as a small picture: its steps from left to right, and a dot where somebody is told."""

from dataclasses import dataclass

from certhub.rules.reminder_policies import AUDIENCE_LABELS, Audience, Policy
from certhub.rules.reminder_words import steps_in_words
from certhub.web.formats import sentence

_TOP, _ROW, _COLUMN = 30, 24, 26
_PAD = 16
_CHARACTER = 8
"""Pixels that a character of a label takes at the most, on average."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: where it stands, its label, and whether it comes after the due date."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One audience, and where its dots stand."""

    label: str
    words: str
    """When it is told, in words."""
    y: int
    dots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The picture of a policy."""

    title: str
    description: str
    width: int
    height: int
    rungs: tuple[Rung, ...]
    lines: tuple[Line, ...]
    due: int | None
    """Where the due date stands, if it is between the steps or is one."""


def ladder_of(policy: Policy, title: str) -> Ladder:
    """Where the steps of a policy stand."""
    heard = [audience for audience in Audience if audience in policy.recipients]
    left = _PAD + _CHARACTER * max(len(AUDIENCE_LABELS[audience]) for audience in heard)
    places = {step: left + _PAD + number * _COLUMN for number, step in enumerate(policy.offsets)}
    lines = tuple(
        Line(
            label=sentence(AUDIENCE_LABELS[audience]),
            words=steps_in_words(policy.recipients[audience], policy.counted_in),
            y=_TOP + number * _ROW + 16,
            dots=tuple(places[step] for step in policy.recipients[audience]),
        )
        for number, audience in enumerate(heard)
    )
    after = [x for step, x in places.items() if step < 0]
    return Ladder(
        title=title,
        description=" ".join(f"{line.label}: {line.words}." for line in lines),
        width=left + 2 * _PAD + (len(policy.offsets) - 1) * _COLUMN,
        height=_TOP + len(lines) * _ROW + 12,
        rungs=tuple(Rung(x, str(step) if step >= 0 else f"+{-step}") for step, x in places.items()),
        lines=lines,
        due=places.get(0, after[0] - _COLUMN // 2 if after else None),
    )
