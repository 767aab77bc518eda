"""Coordinators whose application, renewal or employment is under way: something waits in each status."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from certhub.demo import casework, coordinators, referees
from certhub.demo.casework import Papers
from certhub.demo.coordinators import YEARLY, Activity, Newcomer, Waiting
from certhub.demo.lifecycle import Desk
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import CredentialPeriod
from certhub.models.parties import Coordinator
from certhub.rules.terms import ONE_DAY
from certhub.rules.training_categories import TrainingCategory
from certhub.services import employment

Life = Callable[[Office, Newcomer], Story[None]]

WALKER = "Ana Ferreira"
"""The coordinator with an account: a renewal is coming up and 13.5 of 24 hours are done."""

_THIRTEEN_AND_A_HALF: tuple[tuple[Activity, ...], ...] = (
    YEARLY[0],
    (
        ("Cultural humility in home visits", "Family Leadership Training Program", "", TrainingCategory.CULTURAL, 2),
        ("Listening to siblings and fathers", "Family Leadership Training Program", "",
         TrainingCategory.FAMILY_PARTNERSHIP, 1.5),
        ("Telephone triage for coordinators", "New England Care Coordination Institute", "",
         TrainingCategory.GENERAL, 2),
    ),
)  # fmt: skip


def _days_ago(office: Office, days: int) -> date:
    return min(office_day(office.today - timedelta(days=days)), office.today - ONE_DAY)


def _holder(office: Office, newcomer: Newcomer) -> tuple[Coordinator, Desk]:
    return office.coordinators[newcomer.somebody.name], office.desk(office.hr[newcomer.vendor])


def _before_renewal(office: Office, newcomer: Newcomer, ends_in: int) -> Story[CredentialPeriod]:
    period = yield from coordinators.first_term(office, newcomer, ends_in)
    yield from coordinators.educated(office, newcomer, period)
    return period


def half_way(office: Office, newcomer: Newcomer) -> Story[None]:
    """Certified, with part of the hours and a renewal ahead."""
    period = yield from coordinators.first_term(office, newcomer, 2)
    yield from coordinators.educated(office, newcomer, period, _THIRTEEN_AND_A_HALF)


def draft(days: int, *missing: str) -> Life:
    """A first application that lacks something."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        on = _days_ago(office, days)
        person, desk = yield from coordinators.prepared(office, newcomer, on=on)
        yield from casework.drafted(person, desk, on=on, papers=Papers(leave_out=frozenset(missing)))

    return life


def asking(days: int, *missing: str) -> Life:
    """A first application for which people were asked for references in the last days."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        on = _days_ago(office, days)
        person, desk = yield from coordinators.prepared(office, newcomer, on=on)
        application = yield from casework.drafted(person, desk, on=on, papers=Papers(leave_out=frozenset(missing)))
        yield from referees.asked(application, desk, on=max(on, _days_ago(office, 9)))

    return life


def waiting(days: int) -> Life:
    """A first application that nobody took up yet."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        on = _days_ago(office, days)
        person, desk = yield from coordinators.prepared(office, newcomer, on=on)
        yield from casework.filed(person, desk, on=on)

    return life


def under_review(days: int) -> Life:
    """A first application that a reviewer has begun to look at."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        on = _days_ago(office, days)
        person, desk = yield from coordinators.prepared(office, newcomer, on=on)
        application = yield from casework.filed(person, desk, on=on)
        yield from casework.begun(application, desk, on=office_day(on + timedelta(days=4)), items=4)
        question = "The letter names two employers. Which of them was the pediatric practice?"
        yield from casework.noted(application, desk, "CC-03", question, by=desk.reviewer, on=_days_ago(office, 3))
        answer = "The first one. The second is a school."
        yield from casework.noted(application, desk, "CC-03", answer, by=desk.applicant, on=_days_ago(office, 2))

    return life


def sent_back(days: int, faults: Mapping[str, str]) -> Life:
    """A first application that was returned and waits for the applicant."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        on = _days_ago(office, days)
        person, desk = yield from coordinators.prepared(office, newcomer, on=on)
        application = yield from casework.filed(person, desk, on=on)
        yield from casework.returned(application, desk, faults, on=office_day(on + timedelta(days=6)))

    return life


def turned_down(office: Office, newcomer: Newcomer) -> Story[None]:
    """Denied a few days ago, and a hearing asked for in time."""
    on = _days_ago(office, 30)
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    application = yield from casework.filed(person, desk, on=on)
    yield from casework.examined(application, desk, on=office_day(on + timedelta(days=14)))
    reason = (
        "Two of the three people named as references told us that they do not know your work. "
        "The standard asks for three people who do (CC-04)."
    )
    decided_on = office_day(on + timedelta(days=19))
    yield from casework.contradicted(application, desk, "CC-04", reason, on=decided_on)
    yield from casework.denied(application, desk, reason, on=decided_on)
    yield from casework.hearing_asked_for(application, office.administrator, desk, on=_days_ago(office, 4))


def taken_back(office: Office, newcomer: Newcomer) -> Story[None]:
    """Withdrawn two weeks after it was submitted."""
    on = _days_ago(office, 75)
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    application = yield from casework.filed(person, desk, on=on)
    yield from casework.withdrawn(application, desk, on=on + timedelta(days=15))


