"""Coordinators go to practices week by week, as soon as all that an assignment hangs on holds."""

from datetime import date, timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.demo import contracts
from certhub.demo.coordinators import Newcomer, Waiting, near
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.contracts import Contract
from certhub.models.parties import Assignment, Coordinator, Practice
from certhub.rules.assignment import Load
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Discipline
from certhub.services import assignments
from certhub.services.assignments import Wanted

_WEEK = timedelta(days=7)
_LOADS = (Load(places=34), Load(share_percent=45), Load(places=28), Load(share_percent=40), Load(places=41))


def placed_week_by_week(office: Office, since: date) -> Story[None]:
    """Each week, whoever waits and finds a practice that is committed."""
    day = office_day(since)
    while day < office.today:
        at = moment(day, 15)
        yield at
        for waiting in list(office.waiting):
            if waiting.until <= day:
                office.waiting.remove(waiting)
            elif waiting.from_on <= day and (practice := _practice(office, waiting)) is not None:
                office.waiting.remove(waiting)
                record(office, waiting.newcomer, practice, waiting.turn, on=day)
        day = office_day(day + _WEEK)


def record(office: Office, newcomer: Newcomer, practice: Practice, turn: int, *, on: date) -> Assignment:
    """One assignment, recorded by the vendor's HR."""
    wanted = Wanted(
        office.coordinators[newcomer.somebody.name], practice, contracts.of(office, newcomer.vendor),
        _LOADS[(newcomer.number + turn) % len(_LOADS)], Span(on),
    )  # fmt: skip
    assignment, _ = assignments.record(wanted, actor=office.hr[newcomer.vendor], at=moment(on, 15))
    return assignment


def _practice(office: Office, waiting: Waiting) -> Practice | None:
    """The first committed practice near by, each in its turn; a second assignment goes to another practice."""
    if waiting.newcomer.vendor not in office.contracts:
        return None
    places = near(office, waiting.newcomer)
    first = waiting.newcomer.number * 3 + waiting.turn
    taken = {one.practice_id for one in contracts.assigned(office.coordinators[waiting.newcomer.somebody.name])}
    for step in range(len(places)):
        practice = places[(first + step) % len(places)]
        if practice.id in office.committed and practice.id not in taken:
            return practice
    return None


def under_the_pilot(office: Office) -> Story[None]:
    """Somebody of the statewide vendor began under the pilot contract, and nobody ended it with the contract."""
    yield from contracts.pilot(office)
    contract = office.contracts_apart[contracts.PILOT]
    day = office_day((contract.effective_on or office.today) + _WEEK)
    while day < office.today:
        at = moment(day, 16)
        yield at
        if _added(office, contract, on=day):
            return
        day = office_day(day + _WEEK)


def _added(office: Office, contract: Contract, *, on: date) -> bool:
    """One more assignment for the first of the vendor's people who has room for it."""
    working = db.session.scalars(
        select(Assignment)
        .join(Coordinator, Coordinator.id == Assignment.coordinator_id)
        .where(
            Assignment.vendor_id == contract.vendor_id,
            Assignment.superseded_at.is_(None),
            Coordinator.discipline != Discipline.EXPERIENCED_PARENT,  # one of them moves to another vendor
        )
        .order_by(Assignment.id)
    ).all()
    for one in working:
        practice = next(each for each in office.practices.values() if each.id in office.committed - {one.practice_id})
        wanted = Wanted(one.coordinator, practice, contract, Load(share_percent=10), Span(on))
        try:
            assignments.record(wanted, actor=office.hr[contracts.PILOT], at=moment(on, 16))
        except Refusal:  # the rules speak before anything is written
            continue
        return True
    return False
