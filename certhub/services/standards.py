"""Standards: the shipped ones adopted, and the version that is in force on a day."""

import hashlib
import importlib.resources
import tomllib
from datetime import date, datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import canonical, db
from certhub.models.standards import StandardSet, StandardVersion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.standard import Standard
from certhub.rules.standard_definition import parse_standard, to_raw
from certhub.rules.vocabulary import VersionStatus
from certhub.services import audit

SHIPPED_FROM = date(2020, 1, 1)
"""From when the shipped standards are in force: before any record of a new installation."""


def shipped() -> list[Standard]:
    """The default standards, checked. Raises `StandardError` with a line for each mistake."""
    folder = importlib.resources.files("certhub.data").joinpath("standards")
    sources = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return [parse_standard(tomllib.loads(file.read_text(encoding="utf-8")), file.name) for file in sources]


def adopt_shipped(actor: audit.Actor, *, at: datetime) -> None:
    """Adopt each default standard that the installation does not have yet."""
    present = set(db.session.scalars(select(StandardSet.code)))
    for standard in shipped():
        if standard.code not in present:
            version = draft(standard, actor=actor, at=at)
            adopt(version, effective_from=SHIPPED_FROM, actor=actor, at=at)


def draft(standard: Standard, *, actor: audit.Actor, at: datetime) -> StandardVersion:
    """Keep `standard` as a draft version of its set, which is made if it is new."""
    found = db.session.scalar(select(StandardSet).where(StandardSet.code == standard.code))
    if found is None:
        found = StandardSet(code=standard.code, subject_type=standard.subject_type)
        db.session.add(found)
    definition = to_raw(standard)
    version = StandardVersion(
        standard=found,
        version=standard.version,
        title=standard.title,
        definition=definition,
        definition_hash=hashlib.sha256(canonical(definition).encode()).hexdigest(),
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(actor, AuditAction.STANDARD_DRAFTED, version, at=at)
    return version


def adopt(version: StandardVersion, *, effective_from: date, actor: audit.Actor, at: datetime) -> None:
    """Put a draft in force; from now on it never changes, and the version before it ends the day before."""
    version.status = VersionStatus.ADOPTED
    version.adopted_on = clock.civil_date(at)
    version.effective_from = effective_from
    db.session.flush()
    audit.record(actor, AuditAction.STANDARD_ADOPTED, version, at=at)
