"""Meetings that DPH recorded count towards a renewal by themselves, beside those that people hand in."""

from dataclasses import replace
from datetime import date

import pytest

from certhub.rules.dossier import ItemWord, ParticipationItem
from certhub.rules.requirement_kinds import has_data, inputs_of, is_returned, judge
from certhub.rules.vocabulary import Result, Verdict
from tests.unit.rules.requirement_builders import (
    BOUNDARY,
    MEETINGS,
    MET,
    RENEWAL,
    SHORT,
    Case,
    K,
    given,
    requirement,
    subject,
)

ON_RECORD = (
    ParticipationItem(2, "state_meeting", "Autumn", date(2026, 10, 1)),
    ParticipationItem(1, "state_meeting", "Spring", date(2026, 5, 1)),
)

CASES = (
    Case("two meetings on record", MET, K.PARTICIPATION, MEETINGS, subject(participations=ON_RECORD), Result.MET,
         "On record: Spring (May 1, 2026) and Autumn (October 1, 2026).", RENEWAL),
    Case("one on record, the same one entered by hand", SHORT, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 5, 1), id=1, event="Boston"), participations=ON_RECORD[1:]), Result.PARTIAL,
         "1 of 2 state meetings since August 1, 2025; 1 to go by July 31, 2027. On record: Spring (May 1, 2026).",
         RENEWAL),
    Case("one on record, another one accepted", MET, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 6, 1), id=1, event="Boston"), participations=ON_RECORD[1:]), Result.MET,
         "2 of 2 state meetings", RENEWAL),
    Case("one on record, another one in review", SHORT, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 6, 1), id=1, event="Boston", verdict=Verdict.PENDING), participations=ON_RECORD[1:]),
         Result.PARTIAL, "Waiting for review", RENEWAL),
    Case("two on record, a third in review", MET, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 6, 1), id=1, event="Boston", verdict=Verdict.PENDING), participations=ON_RECORD),
         Result.MET, "3 of 2 state meetings", RENEWAL),
    Case("on record before the window", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         subject(participations=(ParticipationItem(1, "state_meeting", "Old", date(2025, 7, 31)),)), Result.NOT_MET,
         "0 of 1", RENEWAL),
    Case("on record on the first day of the window", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         subject(participations=(ParticipationItem(1, "state_meeting", "New", date(2025, 8, 1)),)), Result.MET,
         "1 of 1", RENEWAL),
    Case("an event of another type on record", SHORT, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         subject(participations=(ParticipationItem(1, "learning_circle", "Circle", date(2026, 5, 1)),)), Result.NOT_MET,
         "0 of 1", RENEWAL),
    Case("two meetings on record on one day", BOUNDARY, K.PARTICIPATION, MEETINGS,
         subject(participations=tuple(replace(one, occurred_on=date(2026, 5, 1)) for one in ON_RECORD)), Result.MET,
         "2 of 2", RENEWAL),
    Case("more on record than are told", BOUNDARY, K.PARTICIPATION, MEETINGS,
         subject(participations=tuple(
             ParticipationItem(day, "state_meeting", f"M{day}", date(2026, 5, day)) for day in range(1, 8))),
         Result.MET, "On record: M3 (May 3, 2026), M4 (May 4, 2026), M5 (May 5, 2026), M6 (May 6, 2026), "
         "M7 (May 7, 2026) and 2 before.", RENEWAL),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_dph_recorded_counts_beside_what_is_handed_in(case: Case) -> None:
    found = judge(requirement(case.kind, case.params), case.dossier, case.occasion)
    assert (found.result, case.says in found.explanation) == (case.result, True), found


def test_what_is_on_record_is_data_and_names_no_evidence() -> None:
    asked = requirement(K.PARTICIPATION, MEETINGS)
    found = judge(asked, subject(participations=ON_RECORD), RENEWAL)
    assert (has_data(asked, subject(participations=ON_RECORD)), has_data(asked, subject())) == (True, False)
    assert (found.evidence_ids, found.provided, found.awaiting_review) == ((), True, False)


def test_a_reviewers_word_is_answered_by_a_recorded_meeting_and_by_its_withdrawal_not_by_another_title() -> None:
    asked = requirement(K.PARTICIPATION, MEETINGS)
    before = subject(participations=ON_RECORD[1:])
    word = ItemWord(asked.code, Verdict.RETURNED, "One is missing.", inputs_of(asked, before))
    renamed = replace(ON_RECORD[1], title="March")

    assert is_returned(asked, replace(before, words=(word,)))
    assert is_returned(asked, subject(participations=(renamed,), words=(word,)))
    assert not is_returned(asked, subject(participations=ON_RECORD, words=(word,)))
    assert not is_returned(asked, subject(words=(word,)))
