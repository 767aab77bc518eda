"""Evidence in the words of its form: what a reviewer and an applicant read of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from certhub.rules.evidence_fields import EXPIRES, OCCURRED, SENT_DIRECTLY, EvidenceField, Input, referee_fields
from certhub.rules.evidence_forms import NOT_RATED, fields_for
from certhub.rules.sites import SITES
from certhub.rules.standard import Requirement
from certhub.rules.terms import written

_NOT_RATED = "not applicable"


def told(requirement: Requirement, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each answer as (label, text), in the order of the form; dates of the evidence itself are told beside it."""
    lines: list[tuple[str, str]] = []
    for field in _fields_of(requirement, value):
        answer = value.get(field.name)
        if answer is None or answer == "" or field.name in (OCCURRED, EXPIRES) or field.input is Input.SCORE_GRID:
            continue
        lines.append((field.label, _text(field, answer)))
    if isinstance(value.get(SITES), Mapping):
        lines.append(("Sites", "; ".join(value[SITES].values())))
    return lines


def told_scores(requirement: Requirement, value: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each score grid as (label, [(row, score)])."""
    return [
        (
            field.label,
            [
                (label, _NOT_RATED if value[field.name][row] == NOT_RATED else str(value[field.name][row]))
                for row, label in field.choices
                if row in value[field.name]
            ],
        )
        for field in fields_for(requirement)
        if field.input is Input.SCORE_GRID and isinstance(value.get(field.name), Mapping)
    ]


def _fields_of(requirement: Requirement, value: Mapping[str, Any]) -> tuple[EvidenceField, ...]:
    fields = fields_for(requirement)
    return referee_fields(fields) if value.get(SENT_DIRECTLY) else fields


def _text(field: EvidenceField, answer: Any) -> str:
    labels = dict(field.choices)
    if isinstance(answer, bool):
        word = "yes" if answer else "no"
        return labels.get(word, word.capitalize())
    if isinstance(answer, list):
        return ", ".join(labels.get(str(one), str(one)) for one in answer)
    if field.input is Input.DATE:
        return written(date.fromisoformat(str(answer)))
    return labels.get(str(answer), str(answer))