def newly_hired(days: int) -> Life:
    """On the roster, with nothing applied for."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        yield from coordinators.hired(office, newcomer, on=_days_ago(office, days))

    return life


def renewal_waiting(office: Office, newcomer: Newcomer) -> Story[None]:
    """The renewal was submitted last week."""
    yield from _before_renewal(office, newcomer, 1)
    person, desk = _holder(office, newcomer)
    yield from casework.filed(person, desk, on=_days_ago(office, 8))


def renewal_draft(office: Office, newcomer: Newcomer) -> Story[None]:
    """The term ends this month and the renewal is still a draft."""
    yield from _before_renewal(office, newcomer, 0)
    person, desk = _holder(office, newcomer)
    papers = Papers(leave_out=frozenset({"CC-06", "CC-10"}))
    yield from casework.drafted(person, desk, on=_days_ago(office, 10), papers=papers)


def renewal_recommended(office: Office, newcomer: Newcomer) -> Story[None]:
    """A few hours are missing after an illness: the reviewer recommends the renewal, and a second person decides."""
    period = yield from coordinators.first_term(office, newcomer, 1)
    yield from coordinators.educated(office, newcomer, period, YEARLY[:2])
    person, desk = _holder(office, newcomer)
    application = yield from casework.filed(person, desk, on=_days_ago(office, 13))
    yield from casework.examined(application, desk, on=_days_ago(office, 5))
    reason = "She was ill from March to June; the hours of that time are booked for the next three months."
    yield from casework.recommended(application, desk, reason, on=_days_ago(office, 4))


def renewed_early(ends_in: int) -> Life:
    """Renewed at the beginning of the window: the second term has not begun yet."""

    def life(office: Office, newcomer: Newcomer) -> Story[None]:
        yield from coordinators.renewed(office, newcomer, ends_in, early=85)

    return life


def lapsed(office: Office, newcomer: Newcomer) -> Story[None]:
    """The term ended last month without a renewal; the assignment was ended in time."""
    on = coordinators.granted_in(office, newcomer, -25)
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    period = yield from casework.certified(person, desk, on=on)
    office.waiting.append(Waiting(newcomer, 0, period.starts_on + timedelta(days=7), period.expires_on))
    yield from coordinators.educated(office, newcomer, period, YEARLY[:2])
    at = moment(period.expires_on, 20)
    yield at
    for assignment in coordinators.assignments_of(person):
        yield from coordinators.placement_ended(office, newcomer, assignment, on=period.expires_on)


def left(office: Office, newcomer: Newcomer) -> Story[None]:
    """Certified, and no longer with the vendor: the credential stays with the person."""
    period = yield from coordinators.first_term(office, newcomer, 10)
    yield from coordinators.educated(office, newcomer, period, YEARLY[:1])
    at = moment(_days_ago(office, 24), 45)
    yield at
    person, desk = _holder(office, newcomer)
    day = at.date()
    for assignment in coordinators.assignments_of(person):
        yield from coordinators.placement_ended(office, newcomer, assignment, on=day + ONE_DAY)
    spell = person.employments[-1]
    at = moment(day + 2 * ONE_DAY)
    yield at
    employment.end(spell, last_day=day + 2 * ONE_DAY, base_url=desk.press.base_url, actor=desk.applicant, at=at)


APPLICANTS: Mapping[str, tuple[str, Life]] = {
    WALKER: ("harbor", half_way),
    "Darnell Brooks": ("harbor", draft(5, "CC-01", "CC-05", "CC-07")),
    "Rachel Goldstein": ("harbor", waiting(4)),
    "Tanya Whitfield-Moore": (
        "harbor",
        sent_back(14, {"CC-03": "The letter does not say how many hours. Ask for one that gives dates and hours."}),
    ),
    "Julia Novak": ("harbor", newly_hired(18)),
    "Karen Doyle": ("harbor", renewal_waiting),
    "Grace Adeyemi": ("harbor", renewed_early(25)),
    "Nathaniel Whitcomb": ("harbor", left),
    "Emmanuel Pierre": ("blackstone", asking(33, "CC-01", "CC-01B", "CC-03", "CC-04", "CC-05", "CC-06", "CC-07")),
    "Vikram Desai": ("commonwealth", waiting(11)),
    "Nadia Rahman": ("commonwealth", taken_back),
    "Tyrone Jefferson": ("baystate", under_review(15)),
    "Omar Haddad": ("baystate", renewed_early(24)),
    "Hannah Lindqvist": (
        "southcoast",
        sent_back(
            24,
            {
                "CC-04": "One form has no signature. Send it again, signed.",
                "CC-05": "The check was asked for before the job offer. Ask for it again.",
            },
        ),
    ),
    "Susan Pelletier": ("southcoast", lapsed),
    "Thomas Leary": ("merrimack", turned_down),
    "Carmen Ortiz": ("merrimack", renewal_recommended),
    "Roberto Cruz": ("pioneer", newly_hired(6)),
    "Linda Bergstrom": ("charles", renewal_draft),
}
"""The vendor and the story of each of them."""
