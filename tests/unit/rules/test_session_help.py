"""What a session would add to what somebody still lacks: only what counts, in time, and no more than is lacking."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certhub.rules.dossier import CompletionItem
from certhub.rules.session_help import Offer, help_in_words
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import ApplicationKind, RequirementKind
from tests.unit.rules.requirement_builders import AFTER_EXPIRY, RENEWAL, done
from tests.unit.rules.test_transcript import EXPIRY, IN_TIME, asked

ETHICS, CORE, CULTURAL = TrainingCategory.ETHICS_SCOPE, TrainingCategory.CORE, TrainingCategory.CULTURAL
HOURS: dict[str, Any] = {"min": 24, "window_months": 24, "category_mins": {"ethics_scope": 2, "cultural": 3}}
COURSES: dict[str, Any] = {"ids": ["PCCC-M1", "PCCC-M2"]}
MONTH_BEFORE = date(2027, 6, 30)


def offer(on: date = MONTH_BEFORE, *, code: str = "HELP-1", approved: bool = True, **hours: int) -> Offer:
    return Offer(code, {TrainingCategory(name): value * 60 for name, value in hours.items()}, on, approved)


def entry(hours: str, category: TrainingCategory = CORE, number: int = 1) -> CompletionItem:
    return replace(done(IN_TIME, hours), id=number, category=category.value, title=f"Course {number}")


@pytest.mark.parametrize(
    ("entries", "given", "words"),
    [
        ((), offer(core=6), "6 of 24 hours to go for TT-1"),
        ((), offer(ethics_scope=3), "3 of 24 hours to go for TT-1, of them 2 on ethics"),
        ((entry("22"),), offer(core=6), ""),  # only ethics and cultural responsiveness are lacking
        ((entry("22"),), offer(ethics_scope=1), "1 of 5 hours to go for TT-1, of them 1 on ethics"),
        ((entry("22"), entry("2", ETHICS, 2)), offer(ethics_scope=4), ""),
        ((entry("22"), entry("2", ETHICS, 2)), offer(cultural=4), "3 of 3 hours to go for TT-1, of them 3 on cultural "
         "responsiveness"),
        ((entry("24"), entry("2", ETHICS, 2), entry("3", CULTURAL, 3)), offer(core=6), ""),
        ((), offer(EXPIRY, core=1), "1 of 24 hours to go for TT-1"),
        ((), offer(date(2027, 8, 1), core=1), ""),  # the day after the last one
    ],
)  # fmt: skip
def test_a_session_adds_what_counts_in_time_and_no_more_than_is_lacking(
    entries: tuple[CompletionItem, ...], given: Offer, words: str
) -> None:
    account, _ = asked(HOURS, *entries, at=RENEWAL)
    assert help_in_words([account], given) == words


def test_training_that_is_not_approved_or_of_another_category_helps_nobody() -> None:
    approved_only, _ = asked(HOURS | {"provider_approved": True})
    core_only, _ = asked({"min": 24, "window_months": 24, "categories": ["core"]})
    assert help_in_words([approved_only], offer(core=6, approved=False)) == ""
    assert help_in_words([approved_only], offer(core=6)) != ""
    assert help_in_words([core_only], offer(cultural=6)) == ""


def test_a_missing_course_is_named_however_its_code_is_typed() -> None:
    account, _ = asked(COURSES, kind=RequirementKind.COURSE_SET)
    assert help_in_words([account], offer(code="PCCC-M2", core=6)) == "a course that is missing for TT-1"
    assert help_in_words([account], offer(code="PCCC-M9", core=6)) == ""


def test_hours_for_a_reinstatement_help_on_any_day_to_come() -> None:
    back = replace(AFTER_EXPIRY, kind=ApplicationKind.REINSTATEMENT)
    made_up, _ = asked(HOURS, at=back)
    late, _ = asked(HOURS, at=AFTER_EXPIRY)
    assert help_in_words([made_up], offer(date(2027, 12, 1), core=6)) != ""
    assert help_in_words([late], offer(date(2027, 12, 1), core=6)) == ""
