"""Each role walks through every page that it can reach from the home page."""

from collections import deque
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from playwright.sync_api import Error

from certhub.demo.state import ACCOUNTS
from tests.browser.conftest import Introduces
from tests.browser.inspection import name_of
from tests.browser.person import Person

pytestmark = pytest.mark.browser

MOST_PAGES = 60


def walks_everywhere(person: Person) -> set[str]:
    """Open one example of each kind of page, found by following links; the names of the pages."""
    waiting = deque(["/"])
    known = {_kind_of("/")}
    opened: set[str] = set()
    while waiting and len(opened) < MOST_PAGES:
        address = waiting.popleft()
        try:
            person.goes_to(address)
        except Error as problem:
            if "Download is starting" not in problem.message:
                raise
            # The server may close a connection just when it is used again; nothing is sent twice by that.
            assert person.page.request.get(address, max_retries=2).status == 200, address
            continue
        opened.add(name_of(address))
        for link in person.links(r"^/"):
            target = urldefrag(link).url
            if _kind_of(target) not in known:
                known.add(_kind_of(target))
                waiting.append(target)
    return opened


def _kind_of(address: str) -> tuple[str, tuple[str, ...]]:
    return name_of(address), tuple(sorted(parse_qs(urlsplit(address).query)))


@pytest.mark.parametrize("email", [email for _, email in ACCOUNTS])
def test_every_page_that_a_role_can_reach_is_accessible_and_fits_a_phone(email: str, somebody: Introduces) -> None:
    opened = walks_everywhere(somebody(email, javascript=True))
    assert len(opened) >= 8, opened
    assert {"home", "account"} <= opened


def test_every_public_page_is_accessible_and_fits_a_phone(somebody: Introduces) -> None:
    opened = walks_everywhere(somebody(javascript=True))
    assert {"home", "verify", "sign-in"} <= opened, opened
