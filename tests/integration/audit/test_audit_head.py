"""The head of the audit trail, kept by the database, in a file and by hand: what was cut off is found."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from certhub.config import Settings
from certhub.database import db
from certhub.jobs import runner
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.audit import AuditEntry
from certhub.models.jobs import JobStatus
from certhub.rules.audit_chain import GENESIS
from certhub.services import audit_heads, audit_verification
from certhub.services.audit_verification import Kept
from tests.factories import WHEN
from tests.integration.audit.tampering import execute, last, rehash, unprotect, write


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


@pytest.mark.only_on("sqlite")
def test_the_command_names_an_entry_that_is_no_text_and_a_head_that_takes_no_entry(committed_app: Flask) -> None:
    """PostgreSQL keeps nothing but UTF-8 in a text."""
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
