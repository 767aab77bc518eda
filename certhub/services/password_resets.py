"""New passwords by mail: one hour, one use, and the same answer whether or not there is an account."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from certhub.database import db, locked
from certhub.models.accounts import PasswordReset, User
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import normalise_email
from certhub.rules.invitations import RESET_LASTS
from certhub.rules.lockout import RESET_ACCOUNT, RESET_SOURCE
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.services import accounts, audit, outbox, throttle

PAGE = audit.SystemActor("Forgotten-password page")
"""Who acts while nobody has signed in."""


def request(email: str, *, source: str, at: datetime, link: Callable[[str], str]) -> datetime | None:
    """Send a link to choose a new password, if there is such an account.

    Returns until when to wait after too many requests, else None; neither tells whether there is an account.
    """
    address = normalise_email(email)
    keys = throttle.account_key(address, purpose="reset"), throttle.source_key(source, purpose="reset-source")
    until = throttle.hold(keys, at=at)
    if until is not None:
        return until
    throttle.count(keys[0], RESET_ACCOUNT, at=at)
    throttle.count(keys[1], RESET_SOURCE, at=at)
    user = db.session.scalar(select(User).where(User.email == address, User.deactivated_at.is_(None)))
    if user is not None:
        _send(user, at=at, link=link)
    return None


def use(reset: PasswordReset, password: str, *, at: datetime) -> User:
    """Choose the new password; the link is spent and every session of the account ends."""
    locked(reset)
    reason = why_ended(reset, at=at)
    if reason:
        raise Refusal(reason)
    reset.used_at = at
    db.session.flush()
    user = reset.user
    accounts.change_password(user, password, keep_session=None, actor=user, at=at)
    throttle.forget(throttle.account_key(user.email))
    return user


def why_ended(reset: PasswordReset, *, at: datetime) -> str | None:
    """Why a link can no longer be used, in a sentence; None while it can."""
    if reset.used_at is not None:
        return "This link was used already. It works once only."
    if reset.voided_at is not None:
        return "This link is void: a newer one was sent, or the password was changed since."
    if reset.expires_at <= at or not reset.user.is_active:
        return "This link has expired: it was good for one hour."
    return None


def _send(user: User, *, at: datetime, link: Callable[[str], str]) -> None:
    accounts.void_resets(user, at=at)
    token = new_token()
    reset = PasswordReset(user_id=user.id, token_hash=token_hash(token), created_at=at, expires_at=at + RESET_LASTS)
    db.session.add(reset)
    db.session.flush()
    audit.record(PAGE, AuditAction.PASSWORD_RESET_REQUESTED, reset, at=at, party_id=user.party_id)
    outbox.enqueue(
        "password-reset",
        recipient=user.email,
        recipient_name=user.name,
        dedupe_key=f"password-reset:{reset.id}",
        context={"link": link(token), "expires_at": reset.expires_at},
        at=at,
    )
