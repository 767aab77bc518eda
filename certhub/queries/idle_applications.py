"""Applications that their applicants left alone for longer than the version that judges them allows."""

import itertools
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.models.certification import Application
from certhub.models.standards import StandardSet
from certhub.queries import evaluations, standards
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.terms import closes_on


def left_alone(day: date, *, limit: int) -> list[Application]:
    """Applications that their applicants left alone for too long by `day`, the oldest first."""
    found = [one.id for standard_id in _standards() for one in itertools.islice(_left_alone(standard_id, day), limit)]
    return list(
        db.session.scalars(
            select(Application)
            .where(Application.id.in_(found), Application.status.in_(WITH_APPLICANT))
            .order_by(Application.with_applicant_from, Application.id)
            .limit(limit)
            .with_for_update(of=Application, skip_locked=True)  # somebody who is just submitting it comes first
        )
    )


def count(day: date) -> int:
    """How many applications their applicants left alone for too long by `day`."""
    return sum(1 for standard_id in _standards() for _ in _left_alone(standard_id, day))


def _standards() -> list[int]:
    return list(db.session.scalars(select(StandardSet.id).order_by(StandardSet.id)))


def _left_alone(standard_id: int, day: date) -> Iterator[Application]:
    """Applications under a standard whose own version says that they are closed by `day`, the oldest first.

    Versions may allow different times: those that the shortest would close are asked one by one.
    """
    shortest = min(standards.definition_of(one).terms.incomplete_expires_days for one in standards.adopted(standard_id))
    candidates = db.session.scalars(
        select(Application)
        .where(
            Application.standard_id == standard_id,
            Application.status.in_(WITH_APPLICANT),
            Application.with_applicant_from < day - timedelta(days=shortest),
        )
        .order_by(Application.with_applicant_from, Application.id)
    )
    for application in candidates:
        policy = standards.definition_of(evaluations.version_of(application, as_of=day)).terms
        since = application.with_applicant_from
        if since is not None and closes_on(policy, since).on <= day:
            yield application
