"""State meetings: what can be planned, changed, answered and recorded, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certhub.rules.convenings import (
    MeetingFacts,
    MeetingState,
    Raised,
    agenda_of,
    by_domain,
    by_region,
    changes_in_words,
    moves_calendar,
    require_begun,
    require_cancel,
    require_change,
    require_open,
    require_plan,
    state_of,
    tells_calendars,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region

STARTS = datetime(2026, 5, 1, 13, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3)
BEFORE = STARTS - timedelta(days=30)
MINUTE = timedelta(minutes=1)
FACTS = MeetingFacts("Spring", STARTS, ENDS, "250 Washington Street, Boston", "", None, ("Welcome",))
S = MeetingState


@pytest.mark.parametrize(
    ("at", "cancelled_at", "expected"),
    [
        (STARTS - MINUTE, None, S.TO_COME),
        (STARTS, None, S.UNDER_WAY),
        (ENDS, None, S.UNDER_WAY),
        (ENDS + MINUTE, None, S.OVER),
        (BEFORE, BEFORE, S.CANCELLED),
        (ENDS + MINUTE, BEFORE, S.CANCELLED),
        (BEFORE - MINUTE, BEFORE, S.CANCELLED),
    ],
)
def test_where_a_meeting_stands_follows_from_its_times(
    at: datetime, cancelled_at: datetime | None, expected: MeetingState
) -> None:
    assert state_of(STARTS, ENDS, cancelled_at, at=at) is expected


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (replace(FACTS, ends_at=STARTS), "ends"),
        (replace(FACTS, ends_at=STARTS - MINUTE), "ends"),
        (replace(FACTS, place="", link=""), "place"),
        (replace(FACTS, starts_at=BEFORE), "held_on"),
    ],
)
def test_a_meeting_that_nobody_could_go_to_is_refused_beside_its_field(facts: MeetingFacts, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_plan(facts, at=BEFORE)
    assert refused.value.field == field


def test_a_meeting_in_a_place_or_online_is_planned() -> None:
    require_plan(FACTS, at=BEFORE)
    require_plan(replace(FACTS, place="", link="https://meet.example/1"), at=BEFORE)


def test_what_has_begun_keeps_its_time_and_what_is_cancelled_is_not_changed() -> None:
    later = replace(FACTS, ends_at=ENDS + MINUTE)
    require_change(FACTS, later, S.TO_COME, at=BEFORE)
    require_change(FACTS, replace(FACTS, title="Spring meeting"), S.OVER, at=ENDS + MINUTE)
    with pytest.raises(Refusal, match="has begun"):
        require_change(FACTS, later, S.UNDER_WAY, at=STARTS)
    with pytest.raises(Refusal, match="is cancelled"):
        require_change(FACTS, later, S.CANCELLED, at=BEFORE)


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        (S.CANCELLED, "Snow", "already"),
        (S.UNDER_WAY, "Snow", "has begun"),
        (S.OVER, "Snow", "has begun"),
        (S.TO_COME, "  ", "Say why"),
    ],
)
def test_only_what_is_to_come_is_cancelled_and_with_a_reason(state: MeetingState, reason: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        require_cancel(state, reason)
    require_cancel(S.TO_COME, "Snow")


@pytest.mark.parametrize(
    ("state", "is_open", "has_begun"),
    [(S.TO_COME, True, False), (S.UNDER_WAY, False, True), (S.OVER, False, True), (S.CANCELLED, False, False)],
)
def test_answers_come_before_a_meeting_and_records_after_it_has_begun(
    state: MeetingState, *, is_open: bool, has_begun: bool
) -> None:
    for require, allowed in ((require_open, is_open), (require_begun, has_begun)):
        if allowed:
            require(state)
        else:
            with pytest.raises(Refusal):
                require(state)


def test_an_agenda_has_a_topic_on_each_line_and_ends_somewhere() -> None:
    assert agenda_of(" Welcome \r\n\r\nEquipment\n") == ("Welcome", "Equipment")
    assert len(agenda_of("x\n" * 30)) == 30
    with pytest.raises(Refusal, match="has 31"):
        agenda_of("x\n" * 31)
    with pytest.raises(Refusal, match="Topic 2 is too long: 201"):
        agenda_of("Welcome\n" + "x" * 201)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "Other"}, ()),
        ({"agenda": ()}, ()),
        ({"region": Region.BOSTON}, ()),
        ({"place": "Worcester"}, ("New place: Worcester.",)),
        ({"place": ""}, ("The meeting is now online only.",)),
        ({"link": "https://meet.example/1"}, ("New link to join: https://meet.example/1",)),
        (
            {"ends_at": ENDS + timedelta(hours=1)},
            (
                "New time: May 1, 2026, 9:30\u00a0AM to 1:30\u00a0PM (it was May 1, 2026, 9:30\u00a0AM to "
                "12:30\u00a0PM).",
            ),
        ),
    ],
)
def test_whoever_comes_hears_of_another_time_place_or_link_and_of_nothing_else(
    change: dict[str, object], told: tuple[str, ...]
) -> None:
    after = replace(FACTS, **change)  # type: ignore[arg-type]  # the table names fields of several types
    assert changes_in_words(FACTS, after) == told
    assert tells_calendars(FACTS, after) is bool(told)


@pytest.mark.parametrize(
    ("before", "is_invited", "is_coming", "told"),
    [
        (None, None, True, False),
        (None, None, False, False),
        (None, True, True, False),
        (None, True, False, True),
        (None, False, True, True),
        (None, False, False, False),
        (True, None, False, True),
        (True, False, False, True),
        (False, None, True, True),
        (False, True, True, True),
    ],
)
def test_an_answer_is_told_where_it_takes_the_meeting_off_a_calendar_or_puts_it_back(
    before: bool | None, is_invited: bool | None, *, is_coming: bool, told: bool
) -> None:
    assert moves_calendar(before=before, is_coming=is_coming, is_invited=is_invited) is told


def test_what_was_raised_is_counted_in_every_domain_and_region_also_where_it_is_nothing() -> None:
    raised = [
        Raised("NCCS-6", None, 4), Raised("NCCS-6", Region.BOSTON, 2), Raised("NCCS-1", Region.BOSTON, 1)
    ]  # fmt: skip
    domains = {one.label.split()[0]: (one.themes, one.people) for one in by_domain(raised)}
    regions = {one.label: (one.themes, one.people) for one in by_region(raised)}

    assert domains == {
        "NCCS-1": (1, 1), "NCCS-2": (0, 0), "NCCS-3": (0, 0), "NCCS-4": (0, 0), "NCCS-5": (0, 0), "NCCS-6": (2, 6)
    }  # fmt: skip
    assert next(iter(regions)) == "The whole state"
    assert (regions["The whole state"], regions["Boston"], regions["Western"]) == ((1, 4), (2, 3), (0, 0))
