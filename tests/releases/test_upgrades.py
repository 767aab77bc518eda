"""Each release's data is brought up to date: nothing is lost, nothing is sent, and people find their pages."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select

from certhub import clock
from certhub.app import create_app
from certhub.cli.upgrade import migrate
from certhub.database import db
from certhub.demo import state
from certhub.jobs import runner
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Occasion
from certhub.models import Base
from certhub.models.jobs import JobStatus
from certhub.models.messages import Message, Obligation, Reminder, ReminderStatus
from certhub.services import audit_verification, digests
from certhub.web import context
from certhub.web.addresses import due_link
from migrations.renew_unreleased import releases
from tests.catalog import catalog
from tests.conftest import Browser, Databases, settings_for
from tests.releases.snapshots import Snapshot, path_of, schema_of

pytestmark = pytest.mark.xdist_group("upgrades")
RELEASES = [str(release["version"]) for release in releases()]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=RELEASES)
def upgraded(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Snapshot]]:
    """An installation of a release with its data, after the upgrade, on the day on which the release was last used."""
    release = next(one for one in releases() if one["version"] == request.param)
    snapshot = Snapshot(request.param)
    app = create_app(settings_for(databases.empty(), tmp_path_factory.mktemp("upgraded")))
    app.testing = True
    app.test_client_class = Browser
    with app.app_context(), time_machine.travel(snapshot.at + timedelta(hours=1)):
        flask_migrate.upgrade(revision=release["revision"])
        engine = create_engine(db.engine.url)  # plain: this is an older installation's database, not ours
        with engine.begin() as connection:
            snapshot.load(connection, schema_of(release))
        engine.dispose()
        migrate()
        yield app, snapshot
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def modelled(databases: Databases) -> Iterator[Engine]:
    engine = create_engine(databases.empty())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def rows_by_table() -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_every_release_has_a_snapshot_of_its_data_and_its_migrations() -> None:
    told = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert told, "the change log names releases with their days"
    assert sorted(told) == sorted(RELEASES), "migrations/released.toml"
    assert [version for version in told if not path_of(version).exists()] == [], "tests/releases/take_snapshot.py"


def test_the_schema_is_the_one_of_the_models(upgraded: tuple[Flask, Snapshot], modelled: Engine) -> None:
    with db.engine.connect() as left, modelled.connect() as right:
        assert catalog(left) == catalog(right)


def test_every_row_is_still_there_and_no_message_was_added(upgraded: tuple[Flask, Snapshot]) -> None:
    _app, snapshot = upgraded
    now, then = rows_by_table(), snapshot.counts()
    fewer = {name: (count, now.get(name)) for name, count in then.items() if (now.get(name) or 0) < count}
    assert fewer == {}
    assert now["message"] == then["message"]


def test_the_audit_trail_is_unbroken(upgraded: tuple[Flask, Snapshot]) -> None:
    _app, snapshot = upgraded
    columns = snapshot.tables["audit_entry"]["columns"]
    last = snapshot.tables["audit_entry"]["rows"][-1]
    kept = audit_verification.Kept(last[columns.index("seq")], last[columns.index("hash")])
    report = audit_verification.verify(kept=[kept])
    db.session.commit()

    assert report.broken is None
    assert report.entries >= kept.entries


@pytest.mark.parametrize("email", [email for _role, email in state.ACCOUNTS])
def test_the_people_of_the_release_sign_in_and_open_their_pages(upgraded: tuple[Flask, Snapshot], email: str) -> None:
    app, _snapshot = upgraded
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/sign-in", data={"csrf_token": token[1], "email": email, "password": state.PASSWORD})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    home = client.get("/").get_data(as_text=True)
    # Of files a snapshot holds the names only.
    links = re.findall(r'<a[^>]+href="(/[^"#]*)"', home)
    addresses = {link for link in links if link != "/sign-out" and not link.endswith("/pdf")}
    statuses = {address: client.get(address, follow_redirects=True).status_code for address in addresses}

    assert len(addresses) > 5
    assert {address: status for address, status in statuses.items() if status != 200} == {}


def test_the_workers_first_run_sends_nothing_for_what_was_due_before(upgraded: tuple[Flask, Snapshot]) -> None:
    """The old worker did this day's work. What is new falls due on this very day, of a kind that it did not know."""
    app, snapshot = upgraded
    last = {table: db.session.scalar(select(func.max(table.id))) or 0 for table in (Message, Reminder)}
    db.session.commit()
    with app.test_request_context():
        for job in sorted(all_jobs().values(), key=lambda each: each.name == "mail-delivery"):
            run = runner.run(job, Occasion(day=clock.today(), settings=context.settings(), link=due_link(app)))
            assert run.status is JobStatus.FINISHED, f"{job.name}: {run.error}"

    known = set(snapshot.column("obligation", "kind"))
    sent = db.session.execute(
        select(Obligation.kind, Reminder.send_on)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Reminder.id > last[Reminder], Reminder.status.in_((ReminderStatus.PLANNED, ReminderStatus.SENT)))
    ).all()
    assert [row for row in sent if row.kind.value in known or row.send_on < clock.today()] == []
    added = db.session.execute(select(Message.kind, Message.subject).where(Message.id > last[Message])).all()
    assert [row for row in added if row.kind != digests.DIGEST] == []
    assert sent or not added
