"""The files of an installation name settings, commands and services that exist."""

import shutil
from pathlib import Path

import pytest

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
        ("systemd/certhub-web.service", "After=network-online.target postgresql.service certhub-upgrade",
         "After=certhub-update", "certhub-update.service is not there"),
        ("systemd/certhub-backup.timer", "[Timer]", "[Tmier]", "[Tmier] is not a section"),
        ("compose.yaml", "upgrade: {condition", "upgrdae: {condition", "waits for upgrdae"),
        ("compose.yaml", "- data:/var", "- dta:/var", "uses dta of volumes"),
        ("gunicorn_settings.py", "timeout = 60", "time_out = 60", "time_out is not a setting of gunicorn"),
        ("Containerfile", "COPY templates", "COPY tempaltes", "tempaltes is not there"),
        ("Containerfile", "--no-cache-dir --require", "--index-url x --require", "names another place"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_found(folder: Path, file: str, before: str, after: str, told: str) -> None:
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1))
    assert told in "\n".join(check.problems(folder))
