"""Caseload reports in the demo state: every vendor reports four months, one late, one not yet, with some questions.

The children are split as the founding documents report them: 52, 41 and 7 percent by coverage, and 25, 24, 14 and 37
percent by disability. One coordinator is over capacity, and one line has children and no encounters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from certhub.database import db
from certhub.demo import organizations
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.caseload import CaseloadQuestion, ReportSource
from certhub.models.parties import Assignment
from certhub.queries import caseload_reports
from certhub.queries.caseload_reports import Place
from certhub.rules.caseload_checks import Check
from certhub.rules.caseload_report import CHILDREN, FAMILIES, PARTS, SCOPE_FLAGGED, Breakdown, due_on
from certhub.rules.terms import add_months
from certhub.services import caseload_questions
from certhub.services import caseload_reports as service

CHILDREN_IN_ALL = 1_150
MONTHS = 4
LATE, NOT_YET, FULL = "southcoast", "blackstone", "harbor"
"""Whose report of two months ago was late, whose latest one is missing, and who has somebody over capacity."""

_SILENT, _ANSWERED, _SETTLED = "commonwealth", "charles", "pioneer"
_NEARLY_FULL = "merrimack"
_TOO_MANY, _MANY = 44, 82
_WAVE = (-4, 0, 3, -2, 4, -1, 2, -2)
_SHARES: dict[Breakdown, dict[str, int]] = {
    Breakdown.TIER: {"tier_1": 30, "tier_2": 45, "tier_3": 25},
    Breakdown.COVERAGE: {
        "coverage_private": 52, "coverage_medicaid": 41, "coverage_both": 3, "coverage_uninsured": 2,
        "coverage_other": 2,
    },
    Breakdown.AGE: {"age_0_2": 18, "age_3_5": 25, "age_6_11": 31, "age_12_17": 19, "age_18_21": 7},
    Breakdown.DISABILITY: {
        "disability_neurological": 25, "disability_congenital": 24, "disability_learning": 14, "disability_other": 37,
    },
    Breakdown.TIME_BAND: {
        "time_1": 14, "time_2": 22, "time_3": 29, "time_4": 16, "time_5": 9, "time_6": 5, "time_7": 5,
    },
    Breakdown.ACTIVITY: {part.key: 0 if part.key == SCOPE_FLAGGED else 1 for part in PARTS[Breakdown.ACTIVITY]},
    Breakdown.OUTCOME: {part.key: 1 for part in PARTS[Breakdown.OUTCOME]},
}  # fmt: skip
_HOURS_OF_A_CHILD = 2
"""More than a child of the usual mix of tiers takes, so that most assignments fit."""
_OF_ENCOUNTERS = ("encounters", "time_", "activity_", "occurred_", "prevented_")
_CHILDRENS = (Breakdown.TIER, Breakdown.COVERAGE, Breakdown.AGE, Breakdown.DISABILITY)


@dataclass(slots=True)
class _Split:
    """Gives out numbers by shares, so that all that was given out comes as near to the shares as it can."""

    given: dict[Breakdown, dict[str, int]] = field(default_factory=dict)

    def of(self, one: Breakdown, number: int) -> dict[str, int]:
        """`number` parted by the shares of a breakdown."""
        shares = _SHARES[one]
        whole, before = sum(shares.values()), self.given.setdefault(one, dict.fromkeys(shares, 0))
        told = dict.fromkeys(shares, 0)
        for _ in range(number):
            so_far = sum(before.values()) + 1
            key = max(shares, key=lambda name: shares[name] * so_far - before[name] * whole)
            before[key] += 1
            told[key] += 1
        return told


def reported(office: Office) -> Story[None]:
    """Vendors file month after month; what does not fit is asked, answered and accepted."""
    split = _Split()
    filings = sorted(_filings(office))
    latest = add_months(office.today.replace(day=1), -1)
    for at, key, month in filings:
        if month < latest:
            yield at
            _file(office, key, month, split, at)
    settled_at = moment(latest.replace(day=25), 300)
    yield settled_at
    _settle(office, settled_at)
    for at, key, month in filings:
        if month == latest:
            yield at
            _file(office, key, month, split, at)


_EXPLAINED = {
    Check.CONTACTS: "Contacts with families that left in the month were counted. We will leave them out.",
    Check.CAPACITY: "A second coordinator begins soon and takes over one of the two practices.",
}


def _settle(office: Office, at: datetime) -> None:
    """The vendors answer; DPH accepts what two of them say."""
    for key in (_SETTLED, _ANSWERED, FULL):
        for question in _questions(office, key):
            caseload_questions.answer(question, _EXPLAINED[question.about], actor=office.hr[key], at=at)
            if key != _ANSWERED:
                caseload_questions.accept(question, "", actor=office.reviewer, at=at)


def _filings(office: Office) -> Iterator[tuple[datetime, str, date]]:
    for back in range(MONTHS, 0, -1):
        month = add_months(office.today.replace(day=1), -back)
        for place, key in enumerate(plan.key for plan in organizations.VENDORS):
            if key == NOT_YET and back == 1:
                continue
            day = office_day(add_months(month, 1).replace(day=3 + place))
            if key == LATE and back == 2:  # noqa: PLR2004  (the month before the latest)
                day = office_day(due_on(month) + timedelta(days=5))
            yield moment(day, 200 + place), key, month


def _file(office: Office, key: str, month: date, split: _Split, at: datetime) -> None:
    vendor, hr = office.vendors[key], office.hr[key]
    places = caseload_reports.places(hr, vendor.id, month)
    if not places:
        return
    before = caseload_reports.standing(vendor.id, add_months(month, -1))
    earlier = caseload_reports.lines_of(before.id if before else None)
    each = CHILDREN_IN_ALL // max(_assignments(), 1)
    two_ago = add_months(office.today.replace(day=1), -2)
    lines = {}
    for number, place in enumerate(places):
        children = max(min(each + _WAVE[number % len(_WAVE)], _planned(place)), 1)
        special = number == 0
        if special and key == FULL:
            children = _TOO_MANY
        busy = key == _NEARLY_FULL and place.coordinator_id == places[0].coordinator_id
        if busy:
            children = _MANY // sum(one.coordinator_id == place.coordinator_id for one in places)
        line = _line(place, children, earlier.get(place.pair, {}).get(CHILDREN, 0 if before else children), split)
        if special and key == FULL:
            line |= {"tier_1": 0, "tier_2": 6, "tier_3": children - 6, "first_month_2": min(line["first_month_2"], 6)}
        if busy:
            line |= {"tier_1": 0, "tier_2": children, "tier_3": 0, "first_month_2": 0}
        if special and key == _SILENT and month == two_ago:
            line = {name: value for name, value in line.items() if not name.startswith(_OF_ENCOUNTERS)}
        if special and key in (_ANSWERED, _SETTLED) and month == two_ago:
            line["contacted"] = line[FAMILIES] + 1
        lines[place.pair] = line
    service.type_lines(vendor.id, month, lines, source=ReportSource.FORM, actor=hr, at=at)
    service.file(vendor, month, places, filed_on=at.date(), seen=None, actor=hr, at=at)


def _planned(place: Place) -> int:
    """Children for whom the assignments in a place have the time."""
    return int(sum(load.hours() for load in place.loads) / _HOURS_OF_A_CHILD) if place.loads else CHILDREN_IN_ALL


def _assignments() -> int:
    going_on = (Assignment.superseded_at.is_(None), Assignment.ends_on.is_(None))
    return db.session.scalar(select(func.count(Assignment.id)).where(*going_on)) or 0


def _line(place: Place, children: int, before: int, split: _Split) -> dict[str, int]:
    came = max(children - before, place.assignment_id % 3)
    went = before + came - children
    encounters, families = 2 * children, children - children // 12
    parts = {name: value for one in _CHILDRENS for name, value in split.of(one, children).items()}
    for one in (Breakdown.TIME_BAND, Breakdown.ACTIVITY, Breakdown.OUTCOME):
        parts |= split.of(one, encounters)
    return {
        "children": children, "admissions": came, "closures": went, "families": families,
        "contacted": families - families // 20, "encounters": encounters,
        "first_month_2": min(came, parts["tier_2"], children), **parts,
    }  # fmt: skip


def _questions(office: Office, key: str) -> list[CaseloadQuestion]:
    return list(
        db.session.scalars(
            select(CaseloadQuestion)
            .where(CaseloadQuestion.vendor_id == office.vendors[key].id, CaseloadQuestion.about.in_(_EXPLAINED))
            .order_by(CaseloadQuestion.id)
        )
    )
