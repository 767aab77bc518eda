"""References: who may be asked, how long a link is good, and what a form must say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certhub.rules.evidence_forms import NOT_RATED
from certhub.rules.references import (
    IN_PLAIN_WORDS,
    MOST_ASKED,
    RATINGS,
    REMIND_BEFORE,
    REQUEST_LASTS,
    ReferenceState,
    answered,
    asks_referees,
    ending,
    is_to_be_reminded,
    mailbox_of,
    rated_in,
    require_referee,
    require_send_again,
    state_of,
)
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import COMPETENCIES, COMPETENCY_LISTS
from tests.unit.rules.requirement_builders import FORMS, K, requirement

ASKED_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
EXPIRES_AT = ASKED_AT + REQUEST_LASTS
DAY = timedelta(days=1)
S = ReferenceState


def references() -> Requirement:
    return requirement(K.COMPETENCY, FORMS)


def test_only_what_is_shown_by_competencies_is_asked_of_referees() -> None:
    assert asks_referees(references())
    assert not asks_referees(requirement(K.DOCUMENT, {"types": ["w9"]}))


@pytest.mark.parametrize(
    ("ended", "at", "state"),
    [
        ({}, ASKED_AT, S.WAITING),
        ({}, EXPIRES_AT - timedelta(seconds=1), S.WAITING),
        ({}, EXPIRES_AT, S.EXPIRED),
        ({"answered_at": ASKED_AT + DAY}, EXPIRES_AT + DAY, S.ANSWERED),
        ({"declined_at": ASKED_AT + DAY}, EXPIRES_AT + DAY, S.DECLINED),
        ({"cancelled_at": ASKED_AT + DAY}, EXPIRES_AT + DAY, S.CANCELLED),
    ],
)
def test_a_request_waits_thirty_days_unless_something_ends_it(
    ended: dict[str, datetime], at: datetime, state: ReferenceState
) -> None:
    ends = {"answered_at": None, "declined_at": None, "cancelled_at": None, **ended}
    assert state_of(**ends, expires_at=EXPIRES_AT, at=at) is state


@pytest.mark.parametrize("state", ReferenceState)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_link_asks_only_while_the_request_waits_and_the_application_is_open(
    state: ReferenceState, *, is_open: bool
) -> None:
    found = ending(state, applicant="Ana Ferreira", is_open=is_open)
    assert (found is None) is (state is S.WAITING and is_open)
    assert found is None or found.is_done is (state in (S.ANSWERED, S.DECLINED))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("ana@example.org", "applicant's own address"),
        ("Ana+me@Example.org", "applicant's own address"),
        ("hr@vendor.org", "organization that asks"),
        ("hr+joan@vendor.org", "organization that asks"),
        ("sent@example.net", "has sent a reference already"),
        ("declined@example.net", "Ask somebody else"),
        ("waiting@example.net", "was asked already"),
        ("waiting+2@example.net", "was asked already"),
        ("expired@example.net", "was asked already"),
    ],
)
def test_own_people_and_those_who_were_asked_are_refused_beside_the_address(address: str, sentence: str) -> None:
    asked = {
        "sent@example.net": S.ANSWERED, "declined@example.net": S.DECLINED, "waiting@example.net": S.WAITING,
        "expired@example.net": S.EXPIRED, "taken.back@example.net": S.CANCELLED,
    }  # fmt: skip
    with pytest.raises(Refusal, match=sentence) as refused:
        require_referee(address, applicant={"ana@example.org"}, asking={"hr@vendor.org"}, asked=asked)
    assert refused.value.field == "email"


@pytest.mark.parametrize("address", ["joan@example.net", "taken.back@example.net", "hr@other.org"])
def test_anybody_else_may_be_asked_also_after_a_request_was_taken_back(address: str) -> None:
    asked = {"taken.back@example.net": S.CANCELLED}
    require_referee(address, applicant={"ana@example.org"}, asking={"hr@vendor.org"}, asked=asked)


def test_nobody_writes_to_endless_people() -> None:
    asked = {f"person{number}@example.net": S.CANCELLED for number in range(MOST_ASKED)}
    with pytest.raises(Refusal, match="which is the most"):
        require_referee("joan@example.net", applicant=set(), asking=set(), asked=asked)


def test_a_plus_in_an_address_leads_to_the_same_mailbox() -> None:
    assert mailbox_of(" HR+Reference@Example.org ") == mailbox_of("hr@example.org")
    assert mailbox_of("h.r@example.org") != mailbox_of("hr@example.org")


@pytest.mark.parametrize(
    ("state", "days", "allowed"),
    [(S.WAITING, 0, False), (S.WAITING, 1, True), (S.EXPIRED, 31, True), (S.ANSWERED, 5, False),
     (S.DECLINED, 5, False), (S.CANCELLED, 5, False)],
)  # fmt: skip
def test_a_letter_is_sent_again_after_a_day_and_while_it_can_be_answered(
    state: ReferenceState, days: int, *, allowed: bool
) -> None:
    at = ASKED_AT + days * DAY
    if allowed:
        require_send_again(state, sent_at=ASKED_AT, at=at)
        return
    with pytest.raises(Refusal):
        require_send_again(state, sent_at=ASKED_AT, at=at)


@pytest.mark.parametrize(
    ("at", "reminded_at", "due"),
    [
        (EXPIRES_AT - REMIND_BEFORE - timedelta(seconds=1), None, False),
        (EXPIRES_AT - REMIND_BEFORE, None, True),
        (EXPIRES_AT - DAY, None, True),
        (EXPIRES_AT - DAY, EXPIRES_AT - REMIND_BEFORE, False),
        (EXPIRES_AT, None, False),
    ],
)
def test_a_referee_is_reminded_once_in_the_last_week(at: datetime, reminded_at: datetime | None, *, due: bool) -> None:
    assert is_to_be_reminded(expires_at=EXPIRES_AT, reminded_at=reminded_at, at=at) is due


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Joan Whitfield", "organization": "", "relationship": "Supervisor", "known_for": "1_to_3_years",
        "ratings": dict.fromkeys(COMPETENCIES, "3"), "comment": "", **changes,
    }  # fmt: skip


def test_a_form_is_kept_with_its_ratings_and_marked_as_sent_by_the_referee() -> None:
    found = answered(references(), **form(ratings={**dict.fromkeys(COMPETENCIES, "3"), "documentation": NOT_RATED}))
    assert found.rated == 9
    assert found.value["sent_directly"] is True
    assert found.value["ratings"]["documentation"] == NOT_RATED
    assert not {"comment", "organization"} & set(found.value)


def test_a_form_keeps_what_a_referee_adds() -> None:
    found = answered(references(), **form(organization="Elm Pediatrics", comment="Kind and exact."))
    assert (found.value["organization"], found.value["comment"]) == ("Elm Pediatrics", "Kind and exact.")


def test_every_rating_of_the_scale_counts() -> None:
    scale = [rating for rating in RATINGS if rating != NOT_RATED]
    assert answered(references(), **form(ratings=dict(zip(COMPETENCIES, scale * 10, strict=False)))).rated == 10


def test_a_form_that_honestly_rates_nothing_is_taken_all_the_same() -> None:
    assert answered(references(), **form(ratings=dict.fromkeys(COMPETENCIES, NOT_RATED))).rated == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"known_for": ""}, "known_for"),
        ({"known_for": "for ever"}, "known_for"),
        ({"relationship": ""}, "relationship"),
        ({"ratings": {}}, "rating-outreach"),
        ({"ratings": {**dict.fromkeys(COMPETENCIES, "3"), "documentation": "5"}}, "rating-documentation"),
    ],
)
def test_a_question_without_an_answer_is_refused_beside_it(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        answered(references(), **form(**changes))
    assert refused.value.field == field


def test_every_competency_has_a_line_in_plain_words() -> None:
    assert set(IN_PLAIN_WORDS) == {key for names in COMPETENCY_LISTS.values() for key in names}


@pytest.mark.parametrize("value", [{}, {"ratings": "3"}, {"ratings": {"outreach": "3", "advocacy": 9}}])
def test_what_is_no_rating_is_not_counted(value: dict[str, Any]) -> None:
    assert rated_in(value) == 0
