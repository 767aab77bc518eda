"""What applicants and reviewers do again and again: hand in what a standard asks for, and judge it item by item."""

import re
import tomllib
from collections.abc import Collection
from pathlib import Path

from certhub import clock
from certhub.demo.evidence import PAPER, Person, Typed, sufficient
from certhub.rules.evidence_forms import done_by_department, needs_file, required_signer, text_to_sign
from certhub.rules.requirement_kinds.papers import signing_role
from certhub.rules.standard import Requirement, Standard
from certhub.rules.standard_definition import parse_standard
from tests.browser import person as browsing
from tests.browser.site import CHECKOUT

WAITS = "Waiting for review"


def standard(code: str) -> Standard:
    """A shipped standard as the rules read it."""
    path = CHECKOUT / "certhub" / "data" / "standards" / f"{code.lower()}.toml"
    return parse_standard(tomllib.loads(path.read_text()), path.name)


def scan(folder: Path, name: str = "scan.pdf") -> Path:
    """A document to upload."""
    path = folder / name
    path.write_bytes(PAPER)
    return path


def provides(
    somebody: browsing.Person, requirement: Requirement, signer: str, paper: Path, pieces: list[Typed] | None = None
) -> None:
    """Add evidence for one requirement on the page of the application: each piece on a form of its own."""
    for typed in pieces or sufficient(requirement, on=clock.today(), person=Person(signer)):
        if text_to_sign(requirement) is not None:
            signs(somebody, requirement, signer, paper, typed)
            continue
        somebody.follows(f"Add evidence for {requirement.code} {requirement.title}")
        somebody.fills_by_name({name: value for name, value in typed.items() if value})
        if somebody.page.locator("[name=file]").count() and needs_file(requirement):
            somebody.page.locator("[name=file]").set_input_files(paper)
        somebody.presses("Save").sees(f"Saved for {requirement.code}")


def signs(somebody: browsing.Person, requirement: Requirement, signer: str, paper: Path, typed: Typed) -> None:
    """Sign on the screen where the account can, and hand in a signed page where it cannot."""
    title = f"{requirement.code} {requirement.title}"
    somebody.follows(f"Read and sign {title}")
    party = str(typed.get("party", required_signer(requirement)))
    if not somebody.page.get_by_role("button", name="Sign", exact=True).count() or signing_role(party) is None:
        somebody.follows("Sign on paper instead" if signing_role(party) is None else "Upload a signed page")
        somebody.fills_by_name({name: value for name, value in typed.items() if value})
        somebody.page.locator("[name=file]").set_input_files(paper)
        somebody.presses("Save").sees(f"Saved for {requirement.code}")
        return
    somebody.checks("I have read the text and I sign it").checks("I agree to sign electronically")
    if somebody.page.get_by_label("Your title").count():
        somebody.checks("I am an officer, such as president, director or treasurer").fills("Your title", "Manager")
    somebody.fills("Your full name", signer).presses("Sign").sees("Signed. A copy is on its way")
    somebody.follows("Application")


def provides_what_is_missing(
    somebody: browsing.Person, code: str, signer: str, paper: Path, *, leave: Collection[str] = ()
) -> None:
    """Go down the list of requirements and add evidence wherever something is still asked for."""
    for requirement in standard(code).requirements:
        if requirement.code not in leave and _is_asked_for(somebody, requirement):
            provides(somebody, requirement, signer, paper)


def accepts_what_waits(reviewer: browsing.Person, *, leave: Collection[str] = ()) -> None:
    """Accept each item that waits, one after the other."""
    while waiting := [code for code in _waiting(reviewer) if code not in leave]:
        judges(reviewer, waiting[0], "Accept")


def judges(reviewer: browsing.Person, code: str, finding: str, reason: str = "") -> None:
    """Open one item, say what comes of it, and come back to the application."""
    item = reviewer.page.locator(f'li[id="{code}"]')
    with reviewer.page.expect_navigation():
        item.get_by_role("link", name=re.compile("^Accept or return")).click()
    reviewer.checks(finding)
    if reason:
        reviewer.fills("Reason", reason)
    reviewer.presses("Save")


def searches_registries(reviewer: browsing.Person, code: str) -> None:
    """Enter what the department itself looks up."""
    for requirement in standard(code).requirements:
        if done_by_department(requirement) and _is_asked_for(reviewer, requirement):
            for typed in sufficient(requirement, on=clock.today(), person=Person("Daniel Achebe")):
                reviewer.follows(f"Add evidence for {requirement.code} {requirement.title}")
                reviewer.fills_by_name({name: value for name, value in typed.items() if value})
                reviewer.presses("Save")


def finds_in_queue(reviewer: browsing.Person, applicant: str) -> None:
    """Page through the work queue until the applicant's name comes."""
    reviewer.follows("Work queue", first=True)
    while not reviewer.page.get_by_role("link", name=applicant, exact=True).count():
        reviewer.follows("Next →")
    reviewer.follows(applicant)


def _is_asked_for(somebody: browsing.Person, requirement: Requirement) -> bool:
    item = somebody.page.locator(f'li[id="{requirement.code}"]')
    if not item.count() or not item.get_by_role("link", name=re.compile("^(Add evidence|Read and sign)")).count():
        return False
    tag = item.locator("h3 .status").inner_text()
    return tag in ("Not met", "In part")


def _waiting(reviewer: browsing.Person) -> list[str]:
    items = reviewer.page.locator("li.requirement").filter(has=reviewer.page.get_by_text(WAITS, exact=True))
    return [str(one) for one in items.evaluate_all("all => all.map(one => one.id)")]
