"""A contract's life as tables: where it stands, what comes next, from when it counts."""

from datetime import date

import pytest

from certhub.rules.contracts import (
    ContractStage,
    Life,
    StartRule,
    Step,
    StepKind,
    check_counts,
    effective_date,
    next_steps,
    option_deadline,
    option_end,
    require_step,
    stage_on,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal

K, S = StepKind, ContractStage
JULY_1, JUNE_30 = date(2026, 7, 1), date(2028, 6, 30)
SIGNED = (
    Step(K.NEGOTIATED, date(2026, 5, 4)), Step(K.SENT_FOR_SIGNATURE, date(2026, 5, 6)),
    Step(K.CONTRACTOR_SIGNED, date(2026, 5, 20)), Step(K.DEPARTMENT_SIGNED, date(2026, 6, 8)),
)  # fmt: skip
IN_FORCE = Life(SIGNED, (Span(JULY_1, JUNE_30),), begins_on=JULY_1)


@pytest.mark.parametrize(
    ("taken", "needs_secretariat", "stage"),
    [
        (0, False, S.DRAFT), (1, False, S.NEGOTIATED), (2, False, S.AWAITING_CONTRACTOR),
        (3, False, S.AWAITING_DEPARTMENT), (4, True, S.AWAITING_SECRETARIAT),
    ],
)  # fmt: skip
def test_a_draft_waits_for_one_after_the_other(taken: int, needs_secretariat: bool, stage: ContractStage) -> None:
    assert stage_on(Life(SIGNED[:taken], needs_secretariat=needs_secretariat), date(2026, 6, 30)) is stage


def test_a_step_counts_from_its_day_and_not_before() -> None:
    assert stage_on(Life(SIGNED[:3]), date(2026, 5, 19)) is S.AWAITING_CONTRACTOR
    assert stage_on(Life(SIGNED[:3]), date(2026, 5, 20)) is S.AWAITING_DEPARTMENT


def test_what_is_taken_back_is_negotiated_again_and_its_signatures_are_void() -> None:
    steps = (*SIGNED[:3], Step(K.RECALLED, date(2026, 5, 22)))
    assert stage_on(Life(steps), date(2026, 5, 22)) is S.NEGOTIATED
    again = (*steps, Step(K.SENT_FOR_SIGNATURE, date(2026, 5, 25)))
    assert stage_on(Life(again), date(2026, 5, 25)) is S.AWAITING_CONTRACTOR


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2026, 6, 30), S.EXECUTED), (JULY_1, S.ACTIVE), (date(2028, 1, 1), S.ACTIVE),
        (date(2028, 1, 2), S.EXPIRING), (JUNE_30, S.EXPIRING), (date(2028, 7, 1), S.EXPIRED),
    ],
)  # fmt: skip
def test_an_executed_contract_runs_through_its_last_day_and_ends_soon_from_180_days(
    day: date, stage: ContractStage
) -> None:
    assert stage_on(IN_FORCE, day) is stage


def test_an_amendment_that_waits_and_a_contract_that_continues_it_show() -> None:
    assert stage_on(Life(SIGNED, IN_FORCE.spans, JULY_1, amending=True), JULY_1) is S.AMENDMENT_PENDING
    assert stage_on(Life(SIGNED, IN_FORCE.spans, JULY_1, continued=True), date(2028, 7, 1)) is S.RENEWED


def test_a_suspension_stops_it_and_its_end_lets_it_go_on() -> None:
    stopped = Life((*SIGNED, Step(K.SUSPENDED, date(2027, 1, 4))), (Span(JULY_1, date(2027, 1, 3)),), JULY_1)
    assert stage_on(stopped, date(2027, 1, 3)) is S.EXPIRING  # the days that are known end here
    assert stage_on(stopped, date(2027, 1, 4)) is S.SUSPENDED
    steps = (*stopped.steps, Step(K.REINSTATED, date(2027, 2, 1)))
    going_on = Life(steps, (*stopped.spans, Span(date(2027, 2, 1), JUNE_30)), JULY_1)
    assert stage_on(going_on, date(2027, 1, 31)) is S.SUSPENDED
    assert stage_on(going_on, date(2027, 2, 1)) is S.ACTIVE


