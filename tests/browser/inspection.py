"""What every page that a person comes to must pass: axe, no sideways scrolling on a phone, a picture at both widths.

The person's own browser may run without JavaScript, in which axe cannot work. So the page that they see is shown once
more, as it is, in a second browser window with JavaScript.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route

from tests.browser.site import CHECKOUT

SCREENSHOTS = CHECKOUT / "screenshots"
TAKES_PICTURES = os.environ.get("CERTHUB_TEST_PICTURES", "yes") != "no"
"""Pictures are for whoever runs the tests to look at; where nobody looks, they only cost time."""
DESK, PHONE = 1400, 360
_WIDTHS = {DESK: 900, PHONE: 740}
_EVERY_RULE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
_RULES_OF_LAYOUT = {
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "color-contrast"]},
    "resultTypes": ["violations"],
}
_RULES = {DESK: _EVERY_RULE, PHONE: _RULES_OF_LAYOUT}
"""The markup is the same at both widths: on the phone, only what depends on the layout is judged again."""
_SCROLLS_IN_HEADER = """[...document.querySelectorAll('header *')].some(
    one => one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
)"""
_OUTLINE = re.compile(r"<(\w+)(?:[^>]*?\bclass=\"([^\"]*)\")?")


class Inspector:
    """Looks at pages, each kind of page and content once: the workers note in one folder what they have seen."""

    def __init__(self, browser: Browser, seen: Path) -> None:
        self._page = browser.new_context(reduced_motion="reduce").new_page()
        self._seen = seen
        self._pictures: dict[str, int] = {}

    def inspect(self, page: Page, name: str = "") -> None:
        """Fail with what is wrong with the page as it stands in somebody's browser."""
        html, url = page.content(), page.url
        name = name or name_of(url)
        if not self._is_first(f"{name} {sorted(set(_OUTLINE.findall(html)))}"):
            return
        picture = self._picture_name(name)
        problems = []
        self._show(url, html)
        for width, height in _WIDTHS.items():
            self._page.set_viewport_size({"width": width, "height": height})
            problems += [f"{width} px: {one}" for one in self._problems(width)]
            if TAKES_PICTURES:
                path = SCREENSHOTS / str(width) / f"{picture}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                self._page.screenshot(path=path, full_page=True)
        assert not problems, f"{name} ({url})\n" + "\n".join(problems)

    def _is_first(self, outline: str) -> bool:
        try:
            (self._seen / hashlib.sha256(outline.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _show(self, url: str, html: str) -> None:
        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        address = url.partition("#")[0]
        self._page.goto("about:blank")
        self._page.route(address, answer)
        self._page.goto(address, wait_until="load")
        self._page.unroute(address, answer)
        self._page.evaluate(AXE_SCRIPT)

    def _problems(self, width: int) -> list[str]:
        found: list[str] = []
        result: dict[str, Any] = self._page.evaluate("rules => axe.run(rules)", _RULES[width])
        for violation in result["violations"]:
            found += [f"{violation['id']}: {violation['help']}: {node['html'][:300]}" for node in violation["nodes"]]
        if self._page.evaluate(_SCROLLS_IN_HEADER):
            found.append("something in the header scrolls sideways")
        if self._page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide = self._page.evaluate(
                """() => [...document.querySelectorAll('main *, header *, footer *')]
                    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                    .map(one => one.outerHTML.slice(0, 120)).slice(0, 5)"""
            )
            found.append(f"the page scrolls sideways because of {wide}")
        return found

    def _picture_name(self, name: str) -> str:
        number = self._pictures[name] = self._pictures.get(name, 0) + 1
        return name if number == 1 else f"{name}-{number}"


def name_of(url: str) -> str:
    """A page's address as a file name: the numbers of records and the codes of certificates are left out."""
    path = re.sub(r"^https?://[^/]+", "", url).partition("?")[0].partition("#")[0].strip("/")
    parts = ["n" if re.fullmatch(r"\d+|[\w-]{20,}", part) else part for part in path.split("/")]
    return "-".join(part for part in parts if part) or "home"
