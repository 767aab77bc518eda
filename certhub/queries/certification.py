"""What a party holds, what it has applied for, and what is due next: for record pages and the home page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Application, Credential, CredentialPeriod
from certhub.models.parties import Employment, Party
from certhub.queries import applications, credential_status, credentials, evaluations, standards
from certhub.queries.credentials import CredentialView
from certhub.queries.evaluations import RenewalOutlook
from certhub.queries.visibility import party_visible
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.status import has_ended
from certhub.rules.terms import application_kind_on
from certhub.rules.vocabulary import ApplicationKind, CredentialStatus, SubjectType


@dataclass(frozen=True, slots=True)
class Applying:
    """Who applies for a coordinator, told to somebody who cannot: `own` where that is the coordinator."""

    own: bool
    employers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A party's credentials with their outlook, its applications, and what it may apply for today (None: nothing)."""

    views: list[tuple[CredentialView, RenewalOutlook | None]]
    applications: list[Application]
    open: Application | None
    may_apply_for: ApplicationKind | None
    opens_on: date | None
    applying: Applying | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A credential that ends soon, or ended, and has no renewal under way."""

    party_id: int
    party_name: str
    subject_type: SubjectType
    credential_id: int
    number: str
    expires_on: date
    status: CredentialStatus


def panel_of(viewer: Viewer, party: Party, *, on: date) -> Panel:
    """What the record page of a party shows of its certification."""
    held = credentials.of_party(viewer, party.id)
    views = [
        (view, evaluations.renewal_outlook(view, as_of=on))
        for view in (credentials.view(credential, on=on) for credential in held)
    ]
    applied = applications.of_party(viewer, party.id)
    kind, opens_on = _next_application(party, views, on=on)
    open_ = open_one(applied)
    applying = applying_for(viewer, party, on=on) if open_ is None and (kind or opens_on) else None
    return Panel(views, applied, open_, None if open_ else kind, opens_on, applying)


def open_one(applied: Iterable[Application]) -> Application | None:
    """The application of a party that is under way: there is one at most."""
    return next((one for one in applied if one.status in OPEN_STATUSES), None)


def applying_for(viewer: Viewer, party: Party, *, on: date) -> Applying | None:
    """Who applies for a coordinator; None for other parties and for those who can apply themselves."""
    if party.kind is not SubjectType.COORDINATOR or may(viewer, Permission.APPLICATION_OPEN):
        return None
    rows = db.session.execute(
        select(Party.__table__.c.name)
        .join(Employment, Employment.employer_id == Party.__table__.c.id)
        .where(
            Employment.coordinator_id == party.id,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
            Party.__table__.c.kind == SubjectType.VENDOR,
        )
        .order_by(Employment.starts_on, Employment.id)
    )
    return Applying(viewer.party_id == party.id, tuple(dict.fromkeys(row.name for row in rows)))


def deadlines(viewer: Viewer, *, on: date, within_days: int = 90, limit: int = 12) -> list[Deadline]:
    """Credentials that end within some days, or ended as recently and were not renewed; the nearest first."""
    period = CredentialPeriod
    next_period = aliased(CredentialPeriod)
    later = select(next_period.id).where(
        next_period.credential_id == period.credential_id,
        next_period.superseded_at.is_(None),
        next_period.starts_on > period.starts_on,
    )
    status = credential_status.status_column(Credential.id, as_of=on)
    rows = db.session.execute(
        select(
            Party.id, Party.name, Credential.subject_type, Credential.id, Credential.number, period.expires_on, status
        )
        .select_from(period)
        .join(Credential, Credential.id == period.credential_id)
        .join(Party, Party.id == Credential.party_id)
        .where(
            period.superseded_at.is_(None),
            period.starts_on <= on,
            period.expires_on.between(on - timedelta(days=within_days), on + timedelta(days=within_days)),
            ~later.exists(),
            party_visible(viewer, Credential.__table__.c.party_id),
            ~exists(
                select(Application.id).where(
                    Application.credential_id == Credential.id,
                    Application.status.in_(OPEN_STATUSES),
                    Application.submitted_at.is_not(None),
                )
            ),
        )
        .order_by(period.expires_on, Credential.id)
        .limit(limit)
    )
    return [Deadline(*row) for row in rows]


def held_in_force(viewer: Viewer, *, on: date) -> dict[SubjectType, int]:
    """How many credentials of each kind are in force on the day."""
    rows = db.session.execute(
        credential_status.in_force(on)
        .with_only_columns(Credential.subject_type, func.count(), maintain_column_froms=True)
        .where(party_visible(viewer, Credential.__table__.c.party_id))
        .group_by(Credential.subject_type)
    )
    return {subject: number for subject, number in rows}  # noqa: C416  (a Row is not a pair to the type checker)


def _next_application(
    party: Party, views: list[tuple[CredentialView, RenewalOutlook | None]], *, on: date
) -> tuple[ApplicationKind | None, date | None]:
    under = next((view for view, _ in views if view.credential.subject_type is party.kind and view.periods), None)
    if under is None:
        return ApplicationKind.INITIAL, None
    if has_ended(under.status):
        return None, None
    window = standards.window_of(under.periods[0])
    return application_kind_on(window, on), window.opens_on.on
