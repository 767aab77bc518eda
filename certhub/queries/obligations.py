"""What falls due, whether it still needs anybody, and why somebody was or was not reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.ce_audits import CeProof, CeResult, CeSelection
from certhub.models.certification import Application, Credential, CredentialPeriod, Evidence, StatusEvent
from certhub.models.messages import Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.orders import OrderEffect
from certhub.models.parties import Employment, ExternalLicence, Party
from certhub.models.signatures import Drift, Statement
from certhub.models.standards import StandardSet
from certhub.models.submittals import Submittal
from certhub.queries import statements, submittals
from certhub.rules.licences import licence_name
from certhub.rules.reminder_policies import ON_PAPER, Audience, ObligationKind, Policies
from certhub.rules.requirement_kinds.papers import document_name
from certhub.rules.status import ENDING_EVENTS
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, SubjectType

WITH_DPH = (ApplicationStatus.SUBMITTED, ApplicationStatus.UNDER_REVIEW, ApplicationStatus.RECOMMENDED)
"""Where a renewal waits for DPH and not for the holder."""

_OF_LICENCES = (ObligationKind.LICENCE_RENEWAL, ObligationKind.LICENCE_RECHECK)

NEARER = "a nearer reminder took its place"
NOT_WATCHED = "before CertHub watched this date"
RENEWED = "already renewed"
MOVED = "an order of the Board moved the date"
SUBMITTED = "renewal application submitted"
HANDED_IN = "a newer one is with DPH"
CORRECTED = "the date was corrected"
LEFT = "no longer employed"
NOBODY = "no e-mail address is known"


def ended(day: date, credential_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether the credential has ended for good by `day`."""
    return exists().where(_ending_events(day, credential_id))


