"""Every message has its subject, its text and its HTML, and says all of it with what it is given."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import meta

from certhub.config import shipped
from certhub.notifications import digest, rendering

_LINE = digest.Line("A title", "It ends.", "Because.", "Act.", "https://certhub.example/1")


class Anything(str):
    """A text that can also be read as a list of things with names."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return a_value(name) if name.endswith("_on") else self

    def __iter__(self) -> Iterator["Anything"]:
        return iter((self, self))


def a_value(name: str) -> Any:
    """Something of the kind that a context puts under this name."""
    if name == "lines":
        return [_LINE, _LINE]
    if name.endswith(("_on", "_until")):
        return date(2027, 7, 31)
    if name.endswith("_at"):
        return datetime(2027, 7, 31, 16, tzinfo=UTC)
    return "https://certhub.example/1" if name.endswith("link") else Anything("Ana <b>Ferreira</b>")


def a_context(kind: str) -> dict[str, Any]:
    environment = rendering._environment()
    assert environment.loader is not None
    names: set[str] = set()
    for part in rendering.PARTS:
        source = environment.loader.get_source(environment, f"emails/{kind}/{part}")[0]
        names |= meta.find_undeclared_variables(environment.parse(source))
    return {name: a_value(name) for name in names - {"counted", "self"}} | {"recipient_name": "Ana"}


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(opened == tag for opened, _ in self.opened)


def test_there_are_messages() -> None:
    assert {"deadlines", "invitation", "password-reset"} <= set(rendering.kinds())


@pytest.mark.parametrize("kind", rendering.kinds())
def test_each_message_has_its_three_parts_and_renders(kind: str) -> None:
    folder = shipped("templates") / "emails" / kind
    assert {path.name for path in folder.iterdir()} == set(rendering.PARTS)
    told = rendering.render(kind, a_context(kind))
    assert told.subject
    assert "\n" not in told.subject
    assert told.text.strip()
    assert "<b>Ferreira" not in told.html


@pytest.mark.parametrize("kind", rendering.kinds())
def test_each_message_is_a_page_that_a_screen_reader_can_read(kind: str) -> None:
    page = Page()
    page.feed(rendering.render(kind, a_context(kind)).html)
    assert ("html", {"lang": "en"}) in page.opened
    assert (page.count("title"), page.count("h1"), page.count("main")) == (1, 1, 1)
    assert page.count("table") == page.count("script") == page.count("img") == 0
    assert all(str(attributes.get("href")).startswith("https://") for tag, attributes in page.opened if tag == "a")
