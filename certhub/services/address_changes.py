"""Another e-mail address of an account: a link goes to the new address, and whoever opens it proves the password."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import AddressChange, User
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import require_email
from certhub.rules.invitations import ADDRESS_LINK_LASTS, may_readdress
from certhub.rules.lockout import ADDRESS_CHANGE, wait_in_words
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.services import accounts, audit, digests, mail_decisions, mail_failures, opt_outs, outbox, throttle

LINK = "address-change"
"""The message that carries the link, to the new address."""

DONE = "address-changed"
"""The message that tells the former address."""

_TAKEN = "This e-mail address cannot be used, because it is in use in CertHub already. Type another one."


def count(*, actor: User, at: datetime) -> None:
    """Count that `actor` asks for a link, whether or not one is sent. Raises `Refusal` after too many."""
    key = f"address-change:{actor.id}"
    until = throttle.hold([key], at=at)
    if until is not None:
        raise Refusal(f"Links were asked for many times. Try again in {wait_in_words(until, at)}.")
    throttle.count(key, ADDRESS_CHANGE, at=at)


def request(user: User, email: str, *, actor: User, at: datetime, link: Callable[[str], str]) -> AddressChange:
    """Send a link to the new address of an account; nothing changes until its owner has opened it.

    An earlier link is void. Raises `Refusal` where the address is taken, without saying by whom.
    """
    address = require_email(email)
    if user.id != actor.id and not may_readdress(actor.role, user.role):
        raise Refusal(f"You cannot change the address of an account of the role {ROLE_LABELS[user.role]}.")
    locked(user)
    if not user.is_active:
        raise Refusal("This account is closed. A DPH administrator can open it again.")
    if address == user.email:
        raise Refusal("The account has this address already. Type another one.", field="email")
    _require_free(address)
    _void_open(user, actor=actor, at=at)
    token = new_token()
    change = AddressChange(
        user_id=user.id,
        email=address,
        token_hash=token_hash(token),
        requested_by_id=actor.id,
        created_at=at,
        expires_at=at + ADDRESS_LINK_LASTS,
    )
    db.session.add(change)
    db.session.flush()
    audit.record(actor, AuditAction.ADDRESS_CHANGE_REQUESTED, change, at=at, party_id=user.party_id)
    outbox.enqueue(
        LINK,
        recipient=address,
        recipient_name=user.name,
        dedupe_key=f"{LINK}:{change.id}",
        context={
            "asker": actor.name if actor.id != user.id else "",
            "link": link(token),
            "expires_at": change.expires_at,
        },
        at=at,
    )
    return change


def withdraw(user: User, *, actor: User, at: datetime) -> None:
    """Make the link that is under way void."""
    if not _void_open(locked(user), actor=actor, at=at):
        raise Refusal("No link to a new address is under way any more.")


def confirm(change: AddressChange, *, keep_session: int | None, actor: User, at: datetime) -> None:
    """Give the account its new address; its other sessions end, and what waits for its owner goes there.

    `actor` is who has just proven the password of the account.
    """
    locked(change)
    user = locked(change.user)
    reason = why_ended(change, at=at)
    if reason:
        raise Refusal(reason)
    if actor.id != user.id:
        raise Refusal("Only the owner of the account can confirm its new address.")
    _require_free(change.email)
    former = user.email
    change.used_at = at
    user.email = change.email
    db.session.flush()
    accounts.void_resets(user, at=at)
    ended = accounts.sign_out(user, at=at, keep=keep_session)
    audit.record(user, AuditAction.ADDRESS_CHANGE_CONFIRMED, change, at=at, party_id=user.party_id)
    audit.record(user, AuditAction.USER_ADDRESS_CHANGED, user, at=at, sessions_ended=ended)
    _take_along(user, former, at=at)
    if not mail_failures.is_failing(former):
        outbox.enqueue(
            DONE,
            recipient=former,
            recipient_name=user.name,
            dedupe_key=f"{DONE}:{change.id}",
            context={"changed_at": at},
            at=at,
        )
    if not mail_decisions.is_on_file(former, clock.civil_date(at)):
        mail_failures.forget(former)


def why_ended(change: AddressChange, *, at: datetime) -> str | None:
    """Why a link can no longer be used, in a sentence; None while it can."""
    if change.used_at is not None:
        return "This link was used already. Sign in with the e-mail address that it was sent to."
    if change.voided_at is not None:
        return "This link is void: a newer one was sent, or it was taken back. Use the newest e-mail."
    if change.expires_at <= at or not change.user.is_active:
        return "This link has expired: it was good for three days. Ask for a new one under My account."
    return None


def _take_along(user: User, former: str, *, at: datetime) -> None:
    """Wishes and waiting mail follow to the new address, whose owner has just shown that mail arrives there."""
    still_used = mail_decisions.is_on_file(former, clock.civil_date(at))
    opt_outs.move(former, user.email, still_used=still_used, actor=user, at=at)
    digests.move(former, user.name, user.email)
    mail_failures.forget(user.email)


def _require_free(email: str) -> None:
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Refusal(_TAKEN, field="email")


def _void_open(user: User, *, actor: User, at: datetime) -> int:
    still_open = select(AddressChange).where(
        AddressChange.user_id == user.id, AddressChange.used_at.is_(None), AddressChange.voided_at.is_(None)
    )
    found = db.session.scalars(still_open).all()
    for change in found:
        change.voided_at = at
        audit.record(actor, AuditAction.ADDRESS_CHANGE_WITHDRAWN, change, at=at, party_id=user.party_id)
    return len(found)
