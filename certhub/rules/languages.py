"""The languages that families are served in and letters are written in, in the order that forms offer them."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "es": "Spanish",
        "pt": "Portuguese",
        "zh": "Chinese",
        "ht": "Haitian Creole",
        "vi": "Vietnamese",
        "kea": "Cape Verdean Creole",
        "ar": "Arabic",
        "ru": "Russian",
        "km": "Khmer",
        "fr": "French",
        "so": "Somali",
        "ase": "American Sign Language",
        "other": "Another language",
    }
)
"""Name by ISO 639 code; `other` for what the list does not name."""

_ALSO_CALLED = {
    "mandarin": "zh",
    "cantonese": "zh",
    "haitian": "ht",
    "kreyol": "ht",
    "cape verdean": "kea",
    "kriolu": "kea",
    "cambodian": "km",
    "asl": "ase",
    "other": "other",
}


def language_named(text: str) -> str | None:
    """The code of a language that is given by code or name; None if the list does not have it."""
    wanted = " ".join(text.split()).casefold()
    if wanted in LANGUAGES:
        return wanted
    return _BY_NAME.get(wanted) or _ALSO_CALLED.get(wanted)


_BY_NAME = {name.casefold(): code for code, name in LANGUAGES.items()}
