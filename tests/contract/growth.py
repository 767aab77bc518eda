"""Many more rows of everything that a list can show, to see that a list costs the same."""

import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.accounts import Invitation, User
from certhub.models.audit import AccessLog
from certhub.models.ce_audits import CeAudit, CeSelection
from certhub.models.certification import Application, Credential, CredentialPeriod, Evidence
from certhub.models.employer_changes import EmployerChange
from certhub.models.files import StoredFile
from certhub.models.imports import RosterImport
from certhub.models.jobs import JobRun, JobStatus
from certhub.models.messages import Message, Obligation, Reminder, ReminderNotice
from certhub.models.orders import BoardOrder, OrderEffect
from certhub.models.parties import (
    Coordinator,
    Employment,
    Party,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.models.record_merges import RecordMerge, ToldApart
from certhub.models.signatures import Drift, Statement
from certhub.models.standards import StandardPreview, StandardPreviewHolder, StandardSet, StandardVersion
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ce_audit import population_hash
from certhub.rules.orders import OrderKind
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    Discipline,
    EmploymentKind,
    Role,
    SubjectType,
    VersionStatus,
)
from certhub.services import audit
from tests import factories
from tests.contract.caseload import more_reported
from tests.contract.classroom import more_of
from tests.contract.contracts import more_contracts
from tests.contract.convenings import held
from tests.contract.desk import handed_in
from tests.contract.fund import more_accounts
from tests.contract.ledger import more_entries
from tests.contract.proposals import more_lines
from tests.contract.reminders import more_reminders
from tests.contract.training_files import more_files
from tests.factories import ARRANGING, WHEN, placement


def grow(hr_id: int, rows: int) -> None:
    """`rows` more parties of each kind with their records, visible to DPH and, where one can be, to the vendor's HR."""
    hr = db.session.get_one(User, hr_id)
    vendor = db.session.get_one(VendorOrganization, hr.party_id)
    with transaction() as session:
        standards = {found.subject_type: found for found in session.scalars(select(StandardSet))}
        previews = _previews()
        for number in range(rows):
            person, *others = _parties(number)
            session.add_all([person, *others])
            session.flush()
            for row in _records(vendor, person, hr, number):
                session.add(row)
            _ordered(hr, number)
            held(person, hr, number)
            more_reminders(hr, number)
            more_accounts(number)
            for party in (person, *others):
                credential = _certified(party, standards[party.kind], vendor, hr, number)
                handed_in(credential, credential.periods[0].standard_version)
                for preview in previews.get(party.kind, []):
                    session.add(
                        StandardPreviewHolder(
                            preview_id=preview, credential_id=credential.id, unmet=" X-1 ", because=" X-1 "
                        )
                    )
            session.flush()
            session.add_all(more_of(person, vendor, number))
            session.add_all(_arranged(person, others[1], vendor, hr, number))
            _drifted(others[1], hr)
            more_reported(vendor, others[0], person, others[1], hr)
            more_files(vendor, person, hr, number)
            more_contracts(vendor, hr, number)
            more_entries(vendor, others, person, hr, number)
            more_lines(vendor, person, others[1], hr)
            session.flush()
            audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, person, at=WHEN)


