"""A contract from the draft to executed with an amendment, and an assignment that is refused and then made."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from certhub import clock
from certhub.rules.fiscal_years import days_of_fiscal_year, fiscal_year_of
from certhub.rules.independence import CITATIONS, IndependenceRule
from tests.browser.conftest import Introduces
from tests.browser.person import Person
from tests.browser.site import Site

pytestmark = pytest.mark.browser

PRACTICE = "Northgate Pediatric Associates of Chelsea"
NOT_COMMITTED = "Maple Grove Pediatrics of Pittsfield"
OWNED = "Elm Street Pediatric Associates of New Bedford"
"""It shares an owner with South Coast Family Alliance, who has too little of both to count."""
VENDOR = "Pioneer Valley Family Partners"
NUMBER = "INTF3199202700001"
SIGNED = (
    ("Negotiated", ""), ("Sent to the contractor to sign", ""), ("Signed by the contractor", "Ruth Kowalski"),
    ("Signed by the department", "Rosemary Tan"),
)  # fmt: skip


def records(person: Person, step: str, name: str) -> Person:
    person.follows("Record the next step").checks(step)
    if name:
        person.fills("Name of who signed or decided", name)
    return person.presses("Save")


def adds(person: Person, year: int, amount: str) -> None:
    person.fills("Fiscal year", str(year)).fills("Purpose", "Coordinators in rural practices")
    person.fills("Amount", amount).presses("Add the line")


def test_a_contract_is_drafted_signed_and_amended(somebody: Introduces) -> None:
    year = fiscal_year_of(clock.today())
    last = days_of_fiscal_year(year + 1).to_on
    assert last is not None
    fund = somebody("fund@example.org").follows("Contracts").follows("Draft a contract")
    fund.presses("Save the draft").sees("Choose the vendor.", "Enter the document number.")
    fund.chooses("Contractor", VENDOR).fills("Document number", NUMBER).fills("Title", "Rural coordination")
    fund.fills("Performance", "Two coordinators in rural practices.").fills("Legal name", f"{VENDOR}, Inc.")
    fund.fills("Legal address", "12 Main Street, Greenfield, MA 01301").fills("Procurement", "BD-27-1031")
    fund.fills("Contract manager of the contractor", "Ruth Kowalski").fills(
        "E-mail of the contract manager", "ruth@example.org"
    )
    fund.fills("Contract manager of DPH", "Rosemary Tan").fills("E-mail of DPH's contract manager", "fund@example.org")
    fund.fills("Last day", last.isoformat()).presses("Save the draft").sees("Add the budget of each fiscal year.")
    adds(fund, year, "48,000.00")
    adds(fund, year + 1, "96,000.00")
    fund.sees("$144,000.00").follows("Back without saving").sees("Draft", "$96,000.00")

    for step, name in SIGNED[:3]:
        records(fund, step, name)
    fund.goes_to("/contracts").follows(NUMBER).follows("debarment check")
    fund.fills("List that you searched", "OSD list of debarred contractors").presses("Save").sees("is on file")
    records(fund, *SIGNED[3]).sees("Active", "the last that the contract needed", "$48,000.00")
    fund.follows("Summary as a document").sees("Rural coordination", "Signed by the department".lower())
    assert fund.downloads("Download the summary (PDF)").startswith(b"%PDF")

    fund.goes_to("/contracts").follows(NUMBER).follows("Draft an amendment").presses("Save the draft")
    fund.sees("Say what changes, and why.").fills("What changes, and why", "Half a position more")
    fund.presses("Save the draft").follows("Change the budget")
    adds(fund, year + 1, "24,500.00")
    fund.follows("Back without saving").sees("Maximum obligation, Budget or rates")
    for step, name in SIGNED:
        records(fund, step, name)
    fund.sees("Executed").follows(NUMBER, first=True).sees("$120,500.00", "Amendment 1")


def test_an_assignment_is_refused_for_each_reason_and_made_once_it_fits(site: Site, somebody: Introduces) -> None:
    admin = somebody("admin@example.org")
    long_ago = date(2016, 1, 4)
    asks(admin, "Karen Doyle", on=long_ago).sees(
        "Harbor Family Collaborative is without a certification in force", "VO-CORE", "815 CMR 10.00", "CC-08",
        "Karen Doyle is without a credential in force", "CC-CORE and VO-09", f"{PRACTICE} is without", "PR-01",
    )  # fmt: skip
    asks(admin, "Samuel Osei").sees("Samuel Osei is without a credential in force", "CC-CORE and VO-09")
    asks(admin, "Karen Doyle", at=NOT_COMMITTED).sees(f"{NOT_COMMITTED} is without", "PR-01")
    with owned(site, percent=60):
        admin = asks(admin, "Soo-Jin Park", at=OWNED)
        admin.sees("in the same ownership group (Old Colony Physicians)", CITATIONS[IndependenceRule.OWNERSHIP])
    with exhausted(site, "Harbor Family Collaborative"):
        asks(admin, "Karen Doyle").sees("The contract is exhausted in", "815 CMR 10.00", "Amend the contract first")
    asks(admin, "Karen Doyle", places="200")
    admin.sees("has no room for this (CC-11)", "241.0 hours a month", "91.0 direct hours")
    admin.fills("Why this may pass the capacity", "A colleague is on leave until June").presses("Save")
    admin.sees("The assignment is on file.", "200 places", "A colleague is on leave until June")


def asks(admin: Person, name: str, *, places: str = "5", at: str = PRACTICE, on: date | None = None) -> Person:
    """Place somebody in a practice of the demo state, by default from today on."""
    admin.follows("Coordinators", first=True).fills("Name or e-mail", name).presses("Show").follows(name)
    admin.follows("Place in a practice").page.locator("#q").fill(at)
    admin.presses("Find")
    admin.page.get_by_role("radio", name=at).first.check()
    admin.page.get_by_label("Contract", exact=True).select_option(index=1)
    first = on or clock.today()
    return admin.fills("Places", places).fills("First day", first.isoformat()).presses("Save")


@contextmanager
def owned(site: Site, *, percent: int) -> Iterator[None]:
    """The owner whom a vendor and a practice share, with more of both than the demo state gives it."""
    with site.database() as connection:
        before = connection.execute(
            "SELECT stake.percent, stake.id FROM ownership_stake AS stake "
            "JOIN ownership_group AS own ON own.id = stake.group_id WHERE own.name = 'Old Colony Physicians'"
        ).fetchall()
        connection.executemany(
            "UPDATE ownership_stake SET percent = ? WHERE id = ?", [(percent, row[1]) for row in before]
        )
    yield
    with site.database() as connection:
        connection.executemany("UPDATE ownership_stake SET percent = ? WHERE id = ?", before)


@contextmanager
def exhausted(site: Site, vendor: str) -> Iterator[None]:
    """The vendor's contracts with all money of this year asked for, until the invoices go back."""
    year, at = fiscal_year_of(clock.today()), f"{clock.now():%Y-%m-%d %H:%M:%S.%f}"
    with site.database() as connection:
        contracts = connection.execute(
            "SELECT contract.id FROM contract JOIN party ON party.id = contract.vendor_id WHERE party.name = ?",
            [vendor],
        ).fetchall()
        for (contract,) in contracts:
            found = connection.execute(
                "INSERT INTO vendor_invoice (contract_id, number, fiscal_year, starts_on, ends_on, filed_by_id, "
                "filed_at) VALUES (?, 'ALL', ?, ?, ?, 1, ?)",
                [contract, year, f"{year - 1}-07-01", f"{year - 1}-07-31", at],
            )  # fmt: skip
            connection.execute(
                "INSERT INTO vendor_invoice_line (invoice_id, description, starts_on, ends_on, amount_cents) "
                "VALUES (?, 'All', ?, ?, 100000000000)",
                [found.lastrowid, f"{year - 1}-07-01", f"{year - 1}-07-31"],
            )  # fmt: skip
    yield
    with site.database() as connection:
        connection.execute(
            "UPDATE vendor_invoice SET returned_at = ?, return_reason = 'A test' WHERE number = 'ALL'", [at]
        )
