"""State meetings: those to come and those before, one of them, who answered, and whom to invite."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub import clock
from certhub.database import db
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening, ConveningAnswer, ConveningAttendance
from certhub.models.parties import Coordinator, Employment, Party, VendorOrganization
from certhub.queries import participations
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, of_record, party_visible
from certhub.rules.convenings import MeetingFacts, MeetingState, state_of
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.vocabulary import Region

MOST_TO_COME = 100
"""Meetings to come that a page lists: many years of them."""

_party = Party.__table__.c
_person = Coordinator.__table__.c
_Later = aliased(ConveningAnswer)


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list; `coming` and `attended` count those of the people whom the viewer sees."""

    id: int
    title: str
    facts: MeetingFacts
    held_on: date
    state: MeetingState
    coming: int
    attended: int


@dataclass(frozen=True, slots=True)
class Own:
    """What a coordinator reads of themselves at a meeting."""

    is_coming: bool | None
    attended: bool


def one(viewer: Viewer, convening_id: int) -> Convening:
    """A meeting. Raises `NotVisible` for whoever has nothing to do with meetings, and where there is none."""
    found = db.session.get(Convening, convening_id)
    if found is None or not may(viewer, Permission.CONVENING_READ):
        raise NotVisible(convening_id)
    return found


def to_come(viewer: Viewer) -> list[MeetingRow]:
    """The meetings from today on, the next one first; those that were cancelled among them."""
    rows = db.session.execute(
        _listed(viewer)
        .where(Convening.held_on >= clock.today())
        .order_by(Convening.held_on, Convening.id)
        .limit(MOST_TO_COME)
    )
    return [_row(row) for row in rows]


def past(viewer: Viewer, *, cursor: str | None) -> Page[MeetingRow]:
    """The meetings of the days before today, the latest first."""
    statement = _listed(viewer).where(Convening.held_on < clock.today())
    return paged(statement, [Convening.held_on, Convening.id], _row, cursor=cursor, newest_first=True)


def facts_of(meeting: Convening) -> MeetingFacts:
    """A meeting as the rules see it."""
    return MeetingFacts(
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        link=meeting.link,
        region=meeting.region,
        agenda=tuple(topic.title for topic in meeting.topics),
    )


def own(viewer: Viewer, meeting: Convening) -> Own | None:
    """The answer and the attendance of the coordinator who looks; None for everybody else."""
    if viewer.party_id is None or not may(viewer, Permission.CONVENING_ANSWER):
        return None
    mine = answers_of(meeting.id, [viewer.party_id])
    was_there = exists(
        select(ConveningAttendance.id).where(
            ConveningAttendance.convening_id == meeting.id,
            of_record(ConveningAttendance.__table__.c.coordinator_id, viewer.party_id),
            ConveningAttendance.attended,
            participations.stands(),
        )
    )
    return Own(mine.get(viewer.party_id), bool(db.session.scalar(select(was_there))))


def answers_of(convening_id: int, people: Collection[int]) -> dict[int, bool]:
    """The latest answer of each of some people."""
    rows = db.session.execute(
        select(ConveningAnswer.coordinator_id, ConveningAnswer.is_coming).where(
            ConveningAnswer.convening_id == convening_id, ConveningAnswer.coordinator_id.in_(people), is_latest()
        )
    )
    return {row[0]: row[1] for row in rows}


def is_latest() -> ColumnElement[bool]:
    """Condition on answers: the person gave none after it."""
    return ~exists(
        select(_Later.id).where(
            _Later.convening_id == ConveningAnswer.convening_id,
            _Later.coordinator_id == ConveningAnswer.coordinator_id,
            _Later.id > ConveningAnswer.id,
        )
    )


def addresses_of_coming(convening_id: int) -> list[tuple[str, str, int]]:
    """Address, name and number of everybody who said they come and can be written to."""
    rows = db.session.execute(
        select(_party.email, _party.name, _party.id)
        .join(ConveningAnswer, ConveningAnswer.coordinator_id == _party.id)
        .where(
            ConveningAnswer.convening_id == convening_id,
            ConveningAnswer.is_coming,
            is_latest(),
            _party.email.is_not(None),
        )
        .order_by(_party.email)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def invitations(meeting: Convening) -> Announcement | None:
    """The invitations, where somebody asked for them."""
    return db.session.scalar(select(Announcement).where(Announcement.convening_id == meeting.id))


def number_to_invite(meeting: Convening, *, on: date) -> int:
    """How many invitations go out: one for each e-mail address."""
    return int(db.session.scalar(_invited(meeting.region, on).with_only_columns(func.count(_party.email))) or 0)


def next_to_invite(meeting: Convening, *, on: date, after: str, limit: int | None) -> list[tuple[str, str, int]]:
    """The next recipients of invitations after one address, in the order of addresses."""
    rows = db.session.execute(
        _invited(meeting.region, on).where(_party.email > after).order_by(_party.email).limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def may_attend(region: Region | None, on: date) -> ColumnElement[bool]:
    """Condition on coordinators: who works for a vendor on a day, in the region that a meeting is for."""
    working = exists(
        select(Employment.id).where(
            Employment.coordinator_id == _person.id,
            Employment.employer_id.in_(select(VendorOrganization.__table__.c.id)),
            Employment.superseded_at.is_(None),
            Employment.starts_on <= on,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
        )
    )
    here: ColumnElement[bool] = _person.merged_into_id.is_(None) & working
    return here if region is None else here & (_party.region == region)


def _invited(region: Region | None, on: date) -> Select[Any]:
    return (
        select(_party.email, _party.name, _party.id)
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(may_attend(region, on), _party.email.is_not(None))
    )


def _listed(viewer: Viewer) -> Select[Any]:
    coming = (
        select(func.count(ConveningAnswer.id))
        .where(
            ConveningAnswer.convening_id == Convening.id,
            ConveningAnswer.is_coming,
            is_latest(),
            party_visible(viewer, ConveningAnswer.__table__.c.coordinator_id),
        )
        .scalar_subquery()
    )
    attended = (
        select(func.count(ConveningAttendance.id))
        .where(
            ConveningAttendance.convening_id == Convening.id,
            ConveningAttendance.attended,
            participations.stands(),
            party_visible(viewer, ConveningAttendance.__table__.c.coordinator_id),
        )
        .scalar_subquery()
    )
    return select(Convening, coming, attended)


def _row(row: Any) -> MeetingRow:
    meeting: Convening = row[0]
    return MeetingRow(
        id=meeting.id,
        title=meeting.title,
        facts=MeetingFacts(
            meeting.title, meeting.starts_at, meeting.ends_at, meeting.place, meeting.link, meeting.region, agenda=()
        ),
        held_on=meeting.held_on,
        state=state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=clock.now()),
        coming=row[1],
        attended=row[2],
    )
