"""The folded form of names: what lists are ordered by, and what two spellings of one name have in common."""

import unicodedata
from functools import lru_cache

LONGEST = 200
"""The width of the column that keeps it."""

_NAMES_KEPT = 2048
"""The titles and providers of trainings come back again and again."""

_LATIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})

_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u02bb\u00b4\u0060\u2032\uff07", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
)
"""The apostrophes and dashes that keyboards and word processors make of the two plain ones."""


_BEHIND_NAMES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "np", "rn", "phd"})
"""What stands behind a last name and is none."""


def by_last_name(name: str) -> str:
    """What lists of people are ordered by where they look for their last name: its last word, then the words before it.

    "María de la Cruz" is under C. "Sam Lee, Jr." and "Lee, Sam" are under L.
    """
    before, _, behind = (part.strip() for part in folded(name).partition(","))
    words = _without_titles(before)
    return " ".join([*words[-1:], *words[:-1], *_without_titles(behind, all_may_go=True)])


def _without_titles(text: str, *, all_may_go: bool = False) -> list[str]:
    words = text.replace(",", " ").split()
    while len(words) > (0 if all_may_go else 1) and words[-1].replace(".", "") in _BEHIND_NAMES:
        words.pop()
    return words


@lru_cache(maxsize=_NAMES_KEPT)
def folded(name: str) -> str:
    """`name` in lower case, Latin letters without accents; other scripts stay as they are.

    "Zoë Łukasz" and "ZOE LUKASZ" fold to the same text, and so do all ways to write O'Brien. Marks are only taken off
    Latin letters: in other scripts they are part of the word.
    """
    text = "".join(
        _without_accent(character) for character in unicodedata.normalize("NFKC", name.translate(_MARKS)).casefold()
    )
    return " ".join(text.translate(_LATIN_LETTERS).split())[:LONGEST]


def names_agree(typed: str, name: str) -> bool:
    """Whether a name as it was typed or signed is that of a record: two words of it at least, and no others."""
    words, known = (set(folded(one).replace(",", " ").split()) for one in (typed, name))
    return bool(words) and words <= known and len(words) >= min(len(known), 2)


def _without_accent(character: str) -> str:
    if character.isascii():
        return character
    base = unicodedata.normalize("NFKD", character)
    if base[0].isascii():
        return "".join(each for each in base if each.isascii())
    return "" if unicodedata.combining(character) and ord(character) < 0x0370 else character  # noqa: PLR2004  (the block of accents for Latin letters ends there)
