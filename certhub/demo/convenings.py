"""State meetings in the demo state: two that were held, with who was there and what was raised, and one to come."""

from datetime import datetime, timedelta

from certhub.demo import applicants, faults
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.convenings import Convening
from certhub.rules.convenings import MeetingFacts
from certhub.rules.vocabulary import Region
from certhub.services import convening_records, convenings
from certhub.services.convening_records import ThemeFacts

PLACE = "Department of Public Health, 250 Washington Street, Boston"
LINK = "https://meet.example.org/state-meeting"
_LASTS = timedelta(hours=3)
_LARGEST = 24
_HELD = ("State meeting: equipment and language", "State meeting: growing up and going home")
_THEMES = (
    (
        ThemeFacts(
            "Equipment arrives months after the prescription",
            "Approvals for wheelchairs and feeding pumps pass through three offices, and each asks for the same papers "
            "again. Coordinators keep lists of their own to know where a request lies.",
            "NCCS-6", None, 9, "Twelve requests of one region took from 11 to 34 weeks.",
        ),
        ThemeFacts(
            "No interpreters for home visits in the evening",
            "Agencies offer interpreters on weekdays until five. Families who work are visited without one.",
            "NCCS-4", Region.SOUTHEAST, 4, "",
        ),
        ThemeFacts(
            "Schools and practices use different care plans",
            "The plan of the practice is typed anew for the school nurse, and the two soon differ.",
            "NCCS-2", Region.CENTRAL, 6, "",
        ),
    ),
    (
        ThemeFacts(
            "Nobody takes over at the age of 21",
            "Adult practices ask for a diagnosis that pediatric records name otherwise, and waiting lists begin anew.",
            "NCCS-6", None, 11, "Four vendors counted 38 young people without an adult practice.",
        ),
        ThemeFacts(
            "Hospitals tell of a discharge too late",
            "Coordinators hear of a discharge from the family, days later.",
            "NCCS-3", Region.BOSTON, 5, "",
        ),
    ),
)  # fmt: skip


def met(office: Office) -> Story[None]:
    """Two meetings are held, each with its sheet and its themes, and the next one is planned."""
    for days_ago, title, themes in zip((310, 120), _HELD, _THEMES, strict=True):
        held_on = office_day(office.today - timedelta(days=days_ago))
        yield moment(held_on - timedelta(days=45), 15)
        meeting = _planned(office, title, moment(held_on), at=moment(held_on - timedelta(days=45), 15))
        after = moment(held_on, 240)
        yield after
        there = [person for name, person in sorted(office.coordinators.items()) if name not in _elsewhere()][:_LARGEST]
        convening_records.record_attendance(meeting, dict.fromkeys(there, True), actor=office.administrator, at=after)
        for theme in themes:
            convening_records.record_theme(meeting, theme, actor=office.administrator, at=after)
    planned_at = moment(office_day(office.today - timedelta(days=18)), 15)
    yield planned_at
    ahead = _planned(
        office,
        "State meeting: care plans that travel",
        moment(office_day(office.today + timedelta(days=40))),
        at=planned_at,
    )
    answered_at = moment(office_day(office.today - timedelta(days=9)), 15)
    yield answered_at
    own = [office.coordinators[name] for name in (applicants.WALKER, "Rachel Goldstein")]
    convenings.answer(
        ahead, {own[0]: True, own[1]: False}, base_url=office.press.base_url, actor=office.hr["harbor"], at=answered_at
    )


def _planned(office: Office, title: str, starts_at: datetime, *, at: datetime) -> Convening:
    facts = MeetingFacts(
        title=title, starts_at=starts_at, ends_at=starts_at + _LASTS, place=PLACE, link=LINK, region=None,
        agenda=(
            "Welcome and news of the Board", "What coordinators saw since the last meeting",
            "Equipment: who approves what", "Questions to the Department",
        ),
    )  # fmt: skip
    return convenings.plan(facts, actor=office.administrator, at=at)


def _elsewhere() -> set[str]:
    """Those whose own story would read differently with a meeting on record."""
    return {*applicants.APPLICANTS, *faults.COORDINATORS}
