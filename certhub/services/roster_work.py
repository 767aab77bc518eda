"""Long rosters: what the worker is asked to do with them, how far it is, and what ends it.

A check that does not come to its end leaves a file of which nothing is known: it is discarded, and uploaded again when
somebody wants it. An import is one transaction, so an import that does not come to its end leaves the file as it was.
"""

from datetime import datetime
from itertools import islice

from sqlalchemy import update

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.files import StoredFile
from certhub.models.imports import ImportStatus, RosterImport, RosterWork
from certhub.models.parties import VendorOrganization
from certhub.rules.audit_actions import AuditAction
from certhub.rules.file_types import CSV
from certhub.rules.refusal import Refusal
from certhub.rules.roster import read_heading
from certhub.services import audit, spreadsheet
from certhub.services.bulk_changes import rows_changed

AT_ONCE = 1_000
"""Up to so many rows are checked and imported while somebody waits for the page."""
ENDED = "Somebody ended this work, and nothing was imported."


def is_long(data: bytes, media_type: str) -> bool:
    """Whether a roster has more rows than somebody waits for. Raises `Refusal` for headings that are no roster's."""
    rows = iter(spreadsheet.read(data, media_type))
    first = next(rows, None)
    if first is not None:
        read_heading(first[1])
    return next(islice(rows, AT_ONCE, None), None) is not None


def upload(vendor: VendorOrganization, file: StoredFile, data: bytes, *, actor: User, at: datetime) -> RosterImport:
    """Keep a long roster and have the worker check it."""
    found = RosterImport(
        vendor_id=vendor.id,
        file_id=file.id,
        status=ImportStatus.UPLOADED,
        row_count=data.count(b"\n") if file.media_type == CSV else 0,  # near enough to show how far it is
        error_count=0,
        report={},
        created_by_id=actor.id,
        created_at=at,
    )
    db.session.add(found)
    db.session.flush()
    _ask(found, RosterWork.CHECK, actor, at)
    return found


def choose(found: RosterImport, *, actor: User, at: datetime) -> None:
    """Have the worker import a long roster that was checked. Raises `Refusal` where that is not possible."""
    if locked(found).status is not ImportStatus.CHECKED or found.error_count:
        raise Refusal("This file cannot be imported as it is. Look at its report.")
    if found.work is None:
        _ask(found, RosterWork.IMPORT, actor, at)


def _ask(found: RosterImport, work: RosterWork, actor: User, at: datetime) -> None:
    found.work, found.work_asked_at, found.work_asked_by_id, found.problem = work, at, actor.id, ""
    audit.record(actor, AuditAction.ROSTER_ASKED, found, at=at, party_id=found.vendor_id)


def take_up(found: RosterImport, *, at: datetime) -> None:
    """Note that the worker has begun."""
    _tell(found, work_started_at=at, done=0)


def tell(found: RosterImport, done: int) -> None:
    """Note how many rows were read so far."""
    _tell(found, done=done)


def rest(found: RosterImport) -> None:
    """The worker has nothing more to do with a roster; part of what is recorded of its work."""
    found.work = found.work_asked_at = found.work_asked_by_id = found.work_started_at = None


def end(found: RosterImport, *, actor: User, at: datetime) -> None:
    """End what waits for the worker or is under way, because somebody does not want it any more.

    An import that is being written ends first, so whoever comes then reads that it is done.
    """
    if locked(found).work is None:
        raise Refusal("The work on this file has ended already.")
    _leave(found, ENDED)
    audit.record(actor, AuditAction.ROSTER_ENDED, found, at=at, party_id=found.vendor_id)


def give_up(found: RosterImport, sentence: str, *, actor: User, at: datetime) -> None:
    """End work that could not be done, with a sentence that says why."""
    _leave(found, sentence)
    audit.record(actor, AuditAction.ROSTER_FAILED, found, at=at, party_id=found.vendor_id)


def _leave(found: RosterImport, sentence: str) -> None:
    rest(found)
    if found.status is ImportStatus.UPLOADED:
        found.status = ImportStatus.DISCARDED
    found.problem = sentence


def _tell(found: RosterImport, **values: object) -> None:
    """How far work is stands in no audit entry: it changes every second and says nothing afterwards."""
    rows_changed(update(RosterImport).where(RosterImport.id == found.id).values(**values))
    db.session.expire(found, list(values))
