"""What an applicant would type in for each requirement, as the evidence forms expect it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from certhub.rules.evidence_fields import EvidenceField, Input
from certhub.rules.evidence_forms import NOT_RATED, fields_for
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.requirement_kinds.papers import REASONS
from certhub.rules.standard import Requirement
from certhub.rules.terms import add_months
from certhub.rules.vocabulary import RequirementKind

PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty page: the demo state has no real documents."""

LATE_BECAUSE = (
    "I was on leave until the middle of the month and missed the letter. I have not worked as a certified care "
    "coordinator since the last day of my credential."
)
"""Why somebody renews late."""
REVIEWER = "Helen Brandt, human resources"
"""Who looks at the results of background checks in the demo state."""
_SIGNERS = {"lead_physician": "Anita Desrosiers, MD"}
"""Who signs on paper for a party of an agreement that is not the person at the screen."""

Typed = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs and who gives references in the demo state."""

    name: str
    references: tuple[str, str, str] = ("Joan Whitfield, RN", "Marcus Bell, LICSW", "Priya Raman, MD")
    experience: str = ""
    """Which path of experience is taken; the standard's first one where it is empty."""


def sufficient(requirement: Requirement, *, on: date, person: Person) -> list[Typed]:
    """All that meets a requirement on a day: one set of typed values for each piece of evidence."""
    match requirement.kind:
        case RequirementKind.DOCUMENT:
            types = requirement.params["types"]
            wanted = types if requirement.params.get("need") == "all" else types[:1]
            return [_filled(requirement, on, person, {"document_type": one}) for one in wanted]
        case RequirementKind.AGREEMENT:
            return [
                _filled(requirement, on, replace(person, name=_SIGNERS.get(one, person.name)), {"party": one})
                for one in requirement.params["parties"]
            ]
        case RequirementKind.COMPETENCY:
            return [_filled(requirement, on, person, {"reference_name": name}) for name in person.references]
        case RequirementKind.EXPERIENCE:
            return [_filled(requirement, on, person, {
                "path": person.experience or requirement.params["id"],
                "started_on": add_months(on, -40).isoformat(), "hours": "3600",
            })]  # fmt: skip
        case RequirementKind.PARTICIPATION:
            count = int(requirement.params.get("min_count", 2))
            return [
                _filled(requirement, on, person, {"occurred_on": (on - timedelta(days=60 + 90 * turn)).isoformat()})
                for turn in range(count)
            ]
        case RequirementKind.INSTRUMENT_SCORE:
            return [medical_home_index(on=on, level=5)]
        case RequirementKind.BACKGROUND_CHECK:
            return [
                _filled(requirement, on, person, {
                    "check": check, "requested_on": (on - timedelta(days=30)).isoformat(), "cleared": "yes",
                    "expires_on": add_months(on, 36).isoformat(),
                })
                for check in requirement.params["checks"]
            ]  # fmt: skip
        case RequirementKind.FILING:
            return [
                _filled(requirement, on, person, {"period_end": end.isoformat(), "occurred_on": filed.isoformat()})
                for end, filed in _filings(requirement, on)
            ]
        case RequirementKind.POINTS:
            criteria = next(one for one in fields_for(requirement) if one.name == "criteria")
            return [_filled(requirement, on, person, {"criteria": [value for value, _ in criteria.choices]})]
    return [_filled(requirement, on, person, {})]


def _filings(requirement: Requirement, on: date) -> list[tuple[date, date]]:
    """The last periods of a filing, each with the day on which it was filed in time."""
    if requirement.params["due_rule"] == "after_fiscal_year":
        ends = [date(on.year - back, 6, 30) for back in range(3)]
        return [(end, filed) for end in ends if (filed := date(end.year, 10, 14)) <= on]
    months = {"month": 1, "quarter": 3, "year": 12}.get(str(requirement.params.get("period", "")), 12)
    first = date(on.year, 1, 1)
    ends = [add_months(first, step * months) - timedelta(days=1) for step in range(12 // months, -24 // months, -1)]
    return [(end, filed) for end in ends if (filed := end + timedelta(days=9)) <= on][:13]


def medical_home_index(*, on: date, level: int) -> Typed:
    """A full index with the same score for each theme."""
    grid: Typed = {f"scores-{theme}": str(level) for theme in INSTRUMENTS["MHI-FV"].themes}
    roles = ["physician", "family_advisor"]
    return {"instrument": "MHI-FV", "occurred_on": on.isoformat(), "completed_by": roles, **grid}


def _filled(requirement: Requirement, on: date, person: Person, given: Mapping[str, str | list[str]]) -> Typed:
    values: Typed = {}
    for one in fields_for(requirement):
        if one.name in given:
            values[one.name] = given[one.name]
        elif one.input is Input.SCORE_GRID:
            values.update(_ratings(one))
        else:
            values[one.name] = _plain(one, on, person)
    return values


def _plain(one: EvidenceField, on: date, person: Person) -> Any:
    if one.name == "occurred_on":
        return on.isoformat()
    if one.name == "expires_on":
        return add_months(on, 12).isoformat() if one.required else ""
    match one.input:
        case Input.CHECKBOX:
            return "y"
        case Input.DATE:
            return on.isoformat()
        case Input.CHOICE:
            return one.choices[0][0]
        case Input.MULTI_CHOICE:
            return [one.choices[0][0]]
        case Input.NUMBER:
            return str(max(one.minimum or 0, min(one.maximum or 40, 40)))
        case Input.TEXTAREA:
            return LATE_BECAUSE if one.name == REASONS else "Demo record"
    if one.name == "reviewer":
        return REVIEWER  # nobody reviews their own background check
    return person.name if one.name == "signed_by" else "Demo record"


def _ratings(grid: EvidenceField) -> Typed:
    """Every competency rated well."""
    return {f"{grid.name}-{row}": "3" for row, _ in grid.choices}


def narrow_ratings(requirement: Requirement, typed: Typed) -> Typed:
    """The same reference form with the last competency not rated: the planted fault of nine of ten."""
    grid = next(one for one in fields_for(requirement) if one.input is Input.SCORE_GRID)
    return {**typed, f"{grid.name}-{grid.choices[-1][0]}": NOT_RATED}
