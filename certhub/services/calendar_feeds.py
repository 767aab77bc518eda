"""Private calendar addresses: made, renewed and revoked by the account that they belong to."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.calendars import CalendarFeed
from certhub.queries import calendar
from certhub.rules.audit_actions import AuditAction
from certhub.rules.tokens import new_token, token_hash
from certhub.services import audit


def open_feed(*, actor: User, at: datetime) -> str:
    """Make a new address for the actor's calendar; its secret, told this once. An earlier address stops working."""
    locked(actor)
    revoke_feed(actor=actor, at=at)
    token = new_token()
    feed = CalendarFeed(user_id=actor.id, token_hash=token_hash(token), created_at=at)
    db.session.add(feed)
    db.session.flush()
    audit.record(actor, AuditAction.CALENDAR_FEED_OPENED, feed, at=at)
    return token


def revoke_feed(*, actor: User, at: datetime) -> bool:
    """Let the actor's calendar address stop working; whether there was one."""
    feed = calendar.feed_of(actor)
    if feed is None:
        return False
    locked(feed)
    if feed.revoked_at is not None:
        return False
    feed.revoked_at = at
    db.session.flush()
    audit.record(actor, AuditAction.CALENDAR_FEED_REVOKED, feed, at=at)
    return True
