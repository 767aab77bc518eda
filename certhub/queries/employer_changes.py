"""Changes of employer: the list, one of them, what a consent would do, and what the former employer reads of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Credential
from certhub.models.employer_changes import (
    EmployerChange,
    EmployerChangeAnswer,
    EmployerChangeEffect,
    EmployerChangeLink,
    EmployerChangePractice,
    LastDayProposal,
)
from certhub.models.parties import Assignment, Coordinator, Employment, Party
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.employer_change import ChangeState, knows, propose_until, state_of
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.tokens import token_hash

MOST_LEAVING = 50
MOST_PRACTICES = 200


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of employer in a list, as far as the viewer may read it."""

    id: int
    vendor: str
    who: str
    """The person's name; to the vendor that asks what it typed, until the person agrees."""
    known_by: str
    starts_on: date
    asked_at: datetime
    expires_at: datetime
    state: ChangeState


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """Somebody who leaves the viewer's organization by a change of employer: no word of where to."""

    change_id: int
    person: str
    first_day: date
    last_day: date | None
    propose_until: date
    proposal: LastDayProposal | None


@dataclass(frozen=True, slots=True)
class Place:
    """A practice where the person works for a present employer, and whether the work goes on for the new one."""

    id: int
    name: str
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Present:
    """An employment that the person has on the first day at the new employer, with its work in practices."""

    id: int
    employer_id: int
    employer: str
    starts_on: date
    ends_on: date | None
    places: tuple[Place, ...]


def state(change: EmployerChange, *, at: datetime) -> ChangeState:
    """What has become of a request by `at`."""
    return state_of(
        consented_at=change.consented_at,
        declined_at=change.declined_at,
        withdrawn_at=change.withdrawn_at,
        taken_back_at=change.taken_back_at,
        expires_at=change.expires_at,
        at=at,
    )


def one(viewer: Viewer, change_id: int) -> EmployerChange:
    """A change for DPH, for the vendor that asks and for the person. Raises `NotVisible`."""
    found = db.session.scalar(
        select(EmployerChange)
        .options(joinedload(EmployerChange.person), joinedload(EmployerChange.asked_by))
        .where(EmployerChange.id == change_id, _visible(viewer))
    )
    if found is None:
        raise NotVisible(change_id)
    return found


def by_token(token: str) -> EmployerChange | None:
    """The request that the link in a letter belongs to, whatever became of it."""
    return db.session.scalar(
        select(EmployerChange)
        .join(EmployerChangeLink, EmployerChangeLink.change_id == EmployerChange.id)
        .where(EmployerChangeLink.token_hash == token_hash(token))
    )


def page(
    viewer: Viewer, *, state: ChangeState | None = None, at: datetime, cursor: str | None = None
) -> Page[ChangeRow]:
    """The changes that the viewer may see, the latest first."""
    person, vendor = aliased(Party.__table__), aliased(Party.__table__)
    statement: Select[Any] = (
        select(EmployerChange, vendor.c.name.label("vendor"), person.c.name.label("person"))
        .join(vendor, vendor.c.id == EmployerChange.vendor_id)
        .outerjoin(person, person.c.id == EmployerChange.party_id)
        .where(_visible(viewer), true() if state is None else _in_state(state, at))
    )
    return paged(statement, [EmployerChange.id], lambda row: _row(viewer, row, at), cursor=cursor, newest_first=True)


def who(viewer: Viewer, change: EmployerChange) -> str:
    """Whom a change is about, as the viewer may read it: the vendor that asks reads what it typed until the consent."""
    return _who(viewer, change, change.person.name if change.person else "")


def answer_of(change: EmployerChange) -> EmployerChangeAnswer | None:
    """The person's signed answer, if there is one."""
    return db.session.scalar(select(EmployerChangeAnswer).where(EmployerChangeAnswer.change_id == change.id))


