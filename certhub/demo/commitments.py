"""The certifications of the vendors, practices and training programs over the years."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from certhub.demo import casework, contracts, faults, organizations, self_assessments
from certhub.demo.casework import Papers
from certhub.demo.lifecycle import Desk
from certhub.demo.office import Office
from certhub.demo.organizations import PRACTICE_ACCOUNT, PracticePlan, VendorPlan
from certhub.demo.timeline import Story, day_of_month, office_day
from certhub.models.parties import Practice
from certhub.rules.terms import ONE_DAY

_REGISTERED_MONTHS_AGO = 50
_RENEWED_EVERY = 9
"""One practice in nine is in its second year."""


CHAMPION_LEFT_AT = 7
"""The practice, by its place in the list, whose physician champion has left."""


def first_day(office: Office) -> date:
    """When the records of the demo state begin."""
    return day_of_month(office.today, -_REGISTERED_MONTHS_AGO, 2)


def vendor_life(office: Office, plan: VendorPlan) -> Story[None]:
    """Registered, certified, renewed after two years, and what happened since."""
    vendor, hr = yield from organizations.vendor_registered(office, plan, on=first_day(office))
    desk = office.desk(hr)
    first = yield from casework.certified(
        vendor, desk, on=office_day(day_of_month(office.today, plan.expires_in - 48, 4))
    )
    yield from contracts.first_contract(office, plan, vendor, on=office_day(first.starts_on + timedelta(days=3)))
    yield from casework.certified(vendor, desk, on=office_day(first.expires_on - timedelta(days=60)))
    after = faults.VENDORS.get(plan.name)
    if after is not None:
        yield from after(office, vendor, desk)


def _apply_on(office: Office, plan: PracticePlan, months: int) -> date:
    return office_day(day_of_month(office.today, months, 5 + plan.number * 3 % 10) - timedelta(days=9))


def _days_ago(office: Office, days: int) -> date:
    return min(office_day(office.today - timedelta(days=days)), office.today - ONE_DAY)


def _committed(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    ends_in = plan.number * 7 % 12
    if plan.number % _RENEWED_EVERY == 0:
        first = yield from casework.certified(practice, desk, on=_apply_on(office, plan, ends_in - 24))
        office.committed.add(practice.id)
        yield from casework.certified(practice, desk, on=office_day(first.expires_on - timedelta(days=45)))
    else:
        yield from casework.certified(practice, desk, on=_apply_on(office, plan, ends_in - 12))
        office.committed.add(practice.id)


def _loses_champion(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    yield from _committed(office, practice, desk, plan)
    yield from organizations.champion_left(practice, desk.applicant, on=_days_ago(office, 12))


def _drafted(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    papers = Papers(leave_out=frozenset({"PR-03", "PR-04", "PR-06"} if plan.number % 4 else {"PR-01", "PR-09B"}))
    yield from casework.drafted(practice, desk, on=_days_ago(office, 10 + plan.number), papers=papers)


def _filed(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    yield from casework.filed(practice, desk, on=_days_ago(office, 2 + plan.number % 7))


def _examined(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    application = yield from casework.filed(practice, desk, on=_days_ago(office, 17))
    yield from casework.begun(application, desk, on=_days_ago(office, 9), items=plan.number % 6)


def _returned(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:  # noqa: ARG001 (one shape for all)
    application = yield from casework.filed(practice, desk, on=_days_ago(office, 21))
    reasons = {"PR-04": "The summary shows answers of single families. Send totals only."}
    yield from casework.returned(application, desk, reasons, on=_days_ago(office, 12))


def _renewing(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:
    yield from casework.certified(practice, desk, on=_apply_on(office, plan, -11))
    office.committed.add(practice.id)
    papers = Papers(leave_out=frozenset({"PR-01", "PR-10"}))
    yield from casework.drafted(practice, desk, on=_days_ago(office, 6), papers=papers)
    yield from organizations.site_moved(practice, desk.applicant, on=_days_ago(office, 5))
    scores = self_assessments.profile(4, {"3.1": 6, "3.2": 5, "1.5": 2})
    yield from self_assessments.begun(practice, desk, scores, on=_days_ago(office, 4))


def _silent(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:  # noqa: ARG001 (one shape for all)
    yield from ()


def _index_rises(office: Office, practice: Practice, desk: Desk, plan: PracticePlan) -> Story[None]:  # noqa: ARG001 (as above)
    yield from faults.index_rises(office, practice, desk)


_LIVES: Mapping[int, Callable[[Office, Practice, Desk, PracticePlan], Story[None]]] = {
    2: _drafted, 6: _drafted, 16: _filed, 22: _filed, 26: _examined, 41: _returned, 4: _silent, 18: _silent,
    28: _silent, CHAMPION_LEFT_AT: _loses_champion, faults.INDEX_RISES_AT: _index_rises, PRACTICE_ACCOUNT: _renewing,
}  # fmt: skip
"""What is special about a practice, by its place in the list."""


def practice_life(office: Office, plan: PracticePlan) -> Story[None]:
    """Registered with the others; most have committed since."""
    practice, account = yield from organizations.practice_registered(office, plan, on=first_day(office))
    yield from _LIVES.get(plan.number, _committed)(office, practice, office.desk(account), plan)


def practice_plans() -> list[PracticePlan]:
    """The practices, two of them with one number."""
    plans = list(organizations.practice_plans())
    original, double = faults.SHARED_NPI_AT
    plans[double] = replace(plans[double], npi=plans[original].npi)
    return plans


def program_life(office: Office, number: int) -> Story[None]:
    """Two training programs are approved; the third has applied."""
    program, account = yield from organizations.program_registered(office, number, on=first_day(office))
    desk = office.desk(account)
    match number:
        case 0:
            yield from casework.certified(program, desk, on=office_day(day_of_month(office.today, -34, 8)))
        case 1:
            yield from casework.certified(program, desk, on=office_day(day_of_month(office.today, -14, 8)))
        case _:
            yield from casework.filed(program, desk, on=_days_ago(office, 19))
