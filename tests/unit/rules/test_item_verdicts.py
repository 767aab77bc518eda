"""What a reviewer can say of a requirement, as a table."""

import pytest

from certhub.rules.findings import Finding
from certhub.rules.item_verdicts import require_time, require_verdict
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import ApplicationStatus, RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import FRESH, requirement

A, R, W = Verdict.ACCEPTED, Verdict.RETURNED, Verdict.WAIVED
PAPER = requirement(RequirementKind.DOCUMENT, FRESH)
HOURS = requirement(RequirementKind.HOURS, {"min": 24}, waivable=True)
SEARCH = requirement(
    RequirementKind.REGISTRY_CLEAR, {"registry": "leie", "within_days_of_decision": 30, "done_by": "department"}
)


def found(result: Result) -> Finding:
    return Finding("TT-1", result, have="Something", need="Something", explanation="Something.")


@pytest.mark.parametrize(
    ("asked", "spoken", "last", "result", "says"),
    [
        (PAPER, (A, True), None, None, ""),
        (PAPER, (A, False), None, Result.NOT_MET, "no evidence to accept"),
        (PAPER, (A, False), R, Result.NOT_MET, ""),
        (PAPER, (R, True), None, Result.PARTIAL, ""),
        (PAPER, (W, True), None, None, "does not allow this requirement to be waived"),
        (HOURS, (A, False), None, Result.MET, ""),
        (HOURS, (A, False), None, Result.PARTIAL, "The records do not meet this requirement"),
        (HOURS, (A, False), None, None, "The records do not meet this requirement"),
        (HOURS, (R, False), None, None, "nothing to return"),
        (HOURS, (A, False), R, Result.NOT_MET, ""),
        (HOURS, (A, False), W, Result.WAIVED, ""),
        (HOURS, (R, False), None, Result.MET, ""),
        (HOURS, (R, False), None, Result.NOT_APPLICABLE, "nothing to return"),
        (HOURS, (W, False), None, Result.PARTIAL, ""),
        (SEARCH, (R, True), None, Result.MET, "DPH enters this one itself"),
    ],
)
def test_a_word_that_says_nothing_is_refused(
    asked: Requirement, spoken: tuple[Verdict, bool], last: Verdict | None, result: Result | None, says: str
) -> None:
    (verdict, has_evidence), finding = spoken, found(result) if result else None
    if not says:
        require_verdict(asked, verdict, reason="Why", has_evidence=has_evidence, last=last, finding=finding)
        return
    with pytest.raises(Refusal, match=says) as refused:
        require_verdict(asked, verdict, reason="Why", has_evidence=has_evidence, last=last, finding=finding)
    assert refused.value.field == "verdict"


@pytest.mark.parametrize("verdict", [R, W])
def test_a_return_and_a_waiver_need_a_reason(verdict: Verdict) -> None:
    with pytest.raises(Refusal, match="Say why") as refused:
        require_verdict(HOURS, verdict, reason="", has_evidence=False, last=None, finding=found(Result.MET))
    assert refused.value.field == "reason"


def test_what_is_accepted_needs_no_reason() -> None:
    require_verdict(PAPER, A, reason="", has_evidence=True, last=None, finding=None)


@pytest.mark.parametrize(
    ("status", "verdict", "last", "allowed"),
    [
        (ApplicationStatus.UNDER_REVIEW, R, None, True),
        (ApplicationStatus.SUBMITTED, A, None, False),
        (ApplicationStatus.INCOMPLETE, A, R, True),
        (ApplicationStatus.INCOMPLETE, W, R, True),
        (ApplicationStatus.INCOMPLETE, R, R, False),
        (ApplicationStatus.INCOMPLETE, A, None, False),
        (ApplicationStatus.APPROVED, A, R, False),
    ],
)
def test_items_are_reviewed_under_review_and_a_return_can_be_taken_back_later(
    status: ApplicationStatus, verdict: Verdict, last: Verdict | None, allowed: bool
) -> None:
    if allowed:
        require_time(status, verdict, last=last)
        return
    with pytest.raises(Refusal, match="Take up the application first"):
        require_time(status, verdict, last=last)
