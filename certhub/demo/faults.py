"""The planted faults: what goes wrong in real programs, each once, so that CertHub can be seen to show it.

Not representable before there are contracts and the fund: a contract past its end with activity, an option deadline
within 180 days, a payer below the threshold, and a true-up credit. Who is over capacity is in `demo.caseloads`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.database import db
from certhub.demo import casework, coordinators, lifecycle, self_assessments
from certhub.demo.casework import Papers
from certhub.demo.coordinators import YEARLY, Activity, Newcomer
from certhub.demo.evidence import Person, Typed, narrow_ratings, sufficient
from certhub.demo.lifecycle import Desk
from certhub.demo.office import Office
from certhub.demo.timeline import Story, day_of_month, moment, office_day
from certhub.models.certification import CredentialPeriod
from certhub.models.parties import Employment, Party, Practice
from certhub.queries import standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.business_days import holiday_on
from certhub.rules.standard import Requirement
from certhub.rules.terms import ONE_DAY, fixed_due_date
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import EmploymentKind, SubjectType
from certhub.services import audit

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: whose record shows it, and what is wrong."""

    name: str
    whose: str
    sentence: str


EXPIRED_ASSIGNED = Fault(
    "expired-with-assignment", "Marisol Vega", "The credential expired months ago, but the assignment goes on."
)
PENDING_PAST_DATE = Fault(
    "renewal-pending-past-date", "Maureen Gallagher",
    "The renewal was filed complete and in time, and is not decided although the printed date has passed.",
)  # fmt: skip
EMPLOYED_BY_PRACTICE = Fault(
    "employment-conflict", "Bridget Fitzgerald",
    "An old record says that the coordinator also works for the practice that she is assigned to.",
)  # fmt: skip
DEBARRED = Fault(
    "debarred-after-award", "Merrimack Family Connections",
    "The debarment search for the renewal found a match; the search before the award had found none.",
)  # fmt: skip
REPORT_LATE = Fault(
    "financial-report-late", "Pioneer Valley Family Partners", "The financial report was filed after its due date."
)
CONTRACT_OVER = Fault(
    "work-after-contract", "Bay State Family Voices",
    "A pilot contract ended with the last fiscal year, and somebody still works under it.",
)  # fmt: skip
NINE_OF_TEN = Fault(
    "references-nine-of-ten", "Samuel Osei", "The three references together cover nine of the ten core competencies."
)
NO_ETHICS = Fault(
    "no-ethics-hours", "Christine MacLeod", "There are 24 hours of continuing education, none of them on ethics."
)
INDEX_RISES = Fault(
    "medical-home-index-rises", "Liberty Pediatrics of Southbridge",
    "The care coordination mean of the medical home index rose from 3.83 to 6.33 in a year.",
)  # fmt: skip
IDLE = Fault("idle-208-days", "Kwame Boateng", "The application has waited for 208 days and nobody took it up.")
SATURDAY_HOLIDAY = Fault(
    "due-on-saturday-holiday", "Patricia Sullivan", "A licence ends on a Saturday that is a holiday."
)
SHARED_NPI = Fault(
    "shared-npi", "Stone Bridge Pediatrics of Lowell", "Two practices have the same National Provider Identifier."
)
APOSTROPHE = Fault("apostrophe", "Kathleen O'Brien", "The name has an apostrophe.")
NON_LATIN = Fault("non-latin-name", "陳美玲", "The name is not in Latin letters; the certificate prints another form.")
RIGHT_TO_LEFT = Fault(
    "right-to-left", "عائشة الحسن", "Letters go out in a language that is written from right to left."
)

FAULTS: tuple[Fault, ...] = (
    EXPIRED_ASSIGNED, PENDING_PAST_DATE, EMPLOYED_BY_PRACTICE, DEBARRED, REPORT_LATE, CONTRACT_OVER, NINE_OF_TEN,
    NO_ETHICS, INDEX_RISES, IDLE, SATURDAY_HOLIDAY, SHARED_NPI, APOSTROPHE, NON_LATIN, RIGHT_TO_LEFT,
)  # fmt: skip

LEGACY = audit.SystemActor("records from before CertHub")
IDLE_DAYS = 208
INDEX_RISES_AT = 9
"""The place in the list of the practice with the two indexes."""
SHARED_NPI_AT = (12, 13)
"""The places in the list of the two practices; the second has the number of the first."""


