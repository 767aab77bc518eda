"""A change of employer: the new vendor asks, the coordinator consents, and the present employer hears of it once.

The record belongs to the person (ADR 10), so nobody but the person decides who gets to see it. All numbers here are
program defaults.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from certhub.rules.business_days import add_business_days
from certhub.rules.employment import AHEAD_DAYS
from certhub.rules.identifiers import require_credential_number, require_email
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, written

REQUEST_LASTS = timedelta(days=30)
BACKDATED_DAYS = 14
"""A first day of work may lie at most this far back when the new employer asks."""
ASK_AGAIN_AFTER = timedelta(days=30)
"""Who said no is not asked again by the same vendor for so long."""
DAYS_TO_PROPOSE = 5
"""Business days in which the former employer can say that the last day is another one."""

CONSENT = ("employer-change-consent", 1)
"""The text that a coordinator signs (see data/attestations.toml)."""

SEEN = (
    "your name, contact data, languages and discipline",
    "your credential, its status, its dates and its certificates",
    "your training, and your licences from other boards",
    "an application of yours that is open, after your present employment has ended",
    "who at DPH decided what about your record, and when",
)
"""What the new employer reads from the consent on, as the coordinator is told."""

NOT_SEEN = (
    "who employs you now or employed you before, and since when",
    "where you work or worked for another employer",
    "files that another employer handed in",
    "the names of the people who work for another employer",
)
"""What the new employer does not read."""


class ChangeState(StrEnum):
    """What has become of a request."""

    REQUESTED = "requested"
    CONSENTED = "consented"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class StateLabel:
    """A state as pages show it."""

    label: str
    meaning: str
    tone: str


STATE_LABELS: Mapping[ChangeState, StateLabel] = MappingProxyType(
    {
        ChangeState.REQUESTED: StateLabel("Waits for the person", "The person has not answered.", "info"),
        ChangeState.CONSENTED: StateLabel("Agreed", "The person agreed, and the employment is on file.", "good"),
        ChangeState.DECLINED: StateLabel("Declined", "The person said no. Nothing has changed.", "warning"),
        ChangeState.WITHDRAWN: StateLabel("Withdrawn", "The employer took the request back.", "muted"),
        ChangeState.EXPIRED: StateLabel("Expired", "Nobody answered in time.", "warning"),
        ChangeState.TAKEN_BACK: StateLabel(
            "Taken back", "It was taken back before the first day. All is as it was.", "muted"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Ending:
    """What whoever opens a request that asks nothing any more is told."""

    title: str
    text: str
    is_done: bool


def state_of(
    *,
    consented_at: datetime | None,
    declined_at: datetime | None,
    withdrawn_at: datetime | None,
    taken_back_at: datetime | None,
    expires_at: datetime,
    at: datetime,
) -> ChangeState:
    """What has become of a request by `at`; follows from its dates alone."""
    if taken_back_at is not None:
        return ChangeState.TAKEN_BACK
    if consented_at is not None:
        return ChangeState.CONSENTED
    if declined_at is not None:
        return ChangeState.DECLINED
    if withdrawn_at is not None:
        return ChangeState.WITHDRAWN
    return ChangeState.REQUESTED if at < expires_at else ChangeState.EXPIRED


def ending(state: ChangeState, *, vendor: str) -> Ending | None:
    """What a request in this state says to the person who was asked; None while it can be answered."""
    match state:
        case ChangeState.REQUESTED:
            return None
        case ChangeState.CONSENTED:
            return Ending("You agreed", f"{vendor} is on file as your employer.", is_done=True)
        case ChangeState.DECLINED:
            return Ending("You said no", f"We have told {vendor}. Nothing in your record has changed.", is_done=True)
        case ChangeState.WITHDRAWN:
            return Ending(
                "This request was taken back", f"{vendor} does not ask any more. There is nothing to do.", is_done=False
            )
        case ChangeState.TAKEN_BACK:
            return Ending(
                "This change was taken back",
                "It was taken back before the first day. Your employment before it goes on.",
                is_done=True,
            )
        case ChangeState.EXPIRED:
            return Ending(
                "This request has expired",
                f"It was good for {REQUEST_LASTS.days} days. If you want to work for {vendor}, ask them to send it "
                "again.",
                is_done=False,
            )


def known_by(text: str) -> str:
    """The e-mail address or credential number that a vendor typed, in the form in which it is kept.

    Raises `Refusal` for what is neither; whether there is such a record plays no part.
    """
    if "@" in text:
        return require_email(text, field="known_by")
    return require_credential_number(text, field="known_by")


def knows(last_name: str, names: Collection[str]) -> bool:
    """Whether a typed last name fits one of a person's names: whole words at its end, or at its start.

    Family names stand first in many languages, and nobody is asked to know which word is which.
    """
    typed = folded(last_name)
    found = {folded(name) for name in names}
    return bool(typed) and any(
        name == typed or name.endswith(f" {typed}") or name.startswith(f"{typed} ") for name in found
    )


def require_first_day(starts_on: date, *, today: date) -> None:
    """Refuse a first day of work that lies too far back or ahead for a request."""
    earliest = today - timedelta(days=BACKDATED_DAYS)
    if starts_on < earliest:
        raise Refusal(
            f"Type a first day that is {written(earliest)} or later. For an earlier one, write to DPH.",
            field="starts_on",
        )
    if starts_on > today + timedelta(days=AHEAD_DAYS):
        raise Refusal("Type a first day that is at most one year ahead.", field="starts_on")


def require_may_ask(earlier: Collection[tuple[ChangeState, datetime]], *, at: datetime) -> None:
    """Refuse a request that repeats one of the vendor's own: one that waits, or that was declined a short time ago.

    `earlier` are the requests under the same e-mail address or number, with the time of the last step of each.
    """
    if any(state is ChangeState.REQUESTED for state, _ in earlier):
        raise Refusal(
            "You have asked for this person already, and that request still waits. Look at your list.",
            field="known_by",
        )
    if any(state is ChangeState.DECLINED and at - since < ASK_AGAIN_AFTER for state, since in earlier):
        raise Refusal(
            f"The person said no less than {ASK_AGAIN_AFTER.days} days ago. Talk to the person before you ask again.",
            field="known_by",
        )


def last_day_before(starts_on: date) -> date:
    """The last day of a present employment that ends with a change: the eve of the first day at the new employer."""
    return starts_on - ONE_DAY


def may_take_back(state: ChangeState, starts_on: date, *, today: date) -> bool:
    """Whether both sides can still undo a change: until the day before the first day of work."""
    return state is ChangeState.CONSENTED and today < starts_on


def require_may_take_back(state: ChangeState, starts_on: date, *, today: date) -> None:
    """Refuse to undo a change that nobody agreed to, or whose first day of work has come."""
    if state is not ChangeState.CONSENTED:
        raise Refusal("There is nothing to take back: nobody has agreed to this request.")
    if not may_take_back(state, starts_on, today=today):
        raise Refusal(
            "The first day of work has come, so this change is not taken back any more. Record a last day instead."
        )


def propose_until(consented_on: date) -> date:
    """The last day on which the former employer can say that the last day of work is another one."""
    return add_business_days(consented_on, DAYS_TO_PROPOSE)


def require_proposal(last_day: date, *, on_file: date, first_day: date, consented_on: date, today: date) -> None:
    """Refuse a proposal that comes too late, or for a day that cannot be.

    `on_file` is the last day that the change recorded, `first_day` the first day of that employment.
    """
    if today > propose_until(consented_on):
        raise Refusal(f"You could propose another last day until {written(propose_until(consented_on))}. Write to DPH.")
    if last_day == on_file:
        raise Refusal("This is the last day that is on file.", field="ends_on")
    if last_day < first_day:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if last_day > today + timedelta(days=AHEAD_DAYS):
        raise Refusal("Type a last day that is at most one year ahead.", field="ends_on")
