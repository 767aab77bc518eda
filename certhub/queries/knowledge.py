"""What counted at an instant: rows by the two times at which they were recorded and superseded, applications by theirs.

`known_at` is the instant whose knowledge counts; None is what is known now.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from certhub.models.certification import Application, CredentialPeriod, StatusEvent
from certhub.models.contracts import ContractPeriod
from certhub.models.parties import Assignment, Employment, ExternalLicence
from certhub.models.review import ApplicationStage
from certhub.rules.lifecycle import is_open
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus

Day = date | SQLColumnExpression[date]

RENEWING = (ApplicationKind.RENEWAL, ApplicationKind.REINSTATEMENT)
"""The applications that can carry a credential past its last day, if they were complete and in time."""

_CLOSED = [status for status in ApplicationStatus if not is_open(status)]

TwoTimes = (
    type[CredentialPeriod]
    | type[StatusEvent]
    | type[Employment]
    | type[Assignment]
    | type[ExternalLicence]
    | type[ContractPeriod]
)
"""The tables whose rows are recorded at one instant and superseded at another, never overwritten."""


def known(row: TwoTimes, known_at: datetime | None) -> ColumnElement[bool]:
    """Condition that `row` counted at `known_at`."""
    if known_at is None:
        return row.superseded_at.is_(None)
    return and_(row.recorded_at <= known_at, or_(row.superseded_at.is_(None), row.superseded_at > known_at))


def submitted(application: type[Application], known_at: datetime | None) -> ColumnElement[bool]:
    """Condition that the application can carry a credential on, and was submitted."""
    handed_over = application.submitted_at.is_not(None) if known_at is None else application.submitted_at <= known_at
    return and_(application.kind.in_(RENEWING), handed_over)


def completed(application: type[Application], known_at: datetime | None) -> ColumnElement[bool]:
    """Condition that the completeness check had passed."""
    if known_at is None:
        return application.complete_at.is_not(None)
    return func.coalesce(application.complete_at <= known_at, literal(False))  # noqa: FBT003  (an SQL literal)


def closed_on(application: type[Application], known_at: datetime | None) -> ColumnElement[date | None]:
    """The day on which the application was closed; NULL while it waits."""
    if known_at is None:
        return application.closed_on.expression
    # One that was reopened since has no such day any more; its stages say whether it was closed then.
    stage = aliased(ApplicationStage)
    last = (
        select(case((stage.status.in_(_CLOSED), stage.entered_on), else_=null()))
        .where(stage.application_id == application.id, stage.recorded_at <= known_at)
        .order_by(stage.id.desc())
        .limit(1)
        .correlate_except(stage)
        .scalar_subquery()
    )
    return case((application.closed_at <= known_at, application.closed_on), else_=last)


def waits(application: type[Application], as_of: Day, known_at: datetime | None) -> ColumnElement[bool]:
    """Condition that a complete renewal was submitted by `as_of` and not closed on or before it."""
    closed = closed_on(application, known_at)
    return and_(
        submitted(application, known_at),
        completed(application, known_at),
        application.submitted_on <= as_of,
        or_(closed.is_(None), closed > as_of),
    )
