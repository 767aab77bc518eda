"""Jobs that end their process: they wait, take no other job with them, are told, and give up what they die at."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import outlook
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Counts, Job, Occasion
from certhub.models.jobs import JobStatus
from certhub.queries import job_runs
from certhub.rules.job_retries import ALONE_AFTER
from tests.conftest import settings_for
from tests.integration.delivery.workers import (
    CUT,
    DEAD,
    DONE,
    FAILED,
    NOW,
    ON,
    a_run,
    a_worker,
    begin_and_die,
    let_the_lease_run_out,
    runs,
)  # fmt: skip


@pytest.mark.parametrize("name", ["renewal-reminders", "training-imports", "mail-delivery"])
def test_a_job_that_ends_its_process_each_time_is_not_begun_for_ever(
    committed_app: Flask, settings: Settings, name: str
) -> None:
    with time_machine.travel(clock.now(), tick=False) as travelled:
        for _ in range(8):
            crashed = a_worker(committed_app, settings)
            let_the_lease_run_out()
            crashed.beat()
            begin_and_die(crashed, name)
            travelled.shift(timedelta(minutes=1))
        assert [run.status for run in runs()] == [JobStatus.INTERRUPTED] * 4
        assert outlook.conditions(clock.now(), backup_within=None)["jobs"].facts["failing"] == name
        travelled.shift(timedelta(minutes=50))
        assert not crashed._is_due(all_jobs()[name], clock.now())
        travelled.shift(timedelta(minutes=10))
        assert crashed._is_due(all_jobs()[name], clock.now())


def test_a_job_that_may_be_what_ends_the_process_runs_while_no_other_does(
    committed_app: Flask, settings: Settings
) -> None:
    worker = a_worker(committed_app, settings)
    worker.beat()
    with transaction() as session:
        session.add_all(a_run(DEAD, number, name="deadly") for number in range(ALONE_AFTER))

    def ran(name: str, beside: str = "") -> dict[str, bool]:
        """Whether a job is run, and another one that comes up in the middle of it."""
        found = {}

        def work(_occasion: Occasion) -> Counts:
            if beside:
                found.update(ran(beside))
            return {}

        told = worker._ran(Job(name, "* * * * *", "Works.", work), worker._occasion(NOW.date()), worker._still_holds)
        return {name: told, **found}

    assert ran("harmless", "deadly") == {"harmless": True, "deadly": False}
    assert ran("deadly", "harmless") == {"deadly": True, "harmless": False}
    assert ran("harmless", "deadly") == {"harmless": True, "deadly": True}, "it has lived to its end"


@pytest.mark.parametrize(
    ("statuses", "failures"),
    [
        ([DONE], 0), ([FAILED, DEAD], 2), ([DEAD, FAILED, ON], 2), ([DEAD] * 4, 4), ([DEAD] * 3 + [DONE], 0),
        ([FAILED, CUT], 0), ([DEAD, DEAD, ON], 2), ([DONE, DEAD], 1),
    ],
)  # fmt: skip
def test_runs_that_ended_with_their_process_count_as_failures_for_whoever_watches(
    statuses: list[JobStatus | str], failures: int
) -> None:
    runs = [a_run(status, 100 * place) for place, status in enumerate(statuses)]
    assert job_runs.standing(runs[::-1]).failures == failures


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(str(db.engine.url.render_as_string(hide_password=False)), tmp_path)
