"""What probes and monitoring are told."""

import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from certhub import clock
from certhub.app import create_app
from certhub.config import shipped
from certhub.database import db, transaction
from certhub.models.jobs import JobRun, JobStatus, Lease
from certhub.models.messages import Message, MessageStatus
from certhub.queries.job_runs import WORKER
from certhub.rules.health import FREE_BYTES, MAIL_LATE
from certhub.rules.vocabulary import Role
from certhub.services import job_control
from certhub.web import condition
from tests.conftest import Browser, Databases, settings_for
from tests.factories import make_user

TOKEN = "a token for Prometheus"


def a_worker(*, left: timedelta = timedelta(seconds=30)) -> None:
    with transaction() as session:
        session.add(Lease(name=WORKER, owner="host:1", expires_at=clock.now() + left, fence=1))


def a_message(
    *,
    waits: timedelta,
    status: MessageStatus = MessageStatus.QUEUED,
    attempts: int = 0,
    due: timedelta | None = None,
    error: str | None = None,
    taken: timedelta | None = None,
) -> None:
    at = clock.now() - waits
    with transaction() as session:
        session.add(
            Message(
                kind="notice", dedupe_key=f"key {waits} {status}", message_id="m", recipient="ann@example.org",
                subject="S", body_text="B", body_html="B", status=status, created_at=at, attempts=attempts,
                next_attempt_at=at if due is None else clock.now() + due, last_error=error,
                sent_at=None if taken is None else clock.now() - taken,
            )
        )  # fmt: skip


def asked(client: FlaskClient, address: str = "/readyz") -> tuple[int, dict[str, str]]:
    answer = client.get(address)
    told: dict[str, Any] = answer.get_json()
    assert (told["status"] == "ready") == (answer.status_code == 200)
    return answer.status_code, {name: check["state"] for name, check in told["checks"].items()}


FINE = {"database": "ok", "migrations": "ok", "worker": "ok", "outbox": "ok", "data_folder": "ok", "jobs": "ok"}


def test_it_is_ready_when_all_is_well(client: FlaskClient) -> None:
    a_worker()
    a_message(waits=MAIL_LATE / 2)
    assert asked(client) == (200, FINE)


def test_a_worker_that_is_gone_or_mail_that_waits_makes_it_not_ready_but_it_still_serves_pages(
    client: FlaskClient,
) -> None:
    assert asked(client) == (503, FINE | {"worker": "never ran"})
    a_worker(left=-timedelta(seconds=1))
    a_message(waits=MAIL_LATE * 2)
    assert asked(client) == (503, FINE | {"worker": "gone", "outbox": "late"})
    assert asked(client, "/readyz/web") == (200, {"database": "ok", "migrations": "ok", "data_folder": "ok"})


@pytest.mark.parametrize(
    ("free", "allowed", "state"),
    [
        (FREE_BYTES, True, "ok"),
        (FREE_BYTES - 1, True, "nearly full"),
        (FREE_BYTES, False, "not writable"),
        (None, True, "not writable"),  # the folder is gone, or its disk does not answer
    ],
)
def test_a_data_folder_that_takes_no_more_files_makes_it_not_ready_and_serves_no_pages(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, *, free: int | None, allowed: bool, state: str
) -> None:
    def usage(_folder: Path) -> SimpleNamespace:
        if free is None:
            raise FileNotFoundError
        return SimpleNamespace(free=free)

    a_worker()
    monkeypatch.setattr("certhub.web.condition.shutil.disk_usage", usage)
    monkeypatch.setattr("certhub.web.condition.os.access", lambda _folder, _how: allowed)
    code = 200 if state == "ok" else 503
    assert asked(client) == (code, FINE | {"data_folder": state})
    assert asked(client, "/readyz/web") == (code, {"database": "ok", "migrations": "ok", "data_folder": state})


