"""Gathering what is on file about a party into the dossier that the rules judge."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import (
    Application,
    Credential,
    CredentialPeriod,
    Decision,
    Evidence,
    ItemReview,
)
from certhub.models.parties import (
    Assignment,
    Coordinator,
    Employment,
    ExternalLicence,
    OwnershipStake,
    Party,
    Practice,
    VendorOrganization,
)
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import credential_status, independence, orders, training
from certhub.rules.dossier import CompletionItem, Dossier, EvidenceItem, ItemWord, LicenceItem
from certhub.rules.status import AUTHORIZED_STATUSES, status_on
from certhub.rules.training_entry import is_approved
from certhub.rules.vocabulary import DecisionOutcome, SubjectType, Verdict

_Later = aliased(Evidence)
"""Kept, because an alias is dear to make and is made anew for nothing."""

_ASSIGNED = {
    SubjectType.COORDINATOR: Assignment.coordinator_id,
    SubjectType.PRACTICE: Assignment.practice_id,
    SubjectType.VENDOR: Assignment.vendor_id,
}


def dossier_of(party: Party, *, application: Application | None, as_of: date) -> Dossier:
    """What is on file about `party` on `as_of`; `application` is the one under judgement."""
    reviews = _reviews(party)
    return Dossier(
        subject_type=party.kind,
        subject_id=party.id,
        discipline=party.discipline if isinstance(party, Coordinator) else None,
        evidence=_evidence(party, application, reviews),
        completions=_completions(party, as_of),
        licences=_licences(party),
        facts=_facts(party),
        metrics=_metrics(party, as_of),
        conflicts=tuple(conflict.sentence for conflict in independence.conflicts(party, as_of)),
        employed_by_certified_vendor=_employed_by_certified_vendor(party, as_of),
        relationships=_relationships(party),
        words=_words(application, reviews),
        waivers=orders.waivers_for(party, submitted_on=(application.submitted_on if application else None) or as_of),
    )


def latest_period(credential: Credential) -> CredentialPeriod | None:
    """The credential's last term, as known now."""
    return db.session.scalar(
        select(CredentialPeriod)
        .where(CredentialPeriod.credential_id == credential.id, CredentialPeriod.superseded_at.is_(None))
        .order_by(CredentialPeriod.starts_on.desc())
        .limit(1)
    )


def _reviews(party: Party) -> Sequence[ItemReview]:
    """Every word of the reviewers on the party's applications, oldest first."""
    return db.session.scalars(
        select(ItemReview)
        .join(Application, Application.id == ItemReview.application_id)
        .where(Application.party_id == party.id)
        .order_by(ItemReview.id)
    ).all()


def _words(application: Application | None, reviews: Iterable[ItemReview]) -> tuple[ItemWord, ...]:
    latest = {
        review.requirement_code: review
        for review in reviews
        if application is not None and review.application_id == application.id
    }
    return tuple(ItemWord(code, one.verdict, one.reason, one.seen_inputs) for code, one in sorted(latest.items()))


def _evidence(party: Party, application: Application | None, reviews: Iterable[ItemReview]) -> tuple[EvidenceItem, ...]:
    rows = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.party_id == party.id,
            Evidence.withdrawn.is_(False),
            ~select(_Later.id).where(_Later.supersedes_id == Evidence.id).exists(),
        )
        .order_by(Evidence.id)
    ).all()
    # The application under judgement speaks last: its reviewer may return what an earlier one accepted.
    mine = application.id if application else None
    latest = {
        (review.application_id == mine, review.requirement_code, review.application_id): review for review in reviews
    }
    granted_at = _latest_grant(party, but_not=mine)
    items = []
    for row in rows:
        own = latest.get((True, row.requirement_code, mine or 0))
        earlier = latest.get((False, row.requirement_code, row.application_id or 0))
        review = own if own and (own.last_evidence_id or 0) >= row.id else earlier
        items.append(
            EvidenceItem(
                id=row.id,
                requirement=row.requirement_code,
                value=row.value,
                occurred_on=row.occurred_on,
                expires_on=row.expires_on,
                has_file=row.file_id is not None,
                verdict=_verdict_on(row, review),
                for_earlier_term=(
                    granted_at is not None and row.recorded_at <= granted_at and row.application_id != mine
                ),
            )
        )
    return tuple(items)


def _verdict_on(evidence: Evidence, review: ItemReview | None) -> Verdict:
    """What a word on a requirement says of one piece of evidence: a waiver does not look at it."""
    if review is None or (review.last_evidence_id or 0) < evidence.id or review.verdict is Verdict.WAIVED:
        return Verdict.PENDING
    return review.verdict


def _latest_grant(party: Party, *, but_not: int | None) -> datetime | None:
    """When an application of the party was approved last, apart from the one under judgement."""
    statement = (
        select(func.max(Decision.decided_at))
        .join(Application, Application.id == Decision.application_id)
        .where(Application.party_id == party.id, Decision.outcome == DecisionOutcome.APPROVED)
    )
    return db.session.scalar(statement if but_not is None else statement.where(Application.id != but_not))


