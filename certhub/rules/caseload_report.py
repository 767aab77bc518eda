"""The monthly caseload report: what it counts, how its numbers hang together, and when it is due.

Counts only. There is no field for a name, a day or a remark, so that nothing about one child can be written here. The
codes for activities, outcomes and lengths of time follow the Care Coordination Measurement Tool (Antonelli et al.),
which is somebody else's work: the numbers are its identifiers, the words are our own one-line paraphrases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from certhub.rules.business_days import next_business_day
from certhub.rules.caseload import TIER_LABELS, Caseload, Tier
from certhub.rules.refusal import Refusal
from certhub.rules.terms import add_months, last_day_of_month

DUE_DAY = 15
MOST = 9_999
"""The largest number that a field takes: more is a slip of the finger."""
FIRST_YEAR, LAST_YEAR = 2000, 2099

_MONTHS = 12


class Breakdown(StrEnum):
    """What a number of a report is a part of."""

    TIER = "tier"
    FIRST_MONTH = "first_month"
    COVERAGE = "coverage"
    AGE = "age"
    DISABILITY = "disability"
    TIME_BAND = "time_band"
    ACTIVITY = "activity"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a breakdown: `key` names it in forms and spreadsheets."""

    key: str
    label: str


CHILDREN, ADMISSIONS, CLOSURES = "children", "admissions", "closures"
FAMILIES, CONTACTED, ENCOUNTERS = "families", "contacted", "encounters"

TOTALS: Mapping[str, str] = MappingProxyType(
    {
        CHILDREN: "Active children on the last day of the month",
        ADMISSIONS: "Children who came in during the month",
        CLOSURES: "Children whose coordination ended in the month",
        FAMILIES: "Active families",
        CONTACTED: "Of them contacted, or tried, in the last 90 days",
        ENCOUNTERS: "Encounters in the month",
    }
)

TITLES: Mapping[Breakdown, str] = MappingProxyType(
    {
        Breakdown.TIER: "Tiers",
        Breakdown.FIRST_MONTH: "In their first month",
        Breakdown.COVERAGE: "Coverage",
        Breakdown.AGE: "Age",
        Breakdown.DISABILITY: "Disability",
        Breakdown.TIME_BAND: "How long encounters took",
        Breakdown.ACTIVITY: "What was done",
        Breakdown.OUTCOME: "What came of it",
    }
)

_PREVENTED = {
    "ed": "an emergency visit",
    "specialist": "a visit to a subspecialist",
    "hospital": "a stay in hospital",
    "office": "a visit to the office",
    "tests": "tests or X-rays",
    "therapies": "special therapies",
}
_OCCURRED = {
    "advice": "Advice for care at home",
    "to_ed": "Sent to an emergency department",
    "to_specialist": "Sent to a subspecialist",
    "to_hospital": "Sent to a hospital",
    "to_sick_visit": "Sent to a sick visit",
    "to_tests": "Sent to tests",
    "to_agency": "Led to a community agency",
    "to_therapies": "Led to therapies",
    "supplies": "Supplies were ordered",
    "discrepancies": "Different instructions were settled",
    "reports": "Reports or school plans were read",
    "advocacy": "Spoke up for the family",
    "need_met": "A need was met at once",
    "need_unmet": "A need stays unmet",
    "none": "Nothing of these",
    "pending": "Still open",
}

