"""Applications: one, those of an organization, and the reviewers' work queue."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Decision, EvaluationRecord, Evidence, ItemReview
from certhub.models.parties import Coordinator, Employment, Party, VendorOrganization
from certhub.models.standards import StandardSet
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, application_visible, of_record
from certhub.rules.employment import handler_of
from certhub.rules.independence import Span
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.permissions import DPH_ROLES, Viewer
from certhub.rules.service_goals import WITH_DEPARTMENT, due_soon_by, is_with_department
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, SubjectType

_Later = aliased(Evidence)
"""Kept, because an alias is dear to make and is made anew for nothing."""


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application in a list."""

    id: int
    party_id: int
    party_name: str
    subject_type: SubjectType
    kind: ApplicationKind
    status: ApplicationStatus
    standard: str
    opened_at: datetime
    submitted_at: datetime | None
    submitted_on: date | None
    owner_name: str
    reviewer: str | None
    stage_from: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class StageFigures:
    """How many applications wait in a stage that is DPH's, how many of them in which state, and since when."""

    status: ApplicationStatus
    waiting: int
    overdue: int
    due_soon: int
    oldest_from: date | None

    @property
    def in_time(self) -> int:
        """Those with more time left."""
        return self.waiting - self.overdue - self.due_soon


def one(viewer: Viewer, application_id: int) -> Application:
    """An application that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(select(Application).where(Application.id == application_id, application_visible(viewer)))
    if found is None:
        raise NotVisible(application_id)
    return found


def page(
    viewer: Viewer,
    *,
    status: ApplicationStatus | None = None,
    subject: SubjectType | None = None,
    cursor: str | None = None,
) -> Page[ApplicationRow]:
    """The viewer's applications, newest first."""
    statement = _rows().where(application_visible(viewer))
    if status is not None:
        statement = statement.where(Application.status == status)
    if subject is not None:
        statement = statement.where(Party.kind == subject)
    return paged(statement, [Application.id], _row, cursor=cursor, newest_first=True)


def queue(
    viewer: Viewer,
    *,
    status: ApplicationStatus = ApplicationStatus.SUBMITTED,
    subject: SubjectType | None = None,
    mine: bool = False,
    overdue_on: date | None = None,
    cursor: str | None = None,
) -> Page[ApplicationRow]:
    """What waits in one status, the soonest due first; what is not DPH's turn by its number.

    `overdue_on` leaves only those that are past their service goal on that day.
    """
    statement = _rows().where(application_visible(viewer), Application.status == status)
    if subject is not None:
        statement = statement.where(Party.kind == subject)
    if mine:
        statement = statement.where(Application.reviewer_id == viewer.id)
    if overdue_on is not None:
        statement = statement.where(Application.due_on < overdue_on)
    keys = [Application.due_on, Application.id] if is_with_department(status) else [Application.id]
    return paged(statement, keys, _row, cursor=cursor)


def stage_figures(viewer: Viewer, *, on: date) -> list[StageFigures]:
    """The stages in which DPH has the next step, in the order of the work, each with how it stands on a day."""
    late = func.sum(case((Application.due_on < on, 1), else_=0))
    soon = func.sum(case((Application.due_on.between(on, due_soon_by(on)), 1), else_=0))
    found = db.session.execute(
        select(Application.status, func.count(), late, soon, func.min(Application.stage_from))
        .where(application_visible(viewer), Application.status.in_(WITH_DEPARTMENT))
        .group_by(Application.status)
    )
    figures = {row[0]: StageFigures(*row) for row in found}
    return [figures.get(status, StageFigures(status, 0, 0, 0, None)) for status in WITH_DEPARTMENT]


def on_the_desk_of(viewer: Viewer) -> int:
    """How many applications the viewer reviews."""
    own = select(func.count()).where(
        Application.reviewer_id == viewer.id,
        Application.status == ApplicationStatus.UNDER_REVIEW,
        application_visible(viewer),
    )
    return db.session.scalar(own) or 0


