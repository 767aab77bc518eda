"""What changed under a signature, and by when it is to be signed anew."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest

from certhub.rules.drift import ATTEST_WITHIN, Fact, FactKind, Gone, changes, frozen, require_signed_since
from certhub.rules.refusal import Refusal

TODAY = date(2026, 6, 1)
MAIN = Fact(FactKind.SITES, "1", "Main office, 20 Elm Street, Worcester", date(2015, 4, 1))
SECOND = Fact(FactKind.SITES, "2", "Second office, 5 Oak Street, Worcester", date(2018, 4, 1))
MOVED = Fact(FactKind.SITES, "2", "Second office, 9 Mill Road, Boston", date(2026, 5, 18))
HOLDINGS = Fact(FactKind.OWNERS, "7", "Children's Care Holdings", date(2020, 1, 1))
BUYER = Fact(FactKind.OWNERS, "8", "Bay Physicians", date(2026, 5, 2))
NAME = Fact(FactKind.NAME, "name", "Elm Street Pediatrics")
RENAMED = Fact(FactKind.NAME, "name", "Elm Street Children's Health")
SIGNER = Fact(FactKind.SIGNER, "3", "Zoë Álvarez")
SITES, OWNERS, CHAMPIONS = (FactKind.SITES,), (FactKind.OWNERS,), (FactKind.CHAMPIONS,)
RESPELLED = Fact(FactKind.SITES, "2", "Second office, 5 Oak Road, Worcester", miswritten=frozenset({SECOND.words}))
MOVED_AFTER = Fact(
    FactKind.SITES, "2", "Second office, 9 Mill Road, Boston", date(2026, 5, 18), frozenset({"9 Mil Rd"})
)
OSEI = Fact(FactKind.CHAMPIONS, "physician", "Amara Osei (physician)", date(2020, 1, 1))
KATZ = Fact(FactKind.CHAMPIONS, "physician", "Miriam Katz (physician)", date(2026, 5, 20))
ASEI = Fact(FactKind.CHAMPIONS, "physician", "Amara Asei (physician)", miswritten=frozenset({OSEI.words}))
STRUCK = Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 28), frozenset({KATZ.words}))


@pytest.mark.parametrize(
    ("rests_on", "signed", "now", "gone", "said"),
    [
        (SITES, [MAIN, SECOND], [MAIN, SECOND], [], []),
        (SITES, [MAIN, SECOND], [MAIN, MOVED], [Gone(FactKind.SITES, "2", date(2026, 5, 18))],
         [("sites:2", "The site changed from Second office, 5 Oak Street, Worcester to Second office, 9 Mill Road, "
           "Boston.", date(2026, 5, 18))]),
        (SITES, [MAIN], [MAIN, SECOND], [],
         [("sites:2", "New site: Second office, 5 Oak Street, Worcester.", date(2018, 4, 1))]),
        (SITES, [MAIN, SECOND], [MAIN], [Gone(FactKind.SITES, "2", date(2026, 5, 31))],
         [("sites:2", "The site Second office, 5 Oak Street, Worcester is closed.", date(2026, 5, 31))]),
        (SITES, [MAIN], [MAIN, HOLDINGS, RENAMED], [], []),
        (OWNERS, [HOLDINGS], [BUYER], [Gone(FactKind.OWNERS, "7", date(2026, 5, 2))],
         [("owners:7", "Children's Care Holdings is an owner no longer.", date(2026, 5, 2)),
          ("owners:8", "New owner: Bay Physicians.", date(2026, 5, 2))]),
        (OWNERS, [], [HOLDINGS], [], [("owners:7", "New owner: Children's Care Holdings.", date(2020, 1, 1))]),
        ((FactKind.NAME,), [NAME], [RENAMED], [],
         [("name:name", "The legal name changed from Elm Street Pediatrics to Elm Street Children's Health.", TODAY)]),
        ((FactKind.SIGNER,), [SIGNER], [], [Gone(FactKind.SIGNER, "3", date(2026, 4, 30))],
         [("signer:3", "Zoë Álvarez, who signed, is with the organization no longer.", date(2026, 4, 30))]),
        ((FactKind.SIGNER, FactKind.NAME), [SIGNER, NAME], [SIGNER, NAME], [], []),
        (SITES, [MAIN, SECOND], [MAIN, RESPELLED], [], []),
        (SITES, [MAIN, SECOND], [MAIN, MOVED_AFTER], [],
         [("sites:2", "The site changed from Second office, 5 Oak Street, Worcester to Second office, 9 Mill Road, "
           "Boston.", date(2026, 5, 18))]),
        (CHAMPIONS, [OSEI], [OSEI], [], []),
        (CHAMPIONS, [OSEI], [], [Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 16))],
         [("champions:physician", "Amara Osei (physician) is a champion of the practice no longer.",
           date(2026, 5, 16))]),
        (CHAMPIONS, [OSEI], [KATZ], [Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 16))],
         [("champions:physician", "The champion changed from Amara Osei (physician) to Miriam Katz (physician).",
           date(2026, 5, 20))]),
        (CHAMPIONS, [OSEI], [ASEI], [], []),
        (CHAMPIONS, [OSEI], [], [Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 28), frozenset({OSEI.words}))],
         [("champions:physician", "Amara Osei (physician) was entered as a champion by mistake.", date(2026, 5, 28))]),
        (CHAMPIONS, [OSEI], [], [Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 16)), STRUCK],
         [("champions:physician", "Amara Osei (physician) is a champion of the practice no longer.",
           date(2026, 5, 16))]),
        (CHAMPIONS, [OSEI], [KATZ], [STRUCK],
         [("champions:physician", "The champion changed from Amara Osei (physician) to Miriam Katz (physician).",
           date(2026, 5, 20))]),
        (CHAMPIONS, [], [KATZ], [], []),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_day(
    rests_on: tuple[FactKind, ...], signed: list[Fact], now: list[Fact], gone: list[Gone],
    said: list[tuple[str, str, date]],
) -> None:  # fmt: skip
    found = changes(frozen(signed, rests_on), facts=now, gone=gone, today=TODAY)

    assert [(one.fact, one.sentence, one.changed_on) for one in found] == said
    assert all(one.due_on - one.changed_on == ATTEST_WITHIN for one in found)


def test_a_signature_keeps_only_the_facts_that_it_rests_on() -> None:
    assert frozen([MAIN, HOLDINGS, NAME], (FactKind.SITES, FactKind.NAME)) == {
        "sites": {"1": MAIN.words}, "name": {"name": NAME.words}
    }  # fmt: skip
    assert frozen([MAIN], ()) == {}


def test_a_text_that_rests_on_nothing_is_never_signed_anew() -> None:
    assert changes({}, facts=[MAIN, NAME], gone=[], today=TODAY) == []


OPENED = date(2026, 5, 18)


@pytest.mark.parametrize(
    ("misdated", "noted", "corrects"),
    [
        (set(), date(2026, 5, 11), False),  # noted for the first of two moves, which keeps its date
        ({date(2026, 5, 11)}, date(2026, 5, 11), True),
        ({date(2026, 5, 11), date(2026, 5, 4)}, date(2026, 5, 4), True),
        ({date(2026, 5, 4)}, date(2026, 5, 11), False),
        ({OPENED, date(2026, 5, 11)}, OPENED, False),  # corrected and set right again
        ({None}, date(2026, 5, 20), True),  # no day was on record, so it counted from the day of the note
        ({None}, date(2026, 5, 11), False),
    ],
)
def test_a_change_follows_the_correction_of_its_own_day_and_no_other(
    misdated: set[date | None], noted: date, corrects: bool
) -> None:
    moved = replace(MOVED, misdated=frozenset(misdated))
    [change] = changes(frozen([SECOND], SITES), facts=[moved], gone=[], today=TODAY)
    assert change.changed_on == OPENED
    assert change.corrects(noted, noted_on=date(2026, 5, 20)) is corrects


def test_a_last_day_that_was_corrected_is_the_day_of_the_change() -> None:
    left = Gone(FactKind.CHAMPIONS, "physician", date(2026, 5, 21), misdated=frozenset({date(2026, 5, 16)}))
    [change] = changes(frozen([OSEI], CHAMPIONS), facts=[], gone=[left], today=TODAY)
    assert change.corrects(date(2026, 5, 16), noted_on=TODAY)


@pytest.mark.parametrize(
    ("signed_on", "changed", "refused"),
    [
        (date(2026, 5, 17), [], False),
        (OPENED, [OPENED], False),
        (date(2026, 5, 17), [OPENED], True),
        (date(2026, 5, 20), [OPENED, date(2026, 5, 21)], True),
        (None, [OPENED], True),
    ],
)
def test_a_page_that_was_signed_before_the_change_is_no_answer_to_it(
    signed_on: date | None, changed: list[date], refused: bool
) -> None:
    with pytest.raises(Refusal, match=r"New site: Main\. Have it") if refused else nullcontext():
        require_signed_since(signed_on, [("New site: Main.", day) for day in changed])
