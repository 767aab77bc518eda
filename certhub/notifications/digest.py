"""The words of a digest: for each date what it is, why the reader hears of it, and what to do."""

from dataclasses import dataclass
from datetime import date

from certhub.notifications.rendering import counted
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.terms import written


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a digest."""

    title: str
    when: str
    why: str
    todo: str
    address: str


_NOUN = {
    ObligationKind.CREDENTIAL_RENEWAL: "credential",
    ObligationKind.LICENCE_RENEWAL: "licence",
    ObligationKind.DOCUMENT_RENEWAL: "document",
    ObligationKind.LICENCE_RECHECK: "check of licence",
    ObligationKind.BACKGROUND_RECHECK: "background check",
    ObligationKind.CE_PROOF: "proof of training",
    ObligationKind.ATTEST_ANEW: "statement to sign anew",
}

_ASKED_FOR = frozenset({ObligationKind.LICENCE_RECHECK, ObligationKind.CE_PROOF, ObligationKind.ATTEST_ANEW})
"""What nothing ends with: somebody asked for it by a day."""

_WHY = {
    Audience.HOLDER: "You get this because it is your own {noun}.",
    Audience.EMPLOYER: "You get this because {name} works for your organization.",
    Audience.ORGANIZATION: "You get this because you act for {name}.",
    Audience.DPH: "You get this because the date is here or has passed, and DPH follows up.",
}

_TODO = {
    ObligationKind.CREDENTIAL_RENEWAL: (
        "Start the renewal application, and send it in before the credential ends.",
        "Assignments stop on the day after a credential ends. See whether a late renewal is still open, and apply.",
    ),
    ObligationKind.LICENCE_RENEWAL: (
        "Renew the licence with the body that issued it, then enter the new date.",
        "Enter the new date if the licence was renewed. If not, tell DPH.",
    ),
    ObligationKind.DOCUMENT_RENEWAL: (
        "Get the next document before this one ends, and hand it in at this link. You need no application for it.",
        "Get the document that is valid now, and hand it in at this link. You need no application for it.",
    ),
    ObligationKind.LICENCE_RECHECK: (
        "Look the licence up with the body that issued it, and record what you found.",
        "Look the licence up with the body that issued it now, and record what you found.",
    ),
    ObligationKind.BACKGROUND_RECHECK: (
        "Have the check done again. Enter only the dates and whether it cleared, at this link.",
        "Have the check done again now. Enter only the dates and whether it cleared, never what a report says.",
    ),
    ObligationKind.CE_PROOF: (
        "The renewal was drawn by lot for an audit. Open CE requests, and hand in the certificates of completion.",
        "Open CE requests, and hand in the certificates of completion now. If you cannot, tell DPH why.",
    ),
    ObligationKind.ATTEST_ANEW: (
        "A fact under the statement has changed. Read it again. If it is still true, sign it anew, here or on paper.",
        "A fact under the statement has changed and the time to sign it anew is over. Sign it now, or tell DPH.",
    ),
}

_STAYS = "The date on it is {due}. The renewal was filed in time, so it stays in force until DPH decides."
_TODO_RETURNED = "DPH has returned the renewal. Correct what DPH asks for, and send it in again."
_TODO_FOR_DPH = "Look at the record, and speak to the organization if nothing has come in."


def line(
    *,
    kind: ObligationKind,
    name: str,
    what: str,
    due_on: date,
    audience: Audience,
    today: date,
    address: str,
    stays_in_force: bool = False,
) -> Line:
    """The words for one due date.

    `stays_in_force` says that the renewal was filed in time and returned: nothing ends on the due date then.
    """
    noun = _NOUN[kind]
    subject = f"Your {noun} {what}" if audience is Audience.HOLDER else f"{name}: {noun} {what}"
    ahead, past = _TODO[kind]
    left = (due_on - today).days
    if stays_in_force:
        ahead = past = _TODO_RETURNED
    todo = _TODO_FOR_DPH if audience is Audience.DPH else ahead if left >= 0 else past
    return Line(
        title=subject.strip(),
        when=_STAYS.format(due=written(due_on)) if stays_in_force else _when(kind, due_on, left),
        why=_WHY[audience].format(noun=noun, name=name),
        todo=todo,
        address=address,
    )


def departure(*, name: str, ended_on: date | None, address: str) -> Line:
    """The words that tell an employer once that reminders for somebody who left have stopped."""
    return Line(
        title=f"{name} no longer works for your organization",
        when=f"The last day of work was {written(ended_on)}." if ended_on else "The employment has ended.",
        why="You get this once, because CertHub has stopped the reminders for this person.",
        todo="You do not need to do anything. If the person still works for you, correct the end of the employment.",
        address=address,
    )


def _when(kind: ObligationKind, due_on: date, left: int) -> str:
    if kind in _ASKED_FOR:
        if left == 0:
            return f"It is due today, {written(due_on)}."
        if left > 0:
            return f"It is due on {written(due_on)}, in {counted(left, 'day')}."
        return f"It was due on {written(due_on)}, {counted(-left, 'day')} ago."
    if left == 0:
        return f"It ends today, {written(due_on)}. It is valid through the end of the day."
    if left > 0:
        return f"It ends on {written(due_on)}, in {counted(left, 'day')}."
    return f"It ended on {written(due_on)}, {counted(-left, 'day')} ago."
