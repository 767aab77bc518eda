"""A critical requirement is set aside: one person recommends it, another one decides, and both stand on the record."""

import pytest

from tests.browser import casework
from tests.browser.conftest import Introduces

pytestmark = pytest.mark.browser

NAME = "Carmen Ortiz"
"""The coordinator of the demo state whose renewal lacks some hours; Daniel Achebe has recommended it."""
WHY = "She was ill from March to June"


def test_two_people_set_a_critical_requirement_aside(somebody: Introduces) -> None:
    reviewer = somebody("reviewer@example.org")
    reviewer.follows("Work queue", first=True).sees("with DPH", "past the goal")
    reviewer.follows("Decision being prepared", first=True).follows(NAME)
    reviewer.sees("Recommended: approve", "CC-09", WHY, "Due at DPH")
    application = reviewer.page.url
    reviewer.follows("Decide").sees("You recommended this, so another person decides.")
    assert not reviewer.page.get_by_label("Approve", exact=True).count()
    reviewer.checks("Take it back into review").presses("Record the decision").sees("Say what is still to be done")
    reviewer.fills("Reason", "Ask which months.").presses("Record the decision").sees("under review again")
    reviewer.sees("Ask which months.")

    reviewer.follows("Recommend a decision").sees("Critical requirements that an approval would set aside", "CC-09")
    reviewer.checks("Approve").presses("Record the recommendation").sees("Say why CC-09")
    reviewer.fills("Why the critical requirements are set aside", f"{WHY}, as her doctor writes.")
    reviewer.presses("Record the recommendation").sees("Another person at DPH makes the decision.")

    administrator = somebody("admin@example.org").goes_to(application)
    administrator.follows("Change the reviewer").chooses("Reviewer", "Margaret Holloway, DPH administrator")
    administrator.presses("Give it to this person").sees("Margaret Holloway reviews this application now.")
    administrator.follows("Decide").sees("Daniel Achebe", f"{WHY}, as her doctor writes.").checks("Approve")
    administrator.fills("Reason", "As recommended.").presses("Record the decision")
    administrator.sees("Decision: approved", "A critical requirement was set aside by two people", "Daniel Achebe")
    administrator.follows("See the credential and its certificate").sees("Granted with an override", WHY)


def test_a_note_goes_to_and_fro_on_a_requirement(somebody: Introduces) -> None:
    reviewer = somebody("reviewer@example.org")
    casework.finds_in_queue(reviewer, "Rachel Goldstein")
    application = reviewer.page.url
    reviewer.follows("Write a note on CC-03 Experience").fills("Note", "Which years were these?").presses(
        "Add the note"
    )
    hr = somebody("hr@example.org").goes_to(application).sees("Which years were these?")
    hr.follows("Write a note on CC-03 Experience").fills("Note", "2019 to 2023.").presses("Add the note")
    reviewer.goes_to(application).sees("2019 to 2023.")
