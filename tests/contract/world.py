"""Two lots of organizations with everything that can belong to one: ours, and another one's.

Each name of an argument in an address is given its object here, once; a route with a name that is not known fails the
tests, so that nobody forgets a new kind of record.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs.registry import Occasion
from certhub.jobs.standard_previews import count
from certhub.models import Base
from certhub.models.accounts import Invitation, PasswordReset, User, UserSession
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Certificate, Credential, CredentialPeriod, Evidence, StatusEvent
from certhub.models.due_process import ActionNotice
from certhub.models.files import StoredFile
from certhub.models.jobs import JobRun, JobStatus
from certhub.models.medical_home import (
    FamilyFeedback,
    SelfAssessment,
    SelfAssessmentRespondent,
    SelfAssessmentResult,
)
from certhub.models.messages import Message, MessageStatus
from certhub.models.parties import (
    Champion,
    Contact,
    Coordinator,
    Employment,
    ExternalLicence,
    OwnershipGroup,
    OwnershipStake,
    Party,
    PracticeSite,
    VendorOrganization,
)
from certhub.models.references import ReferenceLink, ReferenceRequest
from certhub.models.signatures import Signature, Statement
from certhub.models.standards import StandardSet, StandardVersion
from certhub.models.training import TrainingCompletion
from certhub.queries import standards as queries
from certhub.queries.order_plans import plan, plan_of_revocation
from certhub.rules.caseload_report import latest_month, month_number
from certhub.rules.orders import Cohort, OrderKind, OrderText
from certhub.rules.permissions import GRANTS
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.standard_draft import with_group
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import FeedbackMethod, RespondentRole, Role, SubjectType, VersionStatus
from certhub.services import files, record_merges, roster_import, told_apart
from certhub.services import orders as board_orders
from certhub.services import standard_previews as previews
from certhub.services import standards as standard_service
from certhub.services.roster_plan import plan_for
from certhub.web.context import file_store, press, settings
from tests import factories
from tests.contract.accounts import readdressed
from tests.contract.caseload import reported
from tests.contract.classroom import enrolled, trained
from tests.contract.contracts import contracted
from tests.contract.convenings import met
from tests.contract.desk import audited, handed_in
from tests.contract.employer_changes import changing
from tests.contract.fund import pooled
from tests.contract.jobs import told_the_worker
from tests.contract.proposals import proposed
from tests.contract.reminders import a_date_of
from tests.contract.training_files import saved_columns, uploaded
from tests.factories import WHEN, placement

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

PARTY_OF_ROLE = {
    Role.VENDOR_HR: SubjectType.VENDOR,
    Role.PRACTICE_MANAGER: SubjectType.PRACTICE,
    Role.TRAINING_PROVIDER: SubjectType.TRAINING_PROGRAM,
    Role.COORDINATOR: SubjectType.COORDINATOR,
}
"""The roles that see one party's records only, and whose those are."""

SIGNED_IN_ROLES = tuple(role for role in GRANTS if role is not Role.PUBLIC)

Values = dict[str, list[int | str]]
"""For each argument's name the objects that it can mean."""

SHARED = frozenset(
    {
        "standard_id", "version_id", "code", "standard_code", "version", "order_id", "course_id", "course_session_id",
        "convening_id", "theme_id", "month", "fund_year_id", "payer_id", "need_line_id", "payment_id", "appeal_id",
        "movement_id", "source", "write_off_id", "fund_notice_id",
    }
)  # fmt: skip
"""Arguments that name nobody's property: standards, orders, the catalogue and state meetings, months and words."""

GROUP = "PR-QUALITY"
"""The code of the group in the open draft."""

CODES = {
    "code": "a requirement or group of the standard (VO-06), or the code printed on a certificate; none is a number",
    "token": "the secret of a link in a mail; its hash is looked up",
    "standard_code": "the standard's own name, such as CC-CORE",
    "filename": "a file that is shipped with the application",
}
"""Arguments that are text, with the reason why no number does."""


@dataclass
class World:
    """What belongs to one lot of organizations."""

    users: dict[Role, User]
    of: dict[SubjectType, Values]
    """What each kind of party holds; what two share (an employment) stands at both."""

    def everything(self) -> Values:
        merged: Values = {}
        for values in self.of.values():
            for name, found in values.items():
                merged.setdefault(name, []).extend(value for value in found if value not in merged.get(name, []))
        return merged


