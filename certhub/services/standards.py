"""Standards: shipped ones adopted, new versions drafted from old ones, changed step by step, adopted or discarded."""

import hashlib
import importlib.resources
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select

from certhub import clock
from certhub.database import canonical, db, locked
from certhub.models.accounts import User
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import signed_texts, standards
from certhub.rules import transitions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import text_to_sign
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Standard
from certhub.rules.standard_comparison import compared
from certhub.rules.standard_definition import StandardError, parse_standard, to_raw
from certhub.rules.standard_draft import DraftChanged, DraftGone, Raw
from certhub.rules.vocabulary import RequirementKind, Transition, VersionStatus
from certhub.services import audit

SHIPPED_FROM = date(2020, 1, 1)
"""From when the shipped standards are in force: before any record of a new installation."""
DRAFT = "draft"
"""What stands before each line about a mistake in a draft."""


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
            found = StandardSet(code=standard.code, subject_type=standard.subject_type)
            db.session.add(found)
            version = _drafted(found, standard, drafted_from=None, actor=actor, at=at)
            _put_in_force(version, SHIPPED_FROM, Transition.BY_SUBMISSION, None, actor=actor, at=at)


def draft_next(base: StandardVersion, *, actor: audit.Actor, at: datetime) -> StandardVersion:
    """Begin the next version of a standard as a copy of `base`. Raises `Refusal` while another draft is open."""
    standard = db.session.get_one(StandardSet, base.standard_id)
    locked(standard)
    if standards.open_draft(standard.id) is not None:
        raise Refusal("A draft of this standard is open already. Open it below, or discard it first.")
    last = db.session.scalar(
        select(func.max(StandardVersion.version)).where(StandardVersion.standard_id == standard.id)
    )
    definition = replace(standards.definition_of(base), version=(last or 0) + 1)
    return _drafted(standard, definition, drafted_from=base, actor=actor, at=at)


def revise(
    version_id: int, change: Callable[[Raw], Raw], *, seen: str, actor: audit.Actor, at: datetime
) -> StandardVersion:
    """Change an open draft; `seen` is the hash of the draft that the actor looked at.

    Raises `StandardError` with a line for each mistake, `DraftChanged` where somebody else was faster, and `DraftGone`
    where the draft was adopted or discarded.
    """
    version = _open(version_id, seen=seen)
    standard = parse_standard(change(version.definition), DRAFT)
    _require_texts(standard)
    version.definition = to_raw(standard)
    version.definition_hash = _hash_of(version.definition)
    version.title = standard.title
    db.session.flush()
    audit.record(actor, AuditAction.STANDARD_REVISED, version, at=at)
    return version


def discard(version_id: int, *, actor: audit.Actor, at: datetime) -> None:
    """Put an open draft away for good; the trail keeps what it said."""
    version = _open(version_id)
    audit.record(actor, AuditAction.STANDARD_DISCARDED, version, at=at)
    db.session.delete(version)


def adopt(
    version_id: int,
    *,
    seen: str,
    effective_from: date,
    transition: Transition,
    sunset_on: date | None = None,
    actor: audit.Actor,
    at: datetime,
) -> StandardVersion:
    """Put a draft in force; from now on its row never changes.

    Nothing that was submitted, decided or granted before changes by it: each of these names its version. Raises
    `Refusal` for dates that would reach into the past, and as `revise` does.
    """
    version = _open(version_id, seen=seen)
    earlier = standards.adopted(version.standard_id)
    if earlier and compared(standards.definition_of(earlier[-1]), standards.definition_of(version)).same:
        raise Refusal(f"This draft asks for the same as version {earlier[-1].version}. Change it before you adopt it.")
    transitions.require_adoptable(
        effective_from,
        transition,
        sunset_on,
        earlier=[standards.facts_of(one) for one in earlier],
        today=clock.civil_date(at),
    )
    _put_in_force(version, effective_from, transition, sunset_on, actor=actor, at=at)
    return version


def _drafted(
    standard: StandardSet,
    definition: Standard,
    *,
    drafted_from: StandardVersion | None,
    actor: audit.Actor,
    at: datetime,
) -> StandardVersion:
    raw = to_raw(definition)
    version = StandardVersion(
        standard=standard,
        version=definition.version,
        title=definition.title,
        definition=raw,
        definition_hash=_hash_of(raw),
        drafted_from_id=drafted_from.id if drafted_from else None,
        drafted_by_id=_account(actor),
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(actor, AuditAction.STANDARD_DRAFTED, version, at=at)
    return version


def _put_in_force(
    version: StandardVersion,
    effective_from: date,
    transition: Transition,
    sunset_on: date | None,
    *,
    actor: audit.Actor,
    at: datetime,
) -> None:
    version.adopted_by_id = _account(actor)  # first: reading the account saves what was changed so far
    version.status = VersionStatus.ADOPTED
    version.adopted_on = clock.civil_date(at)
    version.effective_from = effective_from
    version.transition = transition
    version.sunset_on = sunset_on
    db.session.flush()
    audit.record(actor, AuditAction.STANDARD_ADOPTED, version, at=at)


def _open(version_id: int, *, seen: str | None = None) -> StandardVersion:
    """The draft under a lock, as it is now."""
    version = db.session.scalar(
        select(StandardVersion)
        .where(StandardVersion.id == version_id)
        .with_for_update(of=StandardVersion)
        .execution_options(populate_existing=True)
    )
    if version is None or version.status is not VersionStatus.DRAFT:
        raise DraftGone("This draft was adopted or discarded meanwhile. Nothing was changed.")
    if seen is not None and seen != version.definition_hash:
        raise DraftChanged(version.definition_hash)
    return version


def _require_texts(standard: Standard) -> None:
    """Refuse a requirement whose text to sign does not exist: nobody could ever meet it."""
    problems = []
    for requirement in standard.requirements:
        wanted = text_to_sign(requirement)
        if wanted is not None and not signed_texts.is_known(*wanted):
            name = "text_id" if requirement.kind is RequirementKind.ATTESTATION else "template_id"
            problems.append(
                f'{DRAFT}: requirement {requirement.code}: parameter "{name}" must name a text that CertHub has '
                f'in this version, got "{wanted[0]}", version {wanted[1]}'
            )
    if problems:
        raise StandardError(problems)


def _hash_of(raw: Raw) -> str:
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


def _account(actor: audit.Actor) -> int | None:
    return actor.id if isinstance(actor, User) else None
