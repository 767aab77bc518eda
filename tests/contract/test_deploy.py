"""The files of an installation name settings, commands and services that exist."""

import getpass
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, create_engine

from certhub.connections import engine_options
from deploy import check


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to spoil."""
    shutil.copytree(check.HERE, tmp_path / "deploy")
    for name in ("requirements", "certhub", "templates", "migrations"):
        (tmp_path / name).mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md"):
        (tmp_path / name).touch()
    return tmp_path / "deploy"


def test_the_files_of_an_installation_are_in_order() -> None:
    assert check.problems() == []


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("certhub.env", "CERTHUB_BASE_URL", "CERTHUB_BASE_ULR", "CERTHUB_BASE_ULR is not a setting"),
        ("systemd/certhub-worker.service", "bin/certhub worker", "bin/certhub wroker", "there is no such command"),
        ("systemd/certhub-web.service", "After=network-online.target postgresql.service",
         "After=certhub-update.service", "certhub-update.service is not there"),
        ("systemd/certhub-web.service", "Restart=always", "Restart=on-failure", "lacks Restart=always"),
        ("systemd/certhub-worker.service", "StartLimitIntervalSec=0\n", "", "lacks StartLimitIntervalSec=0"),
        ("systemd/certhub-web.service", "Wants=network", "Requires=certhub-worker.service\nWants=network",
         "is never started again"),
        ("systemd/certhub-web.service", "certhub upgrade", "certhub job", "does not bring the database up to date"),
        ("systemd/certhub-backup.service", "--keep-days", "--keep-dyas", "--keep-dyas is not an option of backup"),
        ("certhub.env", 'MAIL_FROM="CertHub <certhub@certhub.example.org>"', "MAIL_FROM=CertHub <c@example.org>",
         "is not NAME=value for systemd and a shell alike"),
        ("certhub.env", "SMTP_URL_FILE=/etc", "SMTP_URL_FILE=$HOME", "is not NAME=value"),
        ("certhub", "    fi\n", "\n", "a shell cannot read it"),
        ("compose.yaml", "/readyz/web", "/readyz/wbe", "nobody answers at /readyz/wbe"),
        ("compose.yaml", "start_period", "start_preiod", "start_preiod is not a part of a healthcheck"),
        ("compose.yaml", "healthcheck:\n      test: [\"CMD\", \"pg", "healtcheck:\n      test: [\"CMD\", \"pg",
         "waits until database is healthy, but nobody looks"),
        ("compose.yaml", '"--host", "127.0.0.1", ', "", "database: pg_isready asks the socket"),
        ("compose.yaml", "    restart: on-failure\n", "", "waits until upgrade has ended well, but nobody"),
        ("compose.yaml", "profiles:", "profile:", "profile is not a part of a service"),
        ("gunicorn_settings.py", "ServerLog", "SreverLog", "cannot be loaded"),
        ("systemd/certhub-backup.timer", "[Timer]", "[Tmier]", "[Tmier] is not a section"),
        ("systemd/certhub-backup.timer", "OnCalendar", "OnCalender", "OnCalender= is not a directive of [Timer]"),
        ("systemd/certhub-web.service", "StateDirectory=certhub", "StateDirectory=certhub\nOnCalendar=daily",
         "OnCalendar= is not a directive of [Service]"),
        ("compose.yaml", "upgrade: {condition", "upgrdae: {condition", "waits for upgrdae"),
        ("compose.yaml", "- data:/var", "- dta:/var", "uses dta of volumes"),
        ("gunicorn_settings.py", "timeout = 60", "time_out = 60", "time_out is not a setting of gunicorn"),
        ("Containerfile", "COPY templates", "COPY tempaltes", "tempaltes is not there"),
        ("Containerfile", "--no-cache-dir --require", "-i elsewhere --require", "names another place"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_found(folder: Path, file: str, before: str, after: str, told: str) -> None:
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1))
    assert told in "\n".join(check.problems(folder))


def test_a_protection_that_is_spelled_wrongly_is_found_where_systemd_is_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deploy.check.shutil.which", lambda _name: None)
    assert check.main(folder) == 0
    assert capsys.readouterr().out.startswith("systemd-analyze is not here")

    unit = folder / "systemd" / "certhub-worker.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=", "ProtectSytsem="))
    assert check.main(folder) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "systemd/certhub-worker.service: ProtectSytsem= is not a directive of [Service]"
    assert len(told) == 2


def test_the_command_of_an_installation_has_its_settings_and_passes_arguments_on(tmp_path: Path) -> None:
    """The wrapper as it is, but for the places and the user, which are those of the test."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "certhub"
    program.write_text('#!/bin/sh\necho "$CERTHUB_MAIL_FROM" "$CERTHUB_DATA_DIR"\nprintf "[%s]" "$@"\npwd\numask\n')
    text = (check.HERE / "certhub").read_text()
    for before, after in (
        ("!= certhub", f"!= {getpass.getuser()}"),
        ("/etc/certhub/certhub.env", str(tmp_path / "certhub.env")),
        ("/opt/certhub/.venv/bin", str(tmp_path / "bin")),
    ):
        assert before in text
        text = text.replace(before, after)
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(text)
    for file in (program, wrapper):
        file.chmod(0o755)
    early = subprocess.run([wrapper, "mail", "bounce"], capture_output=True, text=True, check=False)
    assert (early.returncode, early.stderr.count("\n")) == (75, 1)
    (tmp_path / "certhub.env").write_text((check.HERE / "certhub.env").read_text())
    done = subprocess.run(
        [wrapper, "backup", "a folder", "--keep-days", "3"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "CertHub <certhub@certhub.example.org> /var/lib/certhub",
        f"[backup][a folder][--keep-days][3]{tmp_path}",
        "0077",
    ]


def test_requests_do_not_wait_for_a_connection_that_another_thread_of_their_process_has() -> None:
    settings: dict[str, int] = {}
    exec((check.HERE / "gunicorn_settings.py").read_text(), settings)  # noqa: S102  (as gunicorn reads it)
    pool = create_engine("postgresql+psycopg://u@h/d", **engine_options("postgresql+psycopg://u@h/d")).pool
    assert isinstance(pool, QueuePool)
    assert settings["threads"] < pool.size() + pool._max_overflow