def _completions(party: Party, as_of: date) -> tuple[CompletionItem, ...]:
    if party.kind is not SubjectType.COORDINATOR:
        return ()
    rows = db.session.execute(
        select(TrainingCompletion, TrainingApproval.approved)
        .outerjoin(TrainingApproval, training.latest_word())
        .where(
            TrainingCompletion.coordinator_id == party.id,
            TrainingCompletion.superseded_at.is_(None),
            TrainingCompletion.withdrawn.is_(False),
            TrainingCompletion.completed_on <= as_of,
        )
        .order_by(TrainingCompletion.completed_on, TrainingCompletion.id)
    )
    return tuple(
        CompletionItem(
            id=row.id,
            title=row.title,
            completed_on=row.completed_on,
            hours=Decimal(row.minutes) / 60,
            category=row.category,
            course_code=row.course_code,
            provider_approved=is_approved(said=row.provider_approved, found=found),
            score=None if row.score is None else Decimal(row.score),
            provider=row.provider,
            rejected=found is False,
        )
        for row, found in rows
    )


def _licences(party: Party) -> tuple[LicenceItem, ...]:
    if party.kind is not SubjectType.COORDINATOR:
        return ()
    rows = db.session.scalars(
        select(ExternalLicence)
        .where(ExternalLicence.coordinator_id == party.id, ExternalLicence.superseded_at.is_(None))
        .order_by(ExternalLicence.id)
    )
    return tuple(
        LicenceItem(
            kind=row.kind, number=row.number, expires_on=row.expires_on, status=row.status, verified_on=row.verified_on
        )
        for row in rows
    )


def _facts(party: Party) -> dict[str, Any]:
    facts: dict[str, Any] = {"languages": [language.code for language in party.languages]}
    if isinstance(party, VendorOrganization):
        facts["vendor_code"] = party.vendor_code
    if isinstance(party, Practice):
        facts["npi"] = party.npi
        facts["sites"] = len(party.sites)
    first_granted_on = db.session.scalar(select(func.min(Credential.granted_on)).where(Credential.party_id == party.id))
    if first_granted_on is not None:
        facts["first_granted_on"] = first_granted_on.isoformat()
    return facts


def _metrics(party: Party, as_of: date) -> dict[str, Decimal]:
    """The figures that can be computed from what is on file; those about caseloads wait for caseload reports."""
    if party.kind is not SubjectType.VENDOR:
        return {}
    certified = exists(
        select(Credential.id).where(
            Credential.party_id == Assignment.coordinator_id,
            credential_status.is_authorized(credential_status.status_column(Credential.id, as_of=as_of)),
        )
    )
    assigned, without = db.session.execute(
        select(func.count(Assignment.id), func.count(case((~certified, 1)))).where(
            Assignment.vendor_id == party.id,
            Assignment.superseded_at.is_(None),
            Assignment.starts_on <= as_of,
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= as_of),
        )
    ).one()
    return {"assignments_without_credential": Decimal(without)} if assigned else {}


def _relationships(party: Party) -> tuple[str, ...]:
    """One line for each employment, assignment and ownership that stands, ended or not."""
    if party.kind is SubjectType.TRAINING_PROGRAM:
        return ()
    lines = [
        f"assignment {row.coordinator_id} {row.practice_id} {row.vendor_id} {row.starts_on} {row.ends_on}"
        for row in db.session.scalars(
            select(Assignment).where(_ASSIGNED[party.kind] == party.id, Assignment.superseded_at.is_(None))
        )
    ]
    if party.kind is SubjectType.COORDINATOR:
        lines += [
            f"employment {row.employer_id} {row.kind.value} {row.starts_on} {row.ends_on}"
            for row in db.session.scalars(
                select(Employment).where(Employment.coordinator_id == party.id, Employment.superseded_at.is_(None))
            )
        ]
    else:
        lines += [
            f"stake {row.group_id} {row.percent} {row.starts_on} {row.ends_on}"
            for row in db.session.scalars(select(OwnershipStake).where(OwnershipStake.party_id == party.id))
        ]
    return tuple(sorted(lines))


def _employed_by_certified_vendor(party: Party, as_of: date) -> bool | None:
    if party.kind is not SubjectType.COORDINATOR:
        return None
    held = db.session.scalars(
        select(Credential.id)
        .join(VendorOrganization, VendorOrganization.id == Credential.party_id)
        .join(Employment, Employment.employer_id == VendorOrganization.id)
        .where(
            Employment.coordinator_id == party.id,
            Employment.superseded_at.is_(None),
            Employment.starts_on <= as_of,
            (Employment.ends_on.is_(None)) | (Employment.ends_on >= as_of),
        )
        .distinct()
    )
    # For one or two credentials the rules' own function is many times faster than building its twin in SQL.
    return any(status_on(credential_status.history_of(key), as_of) in AUTHORIZED_STATUSES for key in held)
