"""When a coordinator may be placed in a practice: every link holds on every day, and there is room.

Sources: the founding report of the Massachusetts Consortium (2006): vendors under contract place certified coordinators
by caseload in practices that are committed to the medical home, and no practice employs them. The regulation or the
requirement behind each link is in `CITATIONS`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from certhub.rules.caseload import MODEL, CapacityModel, Tier, decimal, most_children
from certhub.rules.exposure import Break, Chain, Link, breaks_of, may_be_held_by_then
from certhub.rules.fiscal_years import fiscal_year_in_words, fiscal_years_of
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, written

CITATIONS: dict[Link, str] = {
    Link.VENDOR_CERTIFICATION: "VO-CORE; Massachusetts Consortium (2006): DPH certifies vendor organizations",
    Link.CONTRACT: "Commonwealth Terms and Conditions for Human and Social Services s.1; 815 CMR 10.00",
    Link.EMPLOYMENT: "CC-08; Massachusetts Consortium (2006): vendors hire and pay care coordinators",
    Link.CREDENTIAL: "CC-CORE and VO-09; compare 272 CMR 3.01",
    Link.COMMITMENT: "PR-01; Massachusetts Consortium (2006): practices are committed to the medical home",
}

FIELDS: dict[Link, str] = {
    Link.VENDOR_CERTIFICATION: "contract_id",
    Link.CONTRACT: "contract_id",
    Link.EMPLOYMENT: "starts_on",
    Link.CREDENTIAL: "starts_on",
    Link.COMMITMENT: "practice_id",
}

PLANNED_TIER = Tier.T2
"""A place is planned with the hours of the middle tier (program default); reports tell the tiers that came."""

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Load:
    """How much of a coordinator an assignment takes: places for children, or a share of a full-time week."""

    places: int | None = None
    share_percent: int | None = None

    @property
    def field(self) -> str:
        """The field that it was typed in."""
        return "places" if self.places is not None else "share_percent"

    def hours(self, model: CapacityModel = MODEL) -> Fraction:
        """Direct hours a month that it takes; a place is planned with the hours of the middle tier."""
        if self.places is not None:
            return self.places * model.hours[PLANNED_TIER]
        return Fraction(self.share_percent or 0, _WHOLE) * model.direct_hours

    def in_words(self) -> str:
        """The load as people say it."""
        return f"{self.places} places" if self.places is not None else f"{self.share_percent} percent of a week"


def require_load(places: int | None, share_percent: int | None) -> Load:
    """One of both, within its range. Raises `Refusal`."""
    if (places is None) == (share_percent is None):
        raise Refusal("Type either the number of places or the share of the week.", field="places")
    if places is not None and places < 1:
        raise Refusal("Type a number of places above zero.", field="places")
    if share_percent is not None and not 1 <= share_percent <= _WHOLE:
        raise Refusal("Type a share from 1 to 100 percent.", field="share_percent")
    return Load(places, share_percent)


def require_chain(chain: Chain, *, on: date) -> None:
    """Refuse an assignment unless every link holds on every day of it. Raises `Refusal`.

    One without a last day goes on while everything holds: it must hold on the first day, and what runs out later may
    be renewed until then (`on` is the day on which it is recorded).
    """
    broken = [one for one in breaks_of(chain) if _stands_in_the_way(chain, one, on)]
    if not broken:
        return
    first = broken[0]
    link = first.link or Link.CREDENTIAL
    sentences = " ".join(f"{one.sentence} {one.because} ({CITATIONS[one.link or Link.CREDENTIAL]}.)" for one in broken)
    raise Refusal(f"{sentences} {_advice(chain, first)}", field=FIELDS[link])


def _stands_in_the_way(chain: Chain, one: Break, on: date) -> bool:
    if chain.assignment.to_on is not None:
        return True
    return one.from_on == chain.assignment.from_on or not may_be_held_by_then(chain, one, on)


def _advice(chain: Chain, first: Break) -> str:
    if first.from_on <= chain.assignment.from_on:
        return "Choose other days, or put it in order first."
    last = written(first.from_on - ONE_DAY)
    if chain.assignment.to_on is None:
        return f"Let the assignment end on {last}."
    return f"Let the assignment end on {last}, or leave the last day empty: it then goes on while everything holds."


def breaks_outside(breaks: Iterable[Break], recorded: Span) -> tuple[Break, ...]:
    """The breaks that reach days which an assignment does not have on record."""
    return tuple(
        one for one in breaks if one.from_on < recorded.from_on or recorded.ends_before(Span(one.from_on, one.to_on))
    )


def require_reason_for_breaks(breaks: Sequence[Break], reason: str | None) -> str | None:
    """The reason for other days of an assignment on which something does not hold, None where all holds.

    A correction says what was, so DPH can record such days, as it can pass the capacity. Raises `Refusal`.
    """
    if not breaks:
        return None
    if not (reason or "").strip():
        raise Refusal(
            f"{breaks[0].sentence} Choose days on which all of it holds. DPH can record these days with a reason.",
            field="broken_links_reason",
        )
    return (reason or "").strip()


def used_up(maxima: Mapping[int, int], drawn: Mapping[int, int], days: Span) -> str | None:
    """Why nobody can be placed under a contract whose maximum obligation of a fiscal year is used up; None otherwise.

    `maxima` and `drawn` are cents by fiscal year. Days without a last one are asked for the year in which they begin.
    """
    for year in fiscal_years_of(days.from_on, days.to_on or days.from_on):
        most, used = maxima.get(year, 0), drawn.get(year, 0)
        if used >= most:
            return (
                f"The contract is exhausted in {fiscal_year_in_words(year)}: {dollars(used)} of its maximum obligation "
                f"of {dollars(most)} is invoiced (815 CMR 10.00)."
            )
    return None


def require_not_exhausted(maxima: Mapping[int, int], drawn: Mapping[int, int], days: Span) -> None:
    """Refuse an assignment in a fiscal year whose maximum obligation is used up. Raises `Refusal`."""
    sentence = used_up(maxima, drawn, days)
    if sentence is not None:
        raise Refusal(f"{sentence} Amend the contract first, or choose another one.", field="contract_id")


@dataclass(frozen=True, slots=True)
class Spell:
    """Days of an employment and the share of a full-time week that the person works in it."""

    days: Span
    full_time_percent: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment that the coordinator has already."""

    practice: str
    days: Span
    load: Load


