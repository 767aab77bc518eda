"""`certhub backup` and `certhub restore`."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from sqlalchemy import func, inspect, make_url, select, table
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.cli.upgrade import migrate_schema
from certhub.config import shipped
from certhub.database import db, transaction
from certhub.jobs.runner import this_process
from certhub.rules import backup_manifest
from certhub.rules.refusal import Refusal
from certhub.services import audit_heads, audit_verification, backups, restores
from certhub.services.audit import SystemActor
from certhub.services.audit_verification import Kept
from certhub.services.backups import Step
from certhub.services.database_copies import copies_of
from certhub.web.context import file_store, settings

_ANYBODYS = 0
"""A data folder of root's is one that its group, or everybody, may write to, as some container hosts have it."""


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keep-days", type=click.IntRange(1, 36_500), help="Afterwards remove the backups in FOLDER that are older."
)
@with_appcontext
def backup(folder: Path, *, keep_days: int | None) -> None:
    """Back up the database and the files into FOLDER, while people go on working.

    Where FOLDER is there already, the backup gets a folder of its own in it, named by the time. The secret key is not
    part of a backup: keep a copy of it elsewhere. One with --keep-days is one by the clock: the page of the jobs and
    the probes tell when no such one was made for long.
    """
    if keep_days is None:
        _back_up(folder, keep_days)
        return
    began, noted = clock.now(), _Noted()
    try:
        _back_up(folder, keep_days, noted)
    except BaseException as problem:
        noted.error = problem.message if isinstance(problem, Refusal) else f"It broke off ({type(problem).__name__})."
        raise
    finally:
        _note(began, noted)


@dataclass
class _Noted:
    """What is told of a backup by the clock: what is in it once it is whole, and what went wrong."""

    counts: dict[str, int] | None = None
    error: str | None = None


def _note(began: datetime, noted: _Noted) -> None:
    """Keep what became of a backup, so that somebody hears of it. A backup stands even where that cannot be written."""
    db.session.remove()
    try:
        with transaction():
            backups.note(
                began, clock.now(), counts=noted.counts, error=noted.error, runner=this_process(), day=clock.today()
            )
    except SQLAlchemyError as problem:
        click.echo(f"What became of the backup cannot be noted in the database ({type(problem).__name__}).", err=True)


def _back_up(folder: Path, keep_days: int | None, noted: _Noted | None = None) -> None:
    at = clock.now()
    target = folder / backup_manifest.folder_name(at) if folder.exists() or keep_days is not None else folder
    copies = copies_of(make_url(settings().database_url))
    with _told() as step:
        made = backups.make(
            target,
            copies,
            file_store(),
            settings().audit_heads_file,
            version=_version(),
            at=at,
            step=step,
        )
    manifest = made.manifest
    if noted is not None:
        noted.counts = {"rows": sum(manifest.rows.values()), "files": len(manifest.files)}
    size = sum(piece.size for piece in manifest.files.values())
    click.echo(
        f"Backed up to {made.folder}: {sum(manifest.rows.values()):,} rows, {len(manifest.files):,} files, "
        f"{size / 1_000_000:,.1f} MB. The secret key is not in it."
    )
    if keep_days is not None:
        gone = backups.remove_old(folder, made, keep_days=keep_days)
        click.echo(f"{gone:,} backups older than {keep_days:,} days, or never finished, were removed.")
    if obstacle := copies.obstacle():
        click.echo(f"The backup is whole, but: {obstacle}", err=True)
    if manifest.absent:
        raise Refusal(
            f"{len(manifest.absent):,} files that records name are missing from the store or damaged there, such as "
            f"{min(manifest.absent)}. The backup holds all the rest; look for them in an earlier backup."
        )


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put the backup in the place of a database that holds records.")
@click.option(
    "--mail", type=click.Choice(["hold", "send"]), default="hold", show_default=True,
    help="What becomes of mail that was waiting: a person decides about each, or it is sent.",
)  # fmt: skip
@with_appcontext
def restore(folder: Path, *, replace: bool, mail: str) -> None:
    """Put the backup in FOLDER back, check it, and bring it up to date with this program.

    Stop web and worker first. A backup that is damaged, incomplete, of another program or of a newer version is
    refused before anything is changed. What was there before is kept aside.
    """
    _require_owner(settings().data_dir)
    copies = copies_of(make_url(settings().database_url))
    with _told() as step:
        found = backups.inspected(folder, step)
        revisions = [script.revision for script in ScriptDirectory(str(shipped("migrations"))).walk_revisions()]
        done = restores.put_back(
            found,
            copies,
            file_store(),
            settings().audit_heads_file,
            revisions=revisions,
            replace=replace,
            at=clock.now(),
            step=step,
        )
    try:
        restores.require_same_rows(found, _rows())
        migrate_schema()
        report = audit_verification.verify(kept=[Kept(found.manifest.audit_entries, found.manifest.audit_head)])
        if report.broken is not None:
            raise Refusal(f"The restored audit trail is broken: {report.broken.problem}. Use another backup.")
        with transaction():
            held = restores.tell(
                found, done, hold_mail=mail == "hold", actor=SystemActor("certhub restore"), at=clock.now()
            )
        audit_heads.keep(settings().audit_heads_file, audit_verification.head(), at=clock.now())
    except BaseException as problem:
        db.session.remove()
        db.engine.dispose()
        restores.undo(done, copies, settings().audit_heads_file)
        if isinstance(problem, OSError):
            raise Refusal(f"The restoration cannot be finished ({problem.strerror}), and was taken back.") from problem
        raise
    click.echo(f"Restored from {folder}, made on {found.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    click.echo(f"The audit trail holds: {report.entries:,} entries. All {len(found.manifest.files):,} files are whole.")
    if done.aside:
        click.echo(f"The database that was there before is kept: {done.aside}. Remove it once you do not need it.")
    if found.manifest.absent:
        click.echo(f"{len(found.manifest.absent):,} files were missing already when the backup was made.")
    if held:
        click.echo(f"{held:,} messages may have been sent since the backup: decide about them under Mail.")
    click.echo("The secret key is not in a backup: with another key everybody signs in again.")


def _require_owner(folder: Path) -> None:
    """Raises `Refusal` where what is restored would belong to somebody else than CertHub, which could not use it."""
    owner = folder.stat().st_uid
    if owner in (_ANYBODYS, os.geteuid()):
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    raise Refusal(
        f"The data folder {folder} belongs to {name}. Run this as {name}, so that CertHub can use what is restored."
    )


def _rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in inspect(connection).get_table_names()
        }


def _version() -> str:
    try:
        return version("certhub")
    except PackageNotFoundError:
        return "unknown"


@contextmanager
def _told() -> Iterator[Step]:
    """A bar in the terminal for each step."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]  # rich's own number

        yield step


COMMANDS: list[click.Command] = [backup, restore]
