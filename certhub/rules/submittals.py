"""What a holder hands in between two applications, and what a reviewer can say of it.

A credential lasts for years, and what it rests on does not: an insurance certificate runs out, a yearly report falls
due. Whoever could only hand in the next one with the next application would be out of order until then.
"""

from datetime import date
from enum import StrEnum

from certhub.rules.business_days import add_business_days
from certhub.rules.evaluation import counts_at
from certhub.rules.evidence_forms import done_by_department, is_computed, text_to_sign
from certhub.rules.refusal import Refusal
from certhub.rules.service_goals import TAKE_UP_BUSINESS_DAYS
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, Verdict

HANDED_IN_ALONE = frozenset(
    {
        RequirementKind.DOCUMENT,
        RequirementKind.CREDENTIAL_HELD,
        RequirementKind.BACKGROUND_CHECK,
        RequirementKind.FILING,
        RequirementKind.PARTICIPATION,
    }
)
"""Kinds whose evidence runs out or comes again while a credential lasts.

Statements are signed anew on their own pages, references and fees belong to one application, and a search of a public
list is only good for some days before a decision.
"""


class SubmittalState(StrEnum):
    """How it stands with what was handed in."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"


STATE_LABELS = {
    SubmittalState.WAITING: "With DPH",
    SubmittalState.ACCEPTED: "Accepted",
    SubmittalState.RETURNED: "Sent back",
    SubmittalState.TAKEN_BACK: "Taken back",
}

_STATE_OF = {Verdict.ACCEPTED: SubmittalState.ACCEPTED, Verdict.RETURNED: SubmittalState.RETURNED}
VERDICTS = tuple(_STATE_OF)
"""What a reviewer can say: a requirement is only waived within an application, or by an order."""


def may_be_handed_in(requirement: Requirement) -> bool:
    """Whether evidence for the requirement can be handed in without an application."""
    return (
        requirement.kind in HANDED_IN_ALONE
        and not is_computed(requirement)
        and not done_by_department(requirement)
        and text_to_sign(requirement) is None
    )


def goes_into(requirement: Requirement, kind: ApplicationKind | None) -> bool:
    """Whether an open application of this kind (None: there is none) is where the evidence belongs.

    What is asked for at all times and does not decide on the application is handed in beside it.
    """
    return kind is not None and counts_at(requirement, kind, late=True)


def due_on(handed_in_on: date) -> date:
    """By when DPH is to look at it: as soon as it takes up an application."""
    return add_business_days(handed_in_on, TAKE_UP_BUSINESS_DAYS)


def state_of(verdict: Verdict | None, *, taken_back: bool) -> SubmittalState:
    """How it stands, by the reviewer's latest word."""
    if taken_back:
        return SubmittalState.TAKEN_BACK
    return SubmittalState.WAITING if verdict is None else _STATE_OF[verdict]


def require_word(
    verdict: Verdict, reason: str, *, state: SubmittalState, shown: int | None, standing: int | None
) -> None:
    """Refuse a word that says nothing new, gives no reason, or answers what somebody else has changed meanwhile.

    `shown` is the word that stood on the page, `standing` the one that stands now.
    """
    if state is SubmittalState.TAKEN_BACK:
        raise Refusal("It was taken back meanwhile, so there is nothing to look at any more.")
    if shown != standing:
        raise Refusal("Somebody else has looked at it meanwhile. See what they found before you change it.")
    if verdict not in _STATE_OF:
        raise Refusal("Accept it or send it back.", field="verdict")
    if verdict is Verdict.RETURNED and not reason.strip():
        raise Refusal("Say why, so that the sender knows what to do.", field="reason")
    if _STATE_OF[verdict] is state:
        raise Refusal("That is what it says already. Nothing was changed.", field="verdict")


def require_waiting(state: SubmittalState) -> None:
    """Refuse to take back what DPH has looked at: it stays on file with the word on it."""
    if state is SubmittalState.TAKEN_BACK:
        raise Refusal("It is taken back already.")
    if state is not SubmittalState.WAITING:
        raise Refusal("DPH has looked at this, so it stays on file. Hand in a newer one if it is wrong.")
