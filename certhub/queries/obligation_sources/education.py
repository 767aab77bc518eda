"""Continuing education: proofs that an audit asks for, and hours that are short of their pace before a renewal."""

from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, String, exists, func, literal, select
from sqlalchemy.orm import aliased

from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.certification import Credential
from certhub.models.messages import Obligation
from certhub.models.training import TrainingShortfall
from certhub.queries.obligation_sources.credentials import with_department
from certhub.queries.obligation_sources.source import Falling, Source, falling, of_subject, reasons
from certhub.queries.standing import CREDENTIAL_ENDED, ended
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType


def _asked_for(day: date, floor: date) -> Falling:
    selection = CeSelection.__table__.c
    return (
        falling(selection.id, selection.party_id, CeAudit.due_on)
        .select_from(CeSelection)
        .join(CeAudit, CeAudit.id == CeSelection.ce_audit_id)
        .where(CeAudit.due_on >= floor, _answered(selection.id).is_(None), ~ended(day, selection.credential_id))
    )


def _answered(selection_id: SQLColumnExpression[int]) -> ColumnElement[str | None]:
    return reasons(
        (exists().where(CeResult.selection_id == selection_id), "the audit has ended"),
        (exists().where(CeProof.selection_id == selection_id), "proofs were handed in"),
    )


def _proof_settled(day: date) -> ColumnElement[str | None]:
    row = aliased(CeSelection)
    gone = exists().where(row.id == Obligation.subject_id, ended(day, row.credential_id))
    return func.coalesce(_answered(Obligation.subject_id), reasons((gone, CREDENTIAL_ENDED)))


def _short(day: date, floor: date) -> Falling:
    """Who was found short of the pace by the job `training-pace`; the rules judge people, and SQL does not."""
    row = TrainingShortfall
    return falling(row.credential_id, row.coordinator_id, row.expires_on).where(
        row.expires_on >= max(day, floor), ~ended(day, row.credential_id)
    )


def _keeps_pace(day: date) -> ColumnElement[str | None]:
    row = TrainingShortfall
    short = exists().where(row.credential_id == Obligation.subject_id, row.expires_on == Obligation.due_on)
    return reasons(
        (ended(day, Obligation.subject_id), CREDENTIAL_ENDED),
        (Obligation.due_on < day, "the term has ended"),
        (~short, "the hours keep their pace now"),
    )


SOURCES = (
    Source(
        kind=ObligationKind.CE_PROOF,
        falls_due=_asked_for,
        settled=_proof_settled,
        what=lambda: (
            select(literal("for ", String) + Credential.number)
            .join(CeSelection, CeSelection.credential_id == Credential.id)
            .where(CeSelection.id == Obligation.subject_id)
            .correlate(Obligation)
            .scalar_subquery()
        ),
        words=DueWords(
            noun="proof of training",
            ahead="The renewal was drawn by lot for an audit. Open CE requests, and hand in the certificates of "
            "completion.",
            past="Open CE requests, and hand in the certificates of completion now. If you cannot, tell DPH why.",
        ),
        page=lambda item: ("ce_audits.holder", {"selection_id": item.subject_id}),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
    Source(
        kind=ObligationKind.TRAINING_SHORTFALL,
        falls_due=_short,
        settled=_keeps_pace,
        waits_because=with_department,
        what=lambda: of_subject(TrainingShortfall.lacking, TrainingShortfall.credential_id),
        words=DueWords(
            noun="continuing education for the renewal, still lacking",
            ahead="Plan training, or enter hours that are not in CertHub yet. The transcript shows what counts.",
            past="The term has ended. See in the transcript what a late renewal still asks for.",
        ),
        page=lambda item: ("coordinators.transcript", {"party_id": item.party_id or 0}),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
)
