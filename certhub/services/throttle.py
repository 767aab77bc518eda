"""Counting failed attempts in the database, so that all workers and hosts agree when somebody must wait."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from certhub.database import db
from certhub.models.accounts import SignInThrottle
from certhub.rules.identifiers import normalise_email
from certhub.rules.lockout import LONGEST_REMEMBERED, LockoutPolicy, counted, delay_after, source_of


def account_key(email: str, *, purpose: str = "account") -> str:
    """The key of an e-mail address, whether or not it has an account; the address itself is not kept."""
    return f"{purpose}:{email_hash(email)}"


def source_key(address: str, *, purpose: str = "source") -> str:
    """The key of the network address that somebody comes from."""
    return f"{purpose}:{hashlib.sha256(source_of(address).encode()).hexdigest()}"


def email_hash(email: str) -> str:
    """What is kept of an e-mail address that may belong to nobody here."""
    return hashlib.sha256(normalise_email(email).encode()).hexdigest()


def blocked_until(keys: Collection[str], *, at: datetime) -> datetime | None:
    """Until when one of `keys` has to wait, or None."""
    return db.session.scalar(
        select(SignInThrottle.blocked_until)
        .where(SignInThrottle.key.in_(keys), SignInThrottle.blocked_until > at)
        .order_by(SignInThrottle.blocked_until.desc())
        .limit(1)
    )


def hold(keys: Collection[str], *, at: datetime) -> datetime | None:
    """Lock the counters of `keys` in the given order until the transaction ends; until when one has to wait, or None.

    Attempts that come at the same moment are counted one after another, and the order keeps them from a deadlock.
    """
    waits = [row.blocked_until for row in (_row(key, at) for key in keys) if row.blocked_until is not None]
    return max((until for until in waits if until > at), default=None)


def count(key: str, policy: LockoutPolicy, *, at: datetime) -> datetime | None:
    """Count one more attempt; until when to wait now, or None."""
    row = _row(key, at)
    row.failures = counted(row.failures, row.last_failed_at, at, policy) + 1
    row.last_failed_at = at
    delay = delay_after(row.failures, policy)
    row.blocked_until = at + delay if delay else None
    db.session.flush()
    return row.blocked_until


def forget(key: str) -> None:
    """Begin again at zero: the right password was given."""
    db.session.execute(delete(SignInThrottle).where(SignInThrottle.key == key))


def forget_old(*, at: datetime) -> int:
    """Remove the counters that no longer count; how many there were."""
    gone = db.session.execute(delete(SignInThrottle).where(_is_old(at)))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def old(*, at: datetime) -> int:
    """How many counters no longer count."""
    return db.session.scalar(select(func.count()).select_from(SignInThrottle).where(_is_old(at))) or 0


def _is_old(at: datetime) -> ColumnElement[bool]:
    return SignInThrottle.last_failed_at < at - LONGEST_REMEMBERED


def _row(key: str, at: datetime) -> SignInThrottle:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(SignInThrottle)
        .values(key=key, failures=0, last_failed_at=at)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return db.session.get_one(SignInThrottle, key, with_for_update=True, populate_existing=True)
