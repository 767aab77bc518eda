"""Instruments and points: which score counts, what it must reach, and what counts in place of the first."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from certhub.rules.dossier import EvidenceItem, LicenceItem, Occasion
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import judge, parameter_problems
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.vocabulary import RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import (
    AS_OF,
    ENTRY,
    INDEX,
    POINTS,
    RENEWAL,
    assessed,
    given,
    requirement,
    subject,
)

ANY_OF_BOTH: dict[str, Any] = {"instruments": ["MHI-FV", "MHI-SV"]}
FULL_TITLE, SHORT_TITLE = "Medical home index, full version", "Medical home index, short version"
YEAR_AGO = date(2026, 6, 15)


def judged(params: dict[str, Any], *items: EvidenceItem, at: Occasion = RENEWAL, **changes: Any) -> Finding:
    return judge(requirement(RequirementKind.INSTRUMENT_SCORE, params), subject(*items, **changes), at)


def scores(**odd: Any) -> EvidenceItem:
    """A full version with a good score everywhere, but for some themes such as `t1_1`."""
    given_scores = dict.fromkeys(INSTRUMENTS["MHI-FV"].themes, 8)
    return given(AS_OF, instrument="MHI-FV", scores=given_scores | {key[1:].replace("_", "."): odd[key] for key in odd})


@pytest.mark.parametrize(
    ("params", "occasion", "counts"),
    [
        (INDEX, ENTRY, False),  # the first is to be the full version
        (INDEX, RENEWAL, True),
        (ANY_OF_BOTH, ENTRY, True),
        ({"instruments": ["MHI-FV"]}, RENEWAL, False),
    ],
)
def test_the_short_version_counts_where_the_standard_takes_it(
    params: dict[str, Any], occasion: Occasion, counts: bool
) -> None:
    found = judged(params, assessed(AS_OF, 5, instrument="MHI-SV"), at=occasion)
    assert (found.result is Result.MET, found.explanation.startswith("Fill in the")) == (counts, not counts)


@pytest.mark.parametrize(
    ("themes", "result", "have"),
    [({}, Result.NOT_MET, "0 of 25 themes"), ({"1.1": 4}, Result.PARTIAL, "1 of 25 themes")],
)
def test_an_assessment_that_is_not_complete_is_not_scored(themes: dict[str, int], result: Result, have: str) -> None:
    found = judged(INDEX, given(AS_OF, instrument="MHI-FV", scores=themes), at=ENTRY)
    assert (found.result, found.have, found.provided) == (result, f"{have} scored", False)
    assert found.progress == Fraction(len(themes), 25)


@pytest.mark.parametrize(
    ("score", "counts"), [(8, True), (1, True), (0, False), (9, False), (True, False), ("4", False)]
)
def test_only_whole_numbers_of_the_scale_are_scores(score: object, counts: bool) -> None:
    assert (judged(ANY_OF_BOTH, scores(t1_1=score)).result is Result.MET) is counts


def test_a_score_without_roles_is_enough_where_no_roles_are_asked_for() -> None:
    found = judged(ANY_OF_BOTH, scores())
    assert found.result is Result.MET
    assert found.explanation.startswith("Total 100 percent on June 15, 2027 (200 of 200). Means: Organizational")


@pytest.mark.parametrize(
    ("params", "before", "now", "says"),
    [
        ({}, None, 1, ""),
        ({"min_total_pct": 50}, None, 4, ""),
        ({"min_total_pct": 50}, 1, 3, "The total is 37.5 percent, 25 points from the first; 50 percent is needed."),
        ({"min_total_pct": 50}, None, 3, "The total is 37.5 percent; 50 percent is needed."),
        ({"min_improvement": 25}, 1, 3, ""),
        (
            {"min_improvement": 26}, 1, 3,
            "The total is 37.5 percent, 25 points from the first; 26 points more than the first self-assessment is "
            "needed.",
        ),
        ({"min_total_pct": 50, "min_improvement": 25}, 1, 3, ""),
        (
            {"min_total_pct": 50, "min_improvement": 5}, None, 3,
            "The total is 37.5 percent; 50 percent or 5 points more than the first self-assessment is needed.",
        ),
    ],
)  # fmt: skip
def test_a_later_score_reaches_its_mark_or_lies_above_the_first(
    params: dict[str, Any], before: int | None, now: int, says: str
) -> None:
    first = () if before is None else (assessed(YEAR_AGO, before),)
    found = judged(ANY_OF_BOTH | params, assessed(AS_OF, now, id=2), *first)
    assert (found.result, found.explanation if says else "") == (Result.PARTIAL if says else Result.MET, says)


def test_the_first_complete_score_with_the_same_instrument_is_the_one_to_compare_with() -> None:
    params = ANY_OF_BOTH | {"min_improvement": 25}
    now, first = assessed(AS_OF, 3, id=9), assessed(date(2025, 6, 15), 1, id=5)
    between = assessed(YEAR_AGO, 3, id=4)
    incomplete = given(date(2024, 6, 15), id=3, instrument="MHI-FV", scores={"1.1": 8})
    undated = replace(assessed(YEAR_AGO, 8, id=2), occurred_on=None)
    other = assessed(date(2024, 1, 1), 5, id=1, instrument="MHI-SV")
    assert judged(params, now, between, first, incomplete, undated, other).result is Result.MET
    assert judged(params, now, between).result is Result.PARTIAL


def test_without_an_exception_for_the_first_year_the_mark_holds_at_once() -> None:
    found = judged(INDEX | {"first_year_no_pass_mark": False}, assessed(AS_OF, 3), at=ENTRY)
    assert (found.result, found.progress, found.provided) == (Result.PARTIAL, Fraction(3, 4), True)


@pytest.mark.parametrize(("done_on", "provided"), [(YEAR_AGO, True), (date(2026, 6, 14), False)])
def test_a_score_that_falls_short_was_given_until_it_is_due_again(done_on: date, provided: bool) -> None:
    found = judged(INDEX, assessed(done_on, 3))
    assert (found.result, found.provided) == (Result.PARTIAL, provided)


def test_a_score_with_another_fault_is_never_shown_as_whole() -> None:
    found = judged(INDEX | {"completed_by_n_roles": 3}, assessed(AS_OF, 8))
    assert (found.result, found.progress) == (Result.PARTIAL, Fraction(99, 100))
    without_mark = judged(ANY_OF_BOTH | {"completed_by_n_roles": 3}, assessed(AS_OF, 4))
    assert without_mark.progress == Fraction(1, 2)


def test_a_mean_may_lie_exactly_on_its_minimum_and_a_domain_that_is_not_asked_has_none() -> None:
    assert judged(ANY_OF_BOTH | {"domain_mins": {"3": 4}}, assessed(AS_OF, 6, d3=4)).result is Result.MET
    not_in_the_short_one = next(iter(set(INSTRUMENTS["MHI-FV"].domains) - set(INSTRUMENTS["MHI-SV"].domains)))
    short = assessed(AS_OF, 5, instrument="MHI-SV")
    assert judged(ANY_OF_BOTH | {"domain_mins": {not_in_the_short_one: 4}}, short).result is Result.MET


PCMH: dict[str, Any] = {"code": "TT-9", "credential": "ncqa_pcmh", "status": "current"}


@pytest.mark.parametrize(
    ("item", "result"),
    [
        (given(None, **PCMH), Result.MET),
        (given(AS_OF, **PCMH), Result.MET),
        (given(date(2027, 6, 16), **PCMH), Result.NOT_MET),
        (given(**PCMH | {"status": "expired"}), Result.NOT_MET),
        (given(**PCMH | {"credential": "other"}), Result.NOT_MET),
        (given(verdict=Verdict.PENDING, **PCMH | {"credential": "other"}), Result.NOT_MET),
        (given(verdict=Verdict.RETURNED, **PCMH), Result.NOT_MET),
    ],
)
def test_a_recognition_given_as_evidence_counts_while_it_is_current(item: EvidenceItem, result: Result) -> None:
    assert judged(INDEX, item, at=ENTRY).result is result


@pytest.mark.parametrize(
    ("kind", "expires_on", "status", "result"),
    [
        ("ncqa_pcmh", None, "current", Result.MET),
        ("ncqa_pcmh", AS_OF, "current", Result.MET),
        ("ncqa_pcmh", date(2027, 6, 14), "current", Result.NOT_MET),
        ("ncqa_pcmh", None, "expired", Result.NOT_MET),
        ("other", None, "current", Result.NOT_MET),
    ],
)
def test_a_recognition_on_file_counts_while_it_is_current(
    kind: str, expires_on: date | None, status: str, result: Result
) -> None:
    held = LicenceItem(kind, "1", expires_on, status, AS_OF)
    assert judged(INDEX, at=ENTRY, licences=(held,)).result is result


@pytest.mark.parametrize(
    ("params", "occasion", "need"),
    [
        (INDEX, ENTRY, f"{FULL_TITLE}, complete; no pass mark in the first year"),
        (INDEX, RENEWAL, f"{FULL_TITLE} or {SHORT_TITLE}, 50 percent or 5 points better than the first"),
        (ANY_OF_BOTH, ENTRY, f"{FULL_TITLE} or {SHORT_TITLE}"),
        (ANY_OF_BOTH | {"min_total_pct": 50}, ENTRY, f"{FULL_TITLE} or {SHORT_TITLE}, 50 percent"),
    ],
)
def test_what_is_needed_is_said(params: dict[str, Any], occasion: Occasion, need: str) -> None:
    assert judged(params, at=occasion).need == need


@pytest.mark.parametrize(
    ("kind", "params", "wrong"),
    [
        (RequirementKind.INSTRUMENT_SCORE, {"instruments": ["MHI-FV"]}, ""),
        (RequirementKind.INSTRUMENT_SCORE, INDEX | {"first_instruments": ["MHI-FV", "MHI-SV"]}, ""),
        (
            RequirementKind.INSTRUMENT_SCORE, {"instruments": ["MHI-FV"], "first_instruments": ["MHI-SV"]},
            "must be among the instruments",
        ),
        (RequirementKind.POINTS, POINTS, ""),
        (RequirementKind.POINTS, POINTS | {"elective_min": 4}, "more than the elective pool can give"),
        (RequirementKind.POINTS, POINTS | {"core": ["c1", "e1"]}, "holds a criterion that is core too"),
    ],
)  # fmt: skip
def test_parameters_that_contradict_each_other_are_named(
    kind: RequirementKind, params: dict[str, Any], wrong: str
) -> None:
    problems = " ".join(parameter_problems(kind, params))
    assert wrong in problems
    assert bool(problems) is bool(wrong)


@pytest.mark.parametrize(
    ("elective_min", "criteria", "result", "have", "progress"),
    [
        (3, ["c1", "e1", "e2"], Result.PARTIAL, "1 of 2 core criteria; 3 of 3 credits", Fraction(4, 5)),
        (2, ["c1", "e1", "e2"], Result.PARTIAL, "1 of 2 core criteria; 3 of 2 credits", Fraction(3, 4)),
        (3, [], Result.NOT_MET, "0 of 2 core criteria; 0 of 3 credits", Fraction(0)),
        (0, ["c1", "c2"], Result.MET, "2 of 2 core criteria", None),
    ],
)
def test_core_criteria_and_credits_add_up(
    elective_min: int, criteria: list[str], result: Result, have: str, progress: Fraction | None
) -> None:
    asked = requirement(RequirementKind.POINTS, POINTS | {"elective_min": elective_min})
    found = judge(asked, subject(given(criteria=criteria)), ENTRY)
    assert (found.result, found.have, found.progress) == (result, have, progress)
    assert ("elective" in found.need) is (elective_min > 0)
