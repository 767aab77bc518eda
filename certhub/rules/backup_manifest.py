"""What a backup says of itself, and when it may be relied on."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from certhub.rules.refusal import Refusal

FORMAT = 1
PRODUCT = "certhub"
NAME = "manifest.json"
FILES = "files"
"""The folder of a backup with the files of the store, named by their hashes."""
_NAMED = re.compile(r"certhub-(\d{8}T\d{6})Z")
_UNFINISHED = re.compile(r"\.(.+)\.unfinished")
_STILL_RUNNING = timedelta(days=1)
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


def folder_name(at: datetime) -> str:
    """What a backup is called among others."""
    return f"certhub-{at:%Y%m%dT%H%M%SZ}"


def unfinished_name(name: str) -> str:
    """What a backup is called while it is written."""
    return f".{name}.unfinished"


def too_old(names: Collection[str], *, at: datetime, keep_days: int) -> list[str]:
    """Which backups of a folder are older than is asked for, and which were never finished; what has other names stays.

    A backup that is being written elsewhere takes less than a day.
    """
    found = []
    for name in sorted(names):
        part = _UNFINISHED.fullmatch(name)
        made_at = _made_at(part[1] if part else name)
        if made_at is not None and at - made_at > (_STILL_RUNNING if part else timedelta(days=keep_days)):
            found.append(name)
    return found


def only_copies(absent: Collection[str], held: Mapping[str, Collection[str]]) -> set[str]:
    """The backups that must stay, since each is the last that holds a file which the store has lost.

    `held` are the hashes of the files in each backup, by its name, which begins with its time.
    """
    last = {sha256: max((name for name in held if sha256 in held[name]), default=None) for sha256 in absent}
    return {name for name in last.values() if name is not None}


def hashes(manifest: Manifest) -> set[str]:
    """The files of the store that a backup holds."""
    return {piece.sha256 for name, piece in manifest.files.items() if name.startswith(f"{FILES}/")}


def _made_at(name: str) -> datetime | None:
    named = _NAMED.fullmatch(name)
    try:
        return datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if named else None
    except ValueError:
        return None


def _seal(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
