"""What a reviewer can say of one requirement of an application, and when."""

from certhub.rules.evidence_forms import done_by_department, is_computed
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import ApplicationStatus, Result, Verdict


def require_time(status: ApplicationStatus, verdict: Verdict, *, last: Verdict | None) -> None:
    """Items are reviewed under review; a return can also be taken back while the applicant has the application."""
    if status is ApplicationStatus.UNDER_REVIEW:
        return
    if status is ApplicationStatus.INCOMPLETE and last is Verdict.RETURNED and verdict is not Verdict.RETURNED:
        return
    raise Refusal("Take up the application first: items are reviewed while it is under review.")


def require_verdict(
    requirement: Requirement,
    verdict: Verdict,
    *,
    reason: str,
    has_evidence: bool,
    last: Verdict | None,
    finding: Finding | None,
) -> None:
    """Refuse a word that says nothing.

    Where there is no evidence, two things can be accepted: records that meet the requirement, and that it was returned
    or waived. `finding` is needed where there is no evidence and for a return.
    """
    if verdict in (Verdict.RETURNED, Verdict.WAIVED) and not reason:
        raise Refusal("Say why, so that the applicant knows what to do.", field="reason")
    if verdict is Verdict.WAIVED and not requirement.waivable:
        raise Refusal("The standard does not allow this requirement to be waived.", field="verdict")
    if verdict is Verdict.RETURNED:
        if done_by_department(requirement):
            raise Refusal("DPH enters this one itself. Enter a new result instead of returning it.", field="verdict")
        if finding is None or finding.result is Result.NOT_APPLICABLE:
            raise Refusal("This does not apply to the applicant. There is nothing to return.", field="verdict")
    if verdict is Verdict.ACCEPTED and not has_evidence and last not in (Verdict.RETURNED, Verdict.WAIVED):
        if not is_computed(requirement):
            raise Refusal("There is no evidence to accept for this requirement.", field="verdict")
        if finding is None or not finding.satisfied:
            raise Refusal("The records do not meet this requirement. There is nothing to accept yet.", field="verdict")