@pytest.mark.parametrize(
    ("name", "statuses", "hours", "state"),  # how the last runs ended, the newest last, that many hours ago
    [
        ("renewal-reminders", [JobStatus.FAILED], 0, "ok"),  # it is tried again
        ("renewal-reminders", [JobStatus.FAILED] * 2, 0, "failing"),
        ("renewal-reminders", [JobStatus.FAILED, JobStatus.FAILED, JobStatus.FINISHED], 0, "ok"),
        ("renewal-reminders", [JobStatus.FINISHED], 30, "late"),
        ("mail-delivery", [JobStatus.FINISHED], 1, "late"),
        ("mail-delivery", [JobStatus.RUNNING], 1, "stuck"),  # it has given no sign of life since it began
        ("renewal-reminders", [JobStatus.RUNNING], 0, "ok"),
        ("mail-delivery", [JobStatus.FINISHED], 0, "ok"),
    ],
)
def test_a_job_that_fails_again_or_is_late_is_told_by_name(
    client: FlaskClient, name: str, statuses: list[JobStatus], hours: int, state: str
) -> None:
    a_worker()
    at = clock.now() - timedelta(hours=hours)
    with transaction() as session:
        for status in statuses:
            ended = None if status is JobStatus.RUNNING else at
            session.add(
                JobRun(
                    name=name, run_on=clock.civil_date(at), status=status, started_at=at, finished_at=ended, counts={}
                )
            )
    assert asked(client) == (200 if state == "ok" else 503, FINE | {"jobs": state})
    assert (name in client.get("/readyz").text) is (state != "ok")


@pytest.mark.parametrize(
    ("job", "runs_for", "silent_for", "late_by", "state"),  # minutes: a run of a job, and another job behind it
    [
        ("training-imports", 60, 0, 40, "ok"),  # a long run that goes on
        ("training-imports", 60, 14, 40, "ok"),
        ("training-imports", 60, 16, 10, "stuck"),
        ("training-imports", 300, 0, 130, "late"),  # nobody waits for hours behind another job without a word
        ("mail-delivery", 60, 0, 40, "late"),  # that thread does nothing but mail
    ],
)
def test_a_run_excuses_what_waits_behind_it_while_it_gives_signs_of_life_and_for_two_hours(
    client: FlaskClient, *, job: str, runs_for: int, silent_for: int, late_by: int, state: str
) -> None:
    a_worker()
    now = clock.now()

    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    waiting = ago(late_by)
    with transaction() as session:
        session.add_all(
            [
                JobRun(
                    name=job, run_on=clock.civil_date(ago(runs_for)), status=JobStatus.RUNNING, counts={},
                    started_at=ago(runs_for), heartbeat_at=ago(silent_for),
                ),
                JobRun(
                    name="proposals", run_on=clock.civil_date(waiting), status=JobStatus.FINISHED, started_at=waiting,
                    finished_at=waiting, counts={},
                ),
            ]
        )  # fmt: skip
    assert asked(client) == (200 if state == "ok" else 503, FINE | {"jobs": state})
    told = client.get("/readyz").get_json()["checks"]["jobs"]
    if state == "stuck":
        assert told["stuck"] == f"{job} (run {db.session.scalars(select(JobRun.id).where(JobRun.name == job)).one()})"
    assert told.get("late") == ("proposals" if state == "late" else None)


def test_a_job_that_is_paused_is_not_late(client: FlaskClient) -> None:
    a_worker()
    at = clock.now() - timedelta(days=3)
    with transaction() as session:
        session.add(
            JobRun(
                name="mail-delivery", run_on=clock.civil_date(at), status=JobStatus.FAILED, started_at=at,
                finished_at=at, counts={},
            )
        )  # fmt: skip
    administrator = make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        job_control.pause("mail-delivery", "It moves.", actor=administrator, at=clock.now())
    assert asked(client) == (200, FINE)


def test_mail_that_is_tried_each_minute_through_an_outage_is_late(client: FlaskClient) -> None:
    a_worker()
    a_message(waits=MAIL_LATE * 2, due=timedelta(seconds=50))
    assert asked(client) == (503, FINE | {"outbox": "late"})


def test_a_mailbox_that_is_full_for_days_does_not_make_the_installation_unwell(client: FlaskClient) -> None:
    a_worker()
    full = "The mail server said 452 4.2.2: the recipient was refused."
    a_message(waits=timedelta(days=3), attempts=14, error=full)
    a_message(waits=timedelta(days=4), attempts=15, status=MessageStatus.SENDING, error=full)
    a_message(waits=timedelta(days=5), attempts=1, status=MessageStatus.IN_DOUBT)
    assert asked(client) == (200, FINE)


@pytest.mark.parametrize(
    ("taken", "status", "state"),
    [
        (None, MessageStatus.SENT, "late"),
        (timedelta(hours=2), MessageStatus.SENT, "late"),  # before this one was written
        (timedelta(minutes=40), MessageStatus.SENT, "ok"),
        (timedelta(minutes=40), MessageStatus.BOUNCED, "ok"),  # taken as well, and then sent back
    ],
)
def test_a_server_that_puts_off_the_few_letters_there_are_and_takes_no_other_is_told(
    client: FlaskClient, taken: timedelta | None, status: MessageStatus, state: str
) -> None:
    a_worker()
    a_message(waits=timedelta(hours=1), attempts=4, due=timedelta(minutes=3), error="The mail server said 451 4.7.1: x")
    if taken is not None:
        a_message(waits=timedelta(hours=3), status=status, taken=taken)
    assert asked(client) == (200 if state == "ok" else 503, FINE | {"outbox": state})


