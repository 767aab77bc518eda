"""The independence rule: a coordinator works with a practice and is never employed, owned or paid by it.

Founding report of the Massachusetts Consortium (2006): coordinators "partner with but are not employed by practices".
There is a conflict if, on any date of an assignment,

(a) the coordinator is an employee or contractor of the practice or of an organization related to it,
(b) the vendor is the practice or is related to it, or
(c) the practice pays any of the coordinator's wages.

Two organizations are related on a date when they have the same taxpayer number, or when both belong to one ownership
group with more than 5 percent. An employment whose last day lies before the first day of the assignment is allowed,
without a waiting time, and disclosed. Supervision by the practice is a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import EmploymentKind

COMMON_CONTROL_PERCENT = Decimal(5)
"""A share above this makes an organization a member of an ownership group for this rule (program default)."""


class IndependenceRule(StrEnum):
    """The three ways to break independence."""

    EMPLOYMENT = "employment"
    OWNERSHIP = "ownership"
    WAGES = "wages"


CITATIONS = {
    IndependenceRule.EMPLOYMENT: "CC-08; Massachusetts Consortium, Findings and Recommendations (2006)",
    IndependenceRule.OWNERSHIP: "VO-10; Massachusetts Consortium, Findings and Recommendations (2006)",
    IndependenceRule.WAGES: "PR-09; Massachusetts Consortium, Findings and Recommendations (2006)",
}
"""The requirement that states each rule, with its source."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; `to_on` is None while there is no end."""

    from_on: date
    to_on: date | None = None

    def overlap(self, other: "Span") -> "Span | None":
        """The days that both spans share, if any."""
        from_on = max(self.from_on, other.from_on)
        ends = [end for end in (self.to_on, other.to_on) if end is not None]
        to_on = min(ends, default=None)
        return None if to_on is not None and to_on < from_on else Span(from_on, to_on)

    def ends_before(self, other: "Span") -> bool:
        """Whether this span has an end, and the other one goes on after it."""
        return self.to_on is not None and (other.to_on is None or other.to_on > self.to_on)


@dataclass(frozen=True, slots=True)
class GroupMembership:
    """An organization's place in an ownership group; `percent` is None for the parent and for a full member."""

    group_id: int
    group_name: str
    span: Span
    percent: Decimal | None = None

    @property
    def controls(self) -> bool:
        """Whether the share is large enough to count."""
        return self.percent is None or self.percent > COMMON_CONTROL_PERCENT


@dataclass(frozen=True, slots=True)
class Organization:
    """A vendor, practice or other employer as this rule sees it; `tax_id` holds digits with or without a hyphen."""

    id: int
    name: str
    tax_id: str | None = None
    memberships: tuple[GroupMembership, ...] = ()


