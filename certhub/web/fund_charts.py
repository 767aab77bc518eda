"""The drawings of the pooled fund: who bears what, as a bar in parts with a row for each part."""

from collections.abc import Sequence
from dataclasses import dataclass

from certhub.models.fund import FundAllocation
from certhub.queries.fund_reports import Totals
from certhub.queries.fund_sources import SourceRow
from certhub.rules.last_resort import SOURCE_LABELS
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.steps import Step
from certhub.rules.pooled_fund.words import share_of

WIDTH = 360
_LEFT, _RIGHT = 12, 348
_ROW, _TOP = 28, 76
_TONES = 5
_GAP = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: where it lies on the bar, and its row below."""

    label: str
    value: str
    share: str
    x: float
    width: float
    y: int
    tone: int


@dataclass(frozen=True, slots=True)
class Stack:
    """A whole in its parts."""

    title: str
    description: str
    height: int
    parts: tuple[Part, ...]
    width: int = WIDTH


def stack(title: str, parts: Sequence[tuple[str, int]]) -> Stack | None:
    """A bar of amounts of one sign; None where there is nothing to draw."""
    amounts = [(label, cents) for label, cents in parts if cents]
    whole = sum(cents for _, cents in amounts)
    if not amounts or any((cents > 0) != (whole > 0) for _, cents in amounts):
        return None
    found, x = [], float(_LEFT)
    for place, (label, cents) in enumerate(amounts):
        width = (_RIGHT - _LEFT) * cents / whole
        found.append(
            Part(
                label, dollars(cents), share_of(cents, whole), round(x, 1), round(max(width - _GAP, 1), 1),
                _TOP + place * _ROW, place % _TONES,
            )
        )  # fmt: skip
        x += width
    return Stack(
        title, "; ".join(f"{part.label}: {part.value}, {part.share}" for part in found) + ".",
        _TOP + len(found) * _ROW - 8, tuple(found),
    )  # fmt: skip


def bearing_chart(adopted: FundAllocation) -> Stack | None:
    """Who bears the need of a year."""
    return stack(
        "Who bears the need",
        [
            ("Private payers", adopted.private_cents),
            ("Medicaid, federal", adopted.federal_cents),
            ("Medicaid, state match", adopted.match_cents),
            ("State", adopted.state_cents),
        ],
    )


def source_chart(rows: Sequence[SourceRow]) -> Stack | None:
    """Who bears what vendors have earned."""
    return stack("Who bears what vendors have earned", [(SOURCE_LABELS[one.source], one.drawn_cents) for one in rows])


def step_chart(step: Step) -> Stack | None:
    """The lines of a step as parts of its sum."""
    return stack(step.title, [(line.label, line.cents) for line in step.lines])


def payer_chart(step: Step) -> Stack | None:
    """The payers with the largest shares, and all others together."""
    lines = sorted((line for line in step.lines if line.cents), key=lambda line: -abs(line.cents))
    shown = [(line.label, line.cents) for line in lines[: _TONES + 1]]
    if len(lines) > _TONES + 1:
        shown = shown[:_TONES]
        shown.append((f"{len(lines) - _TONES} others", sum(line.cents for line in lines[_TONES:])))
    return stack("Who bears the private share", shown)


def collection_chart(totals: Totals) -> Stack | None:
    """What of the year's assessments has come in."""
    return stack(
        "What has come in",
        [
            ("Paid", totals.paid_cents),
            ("Written off", totals.written_off_cents),
            ("Outstanding", totals.outstanding_cents),
        ],
    )