def _arranged(person: Party, practice: Party, vendor: VendorOrganization, hr: User, number: int) -> list[Base]:
    """An assignment, exposed where the person has left, and a place in an audit of continuing education."""
    application = db.session.scalars(select(Application).where(Application.party_id == person.id)).one()
    credential = db.session.scalars(select(Credential).where(Credential.party_id == person.id)).one()
    day = date(2018, 1, 1) + timedelta(days=number)
    sample = CeAudit(
        standard_id=credential.standard_id, decided_from=day, decided_to=day, known_at=WHEN,
        population=[credential.number], population_count=1, population_hash=population_hash([credential.number]),
        size=1, by_percent=True, seed="seed", seed_typed=True, due_on=day, drawn_at=WHEN, drawn_by_id=hr.id,
    )  # fmt: skip
    db.session.add(sample)
    db.session.flush()
    twin, absorbed = (
        Coordinator(
            name=person.name, sort_name=person.sort_name, created_at=WHEN, discipline=Discipline.NURSE, birth_month=5,
            birth_day=5, merged_into_id=into,
        )
        for into in (None, person.id)
    )  # fmt: skip
    db.session.add_all([twin, absorbed])
    db.session.flush()
    return [
        RecordMerge(
            kept_id=person.id, absorbed_id=absorbed.id, taken={}, reason="One person", merged_by_id=hr.id,
            merged_at=WHEN,
        ),
        ToldApart(
            one_id=min(person.id, twin.id), other_id=max(person.id, twin.id), reason="Two people", told_by_id=hr.id,
            told_at=WHEN, taken_back_reason="One person", taken_back_by_id=hr.id, taken_back_at=WHEN,
        ),
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 3, 3),
            recorded_at=WHEN,
        ),
        CeSelection(
            ce_audit_id=sample.id, place=1, credential_id=credential.id, application_id=application.id,
            party_id=person.id,
        ),
    ]  # fmt: skip


