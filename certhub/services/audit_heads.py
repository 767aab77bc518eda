"""Heads of the audit trail kept outside the database: a line in a file of the data folder, and one in the log.

Whoever can change the database, its triggers and the head that it keeps still cannot take back what was written here.
"""

import os
import re
from datetime import datetime
from pathlib import Path

import structlog

from certhub.services.audit_verification import Kept

log = structlog.get_logger("certhub.audit")

_LINE = re.compile(r"(?P<at>\S+) (?P<entries>\d{1,18}) (?P<head>[0-9a-f]{64})")


def last_kept(file: Path) -> Kept | None:
    """The head on the last line that can be read; None where none was ever kept."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    found = next((found for line in reversed(lines) if (found := _LINE.fullmatch(line.strip()))), None)
    return None if found is None else Kept(int(found["entries"]), found["head"], str(file))


def keep(file: Path, head: Kept, *, at: datetime) -> None:
    """Write the head down; what stands in the file already stays."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as lines:
        lines.write(f"{at.isoformat()} {head.entries} {head.head}\n")
        lines.flush()
        os.fsync(lines.fileno())
    log.info("audit_head", entries=head.entries, head=head.head)
