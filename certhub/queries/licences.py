"""Licences of other bodies that are to be looked up at their source again."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from certhub.database import db
from certhub.models.parties import ExternalLicence, LicenceCheck, Party
from certhub.queries.visibility import of_record, party_visible
from certhub.rules.licences import licence_name
from certhub.rules.permissions import Permission, Viewer, may

MOST_TOLD = 20
_AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LicenceToCheck:
    """A licence that was never found in order at its source, or whose check runs out."""

    coordinator_id: int
    coordinator: str
    licence_id: int
    licence: str
    verified_on: date | None
    check_again_on: date | None


def to_check(viewer: Viewer, *, on: date) -> list[LicenceToCheck]:
    """The licences whose check is overdue, runs out within 30 days, or never was; those without one come first."""
    if not may(viewer, Permission.LICENCE_RECORD):
        return []
    party = Party.__table__.c
    rows = db.session.execute(
        select(
            ExternalLicence.coordinator_id,
            party.name,
            ExternalLicence.id,
            ExternalLicence.kind,
            ExternalLicence.number,
            ExternalLicence.verified_on,
            ExternalLicence.check_again_on,
        )
        .join(Party.__table__, party.id == ExternalLicence.coordinator_id)
        .where(
            ExternalLicence.superseded_at.is_(None),
            or_(ExternalLicence.check_again_on.is_(None), ExternalLicence.check_again_on <= on + _AHEAD),
            party_visible(viewer),
        )
        .order_by(ExternalLicence.check_again_on.asc().nulls_first(), ExternalLicence.id)
        .limit(MOST_TOLD)
    )
    return [LicenceToCheck(row[0], row[1], row[2], f"{licence_name(row[3])} {row[4]}", row[5], row[6]) for row in rows]


def checks_of(coordinator_id: int) -> list[LicenceCheck]:
    """Every look at the source of a person's licences, newest first."""
    return list(
        db.session.scalars(
            select(LicenceCheck)
            .where(of_record(LicenceCheck.__table__.c.coordinator_id, coordinator_id))
            .order_by(LicenceCheck.id.desc())
        )
    )
