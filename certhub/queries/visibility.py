"""Whose records a viewer can see. Every query that leads to a row passes one of these conditions."""

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from certhub import clock
from certhub.models.certification import Application, Credential
from certhub.models.files import StoredFile
from certhub.models.parties import Coordinator, Employment, Party
from certhub.rules.invitations import PARTY_KIND
from certhub.rules.permissions import DPH_ROLES, ROLE_LABELS, Viewer, is_employer, works_for_dph
from certhub.rules.vocabulary import SUBJECT_LABELS, Role, SubjectType

_absorbed = Coordinator.__table__.alias("absorbed").c


class NotVisible(LookupError):
    """There is no such record for this viewer; becomes 404, because we do not say whether it exists."""


def sees_everything(viewer: Viewer) -> bool:
    """Whether no condition is needed: DPH sees every organization's records."""
    return works_for_dph(viewer)


def kinds_seen(viewer: Viewer) -> tuple[SubjectType, ...]:
    """The kinds of parties whose records `party_visible` can admit, in the order of filters."""
    if sees_everything(viewer):
        return tuple(SUBJECT_LABELS)
    own = PARTY_KIND.get(viewer.role)
    return tuple(
        kind for kind in SUBJECT_LABELS if kind is own or (kind is SubjectType.COORDINATOR and is_employer(viewer))
    )


def roles_seen(viewer: Viewer) -> tuple[Role, ...]:
    """The roles whose accounts and invitations the viewer can see: those that act for the parties that it sees."""
    kinds = kinds_seen(viewer)
    return tuple(
        role for role in ROLE_LABELS if PARTY_KIND.get(role) in kinds or (role in DPH_ROLES and sees_everything(viewer))
    )


def employed_now(vendor_id: int, coordinator_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the coordinator works, or is about to work, for the vendor; former employers see no record."""
    return exists(
        select(Employment.id).where(
            Employment.coordinator_id == coordinator_id,
            Employment.employer_id == vendor_id,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= clock.today()),
        )
    )


def party_visible(viewer: Viewer, party_id: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    """Condition on a party's id: DPH sees all, an organization itself and its coordinators, a person themself.

    Whoever sees a record sees one of the same person that it absorbed, whose credential and notices stay with it.
    """
    column: ColumnElement[int] = Party.__table__.c.id if party_id is None else party_id
    if sees_everything(viewer):
        return true()
    if viewer.party_id is None:
        return false()
    if viewer.role is Role.VENDOR_HR:
        absorbed = select(_absorbed.id).where(
            _absorbed.merged_into_id.is_not(None), employed_now(viewer.party_id, _absorbed.merged_into_id)
        )
        return or_(column == viewer.party_id, employed_now(viewer.party_id, column), column.in_(absorbed))
    return of_record(column, viewer.party_id) if viewer.role is Role.COORDINATOR else column == viewer.party_id


def of_record(column: ColumnElement[int], party_id: int) -> ColumnElement[bool]:
    """Condition that something belongs to a record, or to one of the same person that it absorbed.

    Evidence and other rows that never change stay where they were written; this is how they are read.
    """
    return or_(column == party_id, column.in_(select(_absorbed.id).where(_absorbed.merged_into_id == party_id)))


def application_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on applications: the organization that handles one sees it, and the person whom it is about.

    A vendor handles the application of a person while it employs the person. One that closed in that time stays
    visible to it; the day after the last day it no longer sees one that is open. The owner's index finds the few rows
    of an organization, and only these ask for an employment.
    """
    if sees_everything(viewer):
        return true()
    if viewer.party_id is None:
        return false()
    if viewer.role is Role.COORDINATOR:
        return Application.party_id == viewer.party_id
    own = Application.owner_id == viewer.party_id
    if viewer.role is not Role.VENDOR_HR:
        return own
    in_its_time = exists(
        select(Employment.id).where(
            Employment.coordinator_id == Application.party_id,
            Employment.employer_id == viewer.party_id,
            Employment.superseded_at.is_(None),
            or_(
                Employment.ends_on.is_(None),
                Employment.ends_on >= func.coalesce(Application.closed_on, clock.today()),
            ),
        )
    )
    return and_(own, or_(Application.party_id == viewer.party_id, in_its_time))


def credential_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on credentials: as for the party that holds one."""
    return party_visible(viewer, Credential.__table__.c.party_id)


def file_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on files: the organization that handles one sees it, and the party whom it is about."""
    if sees_everything(viewer):
        return true()
    if viewer.party_id is None:
        return false()
    if viewer.role is Role.VENDOR_HR:
        return StoredFile.owner_id == viewer.party_id
    return StoredFile.party_id == viewer.party_id
