"""The worker reminds people over SMTP: once, and the mail page tells of it."""

from collections import Counter

import pytest

from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_the_worker_reminds_each_person_once_and_the_mail_page_shows_it(site: Site, somebody: Introduces) -> None:
    before = len(site.mailbox.taken)
    planned = site.command("job", "run", "renewal-reminders")
    site.deliver_mail()
    letters = site.mailbox.taken[before:]
    reminders = [one for one in letters if "deadline" in str(one["Subject"]).lower() or "due" in str(one["Subject"]).lower()]
    assert reminders, (planned, [str(one["Subject"]) for one in letters])

    site.command("job", "run", "renewal-reminders")
    site.command("worker", "--once")
    assert len(site.mailbox.taken) == before + len(letters), "a second run sends nothing again"
    assert max(Counter(site.mailbox.ids()).values()) == 1

    recipient, subject = str(reminders[0]["To"]), str(reminders[0]["Subject"])
    address = recipient.rpartition("<")[2].rstrip(">")
    admin = somebody("admin@example.org")
    admin.follows("Mail", first=True).fills("E-mail address", address).chooses("Status", "Sent").presses("Show")
    admin.sees(address, subject, "Sent").follows(subject, first=True).sees("What it says", "Attempts")
    admin.follows("Jobs", first=True).sees("renewal-reminders", "mail-delivery")
