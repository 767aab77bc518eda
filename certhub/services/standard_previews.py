"""Asking for a count of what a draft of a standard would mean; the worker makes it (`jobs.standard_previews`)."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.standards import StandardPreview, StandardVersion


def ask(version: StandardVersion, *, actor: User, at: datetime) -> StandardPreview:
    """Have a draft counted as it is now; whoever asks while a count waits or runs gets that one."""
    waiting = db.session.scalar(
        select(StandardPreview).where(
            StandardPreview.standard_version_id == version.id, StandardPreview.finished_at.is_(None)
        )
    )
    if waiting is not None:
        return waiting
    preview = StandardPreview(
        standard_version_id=version.id,
        definition_hash=version.definition_hash,
        as_of=clock.civil_date(at),
        asked_by_id=actor.id,
        asked_at=at,
    )
    db.session.add(preview)
    db.session.flush()
    return preview
