"""An administrator decides on mail in doubt, opts out of nothing that counts, runs a job from its page and ends one."""

from datetime import UTC, datetime

import pytest

from certhub import clock
from certhub.web.formats import short_day
from tests.browser.conftest import Introduces
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_a_person_says_what_became_of_mail_in_doubt(site: Site, somebody: Introduces) -> None:
    with site.database() as rows:
        rows.execute(
            "UPDATE message SET status = 'in_doubt', last_error = 'The sending was cut off.' WHERE id IN"
            " (SELECT id FROM message WHERE status IN ('sent', 'queued') ORDER BY id DESC LIMIT 2)"
        )
        rows.commit()
        subjects = [row[0] for row in rows.execute("SELECT subject FROM message WHERE status = 'in_doubt' ORDER BY id")]
    admin = somebody("admin@example.org")
    admin.follows("Mail", first=True).sees("2 messages may or may not have arrived")
    admin.follows("Look at what is in doubt").follows(subjects[1], first=True)
    admin.sees("nobody knows whether it arrived", "Message-ID").presses("It arrived").sees("The message counts as sent")
    admin.follows("Mail", first=True).sees("1 message may or may not have arrived")
    admin.follows("Look at what is in doubt").follows(subjects[0], first=True)
    admin.follows("Send it again").presses("Send it again").sees("The message waits to be sent again")


def test_a_job_is_asked_for_paused_and_ended_on_its_page(site: Site, somebody: Introduces) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with site.database() as rows:
        begun = rows.execute(
            "INSERT INTO job_run (name, run_on, dry_run, status, started_at, heartbeat_at, done, total, counts, runner,"
            " by_hand) VALUES ('training-imports', ?, 0, 'running', ?, ?, 4000, 12000, '{}', 'host:7', 1)",
            (now[:10], now, now),
        )
        rows.commit()
    admin = somebody("admin@example.org")
    admin.follows("Jobs", first=True).sees("4,000 of 12,000 done", "This page loads itself again", "Massachusetts")
    admin.follows("Keep it still").follows(f"training-imports, number {begun.lastrowid}", first=True).sees(
        "4,000 of 12,000 done", "host:7"
    )
    admin.presses("End this run").sees("It ends after the piece of work that it is at", "asked it to end")
    admin.follows("Jobs", first=True).follows("Run a job now")
    admin.chooses("Job", "old-attempts").checks("Only count what it would do, and change nothing").presses("Run it")
    admin.sees("old-attempts for", "(dry run)", "It waits for the worker")
    admin.presses(f"Do not run it (old-attempts for {short_day(clock.today())}, dry run)").sees("The job is not run")
    admin.follows("Pause a job").chooses("Job", "mail-delivery").fills("Why", "The mail server moves.").presses(
        "Pause it"
    )
    admin.sees("Paused by", "The mail server moves.").presses("Let it go on (mail-delivery)").sees(
        "mail-delivery goes on"
    )
