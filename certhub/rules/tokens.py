"""Secrets of links and sessions: what the person holds, and what the database keeps of it."""

import hashlib
import secrets


def new_token() -> str:
    """A secret of 256 bits that can stand in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The form in which secrets of links and sessions are kept."""
    return hashlib.sha256(token.encode()).hexdigest()
