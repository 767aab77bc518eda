"""Asking for a count of what a draft of a standard would mean; the worker makes it (`jobs.standard_previews`)."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.standards import StandardPreview, StandardVersion
from certhub.rules.refusal import Refusal

ENDED = "Somebody ended the count. Ask for a new one when you want it."


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


def end_work(preview: StandardPreview, *, at: datetime) -> None:
    """End a count because somebody does not want it any more. Raises `Refusal` where it has ended."""
    if locked(preview).finished_at is not None:
        raise Refusal("This count has ended already.")
    fail(preview, ENDED, at=at)


def fail(preview: StandardPreview, sentence: str, *, at: datetime) -> None:
    """End a count that was not made."""
    preview.started_at = preview.started_at or at
    preview.finished_at, preview.error = at, sentence
