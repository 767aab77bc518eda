"""What is exposed by a broken link: each link, combined breaks, repaired links, and who may read what."""

from dataclasses import replace
from datetime import date

import pytest

from certhub.rules.exposure import Break, Chain, Link, Reader, as_read_by, breaks_of, breaks_of_correction, exposure_on
from certhub.rules.independence import Span
from certhub.rules.status import Event, History, Period, Renewal
from certhub.rules.vocabulary import StatusEventKind

FIRST = date(2025, 1, 6)
MAY_31, JUNE_1 = date(2026, 5, 31), date(2026, 6, 1)
LONG = History((Period(date(2024, 1, 1), date(2029, 12, 31), date(2030, 1, 30)),))
ENDS_IN_MAY = History((Period(date(2024, 6, 1), MAY_31, date(2026, 6, 30)),))
WHOLE = Chain(
    Span(FIRST), "Ana Ferreira", "Elm Pediatrics", "Bayside Care",
    contract=(Span(date(2024, 1, 1), date(2029, 12, 31)),), employments=(Span(date(2024, 1, 1)),),
    certification=(LONG,), credential=(LONG,), commitment=(LONG,),
)  # fmt: skip
NAMES = {"coordinator": "Ana Ferreira", "practice": "Elm Pediatrics", "vendor": "Bayside Care"}


def broken(chain: Chain) -> list[tuple[Link | None, date, date | None]]:
    """The breaks that begin in the years of the story: every term runs out some day."""
    return [(one.link, one.from_on, one.to_on) for one in breaks_of(chain) if one.from_on < date(2028, 1, 1)]


def test_a_whole_chain_exposes_nothing() -> None:
    assert broken(WHOLE) == []
    assert exposure_on(WHOLE, date(2029, 12, 31)) == ()


@pytest.mark.parametrize(
    ("chain", "link", "sentence", "because"),
    [
        (
            replace(WHOLE, certification=(ENDS_IN_MAY,)), Link.VENDOR_CERTIFICATION,
            "Bayside Care is without a certification in force from June 1, 2026 on.",
            "Expired on May 31, 2026.",
        ),
        (
            replace(WHOLE, contract=(Span(date(2024, 1, 1), MAY_31),)), Link.CONTRACT,
            "Bayside Care is without a contract in force for this assignment from June 1, 2026 on.",
            "Its last day in force was May 31, 2026.",
        ),
        (
            replace(WHOLE, employments=(Span(date(2024, 1, 1), MAY_31),)), Link.EMPLOYMENT,
            "Ana Ferreira is without an employment at Bayside Care from June 1, 2026 on.",
            "The last day of work was May 31, 2026.",
        ),
        (
            replace(WHOLE, credential=(ENDS_IN_MAY,)), Link.CREDENTIAL,
            "Ana Ferreira is without a credential in force from June 1, 2026 on.",
            "Expired on May 31, 2026.",
        ),
        (
            replace(WHOLE, commitment=(ENDS_IN_MAY,)), Link.COMMITMENT,
            "Elm Pediatrics is without a commitment in force from June 1, 2026 on.",
            "Expired on May 31, 2026.",
        ),
    ],
)  # fmt: skip
def test_each_link_exposes_from_the_day_after_its_last(chain: Chain, link: Link, sentence: str, because: str) -> None:
    assert exposure_on(chain, MAY_31) == ()
    (one,) = exposure_on(chain, JUNE_1)
    assert (one.link, one.from_on, one.to_on, one.sentence, one.because) == (link, JUNE_1, None, sentence, because)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            History((*ENDS_IN_MAY.periods, Period(JUNE_1, date(2028, 5, 31), date(2028, 6, 30)))), [],
            id="a renewal granted late with its term from the previous expiry leaves no gap",
        ),
        pytest.param(
            History((*ENDS_IN_MAY.periods, Period(date(2026, 9, 1), date(2028, 8, 31), date(2028, 9, 30)))),
            [(JUNE_1, date(2026, 8, 31))], id="a reinstatement leaves a gap that stays readable",
        ),
        pytest.param(ENDS_IN_MAY, [(JUNE_1, None)], id="grace does not authorize"),
        pytest.param(
            History(ENDS_IN_MAY.periods, renewals=(Renewal(date(2026, 5, 20), complete=True),)), [],
            id="a renewal that is pending does",
        ),
        pytest.param(
            History(ENDS_IN_MAY.periods, renewals=(Renewal(date(2026, 5, 20), True, date(2026, 7, 10)),)),
            [(date(2026, 7, 10), None)], id="until it is closed without a new term",
        ),
        pytest.param(
            History(LONG.periods, (Event(StatusEventKind.SUSPENDED, date(2026, 2, 1), date(2026, 2, 28)),)),
            [(date(2026, 2, 1), date(2026, 2, 28))], id="a suspension exposes for its days",
        ),
        pytest.param(
            History(ENDS_IN_MAY.periods, (Event(StatusEventKind.SUSPENDED, date(2026, 8, 1), date(2026, 8, 31)),)),
            [(JUNE_1, None)], id="what happens to an expired one makes no second break",
        ),
        pytest.param(
            History(LONG.periods, (Event(StatusEventKind.PROBATION, date(2026, 2, 1)),)), [],
            id="probation allows practice",
        ),
    ],
)  # fmt: skip
def test_a_credential_exposes_exactly_on_the_days_on_which_it_does_not_authorize(
    history: History, expected: list[tuple[date, date | None]]
) -> None:
    assert broken(replace(WHOLE, credential=(history,))) == [(Link.CREDENTIAL, *days) for days in expected]


