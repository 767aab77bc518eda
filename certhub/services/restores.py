"""Putting a backup back: the database and the files, checked afterwards, with the old ones kept aside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from certhub.filestore import FileStore
from certhub.models.messages import Message, MessageStatus
from certhub.rules import backup_manifest
from certhub.rules.audit_actions import AuditAction
from certhub.rules.backup_manifest import FILES
from certhub.rules.refusal import Refusal
from certhub.services import audit, audit_heads
from certhub.services.audit_verification import Kept
from certhub.services.backups import HEADS, Backup, Step
from certhub.services.bulk_changes import rows_changed
from certhub.services.database_copies import Copies

HELD = "The database was restored from a backup; this may have been sent since the backup was made."


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of what was there before."""

    aside: str
    """Where the old database is now; empty where there was none."""
    left_behind: Kept | None
    """The last head of the audit trail that was kept before, if any."""
    old_heads: Path | None
    """Where the file of those heads is now."""


def put_back(
    backup: Backup,
    copies: Copies,
    store: FileStore,
    heads: Path,
    *,
    revisions: Collection[str],
    replace: bool,
    at: datetime,
    step: Step,
) -> Restored:
    """Make the backup the database and put its files into the store; the old database is kept aside.

    Raises `Refusal` where this program cannot take the backup, and where records would be lost that nobody said may be.
    """
    manifest = backup.manifest
    backup_manifest.require_usable(manifest, database=copies.kind, revisions=revisions)
    if obstacle := copies.obstacle():
        raise Refusal(f"{obstacle} Nothing was restored.")
    if copies.holds_data() and not replace:
        raise Refusal(
            "The database holds records already, and nothing was restored. To put the backup in their place, say "
            "--replace; the old database is then kept aside."
        )
    names = [name for name in sorted(manifest.files) if name.startswith(f"{FILES}/")]
    for number, name in enumerate(names, start=1):  # first: the database must not name a file that is not there
        store.put((backup.folder / name).read_bytes())
        step("Files", number, len(names))
    step("Database", 0, 1)
    aside = copies.put_back(backup.folder / copies.name, at)
    try:
        step("Database", 1, 1)
        left_behind = audit_heads.last_kept(heads)
        return Restored(aside, left_behind, _renew_heads(backup, heads, at))
    except BaseException as problem:
        copies.undo(aside)
        if isinstance(problem, OSError):
            raise Refusal(
                f"The heads of the audit trail in {heads} cannot be renewed ({problem.strerror}). "
                "The old database was put back."
            ) from problem
        raise


def undo(restored: Restored, copies: Copies, heads: Path) -> None:
    """Take back what was there before: the backup turned out to be of no use."""
    copies.undo(restored.aside)
    heads.unlink(missing_ok=True)
    if restored.old_heads is not None:
        restored.old_heads.rename(heads)


def _renew_heads(backup: Backup, heads: Path, at: datetime) -> Path | None:
    """Put the heads of the longer trail aside, which the restored one cannot hold to, and take those of the backup."""
    aside = None
    if heads.exists():
        aside = heads.rename(heads.with_name(f"{heads.name}.before_restore_{at:%Y%m%d%H%M%S}"))
    if HEADS in backup.manifest.files:
        try:
            heads.write_bytes((backup.folder / HEADS).read_bytes())
            heads.chmod(0o600)
        except BaseException:
            heads.unlink(missing_ok=True)
            if aside is not None:
                aside.rename(heads)
            raise
    return aside


def require_same_rows(backup: Backup, found: dict[str, int]) -> None:
    """Raises `Refusal` where a table does not have the rows that it had."""
    wrong = [name for name, count in sorted(backup.manifest.rows.items()) if found.get(name) != count]
    if wrong:
        raise Refusal(f"The restored database lacks rows of {', '.join(wrong)}. Use another backup.")


def tell(backup: Backup, restored: Restored, *, hold_mail: bool, actor: audit.Actor, at: datetime) -> int:
    """Enter the restoration into the audit trail, and hold the mail that may have been sent since the backup.

    Returns how many messages are held for a person to decide.
    """
    held = 0
    if hold_mail:
        waiting = update(Message).where(Message.status.in_((MessageStatus.QUEUED, MessageStatus.SENDING)))
        held = rows_changed(waiting.values(status=MessageStatus.IN_DOUBT, last_error=HELD, next_attempt_at=at))
    manifest, before = backup.manifest, restored.left_behind
    audit.record_plain(
        actor, AuditAction.BACKUP_RESTORED, "audit_entry", None, at=at,
        told={
            "made_at": manifest.made_at,
            "version": manifest.version,
            "entries": manifest.audit_entries,
            "head": manifest.audit_head,
            "entries_before": None if before is None else before.entries,
            "head_before": None if before is None else before.head,
            "mail_held": held,
        },
    )  # fmt: skip
    return held
