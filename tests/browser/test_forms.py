"""What every form keeps its word on: keyboard, focus, double clicks, sessions that end, and paper."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Introduces
from tests.browser.inspection import SCREENSHOTS
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_the_first_tab_leads_past_the_navigation_and_shows_where_it_is(somebody: Introduces) -> None:
    hr = somebody("hr@example.org")
    hr.goes_to("/coordinators")
    hr.page.keyboard.press("Tab")
    focused = hr.page.locator(":focus")
    assert focused.inner_text() == "Skip to the content"
    box = focused.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    hr.page.keyboard.press("Enter")
    assert hr.page.url.endswith("#content")
    hr.page.keyboard.press("Tab")
    assert hr.page.locator("main :focus").count() == 1, "the next stop is in the content"


def test_every_stop_of_the_keyboard_on_a_form_can_be_seen(somebody: Introduces) -> None:
    hr = somebody("hr@example.org")
    hr.goes_to("/coordinators/new")
    seen = set()
    for _ in range(50):
        hr.page.keyboard.press("Tab")
        focused = hr.page.locator(":focus")
        if not focused.count():  # a part of the browser: the button of a date field, or the window's own frame
            continue
        assert focused.evaluate("one => getComputedStyle(one).outlineWidth") == "3px", focused.evaluate(
            "one => one.outerHTML"
        )
        seen.add(focused.evaluate("one => one.name || one.textContent.trim()"))
    assert {"name", "discipline", "email", "starts_on", "Add the coordinator", "Back without saving"} <= seen


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(somebody: Introduces) -> None:
    hr = somebody("hr@example.org")
    hr.goes_to("/coordinators/new").fills("Legal name", "عائشة الزهراء " + "x" * 300).presses("Add the coordinator")
    assert hr.page.locator(":focus").get_attribute("class") == "error-summary"
    hr.page.locator(".error-summary").get_by_role("link").first.click()
    assert "#" in hr.page.url
    field = hr.page.locator(f"[id='{hr.page.url.partition('#')[2]}']")
    assert field.get_attribute("aria-invalid") == "true"
    assert hr.page.get_by_label("Legal name", exact=True).input_value().startswith("عائشة")


def test_a_double_click_makes_one_record(site: Site, somebody: Introduces) -> None:
    hr = somebody("hr@example.org", javascript=True)
    hr.goes_to("/coordinators/new").fills("Legal name", "Philippa Twiceclicked").chooses("Discipline", "Nurse")
    hr.fills("Business e-mail", "philippa@example.org").fills("First day of work", "2026-01-05")
    hr.page.get_by_role("button", name="Add the coordinator").dblclick()
    hr.page.wait_for_url(re.compile(r"/coordinators/\d+$"))
    hr.sees("Philippa Twiceclicked")
    with site.database() as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM party WHERE name = 'Philippa Twiceclicked'")
    assert count == 1


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(site: Site, somebody: Introduces) -> None:
    hr = somebody("hr2@example.org")
    hr.goes_to("/coordinators/new").fills("Legal name", "Olu Midform").chooses("Discipline", "Educator")
    hr.fills("Business e-mail", "olu@example.org").fills("First day of work", "2026-01-05")
    with site.database() as connection:
        connection.execute(
            "UPDATE user_session SET expires_at = '2020-01-01 00:00:00.000000' "
            "WHERE user_id = (SELECT id FROM account WHERE email = 'hr2@example.org')"
        )
    hr.presses("Add the coordinator").sees("You were signed out.", "what you typed is kept")
    hr.fills("E-mail address", "hr2@example.org").fills("Password", "care-coordination-demo").presses("Sign in")
    hr.sees("Here is what you typed", "Olu Midform", "olu@example.org").presses("Continue")
    hr.sees("Olu Midform is on file.")


def test_records_and_certificates_print_without_the_pages_furniture(somebody: Introduces) -> None:
    hr = somebody("hr@example.org")
    coordinator = somebody("coordinator@example.org")
    folder: Path = SCREENSHOTS / "print"
    folder.mkdir(parents=True, exist_ok=True)
    hr.goes_to("/coordinators").follows("Ana Ferreira")
    coordinator.goes_to(coordinator.links(r"^/credentials/\d+$")[0]).follows("Read it as a page")
    for person, name in ((hr, "record"), (coordinator, "certificate")):
        person.page.emulate_media(media="print")
        person.page.set_viewport_size({"width": 816, "height": 1056})
        assert person.page.locator(".site-header").is_hidden()
        assert person.page.locator(".actions").first.is_hidden()
        person.page.screenshot(path=folder / f"{name}.png", full_page=True)
