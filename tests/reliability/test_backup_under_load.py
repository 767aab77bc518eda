"""Backups that are taken while people write, files come in and mail goes out: each is one moment of the system."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from certhub.app import create_app
from certhub.database import db
from certhub.models import Base
from certhub.models.files import StoredFile
from certhub.models.messages import Message
from certhub.services import audit_verification
from certhub.web.context import file_store
from tests import factories
from tests.conftest import Databases, settings_for
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.delivery.test_mail_delivery import write
from tests.integration.operations.installations import House, add_file, at_work, contents
from tests.reliability.conftest import Counted
from tests.reliability.installation import Installation, Registrar, installed, registering
from tests.reliability.waiting import wait_for

AT_ONCE = 3
HASTY = "tests.reliability.hasty"

Rows = dict[int, tuple[object, ...]]
Contents = dict[str, Rows]


def test_backups_under_load_are_each_one_moment_and_hold_all_that_was_answered_before(
    databases: Databases, newest_programs: None, tmp_path: Path, count: Counted, proven: Callable[..., None]
) -> None:
    backups, mailbox = count(1, 10), Mailbox()
    url = databases.prepared()
    old = House(create_app(settings_for(url, tmp_path / "old")), url)
    answered: list[set[str]] = []
    with old.app.app_context(), serving(mailbox) as address:
        write(backups * 1_000)
        vendor = factories.make_vendor()
        with installed(old.app.extensions["certhub"].settings, CERTHUB_SMTP_URL=address) as place:
            registrars = [Registrar(old.app, vendor, place, f"Person{number}") for number in range(AT_ONCE)]
            place.start_worker(HASTY)
            with registering(registrars), filing(old.app, vendor.id) as filed:
                for number in range(backups):
                    wait_for_more(mailbox, filed, registrars)
                    answered.append({email for one in registrars for email in one.registered})
                    back_up(place, tmp_path / f"backup-{number}")
                wait_for_more(mailbox, filed, registrars)  # the copy is older than what is there now
        db.session.remove()
    assert [trouble for one in registrars for trouble in one.troubles] == [], "nobody is disturbed by a backup"

    whole = rows_of(old)
    for number, before in enumerate(answered):
        new = restored(databases, tmp_path, number)
        assert_it_is_one_moment_of(whole, rows_of(new), before)
        assert_its_files_and_its_trail_hold(new)
    proven(
        backups=backups, people_registered=len(whole["coordinator"]), files=len(filed), lost=0,
        messages_sent=len(mailbox.taken), trail_entries=len(whole["audit_entry"]),
    )  # fmt: skip


@contextmanager
def filing(app: Flask, vendor_id: int) -> Iterator[list[bytes]]:
    """Papers come in, one after another, for as long as the block lasts; what is on file so far."""
    stop, filed, broken = threading.Event(), list[bytes](), list[BaseException]()

    def work() -> None:
        try:
            with app.app_context():
                while not stop.is_set():
                    paper = f"paper {len(filed)}".encode() * 500
                    add_file(vendor_id, paper)
                    filed.append(paper)
                    time.sleep(0.02)
                db.session.remove()
        except BaseException as problem:  # noqa: BLE001  (raised in the test's own thread below)
            broken.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield filed
    finally:
        stop.set()
        thread.join()
    if broken:
        raise broken[0]


def wait_for_more(mailbox: Mailbox, filed: list[bytes], registrars: list[Registrar]) -> None:
    """Wait until each kind of work has gone on."""

    def done() -> list[int]:
        return [len(mailbox.taken), len(filed), *(len(one.registered) for one in registrars)]

    before = done()
    wait_for(lambda: all(now > then for now, then in zip(done(), before, strict=True)), "the work does not go on")


def back_up(place: Installation, folder: Path) -> None:
    command = [sys.executable, "-m", "certhub", "backup", str(folder)]
    made = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


def restored(databases: Databases, tmp_path: Path, number: int) -> House:
    """A new installation with what a backup holds."""
    url = databases.empty()
    new = House(create_app(settings_for(url, tmp_path / f"new-{number}")), url)
    done = new.certhub("restore", tmp_path / f"backup-{number}", "--mail", "send")
    assert done.exit_code == 0, done.exception or done.output
    return new


def rows_of(house: House) -> Contents:
    """The rows of each table whose key is a number, by that number."""
    numbered = {table.name for table in Base.metadata.sorted_tables if "id" in table.c or "seq" in table.c}
    return {
        name: {row[0]: row for row in rows if isinstance(row[0], int)}
        for name, rows in contents(house).items()
        if name in numbered
    }


def assert_it_is_one_moment_of(whole: Contents, copy: Contents, answered_before: set[str]) -> None:
    """The copy is the system as it was at the end of the copy's trail: no row more, none less, none of another time."""
    trail = sorted(copy["audit_entry"].values())
    assert trail.pop()[4] == "backup.restored"
    everything = sorted(whole["audit_entry"].values())
    assert trail == everything[: len(trail)]
    assert len(trail) < len(everything), "people wrote on after the copy was taken"
    told, later = ({(entry[5], entry[6]) for entry in entries} for entries in (trail, everything[len(trail) :]))
    for name in ("coordinator", "stored_file"):
        there = {key: row for key, row in whole[name].items() if (name, key) in told or (name, key) not in later}
        assert copy[name].keys() == there.keys(), name
        unchanged = {key: row for key, row in there.items() if (name, key) not in later}
        assert unchanged.items() <= copy[name].items(), name
    emails = {column for row in copy["party"].values() for column in row}
    assert answered_before <= emails
    assert_its_mail_is_of_one_moment(whole["message"], copy["message"])


def assert_its_mail_is_of_one_moment(whole: Rows, copy: Rows) -> None:
    """What the copy tells as sent is told so by the system to this day, and more left afterwards."""
    assert copy.keys() <= whole.keys()
    status = list(Message.__table__.c.keys()).index("status")
    sent = [key for key, row in copy.items() if row[status] == "sent"]
    assert sent
    assert all(copy[key] == whole[key] for key in sent)
    assert len(sent) < sum(row[status] == "sent" for row in whole.values())


def assert_its_files_and_its_trail_hold(house: House) -> None:
    with at_work(house):
        hashes = db.session.scalars(select(StoredFile.sha256)).all()
        assert hashes
        assert all(file_store().get(sha256) for sha256 in hashes)
        assert audit_verification.verify().broken is None
