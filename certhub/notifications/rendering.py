"""What a message says: its subject and both of its bodies, from `templates/emails/<kind>/`."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from certhub import clock
from certhub.config import shipped

LONGEST_SUBJECT = 300
PARTS = ("subject.txt", "body.txt", "body.html")
"""The files that each message has."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words."""

    subject: str
    text: str
    html: str


def render(kind: str, context: Mapping[str, Any]) -> Rendered:
    """The message `kind` for `context`. A name that the context lacks is an error, not a gap in somebody's mail."""
    subject, text, html = (_environment().get_template(f"emails/{kind}/{part}").render(context) for part in PARTS)
    return Rendered(subject=one_line(subject)[:LONGEST_SUBJECT], text=text.strip() + "\n", html=html.strip() + "\n")


def kinds() -> tuple[str, ...]:
    """The names of all messages."""
    return tuple(sorted(folder.name for folder in (shipped("templates") / "emails").iterdir() if folder.is_dir()))


def one_line(text: str) -> str:
    """`text` on one line without control characters: nothing that goes into a header can begin another one."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(printable.split())


def day(value: date) -> str:
    """A date in words, the same on every machine: July 31, 2027."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def moment(value: datetime) -> str:
    """An instant in the agency's zone: July 31, 2027, 4:05 PM."""
    local = value.astimezone(clock.AGENCY_ZONE)
    half = "AM" if local.hour < 12 else "PM"  # noqa: PLR2004  (noon)
    return f"{day(local.date())}, {local.hour % 12 or 12}:{local:%M} {half}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 day, 3 days."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(day=day, moment=moment)
    environment.globals["counted"] = counted
    return environment
