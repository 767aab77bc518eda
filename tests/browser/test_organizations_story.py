"""A vendor organization, a practice and a training program: one lifecycle, each under its own standard."""

import re
from pathlib import Path

import pytest

from certhub import clock
from tests.browser import casework
from tests.browser.conftest import Introduces
from tests.browser.person import Person
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NUMBERS = {"VO-CORE": ("Vendor code", "VC6000777777"), "PR-CORE": ("NPI", "1234567893")}
PASSWORD = "nine orange lanterns at low tide"


def registers_and_invites(admin: Person, site: Site, kind: str, name: str) -> str:
    """Put the organization on file and invite whoever runs it; the link in the letter."""
    menu, noun, role = {
        "VO-CORE": ("Vendors", "vendor organization", "Vendor HR"),
        "PR-CORE": ("Practices", "practice", "Practice manager"),
        "TP-CORE": ("Training programs", "training program", "Training provider"),
    }[kind]
    email = f"runs-{kind.lower()}@example.org"
    admin.follows(menu, first=True).follows(f"Add a {noun}").fills("Legal name", name)
    if kind in NUMBERS:
        admin.fills(*NUMBERS[kind])
    admin.chooses("City or town", "Worcester").fills("Business e-mail", f"office-{kind.lower()}@example.org")
    admin.presses(f"Add the {noun}").sees(name, "Not certified yet.")
    admin.follows("Accounts", first=True).follows("Invite a person")
    admin.chooses("Role", role).fills("Name of the organization or coordinator", name).presses("Continue")
    assert name in admin.page.get_by_label("For", exact=True).inner_text()
    admin.fills("Name", "Jordan Abernathy").fills("E-mail address", email).presses("Send the invitation")
    site.deliver_mail()
    (letter,) = site.letters_to(email)
    found = re.search(r"https?://\S+", letter)
    assert found, letter
    return found.group()


def names_champions(manager: Person) -> None:
    """Say who leads the work in the practice, from the page of the application and from that of the practice."""
    for link, role, name in (
        ("Name a champion for PR-06 Champions", "Physician champion", "Amara Osei"),
        ("Name a champion", "Staff champion", "Kevin Tran"),
    ):
        manager.follows(link).chooses("Role", role).fills("Name", name)
        manager.fills("E-mail", f"{name.split()[0].lower()}@example.org")
        manager.fills("First day", clock.today().isoformat()).presses("Save").sees("The champion is on file.", name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("VO-CORE", "Quabbin Valley Family Supports"),
        ("PR-CORE", "Wachusett Pediatrics and Adolescent Medicine"),
        ("TP-CORE", "Berkshire Care Coordination Academy"),
    ],
)
def test_an_organization_is_registered_invited_and_certified_under_its_own_standard(
    site: Site, somebody: Introduces, tmp_path: Path, kind: str, name: str
) -> None:
    paper = casework.scan(tmp_path)
    link = registers_and_invites(somebody("admin@example.org"), site, kind, name)

    manager = somebody()
    manager.goes_to(link).fills("Password", PASSWORD).fills("Password again", PASSWORD).presses("Open my account")
    manager.sees(name).follows("Apply for certification").presses("Start the application")
    application = manager.page.url
    manager.sees(f"{kind}, version 1")
    if kind == "PR-CORE":
        names_champions(manager)
        manager.goes_to(application)
    casework.provides_what_is_missing(manager, kind, "Jordan Abernathy", paper)
    manager.follows("Check and submit").sees("Everything that is asked for is there.")
    manager.checks("What is in this application is true and complete as far as I know.").presses("Submit to DPH")

    reviewer = somebody("reviewer@example.org")
    casework.finds_in_queue(reviewer, name)
    reviewer.presses("Take up for review")
    casework.searches_registries(reviewer, kind)
    casework.accepts_what_waits(reviewer)
    reviewer.follows("Decide").sees("All requirements are met").checks("Approve").presses("Record the decision")
    reviewer.sees("Decision: approved")

    manager.goes_to(application).follows("See the credential and its certificate").sees("Current", f"{kind}, version 1")
    assert manager.downloads("Download the certificate (PDF)").startswith(b"%PDF")
    manager.follows("Read it as a page").sees(name)
