"""A backup is whole or it is not there, and a restored system is the one that was backed up."""

import dataclasses
import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import NullPool, create_engine, inspect, select

from certhub.app import create_app
from certhub.cli import backup as backup_command
from certhub.database import db
from certhub.models import Base
from certhub.models.audit import AuditEntry
from certhub.models.files import StoredFile
from certhub.models.messages import Message, MessageStatus
from certhub.rules import backup_manifest
from certhub.rules.refusal import Refusal
from certhub.services import audit_heads, backups
from certhub.services.database_copies import SqliteCopies
from certhub.web.context import file_store
from tests import factories
from tests.conftest import Databases, settings_for
from tests.integration.operations.installations import WHEN, House, at_work, contents, furnish

Opening = Callable[[str], House]
Contents = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def house(databases: Databases, tmp_path: Path, newest_programs: None) -> Iterator[Opening]:
    """Opens installations by name; `new` is an empty one."""
    opened: list[Flask] = []

    def open_one(name: str) -> House:
        url = databases.empty() if name == "new" else databases.prepared()
        app = create_app(settings_for(url, tmp_path / name))
        opened.append(app)
        return House(app, url)

    yield open_one
    for app in opened:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def refusal(house: House, *arguments: object) -> str:
    """The sentence with which a command refuses."""
    result = house.certhub(*arguments)
    assert isinstance(result.exception, Refusal), result.exception or result.output
    return result.exception.message


def done(house: House, *arguments: object) -> str:
    """What a command prints that does its work."""
    result = house.certhub(*arguments)
    assert result.exit_code == 0, result.exception or result.output
    return result.output


def test_a_restored_system_is_the_one_that_was_backed_up_and_its_trail_holds(house: Opening, tmp_path: Path) -> None:
    old, new = house("old"), house("new")
    furnish(old)
    done(old, "audit", "verify")
    assert "The secret key is not in it" in done(old, "backup", tmp_path / "backup")
    before = contents(old)

    done(new, "restore", tmp_path / "backup", "--mail", "send")
    after = contents(new)
    added = [row for row in after["audit_entry"] if row not in before["audit_entry"]]
    assert [row[4] for row in added] == ["backup.restored"]
    moved = {"audit_entry", "audit_head"}
    assert {name: rows for name, rows in after.items() if name not in moved} == {
        name: rows for name, rows in before.items() if name not in moved
    }
    done(new, "audit", "verify")
    with at_work(new):
        for row in db.session.scalars(select(StoredFile)):
            assert file_store().get(row.sha256).startswith(b"paper")


def test_a_system_that_went_on_after_the_backup_passes_the_verification_once_it_is_restored(
    house: Opening, tmp_path: Path
) -> None:
    one = house("one")
    furnish(one)
    done(one, "backup", tmp_path / "backup")
    with at_work(one):
        factories.make_vendor("Too late")
    done(one, "audit", "verify")
    assert "holds records already" in refusal(one, "restore", tmp_path / "backup")

    assert "The database that was there before is kept" in done(one, "restore", tmp_path / "backup", "--replace")
    done(one, "audit", "verify")
    with at_work(one):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.restored")).one()
        told = json.loads(entry.changes)
        assert told["entries_before"] > told["entries"]
        statuses = db.session.scalars(select(Message.status).order_by(Message.id)).all()
        assert statuses == [MessageStatus.IN_DOUBT, MessageStatus.SENT], "what waited may have been sent since"


def flipped(folder: Path) -> str:
    return _flip(next(path for path in (folder / "files").rglob("*") if path.is_file()))


def copy_flipped(folder: Path) -> str:
    return _flip(next(folder.glob("database.*")))


def _flip(file: Path) -> str:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return "is not as it was written"


def missing(folder: Path) -> str:
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()
    return "is missing"


def cut_off(folder: Path) -> str:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text()[:-200])
    return "cut off"


def retyped(folder: Path) -> str:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"audit_entries": ', '"audit_entries": 1'))
    return "was changed after it was written"


