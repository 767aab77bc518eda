"""Standards: which version is in force on a day, and what it asks for."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import defer

from certhub.database import db
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries.visibility import NotVisible
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.parameters import MOST_DAYS
from certhub.rules.requirement_kinds.qualifications import IN_LICENCES
from certhub.rules.standard import Standard
from certhub.rules.standard_definition import parse_standard
from certhub.rules.vocabulary import RequirementKind, SubjectType, VersionStatus

_PARSED: dict[tuple[int, str], Standard] = {}


def definition_of(version: StandardVersion) -> Standard:
    """The rules' view of a stored version; adopted versions never change, so they are parsed once a process."""
    key = (version.id, version.definition_hash)
    if key not in _PARSED:
        _PARSED[key] = parse_standard(version.definition, f"{version.standard.code} version {version.version}")
    return _PARSED[key]


def in_force(standard_id: int, day: date) -> StandardVersion:
    """The version under which an application submitted on `day` is judged: the latest that is effective by then."""
    return db.session.scalars(
        select(StandardVersion)
        .where(
            StandardVersion.standard_id == standard_id,
            StandardVersion.status == VersionStatus.ADOPTED,
            StandardVersion.effective_from <= day,
        )
        .order_by(StandardVersion.effective_from.desc(), StandardVersion.version.desc())
        .limit(1)
    ).one()


def licence_recheck_days(day: date) -> dict[str, int]:
    """For each kind of outside licence that a standard in force asks for, after how many days it is checked again."""
    found: dict[str, int] = {}
    for standard_id in db.session.scalars(select(StandardSet.id)).all():
        for requirement in definition_of(in_force(standard_id, day)).requirements:
            if requirement.kind is not RequirementKind.CREDENTIAL_HELD:
                continue
            params = typed_parameters(requirement)
            if params.held_in == IN_LICENCES and params.reverify_days is not None:
                found |= {kind: min(params.reverify_days, found.get(kind, MOST_DAYS)) for kind in params.any_of}
    return found


def adopted() -> list[StandardVersion]:
    """Every version that is or was in force, by standard and the newest first; without what they ask for."""
    return list(
        db.session.scalars(
            select(StandardVersion)
            .options(defer(StandardVersion.definition))
            .join(StandardSet, StandardSet.id == StandardVersion.standard_id)
            .where(StandardVersion.status != VersionStatus.DRAFT)
            .order_by(StandardSet.code, StandardVersion.version.desc())
        )
    )


def one(version_id: int) -> StandardVersion:
    """An adopted version, which everybody who has signed in may read. Raises `NotVisible` for a draft."""
    found = db.session.scalar(
        select(StandardVersion).where(StandardVersion.id == version_id, StandardVersion.status != VersionStatus.DRAFT)
    )
    if found is None:
        raise NotVisible(version_id)
    return found


def for_subject(subject_type: SubjectType) -> StandardSet:
    """The standard that subjects of this type are certified under."""
    return db.session.scalars(
        select(StandardSet).where(StandardSet.subject_type == subject_type).order_by(StandardSet.id).limit(1)
    ).one()
