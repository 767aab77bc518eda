"""One running CertHub, one Chromium and one inspector for all browser tests of a worker."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.inspection import Inspector
from tests.browser.person import Person
from tests.browser.site import Site, running
from tests.conftest import shared_folder

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
"""The same engine without the windows, menus and services around it that nobody sees here, where it is installed."""

Introduces = Callable[..., Person]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("certhub")) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def inspector(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Inspector:
    seen = shared_folder(tmp_path_factory) / "pages-seen"
    seen.mkdir(exist_ok=True)
    return Inspector(chromium, seen)


@pytest.fixture
def somebody(site: Site, chromium: Browser, inspector: Inspector) -> Iterator[Introduces]:
    """Brings another person with a browser of their own; all browsers are closed afterwards."""
    people: list[Person] = []

    def introduce(email: str = "", *, javascript: bool = False) -> Person:
        person = Person(site, chromium, inspector, javascript=javascript)
        people.append(person)
        return person.signs_in(email) if email else person

    yield introduce
    for person in people:
        person.__exit__(None, None, None)