def without_manifest(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    return "is not a whole backup"


def retold(folder: Path, **changes: object) -> None:
    manifest = backup_manifest.read((folder / "manifest.json").read_text())
    changed = dataclasses.replace(manifest, **changes)  # type: ignore[arg-type]  # the caller's own fields
    (folder / "manifest.json").write_text(backup_manifest.written(changed))


def newer(folder: Path) -> str:
    retold(folder, revision="9999", version="9.9.9")
    return "which is newer than this program"


def foreign(folder: Path) -> str:
    retold(folder, database="Oracle")
    return "Restore it into the same kind"


def of_another_program(folder: Path) -> str:
    (folder / "manifest.json").write_text('{"product": "moodle"}')
    return "is not a backup of CertHub"


SPOILT = (
    flipped, copy_flipped, missing, cut_off, retyped, without_manifest, newer, foreign, of_another_program,
)  # fmt: skip


def test_a_backup_that_is_not_whole_or_not_ours_is_refused_and_nothing_is_changed(
    house: Opening, tmp_path: Path
) -> None:
    old, new = house("old"), house("new")
    furnish(old)
    done(old, "backup", tmp_path / "whole")
    for spoil in SPOILT:
        spoilt = tmp_path / spoil.__name__
        shutil.copytree(tmp_path / "whole", spoilt)
        words = spoil(spoilt)
        assert words in refusal(new, "restore", spoilt, "--replace"), spoil.__name__
        with at_work(new):
            assert inspect(db.engine).get_table_names() == []


def test_a_copy_that_turns_out_to_be_of_no_use_is_taken_back(house: Opening, tmp_path: Path) -> None:
    one, other = house("one"), house("other")
    furnish(one)
    furnish(other, files=1)
    done(one, "audit", "verify")
    done(other, "backup", tmp_path / "backup")
    manifest = backup_manifest.read((tmp_path / "backup" / "manifest.json").read_text())
    retold(tmp_path / "backup", rows={**manifest.rows, "party": 999})
    before, heads = contents(one), (tmp_path / "one" / "audit-heads.log").read_text()

    assert "lacks rows of party" in refusal(one, "restore", tmp_path / "backup", "--replace")
    assert contents(one) == before
    assert (tmp_path / "one" / "audit-heads.log").read_text() == heads


def test_a_full_disk_leaves_no_half_backup(house: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = house("old")
    furnish(old)
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "files" in path.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "the disk is full" in refusal(old, "backup", tmp_path / "backups" / "one")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_file_that_is_gone_is_told_and_the_rest_is_backed_up(house: Opening, tmp_path: Path) -> None:
    old, new = house("old"), house("new")
    furnish(old)
    lost = next(path for path in (tmp_path / "old" / "files").rglob("*") if path.is_file())
    lost.unlink()

    assert lost.name in refusal(old, "backup", tmp_path / "backup")
    assert "1 files were missing already" in done(new, "restore", tmp_path / "backup")


def test_heads_that_cannot_be_renewed_give_the_old_database_back(
    house: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = house("one"), house("other")
    furnish(one)
    furnish(other, files=1)
    for installation in (one, other):
        done(installation, "audit", "verify")
    done(other, "backup", tmp_path / "backup")
    before, heads = contents(one), (tmp_path / "one" / "audit-heads.log").read_text()
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "audit-heads.log":
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "The old database was put back" in refusal(one, "restore", tmp_path / "backup", "--replace")
    assert contents(one) == before
    assert (tmp_path / "one" / "audit-heads.log").read_text() == heads


def test_a_head_that_cannot_be_written_down_at_the_end_gives_the_old_database_back(
    house: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = house("one"), house("other")
    furnish(one)
    furnish(other, files=1)
    done(other, "backup", tmp_path / "backup")
    before = contents(one)

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(audit_heads, "keep", full)
    assert "was taken back" in refusal(one, "restore", tmp_path / "backup", "--replace")
    assert contents(one) == before


def test_a_folder_of_somebody_else_is_not_restored_into(
    house: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = house("old"), house("new")
    furnish(old)
    done(old, "backup", tmp_path / "backup")
    owner = (tmp_path / "new").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    monkeypatch.setattr(backup_command, "_ANYBODYS", -1)  # also where the tests run as root
    assert "so that CertHub can use what is restored" in refusal(new, "restore", tmp_path / "backup")


def test_old_backups_go_once_a_new_one_is_there_but_not_the_last_that_has_a_lost_file(
    house: Opening, tmp_path: Path
) -> None:
    old, folder = house("old"), tmp_path / "backups"
    furnish(old)
    for day in (1, 2):
        with time_machine.travel(datetime(2026, 11, day, tzinfo=UTC), tick=False):
            done(old, "backup", folder, "--keep-days", "30")
    (folder / ".certhub-20261103T000000Z.unfinished").mkdir()
    (folder / "by-hand").mkdir()

    lost = next(path for path in (tmp_path / "old" / "files").rglob("*") if path.is_file())
    kept = lost.read_bytes()
    lost.unlink()
    with time_machine.travel(datetime(2026, 12, 30, tzinfo=UTC), tick=False):
        assert lost.name in refusal(old, "backup", folder, "--keep-days", "30")
    assert names_in(folder) == ["by-hand", "certhub-20261102T000000Z", "certhub-20261230T000000Z"]

    lost.write_bytes(kept)
    with time_machine.travel(datetime(2026, 12, 31, tzinfo=UTC), tick=False):
        assert "1 backups older than 30 days" in done(old, "backup", folder, "--keep-days", "30")
    assert names_in(folder) == ["by-hand", "certhub-20261230T000000Z", "certhub-20261231T000000Z"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("damage", ["the file is damaged", "the file is gone"])
def test_what_sqlite_had_not_entered_into_a_damaged_file_goes_along_with_it(tmp_path: Path, damage: str) -> None:
    file, copy = tmp_path / "certhub.db", tmp_path / "copy"
    with closing(sqlite3.connect(copy)) as whole:
        whole.execute("CREATE TABLE told (words TEXT)")
    file.write_bytes(b"no database at all" * 500)
    if damage == "the file is gone":
        file.unlink()
    for rest in ("-wal", "-shm"):
        (tmp_path / f"certhub.db{rest}").write_bytes(rest.encode())

    copies = SqliteCopies(file)
    aside = Path(copies.put_back(copy, WHEN))
    beside = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("certhub.db")}
    assert beside.pop("certhub.db") == copy.read_bytes()
    assert beside.pop(aside.name, None) == (None if damage == "the file is gone" else b"no database at all" * 500)
    assert beside == {f"{aside.name}{rest}": rest.encode() for rest in ("-wal", "-shm")}

    copies.undo(str(aside))
    assert file.exists() is (damage != "the file is gone")
    assert [(tmp_path / f"certhub.db{rest}").read_bytes() for rest in ("-wal", "-shm")] == [b"-wal", b"-shm"]


def test_a_folder_that_is_there_gets_one_backup_after_the_other_and_none_is_written_over(
    house: Opening, tmp_path: Path
) -> None:
    old = house("old")
    furnish(old)
    (tmp_path / "backups").mkdir()
    for hour in (1, 2):
        with time_machine.travel(datetime(2026, 11, 23, hour, tzinfo=UTC), tick=False):
            done(old, "backup", tmp_path / "backups")
            assert "is there already" in refusal(old, "backup", tmp_path / "backups")
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert names == ["certhub-20261123T010000Z", "certhub-20261123T020000Z"]


def test_a_database_that_is_in_use_is_not_replaced(house: Opening, tmp_path: Path) -> None:
    one = house("one")
    furnish(one)
    done(one, "backup", tmp_path / "backup")
    with create_engine(one.url, poolclass=NullPool).connect() as open_elsewhere:
        open_elsewhere.execute(select(Message.id)).all()
        assert "is in use" in refusal(one, "restore", tmp_path / "backup", "--replace")


def test_every_column_that_names_a_file_is_part_of_a_backup() -> None:
    of_texts = {"text_sha256", "consent_sha256"}
    of_reports = {("mail_report", "sha256")}
    hashes = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "sha256" in column.name and column.name not in of_texts
    }
    assert set(backups.naming_columns()) == hashes - of_reports
