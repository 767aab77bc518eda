"""The main navigation: open where there is room, folded on a phone, and in reach of the keyboard at both widths."""

import pytest
from playwright.sync_api import Page

from certhub.demo.state import ACCOUNTS
from tests.browser.conftest import Introduces
from tests.browser.inspection import DESK, PHONE

pytestmark = pytest.mark.browser


def shown(page: Page) -> list[str]:
    """The links of the main navigation that can be seen."""
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    return [link.inner_text() for link in links.all() if link.is_visible()]


@pytest.mark.parametrize("email", [email for _, email in ACCOUNTS])
def test_each_role_reaches_every_area_at_both_widths_without_scrolling_sideways(
    email: str, somebody: Introduces
) -> None:
    page = somebody(email).page
    page.set_viewport_size({"width": DESK, "height": 900})
    areas = shown(page)
    assert areas
    assert page.get_by_text("Menu", exact=True).filter(visible=True).count() == 0

    page.set_viewport_size({"width": PHONE, "height": 740})
    menu = page.get_by_text("Menu", exact=True).filter(visible=True)
    if menu.count():
        assert shown(page) == []
        menu.focus()
        page.keyboard.press("Enter")
    assert shown(page) == areas
    for link in page.get_by_role("navigation", name="Main").get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE


def test_the_keyboard_passes_the_folded_menu_in_one_step(somebody: Introduces) -> None:
    page = somebody("admin@example.org").page
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Menu"
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1
