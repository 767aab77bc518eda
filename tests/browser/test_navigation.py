"""The main navigation: in rows where there is room, folded on a phone, and in reach of the keyboard at both widths."""

import pytest
from playwright.sync_api import Locator, Page

from certhub.demo.state import ACCOUNTS
from certhub.web.navigation import GROUPS, MOST_IN_ONE_ROW
from tests.browser.conftest import Introduces
from tests.browser.inspection import DESK, PHONE

pytestmark = pytest.mark.browser

GROUP_LABELS = {group.label for group in GROUPS}


def links(page: Page) -> list[Locator]:
    """The links of the main navigation that can be seen."""
    found = page.get_by_role("navigation", name="Main").get_by_role("link")
    return [link for link in found.all() if link.is_visible()]


def shown(page: Page) -> list[str]:
    return [link.inner_text() for link in links(page)]


def reached_at_a_desk(page: Page) -> list[str]:
    """Every link that is met by opening one group after another."""
    reached = shown(page)
    for group in [label for label in reached if label in GROUP_LABELS]:
        with page.expect_navigation():
            page.get_by_role("navigation", name="Main").get_by_role("link", name=group, exact=True).first.click()
        reached += [label for label in shown(page) if label not in reached]
    return reached


@pytest.mark.parametrize("email", [email for _, email in ACCOUNTS])
def test_each_role_reaches_every_area_at_both_widths_without_scrolling_sideways(
    email: str, somebody: Introduces
) -> None:
    page = somebody(email).page
    page.set_viewport_size({"width": DESK, "height": 900})
    assert len(shown(page)) <= 1 + MOST_IN_ONE_ROW
    assert len({link.bounding_box()["y"] for link in links(page)}) == 1  # type: ignore[index]  # visible: it has a box
    areas = reached_at_a_desk(page)
    assert page.get_by_text("Menu", exact=True).filter(visible=True).count() == 0

    page.set_viewport_size({"width": PHONE, "height": 740})
    header = page.get_by_role("banner").bounding_box()
    assert header is not None
    assert header["height"] < 740 / 2, "the folded navigation leaves the screen of a phone to the page"
    menu = page.get_by_text("Menu", exact=True).filter(visible=True)
    if menu.count():
        assert shown(page) == []
        menu.focus()
        page.keyboard.press("Enter")
    assert sorted(shown(page)) == sorted(areas)
    for link in links(page):
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE


def test_the_page_and_its_group_are_marked_and_a_record_is_marked_as_part_of_its_list(somebody: Introduces) -> None:
    admin = somebody("admin@example.org")
    main = admin.page.get_by_role("navigation", name="Main")
    admin.follows("Coordinators", first=True)
    assert main.locator("[aria-current=true]:visible").all_inner_texts() == ["Records"]
    assert main.locator("[aria-current=page]:visible").all_inner_texts() == ["Coordinators"]
    assert admin.page.get_by_role("list", name="Records").get_by_role("link").count() == len(GROUPS[1].items)

    admin.goes_to(admin.links(r"^/coordinators/\d+$")[0])
    assert main.locator("[aria-current=true]:visible").all_inner_texts() == ["Records", "Coordinators"]
    assert main.locator("[aria-current=page]").count() == 0


def test_the_keyboard_passes_the_folded_menu_in_one_step(somebody: Introduces) -> None:
    page = somebody("admin@example.org").page
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Menu"
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1
