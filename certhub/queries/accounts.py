"""Reading accounts, sessions, invitations and the links that mails carry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true

from certhub.database import db
from certhub.models.accounts import AddressChange, Invitation, PasswordReset, User, UserSession
from certhub.models.parties import Party, Practice, VendorOrganization
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible, sees_everything
from certhub.rules.browsers import browser_in_words
from certhub.rules.invitations import PARTY_KIND, may_invite
from certhub.rules.permissions import Viewer
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import Role

MOST_CHOICES = 50
_LONGEST_SEARCH = 100

_PARTY = Party.__table__
_VENDOR = VendorOrganization.__table__
_PRACTICE = Practice.__table__

_ACCOUNT_COLUMNS: tuple[Any, ...] = (
    User.id, User.name, User.role, _PARTY.c.name.label("party"), User.created_at, User.deactivated_at,
)  # fmt: skip
_INVITATION_COLUMNS: tuple[Any, ...] = (
    Invitation.name, Invitation.email, Invitation.role, _PARTY.c.name.label("party"), User.name.label("invited_by"),
    Invitation.created_at, Invitation.expires_at, Invitation.accepted_at, Invitation.revoked_at,
)  # fmt: skip
_CHOICE_COLUMNS: tuple[Any, ...] = (_PARTY.c.id, _PARTY.c.name, _VENDOR.c.vendor_code, _PRACTICE.c.npi)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list of accounts."""

    id: int
    name: str
    email: str
    role: Role
    party: str | None
    created_at: datetime
    deactivated_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One line of the list of invitations."""

    id: int
    name: str
    email: str
    role: Role
    party: str | None
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > at


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser as its owner sees it."""

    id: int
    began_at: datetime
    expires_at: datetime
    browser: str
    address: str


@dataclass(frozen=True, slots=True)
class PartyChoice:
    """Somebody for whom a person can be invited."""

    id: int
    label: str


def one(viewer: Viewer, account_id: int) -> User:
    """The account, if the viewer may know of it."""
    found = db.session.scalar(select(User).where(User.id == account_id, _account_visible(viewer)))
    if found is None:
        raise NotVisible(account_id)
    return found


def one_invitation(viewer: Viewer, invitation_id: int) -> Invitation:
    """The invitation, if the viewer may know of it."""
    found = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id, _invitation_visible(viewer)))
    if found is None:
        raise NotVisible(invitation_id)
    return found


def accounts(
    viewer: Viewer, *, search: str = "", role: Role | None = None, state: str = "", cursor: str | None = None
) -> Page[AccountRow]:
    """Accounts by e-mail address; `state` is open, closed or empty for both."""
    statement = (
        select(*_ACCOUNT_COLUMNS)
        .outerjoin(_PARTY, _PARTY.c.id == User.party_id)
        .where(_account_visible(viewer), _matches(search, User.name, User.email))
    )
    if role is not None:
        statement = statement.where(User.role == role)
    if state == "open":
        statement = statement.where(User.deactivated_at.is_(None))
    elif state == "closed":
        statement = statement.where(User.deactivated_at.is_not(None))
    return paged(statement, (User.email,), _account_row, cursor=cursor)


def _account_row(row: Row[Any]) -> AccountRow:
    return AccountRow(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        party=row.party,
        created_at=row.created_at,
        deactivated_at=row.deactivated_at,
    )


def invitations(
    viewer: Viewer,
    *,
    at: datetime,
    search: str = "",
    role: Role | None = None,
    state: str = "",
    cursor: str | None = None,
) -> Page[InvitationRow]:
    """Invitations, newest first; `state` is open, closed (accepted, revoked or expired) or empty for both."""
    statement = (
        select(*_INVITATION_COLUMNS)
        .outerjoin(_PARTY, _PARTY.c.id == Invitation.party_id)
        .outerjoin(User, User.id == Invitation.invited_by_id)
        .where(_invitation_visible(viewer), _matches(search, Invitation.name, Invitation.email))
    )
    is_open = Invitation.accepted_at.is_(None) & Invitation.revoked_at.is_(None) & (Invitation.expires_at > at)
    if role is not None:
        statement = statement.where(Invitation.role == role)
    if state in ("open", "closed"):
        statement = statement.where(is_open if state == "open" else ~is_open)
    return paged(statement, (Invitation.id,), _invitation_row, cursor=cursor, newest_first=True)


def _invitation_row(row: Row[Any]) -> InvitationRow:
    return InvitationRow(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        party=row.party,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
    )


