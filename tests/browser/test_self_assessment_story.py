"""A practice's index: from the invitation, answered without an account, to the chart."""

import re

import pytest

from certhub import clock
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

DOMAINS = (
    "Organizational capacity", "Chronic condition management", "Care coordination", "Community outreach",
    "Data management", "Quality improvement",
)  # fmt: skip


def test_a_nurse_answers_by_a_link_and_the_practice_sees_its_profile(site: Site, somebody: Introduces) -> None:
    manager = somebody("practice@example.org")
    manager.goes_to("/organizations/" + own_practice(site)).follows("Self-assessments and family feedback")
    manager.follows("Go on with it").follows("Add a person")
    manager.fills("Name", "Nora Quinn").chooses("Role", "Nurse").fills("E-mail", "nora.quinn@example.org")
    manager.presses("Add").sees("A link is on its way to Nora Quinn.")
    work = manager.page.url
    site.deliver_mail()
    (letter,) = site.letters_to("nora.quinn@example.org")
    found = re.search(r"https?://\S+", letter)
    assert found, letter

    nurse = somebody()
    nurse.goes_to(found.group()).sees("Hello Nora Quinn").follows("Begin")
    for domain in DOMAINS:
        nurse.sees(domain)
        for choice in nurse.page.locator("select").all():
            choice.select_option("6")
        nurse.presses("Save and go on")
    nurse.sees("All themes are answered.")

    manager.goes_to(work).follows("Organizational capacity")
    for _ in DOMAINS:
        manager.sees("Nora Quinn, nurse")
        for choice in manager.page.locator("select").all():
            choice.select_option("5")
        manager.presses("Save and go on")
    manager.follows("Close the self-assessment")
    manager.page.get_by_label("Day of the meeting").fill(clock.today().isoformat())
    manager.presses("Close and see the profile").sees("62.5 percent: 125 of 200 points")
    chart = manager.page.get_by_role("img", name=re.compile("Mean of each domain"))
    assert chart.locator("circle.chart-now").count() == len(DOMAINS)
    assert nurse.page.goto(found.group()).status == 410  # type: ignore[union-attr]  # it answers


def own_practice(site: Site) -> str:
    with site.database() as database:
        row = database.execute("SELECT party_id FROM account WHERE email = 'practice@example.org'").fetchone()
    return str(row[0])
