"""Accounts: opening and closing them, their passwords and their sessions."""

from datetime import datetime

from sqlalchemy import select, update

from certhub.database import db, locked
from certhub.models.accounts import PasswordReset, User, UserSession
from certhub.models.parties import Party
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import require_email, require_person_name
from certhub.rules.invitations import PARTY_KIND
from certhub.rules.passwords import require_acceptable
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import audit, calendar_feeds, drifts, password_hashing
from certhub.services.audit import Actor


def create(
    *,
    email: str,
    name: str,
    role: Role,
    party: Party | None = None,
    password: str | None = None,
    actor: Actor | None,
    at: datetime,
) -> User:
    """Open an account; `actor` None means that the person opens it for themself.

    Raises `Refusal` where the e-mail address is taken, the party does not fit the role or the password is weak.
    """
    address, called = require_email(email), require_person_name(name)
    require_fitting_party(role, party)
    require_free(address, role, party)
    user = User(email=address, name=called, role=role, party_id=party.id if party else None, created_at=at)
    if password is not None:
        require_acceptable(password, name=called, email=address, common=password_hashing.common_passwords())
        user.password_hash = password_hashing.hashed(password)
    db.session.add(user)
    db.session.flush()
    audit.record(actor or user, AuditAction.USER_CREATED, user, at=at)
    return user


def require_fitting_party(role: Role, party: Party | None) -> None:
    """Refuse a role without the kind of organization or person that it acts for."""
    kind = PARTY_KIND.get(role)
    if role is Role.PUBLIC:
        raise Refusal("The public needs no account.", field="role")
    if kind is None and party is not None:
        raise Refusal(f"The role {ROLE_LABELS[role]} works for DPH, not for an organization.", field="party_id")
    if kind is not None and (party is None or party.kind is not kind):
        raise Refusal(f"Choose whom the {ROLE_LABELS[role].lower()} account is for.", field="party_id")


def require_free(email: str, role: Role, party: Party | None) -> None:
    """Refuse a second account for one e-mail address or for one coordinator."""
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Refusal(
            "There is an account with this e-mail address already. "
            "If it is closed, ask a DPH administrator to open it again.",
            field="email",
        )
    if role is Role.COORDINATOR and party is not None:
        taken = select(User.id).where(User.party_id == party.id, User.deactivated_at.is_(None)).limit(1)
        if db.session.scalar(taken) is not None:
            raise Refusal(f"{party.name} has an account already.", field="party_id")


def change_password(user: User, new: str, *, keep_session: int | None, actor: User, at: datetime) -> None:
    """Give the account a new password; every other session of it ends, and links to reset it are void."""
    require_acceptable(new, name=user.name, email=user.email, common=password_hashing.common_passwords())
    user.password_hash = password_hashing.hashed(new)
    void_resets(user, at=at)
    sign_out(user, at=at, keep=keep_session)
    audit.record(actor, AuditAction.PASSWORD_CHANGED, user, at=at)


def void_resets(user: User, *, at: datetime) -> None:
    """Make the account's open links to a new password void."""
    still_open = select(PasswordReset).where(
        PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None), PasswordReset.voided_at.is_(None)
    )
    for reset in db.session.scalars(still_open):
        reset.voided_at = at


def end_session(session: UserSession, *, actor: User, at: datetime) -> None:
    """Sign one browser out, wherever it is."""
    if session.ended_at is None:
        session.ended_at = at
        audit.record(actor, AuditAction.SESSION_ENDED, session, at=at, party_id=actor.party_id)


def end_other_sessions(user: User, *, keep: int, at: datetime) -> int:
    """Sign every other browser of the account out; how many there were."""
    ended = sign_out(user, at=at, keep=keep)
    if ended:
        audit.record(user, AuditAction.SESSION_ENDED, user, at=at, sessions=ended)
    return ended


def deactivate(user: User, *, actor: User, at: datetime) -> None:
    """Close an account: nobody signs in with it, whoever is signed in is signed out, and its calendar address ends."""
    if user.id == actor.id:
        raise Refusal("You cannot close your own account. Ask another DPH administrator.")
    for account in sorted((user, actor), key=lambda one: one.id):  # one order for all: no deadlock
        locked(account)
    if not actor.is_active:
        raise Refusal("Your own account was closed in the meantime.")
    if not user.is_active:
        return
    user.deactivated_at = at
    void_resets(user, at=at)
    calendar_feeds.revoke_feed(user, actor=actor, at=at)
    ended = sign_out(user, at=at, keep=None)
    audit.record(actor, AuditAction.USER_DEACTIVATED, user, at=at, sessions_ended=ended)
    if user.party is not None:
        drifts.note(user.party, actor=actor, at=at)


def reactivate(user: User, *, actor: User, at: datetime) -> None:
    """Open a closed account again, with the password that it had."""
    locked(user)
    if user.is_active:
        return
    if user.role is Role.COORDINATOR and user.party is not None:
        other = select(User.id).where(User.party_id == user.party_id, User.deactivated_at.is_(None)).limit(1)
        if db.session.scalar(other) is not None:
            raise Refusal(f"{user.party.name} has another account by now. Close that one first.")
    user.deactivated_at = None
    audit.record(actor, AuditAction.USER_REACTIVATED, user, at=at)
    if user.party is not None:
        drifts.note(user.party, actor=actor, at=at)


def sign_out(user: User, *, at: datetime, keep: int | None) -> int:
    """Sign all browsers of the account out but `keep`; how many. Whoever calls this tells the trail of it."""
    statement = update(UserSession).where(
        UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.expires_at > at
    )
    if keep is not None:
        statement = statement.where(UserSession.id != keep)
    return int(db.session.execute(statement.values(ended_at=at)).rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