def build(app: Flask) -> World:
    """One of each organization with every kind of record, certified by the same services that the pages use."""
    vendor = factories.make_vendor()
    person = factories.make_coordinator(vendor=vendor)
    practice = factories.make_practice()
    program = factories.make_program()
    parties: dict[SubjectType, Party] = {
        SubjectType.VENDOR: vendor, SubjectType.COORDINATOR: person, SubjectType.PRACTICE: practice,
        SubjectType.TRAINING_PROGRAM: program,
    }  # fmt: skip
    users = {role: factories.make_user(role, parties[kind]) for role, kind in PARTY_OF_ROLE.items()}
    reviewer = factories.make_user(Role.DPH_REVIEWER)
    shared = _between(vendor, person, practice, users[Role.VENDOR_HR])
    trained(person, vendor, users[Role.VENDOR_HR])
    of: dict[SubjectType, Values] = {}
    for kind, party in parties.items():
        role = next(role for role, own in PARTY_OF_ROLE.items() if own is kind)
        applicant = users[Role.VENDOR_HR if kind is SubjectType.COORDINATOR else role]
        with transaction():
            desk = lifecycle.Desk(applicant, reviewer, press())
            lifecycle.certified(party, desk, at=START + timedelta(days=20 * (kind is SubjectType.COORDINATOR)))
        of[kind] = _held(party, users[role], reviewer)
    for kind, names in {
        SubjectType.VENDOR: set(shared), SubjectType.PRACTICE: {"assignment_id"},
        SubjectType.COORDINATOR: {"employment_id", "assignment_id", "licence_id", "completion_id"},
    }.items():  # fmt: skip
        of[kind] |= {name: values for name, values in shared.items() if name in names}
    orders = _orders(vendor)
    for known in of.values():
        known["order_id"] = list(orders)
        known["month"] = [month_number(latest_month(clock.today()))]
        known |= {name: [*known.get(name, []), *found] for name, found in met(person, reviewer).items()}
    of[SubjectType.VENDOR] |= pooled()
    of[SubjectType.VENDOR]["upload_id"] = uploaded(vendor, person, users[Role.VENDOR_HR])
    of[SubjectType.VENDOR] |= reported(vendor, person, practice, users[Role.VENDOR_HR])
    of[SubjectType.VENDOR]["mapping_id"] = saved_columns(vendor)
    of[SubjectType.VENDOR] |= contracted(vendor, reviewer)
    of[SubjectType.VENDOR] |= proposed(vendor, person, practice, users[Role.VENDOR_HR])
    own, token = _assessed(practice, users[Role.PRACTICE_MANAGER])
    of[SubjectType.PRACTICE] |= own
    of[SubjectType.PRACTICE]["token"].append(token)
    of[SubjectType.VENDOR]["party_id"].append(person.id)
    of[SubjectType.COORDINATOR] |= audited(person, reviewer)
    of[SubjectType.COORDINATOR] |= _merged(person, reviewer)
    of[SubjectType.VENDOR]["selection_id"] = of[SubjectType.COORDINATOR]["selection_id"]
    for name in (
        "application_id", "credential_id", "certificate_id", "file_id", "evidence_id", "notice_id", "submittal_id",
    ):  # fmt: skip
        of[SubjectType.VENDOR][name] += of[SubjectType.COORDINATOR][name]
    for name, values in _asking(vendor, users[Role.VENDOR_HR], reviewer).items():
        of[SubjectType.VENDOR].setdefault(name, []).extend(values)
    for kind, places in enrolled(person, vendor, program).items():
        of[kind] |= places
    for kind, changes in changing(vendor, person, users[Role.VENDOR_HR]).items():
        of[kind] |= {name: [*of[kind].get(name, []), *found] for name, found in changes.items()}
    for name, values in told_the_worker(app, reviewer).items():
        of[SubjectType.VENDOR].setdefault(name, []).extend(values)
    return World(users, of)


