"""What the evaluation says of one requirement, in words and numbers that a page can show as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from certhub.rules.vocabulary import Result

_NOTHING, _WHOLE = Fraction(0), Fraction(1)

SATISFIED = frozenset({Result.MET, Result.WAIVED, Result.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one requirement: what is there, what is needed, and by when.

    `progress` runs from 0 to 1 and is None where a share would say nothing. `evidence_ids` names the evidence (or, for
    training, the completions) that was counted. `provided` says that the subject has done its part, even if nobody has
    reviewed it; `awaiting_review` that only the review is left.
    """

    requirement: str
    result: Result
    have: str
    need: str
    explanation: str
    due_on: date | None = None
    progress: Fraction | None = None
    evidence_ids: tuple[int, ...] = ()
    provided: bool = True
    awaiting_review: bool = False

    @property
    def satisfied(self) -> bool:
        """Whether nothing is left to do for this requirement."""
        return self.result in SATISFIED

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON values, as it is stored with the decision."""
        return {
            "requirement": self.requirement,
            "result": self.result.value,
            "have": self.have,
            "need": self.need,
            "explanation": self.explanation,
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "progress": None if self.progress is None else str(self.progress),
            "evidence_ids": list(self.evidence_ids),
            "provided": self.provided,
            "awaiting_review": self.awaiting_review,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Finding":
        """The finding that `to_json` stored."""
        due_on, progress = stored["due_on"], stored["progress"]
        return cls(
            requirement=stored["requirement"],
            result=Result(stored["result"]),
            have=stored["have"],
            need=stored["need"],
            explanation=stored["explanation"],
            due_on=None if due_on is None else date.fromisoformat(due_on),
            progress=None if progress is None else Fraction(progress),
            evidence_ids=tuple(stored["evidence_ids"]),
            provided=stored["provided"],
            awaiting_review=stored["awaiting_review"],
        )


def share(part: Decimal | int, whole: Decimal | int) -> Fraction:
    """How much of `whole` is done, never less than 0 or more than 1; a whole of 0 is done."""
    if part >= whole:
        return _WHOLE
    return _NOTHING if part <= 0 else Fraction(part) / Fraction(whole)


def quantity(number: Decimal | int) -> str:
    """A number without needless zeros: "24", "13.5"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: Decimal | int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 hour", "2 hours"."""
    return f"{quantity(number)} {one if number == 1 else many or one + 's'}"


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Words as a person lists them: "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
