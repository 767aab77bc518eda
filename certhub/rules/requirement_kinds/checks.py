"""Kinds about checks by others: background check, registry search, review (site visit).

No content of a criminal record is ever looked at or kept: only when the check was asked for and answered, whether the
person was cleared, by whom, and when it is due again (M.G.L. c.6 s.172; 803 CMR 2.00).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.findings import Finding, counted, listed, share
from certhub.rules.requirement_kinds.kind import (
    APPLICANT,
    DEPARTMENT,
    Kind,
    evidence_for,
    lacking,
    latest,
    reviewed,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_DAYS, MOST_MONTHS, Parameters
from certhub.rules.standard import Requirement
from certhub.rules.terms import add_months, written
from certhub.rules.vocabulary import Result

CHECKS = ("CORI", "SORI", "OIG", "SAM")
REGISTRIES = {"leie": "OIG exclusion list (LEIE)", "sam": "SAM.gov exclusions", "debarment": "state debarment list"}
CLEAR, LISTED = "clear", "listed"


class ReviewResult(StrEnum):
    """What a reviewer found at a review or site visit, best first."""

    SATISFACTORY = "satisfactory"
    CORRECTIVE_ACTION = "corrective_action"
    UNSATISFACTORY = "unsatisfactory"

    @property
    def label(self) -> str:
        """The result inside a sentence."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class BackgroundParameters:
    """Which checks are asked for, how old a first result may be (days), and after how many months it is redone."""

    checks: tuple[str, ...]
    max_age_days: int | None
    recheck_months: int | None


@dataclass(frozen=True, slots=True)
class RegistryParameters:
    """Which registry is searched, and how many days before the decision at most."""

    registry: str
    within_days_of_decision: int
    done_by: str


@dataclass(frozen=True, slots=True)
class ReviewParameters:
    """Which checklist is used, what result is enough, and how old it may be.

    `cap_allowed` takes a result of "corrective action" when an approved corrective action plan is on file.
    """

    checklist_id: str
    min_result: ReviewResult
    cap_allowed: bool
    reviewer_independence: bool
    max_age_months: int | None
    done_by: str


def _read_background(raw: Parameters) -> BackgroundParameters:
    return BackgroundParameters(
        checks=raw.texts("checks", choices=CHECKS),
        max_age_days=raw.whole_or_none("max_age_days", 1, MOST_DAYS),
        recheck_months=raw.whole_or_none("recheck_months", 1, MOST_MONTHS),
    )


