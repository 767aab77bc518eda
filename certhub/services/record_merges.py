"""Merging two records of one person, and undoing it: whose row it is changes, what the row says never does."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadDraft, CaseloadQuestion
from certhub.models.certification import Application, Credential, Evidence, StatusEvent
from certhub.models.course_sessions import Enrolment
from certhub.models.exposures import ExposureNotice
from certhub.models.files import StoredFile
from certhub.models.messages import Obligation
from certhub.models.parties import Assignment, Coordinator, Employment, ExternalLicence, Party, PartyLanguage
from certhub.models.record_merges import RecordMerge, RecordMergeItem
from certhub.models.references import ReferenceRequest
from certhub.models.training import TrainingCompletion
from certhub.queries import credential_status, merge_plans, record_merges
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employment import EARLIEST, require_no_overlap
from certhub.rules.enrolment import LIVE
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.status import status_on
from certhub.rules.vocabulary import Discipline, Region, StatusEventKind
from certhub.services import accounts, audit, employment, status_events

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "sort_name"),
    "certificate_name": ("certificate_name",),
    "email": ("email",),
    "phone": ("phone",),
    "preferred_language": ("preferred_language",),
    "address": ("address_line", "zip_code", "municipality_id", "region"),
    "birthday": ("birth_month", "birth_day"),
    "discipline": ("discipline",),
}
"""What can be taken from the record that is absorbed, with the columns that belong together."""

_ENUMS = {"region": Region, "discipline": Discipline}
_CHAINS: tuple[Any, ...] = (Employment, Assignment, ExternalLicence, TrainingCompletion)
"""Facts that are superseded and never overwritten: each with all that it ever replaced."""
_SINGLE: tuple[tuple[Any, str], ...] = (
    (Application, "party_id"),
    (Application, "owner_id"),
    (ReferenceRequest, "party_id"),
    (StoredFile, "party_id"),
    (StoredFile, "owner_id"),
    (Obligation, "party_id"),
    (ExposureNotice, "coordinator_id"),
    (Enrolment, "coordinator_id"),
    (CaseloadQuestion, "coordinator_id"),
    (CaseloadDraft, "coordinator_id"),
)
_TABLES: dict[str, Any] = {
    model.__tablename__: model for model in (*_CHAINS, *(model for model, _ in _SINGLE), Credential, StatusEvent, User)
}
ROW_WORDS = {
    Employment.__tablename__: "employments",
    Assignment.__tablename__: "assignments",
    ExternalLicence.__tablename__: "licences",
    TrainingCompletion.__tablename__: "training entries",
    Application.__tablename__: "applications",
    ReferenceRequest.__tablename__: "requests for references",
    StoredFile.__tablename__: "files",
    Obligation.__tablename__: "due dates",
    ExposureNotice.__tablename__: "letters about exposures",
    Enrolment.__tablename__: "places in training sessions",
    CaseloadQuestion.__tablename__: "questions about caseload reports",
    CaseloadDraft.__tablename__: "lines of caseload reports that are not filed yet",
    Credential.__tablename__: "credentials",
    StatusEvent.__tablename__: "credentials made void",
    User.__tablename__: "accounts",
}
"""What a merge touches, by table, in the words of its pages."""


def merge(
    kept: Coordinator, absorbed: Coordinator, *, take: Iterable[str] = (), reason: str, actor: User, at: datetime
) -> RecordMerge:
    """Make two records of one person one: what hangs on `absorbed` hangs on `kept` from then on.

    `take` names the fields whose value is taken from the absorbed record. Raises `Refusal`.
    """
    for record in sorted((kept, absorbed), key=lambda one: one.id):  # one order for all: no deadlock
        locked(record)
    on = clock.civil_date(at)
    if not reason.strip():
        raise Refusal("Say how you know that this is one person. The record keeps it.", field="reason")
    in_the_way = merge_plans.plan(kept, absorbed, on=on).obstacles
    if in_the_way:
        raise Refusal(" ".join(in_the_way))
    known = {conflict.sentence for person in (kept, absorbed) for conflict in _conflicts(person)}
    done = RecordMerge(
        kept_id=kept.id, absorbed_id=absorbed.id, taken={}, reason=reason.strip(), merged_by_id=actor.id, merged_at=at
    )
    db.session.add(done)
    db.session.flush()
    for model in _CHAINS:
        _move_chains(done, model, at=at)
    for model, column in _SINGLE:
        for row in _rows(model, column, absorbed.id):
            if not _stands_already(row, kept):
                _give(done, row, column, kept.id)
    _join_credentials(done, on=on, actor=actor, at=at)
    _join_accounts(done, actor=actor, at=at)
    done.taken = _take(kept, absorbed, frozenset(take))
    absorbed.merged_into_id = kept.id
    db.session.flush()
    new = [conflict.sentence for conflict in _conflicts(kept) if conflict.sentence not in known]
    if new:
        raise Refusal(" ".join(new) + " A coordinator must be independent of the practice. Correct that first.")
    for person in (kept, absorbed):
        audit.record(
            actor, AuditAction.RECORD_MERGED, done, at=at, party_id=person.id, kept=kept.id, absorbed=absorbed.id,
            reason=reason.strip(),
        )  # fmt: skip
    return done


def undo(done: RecordMerge, *, reason: str, since_to_absorbed: bool = False, actor: User, at: datetime) -> None:
    """Separate two records again: what stands where the merge put it goes back.

    What was recorded since stays with the record that was kept, or goes to the other one (`since_to_absorbed`) with the
    facts that it goes on from. An application that went on since stays where it went on, with its credential, because
    the evidence for it never moves. Raises `Refusal`.
    """
    locked(done)
    kept, absorbed = done.kept, done.absorbed
    for record in sorted((kept, absorbed), key=lambda one: one.id):
        locked(record)
    if done.undone_at is not None:
        raise Refusal("This merge was undone already. Open it again and look.")
    if not reason.strip():
        raise Refusal("Say why, in one or two sentences. The record keeps it.", field="reason")
    items = record_merges.items_of(done)
    staying = set() if since_to_absorbed else _went_on(done, items)
    staying |= _applications_that_went_on(done, items)
    _give_fields_back(done)
    for item in reversed(items):
        if (item.table_name, item.row_id) not in staying:
            _give_back(done, item, actor=actor, at=at)
    if since_to_absorbed:
        for model in _CHAINS:
            for row in _rows(model, "coordinator_id", kept.id):
                if row.recorded_at > done.merged_at:
                    row.coordinator_id = absorbed.id
    absorbed.merged_into_id = None
    db.session.flush()
    for person in (kept, absorbed):
        _require_consistent(person)
    done.undone_at, done.undone_by_id, done.undone_reason = at, actor.id, reason.strip()
    db.session.flush()
    for person in (kept, absorbed):
        audit.record(actor, AuditAction.RECORD_SEPARATED, done, at=at, party_id=person.id, reason=reason.strip())


def since(done: RecordMerge) -> dict[str, int]:
    """How much was recorded of the kept record after the merge, by what it is."""
    return {
        ROW_WORDS[model.__tablename__]: number
        for model in _CHAINS
        if (number := sum(row.recorded_at > done.merged_at for row in _rows(model, "coordinator_id", done.kept_id)))
    }


def _conflicts(person: Coordinator) -> list[Any]:
    return employment.conflicts_of(person.id, EARLIEST)


def _rows(model: Any, column: str, party_id: int) -> list[Any]:
    return list(db.session.scalars(select(model).where(getattr(model, column) == party_id).order_by(model.id)))


def _note(done: RecordMerge, row: Any, column: str) -> None:
    db.session.add(RecordMergeItem(merge_id=done.id, table_name=row.__tablename__, column_name=column, row_id=row.id))


def _give(done: RecordMerge, row: Any, column: str, party_id: int) -> None:
    setattr(row, column, party_id)
    _note(done, row, column)


def _move_chains(done: RecordMerge, model: Any, *, at: datetime) -> None:
    """Move each fact with all that it ever replaced; set aside what the kept record tells already."""
    rows = _rows(model, "coordinator_id", done.absorbed_id)
    mine = [row for row in _rows(model, "coordinator_id", done.kept_id) if row.superseded_at is None]
    by_id = {row.id: row for row in rows}
    left: set[int] = set()
    for row in rows:
        if row.superseded_at is None and merge_plans.told_by(row, mine):
            row.superseded_at = at
            _note(done, row, "superseded_at")
            earlier: Any = row
            while earlier is not None:
                left.add(earlier.id)
                earlier = by_id.get(earlier.supersedes_id)
    for row in rows:
        if row.id not in left:
            _give(done, row, "coordinator_id", done.kept_id)
    db.session.flush()


def _stands_already(row: Any, kept: Coordinator) -> bool:
    """Whether the kept record has the same already in a table that takes each once; the row stays where it is."""
    if isinstance(row, Enrolment):
        return row.session_id in merge_plans.sessions_of(kept.id) and row.status in LIVE
    if isinstance(row, CaseloadDraft):  # both are read as one line, and typed anew as one
        return _typed_before(row, kept)
    return isinstance(row, ExposureNotice) and _told_before(row, kept)


def _typed_before(draft: CaseloadDraft, kept: Coordinator) -> bool:
    """Whether the kept record has a line of the same month and practice that is not filed yet."""
    same = select(CaseloadDraft.id).where(
        CaseloadDraft.coordinator_id == kept.id,
        CaseloadDraft.practice_id == draft.practice_id,
        CaseloadDraft.vendor_id == draft.vendor_id,
        CaseloadDraft.month_from == draft.month_from,
        CaseloadDraft.by_office.is_(draft.by_office),
    )
    return db.session.scalar(same.limit(1)) is not None


def _told_before(notice: ExposureNotice, kept: Coordinator) -> bool:
    """Whether the same letter is noted of the kept record: the table has each one once."""
    same = select(ExposureNotice.id).where(
        ExposureNotice.coordinator_id == kept.id,
        ExposureNotice.practice_id == notice.practice_id,
        ExposureNotice.vendor_id == notice.vendor_id,
        ExposureNotice.link == notice.link,
        ExposureNotice.first_on == notice.first_on,
        ExposureNotice.recipient == notice.recipient,
    )
    return db.session.scalar(same.limit(1)) is not None


def _join_credentials(done: RecordMerge, *, on: date, actor: User, at: datetime) -> None:
    """A credential that the kept record has not goes there; of two under one standard the absorbed one becomes void."""
    mine = {one.standard_id: one for one in record_merges.credentials_of(done.kept_id)}
    for credential in record_merges.credentials_of(done.absorbed_id):
        own = mine.get(credential.standard_id)
        if own is None:
            _give(done, credential, "party_id", done.kept_id)
        elif status_on(credential_status.history_of(credential.id), on).value != StatusEventKind.VOID:
            event = status_events.record(
                credential,
                StatusEventKind.VOID,
                effective_on=max(on, credential.granted_on),
                reason=f"The holder was on record twice. Credential {own.number} takes the place of this one.",
                actor=actor,
                at=at,
            )
            _note(done, event, "superseded_at")


def _join_accounts(done: RecordMerge, *, actor: User, at: datetime) -> None:
    """An account goes along where the kept record has none in use; else it is closed, and stays where it was."""
    taken = any(user.is_active for user in _rows(User, "party_id", done.kept_id))
    for user in _rows(User, "party_id", done.absorbed_id):
        if not user.is_active:
            continue
        if taken:
            accounts.deactivate(user, actor=actor, at=at)
            _note(done, user, "deactivated_at")
        else:
            _give(done, user, "party_id", done.kept_id)
            taken = True


def _take(kept: Coordinator, absorbed: Coordinator, take: frozenset[str]) -> dict[str, Any]:
    """Write the chosen values of the absorbed record on the kept one; returns each column before and after."""
    chosen = {name: getattr(absorbed, name) for field in FIELDS if field in take for name in FIELDS[field]}
    told: dict[str, Any] = {"kept": {}, "absorbed": {}, "languages": []}
    spoken = {language.code for language in kept.languages}
    for code in sorted({language.code for language in absorbed.languages} - spoken):
        kept.languages.append(PartyLanguage(party_id=kept.id, code=code))
        told["languages"].append(code)
    if "email" in chosen and chosen["email"] != kept.email:
        told["absorbed"]["email"] = [absorbed.email, None]
        absorbed.email = None
        db.session.flush()  # the address is free before the other record has it
    for name, value in chosen.items():
        before = getattr(kept, name)
        if before != value:
            told["kept"][name] = [_plain(before), _plain(value)]
            setattr(kept, name, value)
    return told


def _give_fields_back(done: RecordMerge) -> None:
    """Write back what was on both records, where nobody has changed it since."""
    for language in list(done.kept.languages):
        if language.code in done.taken["languages"]:
            done.kept.languages.remove(language)
    for record, changed in ((done.kept, done.taken["kept"]), (done.absorbed, done.taken["absorbed"])):
        for name, (before, after) in changed.items():
            if _plain(getattr(record, name)) == after and not (name == "email" and _taken(before, record)):
                setattr(record, name, _ENUMS[name](before) if name in _ENUMS and before else before)
        db.session.flush()


def _taken(email: str | None, record: Coordinator) -> bool:
    other = select(Party.id).where(Party.email == email, Party.kind == record.kind, Party.id != record.id)
    return email is not None and db.session.scalar(other.limit(1)) is not None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Region | Discipline) else value


def _went_on(done: RecordMerge, items: Sequence[RecordMergeItem]) -> set[tuple[str, int]]:
    """The moved facts that something recorded since took the place of, with all that they ever replaced."""
    staying: set[tuple[str, int]] = set()
    moved = {(item.table_name, item.row_id) for item in items}
    for model in _CHAINS:
        rows = {row.id: row for row in _rows(model, "coordinator_id", done.kept_id)}
        for row in rows.values():
            if row.recorded_at <= done.merged_at:
                continue
            earlier = rows.get(row.supersedes_id or 0)
            while earlier is not None:
                if (model.__tablename__, earlier.id) in moved:
                    staying.add((model.__tablename__, earlier.id))
                earlier = rows.get(earlier.supersedes_id or 0)
    return staying


def _applications_that_went_on(done: RecordMerge, items: Sequence[RecordMergeItem]) -> set[tuple[str, int]]:
    """The moved applications that anything happened to since, with the credentials that they are about."""
    ids = {table: [one.row_id for one in items if one.table_name == table] for table in ("application", "credential")}
    newer = select(Evidence.application_id).where(Evidence.recorded_at > done.merged_at)
    about = list(
        db.session.scalars(
            select(Application).where(
                Application.party_id == done.kept_id,
                (Application.opened_at > done.merged_at)
                | (Application.submitted_at > done.merged_at)
                | (Application.closed_at > done.merged_at)
                | Application.id.in_(newer),
            )
        )
    )
    held = {one.credential_id for one in about} & set(ids["credential"])
    along = db.session.scalars(
        select(Application.id).where(Application.id.in_(ids["application"]), Application.credential_id.in_(held))
    )
    staying = {("application", number) for number in {*(one.id for one in about), *along}}
    return staying | {("credential", number) for number in held if number is not None}


def _give_back(done: RecordMerge, item: RecordMergeItem, *, actor: User, at: datetime) -> None:
    row = db.session.get(_TABLES[item.table_name], item.row_id)
    if row is None:
        return
    if isinstance(row, StatusEvent):
        if row.superseded_at is None:
            status_events.annul(row, reason="The merge of two records was undone.", actor=actor, at=at)
    elif item.column_name == "deactivated_at":
        if row.deactivated_at == done.merged_at:
            accounts.reactivate(row, actor=actor, at=at)
    elif item.column_name == "superseded_at":
        if row.superseded_at == done.merged_at:
            row.superseded_at = None
    elif getattr(row, item.column_name) == done.kept_id:
        setattr(row, item.column_name, done.absorbed_id)


def _require_consistent(person: Coordinator) -> None:
    """Refuse to leave a record with two spells at one employer that share a day."""
    standing = [row for row in _rows(Employment, "coordinator_id", person.id) if row.superseded_at is None]
    for row in standing:
        span = Span(row.starts_on, row.ends_on)
        same = [one for one in standing if one is not row and one.employer_id == row.employer_id]
        try:
            require_no_overlap(span, [Span(one.starts_on, one.ends_on) for one in same])
        except Refusal:
            raise Refusal(
                f"{person.name} would have two employments at {row.employer.name} on the same days. Leave what was "
                "recorded since with the other record, or correct the dates first.",
                field="since",
            ) from None
