"""The audit trail against whoever has the database in hand: triggers refuse, the chain tells, a kept head proves."""

import json
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from certhub.config import Settings
from certhub.database import UnauditedChange, db, transaction
from certhub.jobs import runner
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.audit import AuditEntry
from certhub.models.jobs import JobStatus
from certhub.models.parties import Party, VendorOrganization
from certhub.models.protection import APPEND_ONLY, unprotecting_statements
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_chain import GENESIS, entry_hash, first_break, hashed_text
from certhub.services import audit, audit_heads, audit_verification
from certhub.services.audit_verification import Kept
from tests.factories import ARRANGING, WHEN, make_vendor


def write(count: int) -> None:
    """Entries whose texts would show a mistake in sizes or instants: accents, emoji, quotes, whole seconds, NULLs."""
    for number in range(count):
        with transaction():
            audit.record_plain(
                audit.SystemActor(f"Zoë “{number}” 🩺"),
                AuditAction.MESSAGE_RETRIED,
                "message",
                None if number % 2 else number,
                at=WHEN + timedelta(seconds=number, microseconds=number % 3 * 120_000),
                party_id=None if number % 3 else number,
                told={"note": f"100% «{number}»\n\\ ' \" %s", "n": number},
            )


def unprotect() -> None:
    connection = db.session.connection()
    for statement in unprotecting_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def execute(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement))


def last() -> int:
    return audit_verification.head().entries


@pytest.fixture
def entries(app: Flask) -> int:
    """The number of entries of a trail that nobody protects any more; the last ten are `write`'s."""
    write(10)
    unprotect()
    return last()


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


def forget_the_head(entries: int) -> None:
    """Turn the head that the database keeps back to the entry that is now the last one, as a thorough hand would."""
    head = audit_verification.head()
    assert head.entries == entries
    execute(f"UPDATE audit_head SET seq = {head.entries}, hash = '{head.head}'")


def test_a_cut_off_tail_is_found_by_the_head_that_the_database_keeps(entries: int) -> None:
    execute(f"DELETE FROM audit_entry WHERE seq > {entries - 3}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert (report.broken.seq, report.entries) == (entries - 2, entries - 3)
    assert "the head that the database keeps" in report.broken.problem


def test_what_is_written_after_a_cut_leaves_the_gap_for_good(entries: int) -> None:
    execute(f"DELETE FROM audit_entry WHERE seq > {entries - 3}")
    write(5)

    report = audit_verification.verify()

    assert last() == entries + 5
    assert report.broken is not None
    assert report.broken.seq == entries - 2


def test_an_emptied_trail_is_found_even_without_the_head(entries: int) -> None:
    execute("DELETE FROM audit_entry", f"UPDATE audit_head SET seq = 0, hash = '{GENESIS}'")

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == 1
    assert "holds records" in report.broken.problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM audit_head", "is missing"),
        ("UPDATE audit_head SET seq = seq - 2, hash = {earlier}", "turned back"),
    ],
)
def test_a_head_that_is_gone_or_turned_back_is_found(entries: int, change: str, problem: str) -> None:
    execute(change.format(earlier=f"(SELECT hash FROM audit_entry WHERE seq = {entries - 2})"))

    report = audit_verification.verify()

    assert report.broken is not None
    assert problem in report.broken.problem


@pytest.mark.parametrize("change", ["seq = seq", "seq = seq - 1", "hash = 'x'", "id = 2"])
def test_the_database_refuses_to_turn_the_head_back(app: Flask, change: str) -> None:
    write(2)
    for statement in (f"UPDATE audit_head SET {change}", "DELETE FROM audit_head"):
        with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_a_cut_off_tail_without_its_head_is_found_against_a_kept_head_only(entries: int) -> None:
    kept = audit_verification.head()
    execute(f"DELETE FROM audit_entry WHERE seq > {entries - 3}")
    forget_the_head(entries - 3)

    alone, compared = audit_verification.verify(), audit_verification.verify(kept=[kept])

    assert alone.broken is None
    assert compared.broken is not None
    assert compared.broken.seq == entries - 2
    assert str(entries) in compared.broken.problem