def _asking(vendor: VendorOrganization, hr: User, reviewer: User) -> Values:
    """A first application that is still open, and a request for a reference to it."""
    person = factories.make_coordinator(vendor=vendor)
    with transaction():
        application = lifecycle.opened(person, lifecycle.Desk(hr, reviewer, press()), at=START)
    asked = ReferenceRequest(
        application_id=application.id, party_id=person.id, requirement_code="CC-04", name="Joan Whitfield",
        email="joan@example.net", relation="Supervisor", asked_by_id=hr.id, asked_at=WHEN, sent_at=WHEN,
        expires_at=clock.now() + timedelta(days=30),
    )  # fmt: skip
    _rows(asked)
    link = f"reference-of-{person.id}-{secrets.token_hex(8)}"
    _rows(ReferenceLink(request_id=asked.id, token_hash=token_hash(link), created_at=WHEN))
    return {"application_id": [application.id], "code": ["CC-04"], "request_id": [asked.id], "token": [link]}


def _merged(person: Coordinator, reviewer: User) -> Values:
    """A record that our coordinator's absorbed, and another one that could be of the same person."""
    absorbed, other, twin = (factories.make_coordinator() for _ in range(3))
    with transaction():
        done = record_merges.merge(person, absorbed, reason="One person", actor=reviewer, at=WHEN)
        mark = told_apart.mark(person, twin, reason="Two people", actor=reviewer, at=WHEN)
    return {"merge_id": [done.id], "other_id": [other.id], "mark_id": [mark.id]}


def _assessed(practice: Party, manager: User) -> tuple[Values, str]:
    """A closed self-assessment and one under way, with somebody who answers by a link, and a round of feedback."""
    scores = dict.fromkeys(INSTRUMENTS["MHI-FV"].themes, 4)
    common = {
        "party_id": practice.id, "instrument": "MHI-FV", "instrument_version": 1, "licensed_copy": "Office",
        "opened_by_id": manager.id,
    }  # fmt: skip
    closed = SelfAssessment(**common, consensus=scores, opened_at=WHEN, ended_at=WHEN)
    under_way = SelfAssessment(**common, consensus={"1.1": 4}, opened_at=WHEN)
    _rows(closed, under_way)
    token = f"answers-of-{practice.id}-{secrets.token_hex(8)}"
    somebody = SelfAssessmentRespondent(
        assessment_id=under_way.id, name="Nora Quinn", role=RespondentRole.NURSE,
        email=f"nora{practice.id}@example.org", token_hash=token_hash(token),
        link_until=clock.now() + timedelta(days=30), answers={"1.1": 2}, added_at=WHEN,
    )  # fmt: skip
    result = SelfAssessmentResult(
        assessment_id=closed.id, party_id=practice.id, held_on=date(2026, 2, 10), scores=scores,
        answers=[{"role": "nurse", "scores": scores}], total=100, percent_hundredths=5000,
        coordination_hundredths=400, recorded_by_id=manager.id, recorded_at=WHEN,
    )  # fmt: skip
    feedback = FamilyFeedback(
        party_id=practice.id, method=FeedbackMethod.FAMILY_INDEX, starts_on=date(2026, 1, 5), ends_on=date(2026, 2, 5),
        families=120, asked=40, answered=25, favourable={"access": 80}, recorded_by_id=manager.id, recorded_at=WHEN,
    )  # fmt: skip
    _rows(somebody, result, feedback)
    values: Values = {
        "assessment_id": [under_way.id, closed.id], "respondent_id": [somebody.id], "feedback_id": [feedback.id]
    }  # fmt: skip
    return values, token


def _rows(*rows: Base) -> None:
    for row in rows:
        factories.saved(row)