def expired_assigned(office: Office, newcomer: Newcomer) -> Story[None]:
    """Nobody renewed, and nobody ended the assignment."""
    period = yield from coordinators.first_term(office, newcomer, -4)
    yield from coordinators.educated(office, newcomer, period, YEARLY[:1])


def pending_past_date(office: Office, newcomer: Newcomer) -> Story[None]:
    """Filed eighteen days before the last day, and still undecided."""
    period = yield from coordinators.first_term(office, newcomer, -1)
    yield from coordinators.educated(office, newcomer, period)
    person, desk = office.coordinators[newcomer.somebody.name], office.desk(office.hr[newcomer.vendor])
    yield from casework.filed(person, desk, on=period.expires_on - timedelta(days=18))


def employed_by_practice(office: Office, newcomer: Newcomer) -> Story[None]:
    """An employment that the service would refuse, entered as the legacy record that it is."""
    period = yield from coordinators.first_term(office, newcomer, 13)
    yield from coordinators.educated(office, newcomer, period, YEARLY[:1])
    at = moment(office.today - ONE_DAY, 380)  # after the last approval: with a conflict there is none
    yield at
    person = office.coordinators[newcomer.somebody.name]
    practice = coordinators.assignments_of(person)[0].practice
    spell = Employment(
        coordinator_id=person.id, employer_id=practice.id, kind=EmploymentKind.EMPLOYEE, job_title="Family liaison",
        starts_on=period.starts_on - timedelta(days=900), recorded_at=at,
    )  # fmt: skip
    db.session.add(spell)
    db.session.flush()
    audit.record(
        LEGACY, AuditAction.EMPLOYMENT_RECORDED, spell, at=at, party_id=person.id, employer=practice.name,
        reason="Legacy record: it was on file before the rule of independence was checked.",
    )  # fmt: skip


def nine_of_ten(office: Office, newcomer: Newcomer) -> Story[None]:
    """Complete as filed; the reviewer finds what the three references do not cover."""
    on = office_day(office.today - timedelta(days=16))
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    asked = _requirement(SubjectType.COORDINATOR, "CC-04", on)
    forms = [narrow_ratings(asked, form) for form in sufficient(asked, on=on, person=Person(person.name))]
    application = yield from casework.filed(person, desk, on=on, papers=Papers(own={"CC-04": forms}))
    yield from casework.begun(application, desk, on=office_day(on + timedelta(days=5)), items=2)


def no_ethics(office: Office, newcomer: Newcomer) -> Story[None]:
    """A renewal draft with 24 hours and a gap that only the category shows."""
    period = yield from coordinators.first_term(office, newcomer, 1)
    parts: list[list[Activity]] = [list(part) for part in YEARLY]
    for part, place, title in ((0, 1, "Care plans that families use"), (2, 0, "Team huddles that work")):
        parts[part][place] = (title, parts[part][place][1], "", TrainingCategory.CORE, 1)
    yield from coordinators.educated(office, newcomer, period, parts)
    person, desk = office.coordinators[newcomer.somebody.name], office.desk(office.hr[newcomer.vendor])
    yield from casework.drafted(person, desk, on=office_day(office.today - timedelta(days=12)))


def idle(office: Office, newcomer: Newcomer) -> Story[None]:
    """Submitted, and then nothing."""
    on = office.today - timedelta(days=IDLE_DAYS)
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    yield from casework.filed(person, desk, on=on)


def next_saturday_holiday(today: date) -> date:
    """The next day that is a holiday on a Saturday, when offices are closed anyway."""
    day = today + ONE_DAY
    while day.weekday() != _SATURDAY or holiday_on(day) is None:
        day += ONE_DAY
    return day


def licence_end(office: Office, name: str) -> date | None:
    """The day on which the licence of the coordinator with the Saturday holiday ends; None for everybody else."""
    return next_saturday_holiday(office.today) if name == SATURDAY_HOLIDAY.whose else None


COORDINATORS: Mapping[str, tuple[str, Callable[[Office, Newcomer], Story[None]]]] = {
    EXPIRED_ASSIGNED.whose: ("charles", expired_assigned),
    PENDING_PAST_DATE.whose: ("blackstone", pending_past_date),
    EMPLOYED_BY_PRACTICE.whose: ("southcoast", employed_by_practice),
    NINE_OF_TEN.whose: ("harbor", nine_of_ten),
    NO_ETHICS.whose: ("harbor", no_ethics),
    IDLE.whose: ("blackstone", idle),
}
"""The vendor and the story of each coordinator whose record shows a fault of time or evidence."""


