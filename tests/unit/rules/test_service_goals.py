"""By when DPH takes the next step: business days until the taking up, days with DPH until the decision."""

from datetime import date

import pytest

from certhub.rules.service_goals import WITH_DEPARTMENT, StageEntry, days_with_department, due_soon_by, goal_for
from certhub.rules.vocabulary import ApplicationStatus as S


def way(*stages: tuple[S, date]) -> list[StageEntry]:
    return [StageEntry(*stage) for stage in stages]


DRAFT = (S.DRAFT, date(2026, 6, 1))
FILED = (S.SUBMITTED, date(2026, 6, 26))  # a Friday; Independence Day is the Saturday after the next one


def test_the_statuses_in_which_dph_has_the_next_step() -> None:
    assert WITH_DEPARTMENT == (S.SUBMITTED, S.UNDER_REVIEW, S.RECOMMENDED)


@pytest.mark.parametrize(
    ("stages", "due"),
    [
        (way(DRAFT), None),
        (way(DRAFT, FILED), date(2026, 7, 3)),  # the Saturday holiday closes no office on the Friday before
        (way(DRAFT, (S.SUBMITTED, date(2026, 5, 21))), date(2026, 5, 29)),  # Memorial Day is no business day
        (way(DRAFT, FILED, (S.UNDER_REVIEW, date(2026, 6, 30))), date(2026, 7, 26)),
        (way(DRAFT, FILED, (S.UNDER_REVIEW, date(2026, 6, 30)), (S.RECOMMENDED, date(2026, 7, 20))), date(2026, 7, 26)),
        (way(DRAFT, FILED, (S.UNDER_REVIEW, date(2026, 6, 30)), (S.INCOMPLETE, date(2026, 7, 6))), None),
        (way(DRAFT, FILED, (S.UNDER_REVIEW, date(2026, 6, 30)), (S.APPROVED, date(2026, 7, 6))), None),
        # After a hearing set its denial aside, the thirty days begin anew.
        (
            way(
                FILED,
                (S.UNDER_REVIEW, date(2026, 6, 30)),
                (S.DENIED, date(2026, 7, 20)),
                (S.UNDER_REVIEW, date(2026, 9, 1)),
            ),
            date(2026, 10, 1),
        ),
        ([], None),
    ],
)
def test_the_next_due_day_of_dph(stages: list[StageEntry], due: date | None) -> None:
    goal = goal_for(stages)
    assert (goal.on if goal else None) == due


def returned(handed_in_again: date) -> list[StageEntry]:
    """Ten days with DPH, then back with the applicant, and handed in again."""
    return way(
        FILED, (S.UNDER_REVIEW, date(2026, 6, 30)), (S.INCOMPLETE, date(2026, 7, 6)), (S.SUBMITTED, handed_in_again)
    )


@pytest.mark.parametrize("waited", [date(2026, 7, 7), date(2026, 9, 1), date(2027, 2, 1)])
def test_the_clock_stands_still_while_the_applicant_has_it(waited: date) -> None:
    under_review = [*returned(waited), StageEntry(S.UNDER_REVIEW, waited)]
    goal = goal_for(under_review)
    assert days_with_department(under_review, waited) == 10
    assert goal is not None
    assert (goal.on - waited).days == 20
    assert "of which 10 had passed" in goal.because


def test_a_decision_that_is_due_sooner_than_the_taking_up_comes_first() -> None:
    late = way(
        FILED, (S.UNDER_REVIEW, date(2026, 6, 30)), (S.INCOMPLETE, date(2026, 7, 24)), (S.SUBMITTED, date(2026, 8, 3))
    )
    goal = goal_for(late)
    assert goal is not None
    assert goal.on == date(2026, 8, 5)


def test_what_is_due_soon_is_counted_in_business_days() -> None:
    assert due_soon_by(date(2026, 7, 2)) == date(2026, 7, 6)