def test_a_contract_without_any_day_in_force_is_executed_all_the_same() -> None:
    stopped = Life((*SIGNED, Step(K.SUSPENDED, JULY_1)), (), JULY_1)
    assert stage_on(stopped, JULY_1) is S.SUSPENDED
    called_off = Life((*SIGNED, Step(K.TERMINATED_WITHOUT_CAUSE, date(2026, 6, 20))), (), JULY_1)
    assert stage_on(called_off, date(2026, 6, 20)) is S.EXECUTED
    assert stage_on(called_off, date(2026, 6, 21)) is S.TERMINATED_WITHOUT_CAUSE


@pytest.mark.parametrize("ending", [K.TERMINATED_FOR_CAUSE, K.TERMINATED_WITHOUT_CAUSE])
def test_a_termination_leaves_its_day_as_the_last_one(ending: StepKind) -> None:
    ended = Life((*SIGNED, Step(ending, date(2027, 3, 31))), (Span(JULY_1, date(2027, 3, 31)),), JULY_1)
    assert stage_on(ended, date(2027, 3, 31)) is S.EXPIRING
    assert stage_on(ended, date(2027, 4, 1)) is S(ending.value)
    closed = Life((*ended.steps, Step(K.CLOSED_OUT, date(2027, 6, 1))), ended.spans, JULY_1)
    assert stage_on(closed, date(2027, 6, 1)) is S.CLOSED_OUT


@pytest.mark.parametrize("stage", [stage for stage in S if stage not in (S.WITHDRAWN, S.CLOSED_OUT)])
def test_something_comes_next_until_it_is_over(stage: ContractStage) -> None:
    assert next_steps(stage)


def test_nothing_comes_after_the_end() -> None:
    assert next_steps(S.WITHDRAWN) == next_steps(S.CLOSED_OUT) == ()


def test_dph_does_not_sign_before_the_contractor() -> None:
    with pytest.raises(Refusal, match="does not come next") as refused:
        require_step(Life(SIGNED[:2]), K.DEPARTMENT_SIGNED, on=JULY_1, today=JULY_1)
    assert refused.value.field == "kind"


def test_a_step_is_neither_in_the_future_nor_before_the_last_one() -> None:
    for on, words in ((date(2026, 5, 19), "cannot come before it"), (date(2026, 7, 2), "still to come")):
        with pytest.raises(Refusal, match=words) as refused:
            require_step(Life(SIGNED[:3]), K.DEPARTMENT_SIGNED, on=on, today=JULY_1)
        assert refused.value.field == "happened_on"
    require_step(Life(SIGNED[:3]), K.DEPARTMENT_SIGNED, on=date(2026, 5, 20), today=JULY_1)


AGREED = Life(SIGNED, (Span(JULY_1, JUNE_30),), JULY_1, agreed_to_on=JUNE_30)


def test_a_termination_may_be_announced_ahead_but_not_after_the_last_day() -> None:
    require_step(AGREED, K.TERMINATED_WITHOUT_CAUSE, on=JUNE_30, today=JULY_1)
    with pytest.raises(Refusal, match="ends on June 30, 2028 by itself") as refused:
        require_step(AGREED, K.TERMINATED_WITHOUT_CAUSE, on=date(2028, 7, 1), today=JULY_1)
    assert refused.value.field == "happened_on"


ENDS_EARLY = Life(
    (*SIGNED, Step(K.TERMINATED_FOR_CAUSE, date(2027, 3, 31))), (Span(JULY_1, date(2027, 3, 31)),), JULY_1,
    agreed_to_on=JUNE_30,
)  # fmt: skip


def test_a_termination_that_lies_ahead_can_be_taken_back_and_only_then() -> None:
    assert ENDS_EARLY.ends_on == date(2027, 3, 31)
    require_step(ENDS_EARLY, K.TERMINATION_TAKEN_BACK, on=date(2027, 3, 31), today=date(2027, 3, 31))
    for life, today in ((AGREED, JULY_1), (ENDS_EARLY, date(2027, 4, 1))):
        with pytest.raises(Refusal, match="does not come next"):
            require_step(life, K.TERMINATION_TAKEN_BACK, on=today, today=today)
    with pytest.raises(Refusal, match="Take it back first"):
        require_step(ENDS_EARLY, K.TERMINATED_WITHOUT_CAUSE, on=date(2027, 5, 31), today=JULY_1)