def debarred(office: Office, vendor: Party, desk: Desk) -> Story[None]:
    """The renewal is complete but for the match that the reviewer entered."""
    on = office_day(office.today - timedelta(days=20))
    match: Typed = {"result": "listed", "occurred_on": office_day(on + timedelta(days=8)).isoformat()}
    papers = Papers(own={"VO-05": [match]})
    application = yield from casework.filed(vendor, desk, on=on, papers=papers)
    searched_on = office_day(on + timedelta(days=8))
    yield from casework.examined(application, desk, on=searched_on, papers=papers)
    yield from casework.searched(application, desk, "VO-05", match, on=searched_on)


def report_late(office: Office, vendor: Party, desk: Desk) -> Story[None]:
    """The renewal waits for a reviewer; the last financial report came after its due date."""
    on = min(office_day(office.today - timedelta(days=4)), office.today - ONE_DAY)
    if _last_report(on) != _last_report(office.today):  # the due date has only just passed
        on = office.today - ONE_DAY
    end, due_on = _last_report(on)
    late: Typed = {
        "period_end": end.isoformat(),
        "occurred_on": min(due_on + timedelta(days=19), on).isoformat(),
        "note": "",
    }
    yield from casework.filed(vendor, desk, on=on, papers=Papers(own={"VO-04": [late]}))


def _last_report(on: date) -> tuple[date, date]:
    """The last fiscal year whose report has fallen due before `on`, with its due date."""
    year = on.year
    while (due_on := fixed_due_date(date(year, 6, 30)).on) >= on:
        year -= 1
    return date(year, 6, 30), due_on


VENDORS: Mapping[str, Callable[[Office, Party, Desk], Story[None]]] = {
    DEBARRED.whose: debarred,
    REPORT_LATE.whose: report_late,
}
"""What happens to a vendor after its second term began."""


_AT_ENTRY = {"1.1": 4, "1.5": 2, "2.1": 4, "2.2": 4, "4.2": 4, "5.1": 2, "6.2": 2}
_LATER = {"1.1": 6, "1.5": 6, "2.1": 6, "2.2": 6, "2.4": 4, "4.1": 4, "5.1": 3, "5.2": 4, "6.1": 6}
"""Themes of the other domains that stand out."""


def index_scores(*, later: bool) -> dict[str, int]:
    """The medical home index of the practice that improves: six themes of care coordination sum to 23, then to 38."""
    low = 6 if later else 3
    others = _LATER if later else _AT_ENTRY
    coordination = {
        theme: low + (turn < (2 if later else 5)) for turn, theme in enumerate(self_assessments.FULL.themes_of("3"))
    }
    return self_assessments.profile(5 if later else 3, {**others, **coordination})


def _requirement(subject: SubjectType, code: str, on: date) -> Requirement:
    definition = standards.definition_of(standards.in_force(standards.for_subject(subject).id, on))
    return next(one for one in definition.requirements if one.code == code)


def index_rises(office: Office, practice: Practice, desk: Desk) -> Story[None]:
    """Committed a year and some months ago, and renewed with a better index."""
    on = office_day(day_of_month(office.today, -16, 3))
    first = yield from _rated_and_certified(practice, desk, on=on, later=False)
    again = office_day(first.expires_on - timedelta(days=30))
    yield from _rated_and_certified(practice, desk, on=again, later=True)


def _rated_and_certified(practice: Practice, desk: Desk, *, on: date, later: bool) -> Story[CredentialPeriod]:
    papers = Papers(leave_out=frozenset({"PR-03", "PR-04"}))
    application = yield from casework.drafted(practice, desk, on=on, papers=papers)
    scores = index_scores(later=later)
    assessment = yield from self_assessments.begun(practice, desk, scores, on=on)
    yield from self_assessments.closed(assessment, desk, scores, on=on)
    yield from self_assessments.families_asked(practice, application, desk, 78 if later else 61, on=on)
    at = moment(on, 40)
    yield at
    lifecycle.submitted(application, desk, at=at)
    return (yield from casework.granted(application, desk, on=on))
