"""Which of several items counts, and what is read out of an item's value."""

from datetime import date
from decimal import Decimal

import pytest

from certhub.rules.dossier import EvidenceItem
from certhub.rules.requirement_kinds.kind import best, evidence_for, latest, value_date, value_number
from certhub.rules.vocabulary import RequirementKind, Verdict
from tests.unit.rules.requirement_builders import AS_OF, FRESH, given, requirement, subject

EARLY, LATE = date(2027, 3, 1), date(2027, 4, 1)
WAITS = Verdict.PENDING


@pytest.mark.parametrize(
    ("items", "relied_on"),
    [
        ((), None),
        ((given(EARLY, id=1), given(LATE, id=2, verdict=WAITS)), 1),
        ((given(LATE, id=1), given(EARLY, id=2)), 1),
        ((given(EARLY, id=1), given(EARLY, id=2)), 2),
        ((given(None, id=3), given(EARLY, id=2)), 2),
        ((given(EARLY, id=1, verdict=WAITS), given(LATE, id=2, verdict=WAITS)), 2),
    ],
)
def test_an_accepted_item_counts_before_one_in_review_and_then_the_latest(
    items: tuple[EvidenceItem, ...], relied_on: int | None
) -> None:
    for order in (items, items[::-1]):
        found = best(order)
        assert (found.id if found else None) == relied_on


def test_the_latest_item_is_that_of_the_latest_day_however_it_was_reviewed() -> None:
    found = latest([given(None, id=3), given(LATE, id=2, verdict=WAITS), given(EARLY, id=4)])
    assert found is not None
    assert found.id == 2


def test_evidence_counts_from_its_day_on_in_the_order_of_time_and_not_when_it_was_returned() -> None:
    asked = requirement(RequirementKind.DOCUMENT, FRESH)
    items = (
        given(AS_OF, id=1), given(None, id=2), given(EARLY, id=3), given(date(2027, 6, 16), id=4),
        given(EARLY, id=5, verdict=Verdict.RETURNED), given(EARLY, id=6, code="TT-2"),
    )  # fmt: skip
    assert [item.id for item in evidence_for(asked, subject(*items), AS_OF)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("2000", "2000"), ("1.5", "1.5"), ("1.2.3", "0"), ("-1", "0"), ("٣", "0"), ("x", "0"), ("", "0"), (5, "5"),
        (-5, "0"), (None, "0"),
    ],
)  # fmt: skip
def test_what_is_no_number_counts_as_none(value: object, number: str) -> None:
    assert value_number(given(hours=value), "hours") == Decimal(number)


@pytest.mark.parametrize(("value", "day"), [("2027-03-01", EARLY), ("March 1", None), (20270301, None), (None, None)])
def test_what_is_no_date_is_none(value: object, day: date | None) -> None:
    assert value_date(given(period_end=value), "period_end") == day
