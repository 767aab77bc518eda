"""Whose e-mail address takes no mail at present."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.messages import FailingAddress
from certhub.models.parties import Party
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Failing:
    """An address that takes no mail, and since when."""

    address: str
    failed_at: datetime
    account_id: int | None = None
    """The account that has it, where it is that of a record's account."""
    on_record: bool = False
    """Whether the record has it."""


def of_parties(_viewer: Viewer, party_ids: Collection[int]) -> dict[int, Failing]:
    """Those of these records, which the viewer sees, to whose address or account mail fails."""
    rows = db.session.execute(
        select(
            Party.id,
            FailingAddress.address,
            FailingAddress.failed_at,
            case((FailingAddress.address == User.email, User.id)).label("account_id"),
            (func.coalesce(func.lower(Party.email), "") == FailingAddress.address).label("on_record"),
        )
        .outerjoin(User, (User.party_id == Party.id) & User.deactivated_at.is_(None))
        .join(
            FailingAddress,
            or_(FailingAddress.address == func.lower(Party.email), FailingAddress.address == User.email),
        )
        .where(Party.id.in_(party_ids))
        .order_by(Party.id, FailingAddress.failed_at)
    )
    return {row.id: Failing(row.address, row.failed_at, row.account_id, row.on_record) for row in rows}


def of_addresses(_viewer: Viewer, addresses: Collection[str]) -> dict[str, Failing]:
    """Those of these addresses, of accounts that the viewer sees, that take no mail."""
    statement = select(FailingAddress.address, FailingAddress.failed_at)
    rows = db.session.execute(statement.where(FailingAddress.address.in_([one.lower() for one in addresses])))
    return {row.address: Failing(row.address, row.failed_at) for row in rows}
