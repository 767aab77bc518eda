"""Watching a contract: qualification, insurance, financial reports, visits and corrective action.

Sources: EOHHS provider qualification (2013), 808 CMR 1.04 (Uniform Financial Report), M.G.L. c.29 s.29F (debarment),
the audit resolution policy (808 CMR 1.04(10)); requirements VO-03 to VO-06, VO-17 and VO-18.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.contracts import check_counts
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

RESPONSE_DAYS = 30
"""A vendor answers a corrective action in so many days (VO-17)."""


class QualificationStatus(StrEnum):
    """The provider qualification statuses of EOHHS."""

    UNCONDITIONAL = "unconditional"
    WITH_CORRECTIVE_ACTION_PLAN = "with_corrective_action_plan"
    CONDITIONAL = "conditional"
    PROVISIONAL = "provisional"
    LIMITED = "limited"
    EXEMPT = "exempt"
    REJECTED = "rejected"


QUALIFICATION_LABELS: dict[QualificationStatus, str] = {
    QualificationStatus.UNCONDITIONAL: "Unconditional",
    QualificationStatus.WITH_CORRECTIVE_ACTION_PLAN: "Qualification with a corrective action plan",
    QualificationStatus.CONDITIONAL: "Conditional",
    QualificationStatus.PROVISIONAL: "Provisional",
    QualificationStatus.LIMITED: "Limited",
    QualificationStatus.EXEMPT: "Exempt",
    QualificationStatus.REJECTED: "Rejected",
}


class InsuranceKind(StrEnum):
    """The insurances that a contract of this program asks for."""

    GENERAL_LIABILITY = "general_liability"
    PROFESSIONAL_LIABILITY = "professional_liability"
    WORKERS_COMPENSATION = "workers_compensation"
    CYBER = "cyber"


INSURANCE_LABELS: dict[InsuranceKind, str] = {
    InsuranceKind.GENERAL_LIABILITY: "General liability",
    InsuranceKind.PROFESSIONAL_LIABILITY: "Professional liability",
    InsuranceKind.WORKERS_COMPENSATION: "Workers' compensation",
    InsuranceKind.CYBER: "Data breach and cyber",
}

REQUIRED_INSURANCE = (InsuranceKind.GENERAL_LIABILITY, InsuranceKind.PROFESSIONAL_LIABILITY)
"""What a contract cannot be executed without (VO-06, program default)."""


class VisitDepth(StrEnum):
    """How deep a visit goes."""

    DESK = "desk"
    FOCUSED = "focused"
    FULL = "full"


DEPTH_LABELS: dict[VisitDepth, str] = {
    VisitDepth.DESK: "Desk review: papers only",
    VisitDepth.FOCUSED: "Focused visit: some subjects, on site",
    VisitDepth.FULL: "Full visit: all subjects, records sampled, staff interviewed",
}


class VisitResult(StrEnum):
    """What came of a visit."""

    NO_FINDINGS = "no_findings"
    MINOR_FINDINGS = "minor_findings"
    CORRECTIVE_ACTION = "corrective_action"


RESULT_LABELS: dict[VisitResult, str] = {
    VisitResult.NO_FINDINGS: "No findings",
    VisitResult.MINOR_FINDINGS: "Minor findings, told to the vendor",
    VisitResult.CORRECTIVE_ACTION: "Findings that ask for corrective action",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a list of debarred contractors."""

    checked_on: date
    listed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The days of one insurance."""

    kind: InsuranceKind
    starts_on: date
    ends_on: date


def require_not_debarred(checks: Iterable[Check], *, on: date, what: str) -> None:
    """Refuse a signature of DPH without a clear debarment check of the days before it. Raises `Refusal`.

    M.G.L. c.29 s.29F: the department must check before it awards and before it renews.
    """
    checks = list(checks)
    counting = [check for check in checks if check_counts(check.checked_on, on)]
    known = sorted((check for check in checks if check.checked_on <= on), key=lambda check: check.checked_on)
    newest = known[-1] if known else None
    for last in {check.source.casefold(): check for check in known}.values():  # the newest look at each list
        if last.listed:
            raise Refusal(
                f"The vendor was found on {last.source} on {written(last.checked_on)}. DPH cannot sign the {what} "
                "with a debarred contractor (M.G.L. c.29 s.29F).",
                field="kind",
            )
    if not counting:
        found = f" The last one is of {written(newest.checked_on)}." if newest else ""
        raise Refusal(
            f"No debarment check is on file for the 30 days before this signature.{found} Record one first: DPH cannot "
            f"sign the {what} without it (M.G.L. c.29 s.29F).",
            field="kind",
        )


def require_qualified(status: QualificationStatus | None) -> None:
    """Refuse to contract with a provider that EOHHS has not qualified. Raises `Refusal`."""
    if status is None:
        raise Refusal(
            "No provider qualification is on file for this vendor. Record the letter of EOHHS first.", field="kind"
        )
    if status is QualificationStatus.REJECTED:
        raise Refusal("EOHHS rejected the qualification of this vendor. DPH cannot contract with it.", field="kind")


def require_insured(policies: Collection[Policy], *, on: date) -> None:
    """Refuse a first day on which an insurance that the contract asks for is not in force. Raises `Refusal`."""
    missing = [
        INSURANCE_LABELS[kind].lower()
        for kind in REQUIRED_INSURANCE
        if not any(policy.kind is kind and policy.starts_on <= on <= policy.ends_on for policy in policies)
    ]
    if missing:
        raise Refusal(
            f"No {' and no '.join(missing)} insurance is on file for {written(on)}. Record the policy first.",
            field="kind",
        )


def response_due(opened_on: date) -> date:
    """The day by which a vendor answers a corrective action (VO-17)."""
    return opened_on + timedelta(days=RESPONSE_DAYS)


def is_late(due_on: date, done_on: date | None, *, today: date) -> bool:
    """Whether something was not done by the day on which it was due."""
    return (done_on or today) > due_on
