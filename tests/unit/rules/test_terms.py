"""Terms, windows and due dates, with the worked cases of the regulations."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.standard import TermPolicy
from certhub.rules.terms import (
    ONE_DAY,
    Term,
    add_months,
    application_kind_on,
    closes_on,
    first_term,
    fixed_due_date,
    last_day_of_month,
    renewal_term,
    renewal_window,
    window_before,
    written,
    written_at,
)
from certhub.rules.vocabulary import ApplicationKind, ExpiryRule, YearParity

# 272 CMR 4.04: two years, July 31 of odd years; the minimum keeps the common date from ending a term just begun.
CHW = TermPolicy(
    24, ExpiryRule.FIXED_MONTH_DAY, 7, 31, YearParity.ODD, minimum_term_months=6, grace_days=0, reinstatement_days=365
)
COORDINATOR = TermPolicy(24, end_of_month=True)
ROLLING = TermPolicy(24)
CCM = TermPolicy(60, grace_days=30)
RN = TermPolicy(24, ExpiryRule.HOLDER_BIRTHDAY, year_parity=YearParity.EVEN)
ANNUAL = TermPolicy(12, ExpiryRule.FIXED_MONTH_DAY, 6, 30)
FIVE_YEARS_TO_JUNE = TermPolicy(60, ExpiryRule.FIXED_MONTH_DAY, 6, 30)

days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
birthdays = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))


@st.composite
def policies(draw: st.DrawFn) -> TermPolicy:
    """A policy of any of the three calendars, with months and days that the standards may carry."""
    rule = draw(st.sampled_from(ExpiryRule))
    fixed = draw(birthdays) if rule is ExpiryRule.FIXED_MONTH_DAY else (None, None)
    return TermPolicy(
        term_months=draw(st.integers(1, 72)),
        expiry_rule=rule,
        fixed_month=fixed[0],
        fixed_day=fixed[1],
        year_parity=draw(st.sampled_from(YearParity)),
        minimum_term_months=draw(st.integers(0, 12)),
        end_of_month=draw(st.booleans()),
        grace_days=draw(st.integers(0, 90)),
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("policy", "granted_on", "birthday", "expires_on", "because"),
    [
        (ROLLING, date(2026, 3, 10), None, date(2028, 3, 9), "24 months from March 10, 2026"),
        (ROLLING, date(2026, 3, 1), None, date(2028, 2, 29), "24 months from March 1, 2026"),
        (ROLLING, date(2024, 2, 29), None, date(2026, 2, 28), "24 months from February 29, 2024"),
        (TermPolicy(1), date(2026, 1, 31), None, date(2026, 2, 28), "1 month from January 31, 2026"),
        (
            COORDINATOR,
            date(2026, 3, 10),
            None,
            date(2028, 3, 31),
            "24 months from March 10, 2026, to the end of the month",
        ),
        (
            COORDINATOR,
            date(2026, 3, 1),
            None,
            date(2028, 2, 29),
            "24 months from March 1, 2026, to the end of the month",
        ),
        (CCM, date(2026, 5, 31), None, date(2031, 5, 30), "60 months from May 31, 2026"),
        (
            CHW,
            date(2026, 3, 10),
            None,
            date(2027, 7, 31),
            "the first July 31 of an odd year at least 6 months after March 10, 2026",
        ),
        (
            CHW,
            date(2027, 7, 10),
            None,
            date(2029, 7, 31),
            "the first July 31 of an odd year at least 6 months after July 10, 2027",
        ),
        (ANNUAL, date(2026, 7, 1), None, date(2027, 6, 30), "the first June 30 after July 1, 2026"),
        (ANNUAL, date(2026, 6, 30), None, date(2027, 6, 30), "the first June 30 after June 30, 2026"),
        (
            FIVE_YEARS_TO_JUNE,
            date(2026, 3, 1),
            None,
            date(2030, 6, 30),
            "the last June 30 within 60 months of March 1, 2026",
        ),
        (
            RN,
            date(2025, 10, 2),
            (4, 17),
            date(2026, 4, 17),
            "the first birthday (April 17) of an even year after October 2, 2025",
        ),
        (
            RN,
            date(2026, 10, 2),
            (4, 17),
            date(2028, 4, 17),
            "the first birthday (April 17) of an even year after October 2, 2026",
        ),
        (
            RN,
            date(2025, 3, 1),
            (2, 29),
            date(2026, 2, 28),
            "the first birthday (February 29) of an even year after March 1, 2025",
        ),
        (
            RN,
            date(2026, 3, 1),
            (2, 29),
            date(2028, 2, 29),
            "the first birthday (February 29) of an even year after March 1, 2026",
        ),
        (
            TermPolicy(24, ExpiryRule.HOLDER_BIRTHDAY, end_of_month=True),
            date(2026, 3, 1),
            (4, 17),
            date(2027, 4, 30),
            "the last birthday (April 17) within 24 months of March 1, 2026, to the end of the month",
        ),
    ],
)
def test_a_first_term_ends_where_its_calendar_says_and_explains_itself(
    policy: TermPolicy, granted_on: date, birthday: tuple[int, int] | None, expires_on: date, because: str
) -> None:
    assert first_term(policy, granted_on, birthday) == Term(granted_on, expires_on, because)


@pytest.mark.parametrize(
    ("policy", "previous_expiry", "submitted_on", "decided_on", "birthday", "expected"),
    [
        (  # early: the decision weeks before the expiry takes no day away
            COORDINATOR, date(2028, 3, 31), date(2028, 1, 10), date(2028, 2, 1), None,
            Term(date(2028, 4, 1), date(2030, 3, 31),
                 "24 months from the previous expiry on March 31, 2028, to the end of the month"),
        ),
        (  # filed in time, decided long after the expiry
            COORDINATOR, date(2028, 3, 31), date(2028, 3, 31), date(2028, 9, 1), None,
            Term(date(2028, 4, 1), date(2030, 3, 31),
                 "24 months from the previous expiry on March 31, 2028, to the end of the month"),
        ),
        (  # the last day of the grace period
            COORDINATOR, date(2028, 3, 31), date(2028, 4, 30), date(2028, 5, 20), None,
            Term(date(2028, 4, 1), date(2030, 3, 31),
                 "24 months from the previous expiry on March 31, 2028, to the end of the month"),
        ),
        (  # one day later
            COORDINATOR, date(2028, 3, 31), date(2028, 5, 1), date(2028, 5, 20), None,
            Term(date(2028, 5, 20), date(2030, 5, 31),
                 "24 months from the decision on May 20, 2028, to the end of the month; "
                 "the application came after the grace period ended on April 30, 2028"),
        ),
        (
            CHW, date(2027, 7, 31), date(2027, 6, 1), date(2027, 6, 20), None,
            Term(date(2027, 8, 1), date(2029, 7, 31),
                 "the first July 31 of an odd year at least 6 months after the previous expiry on July 31, 2027"),
        ),
        (
            CHW, date(2027, 7, 31), date(2027, 10, 1), date(2027, 10, 15), None,
            Term(date(2027, 10, 15), date(2029, 7, 31),
                 "the first July 31 of an odd year at least 6 months after the decision on October 15, 2027; "
                 "the application came after the expiry on July 31, 2027"),
        ),
        (  # the minimum term keeps a late renewal from ending seven weeks later
            CHW, date(2027, 7, 31), date(2029, 6, 1), date(2029, 6, 10), None,
            Term(date(2029, 6, 10), date(2031, 7, 31),
                 "the first July 31 of an odd year at least 6 months after the decision on June 10, 2029; "
                 "the application came after the expiry on July 31, 2027"),
        ),
        (
            RN, date(2026, 4, 17), date(2026, 2, 1), date(2026, 2, 10), (4, 17),
            Term(date(2026, 4, 18), date(2028, 4, 17),
                 "the first birthday (April 17) of an even year after the previous expiry on April 17, 2026"),
        ),
        (
            RN, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 10), (2, 29),
            Term(date(2026, 3, 1), date(2028, 2, 29),
                 "the first birthday (February 29) of an even year after the previous expiry on February 28, 2026"),
        ),
        (
            FIVE_YEARS_TO_JUNE, date(2030, 6, 30), date(2030, 5, 1), date(2030, 5, 1), None,
            Term(date(2030, 7, 1), date(2035, 6, 30),
                 "the last June 30 within 60 months of the previous expiry on June 30, 2030"),
        ),
    ],
)  # fmt: skip
def test_a_renewal_runs_from_the_previous_expiry_unless_it_was_filed_after_the_grace_period(
    *,
    policy: TermPolicy,
    previous_expiry: date,
    submitted_on: date,
    decided_on: date,
    birthday: tuple[int, int] | None,
    expected: Term,
) -> None:
    found = renewal_term(policy, previous_expiry, decided_on, submitted_on=submitted_on, birthday=birthday)
    assert found == expected


def test_two_year_terms_to_a_leap_day_birthday_keep_their_length() -> None:
    """Lesson 14."""
    policy = TermPolicy(24, ExpiryRule.HOLDER_BIRTHDAY)
    expiries = [date(2026, 2, 28)]
    for _ in range(4):
        expiries.append(renewal_term(policy, expiries[-1], expiries[-1], birthday=(2, 29)).expires_on)
    assert expiries == [
        date(2026, 2, 28), date(2028, 2, 29), date(2030, 2, 28), date(2032, 2, 29), date(2034, 2, 28),
    ]  # fmt: skip


def test_a_decision_before_the_filing_is_an_error() -> None:
    with pytest.raises(ValueError, match="before it was submitted"):
        renewal_term(ROLLING, date(2027, 1, 1), date(2026, 12, 1), submitted_on=date(2026, 12, 2))


@pytest.mark.parametrize(
    "policy",
    [
        TermPolicy(0),
        TermPolicy(24, ExpiryRule.FIXED_MONTH_DAY),
        TermPolicy(24, ExpiryRule.FIXED_MONTH_DAY, fixed_month=7),
        TermPolicy(24, ExpiryRule.FIXED_MONTH_DAY, fixed_day=31),
        TermPolicy(24, ExpiryRule.HOLDER_BIRTHDAY),
    ],
)
def test_a_policy_that_determines_no_date_is_an_error(policy: TermPolicy) -> None:
    with pytest.raises(ValueError, match=r"month|birthday"):
        first_term(policy, date(2026, 3, 10))


@given(policies(), days, birthdays)
def test_no_term_is_empty_and_a_calendar_term_lasts_at_least_its_minimum(
    policy: TermPolicy, granted_on: date, birthday: tuple[int, int]
) -> None:
    term = first_term(policy, granted_on, birthday)
    assert term.starts_on == granted_on <= term.expires_on
    if policy.expiry_rule is not ExpiryRule.ROLLING:
        assert term.expires_on >= add_months(granted_on, policy.minimum_term_months)
        if policy.year_parity is not YearParity.ANY:
            assert term.expires_on.year % 2 == (policy.year_parity is YearParity.ODD)
    if policy.end_of_month:
        assert term.expires_on == last_day_of_month(term.expires_on)


@given(policies(), days, birthdays, st.lists(st.tuples(st.integers(-400, 800), st.integers(0, 400)), max_size=6))
def test_renewing_never_loses_a_day_and_the_terms_of_one_credential_never_overlap(
    policy: TermPolicy, granted_on: date, birthday: tuple[int, int], renewals: list[tuple[int, int]]
) -> None:
    """Lesson 12."""
    term = first_term(policy, granted_on, birthday)
    for filed_after, decided_after in renewals:
        filed_on = term.expires_on + timedelta(days=filed_after)
        decided_on = filed_on + timedelta(days=decided_after)
        following = renewal_term(policy, term.expires_on, decided_on, submitted_on=filed_on, birthday=birthday)
        assert following.starts_on > term.expires_on
        assert following.expires_on >= following.starts_on
        if filed_after <= policy.grace_days:
            assert following.starts_on == term.expires_on + ONE_DAY
            assert following.expires_on > term.expires_on
        else:
            assert following.starts_on == decided_on
        term = following


@given(days, st.integers(1, 72), st.integers(0, 200))
def test_an_early_renewal_brings_the_same_term_as_one_on_the_last_day(
    granted_on: date, months: int, days_early: int
) -> None:
    term = first_term(TermPolicy(months), granted_on)
    early = renewal_term(TermPolicy(months), term.expires_on, term.expires_on - timedelta(days=days_early))
    assert early == renewal_term(TermPolicy(months), term.expires_on, term.expires_on)


@pytest.mark.parametrize(
    ("anchor", "months", "first_day"),
    [
        (date(2027, 7, 31), 24, date(2025, 8, 1)),
        (date(2031, 5, 30), 60, date(2026, 5, 31)),
        (date(2028, 3, 9), 24, date(2026, 3, 10)),
        (date(2028, 2, 29), 24, date(2026, 3, 1)),
        (date(2030, 2, 28), 24, date(2028, 3, 1)),
        (date(2026, 9, 30), 1, date(2026, 9, 1)),
        (date(2026, 1, 15), 3, date(2025, 10, 16)),
    ],
)
def test_the_window_before_an_expiry_includes_both_its_days(anchor: date, months: int, first_day: date) -> None:
    assert window_before(anchor, months) == (first_day, anchor)


def test_a_window_of_no_months_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        window_before(date(2026, 1, 1), 0)


@given(days, st.integers(1, 36))
def test_the_window_before_an_end_of_month_expiry_is_exactly_the_renewed_term(granted_on: date, months: int) -> None:
    policy = TermPolicy(months, end_of_month=True)
    before = first_term(policy, granted_on)
    term = renewal_term(policy, before.expires_on, before.expires_on)
    assert window_before(term.expires_on, months) == (term.starts_on, term.expires_on)


def test_the_renewal_window_names_its_days_and_their_derivation() -> None:
    window = renewal_window(COORDINATOR, date(2028, 3, 31))
    assert (window.opens_on.on, window.opens_on.because) == (
        date(2028, 1, 1),
        "90 days before the expiry on March 31, 2028",
    )
    assert window.expires_on.because == "the last valid day; the credential holds through the whole of March 31, 2028"
    assert (window.grace_until.on, window.grace_until.because) == (
        date(2028, 4, 30),
        "30 days after the expiry on March 31, 2028; until then a late renewal is taken",
    )
    assert (window.reinstatement_until.on, window.reinstatement_until.because) == (
        date(2029, 3, 31),
        "365 days after the expiry on March 31, 2028; after that only a new application helps",
    )


@pytest.mark.parametrize(
    ("recorded", "grace_until", "because"),
    [
        (None, date(2028, 4, 1), "1 day after the expiry on March 31, 2028"),
        (date(2028, 3, 31), date(2028, 4, 1), "1 day after the expiry on March 31, 2028"),
        (date(2028, 4, 1), date(2028, 4, 1), "1 day after the expiry on March 31, 2028"),
        (date(2028, 4, 2), date(2028, 4, 2), "as the record of this term has it"),
    ],
)
def test_the_record_of_a_term_can_lengthen_its_grace_period_but_never_shorten_it(
    recorded: date | None, grace_until: date, because: str
) -> None:
    found = renewal_window(replace(COORDINATOR, grace_days=1), date(2028, 3, 31), grace_until=recorded).grace_until
    assert (found.on, found.because) == (grace_until, f"{because}; until then a late renewal is taken")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 12, 31), None),
        (date(2028, 1, 1), ApplicationKind.RENEWAL),
        (date(2028, 3, 31), ApplicationKind.RENEWAL),
        (date(2028, 4, 30), ApplicationKind.RENEWAL),
        (date(2028, 5, 1), ApplicationKind.REINSTATEMENT),
        (date(2029, 3, 31), ApplicationKind.REINSTATEMENT),
        (date(2029, 4, 1), ApplicationKind.INITIAL),
    ],
)
def test_what_a_holder_may_apply_for_follows_the_window_to_the_day(day: date, expected: ApplicationKind | None) -> None:
    assert application_kind_on(renewal_window(COORDINATOR, date(2028, 3, 31)), day) is expected


@pytest.mark.parametrize(
    ("since", "days", "closes"),
    [
        (date(2026, 3, 2), 365, date(2027, 3, 3)),
        (date(2027, 3, 2), 365, date(2028, 3, 2)),  # over February 29
        (date(2026, 3, 2), 30, date(2026, 4, 2)),
    ],
)
def test_an_application_that_is_left_alone_is_closed_on_the_day_after_its_last(
    since: date, days: int, closes: date
) -> None:
    found = closes_on(replace(COORDINATOR, incomplete_expires_days=days), since)

    assert found.on == closes
    assert found.because == f"more than {days} days after it came to the applicant on {written(since)}"


@pytest.mark.parametrize(
    ("fiscal_year_end", "due_on"),
    [
        (date(2026, 6, 30), date(2026, 11, 15)),
        (date(2026, 12, 31), date(2027, 5, 15)),
        (date(2026, 9, 30), date(2027, 2, 15)),
    ],
)
def test_the_uniform_financial_report_is_due_on_the_15th_of_the_fifth_month(
    fiscal_year_end: date, due_on: date
) -> None:
    assert fixed_due_date(fiscal_year_end).on == due_on


@pytest.mark.parametrize(
    ("day", "month", "words"),
    [
        (15, 5, "the 15th day of the 5th month"),
        (1, 2, "the 1st day of the 2nd month"),
        (23, 3, "the 23rd day of the 3rd month"),
        (12, 11, "the 12th day of the 11th month"),
        (13, 10, "the 13th day of the 10th month"),
        (21, 4, "the 21st day of the 4th month"),
    ],
)
def test_a_filing_date_explains_itself(day: int, month: int, words: str) -> None:
    because = fixed_due_date(date(2026, 6, 30), day=day, month=month).because
    assert because == f"{words} after the fiscal year that ended on June 30, 2026"


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (datetime(2027, 8, 1, 2, 5, tzinfo=UTC), "July 31, 2027, 10:05\u00a0PM"),
        (datetime(2027, 1, 15, 17, 0, tzinfo=UTC), "January 15, 2027, 12:00\u00a0PM"),
        (datetime(2027, 1, 15, 5, 30, tzinfo=UTC), "January 15, 2027, 12:30\u00a0AM"),
    ],
)
def test_instants_are_told_in_the_agencys_zone(instant: datetime, told: str) -> None:
    assert written_at(instant) == told
