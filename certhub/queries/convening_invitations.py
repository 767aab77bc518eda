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
    return _next(meeting, _to_invite(meeting, on), after, limit)


def number_to_tell(meeting: Convening) -> int:
    """How many people hear of a change or of the cancellation: who comes, and who was invited and said nothing."""
    return _number(_concerned(meeting))


def next_to_tell(meeting: Convening, *, after: str, limit: int | None) -> list[Reader]:
    """The next people after one address who hear of the news; whoever was invited with it knows it already."""
    return _next(meeting, _concerned(meeting).where(~_is_invited(meeting, with_news=True)), after, limit)


def number_not_meant(meeting: Convening) -> int:
    """How many people were invited, said nothing, and are not meant any more, because of another region."""
    return _number(_not_meant(meeting))


def next_not_meant(meeting: Convening, *, after: str, limit: int | None) -> list[Reader]:
    """The next people after one address who are not meant any more."""
    return _next(meeting, _not_meant(meeting), after, limit)


def _to_invite(meeting: Convening, on: date) -> Select[Any]:
    """Whoever may attend, was not invited before, and has not declined already."""
    return _people().where(
        convenings.may_attend(meeting.region, on),
        ~_is_invited(meeting),
        ~_person.id.in_(_answers(meeting, is_coming=False)),
    )


def _concerned(meeting: Convening) -> Select[Any]:
    is_awaited = and_(~_person.id.in_(_answers(meeting)), _is_invited(meeting))
    return _people().where(or_(_person.id.in_(_answers(meeting, is_coming=True)), is_awaited))


def _not_meant(meeting: Convening) -> Select[Any]:
    elsewhere = _party.region.is_distinct_from(meeting.region) if meeting.region else false()
    return _people().where(~_person.id.in_(_answers(meeting)), _is_invited(meeting), elsewhere)


def _people() -> Select[Any]:
    return (
        select(_party.email, _party.name, _party.id)
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(_person.merged_into_id.is_(None), _party.email.is_not(None))
    )


# These are sets, made once for a statement; SQLite would go through a join with them anew for each person.


def _answers(meeting: Convening, *, is_coming: bool | None = None) -> Select[Any]:
    """Who answered, and with `is_coming` who answered that."""
    said = convening_answers.of_meeting(meeting.id).c
    statement = select(said.person_id)
    return statement if is_coming is None else statement.where(said.is_coming.is_(is_coming))


def _is_invited(meeting: Convening, *, with_news: bool = False) -> ColumnElement[bool]:
    """Condition that an invitation stands, and `with_news` that it told of the meeting as it is now."""
    invited = _standing(meeting.id).c
    statement = select(invited.person_id).where(invited.taken_back.is_(False))
    if with_news:
        statement = statement.where(invited.sequence >= meeting.sequence)
    return _person.id.in_(statement)


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


def _next(meeting: Convening, statement: Select[Any], after: str, limit: int | None) -> list[Reader]:
    rows = db.session.execute(statement.where(_party.email > after).order_by(_party.email).limit(limit)).all()
    people = None if limit is None else [row[2] for row in rows]
    said = convening_answers.said_by(people, convening_id=meeting.id)
    return [Reader(row[0], row[1], row[2], said.get(row[2])) for row in rows]


def _waits(meeting: Convening, *which: ColumnElement[bool]) -> bool:
    found = exists().where(Announcement.convening_id == meeting.id, Announcement.finished_at.is_(None), *which)
    return bool(db.session.scalar(select(found)))
