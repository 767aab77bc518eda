"""Who read which personal record, and when (M.G.L. c.66A)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from certhub.models.accounts import User
from certhub.models.audit import AccessLog
from certhub.models.parties import Party
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import party_visible
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a personal record."""

    at: datetime
    reader: str
    reader_email: str
    party_id: int | None
    party: str | None
    what: str
    listing: dict[str, Any]
    """Of a list: which one, its filters and how many rows."""


def readings(
    viewer: Viewer, *, reader: str = "", party_id: int | None = None, cursor: str | None = None
) -> Page[Reading]:
    """The access log, newest first; `reader` is an account's e-mail address."""
    party = Party.__table__
    statement = (
        select(AccessLog.at, User.name, User.email, AccessLog.party_id, party.c.name, AccessLog.what, AccessLog.listing)
        .join(User, User.id == AccessLog.user_id)
        .outerjoin(party, party.c.id == AccessLog.party_id)
        .where(party_visible(viewer, AccessLog.__table__.c.party_id))
    )
    if reader:
        account = select(User.id).where(User.email == reader.casefold()).scalar_subquery()
        statement = statement.where(AccessLog.user_id == account)
    if party_id is not None:
        statement = statement.where(AccessLog.party_id == party_id)
    return paged(statement, (AccessLog.id,), _reading, cursor=cursor, newest_first=True)


def _reading(row: Row[Any]) -> Reading:
    values: list[Any] = list(row)
    at, reader, email, party_id, party, what, listing = values[:7]
    return Reading(at, reader, email, party_id, party, what, json.loads(listing) if listing else {})