def test_the_earliest_of_several_breaks_leads() -> None:
    chain = replace(
        WHOLE, credential=(ENDS_IN_MAY,), employments=(Span(date(2024, 1, 1), date(2026, 4, 30)),), commitment=()
    )
    assert broken(chain) == [
        (Link.COMMITMENT, FIRST, None), (Link.EMPLOYMENT, date(2026, 5, 1), None), (Link.CREDENTIAL, JUNE_1, None),
    ]  # fmt: skip
    assert [one.link for one in exposure_on(chain, date(2026, 5, 5))] == [Link.COMMITMENT, Link.EMPLOYMENT]


def test_only_the_days_of_the_assignment_are_exposed() -> None:
    chain = replace(WHOLE, assignment=Span(date(2026, 6, 15), date(2026, 7, 1)), credential=(ENDS_IN_MAY,))
    assert broken(chain) == [(Link.CREDENTIAL, date(2026, 6, 15), date(2026, 7, 1))]
    assert broken(replace(chain, assignment=Span(FIRST, JUNE_1))) == [(Link.CREDENTIAL, JUNE_1, JUNE_1)]
    assert broken(replace(chain, assignment=Span(FIRST, MAY_31))) == []


def test_an_exposure_ends_with_the_last_day_of_its_break() -> None:
    suspended = History(LONG.periods, (Event(StatusEventKind.SUSPENDED, date(2026, 2, 1), date(2026, 2, 28)),))
    chain = replace(WHOLE, credential=(suspended,))
    assert [one.link for one in exposure_on(chain, date(2026, 2, 28))] == [Link.CREDENTIAL]
    assert exposure_on(chain, date(2026, 3, 1)) == ()


def test_whoever_asks_for_some_links_hears_of_those_only() -> None:
    chain = replace(WHOLE, credential=(ENDS_IN_MAY,), commitment=(ENDS_IN_MAY,))
    assert [one.link for one in exposure_on(chain, JUNE_1, (Link.COMMITMENT,))] == [Link.COMMITMENT]


def test_a_gap_between_employments_names_the_last_day_before_it() -> None:
    spells = (Span(date(2024, 1, 1), date(2025, 12, 31)), Span(date(2026, 2, 1), MAY_31))
    told = breaks_of(replace(WHOLE, employments=spells), (Link.EMPLOYMENT,))
    assert [one.because for one in told] == [
        "The last day of work was December 31, 2025.", "The last day of work was May 31, 2026.",
    ]  # fmt: skip


def test_two_employments_one_after_the_other_leave_no_gap_and_a_day_between_them_does() -> None:
    first = Span(date(2024, 1, 1), MAY_31)
    assert broken(replace(WHOLE, employments=(first, Span(JUNE_1)))) == []
    assert broken(replace(WHOLE, employments=(first, Span(date(2026, 6, 2))))) == [(Link.EMPLOYMENT, JUNE_1, JUNE_1)]


