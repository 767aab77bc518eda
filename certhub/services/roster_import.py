"""Roster imports: a file is checked first, and carried out whole or not at all.

`read` looks at the file, `roster_plan.plan_for` at what is on file, `check` keeps the report of the dry run, and
`carry_out` does what was reported, after looking at the records once more inside its transaction. What has more rows
than somebody waits for is left to the worker (`services.roster_work`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from certhub import clock
from certhub.database import db, locked, repeat_plans
from certhub.models.accounts import User
from certhub.models.files import StoredFile
from certhub.models.imports import ImportStatus, RosterImport
from certhub.models.parties import (
    Coordinator,
    Employment,
    ExternalLicence,
    Municipality,
    Party,
    PartyLanguage,
    VendorOrganization,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.licences import LICENCE_KINDS
from certhub.rules.refusal import Refusal
from certhub.rules.roster import NO_ISSUER, CheckedRoster, RosterRow, Town, check_rows, read_heading
from certhub.rules.vocabulary import SubjectType
from certhub.services import audit, spreadsheet
from certhub.services.audit import Actor
from certhub.services.bulk_changes import chunks, new_numbers
from certhub.services.roster_plan import Change, Plan, facts_of, plan_for

_party: Any = Party.__table__
_person: Any = Coordinator.__table__
_employment: Any = Employment.__table__
_language: Any = PartyLanguage.__table__
_licence: Any = ExternalLicence.__table__


def read(data: bytes, media_type: str, *, at: datetime, progress: Callable[[int], None] | None = None) -> CheckedRoster:
    """Check the file row by row; nothing is written. Raises `Refusal` where it is not a roster at all."""
    rows = iter(spreadsheet.read(data, media_type))
    first = next(rows, None)
    if first is None:
        raise Refusal("This file has no rows. Start from the template.", field="file")
    heading = read_heading(first[1])
    towns = {
        row.name.lower(): Town(row.id, row.region)
        for row in db.session.execute(select(Municipality.id, Municipality.name, Municipality.region))
    }
    checked = check_rows(heading, rows, towns=towns, today=clock.civil_date(at), progress=progress)
    if checked.row_count == 0:
        raise Refusal("This file has headings and no people. Add a row for each person.", field="file")
    return checked


def check(vendor: VendorOrganization, file: StoredFile, plan: Plan, *, actor: Actor, at: datetime) -> RosterImport:
    """Keep the report of a dry run."""
    found = RosterImport(
        vendor_id=vendor.id,
        file_id=file.id,
        created_by_id=actor.id if isinstance(actor, User) else None,
        created_at=at,
    )
    db.session.add(found)
    conclude(found, plan, actor=actor, at=at)
    return found


def conclude(found: RosterImport, plan: Plan, *, actor: Actor, at: datetime) -> None:
    """Keep in a roster what the dry run of its file found."""
    found.status, found.row_count, found.error_count = (
        ImportStatus.CHECKED,
        plan.checked.row_count,
        len(plan.problems),
    )
    found.report = plan.report()
    db.session.flush()
    audit.record(actor, AuditAction.ROSTER_CHECKED, found, at=at, party_id=found.vendor_id)


def discard(roster: RosterImport, *, actor: Actor, at: datetime) -> None:
    """Put a checked file aside; nothing was imported. Raises `Refusal` while the worker is at it."""
    if locked(roster).status is not ImportStatus.CHECKED:
        raise Refusal("This file was imported or discarded before.")
    if roster.work is not None:
        raise Refusal("The worker has this file. End the work on it first.")
    roster.status = ImportStatus.DISCARDED
    audit.record(actor, AuditAction.ROSTER_DISCARDED, roster, at=at, party_id=roster.vendor_id)


def carry_out(roster: RosterImport, checked: CheckedRoster, *, actor: Actor, at: datetime) -> Plan | None:
    """Do what the dry run reported, in the caller's transaction; None where it was done before (a double click).

    The records are looked at again: where one of them changed since the dry run so that a row cannot be carried out,
    nothing is, and the `Refusal` names the row.
    """
    if locked(roster).status is ImportStatus.APPLIED:
        return None
    if roster.status is not ImportStatus.CHECKED:
        raise Refusal("This file was discarded. Upload it again.")
    plan = plan_for(roster.vendor_id, checked)
    if plan.problems:
        first = plan.problems[0]
        raise Refusal(
            f"Nothing was imported. Row {first.row}, {first.column}: {first.message} "
            "Correct the file and upload it again."
        )
    repeat_plans()
    _add_people(plan.new, roster, actor, at)
    _change_people(plan.changed, roster, actor, at)
    roster.status, roster.applied_at = ImportStatus.APPLIED, at
    audit.record(
        actor,
        AuditAction.ROSTER_IMPORTED,
        roster,
        at=at,
        party_id=roster.vendor_id,
        new=len(plan.new),
        updated=len(plan.changed),
    )
    return plan


def _add_people(rows: Sequence[RosterRow], roster: RosterImport, actor: Actor, at: datetime) -> None:
    if not rows:
        return
    facts = [facts_of(row) for row in rows]
    people = list(zip(new_numbers(_party, len(rows)), rows, facts, strict=True))
    connection = db.session.connection()
    common = {"kind": SubjectType.COORDINATOR, "preferred_language": "en", "created_at": at}
    connection.execute(insert(_party), [{"id": key, **each, **common} for key, _, each in people])
    connection.execute(insert(_person), [{"id": key, "discipline": row.discipline} for key, row, _ in people])
    connection.execute(
        insert(_employment),
        [
            {
                "coordinator_id": key,
                "employer_id": roster.vendor_id,
                "kind": row.kind,
                "job_title": row.job_title,
                "starts_on": row.starts_on,
                "recorded_at": at,
            }
            for key, row, _ in people
        ],
    )
    _add_languages([(key, code) for key, row, _ in people for code in row.languages])
    _add_licences([(key, row) for key, row, _ in people if row.licence], at)
    for key, row, each in people:
        told: dict[str, Any] = {name: [None, value] for name, value in each.items() if value is not None}
        told["employment"] = {
            "employer_id": roster.vendor_id,
            "kind": row.kind,
            "job_title": row.job_title,
            "starts_on": row.starts_on,
        }
        told.update(_also(row, roster))
        audit.record_plain(
            actor, AuditAction.PARTY_REGISTERED, Coordinator.__tablename__, key, at=at, party_id=key, told=told
        )


def _change_people(changes: Sequence[Change], roster: RosterImport, actor: Actor, at: datetime) -> None:
    connection = db.session.connection()
    columns = sorted({name for change in changes for name in change.changes if name != "discipline"})
    for name in columns:
        connection.execute(
            update(_party).where(_party.c.id == bindparam("key")).values({name: bindparam("value")}),
            [
                {"key": change.party_id, "value": change.changes[name][1]}
                for change in changes
                if name in change.changes
            ],
        )
    disciplines = [
        {"key": change.party_id, "value": change.changes["discipline"][1]}
        for change in changes
        if "discipline" in change.changes
    ]
    if disciplines:
        connection.execute(
            update(_person).where(_person.c.id == bindparam("key")).values(discipline=bindparam("value")), disciplines
        )
    spoken = [change for change in changes if change.languages is not None]
    for some in chunks(spoken):
        connection.execute(delete(_language).where(_language.c.party_id.in_([change.party_id for change in some])))
    _add_languages([(change.party_id, code) for change in spoken for code in change.languages or ()])
    _add_licences([(change.party_id, change.row) for change in changes if change.licence], at)
    for change in changes:
        told = {**change.changes, **_also(change.row, roster, languages=change.languages, licence=change.licence)}
        audit.record_plain(
            actor,
            AuditAction.PARTY_UPDATED,
            Coordinator.__tablename__,
            change.party_id,
            at=at,
            party_id=change.party_id,
            told=told,
        )


def _add_languages(spoken: Sequence[tuple[int, str]]) -> None:
    if spoken:
        db.session.connection().execute(insert(_language), [{"party_id": key, "code": code} for key, code in spoken])


def _add_licences(holders: Sequence[tuple[int, RosterRow]], at: datetime) -> None:
    if holders:
        db.session.connection().execute(
            insert(_licence),
            [
                {
                    "coordinator_id": key,
                    "kind": row.licence.kind,
                    "number": row.licence.number,
                    "issued_by": LICENCE_KINDS.get(row.licence.kind, ("", NO_ISSUER))[1],
                    "status": "current",
                    "expires_on": row.licence.expires_on,
                    "recorded_at": at,
                }
                for key, row in holders
                if row.licence
            ],
        )


def _also(
    row: RosterRow,
    roster: RosterImport,
    *,
    languages: tuple[str, ...] | None = None,
    licence: bool = True,
) -> dict[str, Any]:
    """What an audit entry tells beside the columns of the party."""
    told: dict[str, Any] = {"roster_import": roster.id, "row": row.row}
    spoken = row.languages if languages is None else languages
    if spoken:
        told["languages"] = list(spoken)
    if licence and row.licence:
        told["licence"] = [row.licence.kind, row.licence.number, row.licence.expires_on]
    return told
