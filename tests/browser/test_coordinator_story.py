"""A coordinator from the employer's roster to the certificate, as each person on the way would click."""

import io
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import openpyxl
import page as page_validation
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from certhub import clock
from certhub.demo.evidence import Person as Signer
from certhub.demo.evidence import narrow_ratings, sufficient
from tests.browser import casework
from tests.browser.conftest import Introduces
from tests.browser.inspection import SCREENSHOTS
from tests.browser.person import Person
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NAME = "Nguyễn Thị Minh Khai-Ferreira"
EMAIL = "minhkhai@example.org"
PHONE = "617-555-0199"
RETURNED_BECAUSE = "Nobody has rated professional skills. Send one more form."
NEW_PASSWORD = "seven quiet herons by the river"
HEADING = ["name", "email", "discipline", "employment_start", "phone", "languages", "municipality"]
ROSTER = [
    ["Rosalind Achterberg", "rosalind@example.org", "Nurse", "2026-01-05", "617-555-0181", "English", "Boston"],
    ["Tadeo Villalobos", "tadeo@example.org", "Experienced parent", "2026-02-02", "617-555-0182", "Spanish", ""],
    ["Ифеома Okonkwo", "ifeoma@example.org", "Educator", "2026-03-02", "", "English", "Worcester"],
]  # fmt: skip


def roster_as_csv(folder: Path) -> Path:
    """The roster with two cells that cannot be right."""
    rows = [list(row) for row in ROSTER]
    rows[0][2], rows[2][3] = "Astronaut", "31 February"
    path = folder / "roster.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADING, *rows]), encoding="utf-8")
    return path