def practices_touched(change: EmployerChange) -> set[int]:
    """The practices whose assignments an answer, or taking it back, may end, make or restore."""
    named = select(EmployerChangePractice.practice_id).where(EmployerChangePractice.change_id == change.id)
    restored = (
        select(Assignment.practice_id)
        .join(EmployerChangeEffect, EmployerChangeEffect.assignment_before_id == Assignment.id)
        .where(EmployerChangeEffect.change_id == change.id)
    )
    return set(db.session.scalars(named)) | set(db.session.scalars(restored))


def effects(change: EmployerChange) -> list[EmployerChangeEffect]:
    """What the consent did, in the order in which it was done."""
    return list(
        db.session.scalars(
            select(EmployerChangeEffect)
            .options(
                joinedload(EmployerChangeEffect.employer),
                joinedload(EmployerChangeEffect.employment_before),
                joinedload(EmployerChangeEffect.employment_after),
                joinedload(EmployerChangeEffect.assignment_before).joinedload(Assignment.practice),
                joinedload(EmployerChangeEffect.assignment_after).joinedload(Assignment.practice),
            )
            .where(EmployerChangeEffect.change_id == change.id)
            .order_by(EmployerChangeEffect.id)
        )
    )


def person_known_by(known_by: str, last_name: str) -> Coordinator | None:
    """The coordinator with this e-mail address or credential number, if the typed last name fits the record."""
    if "@" in known_by:
        condition = Coordinator.email == known_by
    else:
        holders = select(Credential.party_id).where(Credential.number == known_by)
        condition = Coordinator.id.in_(holders)
    found = db.session.scalar(select(Coordinator).where(condition))
    if found is None or not knows(last_name, [name for name in (found.name, found.certificate_name) if name]):
        return None
    return found


def earlier(vendor_id: int, known_by: str, *, at: datetime) -> list[tuple[ChangeState, datetime]]:
    """What became of the vendor's own requests under the same address or number, and when."""
    rows = db.session.scalars(
        select(EmployerChange).where(EmployerChange.vendor_id == vendor_id, EmployerChange.known_by == known_by)
    )
    return [(state(one, at=at), one.declined_at or one.asked_at) for one in rows]


def asked_already(vendor_id: int, coordinator_id: int, *, at: datetime) -> bool:
    """Whether a request of the vendor to this person waits already, whatever address or number it was made under."""
    waiting = select(EmployerChange.id).where(
        EmployerChange.vendor_id == vendor_id,
        EmployerChange.party_id == coordinator_id,
        _in_state(ChangeState.REQUESTED, at),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def employed_at(vendor_id: int, coordinator_id: int, on: date) -> bool:
    """Whether the vendor employs the person on a day or later."""
    found = select(Employment.id).where(
        Employment.coordinator_id == coordinator_id,
        Employment.employer_id == vendor_id,
        Employment.superseded_at.is_(None),
        or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
    )
    return db.session.scalar(found.limit(1)) is not None


def present(change: EmployerChange) -> list[Present]:
    """The employments elsewhere that go on beyond the eve of the first day, with the work that hangs on them."""
    spells = db.session.execute(
        select(Employment.id, Employment.employer_id, Party.name, Employment.starts_on, Employment.ends_on)
        .join(Party, Party.id == Employment.employer_id)
        .where(
            Employment.coordinator_id == change.party_id,
            Employment.employer_id != change.vendor_id,
            Employment.superseded_at.is_(None),
            Employment.starts_on < change.starts_on,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= change.starts_on),
        )
        .order_by(Employment.starts_on, Employment.id)
    ).all()
    kept = {one.practice_id for one in change.practices}
    places: defaultdict[int, dict[int, Place]] = defaultdict(dict)
    for row in db.session.execute(
        select(Assignment.vendor_id, Assignment.practice_id, Party.name)
        .join(Party, Party.id == Assignment.practice_id)
        .where(
            Assignment.coordinator_id == change.party_id,
            Assignment.superseded_at.is_(None),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= change.starts_on),
        )
        .order_by(Party.sort_name, Assignment.id)
    ):
        places[row.vendor_id][row.practice_id] = Place(row.practice_id, row.name, row.practice_id in kept)
    return [Present(*row, places=tuple(places[row.employer_id].values())) for row in spells]


