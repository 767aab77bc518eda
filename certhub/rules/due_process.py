"""What DPH owes a holder when it acts on a credential: notice, reasons, and where the law gives one, a hearing.

M.G.L. c.30A, ss.10 to 13, and 801 CMR 1.00 ask for written notice with the reasons and for the right to an adjudicatory
hearing; 272 CMR 9.00 shows the practice for community health workers. The days to ask for one are in the standard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from certhub.rules.status import STATUS_LABELS, is_authorized
from certhub.rules.terms import Explained, written
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind, SubjectType

_K = StatusEventKind


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to a credential, as its notice says it; `deed` goes on where "DPH" begins."""

    deed: str
    disciplinary: bool
    appeals: bool
    then: str = ""
    """What else the holder must know."""


ACTIONS: Mapping[StatusEventKind, Action] = MappingProxyType(
    {
        _K.PROBATION: Action(
            "has put your certification on probation", disciplinary=True, appeals=True,
            then="Keep the conditions that the reason names. If they are not kept, DPH can suspend the certification.",
        ),
        _K.ND_CONDITION: Action(
            "has put a condition on your certification, which is not discipline", disciplinary=False, appeals=True,
        ),
        _K.ND_RESTRICTION: Action(
            "has restricted your certification, which is not discipline", disciplinary=False, appeals=True
        ),
        _K.SUSPENDED: Action("has suspended your certification", disciplinary=True, appeals=True),
        _K.SUMMARY_SUSPENSION: Action(
            "has suspended your certification at once, before a hearing", disciplinary=True, appeals=True,
            then="Because it took effect before a hearing, DPH holds one promptly when you ask for it.",
        ),
        _K.REVOKED: Action("has revoked your certification", disciplinary=True, appeals=True),
        _K.SURRENDERED: Action(
            "has taken note that you gave up your certification", disciplinary=True, appeals=False,
            then="A surrender is your own act, so there is no hearing about it.",
        ),
        _K.VOID: Action(
            "has entered your certification as void, because a later one takes its place",
            disciplinary=False, appeals=True,
        ),
        _K.RETIRED: Action(
            "has taken note that you retired your certification", disciplinary=False, appeals=False,
            then="Retiring is your own act, so there is no hearing about it.",
        ),
    }
)  # fmt: skip
"""Each action of which a notice goes out. When a holder has died, none does."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice fills in; `appeal_until` is None where there is no hearing."""

    subject: SubjectType
    holder: str
    number: str
    effective_on: date
    ends_on: date | None
    reason: str
    citation: str
    appeal_until: date | None


def has_notice(kind: StatusEventKind) -> bool:
    """Whether a notice goes out."""
    return kind in ACTIONS


def has_hearing(kind: StatusEventKind) -> bool:
    """Whether the holder can ask for a hearing."""
    return kind in ACTIONS and ACTIONS[kind].appeals


def allows_practice(kind: StatusEventKind) -> bool:
    """Whether the holder may practice while this status lasts."""
    return is_authorized(CredentialStatus(kind.value))


def _verb(subject: SubjectType) -> str:
    return "practice" if subject is SubjectType.COORDINATOR else "work"


