"""State meetings: those to come and those before, one of them, and how it stands with the people whom somebody sees."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.convenings import Convening, ConveningAnswer, ConveningAttendance
from certhub.models.parties import Coordinator, Employment, Party, VendorOrganization
from certhub.queries import convening_answers, participations
from certhub.queries.convening_answers import Said
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, of_record, party_visible
from certhub.rules.convenings import MeetingFacts, MeetingState, state_of
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.vocabulary import Region

MOST_TO_COME = 100
"""Meetings to come that a page lists: many years of them."""

_party = Party.__table__.c
_person = Coordinator.__table__.c


@dataclass(frozen=True, slots=True)
class Own:
    """What a coordinator reads of themselves at a meeting."""

    said: Said | None
    attended: bool


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list; `coming` and `attended` count those of the people whom the viewer sees.

    A coordinator reads `own` instead.
    """

    id: int
    title: str
    facts: MeetingFacts
    held_on: date
    state: MeetingState
    coming: int = 0
    attended: int = 0
    own: Own | None = None


def one(viewer: Viewer, convening_id: int) -> Convening:
    """A meeting. Raises `NotVisible` for whoever has nothing to do with meetings, and where there is none."""
    found = db.session.get(Convening, convening_id)
    if found is None or not may(viewer, Permission.CONVENING_READ):
        raise NotVisible(convening_id)
    return found


def to_come(viewer: Viewer) -> list[MeetingRow]:
    """The meetings from today on, the next one first; those that were cancelled among them."""
    found = db.session.scalars(
        select(Convening)
        .where(Convening.held_on >= clock.today())
        .order_by(Convening.held_on, Convening.id)
        .limit(MOST_TO_COME)
    )
    return _completed(viewer, [_row(meeting) for meeting in found])


def past(viewer: Viewer, *, cursor: str | None) -> Page[MeetingRow]:
    """The meetings of the days before today, the latest first."""
    statement = select(Convening).where(Convening.held_on < clock.today())
    found = paged(
        statement, [Convening.held_on, Convening.id], lambda row: _row(row[0]), cursor=cursor, newest_first=True
    )
    return replace(found, rows=_completed(viewer, found.rows))


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
    return _own(viewer, [meeting.id]).get(meeting.id)


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


def _completed(viewer: Viewer, rows: list[MeetingRow]) -> list[MeetingRow]:
    """The rows with what the viewer sees of people: of a coordinator the own, of everybody else how many."""
    ids = [row.id for row in rows]
    mine = _own(viewer, ids)
    if mine:
        return [replace(row, own=mine[row.id]) for row in rows]
    coming, attended = _coming(viewer, ids), _attended(viewer, ids)
    return [replace(row, coming=coming.get(row.id, 0), attended=attended.get(row.id, 0)) for row in rows]


def _own(viewer: Viewer, ids: Collection[int]) -> dict[int, Own]:
    if viewer.party_id is None or not may(viewer, Permission.CONVENING_ANSWER):
        return {}
    said = convening_answers.said_to(ids, person_id=viewer.party_id)
    was_there = set(
        db.session.scalars(
            select(ConveningAttendance.convening_id).where(
                ConveningAttendance.convening_id.in_(ids),
                of_record(ConveningAttendance.__table__.c.coordinator_id, viewer.party_id),
                ConveningAttendance.attended,
                participations.stands(),
            )
        )
    )
    return {number: Own(said.get(number), number in was_there) for number in ids}


def _coming(viewer: Viewer, ids: Collection[int]) -> dict[int, int]:
    said = convening_answers.standing(ConveningAnswer.convening_id.in_(ids)).c
    return _numbers(
        select(said.convening_id, func.count())
        .where(said.is_coming, party_visible(viewer, said.person_id))
        .group_by(said.convening_id)
    )


def _attended(viewer: Viewer, ids: Collection[int]) -> dict[int, int]:
    """How many people were there; somebody who was checked on two of their records is one."""
    there = participations.people_at(ConveningAttendance.convening_id.in_(ids)).c
    return _numbers(
        select(there.convening_id, func.count())
        .where(party_visible(viewer, there.person_id))
        .group_by(there.convening_id)
    )


def _numbers(statement: Select[Any]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _row(meeting: Convening) -> MeetingRow:
    return MeetingRow(
        id=meeting.id,
        title=meeting.title,
        facts=MeetingFacts(
            meeting.title, meeting.starts_at, meeting.ends_at, meeting.place, meeting.link, meeting.region, agenda=()
        ),
        held_on=meeting.held_on,
        state=state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=clock.now()),
    )
