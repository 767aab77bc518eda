"""Check, import and undo long files of training completions, as soon as somebody asks for it."""

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.filestore import FolderStore
from certhub.jobs.registry import Counts, EndedMeanwhile, Occasion, job
from certhub.models.accounts import User
from certhub.models.training_imports import ImportWork, TrainingImport
from certhub.rules.refusal import Refusal
from certhub.services import training_doubles, training_import_check, training_imports
from certhub.services.bulk_changes import collector_resting
from certhub.services.training_import_check import PEOPLE_IN_A_STEP

FAILED = "This could not be done, and nothing was changed. Try again; if it fails again, tell DPH the name of the file."

DIED = (
    "This was given up, because the worker ended several times in the middle of it, and nothing was changed. Tell DPH "
    "the name of the file before you try again."
)


@job("training-imports", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Check, import and undo the files of training for which somebody asked it."""
    done = 0
    while not occasion.stopping() and (found := _next_one()) is not None:
        if occasion.dry_run:
            return {"would work on": 1}
        number, work, begun = found
        try:
            if begun and occasion.gives_up(done):
                _give_up(number, DIED)
            elif not _do(number, work, occasion):
                if occasion.cancelled():
                    _give_up(number, training_imports.ENDED)
                break
        except EndedMeanwhile:
            pass
        except Refusal as refusal:
            _give_up(number, refusal.message)
        except Exception:
            _give_up(number, FAILED)
            raise
        done += 1
        occasion.progress(done, None)
    return {"worked on": done} if done else {}


def _next_one() -> tuple[int, ImportWork, bool] | None:
    """The file that was asked for first, and whether a worker left it in the middle: then it is begun anew."""
    found = TrainingImport
    row = db.session.execute(
        select(found.id, found.work, found.work_started_at)
        .where(found.work.is_not(None))
        .order_by(found.work_asked_at, found.id)
        .limit(1)
    ).first()
    return (row[0], row[1], row[2] is not None) if row is not None and row[1] is not None else None


def _do(number: int, work: ImportWork, occasion: Occasion) -> bool:
    """One piece of work from its beginning; False where the worker has to stop before its end."""
    if work is ImportWork.CHECK:
        return _check(number, occasion)
    with transaction():
        training_import_check.take_up(_wanted(number, work), at=clock.now())
    with transaction() as session:
        found = session.get_one(TrainingImport, number)
        at = clock.now()
        with collector_resting():
            if work is ImportWork.IMPORT:
                training_imports.carry_out(found, leave_out=found.leave_out, actor=_asked_by(found), at=at)
            else:
                training_imports.undo(found, reason=found.undo_reason, actor=_asked_by(found), at=at)
    return True


def _check(number: int, occasion: Occasion) -> bool:
    """Read and match some rows at a time, and save each step, so that others write between them."""
    found = db.session.get_one(TrainingImport, number)
    data, media_type = FolderStore(occasion.settings.files_dir).get(found.sha256), found.media_type
    with transaction():
        check = training_import_check.begin(_wanted(number, ImportWork.CHECK), data, at=clock.now())
    for rows in training_import_check.pieces(data, media_type):
        if occasion.stopping():
            return False
        read = training_import_check.read(check, rows)
        with transaction():
            _wanted(number, ImportWork.CHECK)
            training_import_check.stage(check, read)
    people = training_doubles.people_of(number)
    for first in range(0, len(people), PEOPLE_IN_A_STEP):
        if occasion.stopping():
            return False
        with transaction():
            _wanted(number, ImportWork.CHECK)
            training_doubles.settle(number, people[first : first + PEOPLE_IN_A_STEP])
    with transaction():
        found = _wanted(number, ImportWork.CHECK)
        training_import_check.conclude(check, found, actor=_asked_by(found), at=clock.now())
    return True


def _wanted(number: int, work: ImportWork) -> TrainingImport:
    """The file, locked, while this is still to be done with it. Raises `EndedMeanwhile`."""
    found = locked(db.session.get_one(TrainingImport, number))
    if found.work is not work:
        raise EndedMeanwhile
    return found


def _give_up(number: int, sentence: str) -> None:
    with transaction() as session:
        found = session.get_one(TrainingImport, number)
        training_imports.give_up(found, sentence, actor=_asked_by(found), at=clock.now())


def _asked_by(found: TrainingImport) -> User:
    """Whoever asked for the work: it is done in their name."""
    return db.session.get_one(User, found.work_asked_by_id or found.uploaded_by_id)
