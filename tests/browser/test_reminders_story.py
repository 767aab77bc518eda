"""The worker reminds people over SMTP: once, and the mail page tells of it."""

from collections import Counter
from datetime import timedelta

import pytest

from certhub import clock
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_the_worker_reminds_each_person_once_and_the_mail_page_shows_it(site: Site, somebody: Introduces) -> None:
    site.command("worker", "--once")  # from now on deadlines are watched; what was due before is not told again
    before, in_two_weeks = len(site.mailbox.taken), (clock.today() + timedelta(days=14)).isoformat()
    site.command("job", "run", "renewal-reminders", "--on", in_two_weeks)
    site.command("job", "run", "mail-delivery", "--on", in_two_weeks)
    reminders = site.mailbox.taken[before:]
    assert reminders
    assert max(Counter(str(one["To"]) for one in reminders).values()) == 1, "one digest for each person"

    site.command("job", "run", "renewal-reminders", "--on", in_two_weeks)
    site.command("job", "run", "mail-delivery", "--on", in_two_weeks)
    site.command("worker", "--once")
    assert len(site.mailbox.taken) == before + len(reminders), "a second run sends nothing again"

    recipient, subject = str(reminders[0]["To"]), str(reminders[0]["Subject"])
    address = recipient.rpartition("<")[2].rstrip(">")
    admin = somebody("admin@example.org")
    admin.follows("Mail", first=True).fills("E-mail address", address).chooses("Status", "Sent").presses("Show")
    admin.sees(address, subject, "Sent").follows(subject, first=True).sees("What it says", "Attempts")
    admin.follows("Jobs", first=True).sees("renewal-reminders", "mail-delivery")
