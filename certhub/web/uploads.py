"""Files that people upload: looked at, measured, and kept under their hash."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import FileStorage

from certhub.models.files import StoredFile
from certhub.rules.file_types import EVIDENCE_TYPES, SPREADSHEET_TYPES, display_name, require_file_type
from certhub.rules.refusal import Refusal
from certhub.services import files
from certhub.services.audit import Actor
from certhub.web.context import file_store, settings


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that passed the checks; `name` is only for showing."""

    data: bytes
    media_type: str
    name: str


def given(upload: Any) -> bool:
    """Whether the person chose a file at all."""
    return isinstance(upload, FileStorage) and bool(upload.filename)


def read_upload(upload: FileStorage, *, allowed: Collection[str] = EVIDENCE_TYPES, field: str = "file") -> Upload:
    """The uploaded bytes with their type by content. Raises `Refusal` for what cannot be taken."""
    limit, advice = settings().max_upload_bytes, "Make it smaller, for example by scanning at a lower resolution."
    return _checked(upload, limit, advice, allowed=allowed, field=field)


def read_spreadsheet(upload: FileStorage, *, field: str = "file") -> Upload:
    """As `read_upload`, for the rows of an import: many more bytes than a document. Raises `Refusal`."""
    limit, advice = settings().max_spreadsheet_bytes, "Split it into smaller files and import one after the other."
    return _checked(upload, limit, advice, allowed=SPREADSHEET_TYPES, field=field)


def keep_upload(
    upload: FileStorage,
    *,
    owner_id: int,
    party_id: int,
    actor: Actor,
    at: datetime,
    allowed: Collection[str] = EVIDENCE_TYPES,
    field: str = "file",
) -> StoredFile:
    """Check an uploaded file and keep it for `party_id`; call inside a transaction. Raises `Refusal`."""
    checked = read_upload(upload, allowed=allowed, field=field)
    return files.keep(
        checked.data,
        media_type=checked.media_type,
        name=checked.name,
        owner_id=owner_id,
        party_id=party_id,
        store=file_store(),
        actor=actor,
        at=at,
    )


def _checked(upload: FileStorage, limit: int, advice: str, *, allowed: Collection[str], field: str) -> Upload:
    try:
        data = upload.stream.read(limit + 1)
    finally:
        upload.close()  # a large one lies in a temporary file
    if len(data) > limit:
        raise Refusal(f"This file is larger than {limit // (1024 * 1024)} MB. {advice}", field=field)
    return Upload(data, require_file_type(data, allowed, field=field), display_name(upload.filename))
