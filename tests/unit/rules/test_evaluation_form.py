"""The evaluation form: every statement answered, and nothing summed up while somebody could be told apart."""

import pytest

from certhub.rules.evaluation_form import IN_SHORT, LEAST_FORMS, STATEMENTS, require_answers, summed_up
from certhub.rules.refusal import Refusal

ALL = dict.fromkeys(STATEMENTS, 3)


@pytest.mark.parametrize("change", [{"useful": 0}, {"useful": 6}, {"useful": None}])
def test_an_answer_is_on_the_scale(change: dict[str, int]) -> None:
    with pytest.raises(Refusal) as refused:
        require_answers({**ALL, **change})
    assert refused.value.field == "useful"
    require_answers(ALL)


def test_two_forms_say_nothing_and_three_say_how_many_chose_what() -> None:
    assert summed_up([ALL] * (LEAST_FORMS - 1)) == ()
    first = summed_up([ALL, {**ALL, "useful": 5}, {**ALL, "useful": 1}])[0]
    assert first.statement == STATEMENTS["useful"]
    assert first.counts == (1, 0, 1, 0, 1)
    assert (first.agree, first.mean) == (1, 3)
    assert summed_up([{**ALL, "useful": 4}] * 3)[0].agree == 3
    assert set(IN_SHORT) == set(STATEMENTS)
