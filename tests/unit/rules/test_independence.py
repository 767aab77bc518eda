"""The independence of coordinators and vendors from practices."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.independence import (
    Arrangement,
    Conflict,
    EmploymentSpell,
    GroupMembership,
    IndependenceRule,
    Organization,
    Span,
    independence_of,
    require_independent,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import EmploymentKind

Rule = IndependenceRule

SINCE_2020 = Span(date(2020, 1, 1))
YEAR = Span(date(2026, 7, 1), date(2027, 6, 30))
VENDOR = Organization(1, "Harbor Care Partners", "90-0000001")
PRACTICE = Organization(2, "Elm Street Pediatrics", "90-0000002")
OTHER = Organization(3, "Bayside School", "90-0000003")


def in_group(
    organization: Organization, percent: str | None = None, span: Span = SINCE_2020, group_id: int = 7
) -> Organization:
    """The organization as a member of one ownership group."""
    share = None if percent is None else Decimal(percent)
    membership = GroupMembership(group_id, f"Group {group_id}", span, share)
    return Organization(
        organization.id, organization.name, organization.tax_id, (*organization.memberships, membership)
    )


def arrangement(
    *employments: EmploymentSpell, practice: Organization = PRACTICE, vendor: Organization | None = VENDOR
) -> Arrangement:
    """Ana Silva at the practice for a year."""
    return Arrangement("Ana Silva", practice, YEAR, vendor=vendor, employments=employments)


def rules_and_days(case: Arrangement) -> list[tuple[IndependenceRule, date, date | None]]:
    return [(found.rule, found.from_on, found.to_on) for found in independence_of(case).conflicts]


def test_a_coordinator_employed_by_the_vendor_alone_is_independent() -> None:
    found = require_independent(arrangement(EmploymentSpell(VENDOR, Span(date(2025, 1, 1)))))
    assert (found.conflicts, found.warnings, found.disclosures) == ((), (), ())


@pytest.mark.parametrize("kind", EmploymentKind)
def test_any_engagement_by_the_practice_is_a_conflict_on_the_days_that_it_shares(kind: EmploymentKind) -> None:
    spell = EmploymentSpell(PRACTICE, Span(date(2026, 1, 1), date(2026, 9, 30)), kind)
    assert rules_and_days(arrangement(spell)) == [(Rule.EMPLOYMENT, date(2026, 7, 1), date(2026, 9, 30))]


@pytest.mark.parametrize(
    ("ended_on", "conflicting"),
    [(date(2026, 6, 29), False), (date(2026, 6, 30), False), (date(2026, 7, 1), True), (None, True)],
)
def test_an_employment_may_end_on_the_eve_of_the_assignment_and_is_disclosed(
    ended_on: date | None, conflicting: bool
) -> None:
    found = independence_of(arrangement(EmploymentSpell(PRACTICE, Span(date(2020, 1, 1), ended_on))))
    assert bool(found.conflicts) is conflicting
    assert bool(found.disclosures) is not conflicting


@pytest.mark.parametrize(("begins_on", "conflicting"), [(date(2027, 6, 30), True), (date(2027, 7, 1), False)])
def test_an_employment_may_begin_the_day_after_the_assignment_ends(begins_on: date, conflicting: bool) -> None:
    found = independence_of(arrangement(EmploymentSpell(PRACTICE, Span(begins_on))))
    assert bool(found.conflicts) is conflicting
    assert not found.disclosures


def test_a_conflict_names_the_person_the_practice_and_the_first_day_that_both_share() -> None:
    spell = EmploymentSpell(PRACTICE, Span(date(2023, 6, 24)))
    case = Arrangement("Ana Silva", PRACTICE, Span(date(2025, 12, 19)), vendor=VENDOR, employments=(spell,))
    (conflict,) = independence_of(case).conflicts
    assert conflict.sentence == (
        "Ana Silva is employed by Elm Street Pediatrics and is assigned to it from December 19, 2025 on."
    )


@pytest.mark.parametrize(
    ("to_on", "stands"), [(None, True), (date(2026, 3, 2), True), (date(2026, 3, 1), False), (date(2026, 3, 3), True)]
)
def test_a_conflict_stands_through_its_last_day(to_on: date | None, stands: bool) -> None:
    assert Conflict(Rule.WAGES, "", "", date(2026, 1, 1), to_on).stands_from(date(2026, 3, 2)) is stands


def test_conflicts_come_in_the_order_of_their_first_day() -> None:
    later = EmploymentSpell(PRACTICE, Span(date(2027, 1, 1)))
    earlier = EmploymentSpell(PRACTICE, Span(date(2026, 1, 1), date(2026, 9, 30)))
    assert [on for _, on, _ in rules_and_days(arrangement(later, earlier))] == [date(2026, 7, 1), date(2027, 1, 1)]


def test_a_practice_that_assigns_somebody_to_itself_is_told_so() -> None:
    (conflict,) = independence_of(arrangement(vendor=PRACTICE)).conflicts
    assert conflict.rule is Rule.OWNERSHIP
    assert "by Elm Street Pediatrics, which is that practice itself, from July 1, 2026" in conflict.sentence


def test_a_past_employment_is_disclosed_in_a_sentence() -> None:
    spell = EmploymentSpell(PRACTICE, Span(date(2020, 1, 1), date(2026, 6, 30)))
    assert require_independent(arrangement(spell)).disclosures == (
        "Ana Silva worked for Elm Street Pediatrics until June 30, 2026, "
        "before this work with Elm Street Pediatrics begins.",
    )


def test_employment_by_an_unrelated_organization_is_no_conflict_and_no_disclosure() -> None:
    now, before = (
        EmploymentSpell(OTHER, Span(date(2020, 1, 1))),
        EmploymentSpell(OTHER, Span(date(2019, 1, 1), date(2019, 6, 1))),
    )
    found = require_independent(arrangement(now, before))
    assert found.disclosures == ()


def test_an_employer_with_the_same_taxpayer_number_counts_as_the_practice() -> None:
    billing = Organization(4, "Elm Street Billing", "900000002")
    found = independence_of(arrangement(EmploymentSpell(billing, Span(date(2026, 1, 1)))))
    assert [conflict.sentence for conflict in found.conflicts] == [
        "Ana Silva is employed by Elm Street Billing, which has the same taxpayer number as Elm Street Pediatrics, "
        "and is assigned to Elm Street Pediatrics from July 1, 2026 to June 30, 2027."
    ]


def test_two_organizations_without_a_taxpayer_number_are_not_related_by_it() -> None:
    nameless = Organization(5, "New Clinic", None)
    practice = Organization(6, "New Practice", "")
    assert rules_and_days(arrangement(EmploymentSpell(nameless, Span(date(2026, 1, 1))), practice=practice)) == []


@pytest.mark.parametrize(("percent", "conflicting"), [("5", False), ("5.01", True), ("100", True), (None, True)])
def test_membership_of_one_ownership_group_counts_above_five_percent(percent: str | None, conflicting: bool) -> None:
    employer, practice = in_group(OTHER, percent), in_group(PRACTICE)
    spell = EmploymentSpell(employer, Span(date(2026, 1, 1)))
    assert bool(rules_and_days(arrangement(spell, practice=practice))) is conflicting


def test_both_sides_of_a_group_need_more_than_five_percent() -> None:
    spell = EmploymentSpell(in_group(OTHER), Span(date(2026, 1, 1)))
    assert rules_and_days(arrangement(spell, practice=in_group(PRACTICE, "4"))) == []


def test_different_ownership_groups_do_not_relate() -> None:
    spell = EmploymentSpell(in_group(OTHER, group_id=8), Span(date(2026, 1, 1)))
    assert rules_and_days(arrangement(spell, practice=in_group(PRACTICE))) == []


def test_an_ownership_conflict_stands_only_on_the_days_of_common_membership() -> None:
    vendor = in_group(VENDOR, span=Span(date(2026, 10, 1), date(2026, 12, 31)))
    practice = in_group(PRACTICE, span=Span(date(2026, 11, 1)))
    case = arrangement(vendor=vendor, practice=practice)
    assert rules_and_days(case) == [(Rule.OWNERSHIP, date(2026, 11, 1), date(2026, 12, 31))]
    assert independence_of(case).conflicts[0].sentence == (
        "Ana Silva is assigned to Elm Street Pediatrics by Harbor Care Partners, which is in the same ownership group "
        "(Group 7) as Elm Street Pediatrics, from November 1, 2026 to December 31, 2026."
    )


def test_a_vendor_tied_to_the_practice_is_one_conflict_though_it_employs_the_coordinator() -> None:
    vendor, practice = in_group(VENDOR), in_group(PRACTICE)
    case = arrangement(EmploymentSpell(vendor, Span(date(2025, 1, 1))), vendor=vendor, practice=practice)
    assert [rule for rule, _, _ in rules_and_days(case)] == [Rule.OWNERSHIP]


def test_a_practice_cannot_be_its_own_vendor() -> None:
    case = arrangement(EmploymentSpell(PRACTICE, Span(date(2025, 1, 1))), vendor=PRACTICE)
    assert {rule for rule, _, _ in rules_and_days(case)} == {Rule.EMPLOYMENT, Rule.OWNERSHIP}


def test_an_employment_is_judged_without_any_vendor() -> None:
    vendor, practice = in_group(VENDOR), in_group(PRACTICE)
    case = arrangement(EmploymentSpell(vendor, Span(date(2025, 1, 1))), vendor=None, practice=practice)
    assert [rule for rule, _, _ in rules_and_days(case)] == [Rule.EMPLOYMENT]


def test_wages_paid_by_the_practice_are_a_conflict_and_supervision_is_a_warning() -> None:
    case = Arrangement(
        "Ana Silva",
        PRACTICE,
        YEAR,
        vendor=VENDOR,
        wages_paid_by_practice=(Span(date(2027, 6, 30)), Span(date(2027, 7, 1))),
        supervised_by_practice=True,
    )
    found = independence_of(case)
    assert [conflict.sentence for conflict in found.conflicts] == [
        "Elm Street Pediatrics pays wages to Ana Silva, who is assigned to it on June 30, 2027."
    ]
    assert found.conflicts[0].citation.startswith("PR-09")
    assert "supervises Ana Silva" in found.warnings[0]


def test_supervision_alone_is_not_refused() -> None:
    case = Arrangement("Ana Silva", PRACTICE, YEAR, vendor=VENDOR, supervised_by_practice=True)
    assert len(require_independent(case).warnings) == 1


def test_a_refusal_names_the_conflict_its_field_and_what_to_do() -> None:
    spell = EmploymentSpell(PRACTICE, Span(date(2025, 1, 1)), EmploymentKind.CONTRACTOR)
    open_ended = Arrangement("Ana Silva", PRACTICE, Span(date(2026, 7, 1)), employments=(spell,))
    with pytest.raises(Refusal) as refused:
        require_independent(open_ended, field="practice")
    assert refused.value.field == "practice"
    assert refused.value.message == (
        "Ana Silva is a contractor of Elm Street Pediatrics and is assigned to it from July 1, 2026 on. "
        "(CC-08; Massachusetts Consortium, Findings and Recommendations (2006).) "
        "A coordinator must be independent of the practice. "
        "End what stands in the way, or choose another coordinator, practice or first day."
    )


spans = st.builds(
    lambda start, length: Span(start, None if length is None else date.fromordinal(start.toordinal() + length)),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.none() | st.integers(0, 900),
)


@given(spans, spans)
def test_there_is_a_conflict_exactly_when_some_day_is_shared(assigned: Span, employed: Span) -> None:
    case = Arrangement("Ana Silva", PRACTICE, assigned, employments=(EmploymentSpell(PRACTICE, employed),))
    horizon = date(2032, 1, 1)

    def days_of(span: Span) -> range:
        return range(span.from_on.toordinal(), (span.to_on or horizon).toordinal() + 1)

    shared = sorted(set(days_of(assigned)) & set(days_of(employed)))
    found = rules_and_days(case)
    assert bool(found) is bool(shared)
    if shared:
        (_, from_on, to_on) = found[0]
        assert from_on.toordinal() == shared[0]
        assert (to_on or horizon).toordinal() == shared[-1]
