"""The pooled fund: a payer's year from its notice to the true-up, on the demo's worked year, to the cent."""

import pytest

from certhub.rules.fiscal_years import fiscal_year_in_words
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

LATE = "Cranberry Lane Administrators"


def worked_year(site: Site) -> str:
    """The name of the demo year that is over and trued up."""
    with site.database() as connection:
        (fiscal_year,) = connection.execute("SELECT min(fiscal_year) FROM fund_year").fetchone()
    return fiscal_year_in_words(int(fiscal_year))


def test_a_payers_year_goes_from_its_notice_to_the_true_up(site: Site, somebody: Introduces) -> None:
    year = worked_year(site)
    manager = somebody("fund@example.org")
    manager.follows("Fund years", first=True).follows(year).sees("Need of the year: $1,900,000.00", "−$50,000.00")
    manager.follows("Private payers").sees("$988,000.00 × 11,000 ÷ 380,000 = $28,600.00", "below the threshold")
    manager.follows(year).follows("Invoices and payments").follows(LATE)
    manager.follows("Notice of assessment").sees("Your share is $988,000.00 × 11,000 ÷ 380,000", "4 of 4", "$7,150.00")

    manager.follows(LATE).sees("Overdue").follows("Refer an overdue instalment")
    manager.chooses("Instalment", "4: $7,150.00 open").fills("To whom", "Attorney General").presses("Refer it")
    manager.sees("The instalment is referred.", "Referred").follows("Record a payment")
    manager.fills("Amount", "7,150.001").presses("Record the payment").sees("Type an amount")
    manager.fills("Amount", "7,150.00").fills("Reference", "Transfer 88").presses("Record the payment")
    manager.sees("The payment is on record.", "$28,600.00")

    manager.follows(year).follows("True-up").sees("−$1,823.68", "−$63,000.00", "−$50,000.00")
    manager.follows(year).follows("Close the year").presses("Close the year").sees("The year is closed.")
    auditor = somebody("auditor@example.org")
    auditor.follows("Fund years", first=True).follows(year).sees("Closed")
