"""Figures, relationships, references and meetings: what is told, what is needed, and how far along it is."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from certhub.rules.champions import ChampionRole
from certhub.rules.dossier import ChampionItem
from certhub.rules.requirement_kinds import has_data, inputs_of, judge
from certhub.rules.vocabulary import RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import ENTRY, FORMS, RENEWAL, form, given, requirement, subject


def test_a_change_of_champions_is_a_change_of_the_record_and_another_order_is_none() -> None:
    led = requirement(RequirementKind.RELATIONSHIP_RULE, {"rules": ["champions_named"]})
    both = (ChampionItem(ChampionRole.PHYSICIAN, "Amara Osei"), ChampionItem(ChampionRole.STAFF, "Kevin Tran"))
    assert inputs_of(led, subject(champions=both)) == inputs_of(led, subject(champions=both[::-1]))
    assert inputs_of(led, subject(champions=both)) != inputs_of(led, subject(champions=both[:1]))

    free = requirement(RequirementKind.RELATIONSHIP_RULE, {"rules": ["no_conflicts"]})
    assert inputs_of(free, subject(relationships=("a", "b"))) == inputs_of(free, subject(relationships=("b", "a")))
    assert has_data(free, subject())


@pytest.mark.parametrize(
    ("op", "value", "progress"), [(">=", 1, Fraction(1, 4)), (">=", 4, Fraction(1)), ("<=", 8, Fraction(1, 2))]
)
def test_a_figure_is_as_far_along_as_it_is_near_its_limit(op: str, value: int, progress: Fraction) -> None:
    asked = requirement(RequirementKind.RATIO, {"metric": "use", "op": op, "limit": 4, "label": "Use", "per": "family"})
    dossier = subject(metrics={"use": Decimal(value)})
    found = judge(asked, dossier, RENEWAL)
    assert (found.progress, found.have) == (progress, f"{value} per family")
    assert found.need.endswith("4 per family")
    assert has_data(asked, dossier)
    assert not has_data(asked, subject(metrics={"other": Decimal(1)}))
    assert not judge(asked, subject(), RENEWAL).provided


def test_what_is_needed_of_relationships_and_references_is_said() -> None:
    both = requirement(RequirementKind.RELATIONSHIP_RULE, {"rules": ["employed_by_certified_vendor", "no_conflicts"]})
    assert judge(both, subject(), ENTRY).need == "Employed by a certified vendor, no conflict with a practice"
    free = requirement(RequirementKind.RELATIONSHIP_RULE, {"rules": ["no_conflicts"]})
    assert judge(free, subject(), ENTRY).need == "No conflict with a practice"

    forms = judge(requirement(RequirementKind.COMPETENCY, FORMS), subject(form(1, 10), form(2, 5)), ENTRY)
    assert forms.need == "3 forms, each with 8 of 10 competencies, together all 10"
    assert (forms.progress, forms.provided) == (Fraction(1, 3), False)
    three = judge(requirement(RequirementKind.COMPETENCY, FORMS), subject(form(1, 5), form(2, 5), form(3, 5)), ENTRY)
    assert (three.provided, "Together" in three.explanation) == (True, False)
    some = requirement(RequirementKind.COMPETENCY, FORMS | {"union_all": False})
    two = judge(some, subject(form(1, 9), form(2, 8)), ENTRY)
    assert (two.need, "Together" in two.explanation) == ("3 forms, each with 8 of 10 competencies", False)


def test_a_statement_with_reasons_says_that_they_are_needed() -> None:
    asked = {"text_id": "scope", "version": 2, "signer_role": "coordinator"}
    needs = [
        judge(requirement(RequirementKind.ATTESTATION, asked | more), subject(), ENTRY).need
        for more in ({}, {"with_reasons": True})
    ]
    assert needs == ["Signed statement, version 2", "Signed statement, version 2, with reasons"]


def test_as_many_conflicts_as_can_be_told_are_told_without_a_count() -> None:
    free = requirement(RequirementKind.RELATIONSHIP_RULE, {"rules": ["no_conflicts"]})
    five = tuple(f"Works for practice {number}." for number in range(5))
    assert judge(free, subject(conflicts=five), ENTRY).explanation == " ".join(five)


def test_an_accepted_entry_of_a_meeting_counts_before_one_in_review() -> None:
    params = {"event_type": "state_meeting", "min_count": 1, "window_months": 24}
    entered = subject(given(id=1, event="A", verdict=Verdict.PENDING), given(id=2, event="A"))
    found = judge(requirement(RequirementKind.PARTICIPATION, params), entered, RENEWAL)
    assert (found.result, found.evidence_ids) == (Result.MET, (2,))


def test_attended_events_are_named_in_order_and_one_is_a_beginning() -> None:
    params = {"event_type": "state_meeting", "min_count": 3, "window_months": 24}
    dossier = subject(given(date(2027, 5, 1), id=2, event="B"), given(date(2027, 5, 2), id=1, event="A"))
    found = judge(requirement(RequirementKind.PARTICIPATION, params), dossier, RENEWAL)
    assert (found.result, found.evidence_ids, found.provided) == (Result.PARTIAL, (1, 2), True)
    enough = judge(requirement(RequirementKind.PARTICIPATION, params | {"min_count": 2}), dossier, RENEWAL)
    assert (enough.evidence_ids, enough.progress) == ((1, 2), Fraction(1))
    assert not judge(requirement(RequirementKind.PARTICIPATION, params), subject(), RENEWAL).provided
