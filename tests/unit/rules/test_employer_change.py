"""A change of employer: states, days, who is meant, and until when something can be undone or said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certhub.rules.employer_change import (
    ASK_AGAIN_AFTER,
    STATE_LABELS,
    ChangeState,
    ending,
    known_by,
    knows,
    last_day_before,
    may_take_back,
    propose_until,
    require_first_day,
    require_may_ask,
    require_may_take_back,
    require_proposal,
    state_of,
)
from certhub.rules.refusal import Refusal

AT = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)
LATER = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("steps", "expires_at", "state"),
    [
        ({}, LATER, ChangeState.REQUESTED),
        ({}, AT, ChangeState.EXPIRED),
        ({"declined_at": AT}, LATER, ChangeState.DECLINED),
        ({"withdrawn_at": AT}, LATER, ChangeState.WITHDRAWN),
        ({"consented_at": AT}, LATER, ChangeState.CONSENTED),
        ({"consented_at": AT}, AT, ChangeState.CONSENTED),
        ({"consented_at": AT, "taken_back_at": AT}, AT, ChangeState.TAKEN_BACK),
        ({"declined_at": AT}, AT, ChangeState.DECLINED),
    ],
)
def test_the_state_of_a_request_follows_from_its_dates(
    steps: dict[str, datetime], expires_at: datetime, state: ChangeState
) -> None:
    none = dict.fromkeys(("consented_at", "declined_at", "withdrawn_at", "taken_back_at"))
    assert state_of(**{**none, **steps}, expires_at=expires_at, at=AT) is state


@pytest.mark.parametrize("state", ChangeState)
def test_every_state_has_its_words_and_only_a_waiting_request_can_be_answered(state: ChangeState) -> None:
    assert STATE_LABELS[state].meaning.endswith(".")
    assert (ending(state, vendor="Harbor") is None) is (state is ChangeState.REQUESTED)


@pytest.mark.parametrize(
    ("state", "is_done"),
    [
        (ChangeState.CONSENTED, True),
        (ChangeState.DECLINED, True),
        (ChangeState.TAKEN_BACK, True),
        (ChangeState.WITHDRAWN, False),
        (ChangeState.EXPIRED, False),
    ],
)
def test_only_what_the_person_did_is_called_done(state: ChangeState, is_done: bool) -> None:
    told = ending(state, vendor="Harbor")
    assert told is not None
    assert told.is_done is is_done


@pytest.mark.parametrize(
    ("typed", "names", "fits"),
    [
        ("Ferreira", ["Ana Ferreira"], True),
        ("FERREIRA", ["Ana Ferreira"], True),
        ("ferreira santos", ["Ana Ferreira Santos"], True),
        ("Ferreira", ["Ana Ferreira Santos"], False),
        ("reira", ["Ana Ferreira"], False),
        ("Nguyễn", ["Nguyễn Thị Mai"], True),
        ("Lukasz", ["王 美玲", "Zoë Łukasz"], True),
        ("Suharto", ["Suharto"], True),
        ("", ["Ana Ferreira"], False),
        ("", [""], False),
        (" ", ["Ana Ferreira"], False),
    ],
)
def test_a_last_name_fits_as_whole_words_at_either_end_of_a_name(typed: str, names: list[str], fits: bool) -> None:
    assert knows(typed, names) is fits


def test_an_address_or_a_number_is_kept_in_one_form_and_anything_else_is_refused_whoever_is_meant() -> None:
    assert known_by(" Ana@Example.org ") == "ana@example.org"
    for nonsense in ("Ana Ferreira", "ana@", "CC-2026-000001-1"):
        with pytest.raises(Refusal) as refused:
            known_by(nonsense)
        assert refused.value.field == "known_by"


@pytest.mark.parametrize(("days", "allowed"), [(-15, False), (-14, True), (0, True), (366, True), (367, False)])
def test_a_first_day_lies_at_most_two_weeks_back_and_one_year_ahead(days: int, allowed: bool) -> None:
    day = TODAY + timedelta(days=days)
    if allowed:
        require_first_day(day, today=TODAY)
    else:
        with pytest.raises(Refusal) as refused:
            require_first_day(day, today=TODAY)
        assert refused.value.field == "starts_on"


@pytest.mark.parametrize(
    ("state", "since", "allowed"),
    [
        (ChangeState.REQUESTED, AT, False),
        (ChangeState.DECLINED, AT - ASK_AGAIN_AFTER + timedelta(seconds=1), False),
        (ChangeState.DECLINED, AT - ASK_AGAIN_AFTER, True),
        (ChangeState.WITHDRAWN, AT, True),
        (ChangeState.EXPIRED, AT, True),
        (ChangeState.TAKEN_BACK, AT, True),
    ],
)
def test_nobody_is_asked_twice_at_once_or_again_soon_after_a_no(
    state: ChangeState, since: datetime, allowed: bool
) -> None:
    if allowed:
        require_may_ask([(state, since)], at=AT)
    else:
        with pytest.raises(Refusal):
            require_may_ask([(state, since)], at=AT)


@pytest.mark.parametrize(
    ("state", "message"),
    [(ChangeState.REQUESTED, "that request still waits"), (ChangeState.DECLINED, "The person said no")],
)
def test_one_request_in_the_way_is_enough(state: ChangeState, message: str) -> None:
    long_ago = AT - ASK_AGAIN_AFTER
    with pytest.raises(Refusal, match=message):
        require_may_ask([(ChangeState.DECLINED, long_ago), (state, AT), (ChangeState.EXPIRED, long_ago)], at=AT)


def test_a_present_employment_ends_on_the_eve_of_the_first_day() -> None:
    assert last_day_before(date(2026, 3, 1)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("state", "starts_on", "refused"),
    [
        (ChangeState.CONSENTED, TODAY + timedelta(days=1), ""),
        (ChangeState.CONSENTED, TODAY, "The first day of work has come"),
        (ChangeState.REQUESTED, TODAY + timedelta(days=1), "nobody has agreed"),
        (ChangeState.TAKEN_BACK, TODAY + timedelta(days=1), "nobody has agreed"),
    ],
)
def test_a_change_is_taken_back_until_the_day_before_the_first_day(
    state: ChangeState, starts_on: date, refused: str
) -> None:
    assert may_take_back(state, starts_on, today=TODAY) is not bool(refused)
    if not refused:
        require_may_take_back(state, starts_on, today=TODAY)
    else:
        with pytest.raises(Refusal, match=refused):
            require_may_take_back(state, starts_on, today=TODAY)


def test_another_last_day_can_be_proposed_for_five_business_days() -> None:
    assert propose_until(date(2026, 5, 22)) == date(2026, 6, 1)  # Memorial Day lies between


@pytest.mark.parametrize(
    ("last_day", "today", "field"),
    [
        (date(2026, 5, 20), date(2026, 5, 12), ""),
        (date(2026, 5, 31), TODAY, "ends_on"),
        (date(2025, 1, 5), TODAY, "ends_on"),
        (TODAY + timedelta(days=400), TODAY, "ends_on"),
    ],
)
def test_a_proposal_that_is_late_or_for_a_day_that_cannot_be_is_refused(
    last_day: date, today: date, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        require_proposal(
            last_day, on_file=date(2026, 5, 31), first_day=date(2025, 1, 6), consented_on=TODAY, today=today
        )
    assert (refused.value.field or "") == field


@pytest.mark.parametrize("last_day", [date(2025, 1, 6), date(2026, 5, 20), date(2026, 5, 11) + timedelta(days=366)])
def test_a_last_day_is_proposed_from_the_first_day_of_work_through_a_year_ahead(last_day: date) -> None:
    require_proposal(
        last_day, on_file=date(2026, 5, 31), first_day=date(2025, 1, 6), consented_on=TODAY, today=date(2026, 5, 11)
    )
