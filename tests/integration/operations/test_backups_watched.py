"""A backup by the clock that fails, or is not made any more, is told: on a page, to probes and as a figure."""

import errno
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from certhub import clock
from certhub.app import create_app
from certhub.database import db, transaction
from certhub.jobs import outlook
from certhub.models.jobs import JobRun, JobStatus
from certhub.queries import condition
from certhub.queries.job_runs import BACKUP
from certhub.rules.vocabulary import Role
from certhub.services import backups
from tests.conftest import Browser, Databases, settings_for
from tests.factories import make_user, sign_in
from tests.integration.operations.installations import House, at_work
from tests.integration.operations.test_backups import done, refusal

NIGHT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@pytest.fixture
def house(databases: Databases, tmp_path: Path, newest_programs: None) -> Iterator[House]:
    url = databases.prepared()
    app = create_app(settings_for(url, tmp_path / "data"))
    app.test_client_class = Browser
    yield House(app, url)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def told(house: House) -> object:
    checks = house.app.test_client().get("/readyz").get_json()["checks"]
    return checks.get("backup")


def test_a_backup_by_the_clock_that_is_whole_is_a_run_a_figure_and_a_good_sign(house: House, tmp_path: Path) -> None:
    done(house, "backup", tmp_path / "by-hand")
    assert told(house) is None, "nobody said that backups are made by the clock"

    with time_machine.travel(NIGHT, tick=False):
        done(house, "backup", tmp_path / "backups", "--keep-days", "30")
    with at_work(house):
        figure = next(job for job in condition.jobs() if job.name == BACKUP)
    assert (figure.finished, figure.last_success_at) == (1, NIGHT)
    for hours, state in ((29, "ok"), (31, "late")):
        with time_machine.travel(NIGHT + timedelta(hours=hours), tick=False):
            assert told(house) == {"state": state, "hours_since": hours}


def test_a_backup_that_fails_each_night_is_told_with_its_reason(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _text: str, **_more: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with time_machine.travel(NIGHT, tick=False):
        done(house, "backup", tmp_path / "backups", "--keep-days", "30")
    monkeypatch.setattr(Path, "write_text", full)
    for night in (1, 2):
        with time_machine.travel(NIGHT + timedelta(days=night), tick=False):
            assert "the disk is full" in refusal(house, "backup", tmp_path / "backups", "--keep-days", "30")
    with time_machine.travel(NIGHT + timedelta(days=2), tick=False):
        assert told(house) == {"state": "late", "hours_since": 48.0}
        with at_work(house):
            administrator = make_user(Role.DPH_ADMINISTRATOR)
            page = sign_in(house.app.test_client(), administrator).get("/jobs").text
    assert "The last whole one was made on November 23, 2026" in page
    assert "the disk is full" in page


def test_a_backup_stands_even_where_its_row_cannot_be_written(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behind(*_arguments: object, **_more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("no such column"))

    monkeypatch.setattr(backups, "note", behind)
    made = house.certhub("backup", tmp_path / "backups", "--keep-days", "30")
    assert (made.exit_code, "cannot be noted" in made.stderr) == (0, True)
    assert len(list((tmp_path / "backups").iterdir())) == 1


@pytest.mark.parametrize(
    ("ended", "hours", "watched", "word", "tone"),
    [
        ([], 0, True, "None yet", "muted"),
        (["whole"], 29, True, "On time", "good"),
        (["whole"], 31, True, "Late", "danger"),
        (["whole"], 31, False, "On time", "good"),
        (["whole", "failed"], 29, True, "Failed", "danger"),
        (["failed"], 1, True, "Late", "danger"),
        (["failed"], 1, False, "Failed", "danger"),
        (["files missing"], 1, True, "On time", "warning"),
    ],
)
def test_the_page_says_how_the_backups_by_the_clock_stand(
    ended: list[str], hours: int, watched: bool, word: str, tone: str
) -> None:
    runs = [
        JobRun(
            name=BACKUP, started_at=NIGHT, finished_at=NIGHT, error=None if how == "whole" else f"It was {how}.",
            status=JobStatus.FAILED if how == "failed" else JobStatus.FINISHED,
        )
        for how in reversed(ended)
    ]  # fmt: skip
    within = timedelta(hours=30 if watched else 0)
    found = outlook.of_backups(runs, NIGHT + timedelta(hours=hours), within)
    assert (found.word, found.tone) == (word, tone)


def test_whoever_backs_up_in_another_way_is_not_alarmed(databases: Databases, tmp_path: Path) -> None:
    app = create_app(settings_for(databases.prepared(), tmp_path, backup_hours=0))
    with app.app_context():
        with transaction() as session:
            ended = clock.now() - timedelta(days=90)
            session.add(
                JobRun(
                    name=BACKUP, run_on=ended.date(), status=JobStatus.FAILED, started_at=ended, finished_at=ended,
                    counts={}, done=0,
                )
            )  # fmt: skip
        client: FlaskClient = app.test_client()
        assert "backup" not in client.get("/readyz").get_json()["checks"]
        db.session.remove()
        db.engine.dispose()
