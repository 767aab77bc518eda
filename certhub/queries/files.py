"""Uploaded files."""

from collections.abc import Collection

from sqlalchemy import select

from certhub.database import db
from certhub.models.files import StoredFile
from certhub.queries.visibility import NotVisible, file_visible
from certhub.rules.permissions import Permission, Viewer, may


def one(viewer: Viewer, file_id: int) -> StoredFile:
    """A file that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(select(StoredFile).where(StoredFile.id == file_id, file_visible(viewer)))
    if found is None:
        raise NotVisible(file_id)
    return found


def readable(viewer: Viewer, file_ids: Collection[int | None]) -> frozenset[int]:
    """Those of some files that the viewer may read: no page leads to another."""
    wanted = {file_id for file_id in file_ids if file_id is not None}
    if not wanted or not may(viewer, Permission.FILE_READ):
        return frozenset()
    return frozenset(db.session.scalars(select(StoredFile.id).where(StoredFile.id.in_(wanted), file_visible(viewer))))
