"""A month of caseload: HR corrects a line, DPH reads what does not fit, HR answers, and DPH sees who is full."""

import pytest

from tests.browser.conftest import Introduces
from tests.browser.person import Person
from tests.browser.site import Site

pytestmark = pytest.mark.browser

ANSWER = "Two admissions of the last week were left out."


def latest_month(site: Site) -> tuple[int, str]:
    """The vendor of the demo's HR person, and the latest month that it filed, as addresses name it."""
    with site.database() as connection:
        vendor, month = connection.execute(
            "SELECT report.vendor_id, max(report.month_from) FROM caseload_report AS report"
            " JOIN account ON account.party_id = report.vendor_id"
            " WHERE account.email = 'hr@example.org' GROUP BY report.vendor_id"
        ).fetchone()
    return int(vendor), str(month)[:7].replace("-", "")


def number(person: Person, name: str) -> int:
    return int(person.page.locator(f'[name="{name}"]').input_value() or 0)


def test_a_line_is_corrected_asked_about_answered_and_accepted(site: Site, somebody: Introduces) -> None:
    vendor, month = latest_month(site)
    hr = somebody("hr@example.org")
    hr.follows("Caseload reports").sees("One report for each month with an assignment")
    hr.goes_to(f"/caseload/vendors/{vendor}/months/{month}").sees("Coordinators and practices")
    changes = hr.links(rf"/months/{month}/lines/")
    hr.goes_to(changes[-1])
    children, other = number(hr, "children"), number(hr, "age_12_17")
    hr.fills_by_name({"children": str(children + 2)}).presses("Keep and go on")
    hr.sees("There is something to correct", f"but there are {children + 2} active children")
    hr.fills_by_name(
        {
            "tier_1": str(number(hr, "tier_1") + 2),
            "coverage_other": str(number(hr, "coverage_other") + 2),
            "age_12_17": str(other + 2),
            "disability_other": str(number(hr, "disability_other") + 2),
        }
    )
    hr.presses("Keep and go on").sees("1 line is typed and not filed")
    hr.follows("File the correction").sees("What DPH would ask about", "Comings and goings do not add up")
    hr.presses("File the correction").sees("is filed.", "corrected 1 time", "Waits for the vendor")

    hr.page.get_by_role("link", name="Which number is right?").click()
    hr.fills("Your answer", ANSWER).presses("Send the answer").sees("DPH has your answer.")
    asked = hr.page.url

    reviewer = somebody("reviewer@example.org")
    reviewer.follows("Caseload reports").sees("Every vendor with an assignment").follows("Questions about reports")
    reviewer.goes_to(asked).sees(ANSWER).checks("Accept it as explained").presses("Save")
    reviewer.sees("The question is settled.", "Accepted by")
    reviewer.follows("How full coordinators are").sees("By region", "Over capacity")
    reviewer.chooses("How full", "Over capacity").presses("Show")
    reviewer.follows(reviewer.page.locator("tbody th a").first.inner_text())
    reviewer.sees("How this is computed", "37.5 hours a week × 52 ÷ 12 × 0.80", "Month by month")
