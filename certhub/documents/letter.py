"""Letters as PDF: notices and signed statements, printed from words that never change.

No copy is kept: the words are on record, and Typst gives the same bytes for the same words. So a letter always comes
from Typst, also where another engine prints the certificates; a PDF that a screen reader cannot read is no notice.
"""

import functools
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import ClassVar

from certhub.documents.engines import TypstEngine
from certhub.documents.fonts import uncovered_characters

ISSUER = ("Commonwealth of Massachusetts", "Department of Public Health")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, whose lines stay apart, with the list that follows it."""

    lines: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Passages under a heading; the words of a letter come first, without one."""

    heading: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What every paper on the letterhead has; `facts` are pairs of label and words."""

    template: ClassVar[str]

    title: str
    dated_on: date
    facts: tuple[tuple[str, str], ...]
    closing: str

    def unprintable(self) -> str:
        """The characters that the fonts lack, each once."""
        return uncovered_characters("".join(texts_of(asdict(self))))

    def printed(self) -> bytes:
        """The paper as a tagged PDF. Raises `PrintingFailed`; ask `unprintable` first to tell the person in time."""
        return engine().on_letterhead(self.template, self.dated_on, asdict(self) | {"issuer": ISSUER})


@dataclass(frozen=True, slots=True)
class Letter(Paper):
    """Everything that is printed on one letter."""

    template = "letter"

    sections: tuple[Section, ...]


def passages(text: str) -> tuple[Passage, ...]:
    """The paragraphs of a text that was typed: an empty line ends one."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(shown(line))
        elif found[-1]:
            found.append([])
    return tuple(Passage(tuple(lines)) for lines in found if lines)


def shown(text: str) -> str:
    """A text on one line, without the characters that nobody sees and that come along from other programs."""
    return " ".join("".join(one for one in text if unicodedata.category(one) != "Cf").split())


def texts_of(value: object) -> list[str]:
    """Every text in a document, however deep, to see whether it can be printed."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return texts_of(tuple(value.values()))
    return [text for one in value for text in texts_of(one)] if isinstance(value, tuple | list) else []


@functools.cache
def engine() -> TypstEngine:
    """The one engine of letters and transcripts."""
    return TypstEngine()
