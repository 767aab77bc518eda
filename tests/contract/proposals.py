"""A vendor's proposal with everything that can be on one, for the world of the contract tests."""

from datetime import timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import Party, VendorOrganization
from certhub.models.proposals import PracticeNeed, Proposal, ProposalLeftOut, ProposalLine, ProposalUnmet
from certhub.rules.audit_actions import AuditAction
from certhub.rules.proposals import Effort, LineDecision
from certhub.rules.vocabulary import Region
from certhub.services import audit
from tests.factories import ARRANGING, WHEN, contract_of


def proposed(vendor: VendorOrganization, person: Party, practice: Party, hr: User) -> dict[str, list[int | str]]:
    """A proposal that is ready, with a line of the person at the practice."""
    contract_id = contract_of(vendor.id)
    with transaction():
        found = _proposal(vendor, hr)
        line = _line(found, person, practice, contract_id)
        _unmet(found, practice)
        db.session.flush()
        for row in (found, line):
            audit.record(ARRANGING, AuditAction.PROPOSAL_ASKED, row, at=WHEN)
    return {"proposal_id": [found.id], "proposal_line_id": [line.id]}


def more_lines(vendor: VendorOrganization, person: Party, practice: Party, hr: User) -> None:
    """One more proposal, and one more of each row in those that there are, inside a transaction."""
    declined = _line(_proposal(vendor, hr), person, practice, contract_of(vendor.id))
    declined.starts_on += timedelta(days=1)
    declined.decision, declined.reason = LineDecision.DECLINED, "Too far."
    declined.decided_by_id, declined.decided_at = hr.id, WHEN
    db.session.add(
        PracticeNeed(
            practice_id=practice.id, tier_1=1, tier_2=2, tier_3=3, languages={"es": 20}, recorded_by_id=hr.id,
            recorded_at=WHEN,
        )
    )  # fmt: skip
    for found in db.session.scalars(select(Proposal).where(Proposal.cost.is_not(None)).order_by(Proposal.id)):
        _line(found, person, practice, contract_of(vendor.id))
        _unmet(found, practice)


def _proposal(vendor: VendorOrganization, hr: User) -> Proposal:
    first = clock.today() + timedelta(days=10)
    found = Proposal(
        vendor_id=vendor.id, regions=[Region.CENTRAL.value], starts_on=first, ends_on=first + timedelta(days=180),
        effort=Effort.CLOSE, most_miles=60, asked_by_id=hr.id, asked_at=WHEN, started_at=WHEN, finished_at=WHEN,
        done=4, fingerprint="0" * 64, cost=700, bound=650, inputs=_INPUTS, regions_found=[_CENTRAL],
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def _line(found: Proposal, person: Party, practice: Party, contract_id: int) -> ProposalLine:
    line = ProposalLine(
        proposal_id=found.id, coordinator_id=person.id, practice_id=practice.id, contract_id=contract_id,
        region=Region.CENTRAL, starts_on=found.starts_on, ends_on=found.ends_on, share_percent=20, miles=4,
        points=200, why="4 miles away.", next_best="Nobody else.",
    )  # fmt: skip
    db.session.add(line)
    return line


def _unmet(found: Proposal, practice: Party) -> None:
    db.session.add_all(
        [
            ProposalUnmet(
                proposal_id=found.id, practice_id=practice.id, region=Region.CENTRAL, need=50, unmet=30,
                languages={"es": 30},
            ),
            ProposalLeftOut(proposal_id=found.id, party_id=practice.id, because="A reason."),
        ]
    )  # fmt: skip


_INPUTS = {
    "coordinators": 1, "practices": 1, "lines": 1,
    "weights": {"unmet": 1000, "mile": 1, "language": 50, "region": 15, "placement": 100, "leaving": 8},
    "limits": {"miles": 60, "least_share": 5},
}  # fmt: skip
_CENTRAL = {
    "region": "central", "need": 50, "room": 80, "placed": 20, "unmet": 30, "practices": 1, "coordinators": 1,
    "languages": [["es", 9]],
}  # fmt: skip