def _ending_events(day: date, credential_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return and_(
        StatusEvent.credential_id == credential_id,
        StatusEvent.superseded_at.is_(None),
        StatusEvent.kind.in_(ENDING_EVENTS),
        StatusEvent.effective_on <= day,
        or_(StatusEvent.ends_on.is_(None), StatusEvent.ends_on >= day),
    )


def holds_credential(day: date, party_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether the party holds a credential that has not ended for good."""
    return exists().where(Credential.party_id == party_id, ~ended(day, Credential.__table__.c.id))


def works_on(day: date, coordinator_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Condition on employments: the person works there on `day`, or is about to."""
    return and_(
        Employment.coordinator_id == coordinator_id,
        Employment.superseded_at.is_(None),
        or_(Employment.ends_on.is_(None), Employment.ends_on >= day),
    )


def settled_because(day: date, policies: Policies) -> ColumnElement[str | None]:
    """Why an obligation no longer needs anybody; NULL while it does."""
    longest = case(
        *((Obligation.kind == kind, day - timedelta(days=policy.open_days)) for kind, policy in policies.items())
    )
    return func.coalesce(
        case(
            (Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL, _credential_settled(day)),
            (Obligation.kind == ObligationKind.LICENCE_RENEWAL, _licence_settled()),
            (Obligation.kind == ObligationKind.LICENCE_RECHECK, _recheck_settled()),
            (Obligation.kind == ObligationKind.CE_PROOF, ce_request_settled(Obligation.subject_id)),
            (Obligation.kind == ObligationKind.ATTEST_ANEW, _drift_settled(day)),
            else_=_document_settled(),
        ),
        case((Obligation.due_on < longest, literal("its date passed too long ago", String)), else_=null()),
    )


def paused_because(day: date) -> ColumnElement[str | None]:
    """Why nobody is reminded of an open obligation at present; NULL where somebody is."""
    submitted = exists().where(
        Application.credential_id == Obligation.subject_id,
        Application.status.in_(WITH_DPH),
        Application.closed_on.is_(None),
    )
    worked = exists().where(Employment.coordinator_id == Obligation.party_id, Employment.superseded_at.is_(None))
    works = exists().where(works_on(day, Obligation.party_id))
    # The query around this may read employments of its own, which are not the ones that are meant here.
    worked, works = worked.correlate(Obligation), works.correlate(Obligation)
    return case(
        (and_(Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL, submitted), literal(SUBMITTED, String)),
        (and_(Obligation.kind.in_(ON_PAPER), _newer_with_department()), literal(HANDED_IN, String)),
        (and_(worked, ~works), literal(LEFT, String)),
        else_=null(),
    )


def _newer_with_department() -> ColumnElement[bool]:
    """Whether a paper that lasts longer was handed in and waits for a reviewer."""
    row, newer = aliased(Evidence), aliased(Evidence)
    return exists().where(
        row.id == Obligation.subject_id,
        newer.party_id == row.party_id,
        newer.requirement_code == row.requirement_code,
        _same_paper(newer, row),
        newer.expires_on > row.expires_on,
        select(Submittal.id).where(Submittal.evidence_id == newer.id, submittals.is_waiting(Submittal)).exists(),
    )


def _credential_settled(day: date) -> ColumnElement[str | None]:
    standing = and_(CredentialPeriod.credential_id == Obligation.subject_id, CredentialPeriod.superseded_at.is_(None))
    event = (
        select(literal("credential ended (", String) + func.min(cast(StatusEvent.kind, String)) + literal(")", String))
        .where(_ending_events(day, Obligation.subject_id))
        .correlate(Obligation)
        .scalar_subquery()
    )
    before = aliased(CredentialPeriod)
    moved = exists().where(
        OrderEffect.before_id == before.id,
        OrderEffect.after_id != before.id,
        before.credential_id == Obligation.subject_id,
        before.expires_on == Obligation.due_on,
    )
    stands = exists().where(standing, CredentialPeriod.expires_on == Obligation.due_on)
    return func.coalesce(
        case(
            (and_(~stands, moved), literal(MOVED, String)),
            (exists().where(standing, CredentialPeriod.expires_on > Obligation.due_on), literal(RENEWED, String)),
            (
                ~stands,
                literal(CORRECTED, String),
            ),
            else_=null(),
        ),
        event,
    )


def _licence_settled() -> ColumnElement[str | None]:
    row, later = aliased(ExternalLicence), aliased(ExternalLicence)
    standing = exists().where(
        row.id == Obligation.subject_id, row.superseded_at.is_(None), row.expires_on == Obligation.due_on
    )
    renewed = exists().where(
        row.id == Obligation.subject_id,
        later.coordinator_id == row.coordinator_id,
        later.kind == row.kind,
        later.superseded_at.is_(None),
        later.expires_on > Obligation.due_on,
    )
    return case(
        (renewed, literal(RENEWED, String)),
        (~standing, literal(CORRECTED, String)),
        else_=null(),
    )


def _recheck_settled() -> ColumnElement[str | None]:
    row = aliased(ExternalLicence)
    standing = exists().where(
        row.id == Obligation.subject_id, row.superseded_at.is_(None), row.check_again_on == Obligation.due_on
    )
    return case((~standing, literal("checked again, or changed", String)), else_=null())


def ce_request_settled(selection_id: SQLColumnExpression[int]) -> ColumnElement[str | None]:
    """Why a request of an audit of continuing education waits for the holder no longer; NULL while it does."""
    return case(
        (exists().where(CeResult.selection_id == selection_id), literal("the audit has ended", String)),
        (exists().where(CeProof.selection_id == selection_id), literal("proofs were handed in", String)),
        else_=null(),
    )


def _drift_settled(day: date) -> ColumnElement[str | None]:
    row, under, instead = aliased(Drift), aliased(Statement), aliased(Drift)
    its = exists().where(row.id == Obligation.subject_id, under.id == row.statement_id)
    redated = exists().where(
        row.id == Obligation.subject_id,
        instead.statement_id == row.statement_id,
        instead.fact == row.fact,
        instead.noted_at == row.withdrawn_at,
    )
    return case(
        (redated, literal(CORRECTED, String)),
        (its.where(row.withdrawn_at.is_not(None)), literal("the fact is as before again", String)),
        (its.where(statements.signed_anew(under)), literal("signed anew", String)),
        (its.where(statements.taken_back(under)), literal("the statement was taken back", String)),
        (its.where(statements.sent_back(under)), literal("DPH sent the statement back", String)),
        (~holds_credential(day, Obligation.party_id), literal("credential ended", String)),
        else_=null(),
    )


def _document_settled() -> ColumnElement[str | None]:
    row = aliased(Evidence)
    newer = exists().where(row.id == Obligation.subject_id, newer_document(row))
    return case((newer, literal("a newer document is on file", String)), else_=null())


def newer_document(row: type[Evidence]) -> ColumnElement[bool]:
    """Whether `row` was replaced or taken back, or a document for the same requirement lasts longer."""
    other, after = aliased(Evidence), aliased(Evidence)
    return or_(
        exists().where(other.supersedes_id == row.id),
        exists().where(
            other.party_id == row.party_id,
            other.requirement_code == row.requirement_code,
            other.withdrawn.is_(False),
            submittals.counts(other),
            _same_paper(other, row),
            other.expires_on > row.expires_on,
            ~exists().where(after.supersedes_id == other.id),
        ),
    )


def _same_paper(other: type[Evidence], row: type[Evidence]) -> ColumnElement[bool]:
    """Whether evidence for one requirement is of the same thing: a check of the same register, the same insurance."""
    return _thing(other) == _thing(row)


def _thing(row: type[Evidence]) -> ColumnElement[str]:
    return func.coalesce(_check_of(row), row.value["document_type"].as_string(), "")


def is_check(row: type[Evidence]) -> ColumnElement[bool]:
    """Whether `row` is the outcome of a background check, of which only dates and the outcome are kept."""
    return and_(_check_of(row).is_not(None), row.value["cleared"].as_string().is_not(None))


def _check_of(row: type[Evidence]) -> ColumnElement[str]:
    name: ColumnElement[str] = row.value["check"].as_string()
    return name


@dataclass(frozen=True, slots=True)
class DueItem:
    """One line of somebody's digest."""

    notice_id: int
    kind: ObligationKind
    subject_id: int
    party_id: int
    party_kind: SubjectType
    party_name: str
    what: str
    due_on: date
    audience: Audience
    stays_in_force: bool


def digest_items(notice_ids: Sequence[int]) -> list[DueItem]:
    """What each of these notices tells of, the nearest date first."""
    what = func.coalesce(
        select(StandardSet.code + literal(" ", String) + Credential.number)
        .where(Credential.id == Obligation.subject_id, StandardSet.id == Credential.standard_id)
        .where(Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL)
        .correlate(Obligation)
        .scalar_subquery(),
        select(ExternalLicence.number)
        .where(ExternalLicence.id == Obligation.subject_id, Obligation.kind.in_(_OF_LICENCES))
        .correlate(Obligation)
        .scalar_subquery(),
        select(Evidence.requirement_code)
        .where(Evidence.id == Obligation.subject_id, Obligation.kind == ObligationKind.DOCUMENT_RENEWAL)
        .correlate(Obligation)
        .scalar_subquery(),
        select(Evidence.requirement_code + literal(" ", String) + _check_of(Evidence))
        .where(Evidence.id == Obligation.subject_id, Obligation.kind == ObligationKind.BACKGROUND_RECHECK)
        .correlate(Obligation)
        .scalar_subquery(),
        select(literal("for ", String) + Credential.number)
        .join(CeSelection, CeSelection.credential_id == Credential.id)
        .where(CeSelection.id == Obligation.subject_id, Obligation.kind == ObligationKind.CE_PROOF)
        .correlate(Obligation)
        .scalar_subquery(),
        select(Drift.requirement_code + literal(", for ", String) + _signer())
        .join(Statement, Statement.id == Drift.statement_id)
        .where(Drift.id == Obligation.subject_id, Obligation.kind == ObligationKind.ATTEST_ANEW)
        .correlate(Obligation)
        .scalar_subquery(),
        literal("", String),
    )
    thing = func.coalesce(
        select(ExternalLicence.kind)
        .where(ExternalLicence.id == Obligation.subject_id, Obligation.kind.in_(_OF_LICENCES))
        .correlate(Obligation)
        .scalar_subquery(),
        select(Evidence.value["document_type"].as_string())
        .where(Evidence.id == Obligation.subject_id, Obligation.kind == ObligationKind.DOCUMENT_RENEWAL)
        .correlate(Obligation)
        .scalar_subquery(),
        literal("", String),
    )
    rows = db.session.execute(
        select(
            ReminderNotice.id,
            Obligation.kind,
            Obligation.subject_id,
            Obligation.party_id,
            Party.kind.label("party_kind"),
            Party.name,
            what.label("what"),
            thing.label("thing"),
            Obligation.due_on,
            ReminderNotice.audience,
            _renewed_in_time().label("stays_in_force"),
        )
        .join(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .join(Party, Party.id == Obligation.party_id)
        .where(ReminderNotice.id.in_(notice_ids))
        .order_by(Obligation.due_on, Party.sort_name, ReminderNotice.id)
    )
    return [
        DueItem(
            row.id, row.kind, row.subject_id, row.party_id, row.party_kind, row.name, _in_words(row), row.due_on,
            row.audience, row.stays_in_force,
        )
        for row in rows
    ]  # fmt: skip


def _in_words(row: Row[Any]) -> str:
    """What is due, as its reader calls it: a number or code, and what licence or document that is."""
    what: str = row.what
    if not row.thing:
        return what
    return f"{what}, {licence_name(row.thing) if row.kind in _OF_LICENCES else document_name(row.thing)}"


def _signer() -> ColumnElement[str]:
    """Who is to sign, as `rules.requirement_kinds.papers.party_name` says it."""
    named = literal("the ", String) + func.replace(Statement.signed_for, "_", " ")
    return case((Statement.signed_for == "dph", literal("DPH", String)), else_=named)


def _renewed_in_time() -> ColumnElement[bool]:
    """Whether a renewal that was filed in time, and is with the applicant again, keeps the credential in force."""
    return exists().where(
        Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL,
        Application.credential_id == Obligation.subject_id,
        Application.kind != ApplicationKind.INITIAL,
        Application.complete_at.is_not(None),
        Application.submitted_on <= Obligation.due_on,
        Application.closed_on.is_(None),
    )


def why_not(day: date, policies: Policies) -> ColumnElement[str | None]:
    """Why a reminder is not sent, as things stand; NULL where it is. For a query of `Reminder` and `Obligation`."""
    nearer = aliased(Reminder)
    overtaken = (
        exists()
        .where(
            nearer.obligation_id == Reminder.obligation_id,
            nearer.step < Reminder.step,
            nearer.status.in_((ReminderStatus.PLANNED, ReminderStatus.SENT)),
        )
        .correlate(Reminder)
    )
    return func.coalesce(
        settled_because(day, policies),
        case((overtaken, literal(NEARER, String)), else_=null()),
        paused_because(day),
    )


def works_again(day: date) -> ColumnElement[str | None]:
    """Why an employer need not hear that somebody left: the end was corrected, or the person is back."""
    spell = aliased(Employment)
    again = exists().where(
        spell.coordinator_id == Employment.coordinator_id,
        spell.superseded_at.is_(None),
        or_(spell.ends_on.is_(None), spell.ends_on >= day),
    )
    corrected = Employment.superseded_at.is_not(None)
    return case((or_(again, corrected), literal("works there again", String)), else_=null())


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who left, of which the employer hears once."""

    notice_id: int
    name: str
    ended_on: date | None


def departures(notice_ids: Sequence[int]) -> list[Departure]:
    """Those of these notices that tell of an employment that ended."""
    rows = db.session.execute(
        select(ReminderNotice.id, Party.name, Employment.ends_on)
        .join(Employment, Employment.id == ReminderNotice.employment_id)
        .join(Party, Party.id == Employment.coordinator_id)
        .where(ReminderNotice.id.in_(notice_ids))
        .order_by(Party.sort_name, ReminderNotice.id)
    )
    return [Departure(*row) for row in rows]
