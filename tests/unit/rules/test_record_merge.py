"""Why two records may be of one person, and what becomes of their parts when they are made one."""

from datetime import date

import pytest

from certhub.rules.independence import Span
from certhub.rules.record_merge import Likeness, Traits, likenesses, obstacles, told_already
from certhub.rules.refusal import Refusal

ANA = Traits("ana ferreira", (3, 4), "ana@example.org", frozenset({("RN", "RN 12-34")}))


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (Traits("ana ferreira", (3, 4)), (Likeness.NAME_AND_BIRTHDAY,)),
        (Traits("ana ferreira", (3, 5)), ()),
        (Traits("a ferreira", (3, 4)), ()),
        (Traits("a ferreira", email="a@example.org"), ()),
        (Traits("ana ferreira"), ()),
        (Traits("a ferreira", email="Ana@Example.org"), (Likeness.EMAIL,)),
        (Traits("a ferreira", licences=frozenset({("RN", "rn1234")})), (Likeness.LICENCE,)),
        (Traits("a ferreira", licences=frozenset({("LICSW", "rn1234")})), ()),
        (ANA, (Likeness.NAME_AND_BIRTHDAY, Likeness.EMAIL, Likeness.LICENCE)),
    ],
)
def test_two_records_may_be_of_one_person_for_reasons_that_are_named(
    other: Traits, found: tuple[Likeness, ...]
) -> None:
    assert likenesses(ANA, other) == found
    assert likenesses(other, ANA) == found


def test_two_people_without_a_birthday_are_not_one_for_their_name() -> None:
    assert likenesses(Traits("ana ferreira"), Traits("ana ferreira")) == ()


SPELL = Span(date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ([], False),
        ([Span(date(2025, 1, 1))], False),
        ([SPELL], True),
        ([Span(date(2023, 1, 1))], True),
        ([Span(date(2022, 1, 1), date(2022, 12, 31)), Span(date(2024, 1, 1), date(2025, 1, 31))], True),
    ],
)
def test_work_that_both_records_tell_of_is_set_aside(kept: list[Span], told: bool) -> None:
    assert told_already(SPELL, kept, where="Elm Street") is told


@pytest.mark.parametrize(
    "other",
    [Span(date(2024, 6, 1)), Span(date(2023, 6, 1), date(2024, 6, 1)), Span(date(2024, 2, 1), date(2024, 3, 1))],
)
def test_work_on_days_that_contradict_each_other_is_corrected_first(other: Span) -> None:
    with pytest.raises(Refusal, match="Elm Street, on days that contradict each other: from January 1, 2024 through"):
        told_already(SPELL, [other], where="Elm Street")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"same": True}, "This is one record"),
        ({"merged_before": True}, "was merged already"),
        ({"told_apart": True}, "marked as of two people"),
        ({"has_absorbed": True}, "has absorbed another one itself"),
        ({"both_apply": True}, "Withdraw one of them first"),
        ({"held_in_force_elsewhere": "CC-2026-000001-1"}, "Keep the other record instead"),
    ],
)
def test_what_would_lose_something_stands_in_the_way_of_a_merge(given: dict[str, object], message: str) -> None:
    fine: dict[str, object] = {
        "same": False, "merged_before": False, "told_apart": False, "has_absorbed": False, "both_apply": False,
        "held_in_force_elsewhere": "",
    }  # fmt: skip
    assert obstacles(**fine) == ()  # type: ignore[arg-type]  # of two types

    [found] = obstacles(**{**fine, **given})  # type: ignore[arg-type]  # as above
    assert message in found


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    found = obstacles(
        same=False, merged_before=False, told_apart=True, has_absorbed=True, both_apply=True,
        held_in_force_elsewhere="CC-2026-000001-1",
    )  # fmt: skip

    assert len(found) == 4
