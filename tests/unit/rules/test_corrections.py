"""What can be corrected of a credential, to which days, and what changes by it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.corrections import (
    StatusChange,
    corrected_term,
    require_event,
    require_place,
    require_term,
    status_changes,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.standard import TermPolicy
from certhub.rules.status import Event, History, Period, Renewal, status_on
from certhub.rules.vocabulary import CredentialStatus, ExpiryRule, StatusEventKind

TODAY = date(2026, 11, 22)
POLICY = TermPolicy(term_months=24, grace_days=30, reinstatement_days=365)
GRANTED = date(2019, 4, 1)


@pytest.mark.parametrize(
    ("starts_on", "expires_on", "previous", "last", "because"),
    [
        (GRANTED, None, None, date(2021, 3, 31), "24 months from April 1, 2019, as corrected on November 22, 2026"),
        (
            GRANTED, None, date(2019, 3, 31), date(2021, 3, 31),
            "24 months from the previous expiry on March 31, 2019, as corrected on November 22, 2026",
        ),
        (  # a day too late to go on from the term before
            date(2019, 4, 2), None, date(2019, 3, 31), date(2021, 4, 1),
            "24 months from April 2, 2019, as corrected on November 22, 2026",
        ),
        (
            date(2020, 2, 29), None, None, date(2022, 2, 28),
            "24 months from February 29, 2020, as corrected on November 22, 2026",
        ),
        (
            date(2020, 2, 29), date(2024, 2, 29), None, date(2024, 2, 29),
            "set to February 29, 2024 by a correction of November 22, 2026",
        ),
        (date(1901, 1, 1), None, None, date(1902, 12, 31), "24 months from January 1, 1901, as corrected on"),
        (date(2199, 1, 1), None, None, date(2200, 12, 31), "24 months from January 1, 2199, as corrected on"),
    ],
)  # fmt: skip
def test_a_last_day_that_nobody_types_is_worked_out_by_the_version_and_says_so(
    starts_on: date, expires_on: date | None, previous: date | None, last: date, because: str
) -> None:
    term = corrected_term(POLICY, starts_on, expires_on, previous_expiry=previous, birthday=None, corrected_on=TODAY)

    assert term.expires_on == last
    assert term.because.startswith(because)
    assert term.grace_until == last + timedelta(days=30)
    assert term.reinstatement_until == last + timedelta(days=365)


def test_a_term_to_a_birthday_that_is_not_on_file_asks_for_its_last_day() -> None:
    policy = TermPolicy(term_months=24, expiry_rule=ExpiryRule.HOLDER_BIRTHDAY)

    with pytest.raises(Refusal, match="Type the day") as told:
        corrected_term(policy, GRANTED, None, previous_expiry=None, birthday=None, corrected_on=TODAY)
    assert told.value.field == "expires_on"


@pytest.mark.parametrize(
    ("first", "last", "message", "field"),
    [
        (date(2019, 3, 31), date(2021, 3, 31), "No term begins before that day", "starts_on"),
        (date(2021, 4, 1), date(2021, 3, 31), "cannot come before the first day", "expires_on"),
        (GRANTED, date(2021, 4, 30), "on record already", "starts_on"),
        (GRANTED, date(2039, 4, 2), "more than 20 years", "expires_on"),
    ],
)
def test_days_that_no_term_can_have_are_refused_beside_their_field(
    first: date, last: date, message: str, field: str
) -> None:
    term = corrected_term(POLICY, first, last, previous_expiry=None, birthday=None, corrected_on=TODAY)

    with pytest.raises(Refusal, match=message) as told:
        require_term(term, Span(GRANTED, date(2021, 4, 30)), granted_on=GRANTED)
    assert told.value.field == field


def test_a_term_may_begin_on_the_day_of_the_grant_and_last_for_that_day_only() -> None:
    term = corrected_term(POLICY, GRANTED, GRANTED, previous_expiry=None, birthday=None, corrected_on=TODAY)
    require_term(term, Span(GRANTED, date(2021, 4, 30)), granted_on=GRANTED)
    longest = corrected_term(POLICY, GRANTED, date(2039, 4, 1), previous_expiry=None, birthday=None, corrected_on=TODAY)
    require_term(longest, Span(GRANTED, date(2021, 4, 30)), granted_on=GRANTED)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2020, 12, 31), date(2022, 12, 31), "starts_on"),
        (date(2021, 1, 1), date(2023, 1, 1), "expires_on"),
        (date(2025, 6, 1), date(2025, 7, 1), "expires_on"),
        (date(2018, 1, 1), date(2018, 7, 1), "starts_on"),
    ],
)
def test_a_term_overlaps_no_other_and_keeps_its_place_among_them(first: date, last: date, field: str) -> None:
    others = [Span(date(2019, 1, 1), date(2020, 12, 31)), Span(date(2023, 1, 1), date(2024, 12, 31))]

    with pytest.raises(Refusal, match=f"overlap the {'earlier' if field == 'starts_on' else 'later'} term") as told:
        require_place(first, last, others, recorded_from=date(2021, 1, 1))
    assert told.value.field == field
    require_place(date(2021, 1, 1), date(2022, 12, 31), others, recorded_from=date(2021, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (date(2019, 3, 1), None, "before the credential was granted"),
        (date(2020, 3, 1), date(2020, 2, 29), "before the first day"),
        (date(2020, 3, 1), None, "on record already"),
    ],
)
def test_days_that_no_status_event_can_have_are_refused(first: date, last: date | None, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        require_event(first, last, Span(date(2020, 3, 1)), granted_on=GRANTED)


@pytest.mark.parametrize("last", [None, GRANTED, date(2020, 3, 1)])
def test_a_status_event_may_begin_on_the_day_of_the_grant(last: date | None) -> None:
    require_event(GRANTED, last, Span(date(2020, 3, 1)), granted_on=GRANTED)


def test_a_longer_term_turns_its_grace_and_its_expiry_into_days_in_force() -> None:
    before = History((Period(GRANTED, date(2021, 3, 31), date(2021, 4, 30)),))
    after = History((Period(GRANTED, date(2021, 6, 30), date(2021, 7, 30)),))

    assert status_changes(before, after) == (
        StatusChange(
            date(2021, 4, 1), date(2021, 4, 30), CredentialStatus.IN_GRACE, CredentialStatus.CURRENT
        ),
        StatusChange(date(2021, 5, 1), date(2021, 6, 30), CredentialStatus.EXPIRED, CredentialStatus.CURRENT),
        StatusChange(date(2021, 7, 1), date(2021, 7, 30), CredentialStatus.EXPIRED, CredentialStatus.IN_GRACE),
    )  # fmt: skip
    assert [one.practice for one in status_changes(before, after)] == [True, True, None]
    assert [one.practice for one in status_changes(after, before)] == [False, False, None]


def test_neighbouring_days_of_the_same_change_are_one() -> None:
    term = Period(GRANTED, date(2021, 3, 31), date(2021, 4, 30))
    in_two_parts = (
        Event(StatusEventKind.PROBATION, date(2020, 1, 1), date(2020, 1, 31)),
        Event(StatusEventKind.PROBATION, date(2020, 2, 1), date(2020, 2, 29)),
    )
    assert status_changes(History((term,)), History((term,), in_two_parts)) == (
        StatusChange(date(2020, 1, 1), date(2020, 2, 29), CredentialStatus.CURRENT, CredentialStatus.PROBATION),
    )


days = st.integers(0, 40).map(lambda number: date(2024, 2, 20) + timedelta(days=number))


@st.composite
def histories(draw: st.DrawFn) -> History:
    periods = []
    for start in draw(st.lists(days, max_size=3, unique=True)):
        last = start + timedelta(days=draw(st.integers(0, 9)))
        periods.append(Period(start, last, last + timedelta(days=draw(st.integers(0, 5)))))
    events = [
        Event(draw(st.sampled_from(StatusEventKind)), start, draw(st.one_of(st.none(), st.just(start))))
        for start in draw(st.lists(days, max_size=2))
    ]
    renewals = [
        Renewal(start, complete=True, closed_on=draw(st.one_of(st.none(), st.just(start + timedelta(days=6)))))
        for start in draw(st.lists(days, max_size=2))
    ]
    return History(tuple(periods), tuple(events), tuple(renewals))


@given(before=histories(), after=histories())
def test_the_changes_of_status_are_those_of_each_single_day(before: History, after: History) -> None:
    changes = status_changes(before, after)

    for number in range(-5, 80):
        day = date(2024, 2, 20) + timedelta(days=number)
        told = [one for one in changes if one.from_on <= day and (one.to_on is None or day <= one.to_on)]
        was, now = status_on(before, day), status_on(after, day)
        assert [(one.before, one.after) for one in told] == ([] if was == now else [(was, now)])