def served_practices(vendor_id: int) -> list[tuple[int, str]]:
    """The practices in which the vendor's coordinators work now or soon, by name."""
    rows = db.session.execute(
        select(Party.id, Party.name)
        .where(
            Party.id.in_(
                select(Assignment.practice_id).where(
                    Assignment.vendor_id == vendor_id,
                    Assignment.superseded_at.is_(None),
                    or_(Assignment.ends_on.is_(None), Assignment.ends_on >= clock.today()),
                )
            )
        )
        .order_by(Party.sort_name, Party.id)
        .limit(MOST_PRACTICES)
    )
    return [(row.id, row.name) for row in rows]


def practices_of(change: EmployerChange) -> list[str]:
    """The names of the practices at which the person is to go on."""
    rows = db.session.scalars(
        select(Party.name)
        .join(EmployerChangePractice, EmployerChangePractice.practice_id == Party.id)
        .where(EmployerChangePractice.change_id == change.id)
        .order_by(Party.sort_name, Party.id)
    )
    return list(rows)


def leaving(viewer: Viewer) -> list[LeavingRow]:
    """Who leaves the viewer's organization by a change of employer, the latest first: its own period only."""
    if not may(viewer, Permission.LAST_DAY_PROPOSE):
        return []
    return _leaving(EmployerChangeEffect.employer_id == viewer.party_id)


def leaving_one(viewer: Viewer, change_id: int) -> tuple[LeavingRow, EmployerChangeEffect]:
    """What a former employer reads of a change that ended its employment. Raises `NotVisible`."""
    mine = and_(EmployerChangeEffect.employer_id == viewer.party_id, EmployerChangeEffect.change_id == change_id)
    rows = _leaving(mine) if may(viewer, Permission.LAST_DAY_PROPOSE) else []
    if not rows:
        raise NotVisible(change_id)
    effect = db.session.scalars(select(EmployerChangeEffect).where(mine, _ended_employment())).one()
    return rows[0], effect


def proposals(change: EmployerChange) -> list[LastDayProposal]:
    """What former employers said of the last day, oldest first."""
    return list(
        db.session.scalars(
            select(LastDayProposal)
            .options(joinedload(LastDayProposal.employer))
            .where(LastDayProposal.change_id == change.id)
            .order_by(LastDayProposal.id)
        )
    )


def open_proposal(viewer: Viewer, change_id: int) -> LastDayProposal:
    """The oldest proposal that is not settled, for the person and for DPH. Raises `NotVisible`."""
    change = one(viewer, change_id)
    waiting = [proposal for proposal in proposals(change) if proposal.settled_at is None]
    if not waiting:
        raise NotVisible(change_id)
    return waiting[0]


def last_day_on_file(proposal: LastDayProposal) -> date:
    """The last day that the change recorded at the employer that proposes another one."""
    last_day = db.session.scalars(
        select(Employment.ends_on)
        .join(EmployerChangeEffect, EmployerChangeEffect.employment_after_id == Employment.id)
        .where(
            EmployerChangeEffect.change_id == proposal.change_id,
            EmployerChangeEffect.employer_id == proposal.employer_id,
            _ended_employment(),
        )
    ).one()
    return last_day or proposal.last_on


def account_of(party_id: int) -> User | None:
    """The account that a coordinator signs in with, if there is one that works."""
    return db.session.scalar(
        select(User).where(User.party_id == party_id, User.deactivated_at.is_(None)).order_by(User.id).limit(1)
    )


def expired_untold(at: datetime, *, limit: int) -> list[EmployerChange]:
    """Requests that nobody answered in time and whose vendor was not told yet."""
    return list(
        db.session.scalars(
            select(EmployerChange)
            .where(_in_state(ChangeState.EXPIRED, at), EmployerChange.expiry_told_at.is_(None))
            .order_by(EmployerChange.expires_at, EmployerChange.id)
            .limit(limit)
        )
    )


