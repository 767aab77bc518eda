"""`certhub worker` in a hurry: its lease is short, and it delivers mail all the time, so that a kill hits it at work.

Run as `python -m tests.reliability.hasty worker`, with the settings of an installation in the environment.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import partial

from certhub import cli
from certhub.cli import worker as worker_command
from certhub.jobs import catalog, worker
from certhub.jobs.registry import Job
from certhub.services import leases

LEASE_SECONDS = 1.0
MAIL = "mail-delivery"


def shorten_the_lease(database_url: str) -> None:
    """Let a lease that is taken in this process last `LEASE_SECONDS`."""
    if database_url.startswith("sqlite"):
        vars(worker)["own_clock"] = lambda: datetime.now(UTC)  # to the microsecond, as PostgreSQL's own
    vars(worker).update(HEARTBEAT_SECONDS=LEASE_SECONDS / 4, TICK_SECONDS=0.02)
    vars(leases)["acquire"] = partial(leases.acquire, length=timedelta(seconds=LEASE_SECONDS))


class Always(worker.Worker):
    """For which it is always time."""

    def _is_due(self, _job: Job, _at: datetime) -> bool:
        return True


def main() -> None:
    """Work until killed."""
    shorten_the_lease(os.environ["CERTHUB_DATABASE_URL"])
    vars(worker)["all_jobs"] = lambda: {MAIL: catalog.find(MAIL)}
    vars(worker_command)["Worker"] = Always
    cli.main()


if __name__ == "__main__":
    main()
