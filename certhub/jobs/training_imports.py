"""Check, import and undo long files of training completions, as soon as somebody asks for it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.filestore import FolderStore
from certhub.jobs.asked_work import EndedMeanwhile, Endings, Hold, Pieces, TakenOver, work_off_asked
from certhub.jobs.registry import Counts, Occasion, job
from certhub.models.accounts import User
from certhub.models.training_imports import ImportWork, TrainingImport
from certhub.queries.training_imports import standing
from certhub.rules.training_import import Outcome
from certhub.services import training_doubles, training_import_check, training_imports
from certhub.services.bulk_changes import collector_resting
from certhub.services.training_import_check import PEOPLE_IN_A_STEP

FAILED = "This could not be done, and nothing was changed. Try again; if it fails again, tell DPH the name of the file."

DIED = (
    "This was given up, because the worker ended several times in the middle of it, and nothing was changed. Tell DPH "
    "the name of the file before you try again."
)


_ENDINGS = Endings(died=DIED, ended=training_imports.ENDED, failed=FAILED)


@dataclass(slots=True)
class _Hold(Hold):
    """A piece of work on a file."""

    work: ImportWork


@job("training-imports", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Check, import and undo the files of training for which somebody asked it."""

    def do(hold: _Hold, pieces: Pieces) -> None:
        if hold.work is ImportWork.CHECK:
            _check(hold, FolderStore(occasion.settings.files_dir), pieces)
        else:
            _carry_out(hold, pieces)

    return work_off_asked(occasion, next_one=_next_one, do=do, give_up=_give_up)


def _next_one(overtaken: Collection[int]) -> _Hold | None:
    """The file that was asked for first; one that a worker left in the middle is begun anew."""
    found = TrainingImport
    row = db.session.execute(
        select(found.id, found.work, found.work_started_at)
        .where(found.work.is_not(None), found.id.not_in(overtaken))
        .order_by(found.work_asked_at, found.id)
        .limit(1)
    ).first()
    return _Hold(row[0], row[2], _ENDINGS, row[1]) if row is not None and row[1] is not None else None


def _carry_out(hold: _Hold, pieces: Pieces) -> None:
    """Import the rows of a file, or take them back, in one transaction."""
    with transaction():
        found, since = _wanted(hold), clock.now()
        training_import_check.take_up(found, at=since)
        rows = _rows_of(found)
        pieces.tell(0, rows)

    def told(done: int) -> None:
        pieces.show(done, rows)

    hold.since = since
    with transaction():
        found, at = _wanted(hold), clock.now()
        actor = _asked_by(found)
        with collector_resting():
            if hold.work is ImportWork.IMPORT:
                training_imports.carry_out(found, leave_out=found.leave_out, actor=actor, at=at, told=told)
            else:
                training_imports.undo(found, reason=found.undo_reason, actor=actor, at=at, told=told)
        pieces.tell(rows, rows)


def _check(hold: _Hold, store: FolderStore, pieces: Pieces) -> None:
    """Read and match some rows at a time, and save each step, so that others write between them."""
    number = hold.number
    found = db.session.get_one(TrainingImport, number)
    data, media_type = store.get(found.sha256), found.media_type
    with transaction():
        since = clock.now()
        check = training_import_check.begin(_wanted(hold), data, at=since)
        about = training_import_check.rows_about(data, media_type)
        pieces.tell(0, about)
    hold.since = since
    for rows in training_import_check.pieces(data, media_type):
        pieces.go_on()
        read = training_import_check.read(check, rows)
        with transaction():
            _wanted(hold)
            training_import_check.stage(check, read)
            pieces.tell(check.reader.tally.rows, about and max(about, check.reader.tally.rows))
    people = training_doubles.people_of(number)
    for first in range(0, len(people), PEOPLE_IN_A_STEP):
        pieces.go_on()
        with transaction():
            _wanted(hold)
            training_doubles.settle(number, people[first : first + PEOPLE_IN_A_STEP])
    with transaction():
        found = _wanted(hold)
        training_import_check.conclude(check, found, actor=_asked_by(found), at=clock.now())
        pieces.tell(found.row_count, found.row_count)


def _rows_of(found: TrainingImport) -> int:
    """How many rows an import brings, or an undoing takes back."""
    if found.work is ImportWork.IMPORT:
        return int(found.counts.get(Outcome.READY, 0))
    return db.session.scalar(select(func.count()).where(standing(found.id))) or 0


def _wanted(hold: _Hold) -> TrainingImport:
    """The file, locked, while this is still to be done with it, by this run. Raises `EndedMeanwhile`."""
    found = locked(db.session.get_one(TrainingImport, hold.number))
    if found.work is hold.work and found.work_started_at == hold.since:
        return found
    raise EndedMeanwhile if found.work is None or found.work_started_at is None else TakenOver


def _give_up(hold: _Hold, sentence: str) -> None:
    """End the work with a sentence, unless it is another run's by now, or somebody has ended it already."""
    with transaction() as session:
        found = locked(session.get_one(TrainingImport, hold.number))
        if found.work is hold.work and found.work_started_at == hold.since:
            training_imports.give_up(found, sentence, actor=_asked_by(found), at=clock.now())


def _asked_by(found: TrainingImport) -> User:
    """Whoever asked for the work: it is done in their name."""
    return db.session.get_one(User, found.work_asked_by_id or found.uploaded_by_id)
