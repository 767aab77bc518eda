"""Whether what a due date hangs on still stands: a credential that has not ended for good, and the holder's life."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, or_

from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.status import ENDING_EVENTS
from certhub.rules.vocabulary import StatusEventKind

CREDENTIAL_ENDED = "credential ended"


def ended(day: date, credential_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether the credential has ended for good by `day`."""
    return exists().where(ending_events(day, credential_id))


def ending_events(day: date, credential_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Condition on status events: it is one by which the credential has ended for good by `day`."""
    return and_(
        StatusEvent.credential_id == credential_id,
        StatusEvent.superseded_at.is_(None),
        StatusEvent.kind.in_(ENDING_EVENTS),
        StatusEvent.effective_on <= day,
        or_(StatusEvent.ends_on.is_(None), StatusEvent.ends_on >= day),
    )


def holds_credential(day: date, party_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether the party holds a credential that has not ended for good."""
    return exists().where(Credential.party_id == party_id, ~ended(day, Credential.__table__.c.id))


def is_over(day: date, party_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether the party held a credential, holds none that can still be used or renewed, and applies for none.

    Who never held one is not over: papers are gathered before the first application.
    """
    credential, period = Credential.__table__.c, CredentialPeriod
    renewable = exists().where(
        period.credential_id == credential.id, period.superseded_at.is_(None), period.reinstatement_until >= day
    )
    stands = exists().where(credential.party_id == party_id, renewable, ~ended(day, credential.id))
    applies = exists().where(Application.party_id == party_id, Application.status.in_(sorted(OPEN_STATUSES)))
    return and_(exists().where(credential.party_id == party_id), ~stands, ~applies)


def has_died(day: date, party_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether it is on file that the person has died."""
    return exists().where(
        Credential.party_id == party_id,
        StatusEvent.credential_id == Credential.id,
        StatusEvent.superseded_at.is_(None),
        StatusEvent.kind == StatusEventKind.DECEASED,
        StatusEvent.effective_on <= day,
        or_(StatusEvent.ends_on.is_(None), StatusEvent.ends_on >= day),
    )
