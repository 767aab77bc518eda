"""Check and import long rosters, as soon as somebody asks for it."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.filestore import FolderStore
from certhub.jobs.registry import Counts, EndedMeanwhile, Occasion, job
from certhub.models.accounts import User
from certhub.models.imports import RosterImport, RosterWork
from certhub.rules.refusal import Refusal
from certhub.rules.roster import CheckedRoster
from certhub.services import roster_import, roster_work
from certhub.services.bulk_changes import collector_resting
from certhub.services.roster_plan import plan_for

FAILED = (
    "This could not be done, and nothing was imported. Try again; if it fails again, tell DPH the name of the file."
)
DIED = (
    "This was given up, because the worker ended several times in the middle of it, and nothing was imported. Tell DPH "
    "the name of the file before you try again."
)


class _Stopped(Exception):
    """The worker has to end; what it was at is begun anew by the next one."""


@job("roster-imports", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Check and import long rosters, as soon as somebody asks for it."""
    done = 0
    while not occasion.stopping() and (found := _next_one()) is not None:
        if occasion.dry_run:
            return {"would work on": 1}
        number, begun = found
        try:
            if begun and occasion.gives_up(done):
                _give_up(number, DIED)
            else:
                _do(number, occasion)
        except _Stopped:
            if occasion.cancelled():
                _give_up(number, roster_work.ENDED)
            break
        except EndedMeanwhile:
            pass
        except Refusal as refusal:
            _give_up(number, refusal.message)
        except Exception:
            _give_up(number, FAILED)
            raise
        done += 1
    return {"worked on": done} if done else {}


def _next_one() -> tuple[int, bool] | None:
    """The roster that was asked for first, and whether a worker left it in the middle: then it is begun anew."""
    found = RosterImport
    row = db.session.execute(
        select(found.id, found.work_started_at)
        .where(found.work.is_not(None))
        .order_by(found.work_asked_at, found.id)
        .limit(1)
    ).first()
    return None if row is None else (row.id, row.work_started_at is not None)


def _do(number: int, occasion: Occasion) -> None:
    """One piece of work from its beginning to its end. Raises `_Stopped` where the worker has to stop before."""
    began = clock.now()
    with transaction() as session:
        found = locked(session.get_one(RosterImport, number))
        work = found.work
        if work is None:
            raise EndedMeanwhile
        roster_work.take_up(found, at=began)
    checked = _read(number, began, occasion)
    plan = plan_for(found.vendor_id, checked) if work is RosterWork.CHECK else None
    with transaction(), collector_resting():
        found, at = _wanted(number, began), clock.now()
        if plan is not None:
            roster_import.conclude(found, plan, actor=_asked_by(found), at=at)
        else:
            roster_import.carry_out(found, checked, actor=_asked_by(found), at=at)
        roster_work.rest(found)  # after it, for it looks at the roster once more as it is


def _read(number: int, began: datetime, occasion: Occasion) -> CheckedRoster:
    """Read the file, and tell the progress between some rows and the next ones, while others write."""
    found = db.session.get_one(RosterImport, number)
    file, total = found.file, found.row_count or None

    def told(rows: int) -> None:
        if occasion.stopping():
            raise _Stopped
        with transaction():
            roster_work.tell(_wanted(number, began), rows)
            occasion.progress(rows, total)

    data = FolderStore(occasion.settings.files_dir).get(file.sha256)
    return roster_import.read(data, file.media_type, at=began, progress=told)


def _wanted(number: int, began: datetime) -> RosterImport:
    """The roster, locked, while this run is the one that works on it. Raises `EndedMeanwhile`."""
    found = locked(db.session.get_one(RosterImport, number))
    if found.work is None or found.work_started_at != began:
        raise EndedMeanwhile
    return found


def _give_up(number: int, sentence: str) -> None:
    with transaction() as session:
        found = locked(session.get_one(RosterImport, number))
        if found.work is not None:
            roster_work.give_up(found, sentence, actor=_asked_by(found), at=clock.now())


def _asked_by(found: RosterImport) -> User:
    """Whoever asked for the work: it is done in their name."""
    return db.session.get_one(User, found.work_asked_by_id)
