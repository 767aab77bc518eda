"""A credential's status, derived from its dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.refusal import Refusal
from certhub.rules.status import (
    CONDITIONAL_PRECEDENCE,
    ENDING_EVENTS,
    EVENT_PRECEDENCE,
    STATUS_LABELS,
    Event,
    History,
    Period,
    Renewal,
    explain_status,
    has_ended,
    is_authorized,
    require_lasting,
    require_renewable,
    status_on,
)
from certhub.rules.terms import written
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind

Status = CredentialStatus
Kind = StatusEventKind

FIRST = Period(date(2024, 4, 1), date(2026, 3, 31), date(2026, 4, 30))
SECOND = Period(date(2026, 4, 1), date(2028, 3, 31), date(2028, 4, 30))

near_days = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Any mix of consecutive or broken periods, events and renewals, including odd ones."""
    periods = []
    start = draw(near_days)
    for _ in range(draw(st.integers(0, 3))):
        expiry = start + timedelta(days=draw(st.integers(0, 500)))
        periods.append(Period(start, expiry, expiry + timedelta(days=draw(st.integers(0, 40)))))
        start = expiry + timedelta(days=draw(st.integers(1, 60)))
    spans = st.tuples(near_days, st.none() | st.integers(0, 400))
    events = [
        Event(draw(st.sampled_from(StatusEventKind)), on, None if length is None else on + timedelta(days=length))
        for on, length in draw(st.lists(spans, max_size=3))
    ]
    renewals = [
        Renewal(on, draw(st.booleans()), None if length is None else on + timedelta(days=length))
        for on, length in draw(st.lists(spans, max_size=3))
    ]
    return History(
        tuple(draw(st.permutations(periods))),
        tuple(draw(st.permutations(events))),
        tuple(draw(st.permutations(renewals))),
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 3, 31), Status.NOT_YET_EFFECTIVE),
        (date(2024, 4, 1), Status.CURRENT),
        (date(2026, 3, 31), Status.CURRENT),
        (date(2026, 4, 1), Status.IN_GRACE),
        (date(2026, 4, 30), Status.IN_GRACE),
        (date(2026, 5, 1), Status.EXPIRED),
    ],
)
def test_a_term_is_valid_through_the_whole_of_its_last_day(day: date, expected: CredentialStatus) -> None:
    assert status_on(History((FIRST,)), day) is expected


def test_without_grace_a_credential_is_expired_on_the_day_after_its_last() -> None:
    no_grace = History((Period(date(2025, 8, 1), date(2027, 7, 31), date(2027, 7, 31)),))
    assert status_on(no_grace, date(2027, 8, 1)) is Status.EXPIRED


def test_a_credential_without_any_period_is_not_yet_effective() -> None:
    assert status_on(History(), date(2026, 1, 1)) is Status.NOT_YET_EFFECTIVE
    assert explain_status(History(), date(2026, 1, 1)) == "No term has been granted."


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 4, 1), date(2028, 3, 31)])
def test_a_renewed_credential_is_current_through_both_terms_without_a_gap(day: date) -> None:
    assert status_on(History((SECOND, FIRST)), day) is Status.CURRENT


def test_the_day_before_a_late_second_term_is_expired_even_though_a_later_term_exists() -> None:
    late = Period(date(2026, 9, 1), date(2028, 8, 31), date(2028, 9, 30))
    assert status_on(History((FIRST, late)), date(2026, 8, 31)) is Status.EXPIRED


@pytest.mark.parametrize(
    ("renewal", "day", "expected"),
    [
        (Renewal(date(2026, 3, 31), complete=True), date(2026, 4, 1), Status.RENEWAL_PENDING),
        (Renewal(date(2026, 3, 31), complete=True), date(2026, 12, 1), Status.RENEWAL_PENDING),
        (Renewal(date(2026, 1, 2), complete=True), date(2026, 3, 31), Status.CURRENT),
        (Renewal(date(2026, 4, 1), complete=True), date(2026, 4, 2), Status.IN_GRACE),
        (Renewal(date(2026, 3, 31), complete=False), date(2026, 4, 1), Status.IN_GRACE),
        (
            Renewal(date(2026, 3, 1), complete=True, closed_on=date(2026, 6, 1)),
            date(2026, 5, 31),
            Status.RENEWAL_PENDING,
        ),
        (Renewal(date(2026, 3, 1), complete=True, closed_on=date(2026, 6, 1)), date(2026, 6, 1), Status.EXPIRED),
        (Renewal(date(2026, 3, 1), complete=True, closed_on=date(2026, 4, 10)), date(2026, 4, 10), Status.IN_GRACE),
    ],
)
def test_a_timely_and_complete_renewal_keeps_the_credential_in_force_until_it_is_closed(
    renewal: Renewal, day: date, expected: CredentialStatus
) -> None:
    assert status_on(History((FIRST,), renewals=(renewal,)), day) is expected


