"""Hours and courses: from which day they count, what is still to do by when, and who has the next step."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from certhub.rules.dossier import CompletionItem, EvidenceItem, Occasion
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import (
    counts_training,
    has_data,
    inputs_of,
    judge,
    parameter_problems,
    typed_parameters,
)
from certhub.rules.requirement_kinds.training_counting import counted_spans, months_held
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import (
    AFTER_EXPIRY,
    AS_OF,
    CE,
    ENTRY,
    FRESH,
    RENEWAL,
    done,
    given,
    requirement,
    subject,
    trained,
)

DAY: dict[str, Any] = {"min": 24, "window_months": 24}
WORK: dict[str, Any] = {"min": 100, "window_months": 24, "unit": "work"}
LAST_DAY = replace(RENEWAL, as_of=date(2027, 7, 31))
BACK = replace(AFTER_EXPIRY, kind=ApplicationKind.REINSTATEMENT)


def hours(params: dict[str, Any], *completions: CompletionItem, at: Occasion = RENEWAL, **facts: Any) -> Finding:
    return judge(requirement(RequirementKind.HOURS, params), replace(trained(*completions), facts=facts), at)


def worked(*items: EvidenceItem) -> Finding:
    return judge(requirement(RequirementKind.HOURS, WORK), subject(*items), RENEWAL)


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        (DAY, ""),
        ({"min": 24}, ""),
        (CE | {"category_mins": {"ethics_scope": 24}}, ""),
        (CE | {"category_mins": {"ethics_scope": 20, "core": 5}}, "more hours together than the minimum of 24"),
        (CE | {"categories": ["core", "ethics_scope"]}, ""),
        (CE | {"categories": ["core"]}, 'name ethics_scope, which parameter "categories" does not count'),
        ({"min": 24, "carry_over_max": 4}, "needs window_months"),
        ({"min": 24, "prorate": True}, "needs window_months"),
        ({"min": 24, "first_cycle": "prorated"}, "needs window_months"),
        ({"min": 24, "first_cycle": "exempt"}, ""),
    ],
)
def test_parameters_of_hours_that_contradict_each_other_are_named(params: dict[str, Any], wrong: str) -> None:
    problems = " ".join(parameter_problems(RequirementKind.HOURS, params))
    assert wrong in problems
    assert bool(problems) is bool(wrong)


@pytest.mark.parametrize(
    ("params", "occasion", "spans"),
    [
        (DAY, RENEWAL, ((date(2025, 8, 1), AS_OF),)),
        (DAY, AFTER_EXPIRY, ((date(2025, 8, 1), date(2027, 7, 31)),)),
        (DAY, BACK, ((date(2025, 8, 1), date(2027, 8, 15)),)),
        (DAY, ENTRY, ((date(2025, 6, 16), AS_OF),)),
        (DAY | {"anchor": "decision"}, RENEWAL, ((date(2025, 6, 16), AS_OF),)),
        ({"min": 24}, RENEWAL, ((date.min, AS_OF),)),
        ({"min": 24}, AFTER_EXPIRY, ((date.min, date(2027, 8, 15)),)),
        (
            DAY | {"carry_over_max": 4}, RENEWAL,
            ((date(2025, 8, 1), AS_OF), (date(2023, 8, 1), date(2025, 7, 31))),
        ),
        (DAY | {"carry_over_max": 4}, ENTRY, ((date(2025, 6, 16), AS_OF),)),
        (WORK, RENEWAL, ()),
    ],
)  # fmt: skip
def test_the_days_on_which_an_hour_counts(
    params: dict[str, Any], occasion: Occasion, spans: tuple[tuple[date, date], ...]
) -> None:
    assert counted_spans(typed_parameters(requirement(RequirementKind.HOURS, params)), occasion) == spans


@pytest.mark.parametrize(
    ("occasion", "says"),
    [
        (RENEWAL, "20 of 24 hours; 4 hours to go by July 31, 2027."),
        (LAST_DAY, "20 of 24 hours; 4 hours to go by July 31, 2027."),
        (
            AFTER_EXPIRY,
            "20 of 24 hours; 4 hours to go. Hours after July 31, 2027 do not count for this renewal. They would count "
            "for a reinstatement, after the grace period.",
        ),
        (
            replace(AFTER_EXPIRY, filed_on=date(2027, 7, 1)),
            "20 of 24 hours; 4 hours to go. Hours after July 31, 2027 do not count for this renewal.",
        ),
        (BACK, "20 of 24 hours; 4 hours to go. Hours made up since July 31, 2027 count, too."),
        (ENTRY, "20 of 24 hours; 4 hours to go."),
    ],
)
def test_what_is_to_go_is_said_with_the_day_by_which_it_counts(occasion: Occasion, says: str) -> None:
    found = hours(DAY, done(date(2026, 1, 1), "20"), at=occasion)
    assert found.explanation == says
    assert (found.result, found.progress, found.provided) == (Result.PARTIAL, Fraction(5, 6), True)


def test_hours_counted_from_the_decision_have_no_last_day() -> None:
    found = hours(DAY | {"anchor": "decision"}, done(date(2026, 1, 1), "20"))
    assert (found.explanation, found.due_on) == ("20 of 24 hours; 4 hours to go.", None)
    met = hours(DAY, done(date(2026, 1, 1), "24"), at=AFTER_EXPIRY)
    assert (met.explanation, met.due_on) == ("24 of 24 hours.", date(2027, 7, 31))


def test_each_category_is_told_with_what_it_has_and_needs() -> None:
    found = hours(CE, done(date(2026, 1, 1), "23"), done(date(2026, 2, 1), "1.5", "ethics_scope", id=2))
    assert (found.have, found.need) == ("24.5 hours; ethics 1.5", "24 hours; ethics 2")
    assert "0.5 hours to go" in found.explanation
    exact = hours(CE, done(date(2026, 1, 1), "22"), done(date(2026, 2, 1), "2", "ethics_scope", id=2))
    assert (exact.result, exact.progress) == (Result.MET, Fraction(1))


def test_nothing_done_is_nothing_given() -> None:
    found = hours(DAY)
    assert (found.result, found.provided, found.progress) == (Result.NOT_MET, False, Fraction(0))


@pytest.mark.parametrize(
    ("items", "result", "awaits", "says"),
    [
        ((given(hours="100"),), Result.MET, False, "100 of 100 hours."),
        (
            (given(hours="60"), given(id=2, hours="40", verdict=Verdict.PENDING)), Result.PARTIAL, True,
            "100 of 100 hours. Waiting for review.",
        ),
        (
            (given(hours="60"), given(id=2, hours="30", verdict=Verdict.PENDING)), Result.PARTIAL, False,
            "90 of 100 hours; 10 hours to go by July 31, 2027. Waiting for review.",
        ),
        ((given(date(2025, 8, 1), hours="100"),), Result.MET, False, "100 of 100 hours."),
        ((given(date(2025, 7, 31), hours="100"),), Result.NOT_MET, False, "0 of 100 hours"),
        ((given(None, hours="100"),), Result.NOT_MET, False, "0 of 100 hours"),
    ],
)  # fmt: skip
def test_hours_of_work_come_from_evidence_and_wait_for_their_review(
    items: tuple[EvidenceItem, ...], result: Result, awaits: bool, says: str
) -> None:
    found = worked(*items)
    assert (found.result, found.awaiting_review, says in found.explanation) == (result, awaits, True), found.explanation


def test_hours_of_work_count_in_their_category() -> None:
    asked = requirement(RequirementKind.HOURS, WORK | {"category_mins": {"core": 50}})
    found = judge(asked, subject(given(hours="60", category="core"), given(id=2, hours="40")), RENEWAL)
    assert (found.result, found.evidence_ids) == (Result.MET, (1, 2))


def test_hours_carried_over_are_told_with_the_months_that_they_come_from() -> None:
    carrying = DAY | {"carry_over_max": 4}
    earlier, now = done(date(2024, 1, 1), "27"), done(date(2026, 1, 1), "21", id=2)
    found = hours(carrying, earlier, now, first_granted_on="2023-08-01")
    assert (found.result, found.explanation) == (
        Result.MET, "24 of 24 hours. 3 hours carried over from the 24 months up to July 31, 2025.",
    )  # fmt: skip
    assert "carried" not in hours(carrying, now, first_granted_on="2023-08-01").explanation
    assert "carried" not in hours(DAY, earlier, now, first_granted_on="2023-08-01").explanation
    since = hours(carrying, earlier, now, first_granted_on="2024-01-02")
    assert "carried" not in since.explanation


@pytest.mark.parametrize(
    ("category", "rejected", "approved", "counts"),
    [("core", False, True, True), ("general", False, True, False), ("core", True, True, False),
     ("core", False, False, False)],
)  # fmt: skip
def test_only_what_the_standard_takes_is_counted(category: str, rejected: bool, approved: bool, counts: bool) -> None:
    params = DAY | {"categories": ["core"], "provider_approved": True}
    given_in = done(date(2026, 1, 1), "24", category, rejected=rejected, provider_approved=approved)
    assert (hours(params, given_in).result is Result.MET) is counts
    assert (hours(DAY, given_in).result is Result.MET) is not rejected


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 4, 1), date(2027, 7, 31), 16),
        (date(2026, 4, 1), date(2027, 7, 30), 15),
        (date(2026, 4, 15), date(2026, 5, 14), 1),
        (date(2026, 4, 15), date(2026, 5, 13), 0),
        (date(2026, 4, 15), date(2026, 3, 1), 0),
    ],
)
def test_only_whole_months_count_as_held(first: date, last: date, months: int) -> None:
    assert months_held(first, last) == months


@pytest.mark.parametrize(
    ("rule", "started", "minimum"),
    [
        ("", date(2026, 8, 1), "24"),
        ("full", date(2026, 8, 1), "24"),
        ("prorated", date(2026, 8, 1), "12"),
        ("prorated", date(2020, 8, 1), "24"),
        ("prorated", date(2027, 6, 14), "1"),
    ],
)
def test_the_first_term_is_asked_for_in_proportion_where_the_standard_says_so(
    rule: str, started: date, minimum: str
) -> None:
    params = DAY | ({"first_cycle": rule} if rule else {})
    occasion = replace(RENEWAL, previous_start=started)
    found = hours(params, at=occasion, first_granted_on=started.isoformat())
    assert found.need.startswith(f"{minimum} hour")
    later = hours(params, at=occasion, first_granted_on="2019-01-01")
    assert later.need == "24 hours"


def test_a_term_that_was_held_in_part_asks_for_its_part() -> None:
    params = DAY | {"prorate": True}
    half = replace(RENEWAL, previous_start=date(2026, 8, 1))
    assert hours(params, at=half, first_granted_on="2026-08-01").need == "12 hours"
    assert hours(params, at=ENTRY).need == "24 hours"
    assert hours(params, at=replace(RENEWAL, previous_start=None)).need == "24 hours"
    days_only = hours(params, at=replace(RENEWAL, previous_start=date(2027, 7, 15)))
    assert (days_only.need, days_only.result, days_only.provided) == ("0 hours", Result.MET, True)


def test_no_hours_are_asked_for_in_a_first_term_that_is_exempt() -> None:
    exempt = DAY | {"first_cycle": "exempt"}
    first = hours(exempt, first_granted_on="2025-08-01")
    assert first.result is Result.NOT_APPLICABLE
    assert first.explanation.startswith("No hours are asked for in the first term, which began on August 1, 2025.")
    assert hours(exempt, first_granted_on=date(2025, 8, 1)).result is Result.NOT_APPLICABLE
    assert hours(exempt).result is Result.NOT_MET
    assert hours(exempt, first_granted_on="2023-08-01").result is Result.NOT_MET
    assert hours(DAY, first_granted_on="2025-08-01").result is Result.NOT_MET
    assert hours(exempt, at=replace(RENEWAL, previous_start=None), first_granted_on="2025-08-01").result is (
        Result.NOT_MET
    )


def courses(params: dict[str, Any], *completions: CompletionItem) -> Finding:
    return judge(
        requirement(RequirementKind.COURSE_SET, {"ids": ["M1", "M2", "M3"]} | params), trained(*completions), ENTRY
    )


@pytest.mark.parametrize(
    ("params", "completions", "have", "need", "says"),
    [
        ({}, (), "None yet", "M1, M2 and M3", "0 of 3 courses; still to do: M1, M2 and M3."),
        ({"need": 2}, (done(AS_OF, course_code="M2"),), "M2", "2 of M1, M2 and M3", "choose from: M1 and M3."),
        (
            {"min_score": 80}, (done(AS_OF, course_code="M2"),), "None yet", "M1, M2 and M3",
            "score below 80 or not given: M2.",
        ),
        (
            {"need": 1, "min_score": 80},
            (
                done(date(2027, 5, 1), course_code="M2", score=Decimal(70)),
                done(AS_OF, id=2, course_code="M2", score=Decimal(80)),
            ),
            "M2", "1 of M1, M2 and M3", "1 of 1 course.",
        ),
        ({"need": 1}, (done(AS_OF, course_code="M2", rejected=True),), "None yet", "1 of M1, M2 and M3",
         "0 of 1 course"),
        ({"need": 1}, (done(AS_OF, course_code="M9"),), "None yet", "1 of M1, M2 and M3", "0 of 1 course"),
    ],
)  # fmt: skip
def test_courses_are_counted_by_their_codes(
    params: dict[str, Any], completions: tuple[CompletionItem, ...], have: str, need: str, says: str
) -> None:
    found = courses(params, *completions)
    assert (found.have, found.need) == (have, need)
    assert found.explanation.endswith(says) or says in found.explanation
    assert found.provided is (have != "None yet")


def test_of_a_course_that_was_taken_twice_the_first_time_counts() -> None:
    twice = (done(AS_OF, id=1, course_code="M1"), done(date(2027, 1, 1), id=2, course_code="M1"))
    assert courses({"need": 1}, *twice).evidence_ids == (2,)


@pytest.mark.parametrize(
    ("kind", "params", "by_training"),
    [
        (RequirementKind.HOURS, {"min": 24}, True),
        (RequirementKind.HOURS, {"min": 2000, "unit": "work"}, False),
        (RequirementKind.COURSE_SET, {"ids": ["M1"]}, True),
        (RequirementKind.DOCUMENT, FRESH, False),
    ],
)
def test_training_hours_and_courses_are_judged_by_completions(
    kind: RequirementKind, params: dict[str, Any], *, by_training: bool
) -> None:
    asked = requirement(kind, params)
    assert counts_training(asked) is by_training
    trained_since = trained(done(AS_OF, "4", course_code="M1"))
    assert has_data(asked, trained_since) is by_training
    assert not has_data(asked, subject())
    assert (inputs_of(asked, trained_since) != inputs_of(asked, subject())) is by_training


def test_hours_of_work_are_judged_by_what_was_given_for_them() -> None:
    asked = requirement(RequirementKind.HOURS, {"min": 2000, "unit": "work"})
    assert has_data(asked, subject(given(hours="2000")))
