"""Background checks, registry searches and reviews: which answer counts, until when, and whose turn it is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certhub.rules.dossier import EvidenceItem
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import judge
from certhub.rules.vocabulary import RequirementKind, Result
from tests.unit.rules.requirement_builders import AS_OF, CORI, ENTRY, LEIE, VISIT, given, requirement, subject

BOTH: dict[str, Any] = {"checks": ["CORI", "SORI"], "recheck_months": 36}
DAY = date(2027, 6, 1)


def checked(params: dict[str, Any], *items: EvidenceItem) -> Finding:
    return judge(requirement(RequirementKind.BACKGROUND_CHECK, params), subject(*items), ENTRY)


def answer(check: str, on: date | None = DAY, cleared: object = True, number: int = 1, **more: Any) -> EvidenceItem:
    return given(on, id=number, check=check, cleared=cleared, **more)


def test_each_check_is_answered_for_itself() -> None:
    both = checked(BOTH, answer("CORI"), answer("SORI", date(2027, 5, 1), number=2))
    assert (both.result, both.have, both.due_on) == (Result.MET, "2 of 2 checks cleared", date(2030, 5, 1))
    assert both.need == "CORI and SORI cleared, again every 36 months"

    one = checked(BOTH, answer("CORI"))
    assert (one.result, one.have, one.provided) == (Result.PARTIAL, "1 of 2 checks cleared", False)
    assert one.explanation == "The SORI check is missing."
    assert checked({"checks": ["CORI"]}, answer("CORI")).need == "CORI cleared"


@pytest.mark.parametrize(
    ("cleared", "result", "provided"),
    [(True, Result.MET, True), (False, Result.NOT_MET, True), (None, Result.NOT_MET, False)],
)
def test_an_answer_is_given_also_where_it_does_not_clear(cleared: object, result: Result, provided: bool) -> None:
    found = checked(CORI, answer("CORI", cleared=cleared))
    assert (found.result, found.provided) == (result, provided)


def test_a_check_without_a_day_has_no_result_yet() -> None:
    assert "has no result yet" in checked(CORI, answer("CORI", None)).explanation


@pytest.mark.parametrize(
    ("params", "on", "expires_on", "due_on"),
    [
        ({}, DAY, None, None),
        ({"recheck_months": 36}, DAY, None, date(2030, 6, 1)),
        ({"max_age_days": 60}, DAY, None, date(2027, 7, 31)),
        ({"max_age_days": 60, "recheck_months": 36}, DAY, None, date(2027, 7, 31)),
        ({"max_age_days": 60, "recheck_months": 36}, DAY, date(2027, 7, 1), date(2027, 7, 1)),
        ({"recheck_months": 36}, DAY, date(2031, 1, 1), date(2030, 6, 1)),
        ({}, DAY, date(2031, 1, 1), date(2031, 1, 1)),
    ],
)
def test_a_result_counts_until_the_first_of_its_last_days(
    params: dict[str, Any], on: date, expires_on: date | None, due_on: date | None
) -> None:
    found = checked({"checks": ["CORI"]} | params, answer("CORI", on, expires_on=expires_on))
    assert (found.result, found.due_on) == (Result.MET, due_on)


@pytest.mark.parametrize(("days", "result"), [(14, Result.MET), (13, Result.NOT_MET)])
def test_a_first_result_is_as_old_as_it_may_be(days: int, result: Result) -> None:
    assert checked({"checks": ["CORI"], "max_age_days": days}, answer("CORI")).result is result


def test_the_search_of_another_registry_says_nothing() -> None:
    asked = requirement(RequirementKind.REGISTRY_CLEAR, LEIE)
    for item in (given(AS_OF, registry="sam", result="clear"), given(None, registry="leie", result="clear")):
        found = judge(asked, subject(item), ENTRY)
        assert (found.result, "has not been searched yet" in found.explanation) == (Result.NOT_MET, True)
    match = judge(asked, subject(given(AS_OF, registry="leie", result="listed")), ENTRY)
    assert (match.result, match.provided) == (Result.NOT_MET, True)


def visited(params: dict[str, Any], on: date | None = AS_OF, **changes: Any) -> Finding:
    value: dict[str, Any] = {"checklist_id": "visit", "result": "satisfactory", "independent": True}
    item = given(on, **value | changes)
    return judge(requirement(RequirementKind.REVIEW, params), subject(item), ENTRY)


@pytest.mark.parametrize(
    ("params", "value", "says"),
    [
        (VISIT, {}, ""),
        (VISIT, {"checklist_id": "other"}, "No review is on file yet"),
        (VISIT, {"on": None}, "No review is on file yet"),
        (VISIT, {"on": date(2025, 6, 15)}, ""),
        (VISIT, {"on": date(2025, 6, 14)}, "was due again by June 14, 2027"),
        ({"checklist_id": "visit"}, {"on": date(2001, 1, 1)}, ""),
        (VISIT, {"independent": False}, "not shown to be independent"),
        (VISIT | {"reviewer_independence": False}, {"independent": False}, ""),
        (VISIT, {"result": "corrective_action"}, "which is not approved yet"),
        (VISIT, {"result": "corrective_action", "cap_approved": True}, ""),
        (VISIT | {"cap_allowed": False}, {"result": "corrective_action", "cap_approved": True}, "not approved yet"),
        ({"checklist_id": "visit"}, {"result": "corrective_action", "cap_approved": True}, "not approved yet"),
        (VISIT | {"min_result": "corrective_action"}, {"result": "corrective_action"}, ""),
        (VISIT, {"result": "unsatisfactory"}, "was not satisfactory"),
        (VISIT, {"result": ""}, "was not satisfactory"),
    ],
)
def test_a_review_counts_as_the_standard_says(params: dict[str, Any], value: dict[str, Any], says: str) -> None:
    found = visited(params, **value)
    assert (found.result, says in found.explanation) == (Result.NOT_MET if says else Result.MET, True), (
        found.explanation
    )


def test_a_review_says_what_is_needed_and_that_an_answer_is_there() -> None:
    assert visited(VISIT).need == "Review: satisfactory, within 24 months"
    assert visited({"checklist_id": "visit"}).need == "Review: satisfactory"
    bad = visited(VISIT, result="")
    assert (bad.have, bad.provided) == ("No result on June 15, 2027", True)


@pytest.mark.parametrize(("held_in", "counts"), [("licences", False), ("evidence", True)])
def test_a_credential_given_as_evidence_is_looked_for_there(held_in: str, counts: bool) -> None:
    params = {"any_of": ["RN"], "status_in": ["current"], "held_in": held_in, "reverify_days": 14}
    asked = requirement(RequirementKind.CREDENTIAL_HELD, params)
    item = given(DAY, credential="RN", status="current")
    assert (judge(asked, subject(item), ENTRY).result is Result.MET) is counts
    too_old = replace(item, occurred_on=date(2027, 5, 31))
    assert judge(asked, subject(too_old), ENTRY).result is Result.NOT_MET
