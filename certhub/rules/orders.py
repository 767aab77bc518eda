"""Orders of the Board: which can be adopted, and what the dates of a term are under those that are in force.

An order never changes what was granted. The dates of a term are those of its grant with each order in force applied to
them, in the order in which they came into force (`under`). So revoking one is the same as working the dates out without
it, and an order with its revocation leaves nothing behind. The first day of a term never moves, and an extension only
ever moves days to later ones.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.refusal import Refusal
from certhub.rules.terms import add_months, last_day_of_month, written
from certhub.rules.vocabulary import Region

MOST_MONTHS = 60
MOST_DAYS = 1825
"""Five years, the longest term that any standard in this field has: more is a slip of the hand."""

_NUMBER = re.compile(r"\d{4}-\d{2,4}")


class OrderKind(StrEnum):
    """What an order does."""

    EXTENSION = "extension"
    WAIVER = "waiver"


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    REVOKED = "revoked"


class Obstacle(StrEnum):
    """Why a term in the cohort keeps its dates."""

    ENDED = "ended"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    LONGER = "longer"
    OTHER_ORDER = "other_order"


KIND_LABELS = {OrderKind.EXTENSION: "Extension", OrderKind.WAIVER: "Waiver"}

OBSTACLE_LABELS = {
    Obstacle.ENDED: "The credential has ended, for example by a revocation.",
    Obstacle.RENEWED: "A later term was granted already and begins on the day after this one.",
    Obstacle.LAPSED: "The time for a late renewal was over before the order was adopted. "
    "To include such terms, say from which last day the order counts.",
    Obstacle.LONGER: "The date lies at least as late already.",
    Obstacle.OTHER_ORDER: "Another order moves the date at least as far. This one counts if the other is revoked.",
}
"""Why putting an order in force leaves a term as it is."""

KEPT_LABELS = {
    **OBSTACLE_LABELS,
    Obstacle.RENEWED: "It was renewed meanwhile. The renewal keeps its days, so the day before it stays.",
    Obstacle.OTHER_ORDER: "Another order in force moves the date as far.",
}
"""Why revoking an order leaves a term as it is."""


@dataclass(frozen=True, slots=True)
class TermDates:
    """The days of a term that an order can move, with the sentence that derives them."""

    expires_on: date
    grace_until: date
    reinstatement_until: date
    because: str


@dataclass(frozen=True, slots=True)
class Extension:
    """What one order does to a term: to a fixed day or by so many months and days; `grace_only` leaves the last day."""

    number: str
    to: date | None = None
    months: int = 0
    days: int = 0
    grace_only: bool = False


@dataclass(frozen=True, slots=True)
class CoveredTerm:
    """A term in the cohort of an order: as granted, as it is now, and the other orders that already count for it."""

    granted: TermDates
    now: TermDates
    others: tuple[Extension, ...] = ()
    ended: bool = False
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a term: its dates from now on, and what stands in the way where they stay."""

    dates: TermDates
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whom an order is for: all criteria that are given fit. `vendor_id` employed the person on the day of the vote."""

    credential_id: int | None = None
    standard_id: int | None = None
    region: Region | None = None
    vendor_id: int | None = None
    expires_from: date | None = None
    expires_to: date | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether no criterion is given."""
        return self == Cohort()


@dataclass(frozen=True, slots=True)
class OrderText:
    """An order as it was typed."""

    title: str
    kind: OrderKind
    adopted_on: date
    citation: str
    text: str
    cohort: Cohort
    number: str = ""
    extends_to: date | None = None
    extends_months: int = 0
    extends_days: int = 0
    grace_only: bool = False
    future_grants: bool = False
    waived_codes: tuple[str, ...] = ()
    submitted_from: date | None = None
    submitted_to: date | None = None


@dataclass(frozen=True, slots=True)
class WaiverInForce:
    """A requirement that an order in force waives for the subject under judgement."""

    requirement: str
    number: str
    adopted_on: date

    @property
    def sentence(self) -> str:
        """What the finding says."""
        return f"Waived by Order {self.number} of {written(self.adopted_on)}."


def moved(dates: TermDates, extension: Extension) -> TermDates:
    """`dates` under one more order; the same where it moves nothing, because no order shortens a term.

    Grace and the time for reinstatement move along by as many days as the last day does. The last day of a month stays
    a month's last day when it is moved by months.
    """
    old = dates.grace_until if extension.grace_only else dates.expires_on
    new = _moved_day(old, extension)
    if new <= old:
        return dates
    if extension.grace_only:
        return replace(
            dates,
            grace_until=new,
            reinstatement_until=max(dates.reinstatement_until, new),
            because=f"{dates.because}, with late renewal until {written(new)} by Order {extension.number}",
        )
    shift = new - old
    return TermDates(
        new,
        dates.grace_until + shift,
        dates.reinstatement_until + shift,
        f"{dates.because}, extended to {written(new)} by Order {extension.number}",
    )