PARTS: Mapping[Breakdown, tuple[Part, ...]] = MappingProxyType(
    {
        Breakdown.TIER: tuple(Part(f"tier_{tier[1]}", TIER_LABELS[tier]) for tier in Tier),
        Breakdown.FIRST_MONTH: tuple(Part(f"first_month_{tier[1]}", f"Of tier {tier[1]}") for tier in Tier),
        Breakdown.COVERAGE: (
            Part("coverage_private", "Private insurance"),
            Part("coverage_medicaid", "Medicaid (MassHealth)"),
            Part("coverage_both", "Both"),
            Part("coverage_uninsured", "Uninsured"),
            Part("coverage_other", "Other"),
        ),
        Breakdown.AGE: (
            Part("age_0_2", "0 to 2"),
            Part("age_3_5", "3 to 5"),
            Part("age_6_11", "6 to 11"),
            Part("age_12_17", "12 to 17"),
            Part("age_18_21", "18 to 21"),
        ),
        Breakdown.DISABILITY: (
            Part("disability_neurological", "Neurological"),
            Part("disability_congenital", "Congenital anomalies and conditions of the newborn period"),
            Part("disability_learning", "Learning, cognition and development"),
            Part("disability_other", "Other"),
        ),
        Breakdown.TIME_BAND: (
            Part("time_1", "Under 5 minutes"),
            Part("time_2", "5 to 9 minutes"),
            Part("time_3", "10 to 19 minutes"),
            Part("time_4", "20 to 29 minutes"),
            Part("time_5", "30 to 39 minutes"),
            Part("time_6", "40 to 49 minutes"),
            Part("time_7", "50 minutes or more"),
        ),
        Breakdown.ACTIVITY: (
            Part("activity_1", "1 Talked by telephone"),
            Part("activity_2", "2 Wrote back and forth online"),
            Part("activity_3", "3 Reached a consultant"),
            Part("activity_4", "4 Worked on forms"),
            Part("activity_5", "5 Talked with the primary care clinician"),
            Part("activity_6", "6 Wrote a report to an agency"),
            Part("activity_7", "7 Wrote a letter or an e-mail"),
            Part("activity_8", "8 Looked through the chart"),
            Part("activity_9", "9 Looked something up for a family"),
            Part("activity_10", "10 Reached home-care staff"),
            Part("activity_11", "11 Wrote or changed a care plan"),
            Part("activity_12", "12 Met about a case"),
        ),
        Breakdown.OUTCOME: (
            *(Part(f"prevented_{code}", f"Prevented: {words}") for code, words in _PREVENTED.items()),
            *(Part(f"occurred_{code}", words) for code, words in _OCCURRED.items()),
        ),
    }
)
"""The fields of each breakdown, in the order of the form and of the spreadsheet."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {**TOTALS, **{part.key: f"{TITLES[one]}: {part.label}" for one in Breakdown for part in PARTS[one]}}
)
"""Every number of a line with what it counts."""

WHOLE = (Breakdown.TIER, Breakdown.COVERAGE, Breakdown.AGE, Breakdown.DISABILITY)
"""The breakdowns that each add up to the active children."""

SCOPE_FLAGGED = "activity_6"
"""What collides with the scope of practice (DONT-03) unless a physician or nurse wrote it: flagged, not forbidden."""

Line = Mapping[str, int]
"""The numbers of one coordinator at one practice; a field that is not there is 0."""


def total(line: Line, breakdown: Breakdown) -> int:
    """What the fields of a breakdown add up to."""
    return sum(line.get(part.key, 0) for part in PARTS[breakdown])


def caseload_of(line: Line) -> Caseload:
    """The children of a line as the capacity model counts them."""
    return Caseload(
        {tier: line.get(f"tier_{tier[1]}", 0) for tier in Tier},
        {tier: line.get(f"first_month_{tier[1]}", 0) for tier in Tier},
    )


def first_month_of(line: Line) -> int:
    """The children of a line who are in their first month, of all tiers."""
    return sum(caseload_of(line).first_month.values())


def sum_of(lines: Iterable[Line]) -> dict[str, int]:
    """Several lines as one."""
    told = list(lines)
    return {key: sum(line.get(key, 0) for line in told) for key in FIELDS}


def mistakes(line: Line) -> dict[str, str]:
    """For each field that contradicts another one, what to do; empty where the line holds together."""
    found = {key: f"Enter a whole number from 0 to {MOST:,}." for key in FIELDS if not 0 <= line.get(key, 0) <= MOST}
    if found:
        return found
    for one in WHOLE:
        added = total(line, one)
        if added != line.get(CHILDREN, 0):
            found[PARTS[one][0].key] = (
                f"{TITLES[one]} adds up to {added:,}, but there are {line.get(CHILDREN, 0):,} active children. "
                "Correct one of them."
            )
    for tier in Tier:
        new, active = line.get(f"first_month_{tier[1]}", 0), line.get(f"tier_{tier[1]}", 0)
        if new > active:
            found[f"first_month_{tier[1]}"] = (
                f"{new:,} children in their first month are more than the {active:,} of this tier."
            )
    return {**found, **_encounter_mistakes(line)}


def _encounter_mistakes(line: Line) -> dict[str, str]:
    encounters, found = line.get(ENCOUNTERS, 0), {}
    timed = total(line, Breakdown.TIME_BAND)
    if timed != encounters:
        found["time_1"] = (
            f"The lengths of time add up to {timed:,}, but there were {encounters:,} encounters. "
            "Each encounter has one length: correct one of them."
        )
    for one in (Breakdown.ACTIVITY, Breakdown.OUTCOME):
        for part in PARTS[one]:
            if line.get(part.key, 0) > encounters:
                found[part.key] = f"This is more than the {encounters:,} encounters."
        if total(line, one) < encounters:
            found.setdefault(
                PARTS[one][0].key,
                f"{TITLES[one]} adds up to {total(line, one):,}, fewer than the {encounters:,} encounters. "
                "Each encounter has at least one.",
            )
    return found


def require_consistent(line: Line) -> None:
    """Refuse a line whose numbers contradict each other, beside the first field."""
    for field, message in mistakes(line).items():
        raise Refusal(message, field=field)


def due_on(month: date) -> date:
    """The 15th of the month after; where state offices are closed on it, the next business day.

    The 15th is that of the standard for vendors (VO-12); moving it behind a weekend or holiday is a program default.
    """
    return next_business_day(add_months(month.replace(day=1), 1).replace(day=DUE_DAY))


def is_late(month: date, filed_on: date) -> bool:
    """Whether a report of `month` came in after its due day."""
    return filed_on > due_on(month)


def month_number(month: date) -> int:
    """A month as addresses name it: 202610."""
    return month.year * 100 + month.month


def month_of(number: int) -> date | None:
    """The first day of the month that an address names; None for what names none."""
    year, month = divmod(number, 100)
    return date(year, month, 1) if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= _MONTHS else None


def month_in_words(month: date) -> str:
    """October 2026."""
    return f"{month:%B} {month.year}"


def require_over(month: date, today: date) -> None:
    """Refuse a report of a month that is still going on: it counts the last day."""
    if last_day_of_month(month) >= today:
        raise Refusal(f"{month_in_words(month)} is not over. Its report counts the children on its last day.")


def latest_month(today: date) -> date:
    """The latest month that is over on `today`."""
    return add_months(today.replace(day=1), -1)


def month_that_counts(as_of: date) -> date:
    """The latest month whose last day has come by `as_of`: its numbers are those of that day."""
    this = as_of.replace(day=1)
    return this if as_of == last_day_of_month(as_of) else add_months(this, -1)
