"""Renewals after the last day: one that is decided, and one that DPH looks at."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from certhub import clock
from certhub.demo import casework, coordinators, placements
from certhub.demo.coordinators import Newcomer
from certhub.demo.lifecycle import Desk
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import CredentialPeriod
from certhub.models.parties import Assignment, Coordinator

RENEWED_LATE = "Yelena Sokolova"
"""Who renewed two weeks late, and works in the same practice again."""
RENEWING_LATE = "Wei Zhang"
"""Whose term ended two months ago, and whose late renewal is being looked at."""


def decided(office: Office, newcomer: Newcomer) -> Story[None]:
    """The work ended with the term, and began again with the next one."""
    first, ended = yield from _ended(office, newcomer, -12)
    person, desk = _holder(office, newcomer)
    second = yield from casework.certified(person, desk, on=_filed_on(first))
    for assignment in ended:
        again = office_day(clock.civil_date(second.recorded_at) + timedelta(days=7))
        at = moment(again, 15)
        yield at
        placements.record(office, newcomer, assignment.practice, 0, on=again)
    yield from coordinators.educated(office, newcomer, second)


def under_review(office: Office, newcomer: Newcomer) -> Story[None]:
    """Filed two weeks late, with the reasons; a reviewer has begun to look at it."""
    period, _ = yield from _ended(office, newcomer, -2)
    person, desk = _holder(office, newcomer)
    on = _filed_on(period)
    application = yield from casework.filed(person, desk, on=on)
    yield from casework.begun(application, desk, on=office_day(on + timedelta(days=5)), items=3)


LIVES: Mapping[str, Callable[[Office, Newcomer], Story[None]]] = {RENEWED_LATE: decided, RENEWING_LATE: under_review}


def _ended(office: Office, newcomer: Newcomer, ends_in: int) -> Story[tuple[CredentialPeriod, list[Assignment]]]:
    """A first term that ends with the month `ends_in` from the present one, and the work in practices with it."""
    period = yield from coordinators.first_term(office, newcomer, ends_in)
    yield from coordinators.educated(office, newcomer, period)
    at = moment(period.expires_on, 20)
    yield at
    ended = coordinators.assignments_of(office.coordinators[newcomer.somebody.name])
    for assignment in ended:
        yield from coordinators.placement_ended(office, newcomer, assignment, on=period.expires_on)
    return period, ended


def _filed_on(period: CredentialPeriod) -> date:
    return office_day(period.expires_on + timedelta(days=14))


def _holder(office: Office, newcomer: Newcomer) -> tuple[Coordinator, Desk]:
    return office.coordinators[newcomer.somebody.name], office.desk(office.hr[newcomer.vendor])
