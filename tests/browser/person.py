"""A person at a browser: follows links, fills in forms by their labels and presses buttons; nothing else."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

from certhub.demo.state import PASSWORD
from certhub.web.navigation import GROUPS
from tests.browser.inspection import DESK, Inspector
from tests.browser.site import Site

_GROUP_OF = {item.label: group.label for group in GROUPS for item in group.items}
_ITS_OWN_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Person:
    """Somebody with a browser of their own. Without JavaScript unless a test needs it: everything must work so."""

    def __init__(self, site: Site, browser: Browser, inspector: Inspector, *, javascript: bool = False) -> None:
        self.site = site
        self._inspector = inspector
        self._context = browser.new_context(
            base_url=site.url, java_script_enabled=javascript, viewport={"width": DESK, "height": 900}
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()

    def goes_to(self, address: str) -> Self:
        """Type an address, as from a letter or a QR code."""
        self._arrived(self.page.goto(address))
        return self

    def signs_in(self, email: str, password: str = PASSWORD) -> Self:
        self.goes_to("/").follows("Sign in", first=True)
        self.fills("E-mail address", email).fills("Password", password)
        return self.presses("Sign in")

    def signs_out(self) -> Self:
        return self.presses("Sign out")

    def follows(self, name: str, *, first: bool = False, within: Locator | None = None) -> Self:
        links = (within or self.page).get_by_role("link", name=name, exact=True)
        group = _GROUP_OF.get(name)
        if group is not None and within is None and not links.count():
            self.follows(group, first=True)  # the area stands in a group of the navigation that is not open
        with self.page.expect_navigation() as arrival:
            (links.first if first else links).click()
        self._arrived(arrival.value)
        return self

    def presses(self, name: str, *, within: Locator | None = None) -> Self:
        with self.page.expect_navigation() as arrival:
            (within or self.page).get_by_role("button", name=name, exact=True).click()
        self._arrived(arrival.value)
        return self

    def fills(self, label: str, text: str) -> Self:
        self._labelled(label).fill(text)
        return self

    def chooses(self, label: str, option: str) -> Self:
        self._labelled(label).select_option(label=option)
        return self

    def checks(self, label: str) -> Self:
        self._labelled(label).check()
        return self

    def attaches(self, label: str, file: Path) -> Self:
        self._labelled(label).set_input_files(file)
        return self

    def fills_by_name(self, values: dict[str, str | list[str]]) -> Self:
        """Fill in a form whose fields come from a standard: by the names that the rules give them."""
        for name, value in values.items():
            field = self.page.locator(f'main form [name="{name}"]')
            kind = field.first.evaluate("one => one.type")
            if kind in ("checkbox", "radio"):
                for one in value if isinstance(value, list) else [value]:
                    field.and_(self.page.locator(f'[value="{one}"]')).check()
            elif kind == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))
        return self

    def downloads(self, name: str, *, first: bool = False) -> bytes:
        """The bytes behind a link that brings a file."""
        links = self.page.get_by_role("link", name=name, exact=True)
        with self.page.expect_download() as arrival:
            (links.first if first else links).click()
        return Path(arrival.value.path()).read_bytes()

    def sees(self, *texts: str) -> Self:
        shown = " ".join(self.page.locator("body").inner_text().split())
        for text in texts:
            assert text in shown, f"{text!r} is not on {self.page.url}:\n{shown}"
        return self

    def does_not_see(self, *texts: str) -> Self:
        shown = self.page.content()
        for text in texts:
            assert text not in shown, f"{text!r} is on {self.page.url}"
        return self

    def links(self, pattern: str = "") -> Sequence[str]:
        """Where the links of the page lead to."""
        found = self.page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        return [one for one in found if re.search(pattern, one)]

    def _labelled(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(label, exact=True)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _ITS_OWN_STATUS.match(message.text):
            self.complaints.append(message.text)

    def _arrived(self, response: Response | None) -> None:
        assert response is not None
        assert response.status < 500, f"{response.status} at {response.url}"
        self._inspector.inspect(self.page)
        assert not self.complaints, f"the browser complains at {self.page.url}: {self.complaints}"