def _between(vendor: VendorOrganization, person: Coordinator, practice: Party, hr: User) -> Values:
    """What a vendor, its coordinator and a practice have with one another."""
    employment = db.session.scalars(select(Employment).where(Employment.coordinator_id == person.id)).one()
    assignment = placement(
        coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 2, 2),
        recorded_at=WHEN,
    )  # fmt: skip
    exposed = placement(  # at a practice that has not committed itself
        coordinator_id=person.id, practice_id=factories.make_practice().id, vendor_id=vendor.id,
        starts_on=date(2026, 2, 2), recorded_at=WHEN,
    )  # fmt: skip
    licence = ExternalLicence(
        coordinator_id=person.id, kind="RN", number="RN123456", issued_by="Board of Nursing",
        expires_on=date(2027, 6, 30), recorded_at=WHEN,
    )  # fmt: skip
    completion = TrainingCompletion(
        coordinator_id=person.id, vendor_id=vendor.id, title="Ethics", provider="Institute", category="ethics_scope",
        minutes=90, completed_on=date(2026, 2, 1), recorded_at=WHEN,
    )  # fmt: skip
    _rows(assignment, exposed, licence, completion)
    data = b"name,email,discipline,employment start\nAna Ferreira,ana@example.org,Nurse,2026-03-02\n"
    checked = plan_for(vendor.id, roster_import.read(data, "text/csv", at=START))
    with transaction():
        file = files.keep(
            data, media_type="text/csv", name="roster.csv", owner_id=vendor.id, party_id=vendor.id,
            store=file_store(), actor=hr, at=START,
        )  # fmt: skip
        batch = roster_import.check(vendor, file, checked, actor=hr, at=START)
    return {
        "employment_id": [employment.id], "assignment_id": [assignment.id], "licence_id": [licence.id],
        "completion_id": [completion.id], "import_id": [batch.id],
    }  # fmt: skip


def _orders(vendor: VendorOrganization) -> list[int]:
    """A draft for the vendor's coordinators, one that is in force, and one that was revoked."""
    administrator, at = factories.make_user(Role.DPH_ADMINISTRATOR), clock.now()
    text = OrderText(
        title="Storm", kind=OrderKind.EXTENSION, adopted_on=date(2026, 5, 4), citation="M.G.L. c.30A", text="Text",
        cohort=Cohort(vendor_id=vendor.id), extends_months=1,
    )  # fmt: skip
    with transaction():
        document = board_orders.Document(file_store().put(b"%PDF-1.7"), "order.pdf")
        draft, standing, gone = (
            board_orders.draft(text, document=document, actor=administrator, at=at) for _ in range(3)
        )
        for order in (standing, gone):
            board_orders.put_in_force(order, seen=plan(order).fingerprint, actor=administrator, at=at)
        board_orders.revoke(
            gone, revoked_on=date(2026, 5, 5), reason="Over", seen=plan_of_revocation(gone).fingerprint,
            actor=administrator, at=at,
        )  # fmt: skip
        return [draft.id, standing.id, gone.id]


