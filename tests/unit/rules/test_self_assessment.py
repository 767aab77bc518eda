"""A practice rates itself: the scale, the answers of several people, what may be closed, and what moved."""

from datetime import date
from decimal import Decimal

import pytest

from certhub.queries import instrument_words
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, score_of, scored, steps
from certhub.rules.self_assessment import (
    Answered,
    Profile,
    answers_by_theme,
    compared,
    missing_themes,
    read_scores,
    require_closable,
    themes_to_discuss,
    with_scores,
)
from certhub.rules.vocabulary import RespondentRole

FULL, SHORT = INSTRUMENTS["MHI-FV"], INSTRUMENTS["MHI-SV"]
ALL = dict.fromkeys(FULL.themes, 4)
DAY = date(2027, 6, 15)


@pytest.mark.parametrize(
    ("instrument", "level", "complete", "score"),
    [
        (FULL, 1, False, 1), (FULL, 1, True, 2), (FULL, 2, False, 3), (FULL, 3, True, 6), (FULL, 4, False, 7),
        (FULL, 4, True, 8), (SHORT, 1, False, 1), (SHORT, 1, True, 1), (SHORT, 2, False, 2), (SHORT, 2, True, 3),
        (SHORT, 3, False, 4), (SHORT, 3, True, 5),
    ],
)  # fmt: skip
def test_a_level_reached_in_part_or_completely_is_a_score(
    instrument: object, level: int, complete: bool, score: int
) -> None:
    assert score_of(instrument, level, complete=complete) == score  # type: ignore[arg-type]  # one of the two


def test_the_full_version_has_25_themes_from_1_to_8_and_the_short_one_10_from_1_to_5() -> None:
    assert (len(FULL.themes), [step.score for step in steps(FULL)]) == (25, list(range(1, 9)))
    assert (len(SHORT.themes), [step.score for step in steps(SHORT)]) == (10, list(range(1, 6)))
    assert [step.words for step in steps(FULL)][:2] == ["Level 1, in part", "Level 1, completely"]
    assert [step.words for step in steps(SHORT)][:3] == ["Level 1", "Level 2, in part", "Level 2, completely"]


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_every_theme_and_level_has_a_line_of_our_own(instrument: object) -> None:
    words = instrument_words.newest(instrument.id)  # type: ignore[attr-defined]  # it is an instrument
    assert set(words.hints) == set(words.instrument.themes)
    assert len(words.levels) == max(step.level for step in steps(words.instrument))
    assert all(len(line) < 120 for line in [*words.hints.values(), *words.levels])
    assert "licen" not in words.owner
    assert "own copy" in words.licence


def test_the_published_profile_moves_from_3_82_to_6_39_in_percent_and_means() -> None:
    """McAllister et al. 2013, table 3, has means over practices; one practice comes nearest with 23 and 38 of 48."""
    raised = dict(zip(FULL.themes_of("3"), (3, 4, 4, 4, 4, 4), strict=True))
    higher = dict(zip(FULL.themes_of("3"), (7, 7, 6, 6, 6, 6), strict=True))
    before = Profile(date(2026, 6, 1), ALL | raised, scored(FULL, ALL | raised))
    now = Profile(DAY, ALL | higher, scored(FULL, ALL | higher))

    found = compared(FULL, now, before)

    coordination = next(one for one in found.domains if one.title == "Care coordination")
    assert (coordination.before, coordination.now, coordination.change) == (
        Decimal("3.83"), Decimal("6.33"), Decimal("2.50"),
    )  # fmt: skip
    assert abs(coordination.now - Decimal("6.39")) < Decimal("0.1")
    assert found.percent_change == Decimal("7.5")
    assert [one.theme for one in found.moved] == ["3.1", "3.2", "3.3"]
    assert [one.change for one in found.moved] == [4, 3, 2]


def test_a_first_profile_has_nothing_to_compare_with() -> None:
    found = compared(FULL, Profile(DAY, ALL, scored(FULL, ALL)), None)
    assert (found.percent_change, found.moved) == (None, ())
    assert all(one.change is None for one in found.domains)