def sessions(viewer: Viewer, *, at: datetime) -> list[SessionRow]:
    """The viewer's own signed-in browsers, newest first."""
    found = db.session.execute(
        select(
            UserSession.id,
            UserSession.created_at,
            UserSession.expires_at,
            UserSession.user_agent,
            UserSession.address,
        )
        .where(UserSession.user_id == viewer.id, UserSession.ended_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.id.desc())
        .limit(MOST_CHOICES)
    )
    return [
        SessionRow(
            id=row.id,
            began_at=row.created_at,
            expires_at=row.expires_at,
            browser=browser_in_words(row.user_agent),
            address=row.address,
        )
        for row in found
    ]


def one_session(viewer: Viewer, session_id: int) -> UserSession:
    """One of the viewer's own sessions."""
    found = db.session.scalar(select(UserSession).where(UserSession.id == session_id, UserSession.user_id == viewer.id))
    if found is None:
        raise NotVisible(session_id)
    return found


def parties_to_invite_for(viewer: Viewer, role: Role, search: str = "") -> list[PartyChoice]:
    """For whom the viewer can invite people to `role`: at most `MOST_CHOICES` and one more, by name."""
    kind = PARTY_KIND.get(role)
    if kind is None or not may_invite(viewer.role, role):
        return []
    statement = (
        select(*_CHOICE_COLUMNS)
        .outerjoin(_VENDOR, _VENDOR.c.id == _PARTY.c.id)
        .outerjoin(_PRACTICE, _PRACTICE.c.id == _PARTY.c.id)
        .where(_PARTY.c.kind == kind, party_visible(viewer))
        .order_by(_PARTY.c.sort_name, _PARTY.c.id)
        .limit(MOST_CHOICES + 1)
    )
    wanted = _searchable(search).casefold()
    if wanted:
        statement = statement.where(_PARTY.c.sort_name.contains(wanted, autoescape=True))
    return [_choice(row) for row in db.session.execute(statement)]


def party_to_invite_for(viewer: Viewer, party_id: int) -> Party:
    """The party, if the viewer can see it."""
    found = db.session.scalar(select(Party).where(Party.id == party_id, party_visible(viewer)))
    if found is None:
        raise NotVisible(party_id)
    return found


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to, whatever became of it."""
    return db.session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))


def reset_by_token(token: str) -> PasswordReset | None:
    """The request for a new password that a link belongs to, whatever became of it."""
    return db.session.scalar(select(PasswordReset).where(PasswordReset.token_hash == token_hash(token)))


def address_change_by_token(token: str) -> AddressChange | None:
    """The change of an address that a link belongs to, whatever became of it."""
    return db.session.scalar(select(AddressChange).where(AddressChange.token_hash == token_hash(token)))


def open_address_change(account: User, *, at: datetime) -> AddressChange | None:
    """The change of the account's address whose link can still be opened."""
    return db.session.scalar(
        select(AddressChange).where(
            AddressChange.user_id == account.id,
            AddressChange.used_at.is_(None),
            AddressChange.voided_at.is_(None),
            AddressChange.expires_at > at,
        )
    )


def party_by_number(
    *, vendor_code: str | None = None, npi: str | None = None, party_id: int | None = None
) -> list[Party]:
    """Parties by a number of theirs, for the command line; an NPI can belong to several."""
    statement = select(Party)
    if vendor_code is not None:
        statement = select(VendorOrganization).where(VendorOrganization.vendor_code == vendor_code)
    elif npi is not None:
        statement = select(Practice).where(Practice.npi == npi)
    else:
        statement = statement.where(Party.id == party_id)
    return list(db.session.scalars(statement))


def _choice(row: Row[Any]) -> PartyChoice:
    number = row.vendor_code or (f"NPI {row.npi}" if row.npi else None)
    return PartyChoice(row.id, f"{row.name} ({number})" if number else row.name)


def _account_visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else party_visible(viewer, User.__table__.c.party_id)


def _invitation_visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else party_visible(viewer, Invitation.__table__.c.party_id)


def _matches(search: str, name: Any, email: Any) -> ColumnElement[bool]:
    wanted = _searchable(search).lower()
    if not wanted:
        return true()
    return or_(func.lower(name).contains(wanted, autoescape=True), email.contains(wanted, autoescape=True))


def _searchable(typed: str) -> str:
    """What can be looked for: no control characters, which PostgreSQL refuses to compare with."""
    return "".join(char for char in typed[:_LONGEST_SEARCH] if char.isprintable()).strip()