def _held(party: Party, user: User, reviewer: User) -> Values:
    """What one party has for itself alone."""
    contact = Contact(party_id=party.id, name="Rosa Lima", responsibility="Contract manager")
    group = OwnershipGroup(name=f"Group of {party.name}")
    links = [f"invitation-of-{party.id}-{secrets.token_hex(8)}", f"reset-of-{party.id}-{secrets.token_hex(8)}"]
    invitation = Invitation(
        email=f"new{party.id}@example.org", name="New Person", role=user.role, party_id=party.id,
        token_hash=token_hash(links[0]), invited_by_id=user.id, created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=7),
    )  # fmt: skip
    _rows(contact, group, invitation)
    stake = OwnershipStake(party_id=party.id, group_id=group.id, percent=60, starts_on=date(2025, 1, 1))
    message = Message(
        kind="application-received", dedupe_key=secrets.token_hex(8), message_id=f"<{party.id}@example.org>",
        recipient=user.email, party_id=party.id, subject="Received", body_text="Text", body_html="<p>Text</p>",
        created_at=WHEN, next_attempt_at=WHEN, status=MessageStatus.FAILED,
    )  # fmt: skip
    site = PracticeSite(
        practice_id=party.id,
        name="Main",
        address_line="1 Elm Street",
        municipality_id=factories.municipality().id,
        recorded_at=WHEN,
    )
    session = UserSession(
        user_id=user.id, token_hash=secrets.token_hex(32), created_at=WHEN, expires_at=clock.now() + timedelta(hours=1)
    )
    reset = PasswordReset(
        user_id=user.id, token_hash=token_hash(links[1]), created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    run = JobRun(name="mail-delivery", run_on=date(2026, 3, 2), status=JobStatus.FINISHED, started_at=WHEN, counts={})
    application = db.session.scalars(select(Application).where(Application.party_id == party.id)).one()
    credential = db.session.scalars(select(Credential).where(Credential.party_id == party.id)).one()
    certificate = db.session.scalars(select(Certificate).where(Certificate.credential_id == credential.id)).one()
    event = StatusEvent(
        credential_id=credential.id, kind="probation", effective_on=date(2026, 5, 1), reason="Late report",
        recorded_by_id=reviewer.id, recorded_at=WHEN,
    )  # fmt: skip
    _rows(stake, message, session, reset, run, event, *([site] if party.kind is SubjectType.PRACTICE else []))
    _rows(a_date_of(party))
    term = db.session.scalars(
        select(CredentialPeriod.id).where(
            CredentialPeriod.credential_id == credential.id, CredentialPeriod.superseded_at.is_(None)
        )
    ).first()
    assert term is not None
    notice = ActionNotice(
        party_id=party.id, party_name=party.name, status_event_id=event.id, text="To the holder",
        practice_allowed=True, issued_by_name=reviewer.name,
        issued_on=date(2026, 5, 1), appeal_until=date(2026, 5, 22), issued_by_id=reviewer.id, recorded_at=WHEN,
    )  # fmt: skip
    _rows(notice)
    evidence = db.session.scalars(select(Evidence).where(Evidence.application_id == application.id)).all()
    papers = db.session.scalars(select(StoredFile.id).where(StoredFile.party_id == party.id).limit(2)).all()
    signed = db.session.scalars(select(Signature.id).where(Signature.party_id == party.id).limit(1)).all()
    stated = db.session.scalars(select(Statement.id).where(Statement.party_id == party.id).limit(1)).all()
    led = db.session.scalars(select(Champion.id).where(Champion.practice_id == party.id)).all()
    version = db.session.scalars(
        select(StandardVersion)
        .join(StandardSet)
        .where(StandardSet.id == application.standard_id, StandardVersion.status == VersionStatus.ADOPTED)
    ).first()
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.party_id == party.id)).first()
    assert version is not None
    assert told is not None
    with transaction():
        paper = handed_in(credential, version)
    drafts = [_drafted(version, reviewer)] if party.kind is SubjectType.PRACTICE else []
    return {
        "party_id": [party.id],
        "account_id": [user.id],
        "application_id": [application.id],
        "certificate_id": [certificate.id],
        "code": [
            evidence[0].requirement_code,
            paper.requirement_code,
            certificate.verification_code,
            *([GROUP] if drafts else []),
        ],
        "contact_id": [contact.id],
        "credential_id": [credential.id],
        "event_id": [event.id],
        "evidence_id": [evidence[0].id],
        "file_id": list(papers),
        "group_id": [group.id],
        "invitation_id": [invitation.id],
        "message_id": [message.id],
        "notice_id": [notice.id],
        "number": [credential.number],
        "run_id": [run.id],
        "seq": [told.seq],
        "session_id": [session.id],
        "stake_id": [stake.id],
        "standard_code": [version.standard.code],
        "submittal_id": [paper.id],
        "standard_id": [version.standard_id],
        "term_id": [term],
        "token": [*links, readdressed(user)],
        "version": [version.version],
        "version_id": [version.id, *drafts],
        **({"signature_id": list(signed), "statement_id": list(stated)} if signed else {}),
        **({"site_id": [site.id], "champion_id": list(led)} if party.kind is SubjectType.PRACTICE else {}),
    }


def _drafted(version: StandardVersion, by: User) -> int:
    """The open draft of a standard, with a group in it; both worlds have the same one."""
    found = queries.open_draft(version.standard_id)
    if found is None:
        group = {"code": GROUP, "title": "Quality", "operator": "any"}
        with transaction():
            found = standard_service.draft_next(version, actor=by, at=WHEN)
            standard_service.revise(
                found.id, lambda raw: with_group(raw, group, ["PR-05", "PR-06"], new=True),
                seen=found.definition_hash, actor=by, at=WHEN,
            )  # fmt: skip
            previews.ask(found, actor=by, at=clock.now())
        count(Occasion(clock.today(), settings(), lambda *_: "https://certhub.example.org"))
    return found.id


def known_arguments(world: World) -> frozenset[str]:
    return frozenset(world.everything()) | {"filename"}


@contextmanager
def undone(app: Flask) -> Iterator[None]:
    """What happens inside is taken back: each request of a test finds the same world."""
    with app.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        outer = connection.begin()
        db.engines[None] = connection  # type: ignore[index]  # the mapping is read-only by its type alone, see tests.conftest
        try:
            yield
        finally:
            db.engines[None] = engine  # type: ignore[index]  # as above
            db.session.remove()
            outer.rollback()
            connection.close()
