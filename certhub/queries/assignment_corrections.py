"""What other days of an assignment would change: which exposures it has so far, and which it would have."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from certhub.database import canonical
from certhub.models.parties import Assignment
from certhub.queries import exposure
from certhub.rules.assignment import breaks_outside
from certhub.rules.exposure import Break, Chain, as_read_by, breaks_of_correction
from certhub.rules.independence import Span
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Plan:
    """What a correction does, as it is shown before it is done."""

    days: Span
    gone: tuple[Break, ...]
    """The exposures that the assignment has so far and would not have any more."""
    new: tuple[Break, ...]
    added: tuple[Break, ...]
    """The exposures on days that the assignment does not have so far: they need a reason."""
    fingerprint: str


def plan(viewer: Viewer, assignment: Assignment, days: Span, *, on: date) -> Plan:
    """The exposures that a correction ends and brings about, as far as the viewer may read of them.

    `on` is the day on which it is recorded.
    """
    chain = exposure.chains(Assignment.id == assignment.id)[assignment.id]
    before = _breaks(viewer, chain, on)
    after = _breaks(viewer, replace(chain, assignment=days), on)
    facts = [assignment.id, days.from_on, days.to_on, *((one.sentence, one.because) for one in (*before, *after))]
    return Plan(
        days,
        tuple(one for one in before if one not in after),
        tuple(one for one in after if one not in before),
        breaks_outside(after, Span(assignment.starts_on, assignment.ends_on)),
        hashlib.sha256(canonical(facts).encode()).hexdigest(),
    )


def _breaks(viewer: Viewer, chain: Chain, on: date) -> tuple[Break, ...]:
    return as_read_by(
        exposure.reader_of(viewer), breaks_of_correction(chain, on),
        coordinator=chain.coordinator, practice=chain.practice, vendor=chain.vendor,
    )  # fmt: skip
