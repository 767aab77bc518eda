"""A worker with one job, whose minutes are those that a test writes into a file, and whose lease is short.

Run as `python -m tests.reliability.ticking SETTINGS`. Time goes on when the test says so, so that it can see of each
minute whether its run took place, and how often, however busy the machine is.
"""

import json
import sys
import time
from datetime import datetime
from pathlib import Path

from certhub import clock
from certhub.app import create_app
from certhub.config import load
from certhub.jobs import worker
from certhub.jobs.registry import Counts, Job, Occasion
from tests.reliability.hasty import shorten_the_lease

NAME = "tick"


def main() -> None:
    """Work until killed."""
    given = json.loads(sys.argv[1])
    minutes = Path(given.pop("minutes"))
    settings = load({}, **{**given, "data_dir": Path(given["data_dir"])})
    app = create_app(settings)

    def now() -> datetime:
        return datetime.fromisoformat(minutes.read_text())

    def tick(_occasion: Occasion) -> Counts:
        time.sleep(0.005)
        return {"ticked": 1}

    vars(clock)["now"] = now
    shorten_the_lease(settings.database_url)
    vars(worker)["all_jobs"] = lambda: {NAME: Job(NAME, "* * * * *", "Ticks.", tick)}

    working = worker.Worker(app.app_context, settings, lambda _item: "https://certhub.example/")
    working.start()
    working.wait()


if __name__ == "__main__":
    main()
