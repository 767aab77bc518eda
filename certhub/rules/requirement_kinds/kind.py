"""What every requirement kind has in common: its shape, and how evidence that a reviewer must see is judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.findings import Finding, counted
from certhub.rules.requirement_kinds.parameters import Parameters, decimal_of
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Result, Verdict

ParametersT = TypeVar("ParametersT")


@dataclass(frozen=True, slots=True)
class Kind(Generic[ParametersT]):
    """One of the eighteen ways to ask for something: how its parameters are read, and how it is judged.

    `computed` kinds decide from other records by themselves. `has_data` says whether an evaluation would have anything
    to look at, which matters for requirements that are shown only as information. `records` names what it is judged by
    besides the evidence given for it: when that changes, a word of the reviewer on it is answered.
    """

    read: Callable[[Parameters], ParametersT]
    evaluate: Callable[[Requirement, ParametersT, Dossier, Occasion], Finding]
    computed: bool = False
    has_data: Callable[[Requirement, ParametersT, Dossier], bool] | None = None
    records: Callable[[ParametersT, Dossier], object] | None = None


APPLICANT, DEPARTMENT = "applicant", "department"
"""Who does what a requirement asks for; an application is not incomplete for what the department has yet to do."""


def evidence_for(requirement: Requirement, dossier: Dossier, as_of: date) -> tuple[EvidenceItem, ...]:
    """The evidence given for the requirement that counts, oldest first.

    Returned evidence does not count, nor does evidence of something that lies after the day of the judgement.
    """
    found = (
        item
        for item in dossier.evidence
        if item.requirement == requirement.code
        and item.verdict is not Verdict.RETURNED
        and (item.occurred_on is None or item.occurred_on <= as_of)
    )
    return tuple(sorted(found, key=_age))


def reviewed(
    requirement: Requirement,
    items: Iterable[EvidenceItem],
    *,
    have: str,
    need: str,
    explanation: str,
    due_on: date | None = None,
) -> Finding:
    """The finding for evidence that says the right thing: met once each item is accepted, until then in review."""
    counted_items = tuple(items)
    waiting = [item for item in counted_items if item.verdict is not Verdict.ACCEPTED]
    note = " Waiting for review." if waiting else ""
    return Finding(
        requirement.code,
        Result.PARTIAL if waiting else Result.MET,
        have=have,
        need=need,
        explanation=explanation + note,
        due_on=due_on,
        evidence_ids=tuple(item.id for item in counted_items),
        awaiting_review=bool(waiting),
    )


def lacking(
    requirement: Requirement,
    *,
    need: str,
    explanation: str,
    have: str = "Nothing yet",
    due_on: date | None = None,
    provided: bool = False,
) -> Finding:
    """The finding where nothing usable is on file; `provided` if that is an answer and not a gap."""
    return Finding(
        requirement.code,
        Result.NOT_MET,
        have=have,
        need=need,
        explanation=explanation,
        due_on=due_on,
        provided=provided,
    )


def not_applicable(requirement: Requirement, *, need: str, explanation: str) -> Finding:
    """The finding where the requirement does not arise."""
    return Finding(requirement.code, Result.NOT_APPLICABLE, have="Not applicable", need=need, explanation=explanation)


def best(items: Iterable[EvidenceItem]) -> EvidenceItem | None:
    """The item to rely on: an accepted one before one in review, and the latest of those."""
    return max(items, key=lambda item: (item.verdict is Verdict.ACCEPTED, _age(item)), default=None)


def latest(items: Iterable[EvidenceItem]) -> EvidenceItem | None:
    """The item about the latest day."""
    return max(items, key=_age, default=None)


def value_date(item: EvidenceItem, name: str) -> date | None:
    """A date inside the evidence's value, None where it is missing or no date."""
    given = item.value.get(name)
    if not isinstance(given, str):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def value_number(item: EvidenceItem, name: str) -> Decimal:
    """A number inside the evidence's value; 0 where it is missing, no number or negative."""
    given = item.value.get(name)
    if isinstance(given, str):
        return Decimal(given) if given.isascii() and given.replace(".", "", 1).isdigit() else Decimal(0)
    found = decimal_of(given)
    return max(found, Decimal(0)) if found is not None else Decimal(0)


def value_text(item: EvidenceItem, name: str) -> str:
    """A text inside the evidence's value, "" where it is missing."""
    given = item.value.get(name)
    return given if isinstance(given, str) else ""


def any_evidence(requirement: Requirement, params: Any, dossier: Dossier) -> bool:  # noqa: ARG001 (any kind)
    """Whether anything at all was given for the requirement."""
    return any(item.requirement == requirement.code for item in dossier.evidence)


def returned_note(count: int) -> str:
    """The sentence about evidence that the reviewer sent back."""
    return f" {counted(count, 'item was', 'items were')} returned by the reviewer and not counted."


def _age(item: EvidenceItem) -> tuple[date, int]:
    return item.occurred_on or date.min, item.id
