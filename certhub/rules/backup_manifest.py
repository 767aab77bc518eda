"""What a backup says of itself, and when it may be relied on."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from certhub.rules.refusal import Refusal

FORMAT = 1
PRODUCT = "certhub"
NAME = "manifest.json"
_SEAL = "manifest_sha256"
_DAMAGED = "The backup is damaged"


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the backup as it was written."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is needed to tell a whole backup from a damaged, foreign or newer one."""

    version: str
    revision: str
    database: str
    made_at: datetime
    rows: Mapping[str, int]
    audit_entries: int
    audit_head: str
    files: Mapping[str, Piece]
    absent: Collection[str] = ()
    """Files that records name and that were not in the store, or damaged there, when the backup was made."""


def written(manifest: Manifest) -> str:
    """The manifest as text, sealed with its own hash."""
    told: dict[str, Any] = {"product": PRODUCT, "format": FORMAT, **asdict(manifest)}
    told["made_at"] = manifest.made_at.isoformat()
    told["absent"] = sorted(manifest.absent)
    return json.dumps({**told, _SEAL: _seal(told)}, indent=1, sort_keys=True) + "\n"


def read(text: str) -> Manifest:
    """The manifest that a text tells. Raises `Refusal` where it is cut off, changed, foreign or of a newer kind."""
    try:
        told = json.loads(text)
    except ValueError:
        raise Refusal(f"{_DAMAGED}: {NAME} is cut off or is not a manifest. Use another backup.") from None
    if not isinstance(told, dict) or told.get("product") != PRODUCT:
        raise Refusal(f"This is not a backup of CertHub: {NAME} tells of another program.")
    if told.get("format") != FORMAT:
        raise Refusal("The backup was made by a newer CertHub. Install that version, then restore it.")
    if told.pop(_SEAL, None) != _seal(told):
        raise Refusal(f"{_DAMAGED}: {NAME} was changed after it was written. Use another backup.")
    if any(".." in name.split("/") or name.startswith("/") for name in told["files"]):
        raise Refusal(f"This is not a backup of CertHub: {NAME} names files outside of it.")
    names = ("version", "revision", "database", "rows", "audit_entries", "audit_head", "absent")
    return Manifest(
        made_at=datetime.fromisoformat(told["made_at"]),
        files={name: Piece(**piece) for name, piece in told["files"].items()},
        **{name: told[name] for name in names},
    )


def require_usable(manifest: Manifest, *, database: str, revisions: Collection[str]) -> None:
    """Raises `Refusal` where this program, with its kind of database, cannot take the backup."""
    if manifest.revision not in revisions:
        raise Refusal(
            f"The backup was made by CertHub {manifest.version}, which is newer than this program "
            f"(its database is at {manifest.revision}). Install that version, then restore it."
        )
    if manifest.database != database:
        raise Refusal(
            f"The backup is of a {manifest.database} database, and CERTHUB_DATABASE_URL names a {database} database. "
            "Restore it into the same kind."
        )


def require_whole(manifest: Manifest, found: Mapping[str, Piece]) -> None:
    """Raises `Refusal` with the first file that is missing from the backup, or is not as it was written."""
    for name, piece in sorted(manifest.files.items()):
        if name not in found:
            raise Refusal(f"{_DAMAGED}: {name} is missing. Nothing was restored; use another backup.")
        if found[name] != piece:
            raise Refusal(f"{_DAMAGED}: {name} is not as it was written. Nothing was restored; use another backup.")


def _seal(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
