"""Whom a row of a file of completions means: by number first, then by e-mail address, then by name.

A number or an address is enough. A name alone is not: people share names, and a training that lands on the wrong
record renews the wrong credential, so a person confirms it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from certhub.rules.name_order import folded
from certhub.rules.training_columns import Field
from certhub.rules.training_import import Who


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on file: number of the record, and the names that they go by."""

    id: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a row means: a person, or candidates to confirm, or what is wrong in which column."""

    person_id: int | None = None
    candidates: tuple[int, ...] = ()
    field: Field | None = None
    message: str = ""


class Among(StrEnum):
    """Among whom a file's people are looked for."""

    EMPLOYED = "employed"
    EVERYBODY = "everybody"


_NOBODY: Mapping[Among, str] = {
    Among.EMPLOYED: "Nobody who works for you has this",
    Among.EVERYBODY: "No coordinator on file has this",
}


def match(who: Who, number: Person | None, email: Person | None, named: Sequence[Person], among: Among) -> Match:
    """Decide whom a row means. `number` and `email` are who has them, `named` all who have the name."""
    if who.number and number is None:
        hint = (
            " The e-mail address is that of somebody on file: correct the number, or empty its cell." if email else ""
        )
        return Match(
            field=Field.NUMBER,
            message=f"{_NOBODY[among]} number. Compare it with the certificate.{hint}",
        )
    if number is not None and email is not None and number.id != email.id:
        return Match(
            field=Field.EMAIL,
            message="The credential number and the e-mail address are those of two different people. "
            "Correct the one that is wrong, or empty its cell.",
        )
    found = number or email
    if found is not None:
        if who.name and not names_agree(who.name, found.names):
            return Match(candidates=(found.id,))
        return Match(found.id)
    if named:
        return Match(candidates=tuple(dict.fromkeys(one.id for one in named)))
    if who.email and who.name:
        return Match(field=Field.EMAIL, message=f"{_NOBODY[among]} e-mail address or this name. Correct one of them.")
    if who.email:
        return Match(field=Field.EMAIL, message=f"{_NOBODY[among]} e-mail address. Correct it, or add the number.")
    return Match(
        field=Field.NAME, message=f"{_NOBODY[among]} name. Correct it, or add the credential number or e-mail address."
    )


def name_keys(name: str) -> tuple[str, ...]:
    """The folded forms under which a name can be on file: as it is, and with the family name moved behind.

    "Ferreira, Ana" is Ana Ferreira; so may be "FERREIRA ANA".
    """
    before, comma, after = name.partition(",")
    if comma and after.strip():
        return tuple(dict.fromkeys((folded(f"{after} {before}"), folded(name))))
    words = folded(name).split()
    turned = " ".join([*words[1:], *words[:1]])
    return tuple(dict.fromkeys(key for key in (" ".join(words), turned) if key))


def names_agree(name: str, names: Sequence[str]) -> bool:
    """Whether a name has a word in common with one of a person's names: nicknames and initials are no contradiction.

    Names in different scripts say nothing about each other.
    """
    if name in names:  # as in most rows; to look at the words takes much longer
        return True
    words = _words(name)
    for other in names:
        theirs = _words(other)
        if not words or not theirs or words & theirs:
            return True
        if _is_latin(words) != _is_latin(theirs):
            return True
    return not names


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in folded(name).replace(",", " ").replace("-", " ").split() if len(word) > 1)


def _is_latin(words: frozenset[str]) -> bool:
    return all(word.isascii() for word in words)
