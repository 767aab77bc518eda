"""Whoever stands for a payer that merged, for letters that SQL addresses.

`rules.pooled_fund.payers.successors` says the same of payers that are loaded; a test holds the two equal.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import CTE, ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.fund import Payer
from certhub.queries.visibility import sees_everything
from certhub.rules.permissions import Viewer


def standing_for(day: date) -> CTE:
    """Each payer (`payer_id`) with whoever stands for it on a day (`stands_id`): itself, or the last of its mergers."""
    into = aliased(Payer)
    chain = select(Payer.id.label("payer_id"), Payer.id.label("stands_id")).cte("chain_of_mergers", recursive=True)
    chain = chain.union(
        select(chain.c.payer_id, into.successor_id)
        .join(into, into.id == chain.c.stands_id)
        .where(_merged(into, day), into.successor_id.is_not(None))
    )
    last = aliased(Payer)
    merged_again = exists().where(last.id == chain.c.stands_id, _merged(last, day))
    return select(chain.c.payer_id, chain.c.stands_id).where(~merged_again).cte("standing_payers")


def reminded_at(viewer: Viewer, payer_ids: Collection[int], day: date) -> dict[int, str | None]:
    """Where reminders of each of some payers go on a day; for DPH."""
    if not sees_everything(viewer):
        return {}
    stands = standing_for(day)
    found = db.session.execute(
        select(stands.c.payer_id, Payer.email)
        .join(Payer, Payer.id == stands.c.stands_id)
        .where(stands.c.payer_id.in_(payer_ids))
    )
    return {row.payer_id: row.email for row in found}


def _merged(payer: type[Payer], day: date) -> ColumnElement[bool]:
    return and_(payer.successor_id.is_not(None), payer.merged_on <= day)
