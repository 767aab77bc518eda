"""The moves of an application."""

from itertools import product

import pytest

from certhub.rules.lifecycle import (
    APPLICATION_LABELS,
    MOVES,
    WITH_APPLICANT,
    is_open,
    require_move,
    require_reopening,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus

Status = ApplicationStatus

ALLOWED = {
    Status.DRAFT: "submitted withdrawn expired",
    Status.SUBMITTED: "under_review incomplete withdrawn",
    Status.INCOMPLETE: "submitted withdrawn expired",
    Status.UNDER_REVIEW: "incomplete recommended approved denied withdrawn",
    Status.RECOMMENDED: "approved denied under_review",
}


def _pairs(*, allowed: bool) -> list[tuple[ApplicationStatus, ApplicationStatus]]:
    return [
        (current, target)
        for current, target in product(ApplicationStatus, repeat=2)
        if (target.value in ALLOWED.get(current, "").split()) is allowed
    ]


@pytest.mark.parametrize(("current", "target"), _pairs(allowed=True))
def test_a_move_of_the_table_is_let_through(current: ApplicationStatus, target: ApplicationStatus) -> None:
    require_move(current, target)


@pytest.mark.parametrize(("current", "target"), _pairs(allowed=False))
def test_any_other_move_is_refused_with_a_sentence(current: ApplicationStatus, target: ApplicationStatus) -> None:
    with pytest.raises(Refusal) as refused:
        require_move(current, target)
    assert refused.value.message.endswith(".")
    assert "_" not in refused.value.message


def test_a_second_click_is_told_that_it_has_already_happened() -> None:
    with pytest.raises(Refusal, match="already been submitted"):
        require_move(Status.SUBMITTED, Status.SUBMITTED)


@pytest.mark.parametrize("current", ApplicationStatus)
def test_only_a_denied_application_is_opened_again(current: ApplicationStatus) -> None:
    if current is Status.DENIED:
        assert require_reopening(current) is Status.UNDER_REVIEW
        return
    with pytest.raises(Refusal, match="Only a denied application is opened again"):
        require_reopening(current)


def test_a_closed_application_says_what_to_do_instead() -> None:
    with pytest.raises(Refusal, match="Start a new application"):
        require_move(Status.WITHDRAWN, Status.SUBMITTED)


def test_an_open_application_says_what_can_be_done_with_it() -> None:
    with pytest.raises(Refusal) as refused:
        require_move(Status.RECOMMENDED, Status.WITHDRAWN)
    assert refused.value.message == (
        'An application that is "decision being prepared" cannot be withdrawn. '
        "What can be done with it now: taken into review, approved, denied."
    )


def test_the_ends_are_approval_denial_withdrawal_and_expiry() -> None:
    ends = {status for status in ApplicationStatus if not is_open(status)}
    assert ends == {Status.APPROVED, Status.DENIED, Status.WITHDRAWN, Status.EXPIRED}


def test_every_status_can_be_reached_from_a_draft_and_every_open_one_can_be_closed() -> None:
    def reachable_from(start: ApplicationStatus) -> set[ApplicationStatus]:
        seen, frontier = {start}, [start]
        while frontier:
            fresh = MOVES[frontier.pop()] - seen
            seen |= fresh
            frontier.extend(fresh)
        return seen

    assert reachable_from(Status.DRAFT) == set(ApplicationStatus)
    for status in ApplicationStatus:
        assert any(not is_open(end) for end in reachable_from(status))


def test_only_the_applicant_has_the_next_step_in_a_draft_or_an_incomplete_application() -> None:
    assert all(Status.SUBMITTED in MOVES[status] for status in WITH_APPLICANT)
    assert {status for status in ApplicationStatus if Status.SUBMITTED in MOVES[status]} == WITH_APPLICANT


def test_each_status_has_its_own_words_for_both_sides() -> None:
    assert set(APPLICATION_LABELS) == set(ApplicationStatus)
    assert len({label.label for label in APPLICATION_LABELS.values()}) == len(ApplicationStatus)
    for label in APPLICATION_LABELS.values():
        assert label.for_applicant.endswith(".")
        assert label.for_reviewer.endswith(".")