def over_capacity(
    wanted: Load, days: Span, *, spells: Iterable[Spell], others: Sequence[Placed], model: CapacityModel = MODEL
) -> str | None:
    """Why a coordinator has no room for one more assignment on some day, None where there is room on all days.

    Two limits: the hours of all assignments within the direct hours of the employment, and the hard cap on children.
    """
    employed = list(spells)
    starts = {days.from_on, *(other.days.from_on for other in others), *(spell.days.from_on for spell in employed)}
    for day in sorted(start for start in starts if _on(days, start)):
        percent = sum(spell.full_time_percent for spell in employed if _on(spell.days, day))
        held = [other for other in others if _on(other.days, day)]
        loads = [wanted, *(other.load for other in held)]
        hours, available = sum((one.hours(model) for one in loads), Fraction(0)), model.direct_hours * percent / _WHOLE
        if hours > available:
            return (
                f"From {written(day)} all assignments take {decimal(hours, 1)} hours a month, and "
                f"{percent} percent of a week has {decimal(available, 1)} direct hours.{_held_in_words(held)} "
                "Choose a smaller load or other days."
            )
        most = most_children(Fraction(percent, _WHOLE), model)
        children = sum(one.places or 0 for one in loads)
        if children > most:
            return (
                f"From {written(day)} there would be {children} children, and the cap is {most} for {percent} percent "
                f"of a week.{_held_in_words(held)} Choose fewer places."
            )
    return None


def _held_in_words(held: Sequence[Placed]) -> str:
    if not held:
        return ""
    return " On file: " + "; ".join(f"{one.practice} {one.load.in_words()}" for one in held) + "."


def _on(days: Span, day: date) -> bool:
    return days.from_on <= day and (days.to_on is None or day <= days.to_on)
