"""What is lacking within the days of a plan, in stretches between the changes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.independence import Span
from certhub.rules.placement.stretches import Part, in_sequence, missing, most

DAYS = Span(date(2026, 1, 1), date(2026, 6, 30))


def of(first: tuple[int, int], last: tuple[int, int], percent: int) -> Part:
    return Span(date(2026, *first), date(2026, *last)), percent


@pytest.mark.parametrize(
    ("need", "met", "lacking"),
    [
        pytest.param(50, [], [of((1, 1), (6, 30), 50)], id="nobody is there"),
        pytest.param(50, [of((1, 1), (6, 30), 50)], [], id="somebody is there throughout"),
        pytest.param(50, [(Span(date(2025, 1, 1)), 80)], [], id="more than is needed, without a last day"),
        pytest.param(50, [of((1, 1), (3, 31), 50)], [of((4, 1), (6, 30), 50)], id="only the days after"),
        pytest.param(
            50, [of((1, 1), (3, 31), 20)], [of((1, 1), (6, 30), 30), of((4, 1), (6, 30), 20)], id="throughout, and more"
        ),
        pytest.param(
            50, [of((3, 1), (3, 31), 50)], [of((1, 1), (2, 28), 50), of((4, 1), (6, 30), 50)], id="before and after"
        ),
        pytest.param(50, [of((7, 1), (7, 31), 50)], [of((1, 1), (6, 30), 50)], id="after the plan"),
        pytest.param(0, [of((1, 1), (1, 2), 5)], [], id="no need"),
    ],
)
def test_what_is_lacking_is_planned_for_the_days_on_which_it_is(
    need: int, met: list[Part], lacking: list[Part]
) -> None:
    assert missing(need, met, DAYS) == lacking


def test_parts_on_the_same_days_become_one_after_the_other() -> None:
    assert in_sequence([of((1, 1), (6, 30), 30), of((4, 1), (6, 30), 20)]) == [
        of((1, 1), (3, 31), 30), of((4, 1), (6, 30), 50),
    ]  # fmt: skip


days = st.dates(date(2025, 10, 1), date(2026, 9, 30))
parts = st.lists(
    st.tuples(st.tuples(days, days).map(lambda both: Span(min(both), max(both))), st.integers(1, 60)), max_size=5
)


@given(st.integers(0, 150), parts)
def test_what_is_met_and_what_is_lacking_come_to_the_need_on_each_day(need: int, met: list[Part]) -> None:
    lacking = missing(need, met, DAYS)

    def on(day: date, among: list[Part]) -> int:
        return sum(percent for span, percent in among if span.overlap(Span(day, day)) is not None)

    borders = {day for span, _ in [*met, *lacking] for day in (span.from_on, span.to_on or span.from_on)}
    for day in {DAYS.from_on, DAYS.to_on or DAYS.from_on, *borders}:
        if DAYS.overlap(Span(day, day)) is not None:
            assert on(day, met) + on(day, lacking) == max(need, on(day, met))
    assert most(lacking, DAYS) <= need
