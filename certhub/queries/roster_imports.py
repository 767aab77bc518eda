"""Roster imports: one, and the latest of a vendor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true

from certhub.database import db
from certhub.models.files import StoredFile
from certhub.models.imports import ImportStatus, RosterImport, RosterWork
from certhub.models.parties import Party
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.permissions import Viewer

_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A roster import in a list."""

    id: int
    vendor: str
    file_name: str
    status: ImportStatus
    row_count: int
    error_count: int
    created_at: datetime
    work: RosterWork | None


def one(viewer: Viewer, import_id: int) -> RosterImport:
    """An import of the viewer's vendor; DPH sees all. Raises `NotVisible`."""
    found = db.session.scalar(select(RosterImport).where(RosterImport.id == import_id, _visible(viewer)))
    if found is None:
        raise NotVisible(import_id)
    return found


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[ImportRow]:
    """The imports that the viewer may see, latest first."""
    statement = (
        select(
            RosterImport.id,
            _party.name,
            StoredFile.original_name,
            RosterImport.status,
            RosterImport.row_count,
            RosterImport.error_count,
            RosterImport.created_at,
            RosterImport.work,
        )
        .join(Party.__table__, _party.id == RosterImport.vendor_id)
        .join(StoredFile, StoredFile.id == RosterImport.file_id)
        .where(_visible(viewer))
    )
    return paged(statement, [RosterImport.id], lambda row: ImportRow(*row[:8]), cursor=cursor, newest_first=True)


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else RosterImport.vendor_id == (viewer.party_id or 0)
