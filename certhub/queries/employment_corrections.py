"""What a corrected employment would change: work with practices, exposures, an application, the view of a record."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_

from certhub.database import canonical
from certhub.models.parties import Assignment, Employment, VendorOrganization
from certhub.queries import applications, coordinators, exposure
from certhub.rules.employment import Spell, access_in_words, placement_within
from certhub.rules.exposure import Break, Chain, as_read_by, breaks_of_correction
from certhub.rules.independence import Span
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Shortened:
    """An assignment that does not lie within the employment; `left` is None where it is taken back."""

    assignment: Assignment
    left: Span | None


@dataclass(frozen=True, slots=True)
class Exposed:
    """An exposure of the person's work with a practice."""

    practice: str
    found: Break


@dataclass(frozen=True, slots=True)
class Plan:
    """What a correction does, as it is shown before it is done."""

    spell: Spell
    shortened: tuple[Shortened, ...]
    gone: tuple[Exposed, ...]
    """The exposures that the person's work has so far and would not have any more."""
    new: tuple[Exposed, ...]
    also: tuple[str, ...]
    """What becomes of the employer's view of the record and of an open application."""
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes but the employment itself."""
        return not (self.shortened or self.gone or self.new or self.also)


def plan(viewer: Viewer, employment: Employment, spell: Spell, *, on: date) -> Plan:
    """What changes for others, as far as the viewer may read of it; `on` is the day on which it is recorded."""
    whose = (employment.coordinator_id, employment.employer_id)
    before = coordinators.days_employed(*whose)
    after = [*coordinators.days_employed(*whose, but=employment), spell.days]
    ends_earlier = spell.days.ends_before(Span(employment.starts_on, employment.ends_on))
    shortened = shortened_by(employment, after) if ends_earlier else []
    exposed = _exposures(viewer, employment, {}, on=on)
    then = _exposures(viewer, employment, {one.assignment.id: one.left for one in shortened}, employed=after, on=on)
    also: list[str] = []
    if isinstance(employment.employer, VendorOrganization):
        also = [access_in_words(employment.employer.name, before, after, today=on), _handover(employment, spell, on)]
    told = Plan(
        spell,
        tuple(shortened),
        tuple(one for one in exposed if one not in then),
        tuple(one for one in then if one not in exposed),
        tuple(sentence for sentence in also if sentence),
        "",
    )
    return replace(told, fingerprint=_fingerprint(employment, told))


def shortened_by(employment: Employment, days: Sequence[Span]) -> list[Shortened]:
    """The employer's assignments that began in a spell and go on beyond the days on which it employs the person."""
    found = []
    for assignment in coordinators.assignments_in(employment):
        placed = Span(assignment.starts_on, assignment.ends_on)
        left = placement_within(placed, days)
        if left != placed:
            found.append(Shortened(assignment, left))
    return found


def _exposures(
    viewer: Viewer,
    employment: Employment,
    left: Mapping[int, Span | None],
    *,
    on: date,
    employed: Sequence[Span] | None = None,
) -> list[Exposed]:
    """The exposures of the person's work for the employer, with other days of assignments or of employment."""
    chains = exposure.chains(
        and_(
            Assignment.coordinator_id == employment.coordinator_id,
            Assignment.vendor_id == employment.employer_id,
        )
    )
    found = []
    for number, chain in sorted(chains.items(), key=lambda item: (item[1].practice, item[0])):
        days = left.get(number, chain.assignment)
        if days is None:
            continue
        then = replace(chain, assignment=days, employments=chain.employments if employed is None else tuple(employed))
        found += [Exposed(chain.practice, one) for one in _read(viewer, then, on)]
    return found


def _read(viewer: Viewer, chain: Chain, on: date) -> tuple[Break, ...]:
    return as_read_by(
        exposure.reader_of(viewer), breaks_of_correction(chain, on),
        coordinator=chain.coordinator, practice=chain.practice, vendor=chain.vendor,
    )  # fmt: skip


def _handover(employment: Employment, spell: Spell, on: date) -> str:
    """Where an open application goes, without the name of another employer."""
    handlers = applications.handler_with(employment.coordinator_id, {employment.id: spell.days}, on=on)
    if handlers is None or handlers[0] == handlers[1]:
        return ""
    if handlers[1] == employment.employer_id:
        return f"The open application goes to {employment.employer.name}."
    return "The open application goes to the vendor that employs the person now."


def _fingerprint(employment: Employment, told: Plan) -> str:
    facts = [
        employment.id, told.spell.kind, told.spell.job_title, told.spell.days.from_on, told.spell.days.to_on,
        told.spell.full_time_percent,
        [
            (one.assignment.id, one.left and one.left.from_on, one.left and one.left.to_on)
            for one in told.shortened
        ],
        [[(one.practice, one.found.sentence, one.found.because) for one in found] for found in (told.gone, told.new)],
        told.also,
    ]  # fmt: skip
    return hashlib.sha256(canonical(facts).encode()).hexdigest()
