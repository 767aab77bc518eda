"""Whom a row of a file means: by number, by e-mail, by name, and what is left to a person to confirm."""

import pytest

from certhub.rules.identifiers import credential_number
from certhub.rules.training_columns import Field
from certhub.rules.training_import import Who
from certhub.rules.training_people import Among, Person, match, name_keys, names_agree
from certhub.rules.vocabulary import SubjectType

NUMBER = credential_number(SubjectType.COORDINATOR, 2026, 12)

ANA = Person(1, ("Ana Ferreira",))
BRUNO = Person(2, ("Bruno Costa", "Bruno da Costa"))


@pytest.mark.parametrize(
    ("who", "number", "email", "named", "found"),
    [
        (Who("n", "", ""), ANA, None, [], 1),
        (Who("", "e", ""), None, ANA, [], 1),
        (Who("n", "e", "Ana Ferreira"), ANA, ANA, [], 1),
        (Who("n", "private@example.org", ""), ANA, None, [], 1),
        (Who("n", "", "A. Ferreira"), ANA, None, [], 1),
        (Who("n", "", "Bruno Costa"), ANA, None, [], (1,)),
        (Who("", "", "Ana Ferreira"), None, None, [ANA], (1,)),
        (Who("", "private@example.org", "Ana Ferreira"), None, None, [ANA, Person(3, ("Ana Ferreira",))], (1, 3)),
        (Who("n", "e", ""), ANA, BRUNO, [], Field.EMAIL),
        (Who("n", "", ""), None, None, [], Field.NUMBER),
        (Who("n", "e", ""), None, ANA, [], Field.NUMBER),
        (Who("n", "", "Ana Ferreira"), None, None, [ANA], Field.NUMBER),
        (Who("", "e", ""), None, None, [], Field.EMAIL),
        (Who("", "e", "Nobody"), None, None, [], Field.EMAIL),
        (Who("", "", "Nobody"), None, None, [], Field.NAME),
    ],
)  # fmt: skip
def test_a_number_or_an_address_is_enough_a_name_is_to_be_confirmed_and_a_contradiction_names_its_column(
    who: Who, number: Person | None, email: Person | None, named: list[Person], found: int | tuple[int, ...] | Field
) -> None:
    given = match(who, number, email, named, Among.EMPLOYED)
    if isinstance(found, Field):
        assert (given.field, given.person_id, given.candidates) == (found, None, ())
        assert given.message
    elif isinstance(found, tuple):
        assert (given.candidates, given.person_id, given.field) == (found, None, None)
    else:
        assert (given.person_id, given.candidates, given.field) == (found, (), None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ana Ferreira", "ana ferreira"),
        ("Ferreira, Ana", "ana ferreira"),
        ("FERREIRA ANA", "ana ferreira"),
        ("Zoë Łukasz", "zoe lukasz"),
        ("da Costa, Bruno", "bruno da costa"),
    ],
)
def test_a_name_is_looked_for_in_both_orders_and_without_accents(name: str, key: str) -> None:
    assert key in name_keys(name)


@pytest.mark.parametrize(
    ("name", "agrees"),
    [("A. Ferreira", True), ("Ferreira-Lima, Ana", True), ("Ana", True), ("Bruno Costa", False), ("Ана Ферейра", True)],
)
def test_names_agree_when_they_share_a_word_or_are_in_different_scripts(name: str, agrees: bool) -> None:
    assert names_agree(name, ("Ana Ferreira",)) is agrees
