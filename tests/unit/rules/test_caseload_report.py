"""The numbers of a report hang together; its due day; the questions that it raises."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules import caseload_report
from certhub.rules.assignment import Load
from certhub.rules.caseload_checks import (
    CHECK_LABELS,
    Check,
    Move,
    QuestionState,
    Reported,
    can_move,
    findings,
    require_words,
    state_after,
)
from certhub.rules.caseload_report import FIELDS, PARTS, WHOLE, Breakdown, Line, mistakes, require_consistent
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal

OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
ANA, BEN, ELM, OAK = 1, 2, 11, 12
NAMES = {ANA: "Ana Ferreira", BEN: "Ben Osei", ELM: "Elm Pediatrics", OAK: "Oak Pediatrics"}


def line(children: int = 10, **others: int) -> dict[str, int]:
    """A line that holds together, with some numbers of its own."""
    parts = {PARTS[one][1].key: children for one in WHOLE}
    calm = {"families": children, "contacted": children, "encounters": 4, "time_2": 4, "activity_1": 4}
    return {"children": children, **parts, **calm, "occurred_advice": 4, **others}


def test_the_line_of_these_tests_holds_together() -> None:
    assert mistakes(line()) == {}
    assert mistakes({}) == {}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"tier_1": 1}, "tier_1", "Tiers adds up to 11, but there are 10 active children"),
        ({"coverage_both": 1}, "coverage_private", "Coverage adds up to 11"),
        ({"age_3_5": 9}, "age_0_2", "Age adds up to 9"),
        ({"disability_other": 2}, "disability_neurological", "Disability adds up to 12"),
        ({"first_month_2": 11}, "first_month_2", "more than the 10 of this tier"),
        ({"first_month_1": 1}, "first_month_1", "more than the 0 of this tier"),
        ({"time_7": 1}, "time_1", "lengths of time add up to 5, but there were 4 encounters"),
        ({"activity_3": 5}, "activity_3", "more than the 4 encounters"),
        ({"activity_1": 3}, "activity_1", "fewer than the 4 encounters"),
        ({"occurred_advice": 0}, "prevented_ed", "What came of it adds up to 0, fewer than the 4 encounters"),
        ({"children": -1}, "children", "from 0 to 9,999"),
        ({"closures": 10_000}, "closures", "from 0 to 9,999"),
    ],
)
def test_numbers_that_contradict_each_other_are_told_beside_their_field(
    changes: dict[str, int], field: str, words: str
) -> None:
    found = mistakes({**line(), **changes})
    assert list(found) == [field]
    assert words in found[field]
    with pytest.raises(Refusal) as refused:
        require_consistent({**line(), **changes})
    assert refused.value.field == field


def test_an_encounter_can_have_several_activities_and_outcomes_and_one_length() -> None:
    assert mistakes(line(activity_2=4, activity_12=1, prevented_ed=2)) == {}


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.integers(0, 60)))
def test_a_line_without_mistakes_adds_up_in_each_breakdown(told: dict[str, int]) -> None:
    sums = {one: caseload_report.total(told, one) for one in WHOLE}
    adds_up = set(sums.values()) <= {told.get("children", 0)}
    assert adds_up or mistakes(told)


def test_every_field_has_a_key_of_its_own_and_no_field_takes_words() -> None:
    assert len(FIELDS) == len(caseload_report.TOTALS) + sum(map(len, PARTS.values())) == 67
    assert set(PARTS) == set(Breakdown)


def test_lines_are_added_field_by_field() -> None:
    assert caseload_report.sum_of([line(10), line(5)])["children"] == 15
    assert caseload_report.caseload_of(line(10)).children == 10


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2026, 9, 1), date(2026, 10, 15)),
        (date(2026, 10, 1), date(2026, 11, 16)),  # the 15th is a Sunday
        (date(2026, 12, 1), date(2027, 1, 15)),
        (date(2026, 7, 1), date(2026, 8, 17)),  # a Saturday
        (date(2029, 12, 1), date(2030, 1, 15)),
        (date(2023, 12, 1), date(2024, 1, 16)),  # Martin Luther King Day
    ],
)
def test_a_report_is_due_on_the_fifteenth_or_the_next_business_day(month: date, due: date) -> None:
    assert caseload_report.due_on(month) == due
    assert not caseload_report.is_late(month, due)
    assert caseload_report.is_late(month, date.fromordinal(due.toordinal() + 1))


@pytest.mark.parametrize(
    ("number", "month"),
    [
        (202610, OCTOBER),
        (202613, None),
        (202600, None),
        (0, None),
        (199912, None),
        (210001, None),
        (200001, date(2000, 1, 1)),
    ],
)
def test_a_month_of_an_address_is_one_of_this_century_or_none(number: int, month: date | None) -> None:
    assert caseload_report.month_of(number) == month
    assert month is None or caseload_report.month_number(month) == number


def test_a_month_is_reported_when_it_is_over() -> None:
    caseload_report.require_over(OCTOBER, date(2026, 11, 1))
    with pytest.raises(Refusal, match="October 2026 is not over"):
        caseload_report.require_over(OCTOBER, date(2026, 10, 31))
    assert caseload_report.latest_month(date(2026, 11, 1)) == OCTOBER


@pytest.mark.parametrize(
    ("as_of", "month"), [(date(2026, 10, 30), SEPTEMBER), (date(2026, 10, 31), OCTOBER), (date(2026, 11, 1), OCTOBER)]
)
def test_the_numbers_of_a_month_count_from_its_last_day_on(as_of: date, month: date) -> None:
    assert caseload_report.month_that_counts(as_of) == month


def reported(lines: Mapping[tuple[int, int], Line], **others: Any) -> Reported:
    placed = {(ANA, ELM): [Span(date(2026, 1, 5), None)]}
    return replace(
        Reported(OCTOBER, lines, placed, {(ANA, ELM): line(10)}, {ANA: Fraction(1), BEN: Fraction(1, 2)}, NAMES),
        **others,
    )


CASES: list[tuple[str, Reported, list[Check]]] = [
    ("nothing to ask", reported({(ANA, ELM): line(10)}), []),
    (
        "no assignment at all",
        reported({(ANA, ELM): line(10), (BEN, OAK): line(2, admissions=2)}),
        [Check.NO_ASSIGNMENT],
    ),
    (
        "an assignment that ended before",
        reported({(ANA, ELM): line(10)}, placed={(ANA, ELM): [Span(date(2026, 1, 5), date(2026, 9, 30))]}),
        [Check.NO_ASSIGNMENT],
    ),
    (
        "an assignment of one day in the month",
        reported({(ANA, ELM): line(10)}, placed={(ANA, ELM): [Span(date(2026, 10, 31), None)]}),
        [],
    ),
    (
        "an empty line needs no assignment",
        reported({(ANA, ELM): line(10), (BEN, OAK): {"children": 0}}),
        [],
    ),
    ("assigned, not reported", reported({}), [Check.NO_LINE]),
    ("nobody knows the month before", reported({(ANA, ELM): line(40, admissions=1)}, before=None), []),
    ("came and went", reported({(ANA, ELM): line(12, admissions=3, closures=1)}), []),
    ("does not add up", reported({(ANA, ELM): line(12, admissions=1)}), [Check.FLOW]),
    ("first seen this month", reported({(ANA, ELM): line(10)}, before={}), [Check.FLOW]),
    ("half more is not sudden", reported({(ANA, ELM): line(15, admissions=5)}), []),
    ("more than half more", reported({(ANA, ELM): line(16, admissions=6)}), [Check.SUDDEN]),
    ("fell by more than half", reported({(ANA, ELM): line(4, closures=6)}), [Check.SUDDEN]),
    (
        "few children change suddenly without a question",
        reported({(ANA, ELM): line(6, admissions=4)}, before={(ANA, ELM): line(2)}),
        [],
    ),
    ("more contacts than families", reported({(ANA, ELM): line(10, contacted=11)}), [Check.CONTACTS]),
    (
        "children without an encounter",
        reported({(ANA, ELM): line(10, encounters=0, time_2=0, activity_1=0, occurred_advice=0)}),
        [Check.NO_ENCOUNTERS],
    ),
    ("reports to agencies", reported({(ANA, ELM): line(10, activity_6=1)}), [Check.SCOPE]),
    (
        "three times as many children as places",
        reported({(ANA, ELM): line(60)}, before={(ANA, ELM): line(60)}, loads={(ANA, ELM): [Load(places=20)]}),
        [Check.PLACES],
    ),
    (
        "a quarter more children than places",
        reported({(ANA, ELM): line(10)}, loads={(ANA, ELM): [Load(places=8)]}),
        [],
    ),
    (
        "places of two assignments of the month",
        reported({(ANA, ELM): line(10)}, loads={(ANA, ELM): [Load(places=4), Load(places=4)]}),
        [],
    ),
    (
        "children who take more than the share of the week",
        reported({(ANA, ELM): line(10)}, loads={(ANA, ELM): [Load(share_percent=8)]}),
        [Check.PLACES],
    ),
    (
        "more new children than came",
        reported({(ANA, ELM): line(12, admissions=2, first_month_2=3)}),
        [Check.FIRST_MONTH],
    ),
    (
        "new children who came this month or were new at the end of the month before",
        reported({(ANA, ELM): line(12, admissions=2, first_month_2=3)}, before={(ANA, ELM): line(10, first_month_2=1)}),
        [],
    ),
    (
        "over the cap by many children of tier 1",
        reported(
            {(ANA, ELM): {**line(101), "tier_1": 101, "tier_2": 0}},
            before={(ANA, ELM): line(101)},
        ),
        [Check.CAP],
    ),
    ("over capacity", reported({(ANA, ELM): line(92)}, before={(ANA, ELM): line(92)}), [Check.CAPACITY]),
    (
        "over capacity at two practices together",
        reported(
            {(ANA, ELM): line(50), (ANA, OAK): line(45)},
            before={(ANA, ELM): line(50), (ANA, OAK): line(45)},
            placed={(ANA, ELM): [Span(date(2026, 1, 5), None)], (ANA, OAK): [Span(date(2026, 1, 5), None)]},
        ),
        [Check.CAPACITY],
    ),
    (
        "nobody who works there",
        reported({(ANA, ELM): line(10)}, full_time={}),
        [Check.CAP, Check.CAPACITY],
    ),
]


@pytest.mark.parametrize(("told", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_report_is_asked_about_where_it_does_not_fit(told: Reported, expected: list[Check]) -> None:
    found = findings(told)
    assert [one.check for one in found] == expected
    assert all(one.sentence.startswith(NAMES[one.coordinator_id]) and one.sentence.endswith("?") for one in found)


def test_the_cases_reach_every_check() -> None:
    assert {check for case in CASES for check in case[2]} == set(Check) == set(CHECK_LABELS)


@given(st.permutations([(ANA, ELM), (ANA, OAK), (BEN, OAK)]))
def test_the_order_of_lines_changes_no_question(pairs: list[tuple[int, int]]) -> None:
    told = {pair: line(3 * pair[0] + pair[1], contacted=90) for pair in pairs}
    assert findings(reported(told)) == findings(reported(dict(sorted(told.items()))))


@pytest.mark.parametrize(
    ("state", "move", "after"),
    [
        (QuestionState.OPEN, Move.ANSWERED, QuestionState.ANSWERED),
        (QuestionState.OPEN, Move.ACCEPTED, QuestionState.ACCEPTED),
        (QuestionState.OPEN, Move.ASKED_AGAIN, None),
        (QuestionState.ANSWERED, Move.ANSWERED, None),
        (QuestionState.ANSWERED, Move.ACCEPTED, QuestionState.ACCEPTED),
        (QuestionState.ANSWERED, Move.ASKED_AGAIN, QuestionState.OPEN),
        *((state, move, None) for state in (QuestionState.ACCEPTED, QuestionState.CORRECTED) for move in Move),
    ],
)
def test_a_question_moves_between_the_vendor_and_dph(
    state: QuestionState, move: Move, after: QuestionState | None
) -> None:
    assert can_move(state, move) == (after is not None)
    if after is None:
        with pytest.raises(Refusal, match="Look at the page again"):
            state_after(state, move)
    else:
        assert state_after(state, move) is after


def test_an_answer_says_something() -> None:
    assert require_words("  Two families moved away.  ") == "Two families moved away."
    with pytest.raises(Refusal, match="at least 10 letters"):
        require_words("  ok      ")
