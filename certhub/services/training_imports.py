"""Files of training completions: uploaded, checked by a layout, imported as a whole, and undone as a whole.

What a person asks for is done at once for a short file; a long one waits for the worker (`jobs.training_imports`),
which shows how far it is. What is imported or undone is one transaction: all of it with its audit entries, or nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from certhub.database import chain_so_far, db, locked, look_at, repeat_plans
from certhub.models.accounts import User
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.record_merges import RecordMerge
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import (
    ImportWork,
    TrainingImport,
    TrainingImportDoubt,
    TrainingImportRow,
    TrainingImportStatus,
)
from certhub.queries import training_imports as imports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.findings import counted
from certhub.rules.refusal import Refusal
from certhub.rules.training_columns import Heading, Layout, require_layout
from certhub.rules.training_import import STANDS_IN_THE_WAY, Outcome
from certhub.services import audit, training_doubles, training_mappings
from certhub.services.bulk_changes import rows_changed
from certhub.services.training_import_check import Glance, count, forget, forget_rows, outcome_of, rest, set_back
from certhub.services.training_people import may_be_about

_ENTRIES_AT_ONCE = 2_000
_row: Any = TrainingImportRow.__table__
_completion: Any = TrainingCompletion.__table__
_COPIED = (
    "coordinator_id",
    "title",
    "provider",
    "provider_approved",
    "course_code",
    "category",
    "minutes",
    "score",
    "completed_on",
)
_TOLD = (*_COPIED, "vendor_id", "supersedes_id")
Told = Callable[[int], None]  # who hears how many rows are written so far
ENDED = "Somebody ended this work, and nothing was changed. Ask for it again when you want it."


def upload(
    vendor: VendorOrganization | None,
    glance: Glance,
    *,
    sha256: str,
    media_type: str,
    name: str,
    actor: User,
    at: datetime,
) -> TrainingImport:
    """Keep a file whose columns are to be named next."""
    found = TrainingImport(
        vendor_id=vendor.id if vendor else None,
        sha256=sha256,
        media_type=media_type,
        file_name=name,
        is_long=glance.is_long,
        uploaded_by_id=actor.id,
        uploaded_at=at,
    )
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.TRAINING_IMPORT_UPLOADED, found, at=at, party_id=found.vendor_id)
    return found


def lay_out(
    found: TrainingImport, layout: Layout, headings: list[Heading], *, save_as: str, actor: User, at: datetime
) -> None:
    """Say how a file is to be read, and save that under a name where one is given. Raises `Refusal`."""
    _require_open(locked(found))
    found.layout = require_layout(layout, headings).document()
    set_back(found)
    audit.record(actor, AuditAction.TRAINING_IMPORT_COLUMNS_NAMED, found, at=at, party_id=found.vendor_id)
    if save_as:
        training_mappings.save(found, headings, save_as, actor=actor, at=at)


def name_words(found: TrainingImport, words: Mapping[str, str], *, actor: User, at: datetime) -> None:
    """Say which categories the words of a file stand for, here and in the mapping that it was read by."""
    _require_open(locked(found))
    layout = found.layout or {}
    found.layout = {**layout, "words": {**layout["words"], **words}}
    set_back(found)
    training_mappings.learn(found.vendor_id, layout, words)
    audit.record(actor, AuditAction.TRAINING_IMPORT_COLUMNS_NAMED, found, at=at, party_id=found.vendor_id)


def ask(found: TrainingImport, work: ImportWork, *, actor: User, at: datetime) -> None:
    """Have the worker do something with a long file. Raises `Refusal` while something else waits or runs."""
    db.session.flush()  # what was just said of the file must outlive the look at it as it is now
    _require_idle(locked(found))
    found.work, found.work_asked_at, found.work_asked_by_id, found.problem = work, at, actor.id, ""
    audit.record(actor, AuditAction.TRAINING_IMPORT_ASKED, found, at=at, party_id=found.vendor_id)


def confirm(found: TrainingImport, answers: Mapping[int, int | None], *, actor: User, at: datetime) -> None:
    """Say who the doubtful people of a file are, by the numbers of the doubts; None where it is none of those shown.

    Raises `Refusal` for somebody who was not among the candidates, or whom the file may not be about any more.
    """
    _require_open(locked(found))
    if found.status is not TrainingImportStatus.CHECKED:
        raise Refusal("The file is not checked yet. Check it first, then say who the people are.")
    doubts = {
        doubt.id: doubt
        for doubt in db.session.scalars(
            select(TrainingImportDoubt).where(
                TrainingImportDoubt.import_id == found.id, TrainingImportDoubt.id.in_(answers)
            )
        )
    }
    may_be = _may_be_about(found, [person for person in answers.values() if person is not None])
    changed: set[int] = set()
    for number, person in answers.items():
        doubt = doubts.get(number)
        if doubt is None or (person is not None and (person not in doubt.candidates or person not in may_be)):
            raise Refusal("This person cannot be chosen any more. Check the file again.", field=f"doubt_{number}")
        changed |= {one for one in (doubt.coordinator_id, person) if one is not None}
        doubt.coordinator_id, doubt.is_nobody = person, person is None
        doubt.answered_by_id, doubt.answered_at = actor.id, at
        outcome, note = outcome_of(person, is_nobody=person is None)
        rows_changed(
            update(_row)
            .where(_row.c.import_id == found.id, _row.c.doubt_id == number)
            .values(coordinator_id=person, outcome=outcome, note=note)
        )
    db.session.flush()
    training_doubles.settle(found.id, sorted(changed))
    count(found)
    audit.record(
        actor,
        AuditAction.TRAINING_IMPORT_PEOPLE_CONFIRMED,
        found,
        at=at,
        party_id=found.vendor_id,
        people=[[number, person] for number, person in sorted(answers.items())],
    )


def discard(found: TrainingImport, *, actor: User, at: datetime) -> None:
    """Put a file aside; nothing was imported, and what was read of it is not kept."""
    _require_open(locked(found))
    forget(found.id)
    found.status, found.report, found.counts = TrainingImportStatus.DISCARDED, {}, {}
    audit.record(actor, AuditAction.TRAINING_IMPORT_DISCARDED, found, at=at, party_id=found.vendor_id)


def _require_importable(found: TrainingImport, *, leave_out: bool) -> None:
    """Refuse to import a file that was not checked, has nothing to import, or still has rows in the way."""
    _require_unfinished(found)
    if found.status is not TrainingImportStatus.CHECKED:
        raise Refusal("This file is not ready to be imported. Check it first.")
    ready, in_the_way = (
        sum(found.counts.get(outcome, 0) for outcome in outcomes) for outcomes in ((Outcome.READY,), STANDS_IN_THE_WAY)
    )
    if in_the_way and not leave_out:
        raise Refusal(
            f"Nothing was imported: {counted(in_the_way, 'row is', 'rows are')} not right yet. Correct the file or "
            "confirm the people, or check the box to leave these rows out.",
            field="leave_out",
        )
    if not ready:
        raise Refusal("Nothing was imported: the file has no row that is new and right.")


def choose(found: TrainingImport, *, leave_out: bool, actor: User, at: datetime) -> None:
    """Note that a long file is to be imported, and with which rows; the worker does it. Raises `Refusal`."""
    _require_idle(locked(found))
    _require_importable(found, leave_out=leave_out)
    found.leave_out = leave_out
    ask(found, ImportWork.IMPORT, actor=actor, at=at)


def carry_out(
    found: TrainingImport, *, leave_out: bool, actor: User, at: datetime, told: Told = lambda _done: None
) -> int | None:
    """Import the rows that are right, in the caller's transaction; how many, or None where it was done before.

    What changed since the check is looked at once more: who was merged, who was parted or does not work here any more
    (then nothing is imported), and what was entered meanwhile (which is left out).
    """
    if locked(found).status is TrainingImportStatus.APPLIED:
        return None
    _require_importable(found, leave_out=leave_out)
    repeat_plans()
    _lock_people(found)
    _follow_merges(found)
    _require_not_parted(found)
    _require_still_here(found)
    training_doubles.settle(found.id, sorted({*_with_newer_entries(found), *_with_merged_records(found)}))
    count(found)
    ready = [_row.c.import_id == found.id, _row.c.outcome == Outcome.READY]
    values = {
        "vendor_id": literal(found.vendor_id, _completion.c.vendor_id.type),
        "import_id": literal(found.id),
        "recorded_by_id": literal(actor.id),
        "recorded_at": literal(at, _completion.c.recorded_at.type),
        "withdrawn": literal(value=False),
    }
    copied = select(*(_row.c[name] for name in _COPIED), *values.values()).where(*ready).order_by(_row.c.id)
    db.session.execute(insert(_completion).from_select([*_COPIED, *values], copied, include_defaults=False))
    look_at(_completion.name)
    imported = _entered(found, AuditAction.TRAINING_RECORDED, told, actor=actor, at=at)
    found.leave_out, found.problem = leave_out, ""
    found.status, found.applied_at, found.applied_by_id = TrainingImportStatus.APPLIED, at, actor.id
    rest(found)
    audit.record(
        actor, AuditAction.TRAINING_IMPORT_APPLIED, found, at=at, party_id=found.vendor_id, completions=imported
    )
    return imported


def choose_undo(found: TrainingImport, *, reason: str, seen: str, actor: User, at: datetime) -> None:
    """Note that a long file is to be undone as the page showed it; the worker does it. Raises `Refusal`."""
    _require_idle(locked(found))
    _require_undo(found, reason=reason, seen=seen, actor=actor)
    found.undo_reason = reason
    ask(found, ImportWork.UNDO, actor=actor, at=at)


def _require_undo(found: TrainingImport, *, reason: str, seen: str, actor: User) -> None:
    """Refuse to undo what is not imported, without a reason, or otherwise than the page showed it."""
    if found.status is not TrainingImportStatus.APPLIED:
        raise Refusal("This file is not imported, so there is nothing to undo.")
    if not reason:
        raise Refusal("Say why this import is undone.", field="reason")
    if imports.undo_plan(actor, found).fingerprint != seen:
        raise Refusal(
            "Nothing was changed yet: this is not what was last shown to you. Look at what changes, then confirm."
        )


def undo_as_shown(found: TrainingImport, *, reason: str, seen: str, actor: User, at: datetime) -> int | None:
    """Undo an import exactly as the page showed what that changes. Raises `Refusal`."""
    if locked(found).status is TrainingImportStatus.APPLIED:
        _require_undo(found, reason=reason, seen=seen, actor=actor)
    return undo(found, reason=reason, actor=actor, at=at)


def undo(
    found: TrainingImport, *, reason: str, actor: User, at: datetime, told: Told = lambda _done: None
) -> int | None:
    """Take back all that came with a file and still stands, in the caller's transaction; how many rows.

    Each of them is superseded by a row that only takes it back, as when one is taken back by hand. What somebody took
    back before stays as it is. None where the import was undone before.
    """
    if locked(found).status is TrainingImportStatus.UNDONE:
        return None
    if found.status is not TrainingImportStatus.APPLIED:
        raise Refusal("This file is not imported, so there is nothing to undo.")
    repeat_plans()
    standing = imports.standing(found.id)
    values = {
        "vendor_id": _completion.c.vendor_id,
        "file_id": _completion.c.file_id,
        "import_id": _completion.c.import_id,
        "supersedes_id": _completion.c.id,
        "recorded_by_id": literal(actor.id),
        "recorded_at": literal(at, _completion.c.recorded_at.type),
        "withdrawn": literal(value=True),
    }
    copied = (
        select(*(_completion.c[name] for name in _COPIED), *values.values()).where(standing).order_by(_completion.c.id)
    )
    db.session.execute(insert(_completion).from_select([*_COPIED, *values], copied, include_defaults=False))
    rows_changed(update(_completion).where(standing).values(superseded_at=at))
    undone = _entered(found, AuditAction.TRAINING_WITHDRAWN, told, actor=actor, at=at, reason=reason)
    found.status, found.undone_at, found.undone_by_id = TrainingImportStatus.UNDONE, at, actor.id
    found.undo_reason, found.problem = reason, ""
    rest(found)
    audit.record(
        actor, AuditAction.TRAINING_IMPORT_REVERTED, found, at=at, party_id=found.vendor_id, completions=undone
    )
    return undone


def end_work(found: TrainingImport, *, actor: User, at: datetime) -> None:
    """End what waits for the worker, or a check under way, because somebody does not want it any more.

    Raises `Refusal` where nothing waits, and for an import or an undoing that has begun: that is one step.
    """
    if locked(found).work is None:
        raise Refusal("The work on this file has ended already.")
    if found.work_started_at is not None and found.work is not ImportWork.CHECK:
        raise Refusal("This is one step of some seconds, which cannot be ended. When it is done, you can undo it.")
    _leave(found, ENDED)
    audit.record(actor, AuditAction.TRAINING_IMPORT_ENDED, found, at=at, party_id=found.vendor_id)


def give_up(found: TrainingImport, sentence: str, *, actor: User, at: datetime) -> None:
    """End work that could not be done: nothing of it was saved, and it can be asked for again."""
    _leave(found, sentence)
    audit.record(actor, AuditAction.TRAINING_IMPORT_FAILED, found, at=at, party_id=found.vendor_id)


def _leave(found: TrainingImport, sentence: str) -> None:
    rest(found)
    if found.status is TrainingImportStatus.UPLOADED:
        set_back(found)
        forget_rows(found.id)
    found.problem = sentence


def _require_open(found: TrainingImport) -> None:
    _require_unfinished(found)
    _require_idle(found)


def _require_unfinished(found: TrainingImport) -> None:
    if found.status not in (TrainingImportStatus.UPLOADED, TrainingImportStatus.CHECKED):
        raise Refusal("This file was imported or discarded before. Upload it again.")


def _require_idle(found: TrainingImport) -> None:
    """Refuse a second choice while the worker has the first one still to do, or is at it."""
    if found.work is not None:
        raise Refusal("CertHub is busy with this file. Wait until that is done, then look at the file again.")


def _may_be_about(found: TrainingImport, people: list[int]) -> set[int]:
    key = Coordinator.__table__.c.id
    return set(
        db.session.scalars(
            select(key).where(key.in_(people), Coordinator.merged_into_id.is_(None), may_be_about(found.vendor_id, key))
        )
    )


def _matched(found: TrainingImport) -> ColumnElement[bool]:
    return and_(_row.c.import_id == found.id, _row.c.coordinator_id.is_not(None))


def _follow_merges(found: TrainingImport) -> None:
    """Rows about a record that was absorbed since the check go to the one that absorbed it."""
    absorbed = Coordinator.__table__
    into = select(absorbed.c.merged_into_id).where(absorbed.c.id == _row.c.coordinator_id).scalar_subquery()
    gone = select(absorbed.c.id).where(absorbed.c.merged_into_id.is_not(None))
    moved = rows_changed(
        update(_row).where(_matched(found), _row.c.coordinator_id.in_(gone)).values(coordinator_id=into)
    )
    if moved:
        _lock_people(found)


def _require_not_parted(found: TrainingImport) -> None:
    """Refuse where a record was parted into two since the check: the row may mean the other one of them now."""
    row = db.session.scalar(
        select(_row.c.row)
        .join(RecordMerge, RecordMerge.kept_id == _row.c.coordinator_id)
        .where(_row.c.import_id == found.id, RecordMerge.undone_at > found.checked_at)
        .order_by(_row.c.row)
        .limit(1)
    )
    if row is not None:
        raise Refusal(
            f"Nothing was imported: DPH has split the record of the person of row {row} into two since the check. "
            "Check the file again."
        )


def _with_merged_records(found: TrainingImport) -> list[int]:
    """Whose record is one of two that were made one, maybe since the check: what either of them has is on file now."""
    into = Coordinator.merged_into_id
    matched = select(_row.c.coordinator_id).where(_matched(found))
    return list(db.session.scalars(select(into).where(into.in_(matched)).distinct()))


def _lock_people(found: TrainingImport) -> None:
    """Let two imports about the same people come one after the other, so that the later one sees the earlier."""
    people = select(_row.c.coordinator_id).where(_matched(found))
    key = Coordinator.__table__.c.id
    db.session.execute(select(key).where(key.in_(people)).order_by(key).with_for_update()).all()


def _require_still_here(found: TrainingImport) -> None:
    gone = db.session.scalar(
        select(_row.c.row)
        .where(
            _row.c.import_id == found.id,
            _row.c.outcome == Outcome.READY,
            ~may_be_about(found.vendor_id, _row.c.coordinator_id),
        )
        .order_by(_row.c.row)
        .limit(1)
    )
    if gone is not None:
        raise Refusal(
            f"Nothing was imported: the person of row {gone} does not work for you any more. Check the file again."
        )


def _with_newer_entries(found: TrainingImport) -> list[int]:
    """Whose record got a training entry since the check, or so shortly before that the check may not have seen it."""
    matched = select(_row.c.coordinator_id).where(_matched(found))
    return list(
        db.session.scalars(
            select(_completion.c.coordinator_id)
            .where(_completion.c.id > found.settled_through, _completion.c.coordinator_id.in_(matched))
            .distinct()
            .order_by(_completion.c.coordinator_id)
        )
    )


def _entered(found: TrainingImport, action: AuditAction, told: Told, *, actor: User, at: datetime, **also: str) -> int:
    """Tell the audit trail of each row that has just been written for a file; how many there are."""
    done, with_each = 0, {"training_import": found.id, **also}
    for rows in _saved_rows(found, withdrawn=action is AuditAction.TRAINING_WITHDRAWN):
        entries = ((key, person, {**_facts(values), **with_each}) for key, person, *values in rows)
        audit.record_many(actor, action, _completion.name, entries, at=at)
        done += len(rows)
        chain_so_far()
        told(done)
    return done


def _saved_rows(found: TrainingImport, *, withdrawn: bool) -> Iterator[list[Any]]:
    """What has just been written for a file, some rows at a time: number, person, and `_TOLD`."""
    key = _completion.c.id
    facts = select(key, _completion.c.coordinator_id, *(_completion.c[one] for one in _TOLD))
    ours = facts.where(_completion.c.import_id == found.id, _completion.c.withdrawn.is_(withdrawn))
    last = 0
    while rows := list(db.session.execute(ours.where(key > last).order_by(key).limit(_ENTRIES_AT_ONCE))):
        yield rows
        last = rows[-1][0]


def _facts(values: Sequence[Any]) -> dict[str, Any]:
    """The columns of a completion as an audit entry tells them: nothing before, and what is now."""
    return {name: [None, value] for name, value in zip(_TOLD, values, strict=True) if value is not None}
