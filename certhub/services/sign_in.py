"""Letting people in: the password is proved first, then admission is decided under the counters of failed attempts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User, UserSession
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import normalise_email
from certhub.rules.lockout import ACCOUNT, SOURCE
from certhub.services import audit, password_hashing, throttle

PAGE = audit.SystemActor("Sign-in page")
"""Who acts while nobody has signed in."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a password was right, found out before the transaction because hashing takes its time."""

    email: str
    user_id: int | None
    seen_hash: str | None
    right: bool
    new_hash: str | None = None
    """The password hashed with the parameters of today, where the kept hash is outdated."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The answer is no, with the same words whether or not there is an account."""

    until: datetime | None
    """When the next attempt is possible, if not at once."""


def waiting(email: str, source: str, *, at: datetime) -> TurnedAway | None:
    """Whether an attempt would be turned away unseen; saves the work of hashing."""
    until = throttle.blocked_until((throttle.account_key(email), throttle.source_key(source)), at=at)
    return TurnedAway(until) if until else None


def prove(email: str, password: str) -> Proof:
    """Compare the password; takes the same time where there is no account."""
    address = normalise_email(email)
    user = db.session.scalar(select(User).where(User.email == address))
    kept = user.password_hash if user else None
    right = password_hashing.is_right(kept, password)
    outdated = right and kept is not None and password_hashing.is_outdated(kept)
    return Proof(
        email=address,
        user_id=user.id if user else None,
        seen_hash=kept,
        right=right,
        new_hash=password_hashing.hashed(password) if outdated else None,
    )


def admit(proof: Proof, *, source: str, at: datetime) -> User | TurnedAway:
    """Sign the person in, or count the failure.

    Both are saved, so this does not raise. Whoever has to wait is turned away even with the right password: attempts
    sent all at once learn nothing more than attempts sent one by one.
    """
    decided = _weigh(proof, source=source, at=at, attempted="sign_in")
    if isinstance(decided, TurnedAway):
        return decided
    if proof.new_hash is not None:
        decided.password_hash = proof.new_hash
    audit.record(decided, AuditAction.USER_SIGNED_IN, decided, at=at)
    return decided


def confirm(proof: Proof, *, source: str, at: datetime, attempted: str = "password_change") -> User | TurnedAway:
    """Let somebody prove again who they are; failures count like those at the sign-in page."""
    return _weigh(proof, source=source, at=at, attempted=attempted)


def leave(session: UserSession, *, at: datetime) -> None:
    """Sign this browser out."""
    session.ended_at = at
    audit.record(session.user, AuditAction.USER_SIGNED_OUT, session.user, at=at)


def _weigh(proof: Proof, *, source: str, at: datetime, attempted: str) -> User | TurnedAway:
    account, origin = throttle.account_key(proof.email), throttle.source_key(source)
    until = throttle.hold((account, origin), at=at)
    if until is not None:
        return TurnedAway(until)
    user = db.session.get(User, proof.user_id) if proof.user_id is not None else None
    if user is not None and proof.right and user.is_active and user.password_hash == proof.seen_hash:
        throttle.forget(account)
        return user
    waits = [throttle.count(account, ACCOUNT, at=at), throttle.count(origin, SOURCE, at=at)]
    told: dict[str, str] = {"attempted": attempted}
    if user is None:
        told["email_sha256"] = throttle.email_hash(proof.email)
    audit.record_plain(
        PAGE,
        AuditAction.USER_SIGN_IN_FAILED,
        User.__tablename__,
        user.id if user else None,
        at=at,
        party_id=user.party_id if user else None,
        told=told,
    )
    return TurnedAway(max((wait for wait in waits if wait is not None), default=None))
