"""A proposal: one line is accepted, one is declined with a reason, and a new plan counts with what was accepted."""

import pytest

from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def lines(site: Site) -> list[tuple[str, str]]:
    """The first two lines of the demo's proposal: coordinator and practice."""
    with site.database() as connection:
        found = connection.execute(
            "SELECT person.name, practice.name FROM proposal_line"
            " JOIN party AS person ON person.id = proposal_line.coordinator_id"
            " JOIN party AS practice ON practice.id = proposal_line.practice_id"
            " WHERE proposal_line.region = 'central' ORDER BY proposal_line.id LIMIT 2"
        )
        return [(str(person), str(practice)) for person, practice in found]


def test_a_proposal_is_accepted_in_part_and_the_next_one_counts_with_it(site: Site, somebody: Introduces) -> None:
    (person, practice), (other, elsewhere) = lines(site)
    office = somebody("admin@example.org")
    office.follows("Proposals", first=True).sees("Nothing is changed until a person accepts it")
    office.page.locator("table a").first.click()
    plan = office.page.url
    office.follows("Central").sees("Next best:", "open: ")
    office.checks(f"Accept {person} for {practice}").presses("Accept the marked lines")
    office.sees("1 line is accepted: the assignments are on record.", "Accepted: 1, declined: 0")

    office.goes_to(f"{plan}?region=central").follows(f"{other} at {elsewhere}").sees("Share of a full-time week", "Why")
    office.follows("Decline this line").presses("Decline").sees("Say why this line is declined.")
    office.fills("Why", "The practice asked for somebody it knows").presses("Decline")
    office.sees("The line is declined.", "The practice asked for somebody it knows")
    office.goes_to(plan).sees("Accepted: 1, declined: 1")

    office.follows("Proposals", first=True).follows("New proposal").presses("Make the plan").sees("waits for its turn")
    office.follows("Keep it still")
    site.command("job", "run", "proposals")
    office.follows("Look again").sees("The regions", "Full-time positions by region of the practices")
    with site.database() as connection:
        (number,) = connection.execute(
            "SELECT count(*) FROM assignment JOIN proposal_line ON proposal_line.assignment_id = assignment.id"
        ).fetchone()
    assert number == 1