def under(granted: TermDates, extensions: Iterable[Extension]) -> TermDates:
    """The dates of a term that was granted so, under these orders in the order in which they came into force."""
    for extension in extensions:
        granted = moved(granted, extension)
    return granted


def outcome_of(term: CoveredTerm, extension: Extension, *, lapsed_before: date | None) -> Outcome:
    """What putting an order in force does to a term of its cohort.

    `lapsed_before` is the order's day where it does not say from which last day it counts: a term whose grace was over
    by then stays over, so that an order for a region does not bring back whoever left the field years ago.
    """
    if term.ended:
        return Outcome(term.now, Obstacle.ENDED)
    if term.renewed:
        return Outcome(term.now, Obstacle.RENEWED)
    if lapsed_before is not None and term.now.grace_until < lapsed_before:
        return Outcome(term.now, Obstacle.LAPSED)
    dates = under(term.granted, (*term.others, extension))
    if dates != term.now:
        return Outcome(dates)
    alone = under(term.granted, (extension,)) != term.granted
    return Outcome(term.now, Obstacle.OTHER_ORDER if alone else Obstacle.LONGER)


def outcome_without(term: CoveredTerm) -> Outcome:
    """What revoking an order does to a term that it counts for; `others` are those that stay in force.

    A term on which a later one was built stays as it is: the renewal keeps its days, and no gap opens before it.
    """
    if term.renewed:
        return Outcome(term.now, Obstacle.RENEWED)
    dates = under(term.granted, term.others)
    return Outcome(dates, None if dates != term.now else Obstacle.OTHER_ORDER)


def require_order(order: OrderText, *, today: date) -> None:
    """Raises `Refusal` beside the field for what cannot be an order."""
    if order.number and not _NUMBER.fullmatch(order.number):
        raise Refusal("Type the number as year and sequence, such as 2026-04, or leave it empty.", field="number")
    if order.adopted_on > today:
        raise Refusal("The Board has not met on this day yet. Enter the day of the vote.", field="adopted_on")
    cohort = order.cohort
    _require_range(cohort.expires_from, cohort.expires_to, field="expires_to")
    if order.kind is OrderKind.WAIVER:
        _require_waiver(order)
    else:
        _require_extension(order)
        if cohort.is_everybody:
            raise Refusal("Say for whom the order is: fill in at least one of these.", field="standard")


def _require_extension(order: OrderText) -> None:
    by = order.extends_months or order.extends_days
    if order.extends_months < 0 or order.extends_days < 0:
        field = "extends_months" if order.extends_months < 0 else "extends_days"
        raise Refusal("An order cannot shorten a term. To end one, record a status event.", field=field)
    if order.extends_months > MOST_MONTHS:
        raise Refusal(f"At most {MOST_MONTHS} months.", field="extends_months")
    if order.extends_days > MOST_DAYS:
        raise Refusal(f"At most {MOST_DAYS:,} days.", field="extends_days")
    if order.extends_to is not None and by:
        raise Refusal("Give a fixed day or a number of months or days, not both.", field="extends_to")
    if order.extends_to is None and not by:
        raise Refusal("Say to which day, or by how many months or days.", field="extends_to")
    first = order.cohort.expires_from
    if order.extends_to is not None and not order.grace_only and first is not None and order.extends_to <= first:
        raise Refusal(
            f"An order cannot shorten a term: everybody in this cohort is certified until {written(first)} or later.",
            field="extends_to",
        )
    if order.future_grants and by and order.cohort.expires_to is None:
        raise Refusal(
            "Say through which last day the order counts, or it would lengthen every future term for ever.",
            field="expires_to",
        )


def _require_waiver(order: OrderText) -> None:
    if order.cohort.standard_id is None:
        raise Refusal("Choose the standard whose requirements are waived.", field="standard")
    if not order.waived_codes:
        raise Refusal("Name at least one requirement, such as CC-09.", field="waived_codes")
    if order.submitted_from is None:
        raise Refusal("Say from which day of submission the waiver counts.", field="submitted_from")
    if order.submitted_to is None:
        raise Refusal("Say through which day of submission the waiver counts.", field="submitted_to")
    _require_range(order.submitted_from, order.submitted_to, field="submitted_to")


def _require_range(first: date | None, last: date | None, *, field: str) -> None:
    if first is not None and last is not None and last < first:
        raise Refusal("The last day comes before the first.", field=field)


def _moved_day(day: date, extension: Extension) -> date:
    if extension.to is not None:
        return extension.to
    later = add_months(day, extension.months)
    if day == last_day_of_month(day):
        later = last_day_of_month(later)
    return later + timedelta(days=extension.days)
