"""Which meetings people attended, as the rules see it: for one person, or for everybody at once."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Subquery, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.convenings import Convening, ConveningAttendance
from certhub.models.parties import Coordinator
from certhub.rules.dossier import ParticipationItem

STATE_MEETING = "state_meeting"
"""How standards name this kind of event."""

_Later = aliased(ConveningAttendance)
_Attendee = Coordinator.__table__.alias("attendee")
_person = _Attendee.c
_absorbed = Coordinator.__table__.alias("absorbed").c


def stands() -> ColumnElement[bool]:
    """Condition on rows of attendance: nothing supersedes it."""
    return ~select(_Later.id).where(_Later.supersedes_id == ConveningAttendance.id).exists()


def people_at(*which: ColumnElement[bool]) -> Subquery:
    """Who was at meetings, among the rows that `which` admits: each person once, on whichever of their records."""
    return (
        select(
            ConveningAttendance.convening_id,
            func.coalesce(_person.merged_into_id, ConveningAttendance.coordinator_id).label("person_id"),
        )
        .join(_Attendee, _person.id == ConveningAttendance.coordinator_id)
        .where(ConveningAttendance.attended, stands(), *which)
        .distinct()
        .subquery("there")
    )


def of_people(
    whose: Callable[[SQLColumnExpression[Any]], ColumnElement[bool]], as_of: date
) -> dict[int, list[ParticipationItem]]:
    """The meetings up to a day that the people whom `whose` admits attended; what a merged record attended counts.

    A meeting that was recorded on both records of a person is one.
    """
    # Both on one column, so that the index of its people finds them.
    absorbed = select(_absorbed.id).where(_absorbed.merged_into_id.is_not(None), whose(_absorbed.merged_into_id))
    holder = func.coalesce(_person.merged_into_id, ConveningAttendance.coordinator_id)
    rows = db.session.execute(
        select(holder, Convening.id, Convening.title, Convening.held_on)
        .select_from(ConveningAttendance)
        .join(Convening, Convening.id == ConveningAttendance.convening_id)
        .join(_Attendee, _person.id == ConveningAttendance.coordinator_id)
        .where(
            or_(whose(ConveningAttendance.coordinator_id), ConveningAttendance.coordinator_id.in_(absorbed)),
            ConveningAttendance.attended,
            stands(),
            Convening.cancelled_at.is_(None),
            Convening.held_on <= as_of,
        )
        .distinct()
        .order_by(Convening.held_on, Convening.id)
    )
    found: defaultdict[int, list[ParticipationItem]] = defaultdict(list)
    for party_id, number, title, held_on in rows:
        found[party_id].append(ParticipationItem(number, STATE_MEETING, title, held_on))
    return found