@pytest.mark.parametrize("kind", EVENT_PRECEDENCE)
@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2025, 1, 1), date(2026, 4, 10), date(2030, 1, 1)])
def test_an_event_that_stops_practice_shows_before_during_and_after_the_term(kind: StatusEventKind, day: date) -> None:
    history = History((FIRST,), (Event(kind, date(2023, 1, 1)),))
    assert status_on(history, day) == kind.value
    assert not is_authorized(status_on(history, day))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 1, 9), Status.CURRENT),
        (date(2025, 1, 10), Status.SUSPENDED),
        (date(2025, 2, 10), Status.SUSPENDED),
        (date(2025, 2, 11), Status.CURRENT),
    ],
)
def test_an_event_counts_from_its_first_through_its_last_day(day: date, expected: CredentialStatus) -> None:
    history = History((FIRST,), (Event(Kind.SUSPENDED, date(2025, 1, 10), date(2025, 2, 10)),))
    assert status_on(history, day) is expected


@given(st.lists(st.sampled_from(EVENT_PRECEDENCE), min_size=1, max_size=4))
def test_of_several_events_the_most_severe_wins(kinds: list[StatusEventKind]) -> None:
    history = History((FIRST,), tuple(Event(kind, date(2025, 1, 1)) for kind in kinds))
    worst = min(kinds, key=EVENT_PRECEDENCE.index)
    assert status_on(history, date(2025, 6, 1)) == worst.value


@pytest.mark.parametrize("kind", CONDITIONAL_PRECEDENCE)
def test_a_conditional_event_shows_while_in_force_or_pending_and_never_revives_an_expired_credential(
    kind: StatusEventKind,
) -> None:
    conditional = (Event(kind, date(2025, 1, 1)),)
    pending = (Renewal(date(2026, 3, 1), complete=True),)
    assert status_on(History((FIRST,), conditional), date(2025, 6, 1)) == kind.value
    assert status_on(History((FIRST,), conditional, pending), date(2026, 6, 1)) == kind.value
    assert status_on(History((FIRST,), conditional), date(2026, 4, 1)) is Status.IN_GRACE
    assert status_on(History((FIRST,), conditional), date(2024, 3, 1)) is Status.NOT_YET_EFFECTIVE


def test_probation_is_named_before_a_non_disciplinary_condition() -> None:
    events = (Event(Kind.ND_CONDITION, date(2025, 1, 1)), Event(Kind.PROBATION, date(2025, 2, 1)))
    assert status_on(History((FIRST,), events), date(2025, 6, 1)) is Status.PROBATION


def test_the_two_precedences_hold_each_event_kind_once() -> None:
    assert sorted(EVENT_PRECEDENCE + CONDITIONAL_PRECEDENCE) == sorted(StatusEventKind)


def test_only_the_statuses_of_the_licensure_table_that_authorize_practice_do() -> None:
    assert {status for status in CredentialStatus if is_authorized(status)} == {
        Status.CURRENT, Status.RENEWAL_PENDING, Status.PROBATION, Status.ND_CONDITION,
    }  # fmt: skip


def test_each_status_has_its_own_label_and_a_sentence() -> None:
    assert set(STATUS_LABELS) == set(CredentialStatus)
    assert len({label.label for label in STATUS_LABELS.values()}) == len(CredentialStatus)
    assert all(label.meaning.endswith(".") for label in STATUS_LABELS.values())


def test_no_status_that_bars_practice_looks_good() -> None:
    for status, label in STATUS_LABELS.items():
        assert is_authorized(status) or label.tone != "good"


