"""Judging a subject under a standard: a pure function of the standard, the dossier and the occasion.

Requirements of the occasion's stage are judged and count; a renewal that is filed after the last day meets those of a
late renewal, too. Ongoing requirements are shown at every occasion where there
is something to look at, as information; they hold nothing up, except critical ones (independence from practices,
background checks), which always count: nobody is granted a credential that would have to be suspended the same day.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from certhub.rules.dossier import Dossier, Occasion
from certhub.rules.findings import SATISFIED, Finding
from certhub.rules.requirement_kinds import has_data, is_returned, judge
from certhub.rules.standard import Requirement, RequirementGroup, Standard
from certhub.rules.standard_definition import to_raw
from certhub.rules.vocabulary import ApplicationKind, GroupOperator, Result, Severity, Stage

ENGINE_VERSION = "5"
"""Raised whenever the same inputs could give another result; stored with each decision."""

_STAGE_OF = {
    ApplicationKind.INITIAL: Stage.INITIAL,
    ApplicationKind.RENEWAL: Stage.RENEWAL,
    ApplicationKind.REINSTATEMENT: Stage.REINSTATEMENT,
}


@dataclass(frozen=True, slots=True)
class GroupResult:
    """How a requirement group stands: `done` of the `needed` members that apply."""

    code: str
    title: str
    operator: GroupOperator
    result: Result
    done: int
    needed: int
    members: tuple[str, ...]

    @property
    def satisfied(self) -> bool:
        """Whether nothing is left to do for the group."""
        return self.result in SATISFIED


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules say of one subject on one day.

    `informational` names the findings that are shown but not counted; `unmet_critical` what stands in the way of an
    approval; `complete` whether the subject has provided all that is asked of it, reviewed or not; `returned` what a
    reviewer sent back and nobody has changed since.
    """

    result: Result
    findings: tuple[Finding, ...]
    groups: tuple[GroupResult, ...]
    informational: tuple[str, ...]
    unmet_critical: tuple[str, ...]
    complete: bool
    engine_version: str
    inputs_hash: str
    returned: tuple[str, ...] = ()

    def finding(self, code: str) -> Finding | None:
        """The finding for a requirement, None if it was not judged on this occasion."""
        return next((found for found in self.findings if found.requirement == code), None)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the findings come to, taken together; the words are those of `Evaluation`."""

    result: Result
    groups: tuple[GroupResult, ...]
    unmet_critical: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Member:
    """A requirement or group inside a group, as its operator sees it."""

    code: str
    result: Result
    provided: bool
    unmet_critical: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _GroupOutcome:
    found: GroupResult
    member: _Member
    inner: tuple[GroupResult, ...]


def evaluate(standard: Standard, dossier: Dossier, occasion: Occasion) -> Evaluation:
    """Judge the subject under the standard on the occasion's day."""
    findings: list[Finding] = []
    informational: list[str] = []
    counting: list[tuple[Requirement, Finding]] = []
    for requirement in standard.requirements:
        if counts_at(requirement, occasion.kind, late=occasion.is_late):
            finding = judge(requirement, dossier, occasion)
            counting.append((requirement, finding))
        elif Stage.ONGOING in requirement.stages and has_data(requirement, dossier):
            finding = judge(requirement, dossier, occasion)
            informational.append(requirement.code)
        else:
            continue
        findings.append(finding)

    asked = {finding.requirement for finding in findings if finding.result is not Result.NOT_APPLICABLE}
    found = conclude(standard, counting)
    return Evaluation(
        result=found.result,
        findings=tuple(findings),
        groups=found.groups,
        informational=tuple(informational),
        unmet_critical=found.unmet_critical,
        complete=found.complete,
        engine_version=ENGINE_VERSION,
        inputs_hash=inputs_hash(standard, dossier, occasion),
        returned=tuple(
            requirement.code
            for requirement in standard.requirements
            if requirement.code in asked and is_returned(requirement, dossier)
        ),
    )


