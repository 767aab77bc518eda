"""What an account can have beside its owner."""

import secrets
from datetime import timedelta

from certhub import clock
from certhub.models.accounts import AddressChange, User
from certhub.rules.tokens import token_hash
from tests.factories import saved


def readdressed(user: User) -> str:
    """The secret of the link to a new address that is under way for an account."""
    link = f"address-of-{user.id}-{secrets.token_hex(8)}"
    saved(
        AddressChange(
            user_id=user.id, email=f"moved{user.id}@example.org", token_hash=token_hash(link),
            requested_by_id=user.id, created_at=clock.now(), expires_at=clock.now() + timedelta(days=3),
        )
    )  # fmt: skip
    return link
