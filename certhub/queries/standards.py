"""Standards: which version judges whom, what it asks for, and how many hold a credential under it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import defer, selectinload

from certhub.database import db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import credential_status
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules import transitions
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.parameters import MOST_DAYS
from certhub.rules.requirement_kinds.qualifications import IN_LICENCES
from certhub.rules.standard import Standard
from certhub.rules.standard_definition import parse_standard
from certhub.rules.terms import RenewalWindow, application_kind_on, renewal_window
from certhub.rules.transitions import AdoptedVersion, Applicable, HeldTerm
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, SubjectType, VersionStatus

_PARSED: dict[tuple[int, str], Standard] = {}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The version that judges a holder's next renewal and why, and the day within its time from which another does."""

    window: RenewalWindow
    version: StandardVersion
    because: str
    changes: tuple[date, Applicable] | None


@dataclass(frozen=True, slots=True)
class HolderToTell:
    """Somebody who holds a credential under a standard, and where to write to."""

    party_id: int
    name: str
    email: str


def definition_of(version: StandardVersion) -> Standard:
    """The rules' view of a stored version; what has one hash never changes, so it is parsed once a process."""
    key = (version.id, version.definition_hash)
    if key not in _PARSED:
        _PARSED[key] = parse_standard(version.definition, f"{version.standard.code} version {version.version}")
    return _PARSED[key]


def in_force(
    standard_id: int,
    day: date,
    *,
    kind: ApplicationKind = ApplicationKind.INITIAL,
    renewing: CredentialPeriod | None = None,
) -> StandardVersion:
    """The version that judges an application of `kind` that is submitted on `day`; see `rules.transitions`.

    `renewing` is the applicant's latest term. Raises LookupError before the first version took effect.
    """
    return among(adopted(standard_id), day, kind=kind, renewing=renewing)


def among(
    versions: list[StandardVersion],
    day: date,
    *,
    kind: ApplicationKind = ApplicationKind.INITIAL,
    renewing: CredentialPeriod | None = None,
) -> StandardVersion:
    """The same of adopted versions that the caller has read."""
    found = transitions.version_for(_facts(versions), kind, day, _held(renewing))
    return next(one for one in versions if one.version == found.version)


def next_renewal(period: CredentialPeriod, *, as_of: date, versions: list[StandardVersion] | None = None) -> Forecast:
    """The version that judges the next renewal of a term, if it is filed as soon as it can be from `as_of` on.

    `versions` are the adopted ones of the standard, for whoever asks of many terms.
    """
    # The version of the term is one of them, and is not read again.
    versions = adopted(period.credential.standard_id) if versions is None else versions
    window = window_of(period)
    filed_on = max(as_of, window.opens_on.on)
    kind = application_kind_on(window, filed_on) or ApplicationKind.RENEWAL
    asked = (_facts(versions), kind, filed_on)
    held = _held(period)
    found = transitions.version_for(*asked, held)
    version = next(one for one in versions if one.version == found.version)
    return Forecast(window, version, found.because, transitions.next_change(*asked, window.grace_until.on, held))


def window_of(period: CredentialPeriod) -> RenewalWindow:
    """When the renewal of a term opens and until when it is taken: as the version says that the term was granted under.

    A later version changes what a renewal must show, never the days that a holder was promised. An order of the Board
    can move them, and the record of the term has the days that it moved them to.
    """
    return renewal_window(
        definition_of(period.standard_version).terms,
        period.expires_on,
        grace_until=period.grace_until,
        reinstatement_until=period.reinstatement_until,
    )


def adopted(standard_id: int) -> list[StandardVersion]:
    """Every adopted version of a standard, the oldest first."""
    return list(
        db.session.scalars(
            select(StandardVersion)
            .where(StandardVersion.standard_id == standard_id, StandardVersion.status == VersionStatus.ADOPTED)
            .order_by(StandardVersion.version)
        )
    )


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


def facts_of(version: StandardVersion) -> AdoptedVersion:
    """An adopted version as the rules of transition see it."""
    if version.effective_from is None or version.transition is None:
        raise ValueError(f"{version!r} is not adopted")
    return AdoptedVersion(version.version, version.effective_from, version.transition, version.sunset_on)


def _facts(versions: list[StandardVersion]) -> list[AdoptedVersion]:
    return [facts_of(one) for one in versions]


def _held(period: CredentialPeriod | None) -> HeldTerm | None:
    if period is None:
        return None
    return HeldTerm(period.standard_version.version, window_of(period).opens_on.on)