def notice_text(kind: StatusEventKind, facts: NoticeFacts) -> str:
    """The notice in plain words, for the person who signs it to read and change. Paragraphs stand apart."""
    action = ACTIONS[kind]
    until = f" through {written(facts.ends_on)}" if facts.ends_on else ""
    span = "during that time" if facts.ends_on else "from that day"
    ground = f" Legal ground: {facts.citation}." if facts.citation else ""
    verb = _verb(facts.subject)
    paragraphs = [
        f"To {facts.holder}",
        f"The Department of Public Health (DPH) {action.deed}. It is certification {facts.number}, and this counts "
        f"from {written(facts.effective_on)}{until}.",
        f"You may go on to {verb}, under the conditions that the reason names."
        if allows_practice(kind)
        else f"You may not {verb} under this certification {span}.",
        f"Reason: {facts.reason}{ground}",
        action.then,
        hearing_text(facts.appeal_until),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def notice_title(kind: StatusEventKind | None, *, ends: bool, denies: bool) -> str:
    """What a notice tells, in a few words; `ends` where the status is over."""
    if kind is None:
        return "Denial" if denies else "What is missing"
    label = STATUS_LABELS[CredentialStatus(kind.value)].label
    return f'End of the status "{label}"' if ends else label


def practice_words(*, allowed: bool, ends: bool) -> str:
    """What a notice says of practice, in a few words."""
    if not allowed:
        return "Not allowed"
    return "Allowed" if ends else "Allowed, under the conditions"


def notice_number(issued_on: date, place: int) -> str:
    """The number by which a notice is cited; `place` is its place among all notices."""
    return f"N-{issued_on.year}-{place:05d}"


@dataclass(frozen=True, slots=True)
class EndFacts:
    """What the notice that a status ends fills in; `status_after` is the status on the day after `last_day`."""

    subject: SubjectType
    holder: str
    number: str
    last_day: date
    next_day: date
    status_after: CredentialStatus
    reason: str


def end_text(kind: StatusEventKind, facts: EndFacts) -> str:
    """The notice that a status ends, and whether practice goes on after it."""
    after, verb = STATUS_LABELS[facts.status_after], _verb(facts.subject)
    practice = (
        f"You may {verb} under this certification from that day."
        if is_authorized(facts.status_after)
        else f"You may not {verb} under this certification from that day either."
        if not allows_practice(kind)
        else f"You may not {verb} under this certification from that day."
    )
    return "\n\n".join(
        [
            f"To {facts.holder}",
            "The Department of Public Health (DPH) has ended a status of your certification "
            f'{facts.number}: "{STATUS_LABELS[CredentialStatus(kind.value)].label}". Its last day is '
            f"{written(facts.last_day)}.",
            f'From {written(facts.next_day)} your certification has the status "{after.label}". {after.meaning}',
            practice,
            f"Reason: {facts.reason}",
        ]
    )


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that an application lacks, as its applicant reads it."""

    code: str
    title: str
    citation: str
    missing: str


def deficiency_text(
    holder: str, application: str, *, standard: str, lacks: Sequence[Deficiency], closes: Explained
) -> str:
    """The notice of what an application lacks; `standard` says which version it is held to."""
    listed = [
        f"{place}. {one.code} {one.title} ({one.citation})\nWhat is missing: {one.missing}"
        for place, one in enumerate(lacks, start=1)
    ]
    return "\n\n".join(
        [
            f"To {holder}",
            f"The Department of Public Health (DPH) has looked at your {application}. It is held to {standard}, and "
            "it is not complete. This is what is missing:",
            *listed,
            "Add what is missing in CertHub, and submit the application again. If you do nothing, it closes on "
            f"{written(closes.on)}: {closes.because}. What you entered stays on file.",
            "This is not a denial, so there is no hearing about it. If you think that something is not missing, write "
            "a note on that requirement.",
        ]
    )


def denial_text(holder: str, application: str, reason: str, appeal_until: date) -> str:
    """The notice of a denial; `application` says which, for example "initial application under CC-CORE"."""
    return "\n\n".join(
        [
            f"To {holder}",
            f"The Department of Public Health (DPH) has denied your {application}.",
            f"Reason: {reason}",
            hearing_text(appeal_until),
        ]
    )


def hearing_text(appeal_until: date | None) -> str:
    """How to ask for a hearing; nothing where there is none."""
    if appeal_until is None:
        return ""
    return (
        f"You have the right to a hearing (M.G.L. c.30A and 801 CMR 1.00). Ask DPH for it in writing by "
        f"{written(appeal_until)}. Say which notice you mean and what you disagree with. You may bring somebody who "
        "speaks for you. Until the hearing is decided, the decision stays in force."
    )
