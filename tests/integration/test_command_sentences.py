"""What goes wrong at the command line is one plain sentence and an exit that is not zero, never a trace."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from rich.console import Console

from certhub.cli.run import require_free
from certhub.rules.refusal import Refusal
from tests.conftest import SECRET_KEY
from tests.factories import make_coordinator, make_vendor
from tests.integration.register.test_registers import certify

LONG = "Maximiliana Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh of the Commonwealth of Massachusetts"


def certhub(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
    return subprocess.run(
        [sys.executable, "-m", "certhub", *arguments],
        env=kept | {"CERTHUB_SECRET_KEY": SECRET_KEY} | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_data_folder_that_cannot_be_made_is_named_with_the_setting() -> None:
    answer = certhub("job", "list", CERTHUB_DATA_DIR="/proc/x")

    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("The data folder /proc/x cannot be made")
    assert "CERTHUB_DATA_DIR" in answer.stderr


def test_a_missing_wkhtmltopdf_is_named_at_the_start(tmp_path: Path) -> None:
    answer = certhub(
        "job", "list", CERTHUB_DATA_DIR=str(tmp_path), CERTHUB_PDF_ENGINE="pdfkit", CERTHUB_WKHTMLTOPDF="/opt/nothing"
    )

    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "no such program at /opt/nothing" in answer.stderr


def test_a_database_without_tables_is_told_with_the_command_that_makes_them_and_fills_them(tmp_path: Path) -> None:
    answer = certhub("job", "list", CERTHUB_DATA_DIR=str(tmp_path))

    assert answer.returncode == 2
    assert answer.stderr.startswith("The database cannot be used (no such table")
    assert "run `certhub upgrade`" in answer.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_another_one_before_anything_is_made(taken: int, tmp_path: Path) -> None:
    answer = certhub("run", "--port", str(taken), CERTHUB_DATA_DIR=str(tmp_path / "data"))

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"CertHub cannot listen on port {taken}" in answer.stderr
    assert f"certhub run --port {taken % 65535 + 1}" in answer.stderr
    assert not (tmp_path / "data" / "certhub.db").exists()


def test_a_host_that_is_not_known_is_refused_and_a_free_port_is_taken(taken: int) -> None:
    with pytest.raises(Refusal, match=r"cannot listen on port 8000 of nowhere\.invalid"):
        require_free("nowhere.invalid", 8000)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    require_free("127.0.0.1", free)


def invoke(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_a_certificate_that_cannot_be_written_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        sha256 = size = conformance = ""

    monkeypatch.setattr("certhub.cli.certificate.credentials.latest_certificate", lambda _number: Found())
    monkeypatch.setattr(type(app.extensions["certhub"].files), "get", lambda _self, _hash: b"%PDF")

    result = invoke(app, "certificate", "export", "CC-2026-000005-9", "/nonexist/dir/q.pdf")

    assert isinstance(result.exception, Refusal)
    assert result.exception.message.startswith("/nonexist/dir/q.pdf cannot be written (No such file or directory)")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
@pytest.mark.parametrize("command", [("job", "run", "renewal-reminders", "--on"), ("register", "vendors", "--as-of")])
def test_a_day_that_nobody_can_mean_is_refused_as_on_the_pages(app: Flask, command: tuple[str, ...], day: str) -> None:
    result = invoke(app, *command, day)

    assert result.exit_code == 2
    assert f"'{day}' is " in result.stderr


@pytest.mark.parametrize("time", ["9999-12-31T23:59", "0001-01-01T00:00", "never"])
def test_a_time_that_nobody_can_mean_is_refused(app: Flask, time: str) -> None:
    assert invoke(app, "register", "vendors", "--known-at", time).exit_code == 2


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_a_job_runs_for_the_first_and_the_last_day_that_anybody_can_mean(app: Flask, day: str) -> None:
    assert invoke(app, "job", "run", "renewal-reminders", "--dry-run", "--on", day).exit_code == 0


@pytest.mark.parametrize("columns", ["40", "80", "200", None])
def test_the_table_of_a_register_never_cuts_a_number_or_a_date(
    app: Flask, monkeypatch: pytest.MonkeyPatch, columns: str | None
) -> None:
    certify(make_coordinator(LONG, vendor=make_vendor(LONG)), "CC-2026-000005-9")
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr(Console, "is_terminal", True)

    shown = invoke(app, "register", "coordinators", "--as-of", "2026-03-02").stdout

    assert "CC-2026-000005-9" in shown
    assert len([word for word in shown.split() if word.count("-") == 2 and word.startswith("20")]) == 3
    assert "…" not in shown
    assert (LONG in shown) is (columns is None)  # a file takes lines of any length


def test_a_database_of_a_newer_version_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    assert certhub("upgrade", CERTHUB_DATA_DIR=str(tmp_path)).returncode == 0
    with closing(sqlite3.connect(tmp_path / "certhub.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '0999'")
        database.commit()

    answer = certhub("upgrade", CERTHUB_DATA_DIR=str(tmp_path))

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("The database is at 0999, and this program knows ")
