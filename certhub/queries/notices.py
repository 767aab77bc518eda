"""Notices of actions and denials with their hearings."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.models.certification import Application, Credential, Decision, StatusEvent
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.parties import Employment, Party
from certhub.models.review import ApplicationStage
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import HearingOutcome


def one(viewer: Viewer, notice_id: int) -> ActionNotice:
    """A notice that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(ActionNotice).where(
            ActionNotice.id == notice_id, party_visible(viewer, ActionNotice.__table__.c.party_id)
        )
    )
    if found is None:
        raise NotVisible(notice_id)
    return found


def hearing_of(notice: ActionNotice) -> list[HearingEntry]:
    """The steps of the hearing about a notice, in the order in which they were recorded."""
    return list(
        db.session.scalars(
            select(HearingEntry)
            .where(HearingEntry.notice_id == notice.id)
            .options(joinedload(HearingEntry.file), joinedload(HearingEntry.recorded_by))
            .order_by(HearingEntry.id)
        )
    )


def of_application(application: Application) -> list[ActionNotice]:
    """The notices of what an application lacked and of its denials, newest first."""
    decisions = select(Decision.id).where(Decision.application_id == application.id)
    stages = select(ApplicationStage.id).where(ApplicationStage.application_id == application.id)
    return list(
        db.session.scalars(
            select(ActionNotice)
            .where(or_(ActionNotice.decision_id.in_(decisions), ActionNotice.stage_id.in_(stages)))
            .order_by(ActionNotice.id.desc())
        )
    )


def modification_of(application: Application) -> HearingEntry | None:
    """The hearing that modified the latest decision about an application, a denial, into a grant under conditions."""
    latest = select(func.max(Decision.id)).where(Decision.application_id == application.id).scalar_subquery()
    return db.session.scalar(
        select(HearingEntry)
        .join(ActionNotice, ActionNotice.id == HearingEntry.notice_id)
        .where(ActionNotice.decision_id == latest, HearingEntry.outcome == HearingOutcome.MODIFIED)
    )


def application_of(notice: ActionNotice) -> int | None:
    """The application that a notice is about; None for a notice about a credential."""
    about = notice.decision or notice.stage
    return about.application_id if about else None


def of_credential(viewer: Viewer, credential: Credential) -> list[ActionNotice]:
    """The notices about a credential and the denials under its standard that the viewer may see, newest first."""
    events = select(StatusEvent.id).where(StatusEvent.credential_id == credential.id)
    denials = (
        select(Decision.id)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.party_id == credential.party_id, Application.standard_id == credential.standard_id)
    )
    return list(
        db.session.scalars(
            select(ActionNotice)
            .where(
                or_(ActionNotice.status_event_id.in_(events), ActionNotice.decision_id.in_(denials)),
                party_visible(viewer, ActionNotice.__table__.c.party_id),
            )
            .options(joinedload(ActionNotice.status_event))
            .order_by(ActionNotice.id.desc())
        )
    )


def hearings_of(notices: Collection[ActionNotice]) -> dict[int, list[HearingEntry]]:
    """The steps of the hearings about some notices, in the order in which they were recorded, by notice."""
    found: dict[int, list[HearingEntry]] = {notice.id: [] for notice in notices}
    if found:
        for entry in db.session.scalars(
            select(HearingEntry).where(HearingEntry.notice_id.in_(list(found))).order_by(HearingEntry.id)
        ):
            found[entry.notice_id].append(entry)
    return found


def event_now(notice: ActionNotice) -> StatusEvent | None:
    """The event of a notice as it counts now; None where it was set aside, or where the notice is of a denial."""
    event = notice.status_event
    while event is not None and event.superseded_at is not None:
        event = db.session.scalar(select(StatusEvent).where(StatusEvent.supersedes_id == event.id))
    return event


def employers_of(party_id: int, *, on: date) -> list[Party]:
    """Whoever employs a person on a day, or is about to."""
    return list(
        db.session.scalars(
            select(Party).where(
                Party.id.in_(
                    select(Employment.employer_id).where(
                        Employment.coordinator_id == party_id,
                        Employment.superseded_at.is_(None),
                        Employment.ends_on.is_(None) | (Employment.ends_on >= on),
                    )
                )
            )
        )
    )
