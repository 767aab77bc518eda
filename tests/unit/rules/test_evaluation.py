"""Evaluation as a whole: what counts, groups, completeness, and the hash that proves the inputs."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from certhub.rules.dossier import Dossier, ItemWord, LicenceItem, Occasion
from certhub.rules.evaluation import ENGINE_VERSION, counts_at, evaluate, inputs_hash, members_needed
from certhub.rules.requirement_kinds import inputs_of
from certhub.rules.standard import Requirement, RequirementGroup, Standard, TermPolicy
from certhub.rules.vocabulary import (
    ApplicationKind,
    Discipline,
    GroupOperator,
    RequirementKind,
    Result,
    Severity,
    Stage,
    SubjectType,
    Verdict,
)
from tests.unit.rules.requirement_builders import AS_OF, ENTRY, RENEWAL, done, form, given, requirement, subject
from tests.unit.rules.test_standard_definition import standard as shipped

ONGOING = frozenset({Stage.ONGOING})
PAPER = {"types": ["w9"]}


def paper(code: str, **changes: Any) -> Requirement:
    return requirement(RequirementKind.DOCUMENT, PAPER, code=code, **changes)


def made_of(*requirements: Requirement, groups: tuple[RequirementGroup, ...] = ()) -> Standard:
    return Standard("TT", 1, SubjectType.COORDINATOR, "Test", "None", TermPolicy(24), requirements, groups)


def handed_in(*codes: str, verdict: Verdict = Verdict.ACCEPTED) -> Dossier:
    items = (given(id=place, code=code, document_type="w9", verdict=verdict) for place, code in enumerate(codes, 1))
    return subject(*items)


def test_a_subject_that_has_everything_is_met_and_complete() -> None:
    found = evaluate(made_of(paper("TT-1"), paper("TT-2")), handed_in("TT-1", "TT-2"), ENTRY)
    assert (found.result, found.complete, found.unmet_critical) == (Result.MET, True, ())
    assert found.engine_version == ENGINE_VERSION


def test_evidence_in_review_is_complete_but_does_not_allow_approval() -> None:
    found = evaluate(made_of(paper("TT-1")), handed_in("TT-1", verdict=Verdict.PENDING), ENTRY)
    assert (found.result, found.complete, found.unmet_critical) == (Result.PARTIAL, True, ("TT-1",))


def test_returned_evidence_makes_the_application_incomplete() -> None:
    found = evaluate(made_of(paper("TT-1")), handed_in("TT-1", verdict=Verdict.RETURNED), ENTRY)
    assert (found.result, found.complete, found.unmet_critical) == (Result.NOT_MET, False, ("TT-1",))


def test_an_unmet_major_requirement_does_not_stand_in_the_way() -> None:
    found = evaluate(made_of(paper("TT-1", severity=Severity.MAJOR)), subject(), ENTRY)
    assert (found.result, found.complete, found.unmet_critical) == (Result.NOT_MET, False, ())


def test_requirements_of_another_stage_are_not_judged() -> None:
    asked = made_of(paper("TT-1", stages=frozenset({Stage.RENEWAL})))
    for dossier in (subject(), handed_in("TT-1")):
        found = evaluate(asked, dossier, ENTRY)
        assert (found.findings, found.result, found.complete) == ((), Result.MET, True)


def test_a_group_of_which_nothing_is_asked_on_this_occasion_is_not_shown() -> None:
    group = RequirementGroup("GG-A", "A group", GroupOperator.ANY)
    later = paper("TT-1", group="GG-A", stages=frozenset({Stage.RENEWAL}))
    assert evaluate(made_of(later, groups=(group,)), subject(), ENTRY).groups == ()
    assert len(evaluate(made_of(later, groups=(group,)), subject(), RENEWAL).groups) == 1


def test_what_a_reviewer_sent_back_is_named_until_it_changes_and_only_where_it_is_asked() -> None:
    elsewhere: dict[str, Any] = {"applies_when": {"discipline": ("nurse",)}}
    asked = made_of(
        paper("TT-1"), paper("TT-2"), paper("TT-3", stages=frozenset({Stage.RENEWAL})), paper("TT-4", **elsewhere)
    )
    before = handed_in("TT-1", "TT-2")
    back = tuple(
        ItemWord(one.code, Verdict.RETURNED, "Look again", inputs_of(one, before))
        for one in asked.requirements
        if one.code != "TT-2"
    )
    assert evaluate(asked, replace(before, words=back), ENTRY).returned == ("TT-1",)
    assert evaluate(asked, replace(handed_in("TT-2", "TT-1"), words=back), ENTRY).returned == ()


@pytest.mark.parametrize(
    ("kind", "filed_on", "previous_expiry", "late"),
    [
        (ApplicationKind.RENEWAL, date(2027, 5, 31), date(2027, 5, 31), False),
        (ApplicationKind.RENEWAL, date(2027, 6, 1), date(2027, 5, 31), True),
        (ApplicationKind.RENEWAL, None, date(2027, 5, 31), True),
        (ApplicationKind.RENEWAL, None, AS_OF, False),
        (ApplicationKind.RENEWAL, None, None, False),
        (ApplicationKind.REINSTATEMENT, None, date(2027, 5, 31), False),
    ],
)
def test_what_is_asked_of_a_late_renewal_is_asked_of_nobody_else(
    kind: ApplicationKind, filed_on: date | None, previous_expiry: date | None, *, late: bool
) -> None:
    occasion = replace(RENEWAL, kind=kind, filed_on=filed_on, previous_expiry=previous_expiry)
    asked = made_of(paper("TT-1", stages=frozenset({Stage.LATE})), paper("TT-2", stages=frozenset({Stage.INITIAL})))
    assert [finding.requirement for finding in evaluate(asked, subject(), occasion).findings] == (
        ["TT-1"] if late else []
    )


@pytest.mark.parametrize("kind", ApplicationKind)
def test_only_a_renewal_can_be_late(kind: ApplicationKind) -> None:
    only_late = paper("TT-1", stages=frozenset({Stage.LATE}))
    assert counts_at(only_late, kind, late=True) is (kind is ApplicationKind.RENEWAL)
    assert not counts_at(only_late, kind)


@pytest.mark.parametrize("occasion", [ENTRY, RENEWAL])
def test_an_ongoing_requirement_is_information_where_there_is_data(occasion: Occasion) -> None:
    asked = paper("TT-1", stages=ONGOING, severity=Severity.MAJOR)
    assert evaluate(made_of(asked), subject(), occasion).findings == ()

    found = evaluate(made_of(asked), handed_in("TT-1", verdict=Verdict.RETURNED), occasion)
    assert found.informational == ("TT-1",)
    assert found.findings[0].result is Result.NOT_MET
    assert (found.result, found.complete, found.unmet_critical) == (Result.MET, True, ())


def test_a_critical_ongoing_requirement_stands_in_the_way_of_a_first_grant() -> None:
    found = evaluate(shipped("cc-core"), subject(employed_by_certified_vendor=False), ENTRY)
    assert "CC-08" in found.unmet_critical

    conflict = subject(employed_by_certified_vendor=True, conflicts=("Works for the practice.",))
    assert "CC-08" in evaluate(shipped("cc-core"), conflict, ENTRY).unmet_critical
    assert "CC-08" not in evaluate(shipped("cc-core"), subject(employed_by_certified_vendor=True), ENTRY).unmet_critical


def test_24_hours_without_ethics_and_references_that_miss_a_competency_are_caught_in_the_shipped_standard() -> None:
    dossier = subject(
        form(1, 9),
        form(2, 8),
        form(3, 9),
        completions=(done(date(2026, 5, 1), "24"),),
        employed_by_certified_vendor=True,
    )
    references = [replace(item, requirement="CC-04") for item in dossier.evidence]
    first = evaluate(shipped("cc-core"), replace(dossier, evidence=tuple(references)), ENTRY).finding("CC-04")
    later = evaluate(shipped("cc-core"), dossier, RENEWAL).finding("CC-09")

    assert first is not None
    assert "9 of 10 competencies; nobody has rated Professional Skills and Conduct yet" in first.explanation
    assert later is not None
    assert later.result is Result.PARTIAL
    assert "24 of 24 hours; ethics 0 of 2" in later.explanation


GROUP_CODES = ("TT-1", "TT-2", "TT-3")


@pytest.mark.parametrize(
    ("operator", "n", "has", "result", "complete"),
    [
        (GroupOperator.ALL, None, 3, Result.MET, True),
        (GroupOperator.ALL, None, 2, Result.PARTIAL, False),
        (GroupOperator.ALL, None, 0, Result.NOT_MET, False),
        (GroupOperator.ANY, None, 1, Result.MET, True),
        (GroupOperator.ANY, None, 0, Result.NOT_MET, False),
        (GroupOperator.AT_LEAST_N, 2, 2, Result.MET, True),
        (GroupOperator.AT_LEAST_N, 2, 1, Result.PARTIAL, False),
    ],
)
def test_a_group_is_met_by_as_many_members_as_it_says(
    operator: GroupOperator, n: int | None, has: int, result: Result, complete: bool
) -> None:
    group = RequirementGroup("GG-A", "A group", operator, n)
    asked = made_of(*(paper(code, group="GG-A") for code in GROUP_CODES), groups=(group,))
    found = evaluate(asked, handed_in(*GROUP_CODES[:has]), ENTRY)

    assert (found.result, found.complete) == (result, complete)
    assert (found.groups[0].done, found.groups[0].satisfied) == (has, result is Result.MET)
    assert found.unmet_critical == (() if result is Result.MET else GROUP_CODES[has:])


def test_a_group_inside_a_group_counts_as_one_member() -> None:
    groups = (
        RequirementGroup("GG-A", "Either", GroupOperator.ANY),
        RequirementGroup("GG-B", "Both", GroupOperator.ALL, parent="GG-A"),
    )
    asked = made_of(
        paper("TT-1", group="GG-A"), paper("TT-2", group="GG-B"), paper("TT-3", group="GG-B"), groups=groups
    )
    assert evaluate(asked, handed_in("TT-2", "TT-3"), ENTRY).result is Result.MET
    assert evaluate(asked, handed_in("TT-1"), ENTRY).result is Result.MET

    short = evaluate(asked, handed_in("TT-2"), ENTRY)
    assert (short.result, short.unmet_critical) == (Result.PARTIAL, ("TT-1", "TT-3"))
    assert [(group.code, group.result) for group in short.groups] == [
        ("GG-A", Result.PARTIAL),
        ("GG-B", Result.PARTIAL),
    ]


def test_members_that_do_not_apply_are_neither_counted_nor_missed() -> None:
    group = RequirementGroup("GG-A", "A group", GroupOperator.AT_LEAST_N, 2)
    away: dict[str, Any] = {"applies_when": {"discipline": ("nurse",)}, "group": "GG-A"}
    asked = made_of(paper("TT-1", group="GG-A"), paper("TT-2", **away), paper("TT-3", **away), groups=(group,))

    assert evaluate(asked, handed_in("TT-1"), ENTRY).groups[0].result is Result.MET
    nobody = made_of(paper("TT-1", **away), groups=(group,))
    assert evaluate(nobody, subject(), ENTRY).groups[0].result is Result.NOT_APPLICABLE


@generated(st.sampled_from(GroupOperator), st.integers(1, 9), st.integers(0, 9))
def test_a_group_never_needs_more_members_than_apply(operator: GroupOperator, n: int, applicable: int) -> None:
    group = RequirementGroup("GG-A", "A group", operator, n if operator is GroupOperator.AT_LEAST_N else None)
    assert min(1, applicable) <= members_needed(group, applicable) <= applicable


FULL = subject(
    *(form(number, 9) for number in (1, 2, 3)),
    given(id=4, code="CC-05", check="CORI", cleared=True),
    given(date(2026, 9, 1), id=5, code="CC-10", event="Fall meeting"),
    given(date(2026, 9, 1), id=6, code="CC-10", event="Fall meeting"),
    completions=tuple(done(date(2026, month, 1), "2.5", id=month) for month in range(1, 12)),
    licences=(
        LicenceItem("RN", "1", date(2028, 1, 1), "current", AS_OF),
        LicenceItem("CCM", "2", None, "current", AS_OF),
    ),
    conflicts=("One.", "Two."),
    metrics={"caseload_utilisation": Decimal("0.9")},
    facts={"npi": "1234567893"},
    discipline=Discipline.NURSE,
    employed_by_certified_vendor=True,
    relationships=("employment 1", "employment 2"),
    words=(ItemWord("CC-09", Verdict.WAIVED, "Illness"), ItemWord("CC-04", Verdict.ACCEPTED)),
)


@generated(st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(rng: random.Random) -> None:
    def mixed(records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rng.sample(records, len(records)))

    other = replace(
        FULL,
        evidence=mixed(FULL.evidence),
        completions=mixed(FULL.completions),
        licences=mixed(FULL.licences),
        conflicts=mixed(FULL.conflicts),
        relationships=mixed(FULL.relationships),
        words=mixed(FULL.words),
    )
    for occasion in (ENTRY, RENEWAL):
        assert evaluate(shipped("cc-core"), other, occasion) == evaluate(shipped("cc-core"), FULL, occasion)


def _first(name: str, **changes: Any) -> Callable[[Dossier], Dossier]:
    def change(dossier: Dossier) -> Dossier:
        first, *rest = getattr(dossier, name)
        changed: dict[str, Any] = {name: (replace(first, **changes), *rest)}
        return replace(dossier, **changed)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _first("evidence", id=99),
        _first("evidence", requirement="CC-07"),
        _first("evidence", value={}),
        _first("evidence", occurred_on=None),
        _first("evidence", expires_on=AS_OF),
        _first("evidence", has_file=False),
        _first("evidence", verdict=Verdict.PENDING),
        _first("evidence", for_earlier_term=True),
        _first("completions", hours=Decimal("2.25")),
        _first("completions", category="general"),
        _first("completions", completed_on=AS_OF),
        _first("completions", course_code="X"),
        _first("completions", provider="Another Institute"),
        _first("completions", rejected=True),
        _first("completions", provider_approved=False),
        _first("completions", score=Decimal(1)),
        _first("licences", status="expired"),
        _first("licences", number="9"),
        lambda dossier: replace(dossier, conflicts=()),
        lambda dossier: replace(dossier, facts={}),
        lambda dossier: replace(dossier, metrics={"caseload_utilisation": Decimal("0.91")}),
        lambda dossier: replace(dossier, discipline=None),
        lambda dossier: replace(dossier, subject_id=8),
        lambda dossier: replace(dossier, employed_by_certified_vendor=None),
        lambda dossier: replace(dossier, relationships=()),
        lambda dossier: replace(dossier, words=()),
        _first("words", verdict=Verdict.RETURNED),
        _first("words", reason="Another reason"),
        _first("words", seen_inputs="0"),
    ],
)
def test_the_hash_of_the_inputs_changes_with_every_field(change: Callable[[Dossier], Dossier]) -> None:
    standard = shipped("cc-core")
    assert inputs_hash(standard, change(FULL), ENTRY) != inputs_hash(standard, FULL, ENTRY)


@pytest.mark.parametrize("name", ["as_of", "term_start", "term_end", "previous_start", "previous_expiry"])
def test_the_hash_of_the_inputs_changes_with_the_occasion_and_the_standard(name: str) -> None:
    standard = shipped("cc-core")
    other: dict[str, Any] = {name: date(2020, 1, 1)}
    assert inputs_hash(standard, FULL, replace(RENEWAL, **other)) != inputs_hash(standard, FULL, RENEWAL)
    assert inputs_hash(replace(standard, version=2), FULL, RENEWAL) != inputs_hash(standard, FULL, RENEWAL)


def test_equal_numbers_written_differently_have_one_hash() -> None:
    same = replace(FULL, metrics={"caseload_utilisation": Decimal("0.90")})
    assert inputs_hash(shipped("cc-core"), same, ENTRY) == inputs_hash(shipped("cc-core"), FULL, ENTRY)
