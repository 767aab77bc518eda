"""Where a fund year stands, and what can be done with it then."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.pooled_fund.fiscal_year import last_day
from certhub.rules.refusal import Refusal
from certhub.rules.status import StatusLabel


class YearEventKind(StrEnum):
    """What happened to a year as a whole."""

    CLOSED = "closed"
    REOPENED = "reopened"
    CORRECTION = "correction"


EVENT_LABELS = {
    YearEventKind.CLOSED: "closed",
    YearEventKind.REOPENED: "opened again",
    YearEventKind.CORRECTION: "shares opened to be corrected",
}


class YearState(StrEnum):
    """Where a year stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    CORRECTING = "correcting"
    BILLED = "billed"
    OVER = "over"
    TRUED_UP = "trued_up"
    CLOSED = "closed"
    REOPENED = "reopened"


STATE_LABELS = {
    YearState.DRAFT: StatusLabel("Draft", "Its need and shares are being worked out.", "muted"),
    YearState.ADOPTED: StatusLabel("Adopted", "The shares are adopted; notices are to go out.", "info"),
    YearState.CORRECTING: StatusLabel(
        "Being corrected", "Correct what the shares rest on, then adopt them.", "warning"
    ),
    YearState.BILLED: StatusLabel("Billed", "The notices have gone out.", "good"),
    YearState.OVER: StatusLabel("To be trued up", "The year is over, and its true-up is to be made.", "warning"),
    YearState.TRUED_UP: StatusLabel("Trued up", "The true-up is recorded; the year can be closed.", "info"),
    YearState.CLOSED: StatusLabel("Closed", "Only money that moves is recorded until it is opened again.", "muted"),
    YearState.REOPENED: StatusLabel("Open again", "It was closed and opened again to be corrected.", "warning"),
}


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What the state of a year follows from."""

    fiscal_year: int
    is_adopted: bool
    is_noticed: bool
    is_trued_up: bool
    last_event: YearEventKind | None
    """Closed or reopened, whichever came last."""
    is_correcting: bool = False
    """Whether the shares that count were opened to be corrected."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be decided of it. Money still comes in."""
        return self.last_event is YearEventKind.CLOSED

    @property
    def is_reopened(self) -> bool:
        """Whether it was closed and is open again, to be corrected."""
        return self.last_event is YearEventKind.REOPENED

    @property
    def is_changeable(self) -> bool:
        """Whether what the shares rest on can change."""
        return not self.is_closed and (not self.is_adopted or self.is_reopened or self.is_correcting)

    @property
    def is_correctable(self) -> bool:
        """Whether adopted shares can be opened to be corrected."""
        return self.is_adopted and not self.is_closed and not self.is_changeable


def state_of(facts: YearFacts, today: date) -> YearState:
    """The one word for a year on a day."""
    if facts.last_event is not None:
        return YearState.CLOSED if facts.last_event is YearEventKind.CLOSED else YearState.REOPENED
    if not facts.is_adopted:
        return YearState.DRAFT
    if facts.is_correcting:
        return YearState.CORRECTING
    if facts.is_trued_up:
        return YearState.TRUED_UP
    if today > last_day(facts.fiscal_year):
        return YearState.OVER
    return YearState.BILLED if facts.is_noticed else YearState.ADOPTED


def require_open(facts: YearFacts) -> None:
    """Refuse to decide anything in a closed year."""
    if facts.is_closed:
        raise Refusal(f"{named(facts.fiscal_year)} is closed. Open it again with a reason to correct it.")


def require_changeable(facts: YearFacts) -> None:
    """Refuse to change what an adopted allocation rests on, unless it was opened to be corrected."""
    require_open(facts)
    if not facts.is_changeable:
        raise Refusal(
            f"The shares of {named(facts.fiscal_year)} are adopted, so what they rest on does not change. "
            "What turns out differently is settled by the true-up. To correct what was wrong, open the shares with a "
            "reason."
        )


def require_correctable(facts: YearFacts, reason: str) -> None:
    """Refuse to open shares for correction that are not adopted or open already, or without a reason."""
    require_open(facts)
    if not facts.is_correctable:
        raise Refusal(f"What the shares of {named(facts.fiscal_year)} rest on can be changed already. Change it.")
    if not reason.strip():
        raise Refusal("Say what was wrong.", field="reason")


def require_corrected(facts: YearFacts) -> None:
    """Refuse to go on while the shares are being corrected."""
    if facts.is_correcting:
        raise Refusal(f"The shares of {named(facts.fiscal_year)} are being corrected. Adopt them anew first.")


def require_closable(facts: YearFacts, *, is_stale: bool) -> None:
    """Refuse to close a year that is closed, that is being corrected, or whose true-up is missing or out of date."""
    require_open(facts)
    require_corrected(facts)
    if not facts.is_trued_up:
        raise Refusal(f"Record the true-up of {named(facts.fiscal_year)} before you close it.")
    if is_stale:
        raise Refusal(
            f"What the true-up of {named(facts.fiscal_year)} rests on has changed since it was recorded. Record it "
            "anew before you close the year."
        )


def require_true_up(facts: YearFacts, *, is_stale: bool, reason: str) -> None:
    """Refuse a true-up of a closed year, of shares that are being corrected, or a second one without need or reason."""
    require_open(facts)
    require_corrected(facts)
    if not facts.is_trued_up:
        return
    if not facts.is_reopened and not is_stale:
        raise Refusal(f"The true-up of {named(facts.fiscal_year)} is recorded. Close the year, or open it again first.")
    if not reason.strip():
        raise Refusal("Say why the true-up is recorded anew.", field="reason")


def require_reopenable(facts: YearFacts, reason: str) -> None:
    """Refuse to open a year again that is not closed, or without a reason."""
    if not facts.is_closed:
        raise Refusal(f"{named(facts.fiscal_year)} is not closed, so there is nothing to open again.")
    if not reason.strip():
        raise Refusal("Say why the year is opened again.", field="reason")
