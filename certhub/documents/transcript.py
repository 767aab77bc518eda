"""Transcripts as PDF: tables of training on the letterhead, tagged so that a screen reader reads row by row."""

from dataclasses import dataclass

from certhub.documents.letter import Paper


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
class TranscriptPaper(Paper):
    """Everything that is printed on a transcript."""

    template = "transcript"

    sections: tuple[Section, ...]
