"""Flask-Login, bound to sessions that are rows and can be ended."""

from datetime import datetime, timedelta

from flask import Flask, current_app, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy import select

from certhub import clock
from certhub.config import Settings
from certhub.database import db
from certhub.models.accounts import User, UserSession
from certhub.rules.tokens import new_token, token_hash

__all__ = [
    "SignedIn",
    "forget_in_browser",
    "init_login",
    "known_in_browser",
    "open_session",
    "remember_in_browser",
    "session_hours",
    "session_number",
    "token_hash",
]

_COOKIE_TOKEN = "_user_id"  # noqa: S105  (Flask-Login's name for it, not a password)
_COOKIE_CSRF = "csrf_token"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """An account in one browser; the cookie carries the session's secret, the database only its hash."""

    def __init__(self, account: User, session_id: int, token: str) -> None:
        self.account = account
        self.session_id = session_id
        self.token = token

    def get_id(self) -> str:
        """What the cookie carries."""
        return self.token


def _load(token: str) -> SignedIn | None:
    found = db.session.scalar(
        select(UserSession)
        .join(UserSession.user)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > clock.now(),
            User.deactivated_at.is_(None),
        )
    )
    return SignedIn(found.user, found.id, token) if found else None


def open_session(user: User, *, at: datetime, hours: int) -> SignedIn:
    """Begin a session for `user` in this browser; call inside a transaction."""
    token = new_token()
    row = UserSession(
        user_id=user.id,
        token_hash=token_hash(token),
        created_at=at,
        expires_at=at + timedelta(hours=hours),
        user_agent=(request.user_agent.string or "")[:200],
        address=(request.remote_addr or "")[:45],
    )
    db.session.add(row)
    db.session.flush()
    return SignedIn(user, row.id, token)


def remember_in_browser(signed_in: SignedIn) -> None:
    """Put the session into the browser's cookie, after the transaction that opened it.

    Nothing else that was in the cookie survives but the key of the CSRF tokens, so that forms in other tabs still work.
    """
    forgery_key = session.get(_COOKIE_CSRF)
    session.clear()
    if forgery_key:
        session[_COOKIE_CSRF] = forgery_key
    login_user(signed_in)


def forget_in_browser() -> None:
    """Empty the browser's cookie."""
    session.clear()


def session_number() -> int:
    """The number of the session that this request belongs to."""
    number: int = current_user.session_id
    return number


def known_in_browser() -> int | None:
    """Whose session this browser's cookie points to, even if it has ended or expired."""
    token = session.get(_COOKIE_TOKEN)
    if not isinstance(token, str):
        return None
    return db.session.scalar(select(UserSession.user_id).where(UserSession.token_hash == token_hash(token)))


def init_login(app: Flask) -> None:
    """Wire Flask-Login into the application."""
    manager = LoginManager()
    manager.session_protection = None  # the session row is the protection: it can be seen and ended
    manager.user_loader(_load)
    manager.init_app(app)


def session_hours() -> int:
    """How long a session lasts, by the settings."""
    settings: Settings = current_app.extensions["certhub"].settings
    return settings.session_hours
