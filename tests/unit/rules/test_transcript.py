"""The transcript: what becomes of every entry of training, in which window, and why some of it does not count.

The rule is the one of the findings; a property test holds the two together.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from certhub.rules.dossier import CompletionItem, Dossier, Occasion
from certhub.rules.findings import quantity
from certhub.rules.requirement_kinds import prepared
from certhub.rules.requirement_kinds.training_counting import Ground
from certhub.rules.terms import ONE_DAY
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.transcript import Account, Line, Need, Span, accounts, lines, retired, windows_of
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, Result
from tests.unit.rules.requirement_builders import AFTER_EXPIRY, AS_OF, ENTRY, RENEWAL, done, requirement, trained

FIRST_DAY, EXPIRY = date(2025, 8, 1), date(2027, 7, 31)
DAY: dict[str, Any] = {"min": 24, "window_months": 24}
CARRYING = DAY | {"carry_over_max": 4}
COURSES: dict[str, Any] = {"ids": ["M1", "M2"], "min_score": 70}
GRANTED = "2021-08-01"
IN_TIME = date(2026, 1, 1)
EARLIER = date(2024, 1, 1)
BACK = replace(AFTER_EXPIRY, kind=ApplicationKind.REINSTATEMENT)
ON_THE_LAST_DAY = replace(RENEWAL, as_of=EXPIRY)


def asked(
    params: dict[str, Any],
    *entries: CompletionItem,
    at: Occasion = RENEWAL,
    kind: RequirementKind = RequirementKind.HOURS,
    **facts: Any,
) -> tuple[Account, dict[int, Line]]:
    dossier = replace(trained(*entries), facts={"first_granted_on": GRANTED, **facts})
    found = accounts([prepared(requirement(kind, params))], dossier, at)[0]
    return found, lines(found, dossier, at, {3: "No trainer was named."})


def at_expiry(last: date, *, as_of: date | None = None, kind: ApplicationKind = ApplicationKind.RENEWAL) -> Occasion:
    """A term of two years that ends on a day, judged on its last day unless another one is given."""
    return Occasion(as_of or last, kind, last + ONE_DAY, last + timedelta(days=731), date(2020, 1, 1), last)


@pytest.mark.parametrize(
    ("params", "at", "says"),
    [
        (DAY, RENEWAL, "Training counts if it was finished from August 1, 2025 to July 31, 2027."),
        ({"min": 24}, RENEWAL, "Training counts if it was finished at any time up to July 31, 2027."),
        ({"min": 24}, ENTRY, "Training counts if it was finished at any time up to June 15, 2027."),
    ],
)
def test_it_is_told_when_training_must_be_finished_to_count(params: dict[str, Any], at: Occasion, says: str) -> None:
    assert asked(params, at=at)[0].counts_when == says


@pytest.mark.parametrize(
    ("entry", "params", "ground", "says"),
    [
        (done(IN_TIME, "2"), DAY, Ground.COUNTS, "2 hours count."),
        (done(IN_TIME, "1"), DAY, Ground.COUNTS, "1 hour counts."),
        (
            done(date(2024, 3, 1)), DAY, Ground.BEFORE_WINDOW,
            "Finished on March 1, 2024, before the window that began on August 1, 2025.",
        ),
        (
            done(date(2027, 7, 1)), DAY, Ground.AFTER_WINDOW,
            "Finished on July 1, 2027, after June 15, 2027, the last day that counts.",
        ),
        (
            done(IN_TIME, id=3, rejected=True), DAY, Ground.REJECTED,
            "DPH found that this training is not approved: No trainer was named.",
        ),
        (done(IN_TIME, rejected=True), DAY, Ground.REJECTED, "DPH found that this training is not approved."),
        (
            done(IN_TIME, category="general"), DAY | {"categories": ["core"]}, Ground.NOT_ASKED,
            "“Other approved training” is not one of the categories that count here.",
        ),
        (
            done(IN_TIME, provider_approved=False), DAY | {"provider_approved": True}, Ground.NOT_APPROVED,
            "The provider is not on record as approved, and only approved training counts here.",
        ),
        # A day that does not count is said first: nothing that is done about the rest would help.
        (
            done(date(2024, 3, 1), rejected=True), DAY, Ground.BEFORE_WINDOW,
            "Finished on March 1, 2024, before the window that began on August 1, 2025.",
        ),
        (
            done(EARLIER, "24"), CARRYING, Ground.NEEDED_BEFORE,
            "Needed for the window before, which ended on July 31, 2025.",
        ),
        (done(EARLIER, "27"), CARRYING, Ground.CARRIED, "3 of its 27 hours are carried over from the window before."),
        (done(EARLIER, "30"), CARRYING, Ground.CARRIED, "4 of its 30 hours are carried over from the window before."),
        (
            done(date(2023, 7, 31), "30"), CARRYING, Ground.BEFORE_WINDOW,
            "Finished on July 31, 2023, before the window that began on August 1, 2025.",
        ),
    ],
)  # fmt: skip
def test_each_entry_says_whether_it_counts_and_if_not_why(
    entry: CompletionItem, params: dict[str, Any], ground: Ground, says: str
) -> None:
    _, said = asked(params, entry)
    assert (said[entry.id].ground, said[entry.id].sentence) == (ground, says)


def test_of_two_entries_of_one_training_the_longer_counts_and_the_other_names_it() -> None:
    found, said = asked(
        DAY, done(IN_TIME, "2", id=1, provider="Institute"), done(IN_TIME, "3", id=2, provider="Institute")
    )
    assert said[2].counts
    assert said[1].sentence == "Entered twice: the entry with 3 hours from Institute counts."
    assert found.tally is not None
    assert found.tally.total == 3
    assert asked(DAY, done(IN_TIME, id=1), done(IN_TIME, id=2))[1][2].sentence == (
        "Entered twice: the entry with 1 hour counts."
    )


def test_hours_of_the_window_before_are_needed_first_then_carried_then_over_the_limit() -> None:
    days = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1))
    found, said = asked(
        CARRYING,
        *(
            done(day, hours, id=place)
            for place, (day, hours) in enumerate(zip(days, ("20", "6", "1", "5", "2"), strict=True))
        ),
    )
    assert [said[place].ground for place in range(5)] == [
        Ground.NEEDED_BEFORE, Ground.CARRIED, Ground.CARRIED, Ground.CARRIED, Ground.NOT_CARRIED,
    ]  # fmt: skip
    assert [one.hours for one in found.reckoned] == [0, 2, 1, 1, 0]
    assert said[2].sentence == "1 hour is carried over from the window before."
    assert said[3].sentence == "1 of its 5 hours are carried over from the window before."
    assert said[4].sentence == "Beyond the 4 hours that can be carried over."


def test_hours_of_before_the_first_certificate_are_not_carried() -> None:
    _, said = asked(CARRYING, done(EARLIER, "30"), first_granted_on="2024-01-02")
    assert said[1].sentence == (
        "Finished on January 1, 2024, before the first certificate on January 2, 2024. Hours are carried over from "
        "then on only."
    )


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ((done(IN_TIME, course_code="m1", score=Decimal(80)),), "Counts as course m1."),
        ((done(IN_TIME, course_code="M9", score=Decimal(80)),), "Not one of the courses that are asked for."),
        ((done(IN_TIME, course_code="M1", score=Decimal(60)),), "The score is 60 percent; 70 percent are needed."),
        ((done(IN_TIME, course_code="M1"),), "No score is on file; 70 percent are needed."),
        ((done(date(2027, 6, 16), course_code="M1"),), "Finished on June 16, 2027, after June 15, 2027."),
        (
            (done(IN_TIME, course_code="M1", score=Decimal(80), rejected=True),),
            "DPH found that this training is not approved.",
        ),
        (
            (
                done(AS_OF, id=1, course_code="M1", score=Decimal(90)),
                done(IN_TIME, id=2, course_code="M1", score=Decimal(70)),
            ),
            "Taken before: the course of January 1, 2026 counts.",
        ),
    ],
)
def test_each_entry_says_what_a_set_of_courses_makes_of_it(entries: tuple[CompletionItem, ...], says: str) -> None:
    _, said = asked(COURSES, *entries, kind=RequirementKind.COURSE_SET)
    assert said[1].sentence == says


def test_an_entry_that_was_taken_back_or_corrected_says_when() -> None:
    assert retired(on=AS_OF, corrected=False) == "Taken back on June 15, 2027. It counts for nothing."
    assert retired(on=AS_OF, corrected=True) == "Corrected on June 15, 2027: a newer entry stands in its place."


# The windows, day by day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("occasion", "first", "last"),
    [
        # 272 CMR 7.03: the 24 months immediately before the expiry, both days included.
        (at_expiry(date(2027, 7, 31)), date(2025, 8, 1), date(2027, 7, 31)),
        (at_expiry(date(2028, 2, 29)), date(2026, 3, 1), date(2028, 2, 29)),
        (at_expiry(date(2027, 2, 28)), date(2025, 3, 1), date(2027, 2, 28)),
        (at_expiry(date(2026, 2, 28)), date(2024, 3, 1), date(2026, 2, 28)),
        (at_expiry(date(2028, 2, 28)), date(2026, 3, 1), date(2028, 2, 28)),
        (at_expiry(date(2027, 4, 30)), date(2025, 5, 1), date(2027, 4, 30)),
        (at_expiry(date(2027, 3, 15)), date(2025, 3, 16), date(2027, 3, 15)),
        # Before the last day nothing counts that is still to come; after it nothing that came too late.
        (at_expiry(date(2027, 7, 31), as_of=date(2027, 5, 2)), date(2025, 8, 1), date(2027, 5, 2)),
        (at_expiry(date(2027, 7, 31), as_of=date(2027, 8, 20)), date(2025, 8, 1), date(2027, 7, 31)),
        # To be reinstated, hours may be made up (program default).
        (
            at_expiry(date(2027, 7, 31), as_of=date(2028, 1, 10), kind=ApplicationKind.REINSTATEMENT),
            date(2025, 8, 1), date(2028, 1, 10),
        ),
        # Without an expiry the window is measured back from the day of the judgement (272 CMR 4.02).
        (ENTRY, date(2025, 6, 16), date(2027, 6, 15)),
        (replace(ENTRY, as_of=date(2028, 2, 29)), date(2026, 3, 1), date(2028, 2, 29)),
    ],
)  # fmt: skip
def test_hours_count_on_the_first_and_last_day_of_the_window_and_on_no_day_beside_it(
    occasion: Occasion, first: date, last: date
) -> None:
    days = (first - ONE_DAY, first, last, last + ONE_DAY)
    found, said = asked(DAY, *(done(day, id=place) for place, day in enumerate(days)), at=occasion)
    assert [said[place].ground for place in range(4)] == [
        Ground.BEFORE_WINDOW, Ground.COUNTS, Ground.COUNTS, Ground.AFTER_WINDOW,
    ]  # fmt: skip
    assert found.window == (first, last)
    assert found.finding.have == "2 hours"


@pytest.mark.parametrize(
    ("last", "first_carried", "last_carried"),
    [
        # The window before ends on the eve of the present one, and is as long; month ends stay month ends.
        (date(2027, 7, 31), date(2023, 8, 1), date(2025, 7, 31)),
        (date(2028, 2, 29), date(2024, 3, 1), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2022, 3, 1), date(2024, 2, 29)),
        (date(2027, 3, 15), date(2023, 3, 16), date(2025, 3, 15)),
    ],
)
def test_hours_are_carried_from_the_first_and_last_day_of_the_window_before_and_from_no_day_beside_it(
    last: date, first_carried: date, last_carried: date
) -> None:
    days = (first_carried - ONE_DAY, first_carried, last_carried, last_carried + ONE_DAY)
    found, said = asked(
        {"min": 1, "window_months": 24, "carry_over_max": 9},
        *(done(day, id=place) for place, day in enumerate(days)),
        at=at_expiry(last),
    )
    assert [said[place].ground for place in range(4)] == [
        Ground.BEFORE_WINDOW, Ground.NEEDED_BEFORE, Ground.CARRIED, Ground.COUNTS,
    ]  # fmt: skip
    assert found.finding.have == "2 hours"


@pytest.mark.parametrize(
    ("entries", "needs"),
    [
        # 24 hours, 2 of them on ethics, within the total and not on top (258 CMR 31.03).
        ((("core", "24"), ("ethics_scope", "2")), {}),
        ((("core", "22"), ("ethics_scope", "2")), {}),
        ((("core", "24"),), {"": "2", "ethics_scope": "2"}),
        ((("core", "30"), ("ethics_scope", "1.75")), {"": "0.25", "ethics_scope": "0.25"}),
        ((("core", "10"), ("ethics_scope", "1")), {"": "13", "ethics_scope": "1"}),
        ((("ethics_scope", "24"),), {}),
        ((), {"": "24", "ethics_scope": "2"}),
    ],
)
def test_an_hour_counts_for_the_total_and_in_its_one_category(
    entries: tuple[tuple[str, str], ...], needs: dict[str, str]
) -> None:
    given = [done(IN_TIME, hours, category, id=place) for place, (category, hours) in enumerate(entries)]
    found, _ = asked(DAY | {"category_mins": {"ethics_scope": 2}}, *given)
    assert {(one.category or ""): quantity(one.hours) for one in found.needs} == needs
    of_them = f", of them {needs['ethics_scope']} on ethics" if "ethics_scope" in needs else ""
    unit = "hour" if needs.get("") == "1" else "hours"
    assert found.lacking == (f"{needs['']} {unit}{of_them}" if needs else "")
    assert (found.finding.result is Result.MET) is not bool(needs)


@pytest.mark.parametrize(
    ("started", "ended", "minimum"),
    [
        # In proportion to the whole months held, down to the quarter hour (RN and CHW first cycles).
        (date(2027, 1, 1), date(2027, 7, 31), "7"),
        (date(2027, 1, 1), date(2027, 7, 30), "6"),
        (date(2025, 8, 1), date(2027, 7, 31), "24"),
        (date(2023, 8, 1), date(2027, 7, 31), "24"),
        (date(2027, 7, 2), date(2027, 7, 31), "0"),
    ],
)
def test_a_shorter_term_asks_for_its_share(started: date, ended: date, minimum: str) -> None:
    occasion = replace(RENEWAL, previous_start=started, previous_expiry=ended)
    assert asked(DAY | {"prorate": True}, at=occasion)[0].finding.need.split(" ")[0] == minimum


@pytest.mark.parametrize(
    ("asked_for", "held", "minimum"),
    [("25", 7, "7.25"), ("15", 7, "4.25"), ("10", 1, "0.25"), ("5", 1, "0"), ("24", 23, "23")],
)
def test_a_share_is_rounded_down_to_the_quarter_hour(asked_for: str, held: int, minimum: str) -> None:
    last = date(2027, 12, 31)
    occasion = replace(
        RENEWAL, previous_expiry=last, previous_start=date(2027 - (held - 1) // 12, 12 - (held - 1) % 12, 1)
    )
    found, _ = asked({"min": float(asked_for), "window_months": 24, "prorate": True}, at=occasion)
    assert found.tally is not None
    assert (quantity(found.tally.minimum), found.tally.held) == (minimum, held)


def test_in_a_first_term_that_is_exempt_no_entry_counts_and_nothing_is_needed() -> None:
    found, said = asked(DAY | {"first_cycle": "exempt"}, done(IN_TIME, "30"), first_granted_on="2025-08-01")
    assert found.counts_when == ""
    assert (said[1].ground, said[1].counts) == (Ground.SPARED, False)
    assert said[1].sentence == "No hours are asked for in the first term."
    assert (found.asked, found.needs) == (False, ())
    later, _ = asked(DAY | {"first_cycle": "exempt"})
    assert later.needs == (Need("TT-1", hours=Decimal(24)),)


def test_whoever_lacks_courses_reads_which() -> None:
    found, _ = asked(COURSES, done(IN_TIME, course_code="m1", score=Decimal(70)), kind=RequirementKind.COURSE_SET)
    assert found.needs == (Need("TT-1", courses=("M2",), number=1),)
    assert (found.so_far, found.lacking) == ("1 of 2 courses", "M2")
    one_of_two, _ = asked(
        COURSES | {"need": 1}, done(IN_TIME, course_code="M1", score=Decimal(70)), kind=RequirementKind.COURSE_SET
    )
    assert one_of_two.needs == ()
    assert asked(COURSES | {"need": 1}, kind=RequirementKind.COURSE_SET)[0].lacking == "1 of M1 and M2"


@pytest.mark.parametrize(
    ("occasion", "days"),
    [
        (
            ON_THE_LAST_DAY,
            {EXPIRY + ONE_DAY: Span.AFTER, EXPIRY: Span.NOW, FIRST_DAY: Span.NOW, FIRST_DAY - ONE_DAY: Span.BEFORE,
             date(2023, 8, 1): Span.BEFORE, date(2023, 7, 31): Span.EARLIER},
        ),
        (RENEWAL, {EXPIRY: Span.NOW, FIRST_DAY: Span.NOW}),
        (BACK, {date(2027, 8, 15): Span.NOW, date(2027, 8, 16): Span.AFTER}),
        (ENTRY, {AS_OF: Span.NOW, date(2025, 6, 15): Span.BEFORE}),
    ],
)  # fmt: skip
def test_entries_are_grouped_by_the_windows_in_which_they_lie(occasion: Occasion, days: dict[date, Span]) -> None:
    params = prepared(requirement(RequirementKind.HOURS, DAY)).params
    for windows in (windows_of(params, occasion, months=24), windows_of(None, occasion, months=24)):
        if occasion is not BACK or windows.now[1] == BACK.as_of:
            assert {day: windows.of(day) for day in days} == days


# One judgement ------------------------------------------------------------------------------------------------------

_CATEGORIES = [category.value for category in TrainingCategory]
_PARAMETERS = st.fixed_dictionaries(
    {"min": st.sampled_from([1, 4, 10.5, 24])},
    optional={
        "window_months": st.sampled_from([12, 24, 30]),
        "anchor": st.sampled_from(["expiry", "decision"]),
        "categories": st.just([*_CATEGORIES[:4]]),
        "category_mins": st.just({"ethics_scope": 1}),
        "provider_approved": st.booleans(),
        "carry_over_max": st.sampled_from([0, 2.5, 6]),
        "prorate": st.booleans(),
        "first_cycle": st.sampled_from(["full", "prorated", "exempt"]),
    },
).filter(lambda raw: "window_months" in raw or not (
    raw.get("carry_over_max") or raw.get("prorate") or raw.get("first_cycle") == "prorated"
))  # fmt: skip
_ENTRIES = st.lists(
    st.builds(
        CompletionItem,
        id=st.just(0),
        title=st.sampled_from(["Ethics", "ETHICS", "Zoë", "Schools"]),
        completed_on=st.dates(date(2022, 1, 1), date(2028, 1, 1))
        | st.sampled_from([FIRST_DAY, EXPIRY, IN_TIME, EARLIER]),
        hours=st.integers(1, 60).map(lambda quarters: Decimal(quarters) / 4),
        category=st.sampled_from(_CATEGORIES),
        course_code=st.sampled_from([None, "M1", "m 1", "M2"]),
        provider_approved=st.booleans(),
        provider=st.sampled_from(["Institute", "institute", "College"]),
        rejected=st.sampled_from([False, False, False, True]),
    ),
    max_size=25,
).map(lambda found: [replace(one, id=place) for place, one in enumerate(found)])
_OCCASIONS = st.sampled_from([ENTRY, RENEWAL, AFTER_EXPIRY, BACK, ON_THE_LAST_DAY])


@settings(max_examples=300, deadline=None)
@generated(_PARAMETERS, _ENTRIES, _OCCASIONS, st.sampled_from([None, "2021-08-01", "2024-01-01", "2025-08-01"]))
def test_what_the_transcript_counts_is_what_the_finding_counted(
    params: dict[str, Any], entries: list[CompletionItem], occasion: Occasion, granted: str | None
) -> None:
    dossier: Dossier = replace(trained(*entries), facts={"first_granted_on": granted} if granted else {})
    asked_for = prepared(requirement(RequirementKind.HOURS, params))
    found = accounts([asked_for], dossier, occasion)[0]
    said = lines(found, dossier, occasion, {})

    assert sorted(said) == sorted(one.id for one in entries), "each entry is told of once"
    if found.finding.result is Result.NOT_APPLICABLE:
        assert not any(line.counts for line in said.values())
        return
    assert quantity(sum((one.hours for one in found.reckoned), Decimal(0))) == found.finding.have.split(" ")[0]
    assert {one.entry.id for one in found.reckoned if one.ground is Ground.COUNTS} == set(found.finding.evidence_ids)
    assert all(0 < one.hours <= one.entry.hours for one in found.reckoned if one.counts)
    assert all(one.hours == 0 for one in found.reckoned if not one.counts)
    assert (found.needs == ()) is found.finding.satisfied
    for number in found.finding.evidence_ids:
        without = replace(dossier, completions=tuple(one for one in entries if one.id != number))
        assert accounts([asked_for], without, occasion)[0].finding != found.finding, "what counts makes a difference"
