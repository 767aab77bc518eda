"""Whether what a due date hangs on still stands: a credential that has not ended for good."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, or_

from certhub.models.certification import Credential, StatusEvent
from certhub.rules.status import ENDING_EVENTS


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