@dataclass(frozen=True, slots=True)
class EmploymentSpell:
    """The coordinator's engagement by one organization, as employee or contractor."""

    employer: Organization
    span: Span
    kind: EmploymentKind = EmploymentKind.EMPLOYEE


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A coordinator who works, or is to work, with a practice on behalf of a vendor during `span`.

    `wages_paid_by_practice` are the days on which the practice pays any of the coordinator's wages. Leave `vendor` out
    where only the coordinator's own employments are in question.
    """

    coordinator: str
    practice: Organization
    span: Span
    vendor: Organization | None = None
    employments: tuple[EmploymentSpell, ...] = ()
    wages_paid_by_practice: tuple[Span, ...] = ()
    supervised_by_practice: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """One breach of independence, with the days of the arrangement on which it stands; `to_on` None means no end.

    The sentence names the person, the practice and these days, so that whoever reads it knows what to end.
    """

    rule: IndependenceRule
    sentence: str
    citation: str
    from_on: date
    to_on: date | None

    def stands_from(self, day: date) -> bool:
        """Whether it stands on `day` or on any later day."""
        return self.to_on is None or self.to_on >= day


@dataclass(frozen=True, slots=True)
class Independence:
    """What the rule finds: conflicts forbid, warnings ask for a look, disclosures are shown."""

    conflicts: tuple[Conflict, ...] = ()
    warnings: tuple[str, ...] = ()
    disclosures: tuple[str, ...] = ()


def independence_of(arrangement: Arrangement) -> Independence:
    """All that the rule has to say about an arrangement, conflicts in the order of their first day."""
    found = [*_by_employment(arrangement), *_by_ownership(arrangement), *_by_wages(arrangement)]
    return Independence(
        conflicts=tuple(sorted(found, key=lambda each: (each.from_on, each.rule, each.sentence))),
        warnings=tuple(_warnings(arrangement)),
        disclosures=tuple(_disclosures(arrangement)),
    )


def require_independent(arrangement: Arrangement, *, field: str | None = None) -> Independence:
    """Refuse an arrangement with any conflict; otherwise return it with its warnings and disclosures."""
    found = independence_of(arrangement)
    if found.conflicts:
        sentences = " ".join(f"{conflict.sentence} ({conflict.citation}.)" for conflict in found.conflicts)
        raise Refusal(
            f"{sentences} A coordinator must be independent of the practice. "
            "End what stands in the way, or choose another coordinator, practice or first day.",
            field=field,
        )
    return found


def _by_employment(arrangement: Arrangement) -> Iterator[Conflict]:
    for spell in arrangement.employments:
        if arrangement.vendor is not None and spell.employer.id == arrangement.vendor.id != arrangement.practice.id:
            continue  # whether the vendor itself is tied to the practice is rule (b)
        for tie, why in _ties(spell.employer, arrangement.practice):
            days = _shared(arrangement.span, spell.span, tie)
            if days is not None:
                engaged = "is a contractor of" if spell.kind is EmploymentKind.CONTRACTOR else "is employed by"
                placed = f"and is assigned to {arrangement.practice.name if why else 'it'}"
                sentence = f"{arrangement.coordinator} {engaged} {spell.employer.name}{why} {placed} {_in_words(days)}."
                yield _conflict(IndependenceRule.EMPLOYMENT, sentence, days)


def _by_ownership(arrangement: Arrangement) -> Iterator[Conflict]:
    vendor, practice = arrangement.vendor, arrangement.practice
    if vendor is None:
        return
    for tie, why in _ties(vendor, practice):
        days = _shared(arrangement.span, tie)
        if days is not None:
            told = why or ", which is that practice itself,"
            sentence = (
                f"{arrangement.coordinator} is assigned to {practice.name} by {vendor.name}{told} {_in_words(days)}."
            )
            yield _conflict(IndependenceRule.OWNERSHIP, sentence, days)


def _by_wages(arrangement: Arrangement) -> Iterator[Conflict]:
    for paid in arrangement.wages_paid_by_practice:
        days = _shared(arrangement.span, paid)
        if days is not None:
            sentence = (
                f"{arrangement.practice.name} pays wages to {arrangement.coordinator}, who is assigned to it "
                f"{_in_words(days)}."
            )
            yield _conflict(IndependenceRule.WAGES, sentence, days)


def _warnings(arrangement: Arrangement) -> Iterator[str]:
    if arrangement.supervised_by_practice:
        yield (
            f"{arrangement.practice.name} supervises {arrangement.coordinator}. "
            "Supervision belongs to the vendor; the practice directs day-to-day work only."
        )


def _disclosures(arrangement: Arrangement) -> Iterator[str]:
    for spell in arrangement.employments:
        ended_on = spell.span.to_on
        if ended_on is None or ended_on >= arrangement.span.from_on:
            continue
        tied = any(_shared(spell.span, tie) is not None for tie, _ in _ties(spell.employer, arrangement.practice))
        if tied:
            yield (
                f"{arrangement.coordinator} worked for {spell.employer.name} until {written(ended_on)}, "
                f"before this work with {arrangement.practice.name} begins."
            )


def _ties(one: Organization, other: Organization) -> Iterator[tuple[Span, str]]:
    """When and why two organizations count as one for this rule; the reason of an organization to itself is empty."""
    always = Span(date.min)
    if one.id == other.id:
        yield always, ""
        return
    if _digits(one.tax_id) and _digits(one.tax_id) == _digits(other.tax_id):
        yield always, f", which has the same taxpayer number as {other.name},"
        return
    for mine in one.memberships:
        for theirs in other.memberships:
            if mine.group_id == theirs.group_id and mine.controls and theirs.controls:
                days = mine.span.overlap(theirs.span)
                if days is not None:
                    yield days, f", which is in the same ownership group ({mine.group_name}) as {other.name},"


def _shared(first: Span, *others: Span) -> Span | None:
    days: Span | None = first
    for other in others:
        days = None if days is None else days.overlap(other)
    return days


def _conflict(rule: IndependenceRule, sentence: str, days: Span) -> Conflict:
    return Conflict(rule, sentence, CITATIONS[rule], days.from_on, days.to_on)


def _in_words(days: Span) -> str:
    if days.to_on is None:
        return f"from {written(days.from_on)} on"
    if days.to_on == days.from_on:
        return f"on {written(days.from_on)}"
    return f"from {written(days.from_on)} to {written(days.to_on)}"


def _digits(tax_id: str | None) -> str:
    return "".join(character for character in tax_id or "" if character.isdigit())
