"""The draw for the audit of continuing education: fixed vectors, and what holds for any seed and population."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.ce_audit import (
    RECIPE,
    CeOutcome,
    draw,
    due_on,
    frozen_population,
    population_hash,
    require_due,
    require_outcome,
    require_range,
    require_same_as_shown,
    require_seed,
    sample_size,
    summary,
)
from certhub.rules.refusal import Refusal

NUMBERS = tuple(f"CC-2026-{number:06d}-0" for number in range(1, 11))
populations = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), min_size=1, unique=True)


def test_the_draw_gives_the_fixed_vector() -> None:
    assert population_hash(NUMBERS) == "9020672b7e878e7590786a65d9788b91eb35113f2c8f572e16839b32781b57cb"
    assert draw(NUMBERS, "lottery 2026-11-21", 3) == ("CC-2026-000010-0", "CC-2026-000007-0", "CC-2026-000008-0")


@given(populations, st.text(max_size=20), st.data())
def test_the_same_seed_draws_the_same_sample_in_whatever_order_the_population_comes(
    numbers: list[str], seed: str, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(numbers)))
    shuffled = data.draw(st.permutations(numbers))
    sample = draw(numbers, seed, size)
    assert sample == draw(shuffled, seed, size)
    assert population_hash(numbers) == population_hash(shuffled)
    assert len(sample) == len(set(sample)) == size
    assert set(sample) <= set(numbers)
    assert draw(numbers, seed, len(numbers))[:size] == sample


def test_another_seed_draws_another_order() -> None:
    assert draw(NUMBERS, "a", 10) != draw(NUMBERS, "b", 10)


def test_the_lines_that_the_page_shows_draw_the_same_sample(tmp_path: Path) -> None:
    check, file = tmp_path / "check.py", tmp_path / "population.csv"
    check.write_text(RECIPE, encoding="utf-8")
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([["number"], *([number] for number in reversed(NUMBERS))])
    said = subprocess.run(
        [sys.executable, str(check), str(file), "lottery 2026-11-21", "4"], check=True, capture_output=True, text=True
    ).stdout.split("\n")
    assert said[0] == f"population 10 {population_hash(NUMBERS)}"
    assert said[1:5] == [f"{n} {number}" for n, number in enumerate(draw(NUMBERS, "lottery 2026-11-21", 4), start=1)]
    assert len(RECIPE.splitlines()) <= 10


@pytest.mark.parametrize(
    ("population", "number", "size"),
    [(1, None, 1), (10, None, 1), (11, None, 2), (100, None, 10), (101, None, 11), (7, 7, 7), (7, 1, 1)],
)
def test_a_tenth_is_rounded_up_and_a_number_is_taken_as_it_is(population: int, number: int | None, size: int) -> None:
    assert sample_size(population, number) == size


@pytest.mark.parametrize(("population", "number"), [(0, None), (0, 1), (5, 0), (5, 6), (5, -1)])
def test_a_size_that_cannot_be_drawn_is_refused(population: int, number: int | None) -> None:
    with pytest.raises(Refusal):
        sample_size(population, number)


@pytest.mark.parametrize("seed", ["", "a:b", "two  spaces", "näh", "x" * 81, "tab\tinside", " before"])
def test_a_seed_that_two_people_could_type_differently_is_refused(seed: str) -> None:
    with pytest.raises(Refusal):
        require_seed(seed)


def test_a_public_seed_is_taken() -> None:
    assert require_seed("x" * 80) == "x" * 80
    assert (
        require_seed("Mass Cash 2026-11-21: 03-11-19-24-31".replace(":", "")) == "Mass Cash 2026-11-21 03-11-19-24-31"
    )


def test_days_that_are_not_over_are_refused() -> None:
    require_range(date(2026, 1, 1), date(2026, 11, 20), today=date(2026, 11, 21))
    require_range(date(2026, 11, 20), date(2026, 11, 20), today=date(2026, 11, 21))
    require_due(date(2026, 11, 22), today=date(2026, 11, 21))
    with pytest.raises(Refusal, match="before today"):
        require_range(date(2026, 1, 1), date(2026, 11, 21), today=date(2026, 11, 21))
    with pytest.raises(Refusal, match="before the first"):
        require_range(date(2026, 1, 2), date(2026, 1, 1), today=date(2026, 11, 21))
    with pytest.raises(Refusal, match="after today"):
        require_due(date(2026, 11, 21), today=date(2026, 11, 21))


def test_proofs_are_due_thirty_days_after_the_draw() -> None:
    assert due_on(date(2026, 11, 21)) == date(2026, 12, 21)


def test_an_outcome_says_why_unless_the_holder_simply_passed() -> None:
    require_outcome(CeOutcome.PASSED, "", before=None)
    require_outcome(CeOutcome.FAILED, "Four hours are not shown.", before=None)
    with pytest.raises(Refusal):
        require_outcome(CeOutcome.EXCUSED, "", before=None)
    with pytest.raises(Refusal):
        require_outcome(CeOutcome.PASSED, "", before=CeOutcome.FAILED)


def test_a_word_on_what_somebody_changed_meanwhile_is_refused() -> None:
    require_same_as_shown(None, None)
    with pytest.raises(Refusal):
        require_same_as_shown(None, 4)


def test_a_population_is_kept_once_each_in_order_and_a_summary_counts_who_waits() -> None:
    assert frozen_population([*reversed(NUMBERS), *NUMBERS]) == NUMBERS
    assert summary([None, CeOutcome.PASSED, None])[None] == 2
