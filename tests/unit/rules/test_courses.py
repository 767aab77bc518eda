"""Courses: codes, what is needed before, which providers count as approved."""

from datetime import date

import pytest

from certhub.rules.courses import (
    TAGS,
    is_approved_provider,
    is_offered,
    missing_prerequisites,
    require_course_code,
    require_external,
    require_offered,
    require_tags,
    valid_through,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import CredentialStatus

ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("pccc - m1", "PCCC-M1"), ("MA/101.2", "MA/101.2"), ("ＳＣＯＰＥ", "SCOPE"), ("A" * 40, "A" * 40)],
)
def test_a_code_is_kept_as_standards_write_it(typed: str, code: str) -> None:
    assert require_course_code(typed) == code


@pytest.mark.parametrize("typed", ["", "   ", "A" * 41, "<b>", "Ä-1", "-1"])
def test_a_code_that_no_standard_could_name_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_course_code(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("status", "approved"),
    [
        (CredentialStatus.CURRENT, True),
        (CredentialStatus.RENEWAL_PENDING, True),
        (CredentialStatus.PROBATION, True),  # 272 CMR 7.03: approval with warning
        (CredentialStatus.IN_GRACE, False),
        (CredentialStatus.EXPIRED, False),
        (CredentialStatus.REVOKED, False),
        (CredentialStatus.SUSPENDED, False),
        (None, False),
    ],
)
def test_training_counts_as_approved_while_its_program_is(status: CredentialStatus | None, approved: bool) -> None:
    assert is_approved_provider(status) is approved


@pytest.mark.parametrize(
    ("needed", "finished", "missing"),
    [
        ([("A", None)], [("A", date(2010, 1, 1))], ()),
        ([("A", None), ("B", None)], [("A", date(2026, 1, 1))], ("B",)),
        ([("B", None), ("A", None)], [], ("A", "B")),
        ([("A", 24)], [("A", date(2024, 3, 10))], ()),  # its last day
        ([("A", 24)], [("A", date(2024, 3, 9))], ("A",)),
        ([("A", 24)], [("A", date(2020, 1, 1)), ("A", date(2025, 1, 1))], ()),  # the later one counts
        ([("A", None)], [("A", date(2026, 3, 11))], ("A",)),  # not finished by then
        ([("A", None)], [(None, date(2026, 1, 1))], ("A",)),
    ],
)
def test_what_is_needed_before_is_finished_and_still_valid(
    needed: list[tuple[str, int | None]], finished: list[tuple[str | None, date]], missing: tuple[str, ...]
) -> None:
    assert missing_prerequisites(needed, finished, on=ON) == missing


def test_tags_come_in_the_order_of_their_lists_and_others_are_left_out() -> None:
    assert len(TAGS) == 10 + 6
    assert require_tags(["NCCS-6", "outreach", "nonsense", "professional"]) == ("outreach", "professional", "NCCS-6")


@pytest.mark.parametrize(("last", "offered"), [(None, True), (ON, True), (date(2026, 3, 9), False)])
def test_a_course_is_offered_through_its_last_day(last: date | None, offered: bool) -> None:
    assert is_offered(date(2026, 1, 1), last, ON) is offered
    assert not is_offered(date(2026, 3, 11), None, ON)


def test_the_days_of_an_offer_are_in_order() -> None:
    require_offered(ON, ON)
    with pytest.raises(Refusal, match="before the first day"):
        require_offered(ON, date(2026, 3, 9))


@pytest.mark.parametrize(
    ("system", "number", "affiliate", "field"),
    [("", "109", "", "external_system"), ("TRAIN", "", "", "external_course_id"), ("", "", "MA", "external_course_id")],
)
def test_a_course_of_another_system_needs_system_and_number(
    system: str, number: str, affiliate: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        require_external(system, number, affiliate)
    assert refused.value.field == field
    require_external("TRAIN", "109", "MA")
    require_external("", "", "")


def test_a_completion_is_valid_through_the_same_day_of_a_later_month() -> None:
    assert valid_through(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert valid_through(ON, None) is None
