"""The moves of an application from draft to its end: one table, and the words that pages use for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from certhub.rules.refusal import Refusal
from certhub.rules.status import Tone
from certhub.rules.vocabulary import ApplicationStatus

_S = ApplicationStatus

MOVES: Mapping[ApplicationStatus, frozenset[ApplicationStatus]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN, _S.EXPIRED}),
        _S.SUBMITTED: frozenset({_S.UNDER_REVIEW, _S.INCOMPLETE, _S.WITHDRAWN}),
        _S.INCOMPLETE: frozenset({_S.SUBMITTED, _S.WITHDRAWN, _S.EXPIRED}),
        _S.UNDER_REVIEW: frozenset({_S.INCOMPLETE, _S.RECOMMENDED, _S.APPROVED, _S.DENIED, _S.WITHDRAWN}),
        _S.RECOMMENDED: frozenset({_S.APPROVED, _S.DENIED, _S.UNDER_REVIEW}),
        _S.APPROVED: frozenset(),
        _S.DENIED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.EXPIRED: frozenset(),
    }
)
"""What an application may become next, by what it is; the empty rows are its ends."""

OPEN_STATUSES = frozenset(status for status, targets in MOVES.items() if targets)
"""The statuses in which somebody still has something to do."""

REOPENED_AS: Mapping[ApplicationStatus, ApplicationStatus] = MappingProxyType({_S.DENIED: _S.UNDER_REVIEW})
"""What a closed application becomes when a hearing sets its end aside; nobody does anything with it until then."""

WITH_APPLICANT = frozenset({_S.DRAFT, _S.INCOMPLETE})
"""The open statuses in which the applicant has the next step; in the other open ones DPH has it."""

ENTERED_BY_DEPARTMENT = frozenset({_S.SUBMITTED, _S.UNDER_REVIEW})
"""The statuses in which DPH enters what it looks up itself."""


@dataclass(frozen=True, slots=True)
class ApplicationLabel:
    """How pages present an application's status: one word, and a sentence for each side of the desk."""

    label: str
    for_applicant: str
    for_reviewer: str
    tone: Tone


APPLICATION_LABELS: dict[ApplicationStatus, ApplicationLabel] = {
    _S.DRAFT: ApplicationLabel(
        "Draft",
        "You have not sent this application yet. Finish it and submit it.",
        "The applicant has not sent this application yet.",
        "muted",
    ),
    _S.SUBMITTED: ApplicationLabel(
        "Submitted",
        "DPH has your complete application. A reviewer will take it up.",
        "Complete by the rules; waits for a reviewer.",
        "info",
    ),
    _S.INCOMPLETE: ApplicationLabel(
        "More information needed",
        "DPH needs more from you. See what is missing, add it, and submit again.",
        "Waits for the applicant to add what is missing.",
        "warning",
    ),
    _S.UNDER_REVIEW: ApplicationLabel(
        "Under review",
        "Your application is complete and DPH is reviewing it.",
        "Waits for a review of each requirement and a decision.",
        "info",
    ),
    _S.RECOMMENDED: ApplicationLabel(
        "Decision being prepared",
        "The review is done. DPH is preparing the decision.",
        "A reviewer has recommended a decision; a second person decides.",
        "info",
    ),
    _S.APPROVED: ApplicationLabel(
        "Approved",
        "DPH has approved your application.",
        "The credential has been granted.",
        "good",
    ),
    _S.DENIED: ApplicationLabel(
        "Denied",
        "DPH has denied your application. The decision letter gives the reasons and how to appeal.",
        "The decision gives the reasons and the time to ask for a hearing.",
        "danger",
    ),
    _S.WITHDRAWN: ApplicationLabel(
        "Withdrawn",
        "This application was withdrawn. You can start a new one.",
        "The applicant took this application back.",
        "muted",
    ),
    _S.EXPIRED: ApplicationLabel(
        "Closed, never completed",
        "This application was not completed in time and has closed. You can start a new one.",
        "Closed because it was not completed in time.",
        "muted",
    ),
}
"""The one table of application words and tones."""

_DEED = {
    _S.DRAFT: "turned back into a draft",
    _S.SUBMITTED: "submitted",
    _S.INCOMPLETE: "sent back for more information",
    _S.UNDER_REVIEW: "taken into review",
    _S.RECOMMENDED: "recommended for a decision",
    _S.APPROVED: "approved",
    _S.DENIED: "denied",
    _S.WITHDRAWN: "withdrawn",
    _S.EXPIRED: "closed as never completed",
}


def is_open(status: ApplicationStatus) -> bool:
    """Whether the application still waits for somebody."""
    return status in OPEN_STATUSES


def require_reopening(current: ApplicationStatus) -> ApplicationStatus:
    """What an application becomes whose decision a hearing set aside. Raises `Refusal` for any but a denied one."""
    target = REOPENED_AS.get(current)
    if target is None:
        label = APPLICATION_LABELS[current].label.lower()
        raise Refusal(f'Only a denied application is opened again. This one is "{label}". Nothing was changed.')
    return target


def require_move(current: ApplicationStatus, target: ApplicationStatus) -> None:
    """Refuse a move that the table does not have.

    A second click on the same button comes here too: the sentence then says that it has already happened.
    """
    if target in MOVES[current]:
        return
    if current is target:
        raise Refusal(f"This application has already been {_DEED[target]}. Nothing was changed.")
    label = APPLICATION_LABELS[current].label.lower()
    if not is_open(current):
        raise Refusal(
            f'This application is closed ("{label}") and can no longer be {_DEED[target]}. '
            "Start a new application instead."
        )
    choices = ", ".join(_DEED[each] for each in ApplicationStatus if each in MOVES[current])
    raise Refusal(
        f'An application that is "{label}" cannot be {_DEED[target]}. What can be done with it now: {choices}.'
    )
