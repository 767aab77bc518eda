"""What practices need, taken from the monthly caseload reports where nobody typed it."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.parties import Practice
from certhub.models.proposals import PracticeNeed
from certhub.queries import reported_needs
from certhub.services import proposals


def take_over(*, actor: User, at: datetime) -> int:
    """Record what is reported as the need of each practice that has none, or one from earlier reports; how many.

    What somebody typed stays: a practice knows of children who wait, and a report counts those who have a coordinator.
    """
    reported = reported_needs.by_practice(clock.civil_date(at))
    standing = {
        one.practice_id: one
        for one in db.session.scalars(select(PracticeNeed).where(PracticeNeed.superseded_at.is_(None)))
    }
    taken = 0
    for number, told in reported.items():
        before = standing.get(number)
        if before is None and not any(told.tiers):
            continue
        if before is not None and before.reported_month_from is None:
            continue
        if before is not None and (before.tier_1, before.tier_2, before.tier_3) == told.tiers:
            continue
        proposals.record_need(
            db.session.get_one(Practice, number),
            tiers=told.tiers,
            languages=before.languages if before else {},
            seen=before.id if before else None,
            reported_month_from=told.month_from,
            actor=actor,
            at=at,
        )
        taken += 1
    return taken
