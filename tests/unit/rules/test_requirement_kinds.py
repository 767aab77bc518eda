"""Each of the eighteen kinds: met, short and on the boundary; and what holds for all of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from certhub.rules.dossier import CompletionItem, Dossier, ItemWord, LicenceItem, Occasion
from certhub.rules.findings import Finding
from certhub.rules.orders import WaiverInForce
from certhub.rules.requirement_kinds import (
    KINDS,
    inputs_of,
    is_returned,
    judge,
    parameter_problems,
    typed_parameters,
)
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, scored
from certhub.rules.requirement_kinds.training_counting import hours_window
from certhub.rules.training_entry import course_code_of, is_approved
from certhub.rules.vocabulary import ApplicationKind, Discipline, RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import (
    AS_OF,
    BOUNDARY,
    ENTRY,
    FORMS,
    FRESH,
    MET,
    RENEWAL,
    SHORT,
    Case,
    done,
    form,
    given,
    requirement,
    subject,
    trained,
)
from tests.unit.rules.requirement_cases import CASES


def test_every_kind_has_its_rule() -> None:
    assert set(KINDS) == set(RequirementKind)


def test_every_kind_is_tried_met_short_and_on_the_boundary() -> None:
    assert {(case.kind, case.aspect) for case in CASES} == {
        (kind, aspect) for kind in RequirementKind for aspect in (MET, SHORT, BOUNDARY)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_requirement_is_judged(case: Case) -> None:
    assert parameter_problems(case.kind, case.params) == ()
    finding = judge(requirement(case.kind, case.params), case.dossier, case.occasion)

    assert (finding.result, case.says in finding.explanation) == (case.result, True), finding
    assert finding.have
    assert finding.need
    assert finding.explanation.endswith(".")
    assert finding.progress is None or 0 <= finding.progress <= 1
    assert Finding.from_json(finding.to_json()) == finding


def test_returned_evidence_is_not_met_and_says_what_to_do() -> None:
    dossier = subject(given(document_type="w9", verdict=Verdict.RETURNED))
    finding = judge(requirement(RequirementKind.DOCUMENT, FRESH), dossier, ENTRY)

    assert finding.result is Result.NOT_MET
    assert not finding.provided
    assert not finding.awaiting_review
    assert finding.explanation.startswith("The reviewer returned what you gave.")


def test_what_was_returned_for_another_requirement_says_nothing_of_this_one() -> None:
    other = given(document_type="w9", code="TT-2", verdict=Verdict.RETURNED)
    assert "returned" not in judge(requirement(RequirementKind.DOCUMENT, FRESH), subject(other), ENTRY).explanation


def test_a_returned_reference_is_left_out_and_mentioned() -> None:
    dossier = subject(form(1, 10), form(2, 10), form(3, 10, verdict=Verdict.RETURNED))
    finding = judge(requirement(RequirementKind.COMPETENCY, FORMS), dossier, ENTRY)

    assert finding.result is Result.PARTIAL
    assert finding.evidence_ids == (1, 2)
    assert "1 item was returned" in finding.explanation

    enough = replace(dossier, evidence=(*dossier.evidence, form(4, 10)))
    assert "returned" not in judge(requirement(RequirementKind.COMPETENCY, FORMS), enough, ENTRY).explanation


@pytest.mark.parametrize(("waivable", "result"), [(True, Result.WAIVED), (False, Result.PARTIAL)])
def test_only_a_waivable_requirement_can_be_waived(waivable: bool, result: Result) -> None:
    given_in = given(document_type="w9", verdict=Verdict.PENDING)
    dossier = subject(given_in, words=(ItemWord("TT-1", Verdict.WAIVED, "The bank was closed"),))
    finding = judge(requirement(RequirementKind.DOCUMENT, FRESH, waivable=waivable), dossier, ENTRY)

    assert finding.result is result
    assert ("waived this requirement: The bank was closed." in finding.explanation) is waivable


@pytest.mark.parametrize("word", [ItemWord("TT-1", Verdict.ACCEPTED), ItemWord("TT-2", Verdict.WAIVED, "Illness")])
def test_only_a_waiver_of_this_very_requirement_waives_it(word: ItemWord) -> None:
    asked = requirement(RequirementKind.DOCUMENT, FRESH, waivable=True)
    assert judge(asked, subject(words=(word,)), ENTRY).result is Result.NOT_MET


@pytest.mark.parametrize(
    ("waived", "waivable", "result"),
    [("TT-1", True, Result.WAIVED), ("TT-1", False, Result.NOT_MET), ("TT-2", True, Result.NOT_MET)],
)
def test_an_order_waives_what_it_names_where_the_standard_lets_it(waived: str, waivable: bool, result: Result) -> None:
    asked = requirement(RequirementKind.DOCUMENT, FRESH, waivable=waivable)
    order = WaiverInForce(waived, "2026-05", date(2026, 5, 3))
    returned = ItemWord("TT-1", Verdict.RETURNED, "Look again.", inputs_of(asked, subject()))

    assert judge(asked, subject(waivers=(order,)), ENTRY).result is result
    found = judge(asked, subject(waivers=(order,), words=(returned,)), ENTRY)
    assert (found.result, found.provided, found.awaiting_review) == (result, result is Result.WAIVED, False)


CLEAR = subject(employed_by_certified_vendor=True, relationships=("employment 3 employee 2025-01-06 None",))
HOURS = {"min": 4, "window_months": 24}


def _spoken(kind: RequirementKind, params: dict[str, Any], dossier: Dossier, verdict: Verdict) -> Dossier:
    """The dossier with a word on its requirement, given on the records as they are in it."""
    seen = inputs_of(requirement(kind, params), dossier)
    return replace(dossier, words=(ItemWord("TT-1", verdict, "Look again.", seen),))


@pytest.mark.parametrize(
    ("kind", "params", "before", "after"),
    [
        (
            RequirementKind.HOURS,
            HOURS,
            trained(done(AS_OF, "4")),
            {"completions": (done(AS_OF, "4", id=2),)},
        ),
        (
            RequirementKind.COURSE_SET,
            {"ids": ["M1"]},
            trained(done(AS_OF, course_code="M1")),
            {"completions": (done(AS_OF, course_code="M1"), done(AS_OF, id=2, course_code="M1"))},
        ),
        (
            RequirementKind.RELATIONSHIP_RULE,
            {"rules": ["employed_by_certified_vendor"]},
            CLEAR,
            {"relationships": ("employment 3 employee 2025-01-07 None",)},
        ),
        (
            RequirementKind.RATIO,
            {"metric": "use", "op": "<=", "limit": 1, "label": "Use"},
            subject(metrics={"use": Decimal(1)}),
            {"metrics": {"use": Decimal("0.5")}},
        ),
        (
            RequirementKind.CREDENTIAL_HELD,
            {"any_of": ["RN"], "status_in": ["current"]},
            subject(licences=(LicenceItem("RN", "1", None, "current", AS_OF),)),
            {"licences": (LicenceItem("RN", "2", None, "current", AS_OF),)},
        ),
    ],
    ids=lambda one: one.value if isinstance(one, RequirementKind) else "",
)
def test_a_returned_requirement_without_evidence_is_not_met_until_its_records_change(
    kind: RequirementKind, params: dict[str, Any], before: Dossier, after: dict[str, Any]
) -> None:
    asked = requirement(kind, params)
    assert judge(asked, before, RENEWAL).result is Result.MET
    returned = _spoken(kind, params, before, Verdict.RETURNED)

    finding = judge(asked, returned, RENEWAL)
    assert (finding.result, finding.provided, is_returned(asked, returned)) == (Result.NOT_MET, False, True)
    assert finding.explanation.startswith("The reviewer returned this. Read the note, then correct it.")

    changed = replace(returned, **after)
    assert (judge(asked, changed, RENEWAL).result, is_returned(asked, changed)) == (Result.MET, False)
    accepted = _spoken(kind, params, before, Verdict.ACCEPTED)
    assert (judge(asked, accepted, RENEWAL).result, is_returned(asked, accepted)) == (Result.MET, False)


def test_hours_that_fall_short_can_be_waived() -> None:
    asked = requirement(RequirementKind.HOURS, HOURS, waivable=True)
    dossier = _spoken(RequirementKind.HOURS, HOURS, trained(done(AS_OF, "3")), Verdict.WAIVED)

    assert judge(asked, dossier, RENEWAL).result is Result.WAIVED
    assert judge(requirement(RequirementKind.HOURS, HOURS), dossier, RENEWAL).result is Result.PARTIAL


def test_new_evidence_answers_a_return_and_taking_it_back_brings_the_return_back() -> None:
    asked = requirement(RequirementKind.DOCUMENT, FRESH)
    old = given(document_type="w9", verdict=Verdict.RETURNED)
    returned = _spoken(RequirementKind.DOCUMENT, FRESH, subject(old), Verdict.RETURNED)
    answered = replace(returned, evidence=(old, given(id=2, document_type="w9", verdict=Verdict.PENDING)))

    assert is_returned(asked, returned)
    assert not is_returned(asked, answered)
    assert judge(asked, answered, ENTRY).awaiting_review


@pytest.mark.parametrize(
    ("discipline", "facts", "result"),
    [
        (Discipline.NURSE, {"region": "boston"}, Result.NOT_MET),
        (Discipline.EDUCATOR, {"region": "boston"}, Result.NOT_APPLICABLE),
        (Discipline.NURSE, {"region": "western"}, Result.NOT_APPLICABLE),
        (None, {}, Result.NOT_APPLICABLE),
        (Discipline.NURSE, {"region": ["western", "boston"]}, Result.NOT_MET),
    ],
)
def test_a_requirement_is_asked_only_of_those_that_it_applies_to(
    discipline: Discipline | None, facts: dict[str, Any], result: Result
) -> None:
    asked = requirement(RequirementKind.DOCUMENT, FRESH, applies_when={"discipline": ("nurse",), "region": ("boston",)})
    assert judge(asked, subject(discipline=discipline, facts=facts), ENTRY).result is result


@pytest.mark.parametrize(
    ("params", "kind", "line"),
    [
        ({"min": "many"}, RequirementKind.HOURS, 'parameter "min" must be a number from 0.25 to 10000, got "many"'),
        ({"min": True}, RequirementKind.HOURS, 'parameter "min" must be a number from 0.25 to 10000, got True'),
        ({"min": -1}, RequirementKind.HOURS, 'parameter "min" must be a number from 0.25 to 10000, got -1'),
        ({"min": float("nan")}, RequirementKind.HOURS, 'parameter "min" must be a number from 0.25 to 10000, got nan'),
        ({"min": 2, "mim": 1}, RequirementKind.HOURS, 'parameter "mim" is not known for this kind'),
        ({"min": 2, "category_mins": {"ethics": 1}}, RequirementKind.HOURS, 'has the unknown key "ethics"'),
        ({"min": 2, "category_mins": {"core": 3}}, RequirementKind.HOURS, "more hours together than the minimum of 2"),
        ({}, RequirementKind.HOURS, 'parameter "min" is missing; expected a number'),
        ({"types": "w9"}, RequirementKind.DOCUMENT, 'parameter "types" must be a list of texts'),
        ({"types": ["a", "a"]}, RequirementKind.DOCUMENT, "none of them twice"),
        ({"ids": ["M1"], "need": 2}, RequirementKind.COURSE_SET, "a whole number from 1 to 1, got 2"),
        (FORMS | {"min_rated_per_form": 11}, RequirementKind.COMPETENCY, "a whole number from 1 to 10, got 11"),
        ({"id": "a", "title": "A"}, RequirementKind.EXPERIENCE, "or min_months is needed"),
        (
            {"id": "a", "title": "A", "min_hours": 1, "alternatives": [{"id": "b", "title": "B", "min_months": "x"}]},
            RequirementKind.EXPERIENCE,
            'parameter "alternatives[1].min_months" must be a whole number',
        ),
        ({"checks": ["FBI"]}, RequirementKind.BACKGROUND_CHECK, "CORI, SORI, OIG, SAM"),
        (
            {"registry": "x", "within_days_of_decision": 1},
            RequirementKind.REGISTRY_CLEAR,
            "one of leie, sam, debarment",
        ),
        ({"core": ["a"], "elective_min": 1}, RequirementKind.POINTS, "more than the elective pool can give"),
        ({"event_type": "x", "window_months": 1}, RequirementKind.PARTICIPATION, "or min_percent is needed"),
        ({"what": "x", "due_rule": "someday", "due_days": 1}, RequirementKind.FILING, "one of after_fiscal_year"),
        ({"amount_cents": 1.5}, RequirementKind.FEE, "a whole number from 0 to 100000000, got 1.5"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_was_given_and_what_is_allowed(
    params: dict[str, Any], kind: RequirementKind, line: str
) -> None:
    problems = parameter_problems(kind, params)
    assert any(line in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)
    with pytest.raises(ValueError, match="requirement TT-1"):
        typed_parameters(requirement(kind, params))


@pytest.mark.parametrize(
    ("expiry", "months", "first"),
    [
        (date(2027, 7, 31), 24, date(2025, 8, 1)),
        (date(2028, 2, 29), 24, date(2026, 3, 1)),
        (date(2026, 2, 28), 24, date(2024, 3, 1)),
        (date(2027, 2, 28), 12, date(2026, 3, 1)),
        (date(2028, 3, 15), 1, date(2028, 2, 16)),
        (date(2029, 2, 28), 12, date(2028, 3, 1)),
    ],
)
def test_the_window_is_measured_back_from_the_expiry(expiry: date, months: int, first: date) -> None:
    occasion = Occasion(expiry, ApplicationKind.RENEWAL, expiry, expiry, None, expiry)
    asked = requirement(RequirementKind.HOURS, {"min": 1, "window_months": months})

    assert hours_window(typed_parameters(asked), occasion) == (first, expiry)
    assert judge(asked, trained(done(first)), occasion).result is Result.MET
    assert judge(asked, trained(done(first - timedelta(days=1))), occasion).result is Result.NOT_MET


def test_hours_after_the_expiry_count_only_for_a_reinstatement() -> None:
    asked = requirement(RequirementKind.HOURS, {"min": 1, "window_months": 24})
    late = date(2027, 8, 10)
    for kind, result in ((ApplicationKind.RENEWAL, Result.NOT_MET), (ApplicationKind.REINSTATEMENT, Result.MET)):
        occasion = Occasion(late, kind, late, late, date(2025, 8, 1), date(2027, 7, 31))
        assert judge(asked, trained(done(late)), occasion).result is result


def test_a_shorter_term_lowers_the_hours_in_proportion_and_says_so() -> None:
    short = Occasion(
        AS_OF, ApplicationKind.RENEWAL, date(2027, 8, 1), date(2029, 7, 31), date(2026, 4, 1), date(2027, 7, 31)
    )
    asked = requirement(
        RequirementKind.HOURS, {"min": 24, "window_months": 24, "prorate": True, "category_mins": {"ethics_scope": 2}}
    )
    finding = judge(asked, trained(done(AS_OF, "14.75"), done(AS_OF, "1.25", "ethics_scope", id=2)), short)

    assert finding.result is Result.MET
    assert finding.explanation == (
        "16 of 16 hours; ethics 1.25 of 1.25. The minimum is lower because the credential was held 16 of 24 months."
    )


@pytest.mark.parametrize(
    ("facts", "carried"),
    [({"first_granted_on": "2023-08-01"}, "4"), ({}, "0"), ({"first_granted_on": "2025-08-01"}, "0")],
)
def test_only_hours_beyond_the_earlier_minimum_are_carried_over(facts: dict[str, Any], carried: str) -> None:
    asked = requirement(RequirementKind.HOURS, {"min": 24, "window_months": 24, "carry_over_max": 4})
    completions = (done(date(2024, 1, 1), "30"), done(date(2026, 1, 1), "20", id=2))
    finding = judge(asked, subject(completions=completions, facts=facts), RENEWAL)

    assert finding.have == f"{20 + int(carried)} hours"


def test_one_completion_reported_twice_counts_once_and_unapproved_providers_do_not_count() -> None:
    asked = requirement(RequirementKind.HOURS, {"min": 10, "window_months": 24, "provider_approved": True})
    twice = (done(AS_OF, "4", course_code="A"), done(AS_OF, "3", id=2, course_code="A"))
    other = done(AS_OF, "5", id=3, course_code="A", provider_approved=False)

    assert judge(asked, trained(*twice, other), RENEWAL).have == "4 hours"


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, "4 hours"),
        ({"title": "  COURSE "}, "4 hours"),
        ({"provider": "the INSTITUTE"}, "4 hours"),
        ({"course_code": "X-2"}, "4 hours"),
        ({"title": "Another name", "course_code": "x-1"}, "4 hours"),
        ({"title": "Course, part 2"}, "7 hours"),
        ({"provider": "Another Institute"}, "7 hours"),
        ({"category": "cultural"}, "7 hours"),
        ({"completed_on": AS_OF - timedelta(days=1)}, "7 hours"),
    ],
)
def test_the_same_training_entered_twice_counts_once(change: dict[str, Any], counted: str) -> None:
    asked = requirement(RequirementKind.HOURS, {"min": 10, "window_months": 24})
    first = done(AS_OF, "4", provider="The Institute", course_code="X-1")
    again = replace(done(AS_OF, "3", id=2, provider="The Institute"), **change)

    assert judge(asked, trained(first, again), RENEWAL).have == counted


@pytest.mark.parametrize(
    ("kind", "params"),
    [(RequirementKind.HOURS, {"min": 1, "window_months": 24}), (RequirementKind.COURSE_SET, {"ids": ["M1"]})],
)
def test_training_that_a_reviewer_rejected_counts_for_nothing(kind: RequirementKind, params: dict[str, Any]) -> None:
    taken = done(AS_OF, course_code="M1")

    assert judge(requirement(kind, params), trained(taken), RENEWAL).result is Result.MET
    assert judge(requirement(kind, params), trained(replace(taken, rejected=True)), RENEWAL).result is Result.NOT_MET


@pytest.mark.parametrize(
    ("said", "found", "counts"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True), (True, True, True)],
)
def test_a_training_is_approved_as_a_reviewer_found_it(said: bool, found: bool | None, counts: bool) -> None:
    assert is_approved(said=said, found=found) is counts


@pytest.mark.parametrize("typed", ["PCCC-M1", "pccc-m1", " Pccc - m1 ", "pccc\u2013m1"])
def test_a_course_code_counts_however_it_is_typed(typed: str) -> None:
    asked = requirement(RequirementKind.COURSE_SET, {"ids": ["PCCC-M1"]})
    assert judge(asked, trained(done(AS_OF, course_code=typed)), ENTRY).result is Result.MET
    assert course_code_of(typed) == "PCCC-M1"
    assert course_code_of("  ") is None


completion_lists = st.lists(
    st.builds(
        CompletionItem,
        id=st.integers(1, 30),
        title=st.just("Course"),
        completed_on=st.dates(date(2025, 6, 1), date(2027, 9, 1)),
        hours=st.integers(1, 32).map(lambda quarters: Decimal(quarters) / 4),
        category=st.sampled_from(["core", "ethics_scope"]),
        course_code=st.sampled_from([None, "A", "B"]),
        provider_approved=st.booleans(),
    ),
    max_size=12,
)
ASKED = requirement(
    RequirementKind.HOURS,
    {"min": 24, "window_months": 24, "provider_approved": True, "category_mins": {"ethics_scope": 2}},
)


def _hours(finding: Finding) -> Decimal:
    return Decimal(finding.have.split(" ")[0])


@generated(completion_lists)
def test_hours_never_count_a_completion_outside_the_window(completions: list[CompletionItem]) -> None:
    finding = judge(ASKED, trained(*completions), RENEWAL)
    inside = [one for one in completions if date(2025, 8, 1) <= one.completed_on <= AS_OF and one.provider_approved]

    assert set(finding.evidence_ids) <= {one.id for one in inside}
    assert _hours(finding) <= sum(one.hours for one in inside)
    assert judge(ASKED, trained(*inside), RENEWAL) == finding


@generated(completion_lists, st.dates(date(2025, 8, 1), AS_OF), st.sampled_from([None, "A"]))
def test_one_more_completion_in_the_window_never_lowers_the_hours(
    completions: list[CompletionItem], on: date, course_code: str | None
) -> None:
    before = judge(ASKED, trained(*completions), RENEWAL)
    after = judge(ASKED, trained(*completions, done(on, "2", id=99, course_code=course_code)), RENEWAL)

    assert _hours(after) >= _hours(before)
    assert (after.progress or 0) >= (before.progress or 0)


def test_a_profile_that_moves_from_3_8_to_6_4_in_care_coordination_is_computed_as_published() -> None:
    index = INSTRUMENTS["MHI-FV"]
    assert (len(index.themes), len(index.domains)) == (25, 6)
    entry = dict.fromkeys(index.themes, 4) | {"3.1": 3, "3.2": 4, "3.3": 4, "3.4": 4, "3.5": 4, "3.6": 4}
    later = dict.fromkeys(index.themes, 6) | {"3.1": 7, "3.2": 7, "3.3": 6, "3.4": 6, "3.5": 6, "3.6": 6}

    assert scored(index, entry).domain_means["3"] == Decimal("3.83")
    assert scored(index, later).domain_means["3"] == Decimal("6.33")
    assert scored(index, dict.fromkeys(index.themes, 8)).percent == 100
    assert scored(index, dict.fromkeys(index.themes, 1)).percent == Decimal("12.5")


def test_progress_is_an_exact_share() -> None:
    finding = judge(ASKED, trained(done(AS_OF, "12")), RENEWAL)
    assert finding.progress == Fraction(1, 2)
    assert finding.due_on == date(2027, 7, 31)