def roster_as_spreadsheet(folder: Path) -> Path:
    """The corrected roster."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [HEADING, *ROSTER]:
        book.active.append(row)
    path = folder / "roster.xlsx"
    book.save(path)
    return path


def imports_a_roster(hr: Person, folder: Path) -> None:
    hr.follows("Coordinators", first=True).follows("Import a spreadsheet")
    hr.attaches("Spreadsheet", roster_as_csv(folder)).presses("Check the file")
    hr.sees("2 cells need a correction.", "Nothing was imported.", "Astronaut", "31 February")
    report = hr.downloads("Download the report (CSV)").decode("utf-8-sig")
    assert "Astronaut" in report
    assert "31 February" in report
    hr.follows("Upload another file")
    hr.attaches("Spreadsheet", roster_as_spreadsheet(folder)).presses("Check the file")
    hr.sees("Would be added", *(row[0] for row in ROSTER)).presses("Import 3 coordinators")
    hr.sees("Done: 3 coordinators were added").follows("See the coordinators")


def adds_a_coordinator(hr: Person) -> str:
    hr.follows("Coordinators", first=True).follows("Add a coordinator")
    hr.presses("Add the coordinator").sees("There is something to correct", "Enter the first day of work.")
    hr.fills("Legal name", NAME).chooses("Discipline", "Social worker")
    hr.fills("Business e-mail", EMAIL).fills("Telephone", PHONE).chooses("City or town", "Boston")
    hr.fills("Job title", "Care coordinator").fills("First day of work", "2025-03-03")
    hr.presses("Add the coordinator").sees(f"{NAME} is on file.", "Harbor Family Collaborative", "2025-03-03")
    return hr.page.url


def enters_training(hr: Person, folder: Path) -> None:
    day = (clock.today() - timedelta(days=45)).isoformat()
    for number in range(1, 6):
        hr.follows("Add training")
        hr.fills("Title of the training", f"Pediatric care coordination, module {number}")
        hr.fills("Given by", "New England Care Coordination Institute").fills("Course code", f"PCCC-M{number}")
        hr.checks("The program or provider is approved by DPH or by a licensing board.").fills("Finished on", day)
        hr.fills("Core care coordination", "6")
        hr.fills("Ethics and scope of practice", "0.4" if number == 1 else "2")
        hr.attaches("Certificate of completion", casework.scan(folder, f"module-{number}.pdf"))
        if number == 1:
            hr.presses("Save the training").sees("Type hours in quarters, for example 1.5 or 2.25.")
            assert hr.page.get_by_label("Title of the training").input_value().endswith("module 1")
            hr.fills("Ethics and scope of practice", "2")
            hr.attaches("Certificate of completion", casework.scan(folder, "module-1.pdf"))
        hr.presses("Save the training").sees("The training is on file.")


def invites_the_coordinator(hr: Person, site: Site) -> str:
    """The link in the invitation, as it came by mail."""
    hr.follows("Accounts", first=True).follows("Invite a person")
    hr.chooses("Role", "Care coordinator").fills("Name of the organization or coordinator", "Minh Khai")
    hr.presses("Continue")
    assert NAME in hr.page.get_by_label("For", exact=True).inner_text()
    hr.fills("Name", NAME).fills("E-mail address", EMAIL).presses("Send the invitation")
    hr.sees(f"An invitation is on its way to {EMAIL}.")
    site.deliver_mail()
    (letter,) = site.letters_to(EMAIL)
    found = re.search(r"https?://\S+", letter)
    assert found, letter
    return found.group()


def opens_the_account(coordinator: Person, link: str) -> None:
    coordinator.goes_to(link).sees("Open your account", "Care coordinator", NAME)
    coordinator.fills("Password", "short").fills("Password again", "short").presses("Open my account")
    coordinator.sees("There is something to correct")
    coordinator.fills("Password", NEW_PASSWORD).fills("Password again", NEW_PASSWORD).presses("Open my account")


def signs_in_person(coordinator: Person, code: str, folder: Path) -> None:
    requirement = next(one for one in casework.standard("CC-CORE").requirements if one.code == code)
    casework.provides(coordinator, requirement, NAME, casework.scan(folder))


def gives_references_that_do_not_cover_all(hr: Person, folder: Path) -> None:
    references = next(one for one in casework.standard("CC-CORE").requirements if one.code == "CC-04")
    full = sufficient(references, on=clock.today(), person=Signer(NAME))
    narrow = [narrow_ratings(references, typed) for typed in full]
    casework.provides(hr, references, NAME, casework.scan(folder), pieces=narrow)


def is_a_valid_certificate(pdf: bytes, folder: Path) -> None:
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    assert pdf.startswith(b"%PDF")
    for profile in ("ua1", "2a"):
        verdict = page_validation.validate_pdf(path, profile=profile)
        assert verdict.is_compliant, (profile, verdict.failures)
    (SCREENSHOTS / "print").mkdir(parents=True, exist_ok=True)
    picture = SCREENSHOTS / "print" / "certificate-pdf"
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(path), str(picture)], check=True)
    [page] = (SCREENSHOTS / "print").glob("certificate-pdf*.png")  # the certificate is one page
    [code] = zxingcpp.read_barcodes(Image.open(page))
    assert re.search(r"/verify/[0-9A-Z-]+$", code.text), "a telephone reads the printed code"


def submits(hr: Person, application: str, button: str) -> None:
    hr.goes_to(application).follows(button).presses("Submit to DPH").sees("Check this box before you submit.")
    hr.checks("What is in this application is true and complete as far as I know.").presses("Submit to DPH")
    hr.sees("The application is with DPH.")


def returns_one_item(reviewer: Person) -> None:
    casework.finds_in_queue(reviewer, NAME)
    reviewer.sees("40 of 40 hours", "ethics 10 of 2").presses("Take up for review")
    casework.accepts_what_waits(reviewer, leave={"CC-04"})
    casework.judges(reviewer, "CC-04", "Return for correction")
    reviewer.sees("Say why, so that the applicant knows what to do.")
    reviewer.fills("Reason", RETURNED_BECAUSE).presses("Save").presses("Return 1 item to the applicant")


def approves(reviewer: Person) -> None:
    casework.finds_in_queue(reviewer, NAME)
    reviewer.presses("Take up for review")
    casework.accepts_what_waits(reviewer)
    reviewer.follows("Decide").sees("All requirements are met", "Why this date")
    reviewer.presses("Record the decision").sees("Choose one.")
    reviewer.checks("Approve").presses("Record the decision").sees("Decision: approved")
    reviewer.follows("See the credential and its certificate")


def verifies(anybody: Person, address: str, pdf: bytes, folder: Path) -> None:
    issued, changed = folder / "issued.pdf", folder / "changed.pdf"
    issued.write_bytes(pdf)
    changed.write_bytes(pdf + b"%")
    anybody.goes_to(address).sees(NAME, "CC-CORE, version 1", "Current").does_not_see(EMAIL, PHONE)
    anybody.attaches("Certificate (PDF)", issued).presses("Compare the file").sees("Yes.", "byte for byte")
    anybody.attaches("Certificate (PDF)", changed).presses("Compare the file").sees("No.", "Trust the facts above")
    anybody.follows("Verify a certificate").fills("Verification code", address.rsplit("/", 1)[1].lower())
    anybody.presses("Verify the code").sees(NAME)
    anybody.follows("Verify a certificate").attaches("Certificate (PDF)", issued).presses("Compare the file")
    anybody.sees("Yes: this file is an issued certificate")
    anybody.follows("Verify another certificate").fills("Verification code", "ABCD").presses("Verify the code")
    anybody.sees("That is not a complete code.")


def test_a_coordinator_is_certified_from_the_roster_to_the_certificate_that_anybody_can_verify(
    site: Site, somebody: Introduces, tmp_path: Path
) -> None:
    paper = casework.scan(tmp_path)

    hr = somebody("hr@example.org")
    hr.sees("Harbor Family Collaborative").does_not_see("Blackstone Care Network")
    imports_a_roster(hr, tmp_path)
    record = adds_a_coordinator(hr)
    enters_training(hr, tmp_path)
    link = invites_the_coordinator(hr, site)
    hr.goes_to(record).follows("Apply for certification").presses("Start the application")
    application = hr.page.url
    hr.sees("40 of 40 hours")

    coordinator = somebody()
    opens_the_account(coordinator, link)
    coordinator.sees(NAME).follows("Go on with the initial application")
    signs_in_person(coordinator, "CC-01", tmp_path)
    signs_in_person(coordinator, "CC-07", tmp_path)

    hr.goes_to(application).follows("Check and submit").sees("still missing", "CC-03 Experience")
    hr.follows("Back to the application")
    gives_references_that_do_not_cover_all(hr, tmp_path)
    casework.provides_what_is_missing(hr, "CC-CORE", NAME, paper, leave={"CC-04"})
    submits(hr, application, "Check and submit")

    reviewer = somebody("reviewer@example.org")
    returns_one_item(reviewer)
    hr.goes_to(application).sees(RETURNED_BECAUSE)
    casework.provides_what_is_missing(hr, "CC-CORE", NAME, paper)
    submits(hr, application, "Submit again")
    approves(reviewer)

    pdf = reviewer.downloads("Download the certificate (PDF)")
    is_a_valid_certificate(pdf, tmp_path)
    reviewer.follows("Read it as a page").sees(NAME, "Certified Pediatric Care Coordinator")

    coordinator.goes_to("/").sees("What the next renewal needs by", "0 of 24 hours", "Current")
    assert coordinator.downloads("Download the certificate (PDF)") == pdf
    coordinator.goes_to(coordinator.links(r"^/credentials/\d+$")[0]).follows("What anybody sees who verifies it")
    verifies(somebody(), coordinator.page.url, pdf, tmp_path)

    other_hr = somebody("hr2@example.org")
    for not_theirs in (record, application):
        other_hr.goes_to(not_theirs).sees("We could not find that page").does_not_see(NAME)
    auditor = somebody("auditor@example.org")
    auditor.goes_to(f"/audit-trail?party={record.rsplit('/', 1)[1]}").sees("Daniel Achebe", "Denise Carter", NAME)


def test_the_certificates_text_can_be_read_from_the_file(somebody: Introduces) -> None:
    """The demo coordinator's certificate as a program that reads aloud would find it."""
    coordinator = somebody("coordinator@example.org")
    pdf = coordinator.downloads("Download the certificate (PDF)")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
        assert str(document.Root.Lang) == "en-US"
        assert "Ana Ferreira" in str(document.docinfo["/Title"])
