"""Keeping files: the bytes by their hash, and a row that says whose they are."""

from datetime import datetime

from certhub.database import db
from certhub.filestore import FileStore
from certhub.models.accounts import User
from certhub.models.files import StoredFile
from certhub.services.audit import Actor


def keep(
    data: bytes,
    *,
    media_type: str,
    name: str,
    owner_id: int,
    party_id: int,
    store: FileStore,
    actor: Actor,
    at: datetime,
) -> StoredFile:
    """Put checked bytes into the store and note whose they are; the caller's audit entry tells of it.

    The bytes are written before the transaction ends: should it fail, they lie in the store under their hash and no
    row points to them.
    """
    file = StoredFile(
        owner_id=owner_id,
        party_id=party_id,
        sha256=store.put(data),
        size=len(data),
        media_type=media_type,
        original_name=name,
        uploaded_by_id=actor.id if isinstance(actor, User) else None,
        uploaded_at=at,
    )
    db.session.add(file)
    db.session.flush()
    return file