def waiting(viewer: Viewer) -> dict[ApplicationStatus, int]:
    """How many applications stand in each open status."""
    found = db.session.execute(
        select(Application.status, func.count())
        .where(application_visible(viewer), Application.status.in_(OPEN_STATUSES))
        .group_by(Application.status)
    )
    return {status: number for status, number in found}  # noqa: C416  (a Row is not a pair to the type checker)


def open_for(viewer: Viewer, party_id: int) -> Application | None:
    """The party's open application; there is at most one."""
    return db.session.scalar(
        select(Application).where(
            Application.party_id == party_id, Application.status.in_(OPEN_STATUSES), application_visible(viewer)
        )
    )


def open_of(party_id: int) -> Application | None:
    """The party's open application, whoever handles it."""
    return db.session.scalar(
        select(Application).where(Application.party_id == party_id, Application.status.in_(OPEN_STATUSES))
    )


def open_elsewhere(viewer: Viewer, party_id: int) -> bool:
    """Whether the party has an open application that the viewer may not see."""
    return open_of(party_id) is not None and open_for(viewer, party_id) is None


def handler(application: Application, *, on: date) -> Party | None:
    """The organization that handles an application: its owner, None where that employs the person no longer."""
    if application.party.kind is not SubjectType.COORDINATOR:
        return application.owner
    employed = db.session.scalar(
        select(Employment.id)
        .where(
            Employment.coordinator_id == application.party_id,
            Employment.employer_id == application.owner_id,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
        )
        .limit(1)
    )
    return None if employed is None else application.owner


def left_behind(*, on: date, party_id: int | None = None, limit: int = 1000) -> list[tuple[Application, int]]:
    """Open applications whose owner employs the person no longer while another vendor does, each with that vendor."""
    statement = (
        select(Application)
        .join(Coordinator, Coordinator.id == Application.party_id)
        .where(
            Application.status.in_(OPEN_STATUSES),
            ~_employs(Employment.employer_id == Application.owner_id, on),
            _employs(Employment.employer_id.in_(select(VendorOrganization.__table__.c.id)), on),
        )
        .order_by(Application.id)
        .limit(limit)
    )
    if party_id is not None:
        statement = statement.where(Application.party_id == party_id)
    found = db.session.scalars(statement).all()
    if not found:
        return []
    employers = _vendors_of([one.party_id for one in found])
    return [(one, handler_of(one.owner_id, employers[one.party_id], on)) for one in found]


def handler_with(person_id: int, instead: Mapping[int, Span], *, on: date) -> tuple[int, int] | None:
    """Who handles a person's open application, and who would if employments had other days, by their numbers."""
    owner_id = db.session.scalar(
        select(Application.owner_id).where(Application.party_id == person_id, Application.status.in_(OPEN_STATUSES))
    )
    return (
        None if owner_id is None else (owner_id, handler_of(owner_id, _vendors_of([person_id], instead)[person_id], on))
    )


def _vendors_of(
    person_ids: Collection[int], instead: Mapping[int, Span] | None = None
) -> defaultdict[int, list[tuple[int, Span]]]:
    employers: defaultdict[int, list[tuple[int, Span]]] = defaultdict(list)
    for spell in db.session.scalars(
        select(Employment)
        .join(VendorOrganization, VendorOrganization.id == Employment.employer_id)
        .where(Employment.coordinator_id.in_(person_ids), Employment.superseded_at.is_(None))
    ):
        days = (instead or {}).get(spell.id) or Span(spell.starts_on, spell.ends_on)
        employers[spell.coordinator_id].append((spell.employer_id, days))
    return employers


def _employs(employer: ColumnElement[bool], on: date) -> ColumnElement[bool]:
    return exists(
        select(Employment.id).where(
            Employment.coordinator_id == Application.party_id,
            employer,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
        )
    )


def of_party(viewer: Viewer, party_id: int) -> list[Application]:
    """All applications of a party, newest first."""
    return list(
        db.session.scalars(
            select(Application)
            .where(Application.party_id == party_id, application_visible(viewer))
            .order_by(Application.id.desc())
        )
    )


