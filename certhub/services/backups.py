"""Backups: the database, the files that its records name, and a manifest by which damage is found.

The database is copied first. Files are kept by their hash, never changed and never removed, and are in the store before
a record names them; so whatever the copy names can be copied after it, however much is written meanwhile.
"""

import errno
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from certhub.database import db
from certhub.filestore import FileMissing, FileStore, flush
from certhub.models import Base
from certhub.models.jobs import JobRun, JobStatus
from certhub.queries.job_runs import BACKUP
from certhub.rules import backup_manifest
from certhub.rules.backup_manifest import FILES, Manifest, Piece
from certhub.rules.refusal import Refusal
from certhub.services.database_copies import Copies

HEADS = "audit-heads.log"
_CHUNK = 1024 * 1024

Step = Callable[[str, int, int], None]
"""Told of each step: what is done, how much of it, and of how much."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, or that was found whole."""

    folder: Path
    manifest: Manifest


def naming_columns() -> list[tuple[str, str]]:
    """The columns that name files of the store, by table."""
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.info.get("file")
    ]


def make(
    folder: Path, copies: Copies, store: FileStore, heads: Path, *, version: str, at: datetime, step: Step
) -> Backup:
    """Back everything up into `folder`, which is not there yet; half a backup never has that name."""
    if folder.exists():
        raise Refusal(f"{folder} is there already. A backup is never written over another one.")
    part = folder.with_name(backup_manifest.unfinished_name(folder.name))
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a backup that was killed
        part.mkdir(parents=True, mode=0o700)
        manifest = _written(part, copies, store, heads, version=version, at=at, step=step)
        part.rename(folder)
        flush(folder.parent)
    except OSError as problem:
        shutil.rmtree(part, ignore_errors=True)
        why = "the disk is full" if problem.errno == errno.ENOSPC else str(problem.strerror)
        raise Refusal(f"The backup cannot be written ({why}). Nothing was kept of it.") from problem
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Backup(folder, manifest)


def _written(
    part: Path, copies: Copies, store: FileStore, heads: Path, *, version: str, at: datetime, step: Step
) -> Manifest:
    copy = part / copies.name
    contents = copies.take(copy, naming_columns(), lambda done, total: step("Database", done, total))
    files = {copies.name: measured(copy)}
    if heads.exists():
        (part / HEADS).write_bytes(heads.read_bytes())
        files[HEADS] = measured(part / HEADS)
    absent = []
    for number, sha256 in enumerate(contents.files, start=1):
        try:
            data = store.get(sha256)
        except FileMissing:
            absent.append(sha256)
            continue
        target = part / FILES / sha256[:2] / sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        files[str(target.relative_to(part))] = Piece(len(data), sha256)
        step("Files", number, len(contents.files))
    manifest = Manifest(
        version=version,
        revision=contents.revision,
        database=copies.kind,
        made_at=at,
        rows=contents.rows,
        audit_entries=contents.audit_entries,
        audit_head=contents.audit_head,
        files=files,
        absent=absent,
    )
    (part / backup_manifest.NAME).write_text(backup_manifest.written(manifest), encoding="utf-8")
    for path in [*part.rglob("*"), part]:
        flush(path)
    return manifest


def note(
    began: datetime, ended: datetime, *, counts: dict[str, int] | None, error: str | None, runner: str, day: date
) -> None:
    """Keep among the runs of jobs what became of a backup by the clock; `counts` are of a whole one."""
    db.session.add(
        JobRun(
            name=BACKUP,
            run_on=day,
            status=JobStatus.FAILED if counts is None else JobStatus.FINISHED,
            started_at=began,
            finished_at=ended,
            counts=counts or {},
            done=1,
            total=1,
            error=error,
            runner=runner,
            by_hand=True,
        )
    )


def remove_old(folder: Path, made: Backup, *, keep_days: int) -> int:
    """Remove the backups in `folder` that are older than is asked for, now that there is a new one; how many went.

    What a killed backup left goes as well. The last backup that holds a file which the store has lost stays.
    """
    names = {path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink()}
    going = set(backup_manifest.too_old(names, at=made.manifest.made_at, keep_days=keep_days))
    if made.manifest.absent:
        held = {name: _hashes(folder / name) for name in names}
        going -= backup_manifest.only_copies(made.manifest.absent, held)
    for name in sorted(going):
        try:
            shutil.rmtree(folder / name)
        except OSError as problem:
            raise Refusal(f"{folder / name} cannot be removed ({problem.strerror}). The new backup is whole.") from None
    return len(going)


def _hashes(folder: Path) -> set[str]:
    try:
        told = (folder / backup_manifest.NAME).read_text(encoding="utf-8", errors="replace")
        return backup_manifest.hashes(backup_manifest.read(told))
    except (OSError, Refusal):
        return set()  # no backup, or none that could be restored


def inspected(folder: Path, step: Step) -> Backup:
    """The backup in `folder`, once every file of it was hashed again. Raises `Refusal` where it is not whole."""
    told = folder / backup_manifest.NAME
    if not told.is_file():
        raise Refusal(f"{folder} is not a whole backup of CertHub: it has no {backup_manifest.NAME}.")
    manifest = backup_manifest.read(told.read_text(encoding="utf-8", errors="replace"))
    found = {}
    for number, name in enumerate(sorted(manifest.files), start=1):
        if (folder / name).is_file():
            found[name] = measured(folder / name)
        step("Checking", number, len(manifest.files))
    backup_manifest.require_whole(manifest, found)
    return Backup(folder, manifest)


def measured(path: Path) -> Piece:
    """Size and hash of a file, without holding it in memory."""
    hashed, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
            size += len(chunk)
    return Piece(size, hashed.hexdigest())
