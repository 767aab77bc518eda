"""A change of employer, from the request to both employers' pages: asked for, agreed to, taken back."""

from datetime import timedelta

import pytest

from certhub import clock
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

VENDOR, REQUEST = "Blackstone Care Network", "Senior care coordinator"


def test_a_coordinator_who_is_asked_reads_what_follows_agrees_and_thinks_again(
    site: Site, somebody: Introduces
) -> None:
    person = somebody("coordinator@example.org")
    person.follows("Changes of employer", first=True).sees(VENDOR, "Waits for the person")
    person.page.get_by_role("table").get_by_role("link").first.click()
    person.sees(REQUEST).follows("Look at the request and answer")
    person.sees("What they do not see", "who employs you now or employed you before")
    person.checks("Yes, I want to work for them, and they may read my record").presses("Sign and send")
    person.sees("There is something to correct")
    person.checks("I have read the statement and I sign it.").fills("Your full name", "A Name").presses("Sign and send")
    person.sees("Your answer is on file.", "What it did")
    record = person.page.url

    old, new = somebody("hr@example.org"), somebody("hr2@example.org")
    old.follows("Changes of employer", first=True).sees("People who leave you", "Propose until")
    assert VENDOR not in old.page.content()
    new.follows("Changes of employer", first=True).sees("Agreed")
    new.goes_to(record).follows("Open the record").sees(REQUEST)

    person.goes_to(record).follows("Take the change back").presses("Take the change back").sees("It is taken back.")
    new.goes_to(record).sees("Taken back")
    assert not new.page.get_by_role("link", name="Open the record").count()


def test_a_vendor_that_asks_for_nobody_reads_the_same_as_for_somebody(site: Site, somebody: Introduces) -> None:
    hr = somebody("hr@example.org")
    hr.follows("Coordinators", first=True).follows("A coordinator joins us from another employer")
    hr.fills("E-mail address or credential number of the person", "nobody").fills("Last name of the person", "Nemo")
    day = (clock.today() + timedelta(days=30)).isoformat()
    hr.fills("First day of work with you", day).presses("Ask the person")
    hr.sees("A credential number looks like")
    hr.fills("E-mail address or credential number of the person", "nobody@example.net").presses("Ask the person")
    hr.sees("If there is such a record, the person gets a letter.", "Waits for the person")
    hr.follows("Withdraw the request").presses("Withdraw the request").sees("It is taken back.", "Withdrawn")