def newer_than(application: Application) -> Application | None:
    """A later application of the same party that is open or was approved, and so takes the place of this one."""
    return db.session.scalar(
        select(Application)
        .where(
            Application.party_id == application.party_id,
            Application.standard_id == application.standard_id,
            Application.id > application.id,
            Application.status.in_({*OPEN_STATUSES, ApplicationStatus.APPROVED}),
        )
        .order_by(Application.id.desc())
        .limit(1)
    )


def evidence_of(application: Application) -> list[Evidence]:
    """The evidence that stands for an application's party, newest first: not superseded and not taken back.

    For a closed application it is what stood when it was closed.
    """
    cancelled = select(_Later.id).where(_Later.supersedes_id == Evidence.id)
    statement = select(Evidence)
    if application.closed_at is not None:
        statement = statement.where(Evidence.recorded_at <= application.closed_at)
        cancelled = cancelled.where(_Later.recorded_at <= application.closed_at)
    return list(
        db.session.scalars(
            statement.where(
                of_record(Evidence.__table__.c.party_id, application.party_id),
                Evidence.withdrawn.is_(False),
                ~cancelled.exists(),
            ).order_by(Evidence.id.desc())
        )
    )


def entered_by_department(application: Application) -> frozenset[int]:
    """The ids of the evidence of an application that DPH entered itself."""
    return frozenset(
        db.session.scalars(
            select(Evidence.id)
            .join(User, User.id == Evidence.provided_by_id)
            .where(Evidence.application_id == application.id, User.role.in_(DPH_ROLES))
        )
    )


def evidence_given(application: Application, evidence_id: int) -> Evidence:
    """One evidence of an application's party, whether or not it still stands. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Evidence).where(
            Evidence.id == evidence_id,
            of_record(Evidence.__table__.c.party_id, application.party_id),
            Evidence.withdrawn.is_(False),
        )
    )
    if found is None:
        raise NotVisible(evidence_id)
    return found


def reviews_of(application: Application) -> list[ItemReview]:
    """Every word of the reviewers on an application, newest first."""
    return list(
        db.session.scalars(
            select(ItemReview).where(ItemReview.application_id == application.id).order_by(ItemReview.id.desc())
        )
    )


def unseen_items(application: Application) -> set[str]:
    """Requirements with evidence of this application that no reviewer has said a word about yet.

    Older accepted evidence may still meet them; the new one is to be looked at all the same, for the day when the
    older one runs out.
    """
    seen: dict[str, int] = {}
    for review in reviews_of(application):
        seen[review.requirement_code] = max(seen.get(review.requirement_code, 0), review.last_evidence_id or 0)
    return {
        item.requirement_code
        for item in evidence_of(application)
        if item.application_id == application.id and item.id > seen.get(item.requirement_code, 0)
    }


def decision_of(application: Application) -> tuple[Decision, EvaluationRecord] | None:
    """The latest decision with the evaluation that it rests on; one that was set aside, while there is no other."""
    found = db.session.execute(
        select(Decision, EvaluationRecord)
        .join(EvaluationRecord, EvaluationRecord.id == Decision.evaluation_id)
        .where(Decision.application_id == application.id)
        .order_by(Decision.id.desc())
    ).first()
    return (found[0], found[1]) if found else None


def _rows() -> Select[*tuple[Any, ...]]:
    owner = aliased(Party, flat=True)
    return (
        select(
            Application.id,
            Application.party_id,
            Party.name,
            Party.kind,
            Application.kind,
            Application.status,
            StandardSet.code,
            Application.opened_at,
            Application.submitted_at,
            Application.submitted_on,
            owner.name,
            User.name,
            Application.stage_from,
            Application.due_on,
        )
        .select_from(Application)
        .join(Party, Party.id == Application.party_id)
        .join(owner, owner.id == Application.owner_id)
        .join(StandardSet, StandardSet.id == Application.standard_id)
        .outerjoin(User, User.id == Application.reviewer_id)
    )


def _row(row: Row[*tuple[Any, ...]]) -> ApplicationRow:
    return ApplicationRow(*row[:14])