def test_who_never_held_a_credential_is_exposed_from_the_first_day_of_the_assignment() -> None:
    (one,) = exposure_on(replace(WHOLE, credential=()), JUNE_1)
    assert (one.from_on, one.because) == (FIRST, "None was ever granted.")


def test_a_practice_reads_its_own_commitment_and_of_a_person_only_since_when() -> None:
    suspended = History(LONG.periods, (Event(StatusEventKind.SUSPENDED, date(2026, 2, 1)),))
    breaks = exposure_on(replace(WHOLE, credential=(suspended,), commitment=(ENDS_IN_MAY,)), JUNE_1)
    told = as_read_by(Reader.PRACTICE, breaks, **NAMES)
    assert told == (
        Break(
            None, date(2026, 2, 1), None,
            "Ana Ferreira is not cleared to work with Elm Pediatrics from February 1, 2026 on.",
            "Ask Bayside Care who can take over.",
        ),
        breaks[1],
    )  # fmt: skip
    assert "uspended" not in told[0].sentence + told[0].because


def test_a_practice_reads_of_several_breaks_of_others_once_and_since_the_first() -> None:
    left = replace(WHOLE, credential=(ENDS_IN_MAY,), employments=(Span(date(2024, 1, 1), date(2026, 4, 30)),))
    (told,) = as_read_by(Reader.PRACTICE, exposure_on(left, JUNE_1), **NAMES)
    assert (told.link, told.from_on) == (None, date(2026, 5, 1))


def test_a_vendor_does_not_read_the_credential_of_somebody_who_has_left() -> None:
    left = replace(WHOLE, credential=(ENDS_IN_MAY,), employments=(Span(date(2024, 1, 1), MAY_31),))
    breaks = exposure_on(left, JUNE_1)
    assert [one.link for one in as_read_by(Reader.VENDOR, breaks, **NAMES)] == [Link.EMPLOYMENT]
    assert [one.link for one in as_read_by(Reader.VENDOR, breaks[1:], **NAMES)] == [Link.CREDENTIAL]
    assert [one.link for one in as_read_by(Reader.DEPARTMENT, breaks, **NAMES)] == [Link.EMPLOYMENT, Link.CREDENTIAL]


BARRED = History(LONG.periods, (Event(StatusEventKind.SUSPENDED, JUNE_1),))
NEXT_YEAR = History((Period(date(2027, 1, 1), date(2028, 12, 31), date(2029, 1, 30)),))


@pytest.mark.parametrize(
    ("chain", "on", "told"),
    [
        pytest.param(WHOLE, MAY_31, [], id="every term runs out some day"),
        pytest.param(replace(WHOLE, credential=(ENDS_IN_MAY,)), MAY_31, [], id="it runs out tomorrow, as planned"),
        pytest.param(replace(WHOLE, credential=(ENDS_IN_MAY,)), JUNE_1, [JUNE_1], id="it has run out"),
        pytest.param(replace(WHOLE, credential=(BARRED,)), MAY_31, [JUNE_1], id="a suspension that is to begin"),
        pytest.param(
            replace(WHOLE, employments=(Span(date(2024, 1, 1), MAY_31),)), FIRST, [JUNE_1], id="an employment that ends"
        ),
        pytest.param(
            replace(WHOLE, contract=(Span(FIRST, MAY_31),)), MAY_31, [], id="a contract that may be renewed until then"
        ),
        pytest.param(replace(WHOLE, contract=(Span(FIRST, MAY_31),)), JUNE_1, [JUNE_1], id="a contract that has ended"),
        pytest.param(
            replace(WHOLE, assignment=Span(JUNE_1), commitment=()), MAY_31, [], id="it may be granted until then"
        ),
        pytest.param(replace(WHOLE, commitment=()), MAY_31, [FIRST], id="work began without one"),
        pytest.param(
            replace(WHOLE, assignment=Span(JUNE_1), commitment=(NEXT_YEAR,)), MAY_31, [JUNE_1],
            id="it was granted for later",
        ),
        pytest.param(
            replace(WHOLE, assignment=Span(JUNE_1), credential=(ENDS_IN_MAY, BARRED)), MAY_31, [],
            id="one of two may be renewed",
        ),
    ],
)  # fmt: skip
def test_a_correction_tells_only_of_breaks_that_come_of_it(chain: Chain, on: date, told: list[date]) -> None:
    assert [one.from_on for one in breaks_of_correction(chain, on)] == told
