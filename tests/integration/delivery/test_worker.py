"""The worker: one holder at a time, soon replaced after a crash, catching up on what was missed."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import runner, timetable
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Counts, Job, JobProblem, Occasion
from certhub.jobs.worker import Worker
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.services import leases
from tests.conftest import SECRET_KEY, settings_for

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(str(db.engine.url.render_as_string(hide_password=False)), tmp_path)


def acquire(owner: str, at: datetime) -> int | None:
    with transaction():
        return leases.acquire("worker", owner, at=at)


def a_worker(app: Flask, settings: Settings) -> Worker:
    return Worker(app.app_context, settings, lambda _item: "https://h/")


def runs() -> list[JobRun]:
    db.session.expire_all()
    return list(db.session.scalars(select(JobRun).order_by(JobRun.id)))


def test_one_owner_holds_the_lease_and_another_takes_it_only_after_it_ran_out(app: Flask) -> None:
    assert acquire("a", NOW) == 1
    assert acquire("b", NOW + timedelta(seconds=10)) is None
    assert acquire("a", NOW + timedelta(seconds=30)) == 1
    assert acquire("b", NOW + timedelta(seconds=60)) is None
    assert acquire("b", NOW + timedelta(seconds=71)) == 2
    assert acquire("a", NOW + timedelta(seconds=72)) is None


def test_a_released_lease_is_free_at_once(app: Flask) -> None:
    acquire("a", NOW)
    with transaction():
        leases.release("worker", "a", at=NOW)
    assert acquire("b", NOW) == 2


def test_of_many_at_once_exactly_one_gets_the_lease(committed_app: Flask) -> None:
    got: list[int | None] = []
    ready = threading.Barrier(4)

    def contend(number: int) -> None:
        with committed_app.app_context():
            ready.wait()
            got.append(acquire(f"owner {number}", NOW))
            db.session.remove()

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=str) == [1, None, None, None]


def test_two_workers_run_each_job_once_and_only_the_holder_runs_any(committed_app: Flask, settings: Settings) -> None:
    first, second = a_worker(committed_app, settings), a_worker(committed_app, settings)
    for worker in (first, second):
        worker.beat()
    assert (first.holds_lease, second.holds_lease) == (True, False)

    threads = [threading.Thread(target=worker.tick) for worker in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.name for run in runs()) == sorted(all_jobs())
    assert {run.status for run in runs()} == {JobStatus.FINISHED}


def test_a_worker_that_lost_the_lease_without_noticing_runs_nothing(committed_app: Flask, settings: Settings) -> None:
    sleeper, heir = a_worker(committed_app, settings), a_worker(committed_app, settings)
    sleeper.beat()
    let_the_lease_run_out()
    heir.beat()
    assert heir.holds_lease
    assert sleeper.holds_lease  # it was stopped meanwhile, and does not know
    assert sleeper.tick() == 0
    assert heir.tick() == len(all_jobs())


def test_the_heir_of_a_crashed_worker_closes_its_runs_and_catches_up(committed_app: Flask, settings: Settings) -> None:
    crashed = a_worker(committed_app, settings)
    crashed.beat()
    with transaction() as session:
        session.add(
            JobRun(
                name="renewal-reminders", run_on=clock.today(), status=JobStatus.RUNNING, started_at=clock.now(),
                dry_run=False, done=0, counts={},
            )
        )  # fmt: skip
    heir = a_worker(committed_app, settings)
    let_the_lease_run_out()
    heir.beat()
    heir.tick()
    reminders = [run for run in runs() if run.name == "renewal-reminders"]
    assert [run.status for run in reminders] == [JobStatus.INTERRUPTED, JobStatus.FINISHED]
    assert reminders[0].error == "The worker stopped before this run ended."


def test_a_job_that_ends_its_process_each_time_is_not_begun_for_ever(committed_app: Flask, settings: Settings) -> None:
    for _ in range(5):
        crashed = a_worker(committed_app, settings)
        let_the_lease_run_out()
        crashed.beat()
        begin_and_die(crashed, "renewal-reminders")
    assert [run.status for run in runs()] == [JobStatus.INTERRUPTED] * 4


def begin_and_die(worker: Worker, name: str) -> None:
    """Begin the job if it is due, and leave its row as a process does that is killed."""
    if worker._is_due(all_jobs()[name], clock.now()):
        with transaction() as session:
            session.add(
                JobRun(
                    name=name, run_on=clock.today(), status=JobStatus.RUNNING, started_at=clock.now(), dry_run=False,
                    done=0, counts={},
                )
            )  # fmt: skip


def let_the_lease_run_out() -> None:
    """As time does; the lease is reckoned by the clock of the database, which does not travel."""
    with transaction() as session:
        session.execute(update(Lease).values(expires_at=clock.now() - timedelta(seconds=1)))


def test_a_stopped_worker_gives_the_lease_up(committed_app: Flask, settings: Settings) -> None:
    first, second = a_worker(committed_app, settings), a_worker(committed_app, settings)
    first.beat()
    first.stop()
    second.beat()
    assert second.holds_lease


def test_a_failed_job_is_a_row_with_a_sentence_and_what_it_did(app: Flask, settings_of_app: Settings) -> None:
    def breaks(_occasion: Occasion) -> Counts:
        raise JobProblem("The server is away.", {"sent": 3})

    def bursts(_occasion: Occasion) -> Counts:
        raise ValueError("Ana Ferreira")

    occasion = Occasion(clock.today(), settings_of_app, lambda _item: "")
    told = runner.run(Job("breaks", "* * * * *", "Breaks.", breaks), occasion)
    assert (told.status, told.error, told.counts) == (JobStatus.FAILED, "The server is away.", {"sent": 3})
    unexpected = runner.run(Job("bursts", "* * * * *", "Bursts.", bursts), occasion)
    assert unexpected.status is JobStatus.FAILED
    assert "ValueError" in str(unexpected.error)
    assert "Ana" not in str(unexpected.error)


@pytest.fixture
def settings_of_app(app: Flask, tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused", tmp_path)


def test_a_job_is_due_once_its_time_has_passed_since_the_last_run() -> None:
    job = Job("x", "0 6 * * *", "X.", lambda _occasion: {})
    six_in_boston = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    never = timetable.appointment(job, None, now=six_in_boston)
    assert never.is_due(six_in_boston)
    after = timetable.appointment(job, six_in_boston, now=six_in_boston)
    assert after.next_at == six_in_boston + timedelta(days=1)
    assert not after.is_due(six_in_boston + timedelta(hours=23))
    assert after.is_due(six_in_boston + timedelta(days=9))
    assert after.is_late(six_in_boston + timedelta(days=2))
    summer = timetable.appointment(job, datetime(2026, 3, 7, 11, 0, tzinfo=UTC), now=six_in_boston)
    assert summer.next_at == datetime(2026, 3, 8, 10, 0, tzinfo=UTC)  # the clocks changed in the night


def command(settings: Settings, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "certhub", *arguments]


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
    return kept | {
        "CERTHUB_DATABASE_URL": settings.database_url,
        "CERTHUB_DATA_DIR": str(settings.data_dir),
        "CERTHUB_SECRET_KEY": SECRET_KEY,
    }


def test_sigterm_ends_the_worker_cleanly_and_frees_the_lease(settings: Settings) -> None:
    process = subprocess.Popen(
        command(settings, "worker"), env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not db.session.scalar(select(func.count()).select_from(Lease)):
            db.session.rollback()
            time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()
    db.session.rollback()
    assert acquire("next", clock.now()) == 2


def test_a_job_runs_by_hand_dry_or_for_real_and_says_what_it_did(settings: Settings) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(settings, *arguments),
            env=environment(settings),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    dry = run("job", "run", "renewal-reminders", "--on", "2026-03-02", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "dry run, nothing was changed" in dry.stdout
    assert "mail-delivery: Send what waits" in run("job", "list").stdout
    once = run("worker", "--once")
    assert once.returncode == 0, once.stderr
    unknown = run("job", "run", "no-such-job")
    assert unknown.returncode != 0
    assert "There is no job named no-such-job" in unknown.stderr
    assert [run.dry_run for run in runs()] == [True, *[False] * len(all_jobs())]