def test_a_termination_that_was_taken_back_counts_no_more() -> None:
    steps = (*ENDS_EARLY.steps, Step(K.TERMINATION_TAKEN_BACK, date(2027, 2, 1)))
    going_on = Life(steps, AGREED.spans, JULY_1, agreed_to_on=JUNE_30)
    assert going_on.ends_on == JUNE_30
    assert stage_on(going_on, date(2027, 4, 1)) is S.ACTIVE
    again = Life((*steps, Step(K.TERMINATED_FOR_CAUSE, date(2027, 6, 30))), (), JULY_1, agreed_to_on=JUNE_30)
    assert (again.ends_on, stage_on(again, date(2027, 7, 1))) == (date(2027, 6, 30), S.TERMINATED_FOR_CAUSE)


def test_the_steps_that_follow_a_termination_ahead_may_come_before_its_day_but_close_out_may_not() -> None:
    require_step(ENDS_EARLY, K.SUSPENDED, on=date(2027, 1, 4), today=date(2027, 1, 4))
    with pytest.raises(Refusal, match="cannot come before it"):
        require_step(ENDS_EARLY, K.CLOSED_OUT, on=date(2027, 3, 30), today=date(2027, 9, 1))


def test_a_suspension_that_nobody_ended_runs_out_with_the_contract() -> None:
    steps = (*SIGNED, Step(K.SUSPENDED, date(2028, 1, 4)))
    stopped = Life(steps, (Span(JULY_1, date(2028, 1, 3)),), JULY_1, agreed_to_on=JUNE_30)
    assert stage_on(stopped, JUNE_30) is S.SUSPENDED
    assert stage_on(stopped, date(2028, 7, 1)) is S.EXPIRED
    require_step(stopped, K.CLOSED_OUT, on=date(2028, 9, 1), today=date(2028, 9, 1))


@pytest.mark.parametrize(
    ("rule", "named", "expected", "words"),
    [
        (StartRule.SIGNATURES, None, date(2026, 6, 8), "signed by the department on June 8, 2026"),
        (StartRule.LATER_DATE, JULY_1, JULY_1, "the day that the contract names"),
        (StartRule.LATER_DATE, date(2026, 6, 1), date(2026, 6, 8), "which is later than the June 1, 2026"),
        (StartRule.EARLIER_DATE, date(2026, 6, 1), date(2026, 6, 1), "settlement and release"),
        (StartRule.EARLIER_DATE, JULY_1, JULY_1, "the day that the contract names"),
    ],
)  # fmt: skip
def test_the_effective_date_is_the_latest_of_the_signatures_and_the_day_that_is_named(
    rule: StartRule, named: date | None, expected: date, words: str
) -> None:
    found = effective_date(SIGNED[2:], rule, named)
    assert found.on == expected
    assert words in found.because


def test_the_approval_of_the_secretariat_can_be_the_last() -> None:
    steps = (*SIGNED[2:], Step(K.SECRETARIAT_APPROVED, date(2026, 6, 19)))
    assert effective_date(steps, StartRule.SIGNATURES, None).on == date(2026, 6, 19)


@pytest.mark.parametrize(
    ("ends_on", "months", "expected"),
    [
        (date(2027, 6, 30), 12, date(2028, 6, 30)), (date(2027, 6, 30), 8, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)), (date(2027, 6, 14), 6, date(2027, 12, 14)),
    ],
)  # fmt: skip
def test_an_option_runs_for_its_months_and_keeps_the_end_of_the_month(
    ends_on: date, months: int, expected: date
) -> None:
    assert option_end(ends_on, months) == expected


def test_the_options_are_looked_at_six_months_before_the_end() -> None:
    found = option_deadline(JUNE_30)
    assert found.on == date(2027, 12, 30)
    assert "6 months before the last day" in found.because


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_debarment_check_counts_for_thirty_days(days: int, counts: bool) -> None:
    signed = date.fromordinal(date(2026, 6, 8).toordinal() + days)
    assert check_counts(date(2026, 6, 8), signed) is counts
