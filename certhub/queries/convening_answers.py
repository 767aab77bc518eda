"""Who said that they come to state meetings: the latest answer of a person counts, on whichever of their records."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, or_, select

from certhub.database import db
from certhub.models.convenings import ConveningAnswer
from certhub.models.parties import Coordinator

_Giver = Coordinator.__table__.alias("giver")
_giver = _Giver.c
_absorbed = Coordinator.__table__.alias("absorbed").c


@dataclass(frozen=True, slots=True)
class Said:
    """The answer of one person that counts; `times` is how many there were with it, and only rises."""

    is_coming: bool
    times: int
    recorded_at: datetime


def standing(*which: ColumnElement[bool]) -> Subquery:
    """Of each meeting and person the answer that counts, among those that `which` admits."""
    person = func.coalesce(_giver.merged_into_id, _giver.id)
    latest = (
        select(
            ConveningAnswer.convening_id,
            person.label("person_id"),
            func.max(ConveningAnswer.id).label("id"),
            func.count(ConveningAnswer.id).label("times"),
        )
        .join(_Giver, _giver.id == ConveningAnswer.coordinator_id)
        .where(*which)
        .group_by(ConveningAnswer.convening_id, person)
        .subquery()
    )
    return (
        select(latest, ConveningAnswer.is_coming, ConveningAnswer.recorded_at)
        .join(ConveningAnswer, ConveningAnswer.id == latest.c.id)
        .subquery("said")
    )


def of_meeting(convening_id: int) -> Subquery:
    """The answers to one meeting that count."""
    return standing(ConveningAnswer.convening_id == convening_id)


def of_people(people: Collection[int]) -> ColumnElement[bool]:
    """Condition on answers: they were given for some people, on their records or on those that these absorbed."""
    return or_(
        ConveningAnswer.coordinator_id.in_(people),
        ConveningAnswer.coordinator_id.in_(select(_absorbed.id).where(_absorbed.merged_into_id.in_(people))),
    )


def said_by(people: Collection[int] | None, *, convening_id: int) -> dict[int, Said]:
    """What each of some people answered to a meeting, by person; None means everybody."""
    whose = () if people is None else (of_people(people),)
    said = standing(ConveningAnswer.convening_id == convening_id, *whose).c
    rows = db.session.execute(select(said.person_id, said.is_coming, said.times, said.recorded_at))
    return {row[0]: Said(*row[1:]) for row in rows}


def said_to(meetings: Collection[int], *, person_id: int) -> dict[int, Said]:
    """What one person answered to each of some meetings, by meeting."""
    said = standing(ConveningAnswer.convening_id.in_(meetings), of_people([person_id])).c
    rows = db.session.execute(select(said.convening_id, said.is_coming, said.times, said.recorded_at))
    return {row[0]: Said(*row[1:]) for row in rows}
