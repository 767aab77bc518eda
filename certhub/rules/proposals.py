"""A proposal: what can be asked for, and when a line of it can still be accepted. Nothing is changed until then."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from certhub.rules.languages import LANGUAGES
from certhub.rules.refusal import Refusal
from certhub.rules.terms import add_months, written
from certhub.rules.vocabulary import Region

LONGEST_MONTHS = 24
"""A proposal reaches no farther than this (program default): credentials last two years."""
MILES = range(5, 121)
MOST_CHILDREN = 2000
"""Of one tier in one practice: a larger number is a slip of the finger (program default)."""
STEPS = 5
"""Of the computation, for its progress: read, price, search, explain, keep."""
_WHOLE = 100


class Effort(StrEnum):
    """How long the search may take."""

    CLOSE = "close"
    CLOSER = "closer"


EFFORT_LABELS: dict[Effort, str] = {
    Effort.CLOSE: "A good plan, in seconds",
    Effort.CLOSER: "A better plan, which takes a little longer",
}


class LineDecision(StrEnum):
    """What somebody decided about a line."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


DECISION_LABELS: dict[LineDecision, str] = {
    LineDecision.OPEN: "Open",
    LineDecision.ACCEPTED: "Accepted",
    LineDecision.DECLINED: "Declined",
}


def require_asked(regions: Collection[Region], starts_on: date, ends_on: date, miles: int, *, today: date) -> None:
    """Refuse what no plan can be made for. Raises `Refusal`."""
    if not regions:
        raise Refusal("Choose at least one region.", field="regions")
    if starts_on < today:
        raise Refusal("Choose a first day that is today or later: a plan is for days to come.", field="starts_on")
    if ends_on < starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if ends_on > add_months(starts_on, LONGEST_MONTHS):
        raise Refusal(f"Choose a last day within {LONGEST_MONTHS} months of the first day.", field="ends_on")
    if miles not in MILES:
        raise Refusal(f"Choose a distance from {MILES[0]} to {MILES[-1]} miles.", field="most_miles")


def require_open(decision: LineDecision) -> None:
    """Refuse to decide a line twice. Raises `Refusal`."""
    if decision is not LineDecision.OPEN:
        raise Refusal(f"Somebody else decided this line meanwhile: it is {DECISION_LABELS[decision].lower()}.")


def require_declined(decision: LineDecision, *, lifted: bool) -> None:
    """Refuse to lift what was not declined, or was lifted already. Raises `Refusal`."""
    if decision is not LineDecision.DECLINED or lifted:
        raise Refusal("This is not declined any more. Plans can bring the two together.")


def require_ahead(starts_on: date, *, today: date) -> None:
    """Refuse to accept a line of a plan whose first day has passed. Raises `Refusal`."""
    if starts_on < today:
        raise Refusal(f"The plan was to begin on {written(starts_on)}, which has passed. Make a new proposal.")


def require_still_needed(share: int, left: int, practice: str) -> None:
    """Refuse a placement that the practice no longer needs; `left` is the need that nobody meets now."""
    if share > left:
        raise Refusal(
            f"{practice} now needs only {max(left, 0)} percent of a full-time position, and this line has {share}. "
            "The records have changed since the proposal. Make a new one, or record the assignment by hand."
        )


def require_need(tiers: Mapping[str, int], languages: Mapping[str, int]) -> None:
    """Refuse numbers that no practice has. Raises `Refusal`."""
    for field, number in tiers.items():
        if not 0 <= number <= MOST_CHILDREN:
            raise Refusal(f"Type a number from 0 to {MOST_CHILDREN:,}.", field=field)
    for code, percent in languages.items():
        if not 0 <= percent <= _WHOLE:
            raise Refusal(f"{LANGUAGES.get(code, code)}: type a percent from 0 to 100.", field="languages")
