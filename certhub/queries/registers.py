"""The registers: who held a credential on a day, as known at an instant, with status and dates. One query each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from certhub.database import db, stream
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import Coordinator, Employment, Municipality, Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import credential_status
from certhub.queries.knowledge import known
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import credential_visible
from certhub.rules.permissions import Viewer
from certhub.rules.status import is_authorized
from certhub.rules.vocabulary import CredentialStatus, Discipline, Region, SubjectType

KEYS: tuple[InstrumentedAttribute[Any], ...] = (Party.sort_name, Credential.id)
"""The order of a register: by name; the credential's id keeps namesakes apart."""


@dataclass(frozen=True, slots=True)
class RegisterFilters:
    """What part of a register is asked for; None takes all."""

    region: Region | None = None
    status: CredentialStatus | None = None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One credential as it stood on the day; discipline and employer are a coordinator's."""

    credential_id: int
    party_id: int
    number: str
    name: str
    discipline: Discipline | None
    employer: str | None
    municipality: str | None
    region: Region | None
    standard: str
    version: int | None
    granted_on: date
    starts_on: date | None
    expires_on: date | None
    status: CredentialStatus

    @property
    def authorized(self) -> bool:
        """Whether the holder could practice on the day, with or without conditions."""
        return is_authorized(self.status)


HEADING = (
    "number", "name", "discipline", "employer", "municipality", "region", "standard", "version", "granted_on",
    "starts_on", "expires_on", "status", "authorized",
)  # fmt: skip
"""The columns of an exported register."""


_VALUES = attrgetter(*HEADING)


def cells(row: RegisterRow) -> tuple[object, ...]:
    """A row's values in the order of `HEADING`."""
    values: tuple[object, ...] = _VALUES(row)
    return values


def whole(
    viewer: Viewer,
    subject: SubjectType,
    as_of: date,
    known_at: datetime | None = None,
    filters: RegisterFilters | None = None,
) -> Iterator[RegisterRow]:
    """Every row of a register in the order of names, streamed: each table is read once."""
    standing = credential_status.standing(as_of, known_at)
    period = standing.period.c
    employer: ColumnElement[Any] = null()
    statement = _base(viewer, subject, as_of, known_at)
    statement = standing.joined(statement, Credential.id)
    if subject is SubjectType.COORDINATOR:
        employers = _employers(as_of, known_at)
        statement = statement.outerjoin(employers, employers.c.coordinator_id == Credential.party_id)
        employer = employers.c.name
    statement = statement.outerjoin(StandardVersion, StandardVersion.id == period.standard_version_id)
    statement = statement.add_columns(
        employer, StandardVersion.version, period.starts_on, period.expires_on, standing.status
    )
    statement = _filtered(statement, filters, standing.status).order_by(*KEYS)
    return (_row(row) for row in stream(statement))


def count(
    viewer: Viewer,
    subject: SubjectType,
    as_of: date,
    known_at: datetime | None = None,
    filters: RegisterFilters | None = None,
) -> int:
    """How many rows `whole` gives."""
    statement = _base(viewer, subject, as_of, known_at)
    standing = credential_status.standing(as_of, known_at)
    if filters is not None and filters.status is not None:
        statement = standing.joined(statement, Credential.id)
    counting = _filtered(statement, filters, standing.status).with_only_columns(
        func.count(), maintain_column_froms=True
    )
    return db.session.scalar(counting) or 0