def test_the_themes_that_moved_most_come_first_and_those_that_stood_still_do_not_come() -> None:
    before, now = ({**ALL, "3.1": 5, "3.2": 8, "3.4": 2}, {**ALL, "3.1": 6, "3.2": 5, "3.4": 4})
    found = compared(FULL, Profile(DAY, now, scored(FULL, now)), Profile(DAY, before, scored(FULL, before)))
    assert [(one.theme, int(one.change)) for one in found.moved] == [("3.2", -3), ("3.4", 2), ("3.1", 1)]

    still = compared(FULL, Profile(DAY, ALL, scored(FULL, ALL)), Profile(DAY, ALL, scored(FULL, ALL)))
    assert still.moved == ()


def test_a_page_keeps_its_own_themes_and_leaves_the_others() -> None:
    chosen = read_scores(FULL, "4", {"4.1": "8", "4.2": "", "1.1": "3"})
    assert chosen == {"4.1": 8, "4.2": None}
    assert with_scores({"1.1": 2, "4.2": 5}, chosen) == {"1.1": 2, "4.1": 8}
    assert list(with_scores({"4.2": 5, "4.1": 4}, {"1.1": 2})) == ["1.1", "4.1", "4.2"]


@pytest.mark.parametrize("typed", ["0", "9", "-1", "2.5", "x", "12", "08", "٣"])
def test_a_score_that_is_not_on_the_scale_is_refused_beside_its_theme(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_scores(FULL, "4", {"4.1": typed})
    assert refused.value.field == "theme-4.1"


def test_a_score_of_the_full_scale_is_refused_in_the_short_version() -> None:
    with pytest.raises(Refusal):
        read_scores(SHORT, "4", {"4.1": "6"})


@pytest.mark.parametrize(("low", "high", "talk"), [(3, 5, False), (3, 6, True), (8, 8, False), (1, 8, True)])
def test_answers_more_than_two_points_apart_are_to_be_talked_about(low: int, high: int, talk: bool) -> None:
    people = [
        Answered("Physician", RespondentRole.PHYSICIAN, {"3.1": low}),
        Answered("Nurse", RespondentRole.NURSE, {"3.1": high}),
        Answered("Front desk", RespondentRole.FRONT_DESK, {}),
    ]
    found, unanswered, *_ = answers_by_theme(FULL, "3", people)
    assert (unanswered.given, unanswered.apart) == ((), 0)
    assert (found.given, found.far_apart) == ((("Physician", low), ("Nurse", high)), talk)
    assert [one.theme for one in themes_to_discuss(FULL, people)] == (["3.1"] if talk else [])


def test_missing_themes_are_named() -> None:
    assert missing_themes(SHORT, {theme: 3 for theme in SHORT.themes if theme != "3.4"}) == ["3.4 Needs and care plans"]


@pytest.mark.parametrize(
    ("answers", "consensus", "held_on", "says"),
    [
        (ALL, ALL, DAY, None),
        (ALL, ALL, date(2027, 6, 1), None),
        ({"1.1": 4}, ALL, DAY, "answered every theme"),
        (ALL, {**ALL, "6.2": None}, DAY, "6.2 Quality activities"),
        (ALL, ALL, date(2027, 6, 16), "in the future"),
        (ALL, ALL, date(2027, 5, 31), "started on June 1, 2027"),
    ],
)
def test_a_self_assessment_is_closed_when_somebody_finished_and_every_theme_is_agreed(
    answers: dict[str, int], consensus: dict[str, int | None], held_on: date, says: str | None
) -> None:
    people = [
        Answered("Nurse", RespondentRole.NURSE, answers), Answered("Front desk", RespondentRole.FRONT_DESK, {"1.1": 4})
    ]  # fmt: skip
    agreed = {theme: score for theme, score in consensus.items() if score is not None}
    dates = {"held_on": held_on, "opened_on": date(2027, 6, 1), "today": DAY}
    if says is None:
        require_closable(FULL, agreed, people, **dates)
        return
    with pytest.raises(Refusal, match=says):
        require_closable(FULL, agreed, people, **dates)
