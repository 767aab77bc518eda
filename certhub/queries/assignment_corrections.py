"""What other days of an assignment would change: which exposures it has so far, and which it would have."""

import hashlib
from dataclasses import dataclass, replace

from certhub.database import canonical
from certhub.models.parties import Assignment
from certhub.queries import exposure
from certhub.rules.exposure import Break, Chain, as_read_by, breaks_of
from certhub.rules.independence import Span
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Plan:
    """What a correction does, as it is shown before it is done."""

    days: Span
    gone: tuple[Break, ...]
    """The exposures that the assignment has so far and would not have any more."""
    new: tuple[Break, ...]
    fingerprint: str


def plan(viewer: Viewer, assignment: Assignment, days: Span) -> Plan:
    """The exposures before and after a correction, as far as the viewer may read of them."""
    chain = exposure.chains(Assignment.id == assignment.id)[assignment.id]
    before = _breaks(viewer, chain)
    after = _breaks(viewer, replace(chain, assignment=days))
    facts = [assignment.id, days.from_on, days.to_on, *((one.sentence, one.because) for one in (*before, *after))]
    return Plan(
        days,
        tuple(one for one in before if one not in after),
        tuple(one for one in after if one not in before),
        hashlib.sha256(canonical(facts).encode()).hexdigest(),
    )


def _breaks(viewer: Viewer, chain: Chain) -> tuple[Break, ...]:
    reader = exposure.reader_of(viewer)
    return as_read_by(
        reader, breaks_of(chain), coordinator=chain.coordinator, practice=chain.practice, vendor=chain.vendor
    )