def test_a_chain_that_was_written_anew_is_found_against_a_kept_head_only(entries: int) -> None:
    kept = audit_verification.head()
    execute(f"UPDATE audit_entry SET actor = 'Somebody else' WHERE seq = {entries - 4}")
    rehash(entries - 4)
    by_the_database = audit_verification.verify()
    forget_the_head(entries)

    alone, compared = audit_verification.verify(), audit_verification.verify(kept=[kept])

    assert by_the_database.broken is not None
    assert alone.broken is None
    assert compared.broken is not None
    assert "anew" in compared.broken.problem


@pytest.mark.parametrize("column", ["changes", "actor", "hash", "previous_hash"])
@pytest.mark.parametrize("value", ["x'ff00'", "cast(x'ff41' AS text)"])
def test_bytes_that_are_no_text_are_a_broken_entry(entries: int, column: str, value: str) -> None:
    if db.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps nothing but UTF-8 in a text")
    execute(f"UPDATE audit_entry SET {column} = {value} WHERE seq = {entries}")

    report = audit_verification.verify()

    assert report.broken is not None
    assert report.broken.seq == entries


def test_a_trail_that_grew_since_its_head_was_kept_is_unbroken(entries: int) -> None:
    kept = audit_verification.head()
    write(3)

    report = audit_verification.verify(kept=[kept])

    assert (report.broken, report.entries) == (None, entries + 3)


def test_a_break_behind_the_kept_head_is_found(entries: int) -> None:
    kept = audit_verification.head()
    write(3)
    execute(f"UPDATE audit_entry SET actor = 'Somebody else' WHERE seq = {entries + 2}")

    report = audit_verification.verify(kept=[kept])

    assert report.broken is not None
    assert report.broken.seq == entries + 2


def rehash(first: int) -> None:
    """Chain the entries from `first` on anew, as somebody would who knows the format."""
    db.session.expire_all()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.seq >= first - 1).order_by(AuditEntry.seq)).all()
    head = rows[0].hash
    for row in rows[1:]:
        fields = {column.key: getattr(row, column.key) for column in AuditEntry.__table__.columns}
        own = entry_hash(head, hashed_text(fields))
        execute(f"UPDATE audit_entry SET previous_hash = '{head}', hash = '{own}' WHERE seq = {row.seq}")
        head = own


def test_progress_is_told_while_the_trail_is_read(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_verification, "BATCH", 4)
    told: list[int] = []

    audit_verification.verify(told.append)

    assert told[0] == 4
    assert told == sorted(set(told))
    assert told[-1] == entries


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_database_refuses_to_change_or_remove_rows_that_only_grow(app: Flask, table: str, verb: str) -> None:
    connection = db.session.connection()
    kind = connection.dialect.name
    if kind == "sqlite":
        if verb == "TRUNCATE":
            pytest.skip("SQLite has no TRUNCATE; DELETE without a condition is refused row by row")
        names = set(
            connection.execute(text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"))
            .scalars()
            .all()
        )
        assert f"{table}_refuses_{verb.lower()}" in names
    seed(table)
    column = next(iter(db.metadata.tables[table].primary_key.columns)).name
    statement = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]

    with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
        db.session.execute(text(statement))


@pytest.mark.parametrize("table", [*APPEND_ONLY, "standard_version", "audit_head"])
def test_a_row_that_only_grows_is_not_replaced(app: Flask, table: str) -> None:
    """SQLite's REPLACE removes the row in the way without asking the DELETE trigger."""
    if db.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL has no REPLACE; ON CONFLICT DO UPDATE is an UPDATE")
    seed(table)
    columns = db.metadata.tables[table].columns
    keys = [column.name for column in columns if column.primary_key]
    names = ", ".join(column.name for column in columns)
    before = db.session.execute(text(f"SELECT * FROM {table}")).all()
    # The same row once more, and with a key of its own where another unique key is in the way.
    fresh = ", ".join("99999" if column.name in keys else column.name for column in columns)
    unique = {"certificate", "decision", "standard_version"}
    for values in (names, fresh) if table in unique else (names,):
        with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
            db.session.execute(text(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} LIMIT 1"))

    assert db.session.execute(text(f"SELECT * FROM {table}")).all() == before


def seed(table: str) -> None:
    """A row in `table` for the trigger to protect; foreign keys are beside the point here."""
    connection = db.session.connection()
    if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar():
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    values = {}
    for column in db.metadata.tables[table].columns:
        if column.primary_key or column.nullable:
            continue
        values[column.name] = sample(str(column.type).upper(), [*getattr(column.type, "enums", [])])
    names, marks = ", ".join(values), ", ".join(f"'{value}'" for value in values.values())
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})".replace("%", "%%"))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