def page(
    viewer: Viewer,
    subject: SubjectType,
    as_of: date,
    known_at: datetime | None = None,
    filters: RegisterFilters | None = None,
    *,
    cursor: str | None = None,
) -> Page[RegisterRow]:
    """Some rows of a register: the same rows in the same order, each looked up by its keys."""
    status = credential_status.status_column(Credential.id, as_of=as_of, known_at=known_at)
    employer = _employer(as_of, known_at) if subject is SubjectType.COORDINATOR else null()
    in_question = credential_status.period_in_question(Credential.id, as_of=as_of, known_at=known_at)
    statement = (
        _base(viewer, subject, as_of, known_at)
        .outerjoin(CredentialPeriod, CredentialPeriod.id == in_question)
        .outerjoin(StandardVersion, StandardVersion.id == CredentialPeriod.standard_version_id)
        .add_columns(employer, StandardVersion.version, CredentialPeriod.starts_on, CredentialPeriod.expires_on, status)
        .where(Party.kind == subject)  # says nothing new, but lets the index of names give the rows in their order
    )
    return paged(_filtered(statement, filters, status), KEYS, _row, cursor=cursor)


def _base(viewer: Viewer, subject: SubjectType, as_of: date, known_at: datetime | None) -> Select[Any]:
    coordinator = Coordinator.__table__
    granted = [Credential.subject_type == subject, Credential.granted_on <= as_of, credential_visible(viewer)]
    if known_at is not None:
        granted.append(Credential.recorded_at <= known_at)
    return (
        select(
            Credential.id,
            Credential.party_id,
            Credential.number,
            Party.name,
            coordinator.c.discipline,
            Municipality.name,
            Party.region,
            StandardSet.code,
            Credential.granted_on,
        )
        .select_from(Credential)
        .join(Party.__table__, Party.__table__.c.id == Credential.party_id)
        .join(StandardSet, StandardSet.id == Credential.standard_id)
        .outerjoin(coordinator, coordinator.c.id == Credential.party_id)
        .outerjoin(Municipality, Municipality.id == Party.municipality_id)
        .where(*granted)
    )


def _filtered(
    statement: Select[Any], filters: RegisterFilters | None, status: ColumnElement[CredentialStatus]
) -> Select[Any]:
    if filters is None:
        return statement
    if filters.region is not None:
        statement = statement.where(Party.region == filters.region)
    if filters.status is not None:
        statement = statement.where(status == filters.status)
    return statement


def _row(row: Row[Any]) -> RegisterRow:
    values: list[Any] = list(row)
    key, party_id, number, name, discipline, municipality, region, standard, granted_on = values[:9]
    employer, version, starts_on, expires_on, status = values[9:14]
    return RegisterRow(
        key,
        party_id,
        number,
        name,
        discipline,
        employer,
        municipality,
        region,
        standard,
        version,
        granted_on,
        starts_on,
        expires_on,
        status,
    )


def _working(employment: type[Employment], as_of: date, known_at: datetime | None) -> ColumnElement[bool]:
    return and_(
        employment.starts_on <= as_of,
        or_(employment.ends_on.is_(None), employment.ends_on >= as_of),
        known(employment, known_at),
    )


def _employers(as_of: date, known_at: datetime | None) -> Any:
    """One row per coordinator: the employer on the day; of several the one that began last."""
    ranked = (
        select(
            Employment.coordinator_id,
            Employment.employer_id,
            func.row_number()
            .over(partition_by=Employment.coordinator_id, order_by=(Employment.starts_on.desc(), Employment.id.desc()))
            .label("place"),
        )
        .where(_working(Employment, as_of, known_at))
        .subquery()
    )
    party = Party.__table__.alias("employing_party")
    return (
        select(ranked.c.coordinator_id, party.c.name)
        .join(party, party.c.id == ranked.c.employer_id)
        .where(ranked.c.place == 1)
        .subquery("employer")
    )


def _employer(as_of: date, known_at: datetime | None) -> ColumnElement[Any]:
    """As `_employers`, for one row of the statement around it."""
    employment, party = aliased(Employment), Party.__table__.alias()
    return (
        select(party.c.name)
        .select_from(employment)
        .join(party, party.c.id == employment.employer_id)
        .where(employment.coordinator_id == Credential.party_id, _working(employment, as_of, known_at))
        .order_by(employment.starts_on.desc(), employment.id.desc())
        .limit(1)
        .correlate(Credential)
        .scalar_subquery()
    )
