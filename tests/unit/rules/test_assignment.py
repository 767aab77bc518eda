"""When a coordinator may be placed: every link on every day, money, and room; as tables."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from certhub.rules.assignment import (
    CITATIONS,
    FIELDS,
    Load,
    Placed,
    Spell,
    breaks_outside,
    over_capacity,
    require_chain,
    require_load,
    require_not_exhausted,
    require_reason_for_breaks,
)
from certhub.rules.caseload import CapacityModel, Tier
from certhub.rules.exposure import Break, Chain, Link
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.status import History, Period

FIRST, LAST, TODAY = date(2026, 7, 1), date(2026, 12, 31), date(2026, 6, 15)


def held(expires_on: date = date(2028, 6, 30)) -> tuple[History, ...]:
    term = Period(date(2025, 1, 1), expires_on, expires_on + timedelta(days=30))
    return (History((term,)),)


def whole(days: Span) -> Chain:
    return Chain(
        days, "Ana Ferreira", "Elm Street Pediatrics", "Harbor Family Network",
        contract=(Span(date(2026, 1, 1), date(2028, 6, 30)),), employments=(Span(date(2025, 1, 6)),),
        certification=held(), credential=held(), commitment=held(),
    )  # fmt: skip


BROKEN = {
    Link.VENDOR_CERTIFICATION: {"certification": ()},
    Link.CONTRACT: {"contract": ()},
    Link.EMPLOYMENT: {"employments": ()},
    Link.CREDENTIAL: {"credential": ()},
    Link.COMMITMENT: {"commitment": ()},
}


def test_a_whole_chain_is_accepted_with_and_without_a_last_day() -> None:
    require_chain(whole(Span(FIRST, LAST)), on=TODAY)
    require_chain(whole(Span(FIRST)), on=TODAY)


@pytest.mark.parametrize("link", list(Link))
@pytest.mark.parametrize("last", [LAST, None])
def test_each_link_that_is_missing_refuses_with_its_reason_and_citation(link: Link, last: date | None) -> None:
    chain = replace(whole(Span(FIRST, last)), **BROKEN[link])  # type: ignore[arg-type]  # one field of the chain
    with pytest.raises(Refusal) as refused:
        require_chain(chain, on=TODAY)
    assert CITATIONS[link] in refused.value.message
    assert "from July 1, 2026" in refused.value.message
    assert refused.value.field == FIELDS[link]


ENDING = {
    Link.VENDOR_CERTIFICATION: {"certification": held(date(2026, 9, 30))},
    Link.CONTRACT: {"contract": (Span(date(2026, 1, 1), date(2026, 9, 30)),)},
    Link.EMPLOYMENT: {"employments": (Span(date(2025, 1, 6), date(2026, 9, 30)),)},
    Link.CREDENTIAL: {"credential": held(date(2026, 9, 30))},
    Link.COMMITMENT: {"commitment": held(date(2026, 9, 30))},
}


@pytest.mark.parametrize("link", list(Link))
def test_a_link_that_ends_before_the_last_day_refuses_and_says_until_when_it_can_be(link: Link) -> None:
    chain = replace(whole(Span(FIRST, LAST)), **ENDING[link])  # type: ignore[arg-type]  # as above
    with pytest.raises(Refusal, match="Let the assignment end on September 30, 2026"):
        require_chain(chain, on=TODAY)
    require_chain(replace(chain, assignment=Span(FIRST, date(2026, 9, 30))), on=TODAY)


def test_work_that_goes_on_may_wait_for_a_contract_that_is_executed_and_has_not_begun() -> None:
    contract = (Span(FIRST, date(2028, 6, 30)),)
    require_chain(replace(whole(Span(FIRST)), contract=contract), on=TODAY)


def test_the_advice_for_work_without_a_last_day_does_not_ask_to_leave_it_empty() -> None:
    chain = replace(whole(Span(FIRST)), **ENDING[Link.EMPLOYMENT])  # type: ignore[arg-type]  # as above
    with pytest.raises(Refusal) as refused:
        require_chain(chain, on=TODAY)
    assert refused.value.message.endswith("Let the assignment end on September 30, 2026.")


@pytest.mark.parametrize("link", list(Link))
def test_without_a_last_day_only_what_cannot_be_renewed_stands_in_the_way(link: Link) -> None:
    chain = replace(whole(Span(FIRST)), **ENDING[link])  # type: ignore[arg-type]  # as above
    if link is Link.EMPLOYMENT:
        with pytest.raises(Refusal, match="without an employment"):
            require_chain(chain, on=TODAY)
    else:
        require_chain(chain, on=TODAY)


@pytest.mark.parametrize(
    ("places", "share", "field"),
    [
        (None, None, "places"), (5, 10, "places"), (0, None, "places"), (None, 0, "share_percent"),
        (None, 101, "share_percent"),
    ],
)  # fmt: skip
def test_a_load_is_places_or_a_share(places: int | None, share: int | None, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_load(places, share)
    assert refused.value.field == field


def test_a_load_takes_the_hours_of_the_model() -> None:
    assert Load(places=30).hours() == Fraction(30)  # one hour a month for the middle tier
    assert Load(share_percent=50).hours() == Fraction(91, 2)


FULL = [Spell(Span(date(2025, 1, 6)), 100)]


@pytest.mark.parametrize(
    ("wanted", "others", "refused"),
    [
        (Load(places=91), [], False),
        (Load(places=92), [], True),
        (Load(share_percent=100), [], False),
        (Load(share_percent=50), [Placed("Oak", Span(FIRST), Load(share_percent=50))], False),
        (Load(share_percent=51), [Placed("Oak", Span(FIRST), Load(share_percent=50))], True),
        (Load(share_percent=51), [Placed("Oak", Span(FIRST, FIRST), Load(share_percent=50))], True),
        (Load(share_percent=51), [Placed("Oak", Span(date(2027, 1, 1)), Load(share_percent=50))], False),
        (Load(share_percent=51), [Placed("Oak", Span(date(2026, 12, 31)), Load(share_percent=50))], True),
        (Load(places=46), [Placed("Oak", Span(FIRST), Load(share_percent=50))], True),
        (Load(places=45), [Placed("Oak", Span(FIRST), Load(share_percent=50))], False),
    ],
)
def test_there_is_room_on_every_day_or_the_assignment_is_refused(
    wanted: Load, others: list[Placed], refused: bool
) -> None:
    found = over_capacity(wanted, Span(FIRST, LAST), spells=FULL, others=others)
    assert (found is not None) is refused


def test_half_a_week_has_half_the_hours_and_the_sentence_says_the_numbers() -> None:
    half = [Spell(Span(date(2025, 1, 6)), 50)]
    found = over_capacity(
        Load(places=30), Span(FIRST), spells=half, others=[Placed("Oak Pediatrics", Span(FIRST), Load(places=20))]
    )
    assert found is not None
    assert "take 50.0 hours a month, and 50 percent of a week has 45.5 direct hours" in found
    assert "On file: Oak Pediatrics 20 places." in found


def test_the_cap_on_children_holds_whatever_the_hours() -> None:
    quick = CapacityModel(hours={Tier.T1: Fraction(1, 10), Tier.T2: Fraction(1, 10), Tier.T3: Fraction(1)})
    assert over_capacity(Load(places=100), Span(FIRST), spells=FULL, others=(), model=quick) is None
    found = over_capacity(Load(places=101), Span(FIRST), spells=FULL, others=(), model=quick)
    assert found is not None
    assert "101 children, and the cap is 100" in found


@pytest.mark.parametrize(
    ("drawn", "days", "refused"),
    [
        ({2027: 99_99}, Span(FIRST, LAST), False), ({2027: 100_00}, Span(FIRST, LAST), True),
        ({2028: 100_00}, Span(FIRST, LAST), False), ({2028: 100_00}, Span(FIRST, date(2027, 7, 1)), True),
        ({2028: 100_00}, Span(FIRST), False),
    ],
)  # fmt: skip
def test_an_exhausted_contract_takes_no_more_work(drawn: dict[int, int], days: Span, refused: bool) -> None:
    maxima = {2027: 100_00, 2028: 100_00}
    if not refused:
        require_not_exhausted(maxima, drawn, days)
        return
    with pytest.raises(Refusal, match=r"exhausted in FY202[78]") as found:
        require_not_exhausted(maxima, drawn, days)
    assert found.value.field == "contract_id"


@pytest.mark.parametrize(
    ("broken", "recorded", "outside"),
    [
        (Span(date(2026, 9, 1), date(2026, 9, 10)), Span(date(2026, 9, 1), date(2026, 9, 30)), False),
        (Span(date(2026, 8, 31), date(2026, 9, 10)), Span(date(2026, 9, 1), date(2026, 9, 30)), True),
        (Span(date(2026, 9, 25), date(2026, 10, 1)), Span(date(2026, 9, 1), date(2026, 9, 30)), True),
        (Span(date(2026, 9, 25), None), Span(date(2026, 9, 1), date(2026, 9, 30)), True),
        (Span(date(2026, 9, 25), None), Span(date(2026, 9, 1), None), False),
    ],
)
def test_a_correction_needs_a_reason_for_days_that_it_adds_and_on_which_something_does_not_hold(
    broken: Span, recorded: Span, outside: bool
) -> None:
    one = Break(Link.CREDENTIAL, broken.from_on, broken.to_on, "The credential had expired.")
    found = breaks_outside([one], recorded)
    assert bool(found) is outside
    assert require_reason_for_breaks((), None) is None
    if outside:
        with pytest.raises(Refusal, match=r"The credential had expired.*DPH can record these days") as refused:
            require_reason_for_breaks(found, " ")
        assert refused.value.field == "broken_links_reason"
        assert require_reason_for_breaks(found, " As it was ") == "As it was"