def conclude(standard: Standard, counting: Sequence[tuple[Requirement, Finding]]) -> Conclusion:
    """What follows from the findings that count: groups first, then the whole."""
    outcomes = [_group_outcome(group, standard, counting) for group in standard.groups if group.parent is None]
    members = [_requirement_member(*pair) for pair in counting if pair[0].group is None]
    members += [outcome.member for outcome in outcomes if outcome.found.members]
    return Conclusion(
        result=_overall(members),
        groups=tuple(
            found for outcome in outcomes if outcome.found.members for found in (outcome.found, *outcome.inner)
        ),
        unmet_critical=_in_order(standard, (code for member in members for code in member.unmet_critical)),
        complete=all(member.provided for member in members),
    )


def counts_at(requirement: Requirement, kind: ApplicationKind, *, late: bool = False) -> bool:
    """Whether the requirement decides on an application of this kind; `late` for a renewal after the last day."""
    if _STAGE_OF[kind] in requirement.stages:
        return True
    if late and kind is ApplicationKind.RENEWAL and Stage.LATE in requirement.stages:
        return True
    return Stage.ONGOING in requirement.stages and requirement.severity is Severity.CRITICAL


def inputs_hash(standard: Standard, dossier: Dossier, occasion: Occasion) -> str:
    """The SHA-256 of everything that the evaluation looks at, so that a decision can be proved and repeated later.

    Records are put in order first: the same file read in another order has the same hash.
    """
    subject = _plain(dossier)
    for records in (
        "evidence",
        "completions",
        "licences",
        "conflicts",
        "relationships",
        "words",
        "waivers",
        "champions",
        "participations",
    ):
        subject[records] = sorted(subject[records], key=_written)
    inputs = {
        "engine": ENGINE_VERSION,
        "standard": _plain(to_raw(standard)),
        "dossier": subject,
        "occasion": _plain(occasion),
    }
    return hashlib.sha256(_written(inputs).encode()).hexdigest()


def _written(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _requirement_member(requirement: Requirement, finding: Finding) -> _Member:
    blocks = requirement.severity is Severity.CRITICAL and not finding.satisfied
    return _Member(
        requirement.code,
        finding.result,
        provided=finding.provided or finding.satisfied,
        unmet_critical=(requirement.code,) if blocks else (),
    )


def _group_outcome(
    group: RequirementGroup, standard: Standard, counting: Sequence[tuple[Requirement, Finding]]
) -> _GroupOutcome:
    members = [_requirement_member(*pair) for pair in counting if pair[0].group == group.code]
    inner: list[GroupResult] = []
    for child in standard.groups:
        if child.parent == group.code:
            outcome = _group_outcome(child, standard, counting)
            if outcome.found.members:
                members.append(outcome.member)
                inner += [outcome.found, *outcome.inner]

    asked = [member for member in members if member.result is not Result.NOT_APPLICABLE]
    done = sum(member.result in SATISFIED for member in asked)
    needed = members_needed(group, len(asked))
    if not asked:
        result = Result.NOT_APPLICABLE
    elif done >= needed:
        result = Result.MET
    else:
        begun = any(member.result is not Result.NOT_MET for member in asked)
        result = Result.PARTIAL if begun else Result.NOT_MET
    satisfied = result in SATISFIED
    found = GroupResult(
        group.code, group.title, group.operator, result, done, needed, tuple(member.code for member in members)
    )
    unmet = () if satisfied else tuple(code for member in asked for code in member.unmet_critical)
    provided = satisfied or sum(member.provided for member in asked) >= needed
    return _GroupOutcome(found, _Member(group.code, result, provided, unmet), tuple(inner))


def members_needed(group: RequirementGroup, applicable: int) -> int:
    """How many of the members that apply to the subject must be met.

    Members that do not apply neither count nor are missed: of "at least 2" where one member applies, one is needed.
    """
    if group.operator is GroupOperator.ALL:
        return applicable
    wanted = 1 if group.operator is GroupOperator.ANY else group.n or 1
    return min(wanted, applicable)


def _overall(members: Iterable[_Member]) -> Result:
    results = {member.result for member in members} - SATISFIED
    if not results:
        return Result.MET
    return Result.NOT_MET if Result.NOT_MET in results else Result.PARTIAL


def _in_order(standard: Standard, codes: Iterable[str]) -> tuple[str, ...]:
    found = set(codes)
    return tuple(requirement.code for requirement in standard.requirements if requirement.code in found)
