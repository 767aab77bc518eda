"""Which version judges whom: by the day of submission, from the next renewal, and everybody after a sunset."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules import transitions
from certhub.rules.refusal import Refusal
from certhub.rules.transitions import AdoptedVersion, HeldTerm, version_for
from certhub.rules.vocabulary import ApplicationKind, Transition

FIRST = AdoptedVersion(1, date(2020, 1, 1))
EFFECTIVE, SUNSET = date(2027, 3, 1), date(2027, 9, 1)
BEFORE, AFTER = date(2027, 2, 28), date(2027, 3, 1)
DAY = timedelta(days=1)

INITIAL, RENEWAL, AGAIN = ApplicationKind.INITIAL, ApplicationKind.RENEWAL, ApplicationKind.REINSTATEMENT


def second(transition: Transition) -> AdoptedVersion:
    return AdoptedVersion(2, EFFECTIVE, transition, SUNSET if transition is Transition.SUNSET else None)


@pytest.mark.parametrize(
    ("transition", "kind", "on", "opens_on", "version"),
    [
        # Whoever applies for the first time, or comes back after the grace period, meets the version of the day.
        *((one, kind, BEFORE, None, 1) for one in Transition for kind in (INITIAL, AGAIN)),
        *((one, kind, AFTER, None, 2) for one in Transition for kind in (INITIAL, AGAIN)),
        (Transition.FROM_NEXT_RENEWAL, AGAIN, AFTER, BEFORE, 2),
        # A renewal by the day of submission.
        (Transition.BY_SUBMISSION, RENEWAL, BEFORE, BEFORE, 1),
        (Transition.BY_SUBMISSION, RENEWAL, AFTER, BEFORE, 2),
        # A renewal that was open on the eve is finished under the version of its term, however late it is filed.
        (Transition.FROM_NEXT_RENEWAL, RENEWAL, BEFORE, BEFORE, 1),
        (Transition.FROM_NEXT_RENEWAL, RENEWAL, AFTER, BEFORE, 1),
        (Transition.FROM_NEXT_RENEWAL, RENEWAL, AFTER + 118 * DAY, BEFORE, 1),
        (Transition.FROM_NEXT_RENEWAL, RENEWAL, AFTER, AFTER, 2),
        (Transition.FROM_NEXT_RENEWAL, RENEWAL, AFTER + 400 * DAY, AFTER + 390 * DAY, 2),
        # The sunset is for everybody, from its own day on.
        (Transition.SUNSET, RENEWAL, SUNSET - DAY, BEFORE, 1),
        (Transition.SUNSET, RENEWAL, SUNSET, BEFORE, 2),
        (Transition.SUNSET, RENEWAL, AFTER, AFTER, 2),
    ],
)
def test_a_new_version_judges_those_whom_its_transition_names(
    transition: Transition, kind: ApplicationKind, on: date, opens_on: date | None, version: int
) -> None:
    held = HeldTerm(1, opens_on) if opens_on else None
    assert version_for([second(transition), FIRST], kind, on, held).version == version


def test_of_several_versions_the_latest_that_judges_the_renewal_does() -> None:
    third = AdoptedVersion(3, date(2027, 6, 1), Transition.FROM_NEXT_RENEWAL)
    opened_early, opened_between = HeldTerm(1, BEFORE), HeldTerm(1, date(2027, 4, 1))
    late = date(2027, 7, 1)

    assert version_for([FIRST, second(Transition.FROM_NEXT_RENEWAL), third], RENEWAL, late, opened_early).version == 1
    assert version_for([FIRST, second(Transition.FROM_NEXT_RENEWAL), third], RENEWAL, late, opened_between).version == 2
    assert version_for([FIRST, second(Transition.BY_SUBMISSION), third], RENEWAL, late, opened_early).version == 2
    assert version_for([FIRST, second(Transition.SUNSET), third], RENEWAL, SUNSET, opened_early).version == 2
    assert version_for([FIRST, third], RENEWAL, late, HeldTerm(3, BEFORE)).version == 3


def test_nobody_is_judged_before_there_is_a_version() -> None:
    with pytest.raises(LookupError, match="no version is in force on 2019-12-31"):
        version_for([FIRST], INITIAL, date(2019, 12, 31))


def test_a_renewal_without_a_term_on_record_meets_the_version_of_the_day() -> None:
    assert version_for([FIRST, second(Transition.FROM_NEXT_RENEWAL)], RENEWAL, AFTER).version == 2


def test_the_reason_stands_after_because() -> None:
    newest = version_for([FIRST, second(Transition.FROM_NEXT_RENEWAL)], RENEWAL, AFTER, HeldTerm(1, AFTER))
    kept = version_for([FIRST, second(Transition.FROM_NEXT_RENEWAL)], RENEWAL, AFTER, HeldTerm(1, BEFORE))

    assert (
        newest.because
        == "the renewal opens on March 1, 2027, and the version counts for renewals from March 1, 2027 on"
    )
    assert kept.because == "the renewal opened on February 28, 2027, before version 2 took effect on March 1, 2027"
    assert version_for([FIRST], RENEWAL, AFTER, HeldTerm(1, BEFORE)).because == (
        "the present term was granted under it"
    )


@pytest.mark.parametrize(
    ("transition", "until", "expected"),
    [
        (Transition.BY_SUBMISSION, EFFECTIVE, (EFFECTIVE, 2)),
        (Transition.BY_SUBMISSION, EFFECTIVE - DAY, None),
        (Transition.FROM_NEXT_RENEWAL, SUNSET, None),
        (Transition.SUNSET, SUNSET, (SUNSET, 2)),
    ],
)
def test_a_holder_hears_from_which_day_another_version_would_judge(
    transition: Transition, until: date, expected: tuple[date, int] | None
) -> None:
    found = transitions.next_change([FIRST, second(transition)], RENEWAL, BEFORE, until, HeldTerm(1, BEFORE))
    assert (found and (found[0], found[1].version)) == expected


def test_the_next_change_is_the_first_of_several() -> None:
    third = AdoptedVersion(3, SUNSET + DAY, Transition.BY_SUBMISSION)
    found = transitions.next_change([third, second(Transition.SUNSET), FIRST], INITIAL, BEFORE, SUNSET + DAY)
    assert found is not None
    assert (found[0], found[1].version) == (EFFECTIVE, 2)


def test_a_version_judges_first_applications_through_the_eve_of_the_next() -> None:
    versions = [FIRST, second(Transition.SUNSET), AdoptedVersion(3, SUNSET)]
    assert transitions.last_day(1, versions) == BEFORE
    assert transitions.last_day(2, versions) == SUNSET - DAY
    assert transitions.last_day(3, versions) is None


@pytest.mark.parametrize(
    ("effective_from", "transition", "sunset_on", "field", "says"),
    [
        (date(2026, 11, 21), Transition.BY_SUBMISSION, None, "effective_from", "in the past"),
        (date(2027, 1, 1), Transition.BY_SUBMISSION, None, "effective_from", "The version before it takes effect"),
        (date(2027, 1, 2), Transition.SUNSET, None, "sunset_on", "Enter the day"),
        (date(2027, 1, 2), Transition.SUNSET, date(2027, 1, 2), "sunset_on", "must come after"),
        (date(2027, 1, 2), Transition.FROM_NEXT_RENEWAL, date(2027, 9, 1), "sunset_on", "Leave this empty"),
    ],
)
def test_dates_that_would_change_the_past_or_contradict_each_other_are_refused(
    effective_from: date, transition: Transition, sunset_on: date | None, field: str, says: str
) -> None:
    before = [FIRST, AdoptedVersion(2, date(2027, 1, 1))]
    with pytest.raises(Refusal) as caught:
        transitions.require_adoptable(effective_from, transition, sunset_on, earlier=before, today=date(2026, 11, 22))
    assert (caught.value.field, says in str(caught.value)) == (field, True), str(caught.value)


@pytest.mark.parametrize("earlier", [[], [FIRST]])
def test_a_version_may_take_effect_today(earlier: list[AdoptedVersion]) -> None:
    today = date(2026, 11, 22)
    transitions.require_adoptable(today, Transition.BY_SUBMISSION, None, earlier=earlier, today=today)


def test_a_last_date_for_all_comes_after_the_first_day() -> None:
    today = date(2026, 11, 22)
    transitions.require_adoptable(today, Transition.SUNSET, today + DAY, earlier=[FIRST], today=today)


@given(
    transition=st.sampled_from(Transition),
    kind=st.sampled_from(ApplicationKind),
    days=st.integers(-2500, -1),
    opened=st.integers(-2700, 400),
)
def test_a_new_version_changes_no_answer_about_a_day_before_it_takes_effect(
    transition: Transition, kind: ApplicationKind, days: int, opened: int
) -> None:
    on, held = EFFECTIVE + days * DAY, HeldTerm(1, EFFECTIVE + opened * DAY)
    alone = version_for([FIRST], kind, on, held)
    assert version_for([FIRST, second(transition)], kind, on, held) == alone


@given(
    transition=st.sampled_from(Transition),
    opened=st.integers(-400, 400),
    first=st.integers(0, 900),
    more=st.integers(0, 900),
)
def test_nobody_goes_back_to_an_older_version_by_waiting(
    transition: Transition, opened: int, first: int, more: int
) -> None:
    held, on = HeldTerm(1, EFFECTIVE + opened * DAY), EFFECTIVE + (first - 400) * DAY
    versions = [FIRST, second(transition)]
    assert (
        version_for(versions, RENEWAL, on, held).version
        <= version_for(versions, RENEWAL, on + more * DAY, held).version
    )