def _drifted(practice: Party, by: User) -> None:
    """A statement that the practice must sign anew."""
    evidence = Evidence(
        party_id=practice.id, requirement_code="PR-07", value={}, provided_by_id=by.id, recorded_at=WHEN
    )
    db.session.add(evidence)
    db.session.flush()
    statement = Statement(
        evidence_id=evidence.id, party_id=practice.id, requirement_code="PR-07", signed_for="practice_manager",
        signer_id=by.id, signed_name=by.name, rests_on={"sites": {}}, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(statement)
    db.session.flush()
    db.session.add(
        Drift(
            party_id=practice.id, statement_id=statement.id, requirement_code="PR-07", fact="sites:1", kind="sites",
            sentence="New site: Main.", changed_on=date(2026, 3, 3), due_on=date(2026, 4, 2), noted_at=WHEN,
        )
    )  # fmt: skip


def _parties(number: int) -> list[Party]:
    town = factories.municipality()
    name = f"Grown {number:03d}"
    common: dict[str, Any] = {
        "name": name, "sort_name": name.casefold(), "created_at": WHEN, "municipality_id": town.id,
        "region": town.region,
    }  # fmt: skip
    return [
        Coordinator(
            discipline=Discipline.NURSE, email=f"grown{number}@example.org", birth_month=5, birth_day=5, **common
        ),
        VendorOrganization(vendor_code=f"VC9{number:09d}", **common),
        Practice(npi="1234567893", **common),
        TrainingProgram(**common),
    ]


def _certified(party: Party, standard: StandardSet, vendor: VendorOrganization, hr: User, number: int) -> Credential:
    """An application in the queue, and a credential from earlier."""
    version = next(one for one in standard.versions if one.status is VersionStatus.ADOPTED)
    credential = Credential(
        party_id=party.id, subject_type=party.kind, standard_id=standard.id, granted_on=date(2026, 3, 2),
        number=f"{party.kind.value[:2].upper()}-2026-9{number:05d}-0", recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(credential)
    db.session.flush()
    db.session.add_all(
        [
            CredentialPeriod(
                credential_id=credential.id, standard_version_id=version.id, starts_on=date(2026, 3, 2),
                expires_on=clock.today() + timedelta(days=20), grace_until=clock.today() + timedelta(days=50),
                reinstatement_until=clock.today() + timedelta(days=400), because="Arranged.", recorded_at=WHEN,
            ),
            Application(
                party_id=party.id, owner_id=vendor.id, kind=ApplicationKind.INITIAL,
                status=ApplicationStatus.SUBMITTED, standard_id=standard.id, standard_version_id=version.id,
                opened_by_id=hr.id, opened_at=WHEN, submitted_at=WHEN, submitted_on=date(2026, 3, 2),
                stage_from=date(2026, 3, 2), due_on=date(2026, 3, 9),
            ),
        ]
    )  # fmt: skip
    return credential


def _previews() -> dict[SubjectType, list[int]]:
    """The counts of drafts, by whom they are about."""
    found: dict[SubjectType, list[int]] = {}
    for preview in db.session.scalars(select(StandardPreview)):
        draft = db.session.get_one(StandardVersion, preview.standard_version_id)
        found.setdefault(draft.standard.subject_type, []).append(preview.id)
    return found


def _ordered(hr: User, number: int) -> None:
    """One more order in force, and one more term that an earlier order moved."""
    db.session.add(
        BoardOrder(
            number=f"2025-{number + 100}", title="Storm", kind=OrderKind.EXTENSION, adopted_on=date(2025, 5, 1),
            citation="M.G.L. c.30A", text="Text", extends_months=1, waived_codes=[], drafted_by_id=hr.id,
            drafted_at=WHEN, in_force_by_id=hr.id, in_force_at=WHEN,
        )
    )  # fmt: skip
    order = db.session.scalars(
        select(BoardOrder).where(BoardOrder.in_force_at.is_not(None)).order_by(BoardOrder.id).limit(1)
    ).one()
    term = db.session.scalars(select(CredentialPeriod).order_by(CredentialPeriod.id.desc()).limit(1)).one()
    db.session.add(OrderEffect(order_id=order.id, granted_id=term.id, before_id=term.id, after_id=term.id))


def _records(vendor: VendorOrganization, person: Party, hr: User, number: int) -> list[Base]:
    """What hangs on one more coordinator; every second one has left the vendor."""
    roster = StoredFile(
        owner_id=vendor.id, party_id=vendor.id, sha256=secrets.token_hex(32), size=10, media_type="text/csv",
        original_name="roster.csv", uploaded_by_id=hr.id, uploaded_at=WHEN,
    )  # fmt: skip
    obligation = Obligation(
        kind=next(iter(ObligationKind)), subject_id=number, party_id=vendor.id, due_on=clock.today(), created_at=WHEN
    )
    db.session.add_all([roster, obligation])
    db.session.flush()
    reminder = Reminder(obligation_id=obligation.id, due_on=obligation.due_on, step=30, send_on=clock.today())
    db.session.add(reminder)
    db.session.flush()
    return [
        Employment(
            coordinator_id=person.id, employer_id=vendor.id, kind=EmploymentKind.EMPLOYEE,
            starts_on=date(2025, 1, 6), ends_on=date(2026, 1, 31) if number % 2 else None, recorded_at=WHEN,
        ),
        Message(
            kind="deadlines", dedupe_key=secrets.token_hex(8), message_id=secrets.token_hex(8), recipient=hr.email,
            party_id=person.id, subject="Deadlines", body_text="Text", body_html="<p>Text</p>", created_at=WHEN,
            next_attempt_at=WHEN,
        ),
        JobRun(name="mail-delivery", run_on=date(2026, 3, 2), status=JobStatus.FINISHED, started_at=WHEN, counts={}),
        User(
            email=f"grown{number}@example.org", name=person.name, role=Role.VENDOR_HR, party_id=vendor.id,
            created_at=WHEN,
        ),
        Invitation(
            email=f"invited{number}@example.org", name=person.name, role=Role.VENDOR_HR, party_id=vendor.id,
            token_hash=secrets.token_hex(32), invited_by_id=hr.id, created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=7),
        ),
        TrainingCompletion(
            coordinator_id=person.id, vendor_id=vendor.id, title=person.name, provider="Institute", category="core",
            minutes=60, completed_on=date(2026, 2, 1), recorded_at=WHEN,
        ),
        EmployerChange(
            vendor_id=vendor.id, party_id=person.id, known_by=f"grown{number}@example.org", last_name="Grown",
            starts_on=date(2026, 6, 1), kind=EmploymentKind.EMPLOYEE, asked_by_id=hr.id, asked_at=WHEN,
            expires_at=WHEN,
        ),
        AccessLog(at=WHEN, user_id=hr.id, party_id=person.id, what="record"),
        reminder,
        ReminderNotice(
            reminder_id=reminder.id, audience=next(iter(Audience)), recipient=hr.email, recipient_name=hr.name
        ),
        RosterImport(
            vendor_id=vendor.id, file_id=roster.id, row_count=0, error_count=0, report={"rows": [], "problems": []},
            created_by_id=hr.id, created_at=WHEN,
        ),
    ]  # fmt: skip
