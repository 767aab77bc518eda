"""Small daily jobs: what each leaves behind."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs import runner
from certhub.jobs.catalog import all_jobs, find
from certhub.jobs.registry import Counts, Occasion
from certhub.models.certification import Application
from certhub.models.jobs import JobRun, JobStatus
from certhub.models.messages import Message
from certhub.models.parties import Party
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import applications
from tests.conftest import settings_for
from tests.factories import make_user, make_vendor


def ran(name: str, app: Flask, folder: Path, *, days_later: int = 0, dry_run: bool = False) -> Counts:
    settings = settings_for(str(db.engine.url.render_as_string(hide_password=False)), folder)
    day = clock.today() + timedelta(days=days_later)
    row = runner.run(find(name), Occasion(day, settings, lambda _item: "https://h/", dry_run=dry_run))
    assert row.error is None, row.error
    return row.counts


def test_the_figures_about_tables_are_refreshed_where_the_database_does_not_do_so_itself(
    committed_app: Flask, tmp_path: Path
) -> None:
    make_vendor()
    would = {} if db.engine.dialect.name == "postgresql" else {"would refresh": 1}
    assert ran("table-statistics", committed_app, tmp_path, dry_run=True) == would

    counts = ran("table-statistics", committed_app, tmp_path)

    if db.engine.dialect.name == "postgresql":
        assert counts == {}
    else:
        assert counts == {"refreshed": 1}
        assert db.session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'party'"))


def test_a_run_that_did_something_stays_for_good_and_one_that_found_nothing_goes_after_a_day(
    committed_app: Flask, tmp_path: Path
) -> None:
    """Also where it wrote to nobody: what it opened, closed or kept is told by its counts alone."""
    with transaction() as session:
        for days, counts in ((2, {"opened": 3, "messages": 0}), (2, {}), (0, {})):
            began = clock.now() - timedelta(days=days, minutes=1)
            session.add(
                JobRun(
                    name="old-attempts",
                    run_on=clock.civil_date(began),
                    status=JobStatus.FINISHED,
                    started_at=began,
                    finished_at=began,
                    done=0,
                    counts=counts,
                )
            )
    ran("old-attempts", committed_app, tmp_path)
    db.session.expire_all()
    kept = db.session.scalars(select(JobRun).order_by(JobRun.id)).all()
    assert [run.counts for run in kept] == [{"opened": 3, "messages": 0}, {}, {}]


@pytest.mark.parametrize("days", [365, 366])
def test_idle_applications_are_closed_once_and_a_dry_run_only_counts_them(
    committed_app: Flask, tmp_path: Path, days: int
) -> None:
    for _ in range(2):
        vendor = make_vendor()
        hr = make_user(Role.VENDOR_HR, vendor)
        with transaction():
            applications.open_(
                db.session.get_one(Party, vendor.id), base_url="https://x.example", actor=hr, at=clock.now()
            )
    due = {} if days == 365 else {"would close": 2}
    assert ran("idle-applications", committed_app, tmp_path, days_later=days, dry_run=True) == due

    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        assert ran("idle-applications", committed_app, tmp_path) == ({"closed": 2} if due else {})
        assert ran("idle-applications", committed_app, tmp_path) == {}

    db.session.expire_all()
    expected = ApplicationStatus.EXPIRED if due else ApplicationStatus.DRAFT
    assert set(db.session.scalars(select(Application.status))) == {expected}
    told = db.session.scalar(select(func.count()).where(Message.kind == "application-closed"))
    assert told == (4 if due else 0)  # the person and the organization's address, for each


def test_no_job_works_today_on_a_day_to_come(committed_app: Flask, tmp_path: Path) -> None:
    tried = set()
    for name in all_jobs():
        with pytest.raises(Refusal, match="A day to come can only be counted") as refused:
            ran(name, committed_app, tmp_path, days_later=1)
        by_hand = committed_app.test_cli_runner().invoke(
            args=["job", "run", name, "--on", str(clock.today() + timedelta(days=1))]
        )
        assert isinstance(by_hand.exception, Refusal), f"{name}: {by_hand.output}"
        assert refused.value.field == "day"
        tried.add(name)
    assert {"renewal-reminders", "exposures", "idle-applications", "mail-delivery"} <= tried
    assert not db.session.scalar(select(func.count()).select_from(JobRun))
