"""A reference, from the letter to the reviewer: given by somebody without an account, sent once."""

import re

import pytest

from certhub.rules.training_categories import COMPETENCIES
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NAME = "Emmanuel Pierre"
REFEREE, ADDRESS = "Noor Haddad", "noor.haddad@example.net"


def test_a_referee_without_an_account_sends_a_reference_that_the_reviewer_reads(
    site: Site, somebody: Introduces
) -> None:
    hr = somebody("hr2@example.org")
    hr.follows("Applications", first=True).follows(NAME, first=True).follows("Ask for a reference for CC-04 References")
    hr.fills("Name of the person", REFEREE).fills("E-mail address of the person", "hr2@example.org")
    hr.fills("How this person knows the applicant's work", "Nurse on the same team").presses("Send the request")
    hr.sees("This address belongs to the organization that asks.")
    hr.fills("E-mail address of the person", ADDRESS).presses("Send the request")
    hr.sees(f"{REFEREE} is asked by e-mail and has 30 days to answer.")
    application = hr.page.url.split("#")[0]

    site.deliver_mail()
    (letter,) = site.letters_to(ADDRESS)
    link = re.search(r"https?://\S+/references/\S+", letter)
    assert link, letter
    referee = somebody()
    referee.goes_to(link.group()).sees(f"A reference for {NAME}", "can read what you answer")
    referee.fills("In what role do you know the applicant?", "Nurse on the same team").presses("Sign and send")
    referee.sees("There is something to correct", "Choose how long you have known the applicant.")
    assert (
        referee.page.get_by_label("In what role do you know the applicant?").input_value() == "Nurse on the same team"
    )
    referee.checks("1 to 3 years").fills_by_name({f"rating-{key}": "4" for key in COMPETENCIES})
    referee.checks("I have read the statement and I sign it").checks("I agree to sign electronically").fills(
        "Your full name", REFEREE
    )
    referee.presses("Sign and send").sees("Thank you for your reference")
    referee.goes_to(link.group()).sees("It was sent once and cannot be sent again.")

    site.deliver_mail()
    assert "This is what you sent." in site.letters_to(ADDRESS)[-1]
    reviewer = somebody("reviewer@example.org")
    reviewer.goes_to(application).sees(REFEREE, "by the referee, who sent it directly", "10 of 10")