def left_by_change(vendor_id: int, coordinator_id: int) -> bool:
    """Whether the employment at a vendor ended by a change of employer, so that the vendor knows of it already."""
    after = aliased(Employment)
    found = (
        select(EmployerChangeEffect.id)
        .join(after, after.id == EmployerChangeEffect.employment_after_id)
        .where(
            EmployerChangeEffect.employer_id == vendor_id,
            after.coordinator_id == coordinator_id,
            after.superseded_at.is_(None),
            _ended_employment(),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    if sees_everything(viewer):
        return true()
    if viewer.party_id is None:
        return false()
    if may(viewer, Permission.EMPLOYER_CHANGE_ANSWER):
        return EmployerChange.party_id == viewer.party_id
    return EmployerChange.vendor_id == viewer.party_id


def _in_state(state: ChangeState, at: datetime) -> ColumnElement[bool]:
    change = EmployerChange
    unanswered = and_(change.consented_at.is_(None), change.declined_at.is_(None), change.withdrawn_at.is_(None))
    return {
        ChangeState.REQUESTED: and_(unanswered, change.expires_at > at),
        ChangeState.EXPIRED: and_(unanswered, change.expires_at <= at),
        ChangeState.CONSENTED: and_(change.consented_at.is_not(None), change.taken_back_at.is_(None)),
        ChangeState.TAKEN_BACK: change.taken_back_at.is_not(None),
        ChangeState.DECLINED: change.declined_at.is_not(None),
        ChangeState.WITHDRAWN: change.withdrawn_at.is_not(None),
    }[state]


def _row(viewer: Viewer, row: Any, at: datetime) -> ChangeRow:
    change: EmployerChange = row.EmployerChange
    return ChangeRow(
        change.id, row.vendor, _who(viewer, change, row.person or ""), change.known_by, change.starts_on,
        change.asked_at, change.expires_at, state(change, at=at),
    )  # fmt: skip


def _who(viewer: Viewer, change: EmployerChange, name: str) -> str:
    if may(viewer, Permission.EMPLOYER_CHANGE_REQUEST) and change.consented_at is None:
        return change.last_name
    return name or f"{change.last_name} (no record fits)"


def _ended_employment() -> ColumnElement[bool]:
    return and_(
        EmployerChangeEffect.employment_before_id.is_not(None), EmployerChangeEffect.employment_after_id.is_not(None)
    )


def _leaving(condition: ColumnElement[bool]) -> list[LeavingRow]:
    after = aliased(Employment)
    rows = db.session.execute(
        select(EmployerChange, Party.name, after.starts_on, after.ends_on, LastDayProposal)
        .join(EmployerChangeEffect, EmployerChangeEffect.change_id == EmployerChange.id)
        .join(after, after.id == EmployerChangeEffect.employment_after_id)
        .join(Party, Party.id == EmployerChange.party_id)
        .outerjoin(
            LastDayProposal,
            and_(
                LastDayProposal.change_id == EmployerChange.id,
                LastDayProposal.employer_id == EmployerChangeEffect.employer_id,
            ),
        )
        .where(condition, _ended_employment(), EmployerChange.taken_back_at.is_(None))
        .order_by(EmployerChange.id.desc())
        .limit(MOST_LEAVING)
    )
    return [
        LeavingRow(change.id, name, starts_on, ends_on, propose_until(clock.civil_date(change.consented_at)), proposal)
        for change, name, starts_on, ends_on, proposal in rows
        if change.consented_at is not None
    ]


def emails_of(party_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Whom to write to at each party: its business e-mail, or else its accounts; address and name."""
    found: dict[int, list[tuple[str, str]]] = {number: [] for number in party_ids}
    for row in db.session.execute(
        select(Party.id, Party.email, Party.name).where(Party.id.in_(party_ids), Party.email.is_not(None))
    ):
        found[row.id] = [(row.email, row.name)]
    silent = [number for number, written in found.items() if not written]
    for user in db.session.scalars(
        select(User).where(User.party_id.in_(silent), User.deactivated_at.is_(None)).order_by(User.id)
    ):
        found[user.party_id or 0].append((user.email, user.name))
    return found
