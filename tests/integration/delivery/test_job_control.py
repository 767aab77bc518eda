"""Runs that people ask for, end or pause: nothing is left half done, and each row says what happened."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import runner
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Counts, Job, Occasion
from certhub.jobs.worker import Worker
from certhub.models.audit import AuditEntry
from certhub.models.jobs import JobPause, JobRequest, JobRun, JobStatus
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import job_control
from tests.conftest import SECRET_KEY, Browser, settings_for
from tests.factories import make_user, sign_in


@pytest.fixture
def settings(committed_app: Flask, tmp_path: Path) -> Settings:
    return settings_for(str(db.engine.url.render_as_string(hide_password=False)), tmp_path)


@pytest.fixture
def worker(committed_app: Flask, settings: Settings) -> Worker:
    working = Worker(committed_app.app_context, settings, lambda _item: "https://h/")
    working.beat()
    return working


@pytest.fixture
def browser(committed_app: Flask) -> FlaskClient:
    """A browser whose forms need no token; the application is this test's own."""
    committed_app.config["WTF_CSRF_ENABLED"] = False
    client = committed_app.test_client()
    assert isinstance(client, Browser)
    client.lints = False  # which would miss the tokens
    return client


def runs(name: str) -> list[JobRun]:
    db.session.rollback()  # what was read before is from before others wrote
    return list(db.session.scalars(select(JobRun).where(JobRun.name == name).order_by(JobRun.id)))


def counting(pieces: int, at_piece: dict[int, object]) -> Job:
    """A job of some pieces, each of which is saved; at one of them somebody does something."""

    def work(occasion: Occasion) -> Counts:
        done = 0
        while done < pieces and not occasion.stopping():
            act = at_piece.get(done)
            if callable(act):
                act()
            with transaction():
                done += 1
                occasion.progress(done, pieces)
        return {"done": done}

    return Job("counting", "0 6 * * *", "Counts.", work)


def an_occasion(settings: Settings) -> Occasion:
    return Occasion(clock.today(), settings, lambda _item: "https://h/")


def cancel_the_run(administrator_id: int) -> None:
    from certhub.models.accounts import User

    with transaction() as session:
        run = session.scalars(select(JobRun).where(JobRun.status == JobStatus.RUNNING)).one()
        job_control.cancel(run, actor=session.get_one(User, administrator_id), at=clock.now())


