"""The audit trail against whoever has the database in hand: triggers refuse, the chain tells, a kept head proves."""

import json
import threading

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from certhub import database
from certhub.database import UnauditedChange, db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.parties import Party, VendorOrganization
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_chain import GENESIS, first_break, hashed_text
from certhub.services import audit, audit_verification
from certhub.services.audit_verification import Kept
from tests.factories import ARRANGING, WHEN, make_vendor
from tests.integration.audit.tampering import execute, last, write


def test_an_untouched_trail_is_unbroken_and_its_report_is_its_head(entries: int) -> None:
    report = audit_verification.verify()

    assert report.broken is None
    assert Kept(report.entries, report.head) == audit_verification.head()
    assert report.entries == entries


def test_the_database_puts_the_hashed_text_together_as_the_writer_does(entries: int) -> None:
    rows = {row.seq: row for row in db.session.scalars(select(AuditEntry))}
    read = {seq: hashed.decode() for seq, _hash, hashed in audit_verification._rows(None)}

    assert read == {seq: row.previous_hash + hashed_text(vars(row)) for seq, row in rows.items()}


def test_a_previous_hash_of_another_length_breaks_the_chain(entries: int) -> None:
    execute("UPDATE audit_entry SET previous_hash = substr(previous_hash, 1, 63) WHERE seq = 3")

    broken = audit_verification.verify().broken

    assert broken is not None
    assert broken.seq == 3


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-03-02 15:00:07.000001+00:00'",
        "actor_id = 1",
        "actor = 'Somebody else'",
        "action = 'user.created'",
        "subject_type = 'party'",
        "subject_id = 77",
        "party_id = 77",
        "changes = '{}'",
    ],
)
def test_a_change_of_any_hashed_column_is_found_and_named(entries: int, change: str) -> None:
    execute(f"UPDATE audit_entry SET {change} WHERE seq = {entries - 4}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries - 4
    assert "changed" in report.broken.problem
    assert report.entries == entries - 5


def test_a_removed_entry_is_found_and_named(entries: int) -> None:
    execute(f"DELETE FROM audit_entry WHERE seq = {entries - 4}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert (report.broken.seq, report.entries) == (entries - 4, entries - 5)
    assert "missing" in report.broken.problem


def test_a_removed_first_entry_is_found_and_named(entries: int) -> None:
    execute("DELETE FROM audit_entry WHERE seq = 1")

    report = audit_verification.verify()

    assert report.broken is not None
    assert (report.broken.seq, report.entries, report.head) == (1, 0, GENESIS)


def test_a_removed_entry_whose_gap_was_closed_is_found_and_named(entries: int) -> None:
    execute(f"DELETE FROM audit_entry WHERE seq = {entries - 4}")
    for seq in range(entries - 3, entries + 1):
        execute(f"UPDATE audit_entry SET seq = {seq - 1} WHERE seq = {seq}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries - 4
    assert "not chained" in report.broken.problem


def test_swapped_entries_are_found_and_named(entries: int) -> None:
    execute(
        f"UPDATE audit_entry SET seq = -1 WHERE seq = {entries - 4}",
        f"UPDATE audit_entry SET seq = {entries - 4} WHERE seq = {entries - 3}",
        f"UPDATE audit_entry SET seq = {entries - 3} WHERE seq = -1",
    )

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries - 4


def test_an_inserted_entry_is_found_and_named(entries: int) -> None:
    for seq in range(entries, entries - 4, -1):
        execute(f"UPDATE audit_entry SET seq = {seq + 1} WHERE seq = {seq}")
    execute(
        "INSERT INTO audit_entry (seq, at, actor, action, subject_type, changes, previous_hash, hash) "
        f"SELECT {entries - 3}, at, actor, action, subject_type, changes, hash, previous_hash "
        f"FROM audit_entry WHERE seq = {entries - 4}"
    )

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries - 3


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("column", ["changes", "actor", "hash", "previous_hash"])
@pytest.mark.parametrize("value", ["x'ff00'", "cast(x'ff41' AS text)"])
def test_bytes_that_are_no_text_are_a_broken_entry(entries: int, column: str, value: str) -> None:
    """PostgreSQL keeps nothing but UTF-8 in a text."""
    execute(f"UPDATE audit_entry SET {column} = {value} WHERE seq = {entries}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries


def test_progress_is_told_while_the_trail_is_read(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_verification, "BATCH", 4)
    told: list[int] = []

    audit_verification.verify(told.append)

    assert told[0] == 4
    assert told == sorted(set(told))
    assert told[-1] == entries


def test_a_change_that_no_entry_tells_of_is_an_error_and_saves_nothing(app: Flask) -> None:
    vendor = make_vendor("Bridge Family Partners")
    before = last()

    with pytest.raises(UnauditedChange), transaction():
        vendor.name = "Another name"

    assert db.session.scalar(select(Party.name).where(Party.id == vendor.id)) == "Bridge Family Partners"
    assert last() == before


def test_the_value_before_is_kept_even_if_nobody_read_it(app: Flask) -> None:
    vendor = make_vendor("Old name")
    code = vendor.vendor_code

    with transaction():  # which forgets what was read before it
        vendor.name, vendor.vendor_code = "New name", "VC6000008888"
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, vendor, at=WHEN)

    told = db.session.scalars(select(AuditEntry.changes).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert json.loads(told) == {"name": ["Old name", "New name"], "vendor_code": [code, "VC6000008888"]}


def test_an_entry_of_a_unit_of_work_that_fails_is_not_kept(app: Flask) -> None:
    vendor = make_vendor()
    before = last()

    with pytest.raises(ZeroDivisionError), transaction():
        fail(vendor)

    assert last() == before


def fail(vendor: VendorOrganization) -> None:
    vendor.name = "Another name"
    audit.record(ARRANGING, AuditAction.PARTY_UPDATED, vendor, at=WHEN)
    raise ZeroDivisionError


def test_writers_at_the_same_time_leave_one_unbroken_chain(committed_app: Flask) -> None:
    writers, each, before = 4, 15, last()
    db.session.remove()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with committed_app.app_context():
                write(each)
        except BaseException as problem:  # noqa: BLE001  (a thread's failure must fail the test)
            failures.append(problem)

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    report = audit_verification.verify()

    assert failures == []
    assert report.broken is None
    assert report.entries == before + writers * each


def test_a_chain_of_nothing_is_unbroken() -> None:
    assert first_break([]) == (0, GENESIS, None)


def renamed(vendor: VendorOrganization, name: str) -> None:
    with transaction():
        vendor.name = name
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, vendor, at=WHEN)


def test_entries_that_the_database_refuses_take_the_change_with_them_and_leave_the_connection_in_order(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = make_vendor("Before")
    with monkeypatch.context() as patched:
        patched.setattr(database, "_locked_head", lambda _connection: (0, GENESIS))  # so the first number comes twice
        with pytest.raises(IntegrityError):
            renamed(vendor, "After")

    assert db.session.scalar(select(Party.name).where(Party.id == vendor.id)) == "Before"
    renamed(vendor, "Then")
    db.session.remove()
    assert db.session.scalar(select(Party.name).where(Party.id == vendor.id)) == "Then"
    assert audit_verification.verify().broken is None
