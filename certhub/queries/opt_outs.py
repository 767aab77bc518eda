"""What somebody has opted out of, and the message whose link they follow."""

from collections.abc import Sequence

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.messages import MailOptOut, Message
from certhub.rules import opt_outs


def of_account(account: User) -> set[str]:
    """The kinds of mail that the reader has opted out of."""
    mine = (MailOptOut.address == account.email.lower(), MailOptOut.ended_at.is_(None))
    return set(db.session.scalars(select(MailOptOut.kind).where(*mine)))


def by_token(token: str, keys: Sequence[str]) -> Message | None:
    """The message whose link was followed; None for what no key of ours signed, or has nothing to opt out of."""
    number = next((one for key in keys if (one := opt_outs.message_of(token, key)) is not None), None)
    found = db.session.get(Message, number) if number is not None else None
    return found if found is not None and found.opt_out else None
