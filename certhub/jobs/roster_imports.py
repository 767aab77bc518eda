"""Check and import long rosters, as soon as somebody asks for it."""

from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.filestore import FolderStore
from certhub.jobs.asked_work import EndedMeanwhile, Endings, Hold, Pieces, TakenOver, work_off_asked
from certhub.jobs.registry import Counts, Occasion, job
from certhub.models.accounts import User
from certhub.models.imports import RosterImport, RosterWork
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


_ENDINGS = Endings(died=DIED, ended=roster_work.ENDED, failed=FAILED)


@job("roster-imports", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Check and import long rosters, as soon as somebody asks for it."""
    store = FolderStore(occasion.settings.files_dir)
    return work_off_asked(
        occasion, next_one=_next_one, do=lambda hold, pieces: _do(hold, store, pieces), give_up=_give_up
    )


def _next_one(overtaken: Collection[int]) -> Hold | None:
    """The roster that was asked for first; one that a worker left in the middle is begun anew."""
    found = RosterImport
    row = db.session.execute(
        select(found.id, found.work_started_at)
        .where(found.work.is_not(None), found.id.not_in(overtaken))
        .order_by(found.work_asked_at, found.id)
        .limit(1)
    ).first()
    return None if row is None else Hold(row.id, row.work_started_at, _ENDINGS)


def _do(hold: Hold, store: FolderStore, pieces: Pieces) -> None:
    """One piece of work from its beginning to its end."""
    with transaction():
        found, since = _wanted(hold), clock.now()
        work = found.work
        roster_work.take_up(found, at=since)
        pieces.tell(0, found.row_count or None)
    hold.since = since
    checked = _read(hold, store, pieces)
    plan = plan_for(found.vendor_id, checked) if work is RosterWork.CHECK else None
    with transaction(), collector_resting():
        found, at = _wanted(hold), clock.now()
        if plan is not None:
            roster_import.conclude(found, plan, actor=_asked_by(found), at=at)
        else:
            roster_import.carry_out(found, checked, actor=_asked_by(found), at=at)
        roster_work.rest(found)  # after it, for it looks at the roster once more as it is
        pieces.tell(found.row_count, found.row_count)


def _read(hold: Hold, store: FolderStore, pieces: Pieces) -> CheckedRoster:
    """Read the file, and tell the progress between some rows and the next ones, while others write."""
    found = db.session.get_one(RosterImport, hold.number)
    file, about = found.file, found.row_count

    def told(rows: int) -> None:
        pieces.go_on()
        with transaction():
            roster_work.tell(_wanted(hold), rows)
            pieces.tell(rows, max(about, rows) if about else None)

    data = store.get(file.sha256)
    return roster_import.read(data, file.media_type, at=clock.now(), progress=told)


def _wanted(hold: Hold) -> RosterImport:
    """The roster, locked, while this run is the one that works on it.

    Raises `EndedMeanwhile` where somebody ended the work, and `TakenOver` where another run has begun it since.
    """
    found = locked(db.session.get_one(RosterImport, hold.number))
    if found.work is None:
        raise EndedMeanwhile
    if found.work_started_at != hold.since:
        raise TakenOver
    return found


def _give_up(hold: Hold, sentence: str) -> None:
    """End the work with a sentence, unless somebody else has it by now."""
    with suppress(EndedMeanwhile), transaction():
        found = _wanted(hold)
        roster_work.give_up(found, sentence, actor=_asked_by(found), at=clock.now())


def _asked_by(found: RosterImport) -> User:
    """Whoever asked for the work: it is done in their name."""
    return db.session.get_one(User, found.work_asked_by_id)
