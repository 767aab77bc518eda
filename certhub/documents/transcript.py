"""Transcripts as PDF: tables of training on the letterhead, tagged so that a screen reader reads row by row."""

from dataclasses import asdict, dataclass
from datetime import date

from certhub.documents.fonts import uncovered_characters
from certhub.documents.letter import ISSUER, engine, texts_of


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` is its share of the line."""

    heading: str
    width: int = 1
    number: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A table: each row has one text for each column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under a heading, with the table that follows them."""

    heading: str
    lines: tuple[str, ...]
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class TranscriptPaper:
    """Everything that is printed on a transcript; `facts` are pairs of label and words."""

    title: str
    dated_on: date
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    closing: str

    def unprintable(self) -> str:
        """The characters that the fonts lack, each once."""
        return uncovered_characters("".join(texts_of(asdict(self))))

    def printed(self) -> bytes:
        """The transcript as a tagged PDF. Raises `PrintingFailed`; ask `unprintable` first to tell the person."""
        return engine().transcript(self.dated_on, asdict(self) | {"issuer": ISSUER})
