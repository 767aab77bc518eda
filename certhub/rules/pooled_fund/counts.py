"""What was counted after a year, laid over what was foreseen: what nobody counted stays as foreseen, and is named."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from certhub.rules.pooled_fund.configuration import CLASS_LABELS, CoverageClass
from certhub.rules.pooled_fund.fiscal_year import month_in_words
from certhub.rules.pooled_fund.shares import Units
from certhub.rules.refusal import Refusal


def counted_units(foreseen: Units, counted: Units) -> tuple[Units, tuple[str, ...]]:
    """The units of each month and class as counted, else as foreseen, and a sentence for each gap.

    Raises `Refusal` where nothing was counted at all: a true-up on the budget alone is none.
    """
    if not any(counted.get(month) for month in foreseen):
        raise Refusal("There are no counted child-months yet, so there is nothing to true up. Enter them first.")
    found = {month: {**foreseen[month], **counted.get(month, {})} for month in sorted(foreseen)}
    missing = {
        one: tuple(month for month in sorted(foreseen) if one not in counted.get(month, {})) for one in CoverageClass
    }
    sentences = []
    for gaps, classes in groupby(sorted(missing, key=lambda one: missing[one]), key=lambda one: missing[one]):
        if gaps:
            who = ", ".join(CLASS_LABELS[one] for one in classes)
            sentences.append(
                f"{who}: no child-months were counted for {_spans(gaps, sorted(foreseen))}. Those that were foreseen "
                "count."
            )
    return found, tuple(sentences)


def counted_base(foreseen: Mapping[str, int | None], counted: Mapping[str, int | None]) -> dict[str, int | None]:
    """Each number of a payer as counted, else as it was for the assessment."""
    return {name: number if (number := counted.get(name)) is not None else foreseen.get(name) for name in foreseen}


def missing_bases(names: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each payer whose base was not counted."""
    return tuple(f"{name}: its base was not counted. The base of its assessment counts." for name in names)


def require_gaps_explained(gaps: Sequence[str], reason: str) -> None:
    """Refuse to record a true-up over what was not counted, unless somebody says why."""
    if gaps and not reason.strip():
        raise Refusal(
            "Numbers are missing. Enter what was counted, or say why what was foreseen counts for them.",
            field="gaps_reason",
        )


def _spans(gaps: Sequence[date], every: Sequence[date]) -> str:
    """Months that follow each other as one span."""
    place = {month: number for number, month in enumerate(every)}
    found = []
    for _, group in groupby(enumerate(gaps), key=lambda one: place[one[1]] - one[0]):
        span = [month for _, month in group]
        first, last = month_in_words(span[0]), month_in_words(span[-1])
        found.append(first if len(span) == 1 else f"{first} to {last}")
    return ", ".join(found)
