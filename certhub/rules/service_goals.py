"""How soon DPH does its part: five business days until an application is taken up, thirty days until the decision.

The State Auditor found an average of 289 and then 300 days from application to approval in a sister program, most of
them spent waiting for somebody to take the case, and recommended formal, time-based standards (CICRF, 2017 and 2022).
The clock of DPH stands still while the applicant has the application.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.business_days import add_business_days
from certhub.rules.lifecycle import OPEN_STATUSES, WITH_APPLICANT, is_open
from certhub.rules.terms import Explained, written
from certhub.rules.vocabulary import ApplicationStatus

TAKE_UP_BUSINESS_DAYS = 5
DECISION_DAYS = 30
SOON_BUSINESS_DAYS = 2
"""What is due within so many business days is shown as due soon."""

WITH_DEPARTMENT = tuple(status for status in ApplicationStatus if status in OPEN_STATUSES - WITH_APPLICANT)
"""The statuses in which DPH has the next step, in the order of the work."""


@dataclass(frozen=True, slots=True)
class StageEntry:
    """The day on which an application came into a status."""

    status: ApplicationStatus
    entered_on: date


def is_with_department(status: ApplicationStatus) -> bool:
    """Whether the next step is DPH's."""
    return status in WITH_DEPARTMENT


def days_with_department(stages: Sequence[StageEntry], until: date) -> int:
    """How many days DPH had an application by `until`; `stages` come in the order of time."""
    ends = [*(stage.entered_on for stage in stages[1:]), until]
    return sum(
        max((min(end, until) - stage.entered_on).days, 0)
        for stage, end in zip(stages, ends, strict=True)
        if is_with_department(stage.status)
    )


def goal_for(stages: Sequence[StageEntry]) -> Explained | None:
    """By when DPH is to take the next step, where an application is in the last of `stages`; None without one.

    After a reopening the days are counted anew.
    """
    if not stages or not is_with_department(stages[-1].status):
        return None
    ends = [place for place, stage in enumerate(stages) if not is_open(stage.status)]
    stages = stages[ends[-1] + 1 :] if ends else stages
    since = stages[-1].entered_on
    used = days_with_department(stages, since)
    decision = Explained(
        since + timedelta(days=DECISION_DAYS - used),
        f"the decision is due after {DECISION_DAYS} days with DPH"
        + (f", of which {used} had passed by {written(since)}" if used else f", counted from {written(since)}"),
    )
    if stages[-1].status is not ApplicationStatus.SUBMITTED:
        return decision
    taking_up = Explained(
        add_business_days(since, TAKE_UP_BUSINESS_DAYS),
        f"it is to be taken up within {TAKE_UP_BUSINESS_DAYS} business days after {written(since)}",
    )
    return min(taking_up, decision, key=lambda one: one.on)


def due_soon_by(today: date) -> date:
    """The last day that counts as due soon."""
    return add_business_days(today, SOON_BUSINESS_DAYS)
