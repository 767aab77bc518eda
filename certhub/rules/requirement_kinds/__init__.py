"""The eighteen requirement kinds: parameters that are checked, and one pure rule each.

`KINDS` is the only place that says which code judges which kind. `judge` wraps the kind's own rule in what holds for
all of them: whom the requirement applies to, and the reviewer's word: waived, or sent back until something changes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from certhub.rules.dossier import Dossier, ItemWord, Occasion
from certhub.rules.findings import Finding
from certhub.rules.orders import WaiverInForce
from certhub.rules.requirement_kinds import (
    checks,
    duties,
    experience,
    instruments,
    measures,
    papers,
    qualifications,
    training,
)
from certhub.rules.requirement_kinds.kind import Kind, any_evidence, not_applicable, returned_note
from certhub.rules.requirement_kinds.parameters import Parameters
from certhub.rules.requirement_kinds.training_counting import CONTACT
from certhub.rules.sites import for_each_site
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind, Result, Verdict

KINDS: Mapping[RequirementKind, Kind[Any]] = {
    RequirementKind.DOCUMENT: papers.DOCUMENT,
    RequirementKind.ATTESTATION: papers.ATTESTATION,
    RequirementKind.AGREEMENT: papers.AGREEMENT,
    RequirementKind.HOURS: training.HOURS,
    RequirementKind.COURSE_SET: training.COURSE_SET,
    RequirementKind.COMPETENCY: qualifications.COMPETENCY,
    RequirementKind.EXPERIENCE: experience.EXPERIENCE,
    RequirementKind.CREDENTIAL_HELD: qualifications.CREDENTIAL_HELD,
    RequirementKind.BACKGROUND_CHECK: checks.BACKGROUND_CHECK,
    RequirementKind.REGISTRY_CLEAR: checks.REGISTRY_CLEAR,
    RequirementKind.INSTRUMENT_SCORE: instruments.INSTRUMENT_SCORE,
    RequirementKind.POINTS: instruments.POINTS,
    RequirementKind.RATIO: measures.RATIO,
    RequirementKind.RELATIONSHIP_RULE: measures.RELATIONSHIP_RULE,
    RequirementKind.PARTICIPATION: measures.PARTICIPATION,
    RequirementKind.FILING: duties.FILING,
    RequirementKind.REVIEW: checks.REVIEW,
    RequirementKind.FEE: duties.FEE,
}


def parameter_problems(kind: RequirementKind, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the raw parameters, one line each; empty if they can be used."""
    reader = Parameters(raw)
    KINDS[kind].read(reader)
    reader.unread()
    return tuple(reader.problems)


def typed_parameters(requirement: Requirement) -> Any:
    """The requirement's parameters as the frozen dataclass of its kind.

    Raises ValueError for parameters that `parameter_problems` would report: a loaded standard has none.
    """
    reader = Parameters(requirement.params)
    params = KINDS[requirement.kind].read(reader)
    reader.unread()
    if reader.problems:
        raise ValueError(f"requirement {requirement.code}: {'; '.join(reader.problems)}")
    return params


def applies_to(requirement: Requirement, dossier: Dossier) -> bool:
    """Whether the subject is one that the requirement is asked of; every condition of `applies_when` must match."""
    for attribute, allowed in requirement.applies_when.items():
        given = dossier.discipline if attribute == "discipline" else dossier.facts.get(attribute)
        values = given if isinstance(given, list | tuple | set | frozenset) else (given,)
        if not any(value is not None and str(value) in allowed for value in values):
            return False
    return True


def counts_training(requirement: Requirement) -> bool:
    """Whether the requirement is judged by training completions, whose ids its finding then names."""
    if requirement.kind is RequirementKind.HOURS:
        return bool(typed_parameters(requirement).unit == CONTACT)
    return requirement.kind is RequirementKind.COURSE_SET


def has_data(requirement: Requirement, dossier: Dossier) -> bool:
    """Whether there is anything on file that the requirement could be judged by."""
    found = KINDS[requirement.kind].has_data or any_evidence
    return found(requirement, typed_parameters(requirement), dossier)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A requirement with its parameters read once, for judging many subjects by it."""

    requirement: Requirement
    params: Any

    def judge(self, dossier: Dossier, occasion: Occasion) -> Finding:
        """The finding for one subject."""
        requirement = self.requirement
        if not applies_to(requirement, dossier):
            return not_applicable(
                requirement, need=requirement.title, explanation="This requirement does not apply to you."
            )
        evaluate, params = KINDS[requirement.kind].evaluate, self.params
        finding = for_each_site(requirement, dossier, lambda seen: evaluate(requirement, params, seen, occasion))
        if finding.result is Result.NOT_APPLICABLE:
            return finding
        waiver = waiver_of(requirement, dossier)
        if waiver is not None:
            return _waived(finding, waiver.sentence)
        word = word_on(requirement, dossier)
        if word is not None and word.verdict is Verdict.WAIVED and requirement.waivable:
            return _waived(finding, f"The department has waived this requirement: {_sentence(word.reason)}")
        given = [item for item in dossier.evidence if item.requirement == requirement.code]
        returned = [item for item in given if item.verdict is Verdict.RETURNED]
        unchanged = is_returned(requirement, dossier)
        if unchanged or (returned and len(returned) == len(given)):
            again = (
                "what you gave. Read the note, then give it again."
                if given
                else "this. Read the note, then correct it."
            )
            return replace(
                finding,
                result=Result.NOT_MET,
                explanation=f"The reviewer returned {again} {finding.explanation}",
                provided=False,
                awaiting_review=False,
            )
        if finding.satisfied or not returned:
            return finding
        return replace(finding, explanation=finding.explanation + returned_note(len(returned)))


def prepared(requirement: Requirement) -> Prepared:
    """The requirement, ready to be judged. Raises as `typed_parameters` does."""
    return Prepared(requirement, typed_parameters(requirement))


def judge(requirement: Requirement, dossier: Dossier, occasion: Occasion) -> Finding:
    """The finding for one requirement."""
    return prepared(requirement).judge(dossier, occasion)


def word_on(requirement: Requirement, dossier: Dossier) -> ItemWord | None:
    """The reviewer's latest word on the requirement in the application under judgement."""
    return next((word for word in dossier.words if word.requirement == requirement.code), None)


def waiver_of(requirement: Requirement, dossier: Dossier) -> WaiverInForce | None:
    """The order of the Board that waives the requirement for this application; only what can be waived is."""
    if not requirement.waivable:
        return None
    return next((waiver for waiver in dossier.waivers if waiver.requirement == requirement.code), None)


def is_returned(requirement: Requirement, dossier: Dossier) -> bool:
    """Whether a reviewer returned the requirement, and nothing that it is judged by has changed since."""
    word = word_on(requirement, dossier)
    if word is None or word.verdict is not Verdict.RETURNED or waiver_of(requirement, dossier) is not None:
        return False
    return word.seen_inputs == inputs_of(requirement, dossier)


def inputs_of(requirement: Requirement, dossier: Dossier) -> str:
    """The SHA-256 of what the requirement is judged by: the evidence given for it and the records of its kind."""
    records = KINDS[requirement.kind].records
    inputs = {
        "evidence": sorted(item.id for item in dossier.evidence if item.requirement == requirement.code),
        "records": None if records is None else records(typed_parameters(requirement), dossier),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()


def _waived(finding: Finding, explanation: str) -> Finding:
    return replace(
        finding, result=Result.WAIVED, explanation=explanation, progress=None, provided=True, awaiting_review=False
    )


def _sentence(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
