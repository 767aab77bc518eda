"""Private calendar addresses: made, renewed and revoked by the account that they belong to, and ended with it."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.calendars import CalendarFeed
from certhub.queries import calendar
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.services import audit
from certhub.services.audit import Actor


def open_feed(*, actor: User, at: datetime) -> str:
    """Make a new address for the actor's calendar; its secret, told this once. An earlier address stops working.

    Raises `Refusal` where the account is closed by now: what comes after it is closed would open again with it.
    """
    locked(actor)
    if not actor.is_active:
        raise Refusal("Your account was closed in the meantime.")
    revoke_feed(actor, actor=actor, at=at)
    token = new_token()
    feed = CalendarFeed(user_id=actor.id, token_hash=token_hash(token), created_at=at)
    db.session.add(feed)
    db.session.flush()
    audit.record(actor, AuditAction.CALENDAR_FEED_OPENED, feed, at=at)
    return token


def revoke_feed(user: User, *, actor: Actor, at: datetime) -> bool:
    """Let the calendar address of an account stop working for good; whether there was one."""
    feed = calendar.feed_of(user)
    if feed is None:
        return False
    locked(feed)
    if feed.revoked_at is not None:
        return False
    feed.revoked_at = at
    db.session.flush()
    audit.record(actor, AuditAction.CALENDAR_FEED_REVOKED, feed, at=at)
    return True
