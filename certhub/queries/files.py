"""Uploaded files."""

from sqlalchemy import select

from certhub.database import db
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.queries.visibility import NotVisible, file_visible
from certhub.rules.permissions import Viewer


def one(viewer: Viewer, file_id: int) -> StoredFile:
    """A file that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(select(StoredFile).where(StoredFile.id == file_id, file_visible(viewer)))
    if found is None:
        raise NotVisible(file_id)
    return found


def party_of(file: StoredFile) -> Party:
    """Whom the file is about."""
    return db.session.get_one(Party, file.party_id)
