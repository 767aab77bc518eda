"""How the files of another system are read, saved under a name by a vendor or by DPH: saved, learned from, deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.training_imports import TrainingImport, TrainingMapping
from certhub.queries import training_imports as imports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.training_columns import Heading, layout_of
from certhub.services import audit

LONGEST_NAME = 80


def save(found: TrainingImport, headings: list[Heading], name: str, *, actor: User, at: datetime) -> None:
    """Keep the layout of a file under a name; one that has the name is replaced. Raises `Refusal`."""
    if len(name) > LONGEST_NAME:
        raise Refusal(f"Shorten the name to at most {LONGEST_NAME} characters.", field="save_as")
    mapping = next((one for one in imports.mappings_of(found.vendor_id) if one.name == name), None)
    if mapping is None:
        mapping = TrainingMapping(vendor_id=found.vendor_id, name=name)
        db.session.add(mapping)
    mapping.headings = [one.key for one in headings if not one.added]
    mapping.layout, mapping.saved_by_id, mapping.saved_at = dict(found.layout or {}), actor.id, at
    db.session.flush()
    audit.record(actor, AuditAction.TRAINING_MAPPING_SAVED, mapping, at=at, party_id=found.vendor_id)


def learn(vendor_id: int | None, layout: Mapping[str, Any], words: Mapping[str, str]) -> None:
    """Add what words stand for to the saved layouts that read the same columns; the caller tells the audit trail."""
    columns = layout_of(layout).columns
    for mapping in imports.mappings_of(vendor_id):
        if layout_of(mapping.layout).columns == columns:
            mapping.layout = {**mapping.layout, "words": {**mapping.layout["words"], **words}}


def delete(mapping_id: int, *, actor: User, at: datetime) -> None:
    """Delete a saved layout; files that were read by it keep theirs. Nothing where somebody else was faster."""
    mapping = db.session.scalar(select(TrainingMapping).where(TrainingMapping.id == mapping_id).with_for_update())
    if mapping is not None:
        audit.record(actor, AuditAction.TRAINING_MAPPING_DELETED, mapping, at=at, party_id=mapping.vendor_id)
        db.session.delete(mapping)
