"""Web workers, job workers and PostgreSQL are killed while people write: what was answered is on file, once."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.app import create_app
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.messages import Message, MessageStatus
from certhub.models.parties import Coordinator
from certhub.services import reference_data
from certhub.services.audit import SystemActor
from certhub.services.audit_verification import verify
from tests import factories
from tests.conftest import settings_for
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.delivery.test_mail_delivery import deliver, statuses, with_smtp, write
from tests.reliability.conftest import Counted
from tests.reliability.installation import Installation, Registrar, installed, registering
from tests.reliability.own_postgresql import OwnPostgresql
from tests.reliability.waiting import wait_for

AT_ONCE = 4
HASTY = "tests.reliability.hasty"
IN_DOUBT_FOR = timedelta(minutes=21)  # the setting's own value, and a little


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


def kill_a_web_worker(place: Installation, chance: random.Random) -> None:
    """Kill one that is at work; those that were killed before are replaced meanwhile."""
    while True:
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(place.web_workers()), signal.SIGKILL)
            return
        time.sleep(0.05)


def kill_a_worker_that_delivers(place: Installation, mailbox: Mailbox, chance: random.Random) -> None:
    """Kill the worker in the middle of a delivery, and start the next one."""
    worker, before = place.workers[-1], len(mailbox.taken)
    wait_for(lambda: len(mailbox.taken) > before or worker.poll() is not None, "the worker delivers nothing")
    assert worker.poll() is None, (place.folder / "worker.log").read_text()
    time.sleep(chance.uniform(0, 0.2))
    worker.kill()
    worker.wait()
    place.start_worker(HASTY)


def test_web_workers_and_job_workers_that_are_killed_under_writes_lose_nothing(
    committed_app: Flask, count: Counted, proven: Callable[..., None]
) -> None:
    """Job workers die while they deliver mail, web workers while people register coordinators."""
    web_kills, job_kills = count(4, 80), count(2, 20)
    chance = random.Random(9)  # noqa: S311  (a seed that a failure can be repeated with)
    mailbox = Mailbox()
    messages = job_kills * 250  # more than one worker delivers before it is killed
    write(messages)
    settings = committed_app.extensions["certhub"].settings
    with serving(mailbox) as url, installed(settings, CERTHUB_SMTP_URL=url) as place:
        registrars = people_of(committed_app, place)
        place.start_worker(HASTY)
        with registering(registrars):
            for number in range(web_kills):
                time.sleep(chance.uniform(0.2, 0.8))
                kill_a_web_worker(place, chance)
                if number % (web_kills // job_kills) == 0:
                    kill_a_worker_that_delivers(place, mailbox, chance)
        in_doubt = what_was_in_doubt(place, mailbox, settings)

    answered = assert_all_is_on_file(registrars)
    assert len(in_doubt) <= job_kills
    times = assert_all_mail_arrived(mailbox, in_doubt)
    assert len(times) >= messages
    repeated = {one for one, how_often in times.items() if how_often > 1}
    troubles = sum(len(one.troubles) for one in registrars)
    proven(
        web_kills=web_kills, job_kills=job_kills, answered=answered, sent_again=troubles, messages=len(times),
        messages_in_doubt=len(in_doubt), messages_repeated=len(repeated), lost=0,
    )  # fmt: skip


def what_was_in_doubt(place: Installation, mailbox: Mailbox, settings: Settings) -> set[str]:
    """Wait for the rest of the mail, and let time go by until what was in doubt is sent again; what that was."""
    wait_for(lambda: not unfinished(MessageStatus.QUEUED), "the last worker leaves mail behind")
    place.workers[-1].terminate()  # it ends when what it has in hand has left
    place.workers[-1].wait()
    found = unfinished(MessageStatus.SENDING)
    with serving(mailbox) as url, time_machine.travel(clock.now() + IN_DOUBT_FOR, tick=True):
        deliver(with_smtp(settings, url))
    return found


def assert_all_mail_arrived(mailbox: Mailbox, in_doubt: set[str]) -> Counter[str]:
    """Each message arrived, and once, but for what was in doubt; how often each."""
    times = Counter(mailbox.ids())
    assert statuses() == {"sent": len(times)}
    assert {one for one, how_often in times.items() if how_often > 1} <= in_doubt
    return times


def unfinished(status: MessageStatus) -> set[str]:
    """The Message-IDs of the messages that stand so."""
    db.session.rollback()
    return set(db.session.scalars(select(Message.message_id).where(Message.status == status)))


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
    mailbox = Mailbox()
    messages = restarts * 100
    write(messages)
    with serving(mailbox) as url, installed(settings, CERTHUB_SMTP_URL=url) as place:
        registrars = people_of(own_app, place)
        place.start_worker(HASTY)
        with registering(registrars):
            for _ in range(restarts):
                time.sleep(1.5)
                server.crash()
                server.start()
            time.sleep(1)
        assert place.workers[0].poll() is None, "the worker waits for the database, and goes on"
        db.session.remove()
        db.engine.dispose()
        in_doubt = what_was_in_doubt(place, mailbox, settings)

    answered = assert_all_is_on_file(registrars)
    times = assert_all_mail_arrived(mailbox, in_doubt)
    assert len(times) >= messages
    troubles = sum(len(one.troubles) for one in registrars)
    proven(
        restarts=restarts, answered=answered, sent_again=troubles, messages=len(times),
        messages_in_doubt=len(in_doubt), lost=0,
    )  # fmt: skip


@pytest.mark.only_on("postgresql")
def test_while_postgresql_is_gone_people_are_told_so_and_all_goes_on_by_itself_afterwards(
    own_app: Flask, server: OwnPostgresql, count: Counted
) -> None:
    settings: Settings = own_app.extensions["certhub"].settings
    mailbox = Mailbox()
    with serving(mailbox) as url, installed(settings, CERTHUB_SMTP_URL=url) as place:
        registrars = people_of(own_app, place)
        place.start_worker(HASTY)
        write(1)
        wait_for(lambda: not unfinished(MessageStatus.QUEUED), "the worker does not begin")
        db.session.remove()
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
        db.engine.dispose()
        write(1, kind="application-approved")
        wait_for(lambda: len(mailbox.taken) > 1, "the worker does not go on")
        told = {trouble for one in registrars for trouble in one.troubles}
        assert place.workers[0].poll() is None

    assert any("CertHub cannot reach its database" in trouble for trouble in told), told
    assert not any("Something went wrong on our side" in trouble for trouble in told), told
    assert_all_is_on_file(registrars)
