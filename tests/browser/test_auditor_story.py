"""An auditor sees who did what and when, the register of a past day, and whether the trail holds."""

import re
from datetime import timedelta

import pytest

from certhub import clock
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser

_NO_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'audit_entry' AND name LIKE '%_refuses_%'"


def test_the_register_of_a_past_day_differs_from_that_of_today(somebody: Introduces) -> None:
    auditor = somebody("auditor@example.org")
    auditor.follows("Register", first=True).sees("Register: Care coordinators", "as known now")
    of_today = auditor.page.locator("tbody tr").count()
    past = clock.today() - timedelta(days=900)
    auditor.fills("As of", past.isoformat()).presses("Show")
    auditor.sees(f"As of {past:%B} {past.day}, {past.year}")
    assert 0 < auditor.page.locator("tbody tr").count() != of_today
    auditor.fills("As of", "1700-01-01").presses("Show").sees("There is something to correct")
    auditor.follows("Training programs", first=True).follows("Register", first=True)
    with auditor.page.expect_download() as arrival:
        auditor.page.get_by_role("button", name="Download all rows as CSV").click()
    assert arrival.value.suggested_filename.startswith("register-coordinators-as-of-")


def test_the_audit_trail_names_who_did_what_and_when_and_verifies_itself(site: Site, somebody: Introduces) -> None:
    auditor = somebody("auditor@example.org")
    auditor.follows("Audit trail", first=True).chooses("What was done", "Approved an application").presses("Show")
    auditor.sees("Daniel Achebe", "approved an application")
    auditor.page.locator("tbody th a").first.click()
    auditor.sees("Daniel Achebe", "approved")
    auditor.follows("Audit trail", first=True).presses("Verify the whole trail").sees("Unbroken", "entries hold")
    assert re.search(r"[1-9]\d*", site.command("audit", "verify"))


def test_a_row_changed_by_hand_is_named_by_the_verification(site: Site, somebody: Introduces) -> None:
    auditor = somebody("auditor@example.org")
    with site.database() as connection:
        triggers = connection.execute(_NO_TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        ((seq, action),) = connection.execute("SELECT seq, action FROM audit_entry ORDER BY seq LIMIT 1 OFFSET 99")
        connection.execute("UPDATE audit_entry SET action = 'account.opened_by_hand' WHERE seq = ?", (seq,))
        connection.commit()
        try:
            auditor.follows("Audit trail", first=True)
            with auditor.page.expect_navigation():
                auditor.page.get_by_role("button", name="Verify the whole trail").click()
            auditor.sees("Broken", f"broken at entry {seq}")
            assert str(seq) in site.command("audit", "verify", succeeds=False)
        finally:
            connection.execute("UPDATE audit_entry SET action = ? WHERE seq = ?", (action, seq))
            for _, statement in triggers:
                connection.execute(statement)
    auditor.follows("Audit trail", first=True).presses("Verify the whole trail").sees("Unbroken")
