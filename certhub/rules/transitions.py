"""Which version of a standard judges an application: the version of its day, or the one that a holder may finish under.

A new version always judges first applications and reinstatements that are submitted on or after its effective date.
Whom else it judges is its transition rule, and the question is always asked of one renewal of one term:

* by submission: every renewal that is submitted on or after the effective date;
* from the next renewal: a renewal whose window opens on or after the effective date. Whoever could renew before that
  day finishes that renewal under the version of the term, through the whole of its grace period; a holder so has at
  least the renewal window's days between the adoption and a renewal under the new version;
* sunset: as from the next renewal, and every renewal that is submitted on or after the sunset date.

Of several versions that judge a renewal the latest does. A day that lies behind is answered as it was then, because a
version is never adopted with an effective date in the past. Source: program default, after lesson 16 and 272 CMR (the
2023 date for community health workers).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, written
from certhub.rules.vocabulary import ApplicationKind, Transition


@dataclass(frozen=True, slots=True)
class AdoptedVersion:
    """An adopted version as the rules of transition see it."""

    version: int
    effective_from: date
    transition: Transition = Transition.BY_SUBMISSION
    sunset_on: date | None = None


@dataclass(frozen=True, slots=True)
class HeldTerm:
    """The term that is to be renewed: the version that it was granted under, and the day its renewal opens."""

    version: int
    opens_on: date


@dataclass(frozen=True, slots=True)
class Applicable:
    """The version that judges, and why, as a clause that stands after "because"."""

    version: int
    because: str


def version_for(
    versions: Collection[AdoptedVersion], kind: ApplicationKind, on: date, held: HeldTerm | None = None
) -> Applicable:
    """The version that judges an application of `kind` that is submitted on a day.

    `held` is the term that a renewal renews; nobody else needs it. Raises LookupError where no version is in force yet.
    """
    begun = sorted((one for one in versions if one.effective_from <= on), key=lambda one: one.version)
    if not begun:
        raise LookupError(f"no version is in force on {on}")
    if kind is not ApplicationKind.RENEWAL or held is None:
        newest = begun[-1]
        return Applicable(newest.version, f"it is in force from {written(newest.effective_from)}")
    chosen = Applicable(held.version, "the present term was granted under it")
    for one in begun:
        if one.version > held.version:
            why = _why_judged_by(one, on, held)
            chosen = Applicable(one.version, why) if why else _kept(chosen, one, held)
    return chosen


def next_change(
    versions: Collection[AdoptedVersion], kind: ApplicationKind, on: date, until: date, held: HeldTerm | None = None
) -> tuple[date, Applicable] | None:
    """The first day after `on`, through `until`, from which another version judges; None where it stays the same."""
    now = version_for(versions, kind, on, held)
    days = {day for one in versions for day in (one.effective_from, one.sunset_on) if day and on < day <= until}
    for day in sorted(days):
        then = version_for(versions, kind, day, held)
        if then.version != now.version:
            return day, then
    return None


def last_day(version: int, versions: Collection[AdoptedVersion]) -> date | None:
    """The last day on which `version` judges first applications; None while no later one is adopted."""
    later = [one.effective_from for one in versions if one.version > version]
    return min(later) - ONE_DAY if later else None


def require_adoptable(
    effective_from: date,
    transition: Transition,
    sunset_on: date | None,
    *,
    earlier: Sequence[AdoptedVersion],
    today: date,
) -> None:
    """Refuse dates that would change the past, or that contradict each other.

    Today is allowed: an application that was submitted earlier today keeps the version that was fixed with it.
    """
    if effective_from < today:
        raise Refusal(
            f"A version cannot take effect in the past. Choose today, {written(today)}, or a later day.",
            field="effective_from",
        )
    latest = max((one.effective_from for one in earlier), default=None)
    if latest is not None and effective_from <= latest:
        raise Refusal(
            f"The version before it takes effect on {written(latest)}. Choose a later day.", field="effective_from"
        )
    if transition is Transition.SUNSET and sunset_on is None:
        raise Refusal("Enter the day from which the version counts for everybody.", field="sunset_on")
    if transition is not Transition.SUNSET and sunset_on is not None:
        raise Refusal("Only the rule with a last date for all has such a day. Leave this empty.", field="sunset_on")
    if sunset_on is not None and sunset_on <= effective_from:
        raise Refusal(
            f"This day must come after the day on which the version takes effect, {written(effective_from)}.",
            field="sunset_on",
        )


def in_words(one: AdoptedVersion) -> str:
    """The transition of a version as a sentence."""
    day = written(one.effective_from)
    if one.transition is Transition.BY_SUBMISSION:
        return f"Counts for every application that is submitted on or after {day}."
    said = (
        f"Counts for first applications from {day}, and for holders from their next renewal that opens on or after it"
    )
    if one.sunset_on is None:
        return f"{said}."
    return f"{said}; from {written(one.sunset_on)} on it counts for everybody."


TRANSITION_LABELS: dict[Transition, str] = {
    Transition.BY_SUBMISSION: "By the day of submission: it counts for every application from its first day on",
    Transition.FROM_NEXT_RENEWAL: "From the next renewal: one that is open already is finished under the old version",
    Transition.SUNSET: "From the next renewal, and for everybody from a last date on",
}


def _why_judged_by(one: AdoptedVersion, on: date, held: HeldTerm) -> str:
    """Why a version that has begun judges the renewal; "" where it does not."""
    day = written(one.effective_from)
    if one.transition is Transition.BY_SUBMISSION:
        return f"it counts for every application from {day} on"
    if held.opens_on >= one.effective_from:
        return f"the renewal opens on {written(held.opens_on)}, and the version counts for renewals from {day} on"
    if one.sunset_on is not None and on >= one.sunset_on:
        return f"it counts for everybody from {written(one.sunset_on)} on"
    return ""


def _kept(chosen: Applicable, one: AdoptedVersion, held: HeldTerm) -> Applicable:
    why = (
        f"the renewal opened on {written(held.opens_on)}, before version {one.version} took effect on "
        f"{written(one.effective_from)}"
    )
    return Applicable(chosen.version, why)
