"""The worker reminds people over SMTP: once, and the mail page tells of it."""

from collections import Counter
from datetime import date, timedelta

import pytest

from certhub import clock
from certhub.demo.deadlines import last_office_day
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def licences_end(site: Site, day: date) -> None:
    """Give three people a licence of another body that ends on a day."""
    with site.database() as database:
        database.execute(
            "INSERT INTO external_licence (coordinator_id, kind, number, issued_by, status, expires_on, recorded_at) "
            "SELECT id, 'CCM', 'CCM' || id, 'Commission for Case Manager Certification', 'current', ?, ? "
            "FROM party WHERE kind = 'coordinator' AND email IS NOT NULL ORDER BY id LIMIT 3",
            (day.isoformat(), clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")),
        )


def test_the_worker_reminds_each_person_once_and_the_mail_page_shows_it(site: Site, somebody: Introduces) -> None:
    site.command("worker", "--once")  # from now on deadlines are watched; what was due before is not told again
    before = len(site.mailbox.taken)
    licences_end(site, last_office_day(clock.today()) + timedelta(days=30))  # a step that goes out today
    site.command("job", "run", "renewal-reminders")
    site.command("job", "run", "mail-delivery")
    reminders = site.mailbox.taken[before:]
    assert reminders
    assert max(Counter(str(one["To"]) for one in reminders).values()) == 1, "one digest for each person"

    site.command("job", "run", "renewal-reminders")
    site.command("job", "run", "mail-delivery")
    site.command("worker", "--once")
    assert len(site.mailbox.taken) == before + len(reminders), "a second run sends nothing again"

    recipient, subject = str(reminders[0]["To"]), str(reminders[0]["Subject"])
    address = recipient.rpartition("<")[2].rstrip(">")
    admin = somebody("admin@example.org")
    admin.follows("Mail", first=True).fills("E-mail address", address).chooses("Status", "Sent").presses("Show")
    admin.sees(address, subject, "Sent").follows(subject, first=True).sees("What it says", "Attempts")
    admin.follows("Jobs", first=True).sees("renewal-reminders", "mail-delivery")
