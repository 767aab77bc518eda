"""Web workers, job workers and PostgreSQL are killed while people write: what was answered is on file, once."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub.app import create_app
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.parties import Coordinator
from certhub.services import reference_data
from certhub.services.audit import SystemActor
from certhub.services.audit_verification import verify
from tests import factories
from tests.conftest import settings_for
from tests.reliability.conftest import Counted
from tests.reliability.installation import Installation, Registrar, installed, registering
from tests.reliability.own_postgresql import OwnPostgresql

AT_ONCE = 4


def people_of(app: Flask, place: Installation) -> list[Registrar]:
    vendor = factories.make_vendor()
    return [Registrar(app, vendor, place, f"Person{number}") for number in range(AT_ONCE)]


def assert_all_is_on_file(registrars: list[Registrar]) -> int:
    """Each person whose registration was answered is there, once, and the trail is unbroken; how many."""
    db.session.rollback()
    rows = db.session.execute(select(Coordinator.email, func.count()).group_by(Coordinator.email))
    found = {row.email: row[1] for row in rows}
    answered = [email for one in registrars for email in one.registered]
    assert answered
    assert {email: found.get(email) for email in answered} == dict.fromkeys(answered, 1)
    assert verify().broken is None
    return len(answered)


def test_web_workers_and_job_workers_that_are_killed_under_writes_lose_nothing(
    committed_app: Flask, count: Counted, proven: Callable[..., None]
) -> None:
    web_kills, job_kills = count(8, 80), count(2, 20)
    chance = random.Random(9)  # noqa: S311  (a seed that a failure can be repeated with)
    with installed(committed_app.extensions["certhub"].settings) as place:
        registrars = people_of(committed_app, place)
        worker = place.start_worker()
        with registering(registrars):
            for number in range(web_kills):
                time.sleep(chance.uniform(0.2, 0.8))
                with suppress(ProcessLookupError, IndexError):
                    os.kill(chance.choice(place.web_workers()), signal.SIGKILL)
                if number % (web_kills // job_kills) == 0:
                    worker.kill()
                    worker.wait()
                    worker = place.start_worker()

    answered = assert_all_is_on_file(registrars)
    troubles = sum(len(one.troubles) for one in registrars)
    proven(web_kills=web_kills, job_kills=job_kills, answered=answered, sent_again=troubles, lost=0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnPostgresql]:
    with OwnPostgresql.started(tmp_path / "server") as found:
        yield found


@pytest.fixture
def own_app(server: OwnPostgresql, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(server.address, tmp_path))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction():
            reference_data.load(SystemActor("test"), at=factories.WHEN)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.only_on("postgresql")
def test_postgresql_restarted_at_once_again_and_again_loses_nothing(
    own_app: Flask, server: OwnPostgresql, count: Counted, proven: Callable[..., None]
) -> None:
    restarts = count(3, 20)
    settings: Settings = own_app.extensions["certhub"].settings
    with installed(settings) as place:
        registrars = people_of(own_app, place)
        place.start_worker()
        with registering(registrars):
            for _ in range(restarts):
                time.sleep(1.5)
                server.crash()
                server.start()
            time.sleep(1)
        assert place.workers[0].poll() is None, "the worker waits for the database, and goes on"

    db.session.remove()
    db.engine.dispose()
    answered = assert_all_is_on_file(registrars)
    proven(restarts=restarts, answered=answered, sent_again=sum(len(one.troubles) for one in registrars), lost=0)


@pytest.mark.only_on("postgresql")
def test_while_postgresql_is_gone_people_are_told_so_and_all_goes_on_by_itself_afterwards(
    own_app: Flask, server: OwnPostgresql, count: Counted
) -> None:
    settings: Settings = own_app.extensions["certhub"].settings
    with installed(settings) as place:
        registrars = people_of(own_app, place)
        place.start_worker()
        with registering(registrars):
            time.sleep(1)
            before = sum(len(one.registered) for one in registrars)
            server.crash()
            time.sleep(count(4, 30))
            server.start()
            until = time.monotonic() + 60
            while sum(len(one.registered) for one in registrars) < before + 3 * AT_ONCE:
                assert time.monotonic() < until, "nobody could register anybody after the database was back"
                time.sleep(0.2)
        told = {trouble for one in registrars for trouble in one.troubles}
        assert place.workers[0].poll() is None

    assert any("CertHub cannot reach its database" in trouble for trouble in told), told
    assert not any("Something went wrong on our side" in trouble for trouble in told), told
    db.session.remove()
    db.engine.dispose()
    assert_all_is_on_file(registrars)
