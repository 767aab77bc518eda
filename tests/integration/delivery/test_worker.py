"""The worker: one holder at a time, soon replaced after a crash, catching up on what was missed."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import runner, timetable
from certhub.jobs import worker as jobs_worker
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import MAIL, Counts, Job, JobProblem, Occasion
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.queries import job_runs
from certhub.queries.job_runs import Standing
from certhub.rules.job_retries import ABANDONED
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import job_control, leases
from tests.conftest import SECRET_KEY, settings_for
from tests.factories import make_user
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


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(str(db.engine.url.render_as_string(hide_password=False)), tmp_path)


def acquire(owner: str, at: datetime) -> int | None:
    with transaction():
        return leases.acquire("worker", owner, at=at)


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


def test_a_run_of_its_own_that_the_holder_is_not_at_any_more_is_found_and_one_that_it_is_at_is_left_alone(
    committed_app: Flask, settings: Settings
) -> None:
    holder = a_worker(committed_app, settings)
    holder.beat()
    begin_and_die(holder, "renewal-reminders")  # its end could not be entered, because the database was away

    def beats(_occasion: Occasion) -> Counts:
        holder.beat()
        return {"done": 1}

    holder._result(Job("beats", "* * * * *", "Beats.", beats), holder._occasion(clock.today()))
    left, own = runs()
    assert (left.status, left.error) == (JobStatus.INTERRUPTED, ABANDONED)
    assert (own.status, own.counts) == (JobStatus.FINISHED, {"done": 1})


def test_a_beat_that_fails_does_not_give_up_the_run_that_is_under_way(
    committed_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(committed_app, settings)
    worker.beat()
    told: list[tuple[bool, JobStatus]] = []

    def is_cut_off_from_the_database(_occasion: Occasion) -> Counts:
        with monkeypatch.context() as away:
            away.setattr(leases, "acquire", lost)
            worker.beat()
        assert not worker.holds_lease
        worker.beat()
        told.append((worker.holds_lease, runs()[0].status))
        return {}

    def lost(*_arguments: object, **_named: object) -> int:
        raise OperationalError("UPDATE lease", None, Exception("The connection is gone."))

    worker._result(
        Job("goes on", "* * * * *", "Goes on.", is_cut_off_from_the_database), worker._occasion(clock.today())
    )
    assert told == [(True, JobStatus.RUNNING)]


def test_a_pause_is_asked_for_when_a_run_begins_and_not_when_the_tick_did(
    committed_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(committed_app, settings)
    worker.beat()
    administrator = make_user(Role.DPH_ADMINISTRATOR)

    def pauses_the_next(_occasion: Occasion) -> Counts:
        with transaction():
            job_control.pause("next", "It moves.", actor=administrator, at=clock.now())
        return {}

    known = {
        name: Job(name, "* * * * *", "Works.", work)
        for name, work in (("first", pauses_the_next), ("next", lambda _occasion: {}))
    }
    monkeypatch.setattr(jobs_worker, "all_jobs", lambda: known)
    assert worker.tick() == 1
    assert [run.name for run in runs()] == ["first"]


def test_the_lease_is_renewed_until_the_run_that_is_under_way_has_ended(
    committed_app: Flask, settings: Settings
) -> None:
    worker = a_worker(committed_app, settings)
    worker.beat()

    def is_told_to_end(_occasion: Occasion) -> Counts:
        worker.ask_to_end()
        let_the_lease_run_out()
        worker.beat()
        assert acquire("heir", clock.now()) is None
        return {}

    worker._result(Job("ends", "* * * * *", "Ends.", is_told_to_end), worker._occasion(clock.today()))
    worker.stop()
    assert runs()[0].status is JobStatus.FINISHED, runs()[0].error
    assert acquire("heir", clock.now()) is not None


def test_mail_has_a_thread_of_its_own_and_what_was_asked_for_goes_to_the_right_one(
    committed_app: Flask, settings: Settings
) -> None:
    worker = a_worker(committed_app, settings)
    worker.beat()
    administrator = make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        for name in ("mail-delivery", "old-attempts"):
            job_control.request(
                name, clock.today(), dry_run=True, today=clock.today(), actor=administrator, at=clock.now()
            )
    assert worker.tick(only=MAIL) == 2
    assert [run.name for run in runs()] == ["mail-delivery"] * 2
    assert worker.tick(but_for=MAIL) == len(all_jobs())
    assert [run.name for run in runs() if run.dry_run] == ["mail-delivery", "old-attempts"]
    assert worker.tick() == 0


def test_once_runs_each_job_but_those_that_are_paused_and_only_where_no_other_worker_runs(
    committed_app: Flask, settings: Settings
) -> None:
    administrator = make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        job_control.pause("mail-delivery", "The server moves.", actor=administrator, at=clock.now())
    other = a_worker(committed_app, settings)
    other.beat()
    with pytest.raises(Refusal, match="Another worker is running"):
        list(a_worker(committed_app, settings).once())
    assert runs() == []
    other.stop()
    told = {job.name: result for job, result in a_worker(committed_app, settings).once()}
    assert [name for name, result in told.items() if result is None] == ["mail-delivery"]
    assert {run.name for run in runs()} == all_jobs().keys() - {"mail-delivery"}
    assert acquire("next", clock.now()) is not None


@pytest.mark.parametrize(
    ("statuses", "minutes"),  # the runs of a daily job, the oldest first, one each 100 minutes; after the last of them
    [
        ([DONE], 24 * 60), ([FAILED], 5), ([DONE, FAILED], 5), ([FAILED, FAILED], 15), ([FAILED] * 3, 60),
        ([FAILED] * 4, 60), ([FAILED, DONE], 24 * 60), ([FAILED, CUT], 5 - 100), ([FAILED, ON], 24 * 60),
        ([DEAD] * 4, 60), ([FAILED, CUT, FAILED], 15), ([JobStatus.CANCELLED], 24 * 60), ([FAILED, DEAD], 5 - 100),
        ([CUT] * 4, 0), ([DEAD] * 3, 0), ([DEAD, DEAD, CUT, DEAD], 0),
    ],
)  # fmt: skip
def test_a_job_that_failed_is_tried_again_in_growing_pauses_and_not_only_tomorrow(
    statuses: list[JobStatus | str], minutes: int
) -> None:
    runs = [a_run(status, 100 * place) for place, status in enumerate(statuses)]
    last = runs[-1].started_at
    at_this_time = f"{last.astimezone(clock.AGENCY_ZONE):%M %H} * * *"
    standing = job_runs.standing(runs[::-1])
    due = timetable.appointment(Job("x", at_this_time, "X.", lambda _occasion: {}), standing, now=last).next_at
    assert due == last + timedelta(minutes=minutes)


def test_a_job_of_every_minute_that_failed_keeps_to_its_schedule() -> None:
    runs = [a_run(FAILED, number) for number in range(6)]
    job = Job("x", "* * * * *", "X.", lambda _occasion: {})
    due = timetable.appointment(job, job_runs.standing(runs[::-1]), now=runs[-1].started_at).next_at
    assert due - runs[-1].started_at <= timedelta(minutes=1)


def test_a_failure_for_another_day_says_nothing_of_today() -> None:
    assert job_runs.standing([a_run(FAILED, 0, run_on=date(2026, 1, 5))]) == Standing(None)


def test_a_daily_job_that_failed_is_run_again_by_the_worker_a_while_later(
    committed_app: Flask, settings: Settings
) -> None:
    worker = a_worker(committed_app, settings)
    with time_machine.travel(datetime(2027, 3, 3, 17, tzinfo=UTC), tick=False) as travelled:
        worker.beat()
        worker.tick()
        with transaction() as session:
            session.execute(update(JobRun).where(JobRun.name == "idle-applications").values(status=FAILED))
        for minutes, number in ((4, 1), (2, 2)):
            travelled.shift(timedelta(minutes=minutes))
            worker.beat()
            worker.tick()
            assert len([run for run in runs() if run.name == "idle-applications"]) == number


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
    never = timetable.appointment(job, Standing(None), now=six_in_boston)
    assert never.is_due(six_in_boston)
    after = timetable.appointment(job, Standing(six_in_boston), now=six_in_boston)
    assert after.next_at == six_in_boston + timedelta(days=1)
    assert not after.is_due(six_in_boston + timedelta(hours=23))
    assert after.is_due(six_in_boston + timedelta(days=9))
    assert after.is_late(six_in_boston + timedelta(days=2))
    summer = timetable.appointment(job, Standing(datetime(2026, 3, 7, 11, 0, tzinfo=UTC)), now=six_in_boston)
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
