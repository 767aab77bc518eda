"""What a coordinator's week is taken up with: the share that a vendor employs, and the assignments in it."""

from sqlalchemy import select

from certhub.database import db
from certhub.models.parties import Assignment, Employment, Party
from certhub.rules.assignment import Load, Placed, Spell
from certhub.rules.independence import Span

_practice = Party.__table__


def around(coordinator_id: int, vendor_id: int, *, but: int | None = None) -> tuple[list[Spell], list[Placed]]:
    """The person's employments at a vendor, and the vendor's assignments of the person without the one `but`."""
    spells = db.session.execute(
        select(Employment.starts_on, Employment.ends_on, Employment.full_time_percent).where(
            Employment.coordinator_id == coordinator_id,
            Employment.employer_id == vendor_id,
            Employment.superseded_at.is_(None),
        )
    )
    placed = db.session.execute(
        select(_practice.c.name, Assignment.starts_on, Assignment.ends_on, Assignment.places, Assignment.share_percent)
        .join(_practice, _practice.c.id == Assignment.practice_id)
        .where(
            Assignment.coordinator_id == coordinator_id,
            Assignment.vendor_id == vendor_id,
            Assignment.superseded_at.is_(None),
            Assignment.id != (but or 0),
        )
        .order_by(Assignment.starts_on, Assignment.id)
    )
    return (
        [Spell(Span(row.starts_on, row.ends_on), row.full_time_percent) for row in spells],
        [Placed(row.name, Span(row.starts_on, row.ends_on), Load(row.places, row.share_percent)) for row in placed],
    )
