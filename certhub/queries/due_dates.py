"""What falls due, the nearest first: for whoever acts on it, and for DPH and auditors all of it.

Due dates are found once a day. What was settled since then says so here, until the next day takes it off.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, literal, or_, select, true

from certhub.database import db
from certhub.models.fund import Payer
from certhub.models.messages import Obligation
from certhub.models.parties import Party
from certhub.queries import obligations
from certhub.queries.due_calendar import acted_on
from certhub.queries.obligation_sources.source import DueItem
from certhub.queries.paging import Page, paged
from certhub.rules.permissions import Viewer, works_for_dph
from certhub.rules.reminder_policies import Audience, ObligationKind, Policies


@dataclass(frozen=True, slots=True)
class DueDate:
    """A due date in a list, and why it needs nobody any more; empty while it does."""

    obligation_id: int
    item: DueItem
    settled: str = ""


def page(
    viewer: Viewer, *, kind: ObligationKind | None, today: date, policies: Policies, cursor: str | None
) -> Page[DueDate]:
    """One page of the open dates that the viewer may know of, of one kind or of all."""
    own = true() if works_for_dph(viewer) else or_(false(), *acted_on(viewer, beside_events=False).values())
    statement = (
        select(
            Obligation.id.label("obligation_id"),
            literal(Audience.HOLDER.value).label("audience"),
            *obligations.item_columns(),
        )
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
        .where(Obligation.closed_at.is_(None), own, true() if kind is None else Obligation.kind == kind)
    )
    found = paged(
        statement,
        [Obligation.due_on, Obligation.id],
        lambda row: DueDate(row.obligation_id, obligations.item_of(row, notice_id=0)),
        cursor=cursor,
    )
    settled = _settled(found.rows, today, policies)
    rows = [DueDate(one.obligation_id, one.item, settled.get(one.obligation_id, "")) for one in found.rows]
    return Page(rows, found.next, found.previous)


def _settled(rows: list[DueDate], today: date, policies: Policies) -> dict[int, str]:
    """Why dates need nobody any more as things stand; only the kinds that are there are asked."""
    if not rows:
        return {}
    why = obligations.settled_because(today, policies, sorted({row.item.kind for row in rows}))
    ids = [row.obligation_id for row in rows]
    found = db.session.execute(select(Obligation.id, why.label("why")).where(Obligation.id.in_(ids)))
    return {row.id: row.why for row in found if row.why is not None}