@pytest.mark.parametrize(
    ("history", "day", "sentence"),
    [
        (History((FIRST,)), date(2024, 1, 1), "The first term begins on April 1, 2024."),
        (History((FIRST,)), date(2025, 1, 1), "In force since April 1, 2024, through March 31, 2026."),
        (
            History((FIRST,)),
            date(2026, 4, 5),
            "Expired on March 31, 2026; a late renewal is taken until April 30, 2026.",
        ),
        (History((FIRST,)), date(2026, 6, 5), "Expired on March 31, 2026."),
        (  # renewed early: the last day of the present term is not the end
            History((FIRST, Period(date(2026, 4, 1), date(2028, 3, 31), date(2028, 4, 30)))),
            date(2026, 3, 1),
            f"In force since {written(FIRST.starts_on)}, through March 31, 2026. "
            "It is renewed: the next term runs from April 1, 2026 through March 31, 2028.",
        ),
        (
            History((FIRST,), renewals=(Renewal(date(2026, 3, 2), complete=True),)),
            date(2026, 6, 5),
            "In force past March 31, 2026, because a complete renewal was filed on March 2, 2026 "
            "and waits for its decision.",
        ),
        (  # of two that wait, the one that was filed first
            History(
                (FIRST,),
                renewals=(Renewal(date(2026, 3, 20), complete=True), Renewal(date(2026, 3, 2), complete=True)),
            ),
            date(2026, 6, 5),
            "In force past March 31, 2026, because a complete renewal was filed on March 2, 2026 "
            "and waits for its decision.",
        ),
        (
            History((FIRST,), (Event(Kind.PROBATION, date(2025, 1, 1), date(2025, 12, 31)),)),
            date(2025, 6, 1),
            "Probation since January 1, 2025, through December 31, 2025.",
        ),
        (
            History((FIRST,), (Event(Kind.SUMMARY_SUSPENSION, date(2025, 1, 1)),)),
            date(2025, 6, 1),
            "Summary suspension since January 1, 2025.",
        ),
    ],
)
def test_each_status_explains_itself(history: History, day: date, sentence: str) -> None:
    assert explain_status(history, day) == sentence


@pytest.mark.parametrize("kind", StatusEventKind)
def test_only_what_does_not_end_a_credential_for_good_is_recorded_with_a_last_day(kind: StatusEventKind) -> None:
    require_lasting(kind, None)
    if kind in ENDING_EVENTS:
        with pytest.raises(Refusal, match="ends the credential for good, so it has no last day") as refused:
            require_lasting(kind, date(2026, 6, 30))
        assert refused.value.field == "ends_on"
    else:
        require_lasting(kind, date(2026, 6, 30))


@given(histories(), near_days)
def test_a_status_is_always_defined_and_explained_whatever_the_history(history: History, day: date) -> None:
    assert status_on(history, day) in CredentialStatus
    assert explain_status(history, day).endswith(".")


@given(histories(), near_days)
def test_the_order_in_which_facts_are_listed_changes_nothing(history: History, day: date) -> None:
    backwards = History(history.periods[::-1], history.events[::-1], history.renewals[::-1])
    assert status_on(backwards, day) is status_on(history, day)


@given(histories(), near_days)
def test_a_day_inside_a_term_without_events_is_authorized(history: History, day: date) -> None:
    eventless = History(history.periods, (), history.renewals)
    if any(period.starts_on <= day <= period.expires_on for period in history.periods):
        assert status_on(eventless, day) is Status.CURRENT


@given(histories(), near_days)
def test_without_any_term_begun_nobody_is_authorized(history: History, day: date) -> None:
    if all(period.starts_on > day for period in history.periods):
        assert not is_authorized(status_on(history, day))


@pytest.mark.parametrize("kind", StatusEventKind)
def test_a_credential_that_has_ended_is_not_renewed_and_a_suspended_one_is(kind: StatusEventKind) -> None:
    first = date(2026, 5, 1)
    history = History(
        periods=(Period(date(2026, 1, 1), date(2027, 12, 31), date(2028, 1, 30)),), events=(Event(kind, first),)
    )
    ends = kind.value in {"void", "deceased", "revoked", "surrendered", "retired"}

    require_renewable(history, first - timedelta(days=1))
    if ends:
        with pytest.raises(Refusal, match=r"since May 1, 2026.*cannot be renewed"):
            require_renewable(history, first)
    else:
        require_renewable(history, first)
    assert has_ended(status_on(history, first)) is ends
