"""Training from the plan of a session to the seat that comes free: a program, a vendor's HR, and who moves up."""

from datetime import timedelta

import pytest

from certhub import clock
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

COURSE = "Health equity in care coordination"


def test_hr_enrols_three_for_two_seats_and_the_third_moves_up_when_one_comes_free(
    site: Site, somebody: Introduces
) -> None:
    day = clock.today() + timedelta(days=60)
    trainer = somebody("training@example.org")
    trainer.follows("Courses", first=True).follows(COURSE).follows("Plan a session")
    trainer.fills("Day of meeting 1", day.isoformat()).fills("Meeting 1 starts at", "09:00")
    trainer.fills("Meeting 1 ends at", "08:00").fills("Seats", "2").fills("Given by", "Imani Brooks")
    trainer.fills("Last day to enrol", day.isoformat()).fills("Last day to give up a seat", day.isoformat())
    trainer.presses("Plan the session").sees("ends before it starts")
    trainer.fills("Meeting 1 ends at", "12:00").presses("Plan the session")
    trainer.sees("The session is planned.", "0 of 2", "Codes to check in")
    address = trainer.page.url

    hr = somebody("hr2@example.org")
    hr.goes_to(address).follows("Enrol people")
    boxes = hr.page.get_by_role("checkbox")
    names = [str(boxes.nth(place).get_attribute("aria-label")).removeprefix("Pick ") for place in range(3)]
    for name in names:
        hr.checks(f"Pick {name}")
    hr.presses("Enrol those whom I picked").sees("What became of each", "Enrolled", "On the waiting list")
    hr.sees("0 of 2 seats free, 1 waiting")

    hr.follows("See your people in this session")
    row = hr.page.get_by_role("row").filter(has_text=names[0])
    hr.follows(f"Give up the place of {names[0]}", within=row).presses("Give up the place").sees("Say why.")
    hr.fills("Reason", "On leave").presses("Give up the place").sees("The place was given up.", "2 of 2")
    hr.follows("Your people in it")
    assert "Enrolled" in hr.page.get_by_role("row").filter(has_text=names[2]).inner_text()
    assert "Withdrawn" in hr.page.get_by_role("row").filter(has_text=names[0]).inner_text()

    trainer.goes_to(address).follows("Participants").sees(names[1], names[2]).goes_to(address)
    trainer.follows("Sign-in sheet").sees("Print this page", names[2]).does_not_see(names[0])
    trainer.goes_to(address).follows("Cancel the session").fills("Reason", "Snow").presses("Cancel the session")
    trainer.sees("The session is cancelled. People who were told: 2.", "Snow")
    hr.goes_to(address).sees("Cancelled. Snow")
