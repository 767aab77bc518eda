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


class YearState(StrEnum):
    """Where a year stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    BILLED = "billed"
    OVER = "over"
    TRUED_UP = "trued_up"
    CLOSED = "closed"
    REOPENED = "reopened"


STATE_LABELS = {
    YearState.DRAFT: StatusLabel("Draft", "Its need and shares are being worked out.", "muted"),
    YearState.ADOPTED: StatusLabel("Adopted", "The shares are adopted; notices are to go out.", "info"),
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

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be decided of it. Money still comes in."""
        return self.last_event is YearEventKind.CLOSED

    @property
    def is_reopened(self) -> bool:
        """Whether it was closed and is open again, to be corrected."""
        return self.last_event is YearEventKind.REOPENED


def state_of(facts: YearFacts, today: date) -> YearState:
    """The one word for a year on a day."""
    if facts.last_event is not None:
        return YearState.CLOSED if facts.last_event is YearEventKind.CLOSED else YearState.REOPENED
    if not facts.is_adopted:
        return YearState.DRAFT
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
    """Refuse to change what an adopted allocation rests on, unless the year was opened again to be corrected."""
    require_open(facts)
    if facts.is_adopted and not facts.is_reopened:
        raise Refusal(
            f"The shares of {named(facts.fiscal_year)} are adopted, so what they rest on does not change. "
            "What turns out differently is settled by the true-up."
        )


def require_closable(facts: YearFacts) -> None:
    """Refuse to close a year that is closed, or whose true-up is not recorded."""
    require_open(facts)
    if not facts.is_trued_up:
        raise Refusal(f"Record the true-up of {named(facts.fiscal_year)} before you close it.")


def require_reopenable(facts: YearFacts, reason: str) -> None:
    """Refuse to open a year again that is not closed, or without a reason."""
    if not facts.is_closed:
        raise Refusal(f"{named(facts.fiscal_year)} is not closed, so there is nothing to open again.")
    if not reason.strip():
        raise Refusal("Say why the year is opened again.", field="reason")