def sample(kind: str, members: list[str]) -> str:
    if members:
        return members[0]
    if "DATETIME" in kind or "TIMESTAMP" in kind:
        return "2026-03-02 15:00:00"
    if "DATE" in kind:
        return "2026-03-02"
    if "JSON" in kind:
        return "{}"
    return "0" if re.search("INT|BOOL", kind) else "x"


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


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", "verify", *arguments])


def test_the_command_says_that_the_trail_is_unbroken_and_what_to_keep(committed_app: Flask) -> None:
    kept = audit_verification.head()
    db.session.remove()

    result = run(committed_app)

    assert result.exit_code == 0, result.output
    assert f"--entries {kept.entries} --head {kept.head}" in result.stdout
    assert run(committed_app, "--entries", str(kept.entries), "--head", kept.head).exit_code == 0
    assert (
        db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(1)).one() == "audit.verified"
    )


def test_the_command_names_the_first_broken_entry_and_fails(committed_app: Flask) -> None:
    unprotect()
    execute("UPDATE audit_entry SET actor = 'Somebody else' WHERE seq = 2")
    db.session.commit()
    db.session.remove()

    result = run(committed_app)

    assert result.exit_code == 1
    assert "BROKEN at entry 2" in result.stderr


@pytest.fixture
def heads(committed_app: Flask) -> Path:
    settings: Settings = committed_app.extensions["certhub"].settings
    return settings.audit_heads_file


def test_a_tail_cut_off_with_its_head_is_found_by_the_file_outside_the_database(
    committed_app: Flask, heads: Path
) -> None:
    write(5)
    db.session.remove()
    assert run(committed_app).exit_code == 0  # which writes the head down
    kept = audit_heads.last_kept(heads)
    unprotect()
    execute("DELETE FROM audit_entry WHERE seq > 3")
    forget_the_head(3)
    db.session.commit()
    db.session.remove()

    result = run(committed_app)

    assert kept is not None
    assert result.exit_code == 1
    assert f"the trail ends at 3, but by {heads} it had {kept.entries} entries" in result.stderr
    assert audit_heads.last_kept(heads) == kept


def test_the_command_names_an_entry_that_is_no_text_and_a_head_that_takes_no_entry(committed_app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps nothing but UTF-8 in a text")
    unprotect()
    execute("UPDATE audit_entry SET changes = x'ff00' WHERE seq = 2", "UPDATE audit_head SET hash = x'ff00'")
    db.session.commit()
    db.session.remove()

    result = run(committed_app)

    assert result.exit_code == 1
    assert "BROKEN at entry 2" in result.stderr
    assert "too damaged to take up an entry" in result.stderr


def test_each_day_the_head_is_written_down_unless_the_trail_was_cut(committed_app: Flask, heads: Path) -> None:
    occasion = Occasion(day=WHEN.date(), settings=committed_app.extensions["certhub"].settings, link=lambda *_: "")
    job = find("audit-head")
    assert runner.run(job, occasion).status is JobStatus.FINISHED
    kept = audit_heads.last_kept(heads)
    assert kept == audit_verification.head()
    write(2)
    assert runner.run(job, occasion).status is JobStatus.FINISHED
    assert heads.read_text().count("\n") == 2
    unprotect()
    execute("DELETE FROM audit_entry WHERE seq > 2")
    db.session.commit()

    cut = runner.run(job, occasion)

    assert cut.status is JobStatus.FAILED
    assert "does not run through entry" in (cut.error or "")
    assert heads.read_text().count("\n") == 2


def test_a_line_of_the_file_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "heads.log"
    assert audit_heads.last_kept(file) is None
    file.write_bytes(b"2026-03-02T15:00:00+00:00 7 " + b"a" * 64 + b"\nhalf a line \xff")
    assert audit_heads.last_kept(file) == Kept(7, "a" * 64)


def test_the_command_wants_both_values_of_a_kept_head(committed_app: Flask) -> None:
    assert run(committed_app, "--entries", "3").exit_code == 2


def test_a_chain_of_nothing_is_unbroken() -> None:
    assert first_break([]) == (0, GENESIS, None)