def test_a_run_that_is_cancelled_ends_between_two_pieces_and_says_how_much_was_done(
    committed_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_SIGNS", 0)
    administrator = make_user(Role.DPH_ADMINISTRATOR).id
    row = runner.run(counting(10, {4: lambda: cancel_the_run(administrator)}), an_occasion(settings))
    assert (row.status, row.error) == (JobStatus.CANCELLED, runner.CANCELLED)
    assert (row.counts, row.done, row.total) == ({"done": 5}, 5, 10)
    assert row.cancel_asked_by_id == administrator


def test_a_run_that_was_done_before_it_noticed_counts_as_done(
    committed_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_SIGNS", 1000)
    administrator = make_user(Role.DPH_ADMINISTRATOR).id
    row = runner.run(counting(3, {2: lambda: cancel_the_run(administrator)}), an_occasion(settings))
    assert (row.status, row.counts) == (JobStatus.FINISHED, {"done": 3})


def test_a_worker_that_ends_leaves_its_run_for_the_next_one(committed_app: Flask, settings: Settings) -> None:
    ending: list[bool] = []
    occasion = Occasion(clock.today(), settings, lambda _item: "", stopping=lambda: bool(ending))
    row = runner.run(counting(5, {1: lambda: ending.append(True)}), occasion)
    assert (row.status, row.counts, row.error) == (JobStatus.INTERRUPTED, {"done": 2}, runner.INTERRUPTED)


def test_a_run_by_hand_that_falls_silent_is_found_without_a_new_lease(worker: Worker) -> None:
    with transaction() as session:
        for by_hand, minutes in ((True, 16), (True, 2)):
            session.add(
                JobRun(
                    name="by-hand", run_on=clock.today(), started_at=clock.now(), by_hand=by_hand, counts={},
                    heartbeat_at=clock.now() - timedelta(minutes=minutes),
                )
            )  # fmt: skip
    worker.beat()
    assert [run.status for run in runs("by-hand")] == [JobStatus.INTERRUPTED, JobStatus.RUNNING]


def test_the_worker_runs_what_was_asked_for_once_and_for_the_day_that_was_asked_for(
    browser: FlaskClient, worker: Worker
) -> None:
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    asked = {"name": "renewal-reminders", "day": "2027-01-31", "dry_run": "y"}
    assert administrator.post("/jobs/run", data=asked).status_code == 302
    again = administrator.post("/jobs/run", data=asked)
    assert "was asked for before" in again.text
    assert "It waits for the worker" in administrator.get("/jobs").text
    worker.tick()
    worker.tick()
    dry, *others = runs("renewal-reminders")
    assert (dry.run_on, dry.dry_run, dry.status) == (date(2027, 1, 31), True, JobStatus.FINISHED)
    assert [run.dry_run for run in others] == [False]  # by its schedule
    assert db.session.scalars(select(JobRequest.run_id)).all() == [dry.id]
    assert "It waits for the worker" not in administrator.get("/jobs").text


def test_a_run_that_was_asked_for_can_be_taken_back_until_it_has_begun(browser: FlaskClient, worker: Worker) -> None:
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    administrator.post("/jobs/run", data={"name": "old-attempts", "day": "2026-03-02"})
    request = db.session.scalars(select(JobRequest)).one()
    assert administrator.post(f"/jobs/requests/{request.id}/withdraw").status_code == 302
    worker.tick()
    assert administrator.post(f"/jobs/requests/{request.id}/withdraw").status_code == 409
    assert [run.run_on for run in runs("old-attempts")] == [clock.today()]


def test_a_paused_job_waits_and_the_page_says_by_whom_and_why(browser: FlaskClient, worker: Worker) -> None:
    account = make_user(Role.DPH_ADMINISTRATOR)
    administrator = sign_in(browser, account)
    told = {"name": "mail-delivery", "reason": "The mail server moves today."}
    assert administrator.post("/jobs/pause", data=told).status_code == 302
    assert "is paused already" in administrator.post("/jobs/pause", data=told).text
    page = administrator.get("/jobs").text
    assert f"Paused by {account.name}" in page
    assert "The mail server moves today." in page
    worker.tick()
    assert not runs("mail-delivery")
    pause = db.session.scalars(select(JobPause)).one()
    administrator.post(f"/jobs/pauses/{pause.id}/end")
    assert administrator.post(f"/jobs/pauses/{pause.id}/end").status_code == 409
    worker.tick()
    assert len(runs("mail-delivery")) == 1


def test_the_page_of_a_run_shows_how_far_it_is_loads_itself_again_and_ends_it(browser: FlaskClient) -> None:
    with transaction() as session:
        run = JobRun(
            name="mail-delivery", run_on=clock.today(), started_at=clock.now(), heartbeat_at=clock.now(), done=30,
            total=120, counts={}, runner="host:1",
        )  # fmt: skip
        session.add(run)
    assert sign_in(browser, make_user(Role.AUDITOR)).post(f"/jobs/runs/{run.id}/cancel").status_code == 403
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    answer = administrator.get(f"/jobs/runs/{run.id}")
    assert "30 of 120 done" in answer.text
    assert answer.headers["Refresh"] == "5"
    assert "Refresh" not in administrator.get(f"/jobs/runs/{run.id}?refresh=off").headers
    assert administrator.post(f"/jobs/runs/{run.id}/cancel").status_code == 302
    assert administrator.post(f"/jobs/runs/{run.id}/cancel").status_code == 409
    assert "asked it to end" in administrator.get(f"/jobs/runs/{run.id}").text
    with transaction() as session:
        session.execute(update(JobRun).values(status=JobStatus.CANCELLED, finished_at=clock.now()))
    assert "Refresh" not in administrator.get(f"/jobs/runs/{run.id}").headers
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "job_run")).all()
    assert actions == ["job.run_cancelled"]


@pytest.mark.parametrize(
    ("counts", "error", "lease", "told"),
    [
        ({"sent": 5, "held": 2}, None, True, "2 held by the ceiling of one run"),
        ({}, "The mail server cannot be reached.", True, "The mail server cannot be reached."),
        ({"sent": 5}, None, False, "No worker has run since"),
    ],
)
def test_the_page_says_why_something_is_not_as_it_should_be(
    client: FlaskClient, counts: dict[str, int], error: str | None, lease: bool, told: str
) -> None:
    from certhub.models.jobs import Lease

    now = clock.now()
    with transaction() as session:
        started = now if lease else now - timedelta(days=2)
        session.add(
            JobRun(
                name="mail-delivery", run_on=clock.civil_date(started), started_at=started, finished_at=started,
                status=JobStatus.FAILED if error else JobStatus.FINISHED, counts=counts, error=error,
            )
        )  # fmt: skip
        until = now + timedelta(minutes=1 if lease else -60)
        session.add(Lease(name="worker", owner="host:1:a", fence=1, expires_at=until))
    assert told in sign_in(client, make_user(Role.AUDITOR)).get("/jobs").text


