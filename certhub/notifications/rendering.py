"""What a message says: its subject and both of its bodies, from `templates/emails/<kind>/`."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from certhub.config import shipped
from certhub.rules.terms import written, written_at

LONGEST_SUBJECT = 300
PARTS = ("subject.txt", "body.txt", "body.html")
"""The files that each message has."""
_ABBREVIATIONS = {"ce": "CE", "dph": "DPH"}


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


def label_of(kind: str) -> str:
    """The name of a message as people read it."""
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in kind.split("-"))
    return words[:1].upper() + words[1:]


def one_line(text: str) -> str:
    """`text` on one line without control characters: nothing that goes into a header can begin another one."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(printable.split())


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 day, 3 days."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


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
    environment.filters.update(day=written, moment=written_at)
    environment.globals["counted"] = counted
    return environment