def _judge_background(
    requirement: Requirement, params: BackgroundParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    need = f"{listed(params.checks)} cleared"
    if params.recheck_months is not None:
        need += f", again every {counted(params.recheck_months, 'month')}"
    items = evidence_for(requirement, dossier, occasion.as_of)
    good: list[EvidenceItem] = []
    faults: list[str] = []
    for check in params.checks:
        found = latest(item for item in items if value_text(item, "check") == check)
        fault = _fault_in_check(check, found, params, occasion)
        if fault or found is None:
            faults.append(fault)
        else:
            good.append(found)
    ends = [end for end in (_good_until(item, params) for item in good) if end is not None]
    due_on = min(ends, default=None)
    have = f"{len(good)} of {counted(len(params.checks), 'check')} cleared"
    if faults:
        return Finding(
            requirement.code,
            Result.PARTIAL if good else Result.NOT_MET,
            have=have,
            need=need,
            explanation=" ".join(faults),
            progress=share(len(good), len(params.checks)),
            evidence_ids=tuple(item.id for item in good),
            provided=all(_answered(check, items) for check in params.checks),
        )
    again = f" The next check is due by {written(due_on)}." if due_on is not None else ""
    explanation = f"{listed(params.checks)} cleared.{again}"
    return reviewed(requirement, good, have=have, need=need, explanation=explanation, due_on=due_on)


def _answered(check: str, items: tuple[EvidenceItem, ...]) -> bool:
    """Whether somebody has answered the check, with whatever result."""
    found = latest(item for item in items if value_text(item, "check") == check)
    return found is not None and isinstance(found.value.get("cleared"), bool)


def _fault_in_check(check: str, item: EvidenceItem | None, params: BackgroundParameters, occasion: Occasion) -> str:
    if item is None:
        return f"The {check} check is missing."
    if item.occurred_on is None:
        return f"The {check} check has no result yet."
    if item.value.get("cleared") is not True:
        return f"The {check} check of {written(item.occurred_on)} did not clear."
    good_until = _good_until(item, params)
    if good_until is not None and good_until < occasion.as_of:
        return f"The {check} check of {written(item.occurred_on)} was due again by {written(good_until)}."
    return ""


def _good_until(item: EvidenceItem, params: BackgroundParameters) -> date | None:
    """The last day on which the result counts: the earliest of the recheck, the age limit and the date on the form."""
    due_on = recheck_due_on(params, item.occurred_on, item.expires_on)
    ends = [] if due_on is None else [due_on]
    if item.occurred_on is not None and params.max_age_days is not None:
        ends.append(item.occurred_on + timedelta(days=params.max_age_days))
    return min(ends, default=None)


def recheck_due_on(params: BackgroundParameters, answered_on: date | None, due_on: date | None) -> date | None:
    """The day by which a check is redone: as the standard says, or earlier where the form says so."""
    ends = [] if due_on is None else [due_on]
    if answered_on is not None and params.recheck_months is not None:
        ends.append(add_months(answered_on, params.recheck_months))
    return min(ends, default=None)


def _read_registry(raw: Parameters) -> RegistryParameters:
    return RegistryParameters(
        registry=raw.text("registry", choices=tuple(REGISTRIES)),
        within_days_of_decision=raw.whole("within_days_of_decision", 0, MOST_DAYS),
        done_by=raw.text("done_by", default=APPLICANT, choices=(APPLICANT, DEPARTMENT)),
    )


def _judge_registry(
    requirement: Requirement, params: RegistryParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    name = REGISTRIES[params.registry]
    by_department = params.done_by == DEPARTMENT
    limit = counted(params.within_days_of_decision, "day")
    need = f"No match on the {name}, searched within {limit} of the decision"
    items = evidence_for(requirement, dossier, occasion.as_of)
    found = latest(item for item in items if value_text(item, "registry") == params.registry)
    if found is None or found.occurred_on is None:
        explanation = f"The {name} has not been searched yet." + (" DPH does this." if by_department else "")
        return lacking(requirement, need=need, explanation=explanation, provided=by_department)
    searched = written(found.occurred_on)
    if value_text(found, "result") != CLEAR:
        explanation = f"The search of the {name} on {searched} found a match."
        return lacking(requirement, need=need, have="Match found", explanation=explanation, provided=True)
    good_until = found.occurred_on + timedelta(days=params.within_days_of_decision)
    if good_until < occasion.as_of:
        again = f"DPH searches the {name} again before it decides." if by_department else f"Search the {name} again."
        explanation = f"The search of {searched} is older than {limit} on {written(occasion.as_of)}. {again}"
        had = f"Searched on {searched}"
        return lacking(requirement, need=need, have=had, explanation=explanation, provided=by_department)
    explanation = f"No match on {searched}. The search counts through {written(good_until)}."
    return reviewed(
        requirement, [found], have=f"No match on {searched}", need=need, explanation=explanation, due_on=good_until
    )


def _read_review(raw: Parameters) -> ReviewParameters:
    results = (ReviewResult.SATISFACTORY.value, ReviewResult.CORRECTIVE_ACTION.value)
    return ReviewParameters(
        checklist_id=raw.text("checklist_id"),
        min_result=ReviewResult(raw.text("min_result", default=results[0], choices=results)),
        cap_allowed=raw.flag("cap_allowed", default=False),
        reviewer_independence=raw.flag("reviewer_independence", default=True),
        max_age_months=raw.whole_or_none("max_age_months", 1, MOST_MONTHS),
        done_by=raw.text("done_by", default=DEPARTMENT, choices=(APPLICANT, DEPARTMENT)),
    )


def _judge_review(requirement: Requirement, params: ReviewParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    need = f"Review: {params.min_result.label}"
    if params.max_age_months is not None:
        need += f", within {counted(params.max_age_months, 'month')}"
    items = evidence_for(requirement, dossier, occasion.as_of)
    found = latest(item for item in items if value_text(item, "checklist_id") == params.checklist_id)
    if found is None or found.occurred_on is None:
        by_department = params.done_by == DEPARTMENT
        explanation = "No review is on file yet." + (" DPH does this." if by_department else "")
        return lacking(requirement, need=need, explanation=explanation, provided=by_department)
    outcome = value_text(found, "result")
    reviewed_on = written(found.occurred_on)
    have = f"{outcome.replace('_', ' ').capitalize() or 'No result'} on {reviewed_on}"
    due_on = None if params.max_age_months is None else add_months(found.occurred_on, params.max_age_months)
    fault = _fault_in_review(found, params, occasion, due_on)
    if fault:
        return lacking(requirement, need=need, have=have, explanation=fault, due_on=due_on, provided=True)
    again = f" The next review is due by {written(due_on)}." if due_on is not None else ""
    return reviewed(requirement, [found], have=have, need=need, explanation=f"{have}.{again}", due_on=due_on)


def _fault_in_review(item: EvidenceItem, params: ReviewParameters, occasion: Occasion, due_on: date | None) -> str:
    day = "no date" if item.occurred_on is None else written(item.occurred_on)
    outcome = value_text(item, "result")
    if due_on is not None and due_on < occasion.as_of:
        return f"The review of {day} was due again by {written(due_on)}."
    if params.reviewer_independence and item.value.get("independent") is not True:
        return f"The reviewer of {day} is not shown to be independent."
    if outcome == ReviewResult.CORRECTIVE_ACTION and params.min_result is ReviewResult.SATISFACTORY:
        if params.cap_allowed and item.value.get("cap_approved") is True:
            return ""
        return f"The review of {day} asks for a corrective action plan, which is not approved yet."
    if outcome not in (ReviewResult.SATISFACTORY, ReviewResult.CORRECTIVE_ACTION):
        return f"The review of {day} was not satisfactory."
    return ""


BACKGROUND_CHECK = Kind(_read_background, _judge_background)
REGISTRY_CLEAR = Kind(_read_registry, _judge_registry)
REVIEW = Kind(_read_review, _judge_review)
