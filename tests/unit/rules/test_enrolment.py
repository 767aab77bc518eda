"""Who may take a place in a session, who gives one up, and which seats are free."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certhub.rules.enrolment import (
    ENROLMENT_LABELS,
    HOLDING_A_SEAT,
    LIVE,
    Candidate,
    EnrolmentStatus,
    SessionState,
    free_seats,
    is_open,
    reason_against,
    require_in_time,
    require_open,
    require_seats,
    require_withdrawable,
)
from certhub.rules.refusal import Refusal

STARTS = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
OPEN = SessionState(STARTS, date(2026, 3, 9), cancelled=False, closed=False)
LAST_EVENING = datetime(2026, 3, 10, 3, 59, tzinfo=UTC)  # 11:59 PM on March 9 in Massachusetts
FREE = Candidate(employed=True, present=None, missing=())


@pytest.mark.parametrize(
    ("session", "at", "sentence"),
    [
        (OPEN, LAST_EVENING, None),
        (OPEN, datetime(2026, 3, 10, 4, 0, tzinfo=UTC), "Enrolment ended on March 9, 2026"),
        (replace(OPEN, enrol_until=date(2026, 3, 10)), datetime(2026, 3, 10, 13, 59, tzinfo=UTC), None),
        (replace(OPEN, enrol_until=date(2026, 3, 10)), STARTS, "has begun"),
        (replace(OPEN, cancelled=True), LAST_EVENING, "was cancelled"),
        (replace(OPEN, closed=True), LAST_EVENING, "has begun"),
    ],
)
def test_one_can_enrol_through_the_last_day_and_never_after_the_beginning(
    session: SessionState, at: datetime, sentence: str | None
) -> None:
    assert is_open(session, at=at) is (sentence is None)
    if sentence is not None:
        with pytest.raises(Refusal, match=sentence):
            require_open(session, at=at)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (FREE, None),
        (replace(FREE, employed=False), "Works for no vendor now."),
        (replace(FREE, present=EnrolmentStatus.ENROLLED), "Is enrolled already."),
        (replace(FREE, present=EnrolmentStatus.COMPLETED), "Is enrolled already."),
        (replace(FREE, present=EnrolmentStatus.WAITLISTED), "Is on the waiting list already."),
        (replace(FREE, missing=("PCCC-M1", "PCCC-M2")), "Needs PCCC-M1 and PCCC-M2 first."),
        (replace(FREE, clash="Has a seat elsewhere."), "Has a seat elsewhere."),
        (
            replace(FREE, elsewhere="March 12, 2026", missing=("A",)),
            "Has a place in the session of March 12, 2026 already. Move the person instead.",
        ),
        (Candidate(False, EnrolmentStatus.ENROLLED, ("A",), "x"), "Works for no vendor now."),
    ],
)
def test_one_reason_is_told_the_one_that_comes_first(person: Candidate, reason: str | None) -> None:
    assert reason_against(person) == reason


def test_free_seats_are_those_that_nobody_holds_lowest_first() -> None:
    assert free_seats([3, 1, 2, 5], [2, None]) == [1, 3, 5]
    assert free_seats([], [1]) == []


def test_a_room_is_never_smaller_than_those_who_have_a_seat_in_it() -> None:
    require_seats(3, held=3)
    with pytest.raises(Refusal, match="Type 3 or more") as refused:
        require_seats(2, held=3)
    assert refused.value.field == "seats"


@pytest.mark.parametrize("status", [one for one in EnrolmentStatus if one not in ("enrolled", "waitlisted")])
def test_what_is_over_is_not_given_up(status: EnrolmentStatus) -> None:
    with pytest.raises(Refusal, match="before"):
        require_withdrawable(status, OPEN, at=LAST_EVENING)


def test_nobody_gives_up_a_place_in_a_session_that_has_begun() -> None:
    require_withdrawable(EnrolmentStatus.ENROLLED, OPEN, at=LAST_EVENING)
    with pytest.raises(Refusal, match="has begun"):
        require_withdrawable(EnrolmentStatus.WAITLISTED, OPEN, at=STARTS)


EARLY, EIGHTH, NINTH = date(2026, 3, 1), date(2026, 3, 8), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("until", "seated_on", "refused"),
    [
        (NINTH, EARLY, False),
        (EIGHTH, None, False),  # who waits
        (EIGHTH, EARLY, True),
        (EIGHTH, EIGHTH, True),
        (EIGHTH, NINTH, False),  # who got the seat after the last day to give it up
    ],
)
def test_a_seat_is_given_up_through_the_last_day_or_where_it_came_later(
    until: date, seated_on: date | None, refused: bool
) -> None:
    if refused:
        with pytest.raises(Refusal, match="until March 8, 2026"):
            require_in_time(until, seated_on=seated_on, at=LAST_EVENING)
    else:
        require_in_time(until, seated_on=seated_on, at=LAST_EVENING)


def test_every_status_has_its_words_and_only_who_waits_lives_without_a_seat() -> None:
    assert set(ENROLMENT_LABELS) == set(EnrolmentStatus)
    assert set(LIVE) - set(HOLDING_A_SEAT) == {EnrolmentStatus.WAITLISTED}