def test_a_database_that_is_not_at_the_newest_migration_serves_no_pages(client: FlaskClient) -> None:
    a_worker()
    for revision, state in (("0001", "behind"), ("9999", "ahead of this program")):
        db.session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        db.session.commit()
        assert asked(client, "/readyz/web")[1]["migrations"] == state


def test_the_newest_migration_is_known_by_the_names_of_the_files() -> None:
    assert condition.newest_migration() == ScriptDirectory(str(shipped("migrations"))).get_current_head()


def test_a_database_that_is_away_is_told_and_the_process_is_still_alive(tmp_path: Any) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2"
    client = create_app(settings_for(url, tmp_path)).test_client()
    assert client.get("/healthz").get_json() == {"status": "alive"}
    code, states = asked(client)
    assert (code, states["database"]) == (503, "unreachable")


def test_a_new_database_is_told_as_not_set_up(databases: Databases, tmp_path: Any) -> None:
    app = create_app(settings_for(databases.empty(), tmp_path))
    assert asked(app.test_client())[1] == {"database": "ok", "migrations": "not set up", "data_folder": "ok"}
    with app.app_context():
        db.engine.dispose()


def test_probes_write_nothing_and_ask_a_handful_of_statements(app: Flask, client: FlaskClient) -> None:
    a_worker()
    statements: list[str] = []
    engine = db.engine.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: statements.append(statement))
    client.get("/readyz")
    asked_for = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(asked_for) <= 5
    assert [statement for statement in statements if statement.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_nothing_personal_is_told(client: FlaskClient) -> None:
    a_worker()
    a_message(waits=timedelta(hours=1))
    told = client.get("/readyz").get_data(as_text=True)
    assert "ann" not in told
    assert "host" not in told


def test_there_is_no_such_page_as_metrics_unless_it_is_asked_for(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404


@pytest.fixture
def watched(app: Flask, tmp_path: Any) -> Iterator[FlaskClient]:
    """The same database, in an application whose figures are told."""
    other = create_app(settings_for(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, metrics_token=TOKEN))
    other.test_client_class = Browser
    yield other.test_client()
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_metrics_are_told_to_whoever_has_the_token(watched: FlaskClient) -> None:
    assert watched.get("/metrics").status_code == 401
    assert watched.get("/metrics", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    watched.get("/verify/SECRET-CODE")
    told = watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)

    assert 'certhub_requests_total{endpoint="health.metrics",method="GET",status="401"} ' in told
    assert "certhub_request_seconds_bucket" in told
    assert 'certhub_messages{status="queued"}' in told
    assert "certhub_worker_lease_seconds_left" in told
    assert "certhub_audit_entries_total" in told
    assert "SECRET" not in told


def test_every_figure_of_the_runbook_is_told(watched: FlaskClient) -> None:
    runbook = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
    written = set(re.findall(r"\bcerthub_\w+", runbook))
    told = watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
    known = set(re.findall(r"^# HELP (\w+)", told, re.M))
    assert len(written) > 5
    assert sorted(written - known) == []


def test_job_figures_name_the_last_success(app: Flask) -> None:
    from certhub.queries import condition as figures

    at = clock.now()
    with transaction() as session:
        for number, status in enumerate((JobStatus.FINISHED, JobStatus.FAILED, JobStatus.FINISHED)):
            ended = at + timedelta(seconds=number)
            session.add(
                JobRun(
                    name="some-job", run_on=at.date(), status=status, started_at=at, finished_at=ended, counts={},
                    dry_run=False, done=0,
                )
            )  # fmt: skip
    found = next(job for job in figures.jobs() if job.name == "some-job")
    assert (found.finished, found.failed, found.last_success_at) == (2, 1, at + timedelta(seconds=2))


@pytest.mark.only_on("postgresql")
def test_a_database_host_that_never_answers_keeps_nobody_waiting_for_long(tmp_path: Path) -> None:
    """It takes the connection and falls silent, as a host does that vanishes without a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = create_app(settings_for(f"postgresql+psycopg://x@127.0.0.1:{silent.getsockname()[1]}/x", tmp_path))
        code, told = asked(app.test_client())
    assert (code, told["database"]) == (503, "unreachable")
