"""Invitations by mail, which take the place of open sign-up."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, select

from certhub.database import db, locked
from certhub.models.accounts import Invitation, User
from certhub.models.parties import Party
from certhub.queries.visibility import party_visible, sees_everything
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import require_email, require_person_name
from certhub.rules.invitations import INVITATION_LASTS, may_invite
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.rules.vocabulary import Role
from certhub.services import accounts, audit, outbox


def invite(
    *, email: str, name: str, role: Role, party: Party | None, actor: User, at: datetime, link: Callable[[str], str]
) -> Invitation:
    """Invite a person by mail; `link` makes the address that goes into the mail from the link's secret.

    An earlier invitation of the same person is revoked. Raises `Refusal` where the inviter may not invite to this role
    or for this party, or where there is an account already.
    """
    address, called = require_email(email), require_person_name(name)
    _require_may_invite(actor, role, party)
    accounts.require_free(address, role, party)
    for earlier in db.session.scalars(_open_ones(address, actor, party)):
        earlier.revoked_at = at
        audit.record(actor, AuditAction.INVITATION_REVOKED, earlier, at=at, reason="invited again")

    token = new_token()
    invitation = Invitation(
        email=address,
        name=called,
        role=role,
        party_id=party.id if party else None,
        token_hash=token_hash(token),
        invited_by_id=actor.id,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(actor, AuditAction.USER_INVITED, invitation, at=at)
    outbox.enqueue(
        "invitation",
        recipient=address,
        recipient_name=called,
        dedupe_key=f"invitation:{invitation.id}",
        context={
            "inviter": actor.name,
            "role": ROLE_LABELS[role],
            "party": party.name if party else None,
            "link": link(token),
            "expires_at": invitation.expires_at,
        },
        party_id=invitation.party_id,
        at=at,
    )
    return invitation


def revoke(invitation: Invitation, *, actor: User, at: datetime) -> None:
    """Take an invitation back; its link no longer works."""
    locked(invitation)
    if invitation.accepted_at is not None:
        raise Refusal(f"{invitation.name} has accepted the invitation already. Close the account instead.")
    if invitation.revoked_at is None:
        invitation.revoked_at = at
        audit.record(actor, AuditAction.INVITATION_REVOKED, invitation, at=at)


def accept(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """Open the account that an invitation promises; of two that try at once, one succeeds."""
    locked(invitation)
    reason = why_ended(invitation, at=at)
    if reason:
        raise Refusal(reason)
    user = accounts.create(
        email=invitation.email,
        name=name,
        role=invitation.role,
        party=invitation.party,
        password=password,
        actor=None,
        at=at,
    )
    invitation.accepted_at = at
    audit.record(user, AuditAction.INVITATION_ACCEPTED, invitation, at=at)
    audit.record(user, AuditAction.USER_SIGNED_IN, user, at=at)
    return user


def why_ended(invitation: Invitation, *, at: datetime) -> str | None:
    """Why an invitation can no longer be accepted, in a sentence; None while it can."""
    if invitation.accepted_at is not None:
        return "This invitation was used. Sign in with the e-mail address that it was sent to."
    if invitation.revoked_at is not None:
        return "This invitation was taken back, or a newer one was sent. Use the newest e-mail, or ask who invited you."
    if invitation.expires_at <= at:
        return "This invitation has expired: it was good for seven days. Ask who invited you to send another one."
    return None


def _require_may_invite(actor: User, role: Role, party: Party | None) -> None:
    if not may_invite(actor.role, role):
        raise Refusal(f"You cannot invite people to the role {ROLE_LABELS[role]}.", field="role")
    accounts.require_fitting_party(role, party)
    if party is not None:
        seen = select(Party.id).where(Party.id == party.id, party_visible(actor))
        if db.session.scalar(seen) is None:
            raise Refusal("You can invite people for your own organization only.", field="party_id")


def _open_ones(email: str, actor: User, party: Party | None) -> Select[Invitation]:
    statement = select(Invitation).where(
        Invitation.email == email, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    )
    if not sees_everything(actor):  # nobody takes back what another organization sent
        statement = statement.where(Invitation.party_id == (party.id if party else None))
    return statement