def newest(viewer: Viewer) -> list[StandardVersion]:
    """The newest adopted version of each standard, and the open drafts that the viewer may read."""
    later = select(StandardVersion.standard_id, func.max(StandardVersion.version).label("version")).where(
        StandardVersion.status == VersionStatus.ADOPTED
    )
    latest = later.group_by(StandardVersion.standard_id).subquery()
    newest_adopted = and_(
        StandardVersion.standard_id == latest.c.standard_id, StandardVersion.version == latest.c.version
    )
    drafts = StandardVersion.status == VersionStatus.DRAFT
    return list(
        db.session.scalars(
            select(StandardVersion)
            .options(defer(StandardVersion.definition))
            .join(StandardSet, StandardSet.id == StandardVersion.standard_id)
            .outerjoin(latest, newest_adopted)
            .where(or_(latest.c.version.is_not(None), drafts), _readable(viewer))
            .order_by(StandardSet.code, StandardVersion.version)
        )
    )


def history(viewer: Viewer, standard_id: int) -> list[StandardVersion]:
    """Every version of a standard that the viewer may read, the newest first; without what they ask for."""
    found = list(
        db.session.scalars(
            select(StandardVersion)
            .options(
                defer(StandardVersion.definition),
                selectinload(StandardVersion.drafted_by),
                selectinload(StandardVersion.adopted_by),
            )
            .where(StandardVersion.standard_id == standard_id, _readable(viewer))
            .order_by(StandardVersion.version.desc())
        )
    )
    if not found:
        raise NotVisible(standard_id)
    return found


def holders(standard_id: int, *, on: date) -> dict[int, int]:
    """How many credentials are in force on the day, by the id of the version that their term was granted under."""
    status = credential_status.status_column(Credential.id, as_of=on)
    rows = db.session.execute(
        select(CredentialPeriod.standard_version_id, func.count())
        .select_from(Credential)
        .join(CredentialPeriod, CredentialPeriod.id == credential_status.period_in_question(Credential.id, as_of=on))
        .where(Credential.standard_id == standard_id, credential_status.is_authorized(status))
        .group_by(CredentialPeriod.standard_version_id)
    )
    return {version_id: number for version_id, number in rows}  # noqa: C416  (a Row is not a pair to the type checker)


def holders_to_tell(standard_id: int, *, on: date, after: str = "", limit: int | None = None) -> list[HolderToTell]:
    """Whoever holds a credential that is in force on the day and can be written to; one for each e-mail address."""
    party = Party.__table__
    rows = db.session.execute(
        _reachable(standard_id, on)
        .with_only_columns(func.min(party.c.id), func.min(party.c.name), party.c.email)
        .where(party.c.email > after)
        .group_by(party.c.email)
        .order_by(party.c.email)
        .limit(limit)
    )
    return [HolderToTell(*row) for row in rows]


def number_to_tell(standard_id: int, *, on: date) -> int:
    """How many letters about a standard go out: one for each e-mail address."""
    email = Party.__table__.c.email
    return int(db.session.scalar(_reachable(standard_id, on).with_only_columns(func.count(email.distinct()))) or 0)


def _reachable(standard_id: int, on: date) -> Select[Any]:
    status = credential_status.status_column(Credential.id, as_of=on)
    party = Party.__table__
    return (
        select(party.c.id)
        .join(Credential, Credential.party_id == party.c.id)
        .where(
            Credential.standard_id == standard_id, party.c.email.is_not(None), credential_status.is_authorized(status)
        )
    )


def one(viewer: Viewer, version_id: int) -> StandardVersion:
    """A version: everybody who has signed in reads adopted ones, DPH drafts too. Raises `NotVisible`."""
    found = db.session.scalar(select(StandardVersion).where(StandardVersion.id == version_id, _readable(viewer)))
    if found is None:
        raise NotVisible(version_id)
    return found


def draft(viewer: Viewer, version_id: int) -> StandardVersion:
    """A draft that is still open. Raises `NotVisible` for an adopted version, which nobody changes."""
    found = one(viewer, version_id)
    if found.status is not VersionStatus.DRAFT:
        raise NotVisible(version_id)
    return found


def open_draft(standard_id: int) -> StandardVersion | None:
    """The open draft of a standard; there is at most one."""
    return db.session.scalar(
        select(StandardVersion).where(
            StandardVersion.standard_id == standard_id, StandardVersion.status == VersionStatus.DRAFT
        )
    )


def for_subject(subject_type: SubjectType) -> StandardSet:
    """The standard that subjects of this type are certified under."""
    return db.session.scalars(
        select(StandardSet).where(StandardSet.subject_type == subject_type).order_by(StandardSet.id).limit(1)
    ).one()


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else StandardVersion.status == VersionStatus.ADOPTED
