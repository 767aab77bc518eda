"""The outbox: messages are written in the transaction of what they tell about, and leave the house later."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from certhub.database import db
from certhub.models.messages import Message, MessageStatus
from certhub.notifications import rendering
from certhub.rules.refusal import Refusal

_LONGEST_ADDRESS = 254


def enqueue(
    kind: str,
    *,
    recipient: str,
    dedupe_key: str,
    context: Mapping[str, Any],
    at: datetime,
    recipient_name: str = "",
    party_id: int | None = None,
) -> Message | None:
    """Put a message into the outbox, once for each `dedupe_key`; None where it was told before.

    The templates under `templates/emails/<kind>/` see `context` and `recipient_name`. Addresses of pages in the
    context are whole ones (https://...). Raises `Refusal` for what cannot be an e-mail address.
    """
    name = rendering.one_line(recipient_name)[:200]
    told = rendering.render(kind, {"recipient_name": name, **context})
    new = db.session.execute(
        _insert_once().values(
            kind=kind,
            dedupe_key=dedupe_key,
            message_id=secrets.token_hex(16),  # made a whole Message-ID when delivery first takes the message up
            recipient=_address(recipient),
            recipient_name=name,
            party_id=party_id,
            subject=told.subject,
            body_text=told.text,
            body_html=told.html,
            status=MessageStatus.QUEUED,
            attempts=0,
            created_at=at,
            next_attempt_at=at,
        )
    ).scalar_one_or_none()
    return None if new is None else db.session.get_one(Message, new)


def _insert_once() -> Any:
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(Message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)
    return sqlite.insert(Message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)


def _address(typed: str) -> str:
    address = typed.strip()
    before, _, after = address.rpartition("@")
    if not before or not after or len(address) > _LONGEST_ADDRESS or rendering.one_line(address) != address:
        raise Refusal("This e-mail address cannot be used.", field="email")
    if any(char in address for char in " ,;<>"):
        raise Refusal("This e-mail address cannot be used.", field="email")
    return address
