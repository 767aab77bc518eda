"""What an order of the Board does to the dates of a term, and what cannot be an order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.orders import (
    Cohort,
    CoveredTerm,
    Extension,
    Obstacle,
    OrderKind,
    OrderText,
    Outcome,
    TermDates,
    WaiverInForce,
    outcome_of,
    outcome_without,
    require_order,
    under,
)
from certhub.rules.refusal import Refusal
from certhub.rules.standard import TermPolicy
from certhub.rules.terms import ONE_DAY, application_kind_on, renewal_term, renewal_window
from certhub.rules.vocabulary import ApplicationKind, Region

GRANTED = TermDates(date(2026, 5, 31), date(2026, 7, 30), date(2027, 5, 31), "24 months from May 10, 2024")
TODAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("extension", "expires_on", "grace_until", "because"),
    [
        (
            Extension("2026-04", to=date(2026, 6, 30)), date(2026, 6, 30), date(2026, 8, 29),
            "24 months from May 10, 2024, extended to June 30, 2026 by Order 2026-04",
        ),
        (
            Extension("2026-04", months=3), date(2026, 8, 31), date(2026, 10, 30),
            "24 months from May 10, 2024, extended to August 31, 2026 by Order 2026-04",
        ),
        (
            Extension("2026-04", months=1, days=10), date(2026, 7, 10), date(2026, 9, 8),
            "24 months from May 10, 2024, extended to July 10, 2026 by Order 2026-04",
        ),
        (
            Extension("2026-04", to=date(2026, 9, 30), grace_only=True), date(2026, 5, 31), date(2026, 9, 30),
            "24 months from May 10, 2024, with late renewal until September 30, 2026 by Order 2026-04",
        ),
        (Extension("2026-04", to=date(2026, 5, 31)), GRANTED.expires_on, GRANTED.grace_until, GRANTED.because),
        (Extension("2026-04", to=date(2026, 1, 31)), GRANTED.expires_on, GRANTED.grace_until, GRANTED.because),
    ],
)  # fmt: skip
def test_an_order_moves_the_days_of_a_term_and_says_so(
    extension: Extension, expires_on: date, grace_until: date, because: str
) -> None:
    dates = under(GRANTED, [extension])

    assert (dates.expires_on, dates.grace_until, dates.because) == (expires_on, grace_until, because)


def test_a_last_day_of_a_month_stays_one_when_it_is_moved_by_months() -> None:
    february = replace(GRANTED, expires_on=date(2027, 2, 28), grace_until=date(2027, 4, 29))

    assert under(february, [Extension("2026-04", months=6)]).expires_on == date(2027, 8, 31)
    assert under(february, [Extension("2026-04", days=6)]).expires_on == date(2027, 3, 6)


def test_any_other_day_of_a_month_stays_that_day() -> None:
    tenth = replace(GRANTED, expires_on=date(2026, 5, 10))

    assert under(tenth, [Extension("2026-04", months=1)]).expires_on == date(2026, 6, 10)


def test_each_order_is_named_in_the_sentence_and_reinstatement_moves_along() -> None:
    dates = under(GRANTED, [Extension("2026-04", to=date(2026, 6, 30)), Extension("2026-05", days=10)])

    assert dates.expires_on == date(2026, 7, 10)
    assert dates.reinstatement_until == GRANTED.reinstatement_until + timedelta(days=40)
    assert dates.because.endswith(
        "extended to June 30, 2026 by Order 2026-04, extended to July 10, 2026 by Order 2026-05"
    )


OTHER = Extension("2026-03", to=date(2026, 12, 31))
FAR = under(GRANTED, [OTHER])


@pytest.mark.parametrize(
    ("term", "lapsed_before", "obstacle"),
    [
        (CoveredTerm(GRANTED, GRANTED), None, None),
        (CoveredTerm(GRANTED, GRANTED, ended=True), None, Obstacle.ENDED),
        (CoveredTerm(GRANTED, GRANTED, renewed=True), None, Obstacle.RENEWED),
        (CoveredTerm(GRANTED, GRANTED), GRANTED.grace_until, None),
        (CoveredTerm(GRANTED, GRANTED), GRANTED.grace_until + ONE_DAY, Obstacle.LAPSED),
        (CoveredTerm(FAR, FAR), None, Obstacle.LONGER),
        (CoveredTerm(GRANTED, FAR, (OTHER,)), None, Obstacle.OTHER_ORDER),
    ],
)
def test_why_a_term_of_the_cohort_keeps_its_dates(
    term: CoveredTerm, lapsed_before: date | None, obstacle: Obstacle | None
) -> None:
    outcome = outcome_of(term, Extension("2026-04", to=date(2026, 6, 30)), lapsed_before=lapsed_before)

    assert outcome.obstacle is obstacle
    assert (outcome.dates == term.now) is (obstacle is not None)


def test_a_term_that_a_renewal_was_built_on_keeps_its_dates_when_the_order_is_revoked() -> None:
    assert outcome_without(CoveredTerm(GRANTED, FAR, renewed=True)) == Outcome(FAR, Obstacle.RENEWED)
    assert outcome_without(CoveredTerm(GRANTED, FAR)) == Outcome(GRANTED)
    assert outcome_without(CoveredTerm(GRANTED, FAR, (OTHER,))) == Outcome(FAR, Obstacle.OTHER_ORDER)


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
extensions = st.builds(
    lambda number, to, months, count, grace_only: Extension(
        f"2026-{number:02d}", to, 0 if to else months, 0 if to else count, grace_only=grace_only
    ),
    st.integers(1, 99), st.none() | days, st.integers(0, 24), st.integers(0, 400), st.booleans(),
)  # fmt: skip
granted = st.builds(
    lambda expires_on, grace, reinstatement: TermDates(
        expires_on, expires_on + timedelta(days=grace), expires_on + timedelta(days=grace + reinstatement), "granted"
    ),
    days, st.integers(0, 90), st.integers(0, 400),
)  # fmt: skip


@given(granted, st.lists(extensions, max_size=5))
def test_no_order_ever_shortens_anything_and_the_days_stay_in_their_order(
    term: TermDates, orders: list[Extension]
) -> None:
    dates = under(term, orders)

    assert dates.expires_on >= term.expires_on
    assert dates.grace_until >= term.grace_until
    assert dates.reinstatement_until >= term.reinstatement_until
    assert dates.expires_on <= dates.grace_until <= dates.reinstatement_until


@given(granted, extensions, st.integers(0, 90))
def test_renewing_a_term_that_an_order_extended_loses_no_day_and_overlaps_no_day(
    term: TermDates, order: Extension, days_after: int
) -> None:
    dates = under(term, [order])
    filed_on = min(dates.expires_on + timedelta(days=days_after), dates.grace_until)

    renewed = renewal_term(TermPolicy(24), dates.expires_on, filed_on, grace_until=dates.grace_until)

    assert renewed.starts_on == dates.expires_on + ONE_DAY


def test_a_late_renewal_is_taken_through_the_grace_that_an_order_gave() -> None:
    dates = under(GRANTED, [Extension("2026-04", to=date(2026, 12, 31), grace_only=True)])
    window = renewal_window(
        TermPolicy(24), dates.expires_on, grace_until=dates.grace_until, reinstatement_until=dates.reinstatement_until
    )

    assert application_kind_on(window, date(2026, 12, 31)) is ApplicationKind.RENEWAL
    assert application_kind_on(window, date(2027, 1, 1)) is ApplicationKind.REINSTATEMENT
    assert window.grace_until.because == "as the record of this term has it; until then a late renewal is taken"


EXTENSION = OrderText(
    title="Winter storm", kind=OrderKind.EXTENSION, adopted_on=date(2026, 5, 3), citation="M.G.L. c.30A", text="Text",
    cohort=Cohort(region=Region.WESTERN), extends_to=date(2026, 6, 30),
)  # fmt: skip
WAIVER = replace(
    EXTENSION, kind=OrderKind.WAIVER, extends_to=None, cohort=Cohort(standard_id=1), waived_codes=("CC-09",),
    submitted_from=date(2026, 5, 1), submitted_to=date(2026, 12, 31),
)  # fmt: skip


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (replace(EXTENSION, number="4"), "number"),
        (replace(EXTENSION, adopted_on=TODAY + ONE_DAY), "adopted_on"),
        (replace(EXTENSION, cohort=Cohort()), "standard"),
        (replace(EXTENSION, extends_to=None), "extends_to"),
        (replace(EXTENSION, extends_days=5), "extends_to"),
        (replace(EXTENSION, extends_to=None, extends_months=-1), "extends_months"),
        (replace(EXTENSION, extends_to=None, extends_days=-1), "extends_days"),
        (replace(EXTENSION, extends_to=None, extends_months=61), "extends_months"),
        (replace(EXTENSION, extends_to=None, extends_days=1826), "extends_days"),
        (replace(EXTENSION, cohort=Cohort(expires_from=date(2026, 6, 30))), "extends_to"),
        (
            replace(EXTENSION, cohort=Cohort(expires_from=date(2026, 6, 2), expires_to=date(2026, 6, 1))),
            "expires_to",
        ),
        (replace(EXTENSION, extends_to=None, extends_months=1, future_grants=True), "expires_to"),
        (replace(WAIVER, cohort=Cohort(region=Region.WESTERN)), "standard"),
        (replace(WAIVER, waived_codes=()), "waived_codes"),
        (replace(WAIVER, submitted_from=None), "submitted_from"),
        (replace(WAIVER, submitted_to=None), "submitted_to"),
        (replace(WAIVER, submitted_to=date(2026, 4, 30)), "submitted_to"),
    ],
)
def test_what_cannot_be_an_order_is_refused_beside_its_field(order: OrderText, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_order(order, today=TODAY)

    assert refused.value.field == field


BY_MONTHS = replace(EXTENSION, extends_to=None, extends_months=60)
UNTIL_JUNE_30 = Cohort(expires_from=date(2026, 6, 30))


@pytest.mark.parametrize(
    "order",
    [
        EXTENSION,
        WAIVER,
        replace(EXTENSION, number="2026-04"),
        replace(EXTENSION, adopted_on=TODAY),
        BY_MONTHS,
        replace(EXTENSION, extends_to=None, extends_days=1825),
        replace(EXTENSION, cohort=UNTIL_JUNE_30, extends_to=date(2026, 7, 1)),
        replace(EXTENSION, cohort=UNTIL_JUNE_30, grace_only=True),
        replace(BY_MONTHS, cohort=UNTIL_JUNE_30),
        replace(BY_MONTHS, cohort=Cohort(expires_to=date(2026, 6, 30)), future_grants=True),
        replace(BY_MONTHS, cohort=Cohort(expires_from=date(2026, 6, 30), expires_to=date(2026, 6, 30))),
        replace(EXTENSION, future_grants=True),
    ],
)
def test_what_can_be_an_order_is_taken(order: OrderText) -> None:
    require_order(order, today=TODAY)


def test_a_waiver_names_its_order_and_day() -> None:
    waiver = WaiverInForce("CC-09", "2026-05", date(2026, 5, 3))

    assert waiver.sentence == "Waived by Order 2026-05 of May 3, 2026."