def test_the_pages_tell_of_a_run_without_a_sign_of_life_and_of_what_waits_behind_it(client: FlaskClient) -> None:
    from certhub.models.jobs import Lease

    now = clock.now()
    began = now - timedelta(hours=3)
    with transaction() as session:
        stuck = JobRun(
            name="training-imports", run_on=clock.civil_date(began), started_at=began, counts={}, runner="host:17",
            heartbeat_at=now - timedelta(minutes=16),
        )  # fmt: skip
        behind = JobRun(
            name="proposals", run_on=clock.civil_date(began), started_at=began, finished_at=began, counts={},
            status=JobStatus.FINISHED,
        )  # fmt: skip
        session.add_all([stuck, behind, Lease(name="worker", owner="host:1:a", fence=1, expires_at=now + timedelta(1))])
    sign_in(client, make_user(Role.AUDITOR))
    told = client.get("/jobs").text
    assert f"Run {stuck.id} on host:17 has given no sign of life since" in told
    assert f"The worker is stuck in training-imports, run {stuck.id}." in told
    assert "It has given no sign of life since" in client.get(f"/jobs/runs/{stuck.id}").text
    with transaction() as session:
        session.execute(update(JobRun).values(heartbeat_at=now))
    assert "sign of life since" not in client.get("/jobs").text
    assert "It has given no sign of life since" not in client.get(f"/jobs/runs/{stuck.id}").text


def test_ctrl_c_ends_a_run_in_a_terminal_between_two_pieces(settings: Settings, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys, time\n"
        "from certhub.database import transaction\n"
        "from certhub.jobs import registry\n"
        "@registry.job('slow', schedule='0 0 1 1 *')\n"
        "def work(occasion):\n"
        "    'Waits.'\n"
        "    done = 0\n"
        "    while not occasion.stopping():\n"
        "        print('piece', flush=True)\n"
        "        time.sleep(0.05)\n"
        "        done += 1\n"
        "        with transaction():\n"
        "            occasion.progress(done, None)\n"
        "    return {'pieces': done}\n"
        "from certhub.cli import main\n"
        "sys.argv = ['certhub', 'job', 'run', 'slow']\n"
        "main()\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
    process = subprocess.Popen(
        [sys.executable, str(slow)],
        env=kept
        | {
            "CERTHUB_DATABASE_URL": settings.database_url,
            "CERTHUB_DATA_DIR": str(settings.data_dir),
            "CERTHUB_SECRET_KEY": SECRET_KEY,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "piece" in process.stdout.readline(), process.communicate()[1]
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    assert "slow for" in output
    assert "Ended between two pieces of work" in errors
    [row] = runs("slow")
    assert (row.status, row.by_hand, row.error) == (JobStatus.CANCELLED, True, runner.CANCELLED)
    assert row.counts["pieces"] == row.done >= 1


def test_a_run_is_ended_by_its_number_in_a_terminal_on_whatever_host_it_is(committed_app: Flask) -> None:
    with transaction() as session:
        run = JobRun(
            name="proposals", run_on=clock.today(), started_at=clock.now(), heartbeat_at=clock.now(), counts={},
            runner="another-host:7",
        )  # fmt: skip
        session.add(run)
    number, terminal = run.id, committed_app.test_cli_runner()
    assert f"under way: number {number}, since" in terminal.invoke(args=["job", "list"]).output
    told = terminal.invoke(args=["job", "cancel", str(number)])
    assert (told.exit_code, told.output.split(",")[0]) == (0, "proposals"), told.exception
    db.session.rollback()
    assert db.session.get_one(JobRun, number).cancel_asked_at is not None
    again = terminal.invoke(args=["job", "cancel", str(number)])
    assert isinstance(again.exception, Refusal)
    unknown = terminal.invoke(args=["job", "cancel", "99999"])
    assert isinstance(unknown.exception, Refusal)
    assert str(unknown.exception.message) == "There is no run with the number 99999."


def test_every_job_is_known_to_the_form(client: FlaskClient) -> None:
    page = sign_in(client, make_user(Role.DPH_ADMINISTRATOR)).get("/jobs/run").text
    assert all(f'value="{name}"' in page for name in all_jobs())


def test_what_is_to_be_done_on_a_day_to_come_can_be_counted_and_not_done(browser: FlaskClient) -> None:
    administrator = sign_in(browser, make_user(Role.DPH_ADMINISTRATOR))
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = administrator.post("/jobs/run", data={"name": "renewal-reminders", "day": tomorrow})
    assert answer.status_code == 422
    assert "A day to come can only be counted" in answer.text
    assert db.session.scalars(select(JobRequest)).all() == []
