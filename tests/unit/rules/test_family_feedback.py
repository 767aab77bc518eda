"""A round of family feedback: counts that can be, no answer of a single family, and enough families asked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certhub.rules.family_feedback import FeedbackRound, require_enough_asked, require_round, response_rate
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import FeedbackMethod

TODAY = date(2027, 6, 15)
ROUND = FeedbackRound(
    FeedbackMethod.SAMPLE_SURVEY, date(2027, 5, 1), TODAY, families=310, asked=60, answered=26,
    favourable={"access": 80, "plan": 0},
)  # fmt: skip


def test_a_round_that_can_be_is_taken() -> None:
    require_round(ROUND, today=TODAY)
    assert response_rate(ROUND) == 43


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": date(2027, 4, 30)}, "ends_on"),
        ({"ends_on": date(2027, 6, 16)}, "ends_on"),
        ({"families": 0}, "families"),
        ({"asked": 0}, "asked"),
        ({"asked": 311}, "asked"),
        ({"answered": 61}, "answered"),
        ({"answered": 4}, "answered"),
        ({"favourable": {"plan": 101}}, "favourable-plan"),
        ({"favourable": {"plan": -1}}, "favourable-plan"),
        ({"favourable": {}}, "favourable-access"),
    ],
)
def test_a_round_that_cannot_be_is_refused_beside_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_round(replace(ROUND, **changed), today=TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("families", "asked", "enough"), [(310, 31, True), (310, 30, False), (5, 1, True), (11, 1, False)]
)
def test_a_survey_asks_one_family_in_ten_and_a_family_index_as_many_as_it_likes(
    families: int, asked: int, enough: bool
) -> None:
    require_enough_asked(FeedbackMethod.FAMILY_INDEX, families=families, asked=asked)
    if enough:
        require_enough_asked(FeedbackMethod.SAMPLE_SURVEY, families=families, asked=asked)
        return
    with pytest.raises(Refusal, match="1 in 10"):
        require_enough_asked(FeedbackMethod.SAMPLE_SURVEY, families=families, asked=asked)
