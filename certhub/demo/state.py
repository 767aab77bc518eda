"""Loading the demo state."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.rules.permissions import ROLE_LABELS

PASSWORD = "care-coordination-demo"  # noqa: S105  (printed at start; the demo state is fictional)


def accounts() -> list[tuple[str, str, str]]:
    """The demo accounts to sign in with: role, e-mail, and for whom they act."""
    rows = db.session.scalars(select(User).where(User.email.like("%@example.org")).order_by(User.id))
    return [(ROLE_LABELS[user.role], user.email, user.party.name if user.party else "") for user in rows]


def load(press: object, *, today: date, progress: Callable[[str], None]) -> None:
    """Load the demo state."""
    progress(f"{today} {press}")
