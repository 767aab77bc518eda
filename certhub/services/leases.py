"""The worker's lease: at most one holder at a time, on any number of hosts, and a new one soon after a crash."""

from datetime import datetime, timedelta

from sqlalchemy import case, select, update

from certhub.database import db
from certhub.models.jobs import Lease
from certhub.services.bulk_changes import insert_new, rows_changed

LENGTH = timedelta(seconds=40)
"""How long a lease lasts unless it is renewed; a crashed holder is replaced this much later."""


def acquire(name: str, owner: str, *, at: datetime, length: timedelta = LENGTH) -> int | None:
    """Take the lease or renew it; its fence, or None where somebody else holds it."""
    taken = rows_changed(
        update(Lease)
        .where(Lease.name == name, (Lease.owner == owner) | (Lease.expires_at < at))
        .values(
            owner=owner,
            expires_at=at + length,
            fence=case((Lease.owner == owner, Lease.fence), else_=Lease.fence + 1),
        )
    )
    if not taken:
        new = insert_new(Lease, ["name"]).values(name=name, owner=owner, expires_at=at + length, fence=1)
        if not rows_changed(new):
            return None
    return db.session.scalar(select(Lease.fence).where(Lease.name == name))


def still_held(name: str, owner: str, *, at: datetime) -> bool:
    """Whether `owner` holds the lease; locks the row, so that nobody takes it before the transaction ends."""
    held = update(Lease).where(Lease.name == name, Lease.owner == owner, Lease.expires_at >= at)
    return rows_changed(held.values(owner=owner)) == 1


def release(name: str, owner: str, *, at: datetime) -> None:
    """Give the lease up, so that another worker takes it at once."""
    rows_changed(
        update(Lease).where(Lease.name == name, Lease.owner == owner).values(expires_at=at - timedelta(seconds=1))
    )
