"""Which mail people may opt out of, and the link by which they do.

Most mail is part of the certification: the rules ask for it, or it tells of a decision. Only reminders may be switched
off whose policy says so. RFC 8058: the link works by one click, without a session.
"""

import hashlib
import hmac

from certhub.rules.reminder_policies import OBLIGATION_LABELS, ObligationKind

KEEP_PREVIOUS_DAYS = 60
"""How long a secret key outlives its successor: as long as the links of letters that were signed with it have to work.

Program default; the law on commercial mail, which ours is not, asks for 30 days (15 U.S.C. 7704(a)(3)).
"""
_LENGTH = 40


def label(kind: str) -> str:
    """What a kind of mail that may be switched off is about."""
    return OBLIGATION_LABELS.get(ObligationKind(kind), kind) if kind in set(ObligationKind) else kind


def token(message_id: int, secret_key: str) -> str:
    """What the link of a message carries: its number, signed; nothing about a person."""
    return f"{message_id}-{_signature(message_id, secret_key)}"


def message_of(told: str, secret_key: str) -> int | None:
    """The message whose link carries `told`; None where it was not made by us."""
    number, _, signature = told.partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 18:  # noqa: PLR2004  (what a key can be)
        return None
    known = hmac.compare_digest(signature.encode(), _signature(int(number), secret_key).encode())
    return int(number) if known else None


def _signature(message_id: int, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), f"opt-out:{message_id}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
