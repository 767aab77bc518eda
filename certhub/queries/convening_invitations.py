"""Who is still to be invited to a state meeting, and who hears of what becomes of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, false, func, or_, select

from certhub.database import db
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening, ConveningInvitation
from certhub.models.parties import Coordinator, Party
from certhub.queries import convening_answers, convenings
from certhub.queries.convening_answers import Said
from certhub.rules.convenings import MeetingNews

_party = Party.__table__.c
_person = Coordinator.__table__.c
_Guest = Coordinator.__table__.alias("guest")
_guest = _Guest.c


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to write to about a meeting, with what they said; None where they said nothing."""

    email: str
    name: str
    party_id: int
    said: Said | None


def letters_of(meeting: Convening) -> list[Announcement]:
    """The letters about a meeting that were asked for last, one of each kind of news, in the order of asking."""
    latest = (
        select(func.max(Announcement.id)).where(Announcement.convening_id == meeting.id).group_by(Announcement.news)
    )
    return list(db.session.scalars(select(Announcement).where(Announcement.id.in_(latest)).order_by(Announcement.id)))


def is_inviting(meeting: Convening) -> bool:
    """Whether the worker still writes invitations to a meeting."""
    return _waits(meeting, Announcement.news == MeetingNews.INVITATION)


def is_change_waiting(meeting: Convening) -> bool:
    """Whether letters about an earlier change wait and none of them is written: they tell a later one, too."""
    return _waits(meeting, Announcement.news == MeetingNews.CHANGE, Announcement.last_recipient == "")


def was_anybody_invited(meeting: Convening) -> bool:
    """Whether a single invitation went out."""
    return bool(db.session.scalar(select(exists().where(ConveningInvitation.convening_id == meeting.id))))


def standing_of(people: Collection[int], *, convening_id: int) -> dict[int, bool]:
    """Of those of some people who were invited to a meeting, whether the invitation stands or was taken back."""
    invited = _standing(convening_id).c
    rows = db.session.execute(select(invited.person_id, invited.taken_back).where(invited.person_id.in_(people)))
    return {row[0]: not row[1] for row in rows}


def number_to_invite(meeting: Convening, *, on: date) -> int:
    """How many invitations would go out: one for each e-mail address."""
    return _number(_to_invite(meeting, on))


def next_to_invite(meeting: Convening, *, on: date, after: str, limit: int | None) -> list[Reader]:
    """The next people to invite after one address, in the order of addresses."""
    return _next(_to_invite(meeting, on), after, limit)


def number_to_tell(meeting: Convening) -> int:
    """How many people hear of a change or of the cancellation: who comes, and who was invited and said nothing."""
    return _number(_concerned(meeting)[0])


def next_to_tell(meeting: Convening, *, after: str, limit: int | None) -> list[Reader]:
    """The next people after one address who hear of the news; whoever was invited with it knows it already."""
    statement, invited = _concerned(meeting)
    knows = and_(_is_invited(invited), invited.c.sequence >= meeting.sequence)
    return _next(statement.where(~knows), after, limit)


def number_not_meant(meeting: Convening) -> int:
    """How many people were invited, said nothing, and are not meant any more, because of another region."""
    return _number(_not_meant(meeting))


def next_not_meant(meeting: Convening, *, after: str, limit: int | None) -> list[Reader]:
    """The next people after one address who are not meant any more."""
    return _next(_not_meant(meeting), after, limit)


def _to_invite(meeting: Convening, on: date) -> Select[Any]:
    """Whoever may attend, was not invited before, and has not declined already."""
    statement, said, invited = _people(meeting)
    return statement.where(
        convenings.may_attend(meeting.region, on), ~_is_invited(invited), or_(said.c.id.is_(None), said.c.is_coming)
    )


def _concerned(meeting: Convening) -> tuple[Select[Any], Subquery]:
    statement, said, invited = _people(meeting)
    is_awaited = and_(said.c.id.is_(None), _is_invited(invited))
    return statement.where(or_(said.c.is_coming, is_awaited)), invited


def _not_meant(meeting: Convening) -> Select[Any]:
    statement, said, invited = _people(meeting)
    elsewhere = _party.region.is_distinct_from(meeting.region) if meeting.region else false()
    return statement.where(said.c.id.is_(None), _is_invited(invited), elsewhere)


def _people(meeting: Convening) -> tuple[Select[Any], Subquery, Subquery]:
    said, invited = convening_answers.of_meeting(meeting.id), _standing(meeting.id)
    statement = (
        select(_party.email, _party.name, _party.id, said.c.is_coming, said.c.times, said.c.recorded_at)
        .join(Coordinator.__table__, _person.id == _party.id)
        .outerjoin(said, said.c.person_id == _party.id)
        .outerjoin(invited, invited.c.person_id == _party.id)
        .where(_person.merged_into_id.is_(None), _party.email.is_not(None))
    )
    return statement, said, invited


def _is_invited(invited: Subquery) -> ColumnElement[bool]:
    return invited.c.taken_back.is_(False)  # which nothing is, too, where there is no invitation


def _standing(convening_id: int) -> Subquery:
    """Of each person, whatever record it was written for, the invitation that counts or that it was taken back."""
    person = func.coalesce(_guest.merged_into_id, _guest.id)
    latest = (
        select(person.label("person_id"), func.max(ConveningInvitation.id).label("id"))
        .join(_Guest, _guest.id == ConveningInvitation.coordinator_id)
        .where(ConveningInvitation.convening_id == convening_id)
        .group_by(person)
        .subquery()
    )
    return (
        select(latest.c.person_id, ConveningInvitation.taken_back, ConveningInvitation.sequence)
        .join(ConveningInvitation, ConveningInvitation.id == latest.c.id)
        .subquery("invited")
    )


def _number(statement: Select[Any]) -> int:
    return int(db.session.scalar(statement.with_only_columns(func.count(_party.email))) or 0)


def _next(statement: Select[Any], after: str, limit: int | None) -> list[Reader]:
    rows = db.session.execute(statement.where(_party.email > after).order_by(_party.email).limit(limit))
    return [Reader(row[0], row[1], row[2], Said(*row[3:]) if row[4] else None) for row in rows]


def _waits(meeting: Convening, *which: ColumnElement[bool]) -> bool:
    found = exists().where(Announcement.convening_id == meeting.id, Announcement.finished_at.is_(None), *which)
    return bool(db.session.scalar(select(found)))
