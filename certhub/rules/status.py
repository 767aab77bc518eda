"""A credential's status on a day, derived from dates and never stored.

The same steps exist a second time as set-based SQL; a property test holds the two equal. They are, exactly:

1. Where no period has begun by the day, the credential is NOT_YET_EFFECTIVE, unless step 2 says otherwise.
2. An event is active on the day when it has begun by then and does not end before it (`ends_on` is its last day).
   If active events bar the holder from practice, the status is that of the first of them in `EVENT_PRECEDENCE`.
3. Otherwise the latest period that has begun by the day counts: the greatest (starts_on, expires_on, grace_until).
   Through its last day it is in force. After that:
   RENEWAL_PENDING, if a complete renewal was submitted by that last day and is not closed on or before the day
   (M.G.L. c.30A s.13: a licence does not expire while a timely and sufficient renewal waits for its decision); else
   IN_GRACE through the last day of grace; else EXPIRED.
4. In force or renewal pending under an active conditional event, the status is that event's, the first in
   `CONDITIONAL_PRECEDENCE`. Else it is CURRENT or RENEWAL_PENDING.

Words and their meaning for practice: status definitions of the Bureau of Health Professions Licensure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind, SubjectType

Tone = Literal["good", "info", "warning", "danger", "muted"]

EVENT_PRECEDENCE = (
    StatusEventKind.VOID,
    StatusEventKind.DECEASED,
    StatusEventKind.REVOKED,
    StatusEventKind.SURRENDERED,
    StatusEventKind.RETIRED,
    StatusEventKind.SUMMARY_SUSPENSION,
    StatusEventKind.SUSPENDED,
    StatusEventKind.ND_RESTRICTION,
)
"""The events that take the authorization to practise away, most severe first."""

ENDING_EVENTS = (
    StatusEventKind.VOID,
    StatusEventKind.DECEASED,
    StatusEventKind.REVOKED,
    StatusEventKind.SURRENDERED,
    StatusEventKind.RETIRED,
)
"""What ends a credential, so that there is nothing left to renew; a suspension does not."""

CONDITIONAL_PRECEDENCE = (StatusEventKind.PROBATION, StatusEventKind.ND_CONDITION)
"""The events under which practice goes on with conditions, most severe first."""

AUTHORIZED_STATUSES = frozenset(
    {
        CredentialStatus.CURRENT,
        CredentialStatus.RENEWAL_PENDING,
        CredentialStatus.PROBATION,
        CredentialStatus.ND_CONDITION,
    }
)
"""The statuses that allow an assignment; grace is not among them: assignments stop on the first day after expiry."""


@dataclass(frozen=True, slots=True)
class Period:
    """One term of a credential, with the last day on which a late renewal is still taken."""

    starts_on: date
    expires_on: date
    grace_until: date


@dataclass(frozen=True, slots=True)
class Event:
    """Something that befell the credential; `ends_on` is its last day, None while it is open-ended."""

    kind: StatusEventKind
    effective_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal application: `complete` once it passed the completeness check, closed on decision or withdrawal."""

    submitted_on: date
    complete: bool
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All that a credential's status depends on, in any order."""

    periods: tuple[Period, ...] = ()
    events: tuple[Event, ...] = ()
    renewals: tuple[Renewal, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """How pages, documents and exports present a status."""

    label: str
    meaning: str
    tone: Tone


STATUS_LABELS: dict[CredentialStatus, StatusLabel] = {
    CredentialStatus.NOT_YET_EFFECTIVE: StatusLabel(
        "Not yet in effect", "The credential was granted but its first day has not come.", "info"
    ),
    CredentialStatus.CURRENT: StatusLabel("Current", "The credential is in force.", "good"),
    CredentialStatus.RENEWAL_PENDING: StatusLabel(
        "Renewal pending, in force",
        "The renewal was filed in time, so the credential stays in force until DPH decides.",
        "good",
    ),
    CredentialStatus.IN_GRACE: StatusLabel(
        "Expired, late renewal open",
        "The credential has expired, so the holder may not work under it; a late renewal is still taken.",
        "warning",
    ),
    CredentialStatus.EXPIRED: StatusLabel(
        "Expired", "The credential has expired, so the holder may not work under it.", "danger"
    ),
    CredentialStatus.PROBATION: StatusLabel(
        "Probation", "The holder may work under it, with conditions that DPH set as discipline.", "warning"
    ),
    CredentialStatus.ND_CONDITION: StatusLabel(
        "Non-disciplinary condition",
        "The holder may work under it, with conditions that are not discipline.",
        "warning",
    ),
    CredentialStatus.ND_RESTRICTION: StatusLabel(
        "Non-disciplinary restriction",
        "The holder may not work under it at present; this is not discipline.",
        "danger",
    ),
    CredentialStatus.SUSPENDED: StatusLabel(
        "Suspended", "DPH has suspended the credential; the holder may not work under it.", "danger"
    ),
    CredentialStatus.SUMMARY_SUSPENSION: StatusLabel(
        "Summary suspension",
        "DPH has suspended the credential at once, before a hearing; the holder may not work under it.",
        "danger",
    ),
    CredentialStatus.REVOKED: StatusLabel(
        "Revoked", "DPH has taken the credential away; the holder may not work under it.", "danger"
    ),
    CredentialStatus.SURRENDERED: StatusLabel(
        "Surrendered", "The holder gave the credential up in a disciplinary matter and may not work under it.", "danger"
    ),
    CredentialStatus.VOID: StatusLabel("Void", "A later credential takes the place of this one.", "muted"),
    CredentialStatus.DECEASED: StatusLabel("Deceased", "The holder has died.", "muted"),
    CredentialStatus.RETIRED: StatusLabel(
        "Retired", "The holder has retired the credential and may not work under it.", "muted"
    ),
}
"""The one table of status words, meanings and tones."""


def work_word(subject: SubjectType) -> str:
    """What a credential allows: a person practices, an organization works under it."""
    return "Practice" if subject is SubjectType.COORDINATOR else "Work under it"


def is_authorized(status: CredentialStatus) -> bool:
    """Whether a holder with this status may practice and be assigned, with or without conditions."""
    return status in AUTHORIZED_STATUSES


def has_ended(status: CredentialStatus) -> bool:
    """Whether a credential with this status is over, so that there is nothing left to renew."""
    return status.value in ENDING_EVENTS


def require_renewable(history: History, day: date) -> None:
    """Refuse to renew a credential that was ended, such as by a revocation. Raises `Refusal`."""
    status, because = _finding(history, day)
    if has_ended(status):
        raise Refusal(
            f"{because} A credential that has ended cannot be renewed. Ask DPH what has to happen before you can be "
            "certified again."
        )


def require_lasting(kind: StatusEventKind, ends_on: date | None) -> None:
    """Refuse a last day for what ends a credential: it would be in force again on the day after. Raises `Refusal`."""
    if kind in ENDING_EVENTS and ends_on is not None:
        label = STATUS_LABELS[CredentialStatus(kind.value)].label
        raise Refusal(
            f"“{label}” ends the credential for good, so it has no last day. Leave the field empty.", field="ends_on"
        )


def status_on(history: History, day: date) -> CredentialStatus:
    """The status on `day`, by the steps at the head of this module."""
    return _finding(history, day)[0]


def explain_status(history: History, day: date) -> str:
    """A sentence that says why the status on `day` is what it is."""
    return _finding(history, day)[1]


def _finding(history: History, day: date) -> tuple[CredentialStatus, str]:
    """The status on `day` with its reason, so that the two can never differ."""
    active = [e for e in history.events if e.effective_on <= day and (e.ends_on is None or day <= e.ends_on)]

    stopping = _first_by(EVENT_PRECEDENCE, active)
    if stopping is not None:
        return _of_event(stopping)

    begun = [period for period in history.periods if period.starts_on <= day]
    if not begun:
        return CredentialStatus.NOT_YET_EFFECTIVE, _before_the_first_day(history.periods)

    period = max(begun, key=lambda each: (each.starts_on, each.expires_on, each.grace_until))
    pending = None if day <= period.expires_on else _pending_renewal(history.renewals, period, day)
    expiry = written(period.expires_on)
    if day > period.expires_on and pending is None:
        if day <= period.grace_until:
            last = written(period.grace_until)
            return CredentialStatus.IN_GRACE, f"Expired on {expiry}; a late renewal is taken until {last}."
        return CredentialStatus.EXPIRED, f"Expired on {expiry}."

    conditional = _first_by(CONDITIONAL_PRECEDENCE, active)
    if conditional is not None:
        return _of_event(conditional)
    if pending is not None:
        filed = written(pending.submitted_on)
        return (
            CredentialStatus.RENEWAL_PENDING,
            f"In force past {expiry}, because a complete renewal was filed on {filed} and waits for its decision.",
        )
    return CredentialStatus.CURRENT, (
        f"In force since {written(period.starts_on)}, through {expiry}.{_the_term_after(history.periods, day)}"
    )


def _first_by(precedence: tuple[StatusEventKind, ...], active: Iterable[Event]) -> Event | None:
    ranked = [event for event in active if event.kind in precedence]
    return min(ranked, key=lambda e: (precedence.index(e.kind), e.effective_on), default=None)


def _of_event(event: Event) -> tuple[CredentialStatus, str]:
    status = CredentialStatus(event.kind.value)
    through = "" if event.ends_on is None else f", through {written(event.ends_on)}"
    return status, f"{STATUS_LABELS[status].label} since {written(event.effective_on)}{through}."


def _pending_renewal(renewals: Iterable[Renewal], period: Period, day: date) -> Renewal | None:
    waiting = (
        renewal
        for renewal in renewals
        if renewal.complete
        and renewal.submitted_on <= period.expires_on
        and renewal.submitted_on <= day
        and (renewal.closed_on is None or day < renewal.closed_on)
    )
    return min(waiting, key=lambda each: each.submitted_on, default=None)


def _the_term_after(periods: Iterable[Period], day: date) -> str:
    """What is granted already for later, so that nobody takes the last day of the present term for the end."""
    after = min((one for one in periods if one.starts_on > day), key=lambda one: one.starts_on, default=None)
    if after is None:
        return ""
    return f" It is renewed: the next term runs from {written(after.starts_on)} through {written(after.expires_on)}."


def _before_the_first_day(periods: Iterable[Period]) -> str:
    first = min((period.starts_on for period in periods), default=None)
    return "No term has been granted." if first is None else f"The first term begins on {written(first)}."
