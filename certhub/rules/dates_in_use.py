"""Which dates anybody can mean: the pages, the commands and the imports take the same ones."""

from datetime import date

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)

OUTSIDE = f"Type a year between {EARLIEST.year} and {LATEST.year}."


def is_in_use(day: date) -> bool:
    """Whether somebody can mean this day."""
    return EARLIEST <= day <= LATEST
